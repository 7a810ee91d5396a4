"""Aggregates of one entity's history, computed by the store instead of instance by instance."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Any

from chaintwin.twin.store.figures import Figures, Periods, read_figures
from chaintwin.twin.store.histories import Span
from chaintwin.web.ngsi.aggregating import Aggregation, bound, bounds
from chaintwin.web.ngsi.desk import Desk
from chaintwin.web.ngsi.evolution import Times, load_evolutions, make_span
from chaintwin.web.ngsi.incoming import check_uri
from chaintwin.web.ngsi.instants import write_second
from chaintwin.web.ngsi.naming import attribute_iri
from chaintwin.web.ngsi.outgoing import Style, write_entity
from chaintwin.web.ngsi.projection import Projection


@dataclass(frozen=True, slots=True)
class Totals:
    """Which aggregates are wanted, of which times and attributes, and how they are written."""

    aggregation: Aggregation
    times: Times
    projection: Projection
    style: Style


def write_figures(desk: Desk, uri: str, wish: Totals) -> dict[str, Any] | None:
    """Return the aggregates of an entity; None where its instances have to be looked at."""
    if wish.times.last or wish.times.property != "observedAt":
        return None
    number = desk.number(check_uri(uri, "The entity id"))
    if number is not None and len(desk.view.groups.members(number)) > 1:
        return None
    heads = [] if number is None else load_evolutions(desk, [number], wish.times, ())
    if not heads or not desk.may_read(heads[0].kind or ""):
        return None
    found = _read(desk, heads[0].body or 0, wish)
    if found is None:
        return None
    written = write_entity(replace(heads[0], attributes={}), wish.style)
    names = desk.twin.names
    for attribute, same in groupby(found, key=lambda one: one.attribute):
        iri = attribute_iri(names.name("attribute", attribute))
        lines = [list(line) for _, line in groupby(same, key=lambda one: one.key)]
        series = [_write_figures(line, wish) for line in lines]
        if wish.projection.keeps(iri):
            written[wish.style.terms.compact(iri)] = series[0] if len(series) == 1 else series
    return written


def _read(desk: Desk, body: int, wish: Totals) -> list[Figures] | None:
    aggregation, times = wish.aggregation, wish.times
    span = make_span(desk, times, wish.projection.needed or None)
    if aggregation.months and times.since is None:
        return _read_from_first(desk, body, span, wish)
    periods = _periods(desk, aggregation, times)
    return read_figures(
        desk.connection, body, span, periods, aggregation.methods, is_after=times.is_after
    )


def _read_from_first(desk: Desk, body: int, span: Span, wish: Totals) -> list[Figures] | None:
    """Read calendar periods that count from the first point of each series."""
    methods = wish.aggregation.methods
    whole = read_figures(desk.connection, body, span, Periods(), methods, is_after=False)
    if whole is None:
        return None
    found: list[Figures] = []
    for one in whole:
        moments = bounds(wish.aggregation, one.first, one.last)
        only = replace(span, attributes=[one.attribute])
        parted = Periods(moments=moments)
        rows = read_figures(desk.connection, body, only, parted, methods, is_after=False)
        found += [row for row in rows or () if row.key == one.key]
    return found


def _periods(desk: Desk, aggregation: Aggregation, times: Times) -> Periods:
    if aggregation.is_whole:
        return Periods()
    if not aggregation.months or times.since is None:
        return Periods(aggregation.rest.total_seconds())
    return Periods(moments=bounds(aggregation, times.since, times.until or desk.view.now))


def _write_figures(line: list[Figures], wish: Totals) -> dict[str, Any]:
    key = line[0].key
    written: dict[str, Any] = {"type": "Property"} | ({"datasetId": key} if key else {})
    for name in wish.aggregation.methods:
        written[name] = [
            [one.figures[name], *map(write_second, _bounds(one, line, wish))] for one in line
        ]
    return written


def _bounds(one: Figures, line: list[Figures], wish: Totals) -> tuple[datetime, datetime]:
    start = wish.times.since or line[0].first
    if wish.aggregation.is_whole:
        return start, wish.times.until or one.last
    return (
        bound(start, wish.aggregation, one.period),
        bound(start, wish.aggregation, one.period + 1),
    )
