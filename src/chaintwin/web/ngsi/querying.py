"""Querying entities: by parameters or by a document; paging, counting, purging (5.7.2, 5.6.21)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from chaintwin.web.ngsi.asked import JSON, Asked, accepted
from chaintwin.web.ngsi.call import Answer, Call
from chaintwin.web.ngsi.entities import (
    ENTITY_TYPES,
    choose_datasets,
    read_style,
    write_all,
)
from chaintwin.web.ngsi.errors import bad
from chaintwin.web.ngsi.incoming import expand_name
from chaintwin.web.ngsi.linking import read_join
from chaintwin.web.ngsi.projection import Projection, read_projection
from chaintwin.web.ngsi.searching import Found, every, search
from chaintwin.web.ngsi.selection import (
    Selection,
    read_query_document,
    read_selection,
    refuse_linked,
)
from chaintwin.web.ngsi.terms import Terms

DEFAULT_LIMIT = 20
MOST = 1_000
COUNT_HEADER = "NGSILD-Results-Count"
_FURTHEST = 10**9


@dataclass(frozen=True, slots=True)
class Paging:
    """Which part of the result is wanted."""

    limit: int
    offset: int
    counts: bool


def read_paging(asked: Asked) -> Paging:
    """Return the page asked for; raise BadRequest: limit 0 goes with count alone."""
    counts = asked.flag("count") or "count" in asked.options
    limit = asked.whole_number("limit", DEFAULT_LIMIT, 0, MOST)
    if limit == 0 and not counts:
        raise bad("limit 0 goes with count=true.", "limit=0 须与 count=true 同用。")
    return Paging(limit, asked.whole_number("offset", 0, 0, _FURTHEST), counts)


def query_entities(call: Call) -> Answer:
    """Return the entities that meet the conditions of the parameters."""
    media = accepted(call.asked, ENTITY_TYPES)
    terms = call.link_terms()
    projection = read_projection(call.asked, terms)
    selection = read_selection(call.asked, terms, projection)
    check_narrow(selection, call.asked)
    return _answer(call, terms, media, selection, projection)


def query_by_document(call: Call) -> Answer:
    """Return the entities that meet the conditions of a Query document."""
    media = accepted(call.asked, ENTITY_TYPES)
    given, terms = call.body()
    selection, projection = read_query_document(given, terms)
    if not call.asked.flag("local") and selection == Selection():
        raise _too_wide()
    _take_options(call.asked, given)
    return _answer(call, terms, media, selection, projection)


def _take_options(asked: Asked, given: dict[str, Any]) -> None:
    """Take over members of a Query document that are parameters of a GET."""
    for name in ("lang", "join", "joinLevel", "containedBy", "datasetId", "format"):
        told = given.get(name)
        if told is not None and name not in asked.query:
            asked.query[name] = ",".join(told) if isinstance(told, list) else str(told)


def check_narrow(selection: Selection, asked: Asked) -> None:
    """Raise BadRequest for a query without any condition but ids (clause 5.7.2.4)."""
    if asked.flag("local"):
        return
    by_ids = selection.selectors and all(
        one.types is None and one.pattern is None for one in selection.selectors
    )
    rest = (selection.q, selection.geo, selection.scopes, selection.attributes or None)
    has_more = any(one is not None for one in rest)
    named_all = asked.query.get("type") == "*"
    if not has_more and not named_all and (by_ids or not selection.selectors):
        raise _too_wide()


def _too_wide() -> Exception:
    return bad(
        "Name a type, attributes, q, a geo-query or local=true: this asks for everything.",
        "请至少给出 type、attrs、q、地理条件或 local=true，不能查询全部。",
    )


def _answer(
    call: Call, terms: Terms, media: str, selection: Selection, projection: Projection
) -> Answer:
    paging = read_paging(call.asked)
    style = read_style(call.asked, terms, projection, media)
    join = read_join(call.asked)
    join.check(max(projection.depth, selection.depth))
    with call.read() as desk:
        found = search(desk, selection, paging.limit, paging.offset, counts=paging.counts)
        cut = [choose_datasets(projection.cut(one), call.asked) for one in found.entities]
        style, more = join.prepare(desk, cut, style, projection)
    body = write_all([*((one, style) for one in cut), *more], media)
    return call.show(body, terms, media, page_headers(call, paging, found))


def page_headers(call: Call, paging: Paging, found: Found) -> dict[str, str]:
    """Return count and links to the pages before and after."""
    return page_links(call, paging, found.total, has_more=found.has_more)


def page_links(call: Call, paging: Paging, total: int | None, *, has_more: bool) -> dict[str, str]:
    """Return the same for any list of which a page is shown."""
    headers = {COUNT_HEADER: str(total)} if paging.counts else {}
    links = []
    if paging.limit and paging.offset > 0:
        links.append(_page_link(call, paging, max(0, paging.offset - paging.limit), "prev"))
    if paging.limit and has_more:
        links.append(_page_link(call, paging, paging.offset + paging.limit, "next"))
    if links:
        headers["Link"] = ", ".join(links)
    return headers


def _page_link(call: Call, paging: Paging, offset: int, rel: str) -> str:
    query = {**call.asked.query, "limit": str(paging.limit), "offset": str(offset)}
    return f'<{call.asked.path}?{urlencode(query)}>; rel="{rel}"; type="{JSON}"'


def purge_entities(call: Call) -> Answer:
    """Delete the entities that fit, or some attributes of them (drop), or all but some (keep)."""
    terms = call.link_terms()
    selection = read_selection(call.asked, terms, Projection())
    refuse_linked(selection.depth)
    if call.asked.query.get("attrs"):
        projection = read_projection(call.asked, terms)
        selection = Selection(selection.selectors, selection.q, selection.geo, selection.scopes,
                              tuple(projection.needed))  # fmt: skip
    check_narrow(selection, call.asked)
    drop = {expand_name(name, terms) for name in call.asked.listed("drop")}
    keep = {expand_name(name, terms) for name in call.asked.listed("keep")}
    if drop and keep:
        raise bad("drop and keep exclude each other.", "drop 与 keep 不能同时使用。")
    with call.write("NGSI-LD 批量清除") as writer:
        for entity in list(every(writer.desk, selection)):
            if not drop and not keep:
                writer.delete(entity)
                continue
            gone = {
                iri: found
                for iri, found in entity.attributes.items()
                if (iri in drop if drop else iri not in keep)
            }
            for iri, found in gone.items():
                writer.remove(entity, iri, found)
    return Answer(204)
