"""The temporal evolution of entities: every instance of every attribute, from the facts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Any

from chaintwin.twin.identity.groups import NO_GROUPS, Groups
from chaintwin.twin.store.histories import HistoryRow, Span, read_history
from chaintwin.web.ngsi.asked import Asked
from chaintwin.web.ngsi.desk import Desk
from chaintwin.web.ngsi.errors import bad
from chaintwin.web.ngsi.facts import meta_of, to_instance
from chaintwin.web.ngsi.incoming import VALUE_MEMBERS, Attributes, Entity, Instance
from chaintwin.web.ngsi.instants import read_instant
from chaintwin.web.ngsi.naming import SCOPE, TYPE, attribute_iri, attribute_name, kind_iri
from chaintwin.web.ngsi.terms import NULL

TIME_PROPERTIES = frozenset({"observedAt", "createdAt", "modifiedAt", "deletedAt"})
_RELATIONS = frozenset({"before", "after", "between"})
_MOST_INSTANCES = 10**9


@dataclass(frozen=True, slots=True)
class Times:
    """A temporal query (clause 4.11): which instances by one of their times."""

    property: str = "observedAt"
    since: datetime | None = None
    until: datetime | None = None
    last: int | None = None
    is_asked: bool = False
    is_after: bool = False

    def fits(self, at: datetime) -> bool:
        """Tell whether an instant lies in the interval; only between counts its start in."""
        if self.since is not None and (at < self.since or (self.is_after and at == self.since)):
            return False
        return self.until is None or at < self.until


def read_times(asked: Asked, *, needed: bool) -> Times:
    """Return the temporal query of a request; raise BadRequest where its parts do not fit."""
    return make_times(asked.query, needed=needed)


def make_times(given: Mapping[str, Any], *, needed: bool) -> Times:
    """Return a temporal query from its members; `needed`: it has to be there."""
    relation, at, end = given.get("timerel"), given.get("timeAt"), given.get("endTimeAt")
    name = given.get("timeproperty", "observedAt")
    if name not in TIME_PROPERTIES:
        raise bad(f"There is no timeproperty “{name}”.", f"没有 timeproperty“{name}”。")
    last = _last(given.get("lastN"))
    if relation is None and at is None and end is None and not needed:
        return Times(name, last=last, is_asked="timeproperty" in given)
    if relation not in _RELATIONS:
        raise bad("timerel is before, after or between.", "timerel 应为 before、after 或 between。")
    if at is None:
        raise bad("timeAt is missing.", "缺少 timeAt。")
    start = read_instant(str(at), "timeAt")
    if (relation == "between") != (end is not None):
        raise bad("endTimeAt goes with timerel between.", "endTimeAt 须与 timerel=between 同用。")
    if relation == "before":
        return Times(name, None, start, last, is_asked=True)
    until = read_instant(str(end), "endTimeAt") if end is not None else None
    if until is not None and until < start:
        raise bad("endTimeAt lies before timeAt.", "endTimeAt 早于 timeAt。")
    return Times(name, start, until, last, is_asked=True, is_after=relation == "after")


def _last(told: Any) -> int | None:
    if told is None:
        return None
    if not str(told).isdigit() or not 0 < int(told) <= _MOST_INSTANCES:
        raise bad("lastN is a whole number above zero.", "lastN 应为正整数。")
    return int(told)


def load_evolutions(
    desk: Desk,
    bodies: Sequence[int],
    times: Times,
    attributes: Iterable[str] | None = None,
    most: int | None = None,
    groups: Groups = NO_GROUPS,
) -> list[Entity]:
    """Return bodies with every instance that fits a temporal query, the earliest first.

    `attributes` None: all. `most`: so many instances of a series are enough, the latest where
    lastN was asked for, else the earliest. What was deleted is among them. Of a body that stands
    for several, as `groups` has it, the instances of all of them are given.
    """
    span = make_span(desk, times, attributes, most)
    rows = read_history(desk.connection, groups.expand(bodies), span)
    if groups:
        rows = _as_shown(rows, groups, _numbers(desk, (TYPE, SCOPE)))
    refs = {row.entry["r"] for row in rows if row.entry["r"] and meta_of(row.entry["d"]) is None}
    uris = desk.uris(refs) if refs else {}
    loaded = {
        body: _to_evolution(desk, body, list(same), times, uris)
        for body, same in groupby(rows, key=lambda row: row.body)
    }
    return [loaded[body] for body in groups.fold(bodies) if body in loaded]


def _as_shown(rows: list[HistoryRow], groups: Groups, own: Sequence[int]) -> list[HistoryRow]:
    """Return the rows of members as those of the body shown; what it is it tells for itself."""
    kept = (
        (groups.canonical(row.body), row)
        for row in rows
        if row.attribute not in own or groups.canonical(row.body) == row.body
    )
    shown = [replace(row, body=body) for body, row in kept]
    return sorted(shown, key=lambda row: (row.body, row.attribute, row.key, row.entry["f"] or ""))


def make_span(
    desk: Desk, times: Times, attributes: Iterable[str] | None, most: int | None = None
) -> Span:
    """Return which rows a temporal query needs; by observedAt the store can narrow them."""
    known_at = None if desk.view.asked[1] is None else desk.view.known_at
    head = _numbers(desk, (TYPE, SCOPE))
    wanted = None
    if attributes is not None:
        wanted = [*head, *_numbers(desk, map(attribute_name, attributes))]
    if times.property != "observedAt":
        return Span(known_at, attributes=wanted, whole=head)
    latest = times.last is not None
    return Span(known_at, times.since, times.until, wanted, most, latest, head)


def _numbers(desk: Desk, names: Iterable[str]) -> list[int]:
    found = (desk.twin.names.find("attribute", name) for name in names)
    return [number for number in found if number is not None]


def _to_evolution(
    desk: Desk, body: int, rows: list[HistoryRow], times: Times, uris: Mapping[int, str]
) -> Entity:
    names = desk.twin.names
    kind = names.name("kind", rows[0].kind)
    entity = Entity(desk.view.code(body), [kind_iri(kind)], body=body, kind=kind)
    knowns = []
    for (attribute, _), series in groupby(rows, key=lambda row: (row.attribute, row.key)):
        name = names.name("attribute", attribute)
        line = list(series)
        knowns += [row.entry["k"] for row in line]
        if name in {TYPE, SCOPE}:
            _tell(entity, name, line)
            continue
        found = list(_instances(line, times, uris))
        if found:
            entity.attributes.setdefault(attribute_iri(name), []).extend(found)
    entity.created = entity.created or _iso(min(knowns))
    entity.modified = _iso(max(knowns))
    return entity


def _tell(entity: Entity, name: str, line: list[HistoryRow]) -> None:
    told = [row for row in line if not row.ended]
    if name == TYPE and told:
        data = told[-1].entry["d"]
        entity.types, entity.created = data["types"], data["ngsi"]["c"]
        entity.id = data["id"] or entity.id
        if line[-1].ended:
            entity.deleted = _iso(line[-1].entry["f"])
    elif name == SCOPE and told and not line[-1].ended:
        entity.scopes = told[-1].entry["d"]["value"] or None


def _instances(line: list[HistoryRow], times: Times, uris: Mapping[int, str]) -> Iterator[Instance]:
    before: Instance | None = None
    for row in line:
        if row.ended:
            if before is not None and times.property == "deletedAt":
                gone = _deleted(before, _iso(row.entry["f"]))
                if times.fits(read_instant(gone["deletedAt"])):
                    yield gone
            continue
        before = to_instance(row.entry, row.key, uris)
        meta = meta_of(row.entry["d"]) or {}
        before["createdAt"] = meta.get("k") or before["modifiedAt"]
        told = before.get(times.property)
        if times.fits(read_instant(told)) if told is not None else not times.is_asked:
            yield before


def _deleted(before: Instance, at: str) -> Instance:
    return before | {VALUE_MEMBERS[before["type"]]: NULL, "deletedAt": at}


def _iso(text: str) -> str:
    return text.replace("+00:00", "Z")


def time_of(instance: Instance, times: Times) -> str:
    """Return the time by which an instance is ordered."""
    return str(instance.get(times.property) or instance["modifiedAt"])


def moment_of(instance: Instance, times: Times) -> datetime:
    """Return the same as an instant."""
    return read_instant(time_of(instance, times))


def in_order(attributes: Attributes, times: Times) -> Attributes:
    """Return instances by time, each series by itself; with lastN its latest, the latest first."""
    ordered: Attributes = {}
    for iri, instances in attributes.items():
        kept: list[Instance] = []
        by_dataset: dict[str | None, list[Instance]] = {}
        for one in instances:
            by_dataset.setdefault(one.get("datasetId"), []).append(one)
        for series in by_dataset.values():
            found = sorted(series, key=lambda one: moment_of(one, times))
            kept += found if times.last is None else found[::-1][: times.last]
        ordered[iri] = kept
    return ordered


@dataclass(frozen=True, slots=True)
class Part:
    """A part of evolutions that fits one answer, and which span of time it covers."""

    entities: list[Entity]
    newest: datetime
    oldest: datetime


def cut_to(entities: list[Entity], times: Times, most: int) -> tuple[list[Entity], Part | None]:
    """Return evolutions with at most so many instances, in order of time; Part: it was cut.

    With lastN the latest come first, else the earliest.
    """
    moments = sorted(
        (moment_of(one, times) for one in _all(entities)), reverse=times.last is not None
    )
    if len(moments) <= most:
        return entities, None
    edge = moments[most - 1]
    cut = []
    for entity in entities:
        kept = {
            iri: [
                one
                for one in found
                if (
                    moment_of(one, times) >= edge
                    if times.last is not None
                    else moment_of(one, times) <= edge
                )
            ]
            for iri, found in entity.attributes.items()
        }
        kept = {iri: found for iri, found in kept.items() if found}
        if kept:
            cut.append(replace(entity, attributes=kept))
    return cut, Part(cut, max(moments[0], edge), min(moments[0], edge))


def _all(entities: list[Entity]) -> Iterator[Instance]:
    for entity in entities:
        for found in entity.attributes.values():
            yield from found
