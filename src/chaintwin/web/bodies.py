"""Bodies, their facts with both clocks, firms, changes and sources."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from chaintwin.kit.problems import NotFoundProblem
from chaintwin.model.fact import Label
from chaintwin.twin.asked import BodyCode, FactNumber, FirmCode, Limit, Offset
from chaintwin.twin.door import Door, TheDoor, set_etag
from chaintwin.twin.perhaps import find_perhaps, found_by
from chaintwin.twin.state import BodyState, Held, Page
from chaintwin.web.answers import (
    BodyOut,
    ChangeList,
    ChangeOut,
    Edge,
    FactList,
    FactOut,
    FirmList,
    FirmRow,
    FoundBy,
    Named,
    PerhapsRow,
    RelationGraph,
    SourceList,
    SourceOut,
)
from chaintwin.web.shower import Shower, all_held

router = APIRouter(prefix="/api/v1", tags=["twin"])
# Whoever finds more firms than these has to say more, not to be told of others.
_MANY = 200


@router.get("/bodies/{code}", operation_id="read_body")
def read_body(request: Request, response: Response, door: TheDoor, code: BodyCode) -> BodyOut:
    """Read any body with every attribute, value, source and both clocks."""
    door.asker.require("firm:read")
    state = door.view.get(door.view.number(code))
    _audit_labels(door, state.code, (held.label for held in all_held(state)))
    set_etag(request, response, door.view)
    return Shower(door).body(state)


@router.get("/bodies/{code}/history", operation_id="read_history")
def read_history(
    request: Request, response: Response, door: TheDoor, code: BodyCode,
    attribute: Annotated[
        str | None, Query(max_length=100, description="只看一个属性 this attribute only")
    ] = None,
) -> FactList:  # fmt: skip
    """Read every fact ever recorded of a body, also those no longer believed."""
    door.asker.require("firm:read")
    set_etag(request, response, door.view)
    body = door.view.number(code)
    kind = door.view.kind_of(body) or ""
    facts = door.view.history(body, attribute)
    if not facts and not (attribute and door.view.history(body)):
        raise NotFoundProblem(
            f"没有找到 {code} 的任何记录。请核对编码。",
            f"Nothing was ever recorded of {code}. Check the code.",
        )
    _audit_labels(door, code, (fact.label for fact in facts))
    return FactList(items=Shower(door).facts(facts, kind) if facts else [], total=len(facts))


@router.get("/facts/{code}/{fact}", operation_id="read_fact")
def read_fact(
    request: Request, response: Response, door: TheDoor, code: BodyCode, fact: FactNumber
) -> FactOut:
    """Open one fact: value, original, source, licence, both clocks, confidence, who and why."""
    door.asker.require("firm:read")
    body = door.view.number(code)
    found = door.view.fact(body, fact)
    set_etag(request, response, door.view)
    if found.label is not Label.PUBLIC:
        door.audit("read_labelled", code, {"fact": fact, "label": int(found.label)})
    return Shower(door).facts([found], door.view.kind_of(body) or "")[0]


@router.get("/changes", operation_id="list_changes")
def list_changes(
    request: Request,
    response: Response,
    door: TheDoor,
    code: Annotated[
        str | None, Query(max_length=200, description="孪生体编码 of this body only")
    ] = None,
    limit: Limit = 50,
    offset: Offset = 0,
) -> ChangeList:
    """List changes of one body, or of one's own tenant, latest first."""
    door.asker.require("firm:read")
    set_etag(request, response, door.view)
    bodies = None if code is None else [door.view.number(code)]
    found, total = door.view.changes(bodies, limit=limit, offset=offset)
    items = [
        ChangeOut(**{name: getattr(record, name) for name in ChangeOut.model_fields})
        for record in found
    ]
    return ChangeList(items=items, total=total, limit=limit, offset=offset)


@router.get("/firms", operation_id="list_firms")
def list_firms(
    request: Request, response: Response, door: TheDoor,
    text: Annotated[
        str | None, Query(max_length=100, description="名称或代码的一部分 part of a name or code")
    ] = None,
    region: Annotated[
        str | None, Query(
            pattern=r"^[0-9]{2,6}$", description="区划代码或其前缀 division code or prefix"
        )
    ] = None,
    industry: Annotated[
        str | None, Query(
            pattern=r"^[A-T][0-9]{0,4}$",
            description="行业代码或其前缀（GB/T 4754） industry code or prefix",
        )
    ] = None,
    perhaps: Annotated[
        bool, Query(description="另列“也许是”的企业 tell also which firms may be meant")
    ] = False,
    limit: Limit = 50, offset: Offset = 0,
) -> FirmList:  # fmt: skip
    """List firms by a part of their name or code and by prefixes of region and industry codes.

    Short, former, English and brand names count as names; `found_by` says which one fitted. Names
    that begin with the text come first, then the order of pinyin. `total` is exact unless
    `total_is_least` says that there are at least so many. With `perhaps` the first page also tells
    up to five firms that the text may mean, each with the reason, unless it finds more than 200;
    industry does not narrow those.
    """
    door.asker.require("firm:read")
    page = door.view.find(
        "Company", text=text, region=region, industry=industry, limit=limit, offset=offset
    )
    set_etag(request, response, door.view)
    shower = Shower(door)
    return FirmList(
        items=[_firm_row(shower, state, text) for state in page.states],
        perhaps=_perhaps(shower, door, text, page, region)
        if perhaps and not offset and page.total <= _MANY else [],
        total=page.total, total_is_least=page.is_least, limit=limit, offset=offset,
        as_of=door.view.valid_at,
    )  # fmt: skip


@router.get("/firms/{code}", operation_id="read_firm")
def read_firm(request: Request, response: Response, door: TheDoor, code: FirmCode) -> BodyOut:
    """Read the profile of a firm."""
    return read_body(request, response, door, code)


@router.get("/firms/{code}/relations", operation_id="read_relations")
def read_relations(
    request: Request,
    response: Response,
    door: TheDoor,
    code: FirmCode,
    limit: Annotated[int, Query(ge=1, le=200, description="最多关系数 most relations")] = 60,
) -> RelationGraph:
    """Read what a firm points to and what points to it."""
    door.asker.require("firm:read")
    set_etag(request, response, door.view)
    shower = Shower(door)
    state = door.view.get(door.view.number(code))
    out = [(held.ref, name, held) for name, values in state.attributes.items()
           for held in values if held.ref is not None]  # fmt: skip
    incoming = door.view.referring(state.body)
    names = shower.named(
        [ref for ref, _, _ in out][:limit] + [one.body for one in incoming][:limit]
    )
    edges = [
        Edge(from_code=state.code, to_code=names[ref].code, attribute=name,
             title=shower.title(state.kind, name), note=_note(held), source=held.source,
             fact=held.fact)
        for ref, name, held in out if ref in names
    ] + [
        Edge(from_code=names[one.body].code, to_code=state.code, attribute=one.attribute,
             title=shower.title(names[one.body].kind, one.attribute), note=_note(one.held),
             source=one.held.source, fact=one.held.fact)
        for one in incoming if one.body in names
    ]  # fmt: skip
    own = Named(code=state.code, kind=state.kind, name=state.name)
    others = [named for body, named in names.items() if body != state.body]
    return RelationGraph(
        nodes=[own, *others], edges=edges[: 2 * limit], total=len(out) + len(incoming)
    )


@router.get("/bodies/{code}/relations", operation_id="read_body_relations")
def read_body_relations(
    request: Request,
    response: Response,
    door: TheDoor,
    code: BodyCode,
    limit: Annotated[int, Query(ge=1, le=200, description="最多关系数 most relations")] = 60,
) -> RelationGraph:
    """Read what a body of any kind points to and what points to it."""
    return read_relations(request, response, door, code, limit)


@router.get("/sources", operation_id="list_sources")
def list_sources(request: Request, response: Response, door: TheDoor) -> SourceList:
    """List every source with licence, latest load and declared coverage."""
    door.asker.require("firm:read")
    set_etag(request, response, door.view)
    bodies = {state.one("name"): state for state in door.view.all("Source")}
    by_key = {
        name: state
        for name in door.view.sources()
        if (body := door.view.find_key("source_name", name)) is not None
        for state in door.view.states([body])
    }
    items = []
    for name, source in sorted(door.view.sources().items()):
        state = by_key.get(name) or bodies.get(name)
        items.append(
            SourceOut(
                name=name, title=dict(source.title) or {"zh": name, "en": name},
                licence=source.licence, evaluation_only=source.evaluation_only, rank=source.rank,
                loaded=state.one("loaded") if state else None,
                coverage=[held.data for held in state.all("coverage")] if state else [],
            )
        )  # fmt: skip
    return SourceList(items=items)


def _note(held: Held) -> str | None:
    if isinstance(held.data, dict) and "relation" in held.data:
        return str(held.data["relation"])
    return None


def _perhaps(
    shower: Shower, door: Door, text: str | None, page: Page, region: str | None
) -> list[PerhapsRow]:
    found = find_perhaps(door, text or "", {state.body for state in page.states}, region)
    return [
        PerhapsRow(
            **_firm_row(shower, one.state, None).model_dump(), reason={"zh": one.zh, "en": one.en}
        )
        for one in found
    ]


def _firm_row(shower: Shower, state: BodyState, text: str | None) -> FirmRow:
    name = state.held("name")
    other = found_by(state, text) if text else None
    return FirmRow(
        code=state.code, name=state.name, short_name=state.one("short_name"),
        stock=state.one("stock"), region=state.one("region") or state.one("province"),
        industry=[str(held.value) for held in state.all("industry_name")],
        products=len(state.all("product")), links=len(state.all("link")),
        basis=name.basis.name.lower() if name else "reported", demo=state.is_demo,
        found_by=None if other is None else FoundBy(
            attribute=other[0], title=shower.title(state.kind, other[0]), text=other[1]
        ),
    )  # fmt: skip


def _audit_labels(door: Door, code: str, read: Iterable[Label]) -> None:
    labels = sorted({int(label) for label in read} - {0})
    if labels:
        door.audit("read_labelled", code, {"labels": labels})
