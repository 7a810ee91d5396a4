"""What a reader sees of time series: which there are, their points, and what periods come to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Literal

from chaintwin.engine.database import Connection
from chaintwin.kit.clock import SHANGHAI
from chaintwin.kit.problems import NotFoundProblem
from chaintwin.model.fact import ALWAYS, FOREVER, Basis, Label
from chaintwin.twin.identity.groups import NO_GROUPS, Groups
from chaintwin.twin.store import series as store
from chaintwin.twin.store.names import Names

Period = Literal["hour", "day", "month", "year"]


@dataclass(frozen=True, slots=True)
class Series:
    """One time series of a body: what one source reports of one measure, on one channel.

    `value_key` tells apart several series of one measure (NGSI-LD: datasetId). Series of bodies
    that are judged to be one firm, alike in all else, are read as one: `parts` are their numbers,
    that of the body shown first; of one moment the first that has a point counts.
    """

    number: int
    body: int
    tenant: int
    measure: str
    value_key: str
    source: str
    label: Label
    basis: Basis
    first: datetime
    last: datetime
    parts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ObservedPoint:
    """One value, with both clocks; `known_to` None: still believed at the view's moment."""

    at: datetime
    value: Decimal
    original: str | None
    known_from: datetime
    known_to: datetime | None
    change: int


@dataclass(frozen=True, slots=True)
class Bucket:
    """What one period of the Chinese calendar comes to; without a point all but `start` is None.

    `points` 0 means that nothing was observed, not that nothing happened.
    """

    start: datetime
    points: int
    total: Decimal | None = None
    mean: Decimal | None = None
    least: Decimal | None = None
    most: Decimal | None = None
    last: Decimal | None = None


class ObservedView:
    """Reads time series inside one transaction, as of a known moment (None: all that is believed).

    Row security leaves out series of other tenants and of labels the asker may not read. Bodies are
    one as `groups` has it.
    """

    def __init__(
        self,
        connection: Connection,
        names: Names,
        known_at: datetime | None = None,
        groups: Groups = NO_GROUPS,
    ) -> None:
        self._connection = connection
        self._names = names
        self._groups = groups
        self._known = known_at or FOREVER

    def series(self, bodies: Sequence[int]) -> list[Series]:
        """List the series of bodies that hold a point, by measure, channel and number."""
        rows = store.read_series(self._connection, self._groups.expand(bodies), self._known)
        return self._joined(rows)

    def of_measures(self, measures: Sequence[str], tenant: int) -> list[Series]:
        """List the series of some measures that a tenant holds, of whichever body."""
        rows = store.read_series(
            self._connection, None, self._known, measures=measures, tenant=tenant
        )
        return self._joined(rows)

    def one(self, body: int, number: int) -> Series:
        """Return one series of a body; raise NotFoundProblem when it is not to be read."""
        for series in self.series([body]):
            if number in series.parts:
                return series
        raise NotFoundProblem(
            "没有找到这条时间序列,或在所选时点尚无数据。",
            "There is no such time series, or it holds nothing at the chosen moment.",
        )

    def points(
        self,
        series: Series,
        start: datetime | None = None,
        end: datetime | None = None,
        *,
        limit: int = 1_000,
        offset: int = 0,
        latest_first: bool = False,
    ) -> list[ObservedPoint]:
        """Return points from `start` up to, not including, `end`, in order of time."""
        cut = self._cut(series, start, end)
        rows = store.read_points(self._connection, cut, limit, offset, latest_first=latest_first)
        return [self._point(row) for row in rows]

    def count(
        self, series: Series, start: datetime | None = None, end: datetime | None = None
    ) -> int:
        """Return how many points lie from `start` up to, not including, `end`."""
        return store.count_points(self._connection, self._cut(series, start, end))

    def corrections(self, series: Series, at: datetime) -> list[ObservedPoint]:
        """Return every value that one moment has had, the earliest known first."""
        rows = store.read_corrections(self._connection, series.parts, at, self._known)
        return [self._point(row) for row in rows]

    def buckets(
        self,
        series: Series,
        by: Period,
        start: datetime | None = None,
        end: datetime | None = None,
    ) -> list[Bucket]:
        """Return count, sum, mean, least, greatest and last value per period that holds a point.

        Periods are hours, days, months or years of Asia/Shanghai. Use `with_gaps` to draw them.
        """
        rows = store.read_buckets(self._connection, self._cut(series, start, end), by)
        return [Bucket(*row) for row in rows]

    def stamp(self) -> str:
        """Return what changes whenever points came in that this view could show (for ETags)."""
        return "-".join(
            f"{tenant}_{change}" for tenant, change in store.read_point_marks(self._connection)
        )

    def _cut(self, series: Series, start: datetime | None, end: datetime | None) -> store.Cut:
        return store.Cut(series.parts, start or ALWAYS, end or FOREVER, self._known)

    def _joined(self, rows: Sequence[Sequence[Any]]) -> list[Series]:
        """Return the series of rows, those of one firm that are alike as one, in order."""
        found: dict[tuple[object, ...], Series] = {}
        for row in sorted(rows, key=lambda row: row[1]) if self._groups else rows:
            one = self._series(row)
            alike = (one.body, one.tenant, *row[3:8])
            there = found.setdefault(alike, one)
            if there is not one:
                found[alike] = replace(
                    there, parts=(*there.parts, one.number),
                    first=min(there.first, one.first), last=max(there.last, one.last),
                )  # fmt: skip
        return sorted(found.values(), key=lambda one: (one.measure, one.value_key, one.number))

    def _series(self, row: Sequence[Any]) -> Series:
        number, body, tenant, measure, key, source, label, basis, first, last = row
        return Series(
            number, self._groups.canonical(body), tenant, measure, key,
            self._names.name("source", source), Label(label), Basis(basis), first, last, (number,),
        )  # fmt: skip

    def _point(self, row: Sequence[object]) -> ObservedPoint:
        point = ObservedPoint(*row)  # type: ignore[arg-type]
        is_later = point.known_to is not None and point.known_to > self._known
        return point if not is_later else ObservedPoint(
            point.at, point.value, point.original, point.known_from, None, point.change
        )  # fmt: skip


def with_gaps(buckets: Sequence[Bucket], by: Period) -> Iterator[Bucket]:
    """Yield the buckets with an empty one for every period between them that holds no point."""
    expected: datetime | None = None
    for bucket in buckets:
        while expected is not None and expected < bucket.start:
            yield Bucket(expected, 0)
            expected = next_start(expected, by)
        yield bucket
        expected = next_start(bucket.start, by)


def next_start(start: datetime, by: Period) -> datetime:
    """Return where the period after the one beginning at `start` begins, in UTC."""
    if by == "hour":
        return datetime.fromtimestamp(start.timestamp() + 3600, UTC)
    local = start.astimezone(SHANGHAI)
    if by == "day":
        day = date.fromordinal(local.toordinal() + 1)
    elif by == "month":
        day = date(local.year + local.month // 12, local.month % 12 + 1, 1)
    else:
        day = date(local.year + 1, 1, 1)
    return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI).astimezone(UTC)
