"""Reading the temporal evolution: retrieve, query, aggregate, in parts (5.7.3, 5.7.4)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from chaintwin.twin.store.querying import list_bodies
from chaintwin.web.ngsi.aggregating import (
    Aggregation,
    aggregate,
    make_aggregation,
    read_aggregation,
)
from chaintwin.web.ngsi.asked import Asked, accepted
from chaintwin.web.ngsi.call import Answer, Call
from chaintwin.web.ngsi.desk import Desk
from chaintwin.web.ngsi.entities import check_format, choose_datasets, read_style
from chaintwin.web.ngsi.errors import NotFound, bad
from chaintwin.web.ngsi.evolution import (
    Part,
    Times,
    cut_to,
    in_order,
    load_evolutions,
    make_times,
    moment_of,
    read_times,
    time_of,
)
from chaintwin.web.ngsi.facts import value_of
from chaintwin.web.ngsi.figures import Totals, write_figures
from chaintwin.web.ngsi.incoming import VALUE_MEMBERS, Entity, Instance, check_uri
from chaintwin.web.ngsi.outgoing import Style, in_language, write_entity, write_instance
from chaintwin.web.ngsi.projection import Projection, read_projection
from chaintwin.web.ngsi.querying import Paging, check_narrow, page_headers, read_paging
from chaintwin.web.ngsi.searching import Found, sought
from chaintwin.web.ngsi.selection import (
    Selection,
    read_query_document,
    read_selection,
    refuse_linked,
)
from chaintwin.web.ngsi.temporal_writing import load_evolution
from chaintwin.web.ngsi.terms import Terms

_MANY_VALUES = {
    "Property": "values",
    "GeoProperty": "values",
    "Relationship": "objects",
    "LanguageProperty": "languageMaps",
    "JsonProperty": "jsons",
    "VocabProperty": "vocabs",
    "ListProperty": "valueLists",
    "ListRelationship": "objectLists",
}
_FORMS = frozenset({"temporalValues", "aggregatedValues"})
_BATCH = 200
# How many instances one answer holds before it is parted (206).
_PART = 30


@dataclass(frozen=True, slots=True)
class Wish:
    """How evolutions are to be answered."""

    times: Times
    style: Style
    projection: Projection
    form: str
    aggregation: Aggregation | None


def retrieve_evolution(call: Call) -> Answer:
    """Return the temporal evolution of one entity."""
    uri = check_uri(call.parts["entity"], "The entity id")
    media = accepted(call.asked)
    terms = call.link_terms()
    wish = _read_wish(call.asked, terms, read_times(call.asked, needed=False))
    with call.read() as desk:
        told = None
        if wish.aggregation is not None and "datasetId" not in call.asked.query:
            totals = Totals(wish.aggregation, wish.times, wish.projection, wish.style)
            told = write_figures(desk, uri, totals)
        if told is not None:
            return call.show(told, terms, media)
        most, groups = _enough(wish), desk.view.groups
        entity = load_evolution(desk, uri, wish.times, most=most, groups=groups)
    cut = choose_datasets(wish.projection.cut(entity), call.asked)
    if wish.projection.needed and not cut.attributes and not entity.attributes:
        raise NotFound(f"“{uri}”没有所要的属性。", f"“{uri}” has none of these attributes.")
    parts, part = _parted([cut], wish)
    written = _write(parts[0] if parts else replace(cut, attributes={}), wish)
    return _partial(call.show(written, terms, media), part, wish)


def query_evolutions(call: Call) -> Answer:
    """Return the temporal evolution of the entities that meet the conditions of the parameters."""
    media = accepted(call.asked)
    terms = call.link_terms()
    times = read_times(call.asked, needed="knownAt" not in call.asked.query)
    wish = _read_wish(call.asked, terms, times)
    selection = read_selection(call.asked, terms, wish.projection)
    check_narrow(selection, call.asked)
    return _answer(call, terms, media, selection, wish)


def query_evolutions_by_document(call: Call) -> Answer:
    """Return the temporal evolution of the entities that meet a Query document with temporalQ."""
    media = accepted(call.asked)
    given, terms = call.body()
    selection, projection = read_query_document(given, terms)
    temporal = given.get("temporalQ")
    if not isinstance(temporal, dict):
        raise bad("temporalQ is missing.", "缺少 temporalQ。")
    if selection == Selection() and not call.asked.flag("local"):
        raise bad("The query names no entities.", "查询没有指明实体。")
    wish = _read_wish(call.asked, terms, make_times(temporal, needed=True), projection)
    if wish.form == "aggregatedValues":
        methods = given.get("aggrMethods", temporal.get("aggrMethods")) or call.asked.listed(
            "aggrMethods"
        )
        if isinstance(methods, str):
            methods = methods.split(",")
        period = given.get("aggrPeriodDuration", temporal.get("aggrPeriodDuration"))
        period = period or call.asked.query.get("aggrPeriodDuration", "PT0S")
        wish = replace(wish, aggregation=make_aggregation(methods, str(period)))
    return _answer(call, terms, media, selection, wish)


def _read_wish(
    asked: Asked, terms: Terms, times: Times, projection: Projection | None = None
) -> Wish:
    forms = _FORMS & asked.options
    if len(forms) > 1:
        raise bad("Ask for one form only.", "只能指定一种表示形式。")
    check_format(asked, _FORMS)
    form = next(iter(forms), "")
    plain = replace(asked, query={k: v for k, v in asked.query.items() if k != "format"})
    projection = projection or read_projection(asked, terms)
    refuse_linked(projection.depth)
    style = read_style(plain, terms, projection)
    reads = form == "aggregatedValues" and asked.method == "GET"
    return Wish(times, style, projection, form, read_aggregation(asked) if reads else None)


def _answer(call: Call, terms: Terms, media: str, selection: Selection, wish: Wish) -> Answer:
    paging = read_paging(call.asked)
    with call.read() as desk:
        found = _search(desk, selection, wish, paging)
    cut = [choose_datasets(one, call.asked) for one in found.entities]
    parts, part = _parted(cut, wish)
    written = [_write(one, wish) for one in parts]
    answer = call.show(written, terms, media, page_headers(call, paging, found))
    return _partial(answer, part, wish)


def _search(desk: Desk, selection: Selection, wish: Wish, paging: Paging) -> Found:
    page: list[Entity] = []
    seen = 0
    for entity in _fitting(desk, selection, wish):
        if paging.offset <= seen < paging.offset + paging.limit:
            page.append(entity)
        seen += 1
        if seen > paging.offset + paging.limit and not paging.counts:
            break
    return Found(page, seen if paging.counts else None, seen > paging.offset + paging.limit)


def _fitting(desk: Desk, selection: Selection, wish: Wish) -> Iterator[Entity]:
    """Yield the entities with an instance in the interval, cut to the attributes asked for."""
    refuse_linked(selection.depth)
    wanted = sought(desk, selection)
    most = _enough(wish) if selection.q is None and selection.geo is None else None
    after, groups = 0, desk.view.groups
    while True:
        bodies = list_bodies(desk.connection, wanted, after, _BATCH)
        shown = [body for body in bodies if groups.canonical(body) == body]
        for entity in load_evolutions(desk, shown, wish.times, most=most, groups=groups):
            if not desk.may_read(entity.kind or "") or not selection.fits(entity):
                continue
            cut = wish.projection.cut(entity)
            if cut.attributes:
                yield cut
        if len(bodies) < _BATCH:
            return
        after = bodies[-1]


def _parted(entities: list[Entity], wish: Wish) -> tuple[list[Entity], Part | None]:
    ordered = [replace(one, attributes=in_order(one.attributes, wish.times)) for one in entities]
    if wish.aggregation is not None:
        return ordered, None
    return cut_to(ordered, wish.times, _part_size())


def _enough(wish: Wish) -> int | None:
    """Return how many instances of a series decide an answer, None where all of them do."""
    if wish.aggregation is not None or wish.style.has_system:
        return None
    # One more tells that there is more; another may lie just on the edge and not count.
    enough = _part_size() + 2
    return enough if wish.times.last is None else min(enough, wish.times.last)


def _part_size() -> int:
    told = os.environ.get("CHAINTWIN_NGSI_PART", "")
    return int(told) if told.isdigit() and int(told) > 0 else _PART


def _partial(answer: Answer, part: Part | None, wish: Wish) -> Answer:
    """Return 206 with the span that a part covers (clause 6.3.10)."""
    if part is None:
        return answer
    times = wish.times
    if times.last is None:
        start, end = times.since or part.oldest, part.newest
    else:
        start, end = times.until or part.newest, part.oldest
    size = "*" if times.last is None else str(times.last)
    answer.status = 206
    span = "-".join(f"{at:%Y-%m-%dT%H:%M:%S}" for at in (start, end))
    answer.headers["Content-Range"] = f"date-time {span}/{size}"
    return answer


def _write(entity: Entity, wish: Wish) -> dict[str, Any]:
    written = write_entity(replace(entity, attributes={}), wish.style)
    for iri, instances in entity.attributes.items():
        written[wish.style.terms.compact(iri)] = _write_series(instances, wish)
    return written


def _write_series(instances: list[Instance], wish: Wish) -> Any:
    if not wish.form:
        return [_write_one(one, wish) for one in instances]
    by_dataset: dict[str | None, list[Instance]] = {}
    for one in instances:
        by_dataset.setdefault(one.get("datasetId"), []).append(one)
    series = [_write_dataset(name, found, wish) for name, found in by_dataset.items()]
    return series[0] if len(series) == 1 else series


def _write_one(instance: Instance, wish: Wish) -> dict[str, Any]:
    written = write_instance(instance, wish.style)
    written["instanceId"] = instance["instanceId"]
    name = wish.times.property
    if name in instance and name != "observedAt":
        written[name] = instance[name]
    return written


def _write_dataset(dataset: str | None, instances: list[Instance], wish: Wish) -> dict[str, Any]:
    found = [in_language(one, wish.style.language) for one in instances]
    kind = found[0]["type"]
    written: dict[str, Any] = {"type": kind}
    if dataset is not None:
        written["datasetId"] = dataset
    if wish.aggregation is not None:
        points = [(moment_of(one, wish.times), value_of(one)) for one in found]
        return written | aggregate(points, wish.aggregation, wish.times)
    member = _MANY_VALUES[kind]
    values = [
        [write_instance(one, wish.style)[VALUE_MEMBERS[kind]], time_of(one, wish.times)]
        for one in found
    ]
    return written | {member: values}
