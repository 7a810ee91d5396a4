"""Bodies, their facts with both clocks, firms, changes and sources."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from chaintwin.model.fact import Fact, Label
from chaintwin.model.kinds import Kinds
from chaintwin.twin.door import Door, TheDoor, set_etag
from chaintwin.twin.state import BodyState, Held
from chaintwin.twin.store.sources import SourceRecord

router = APIRouter(prefix="/api/v1", tags=["twin"])
Limit = Annotated[int, Query(ge=1, le=500)]
Offset = Annotated[int, Query(ge=0)]


class Named(BaseModel):
    """A body by code, kind and name."""

    code: str = Field(description="孪生体编码 body code")
    kind: str = Field(description="种类 kind")
    name: str = Field(description="名称 name")


class HeldOut(BaseModel):
    """One value as shown, with where it came from."""

    fact: int = Field(description="事实编号 fact number")
    key: str = Field(description="值键 value key")
    value: Any = Field(description="值 value")
    unit: str | None = Field(description="单位 unit")
    ref: Named | None = Field(description="所指孪生体 body referred to")
    source: str = Field(description="来源 source")
    source_title: dict[str, str] = Field(description="来源名称 source title")
    licence: str = Field(description="许可 licence")
    evaluation_only: bool = Field(description="仅供评估 evaluation only")
    basis: str = Field(description="依据 basis: matched, recalled, reported, derived, demo, ruled")
    confidence: int = Field(description="置信度 0–100 confidence")
    label: int = Field(description="密级 secrecy label")
    valid_from: datetime | None = Field(description="有效起 valid from; null: unknown")
    precision: str = Field(description="日期精度 date precision u|y|m|d|i")
    known_from: datetime = Field(description="记录起 known from")


class AttributeOut(BaseModel):
    """An attribute with its title and values."""

    name: str
    title: dict[str, str]
    unit: str | None
    values: list[HeldOut]


class BodyOut(BaseModel):
    """A body and what is held true of it at the asked moments."""

    code: str
    kind: str
    kind_title: dict[str, str]
    name: str
    demo: bool = Field(description="示例 invented record")
    attributes: list[AttributeOut]
    valid_at: datetime = Field(description="当时的事实 as of valid time")
    known_at: datetime = Field(description="当时所知 as of known time")


class FactOut(BaseModel):
    """One fact in full, with both clocks."""

    fact: int
    body: Named
    attribute: str
    title: dict[str, str]
    value: Any
    key: str
    unit: str | None
    original: str | None
    ref: Named | None
    source: str
    source_title: dict[str, str]
    licence: str
    evaluation_only: bool
    source_record: str | None
    evidence: Any
    basis: str
    confidence: int
    label: int
    valid_from: datetime | None
    precision: str
    known_from: datetime
    known_to: datetime | None = Field(description="记录止 known to; null: still believed")
    ended: bool = Field(description="此值到此结束 the value ended here")
    change: int
    changed_by: str
    change_reason: str


class FactList(BaseModel):
    """Facts ever recorded."""

    items: list[FactOut]
    total: int


class ChangeOut(BaseModel):
    """One change: who, why, from what and when."""

    number: int
    at: datetime
    actor: str
    reason: str
    source: str
    opened: int
    closed: int
    bodies: int


class ChangeList(BaseModel):
    """A page of changes."""

    items: list[ChangeOut]
    total: int
    limit: int
    offset: int


class FirmRow(BaseModel):
    """A firm in a list."""

    code: str
    name: str
    short_name: str | None
    stock: str | None
    region: str | None
    industry: list[str]
    products: int = Field(description="已知产品数 number of known products")
    links: int = Field(description="所在环节数 number of chain links")
    basis: str = Field(description="名称的依据 basis of the name")
    demo: bool


class FirmList(BaseModel):
    """A page of firms."""

    items: list[FirmRow]
    total: int
    limit: int
    offset: int
    as_of: datetime


class Edge(BaseModel):
    """A relation of a body."""

    from_code: str
    to_code: str
    attribute: str
    title: dict[str, str]
    note: str | None
    source: str
    fact: int | None


class RelationGraph(BaseModel):
    """A body's neighbours, at most `limit` of them."""

    nodes: list[Named]
    edges: list[Edge]
    total: int = Field(description="关系总数 number of relations, shown or not")


class SourceOut(BaseModel):
    """A source and what may be done with its facts."""

    name: str
    title: dict[str, str]
    licence: str
    evaluation_only: bool
    rank: int
    loaded: Any = Field(description="最近装载 latest load")
    coverage: list[Any] = Field(description="覆盖率声明 declared coverage")


class SourceList(BaseModel):
    """Every source."""

    items: list[SourceOut]


class Shower:
    """Turns twin values into answers within one request."""

    def __init__(self, door: Door) -> None:
        self._view = door.view
        self._kinds: Kinds = door.twin.kinds
        self._sources = door.view.sources()

    def body(self, state: BodyState) -> BodyOut:
        """Return a body with every attribute."""
        kind = self._kinds.get(state.kind)
        refs = self.named([held.ref for held in _all_held(state) if held.ref is not None])
        attributes = [
            AttributeOut(
                name=name,
                title=self.title(state.kind, name),
                unit=kind.attributes[name].unit if name in kind.attributes else None,
                values=[self._held(held, refs) for held in values],
            )
            for name, values in _ordered(kind.attributes, state)
        ]
        return BodyOut(
            code=state.code, kind=state.kind, kind_title=dict(kind.title), name=state.name,
            demo=state.is_demo, attributes=attributes,
            valid_at=self._view.valid_at, known_at=self._view.known_at,
        )  # fmt: skip

    def named(self, bodies: list[int]) -> dict[int, Named]:
        """Return the names of some bodies that may be read."""
        return {
            state.body: Named(code=state.code, kind=state.kind, name=state.name)
            for state in self._view.states(list(dict.fromkeys(bodies)))
        }

    def title(self, kind: str, attribute: str) -> dict[str, str]:
        """Return the title of an attribute, its name where none is declared."""
        found = self._kinds.get(kind).attributes.get(attribute)
        return dict(found.title) if found else {"zh": attribute, "en": attribute}

    def facts(self, facts: list[Fact], kind: str) -> list[FactOut]:
        """Return facts in full."""
        bodies = [fact.body for fact in facts] + [fact.ref for fact in facts if fact.ref]
        names = self.named(bodies)
        changes = self._view.change_records([fact.change for fact in facts])
        return [
            FactOut(
                fact=fact.id,
                body=names.get(fact.body) or self._nameless(fact.body, kind),
                attribute=fact.attribute, title=self.title(kind, fact.attribute),
                value=fact.value if fact.value != fact.ref else None, key=fact.value_key,
                unit=fact.unit, original=fact.original,
                ref=names.get(fact.ref) if fact.ref else None,
                source_record=fact.source_record, evidence=fact.evidence,
                basis=fact.basis.name.lower(), confidence=fact.confidence, label=int(fact.label),
                valid_from=fact.valid_from, precision=str(fact.precision),
                known_from=fact.known_from, known_to=fact.known_to, ended=fact.ended,
                change=fact.change, changed_by=changes[fact.change].actor,
                change_reason=changes[fact.change].reason, **self._source(fact.source),
            )
            for fact in facts
        ]  # fmt: skip

    def _nameless(self, body: int, kind: str) -> Named:
        code = self._view.code(body)
        return Named(code=code, kind=kind, name=code)

    def _held(self, held: Held, refs: dict[int, Named]) -> HeldOut:
        return HeldOut(
            fact=held.fact, key=held.key,
            value=held.value, unit=held.unit, ref=refs.get(held.ref) if held.ref else None,
            basis=held.basis.name.lower(), confidence=held.confidence, label=int(held.label),
            valid_from=held.valid_from, precision=held.precision, known_from=held.known_from,
            **self._source(held.source),
        )  # fmt: skip

    def _source(self, name: str) -> dict[str, Any]:
        source = self._sources.get(name) or SourceRecord(name, {})
        return {
            "source": name,
            "source_title": dict(source.title) or {"zh": name, "en": name},
            "licence": source.licence,
            "evaluation_only": source.evaluation_only,
        }


@router.get("/bodies/{code}", operation_id="read_body")
def read_body(request: Request, response: Response, door: TheDoor, code: str) -> BodyOut:
    """Read any body with every attribute, value, source and both clocks."""
    door.asker.require("firm:read")
    state = door.view.get(door.view.number(code))
    _audit_labelled(door, state)
    set_etag(request, response, door.view)
    return Shower(door).body(state)


@router.get("/bodies/{code}/history", operation_id="read_history")
def read_history(door: TheDoor, code: str, attribute: str | None = None) -> FactList:
    """Read every fact ever recorded of a body, also those no longer believed."""
    door.asker.require("firm:read")
    body = door.view.number(code)
    kind = door.view.kind_of(body) or ""
    facts = door.view.history(body, attribute)
    return FactList(items=Shower(door).facts(facts, kind) if facts else [], total=len(facts))


@router.get("/facts/{code}/{fact}", operation_id="read_fact")
def read_fact(door: TheDoor, code: str, fact: int) -> FactOut:
    """Open one fact: value, original, source, licence, both clocks, confidence, who and why."""
    door.asker.require("firm:read")
    body = door.view.number(code)
    found = door.view.fact(body, fact)
    if found.label is not Label.PUBLIC:
        door.audit("read_labelled", code, {"fact": fact, "label": int(found.label)})
    return Shower(door).facts([found], door.view.kind_of(body) or "")[0]


@router.get("/changes", operation_id="list_changes")
def list_changes(
    door: TheDoor, code: str | None = None, limit: Limit = 50, offset: Offset = 0
) -> ChangeList:
    """List changes of one body, or of one's own tenant, latest first."""
    door.asker.require("firm:read")
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
    text: Annotated[str | None, Query(max_length=100)] = None,
    region: Annotated[str | None, Query(pattern=r"^\d{2,6}$")] = None,
    limit: Limit = 50, offset: Offset = 0,
) -> FirmList:  # fmt: skip
    """List firms by a part of their name or code and by division-code prefix."""
    door.asker.require("firm:read")
    page = door.view.find("Company", text=text, region=region, limit=limit, offset=offset)
    set_etag(request, response, door.view)
    return FirmList(
        items=[_firm_row(state) for state in page.states],
        total=page.total, limit=limit, offset=offset, as_of=door.view.valid_at,
    )  # fmt: skip


@router.get("/firms/{code}", operation_id="read_firm")
def read_firm(request: Request, response: Response, door: TheDoor, code: str) -> BodyOut:
    """Read the profile of a firm."""
    return read_body(request, response, door, code)


@router.get("/firms/{code}/relations", operation_id="read_relations")
def read_relations(
    door: TheDoor, code: str, limit: Annotated[int, Query(ge=1, le=200)] = 60
) -> RelationGraph:
    """Read what a firm points to and what points to it."""
    door.asker.require("firm:read")
    shower = Shower(door)
    state = door.view.get(door.view.number(code))
    out = [(held.ref, name, held) for name, values in state.attributes.items()
           for held in values if held.ref is not None]  # fmt: skip
    incoming = door.view.referring(state.body)
    names = shower.named([ref for ref, _, _ in out][:limit] + [b for b, _ in incoming][:limit])
    edges = [
        Edge(from_code=state.code, to_code=names[ref].code, attribute=name,
             title=shower.title(state.kind, name), note=_note(held), source=held.source,
             fact=held.fact)
        for ref, name, held in out if ref in names
    ] + [
        Edge(from_code=names[body].code, to_code=state.code, attribute=name,
             title=shower.title(names[body].kind, name), note=None, source="", fact=None)
        for body, name in incoming if body in names
    ]  # fmt: skip
    own = Named(code=state.code, kind=state.kind, name=state.name)
    others = [named for body, named in names.items() if body != state.body]
    return RelationGraph(
        nodes=[own, *others], edges=edges[: 2 * limit], total=len(out) + len(incoming)
    )


@router.get("/sources", operation_id="list_sources")
def list_sources(door: TheDoor) -> SourceList:
    """List every source with licence, latest load and declared coverage."""
    door.asker.require("firm:read")
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


def _firm_row(state: BodyState) -> FirmRow:
    name = state.held("name")
    return FirmRow(
        code=state.code, name=state.name, short_name=state.one("short_name"),
        stock=state.one("stock"), region=state.one("region") or state.one("province"),
        industry=[str(held.value) for held in state.all("industry_name")],
        products=len(state.all("product")), links=len(state.all("link")),
        basis=name.basis.name.lower() if name else "reported", demo=state.is_demo,
    )  # fmt: skip


def _all_held(state: BodyState) -> list[Held]:
    return [held for values in state.attributes.values() for held in values]


def _ordered(declared: Any, state: BodyState) -> list[tuple[str, Any]]:
    order = {name: position for position, name in enumerate(declared)}
    return sorted(state.attributes.items(), key=lambda item: order.get(item[0], len(order)))


def _audit_labelled(door: Door, state: BodyState) -> None:
    labels = sorted({int(held.label) for held in _all_held(state)} - {0})
    if labels:
        door.audit("read_labelled", state.code, {"labels": labels})
