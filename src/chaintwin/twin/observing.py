"""The write door for time series: a batch of points is one change with who, why and from what."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from chaintwin.access.asker import Asker
from chaintwin.engine.database import Connection, provisional
from chaintwin.kit.batches import in_batches
from chaintwin.kit.clock import SHANGHAI
from chaintwin.kit.problems import ForbiddenProblem, InputProblem
from chaintwin.model.fact import Basis, Label
from chaintwin.model.measures import Measure, Measures, get_measure
from chaintwin.twin.store.changes import begin_change, finish_observing
from chaintwin.twin.store.ledger import Leaves, write_leaves
from chaintwin.twin.store.names import Names
from chaintwin.twin.store.points import StagedPoint, Stored, stage_points, store_points
from chaintwin.twin.store.series import SeriesKey, ensure_series

# Clocks of devices run ahead; what lies further ahead is no observation.
AHEAD = timedelta(hours=1)
_EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
_LONGEST_KEY = 200
_BATCH = 50_000


@dataclass(frozen=True, slots=True)
class Point:
    """One observed value of a body; `at` is the moment, or where the period begins.

    `value_key` tells apart several series of one measure (two meters). `unit` None: the measure's.
    """

    body: int
    measure: str
    at: datetime
    value: Decimal
    unit: str | None = None
    value_key: str = ""
    label: Label = Label.INTERNAL
    basis: Basis = Basis.REPORTED


@dataclass(frozen=True, slots=True)
class Observed:
    """What a batch came to; `change` None: it said nothing new and left no change behind."""

    change: int | None
    points: int
    opened: int
    corrected: int
    same: int


class Observations:
    """Stores batches of points inside one transaction of the asker."""

    def __init__(
        self, connection: Connection, names: Names, measures: Measures, asker: Asker, now: datetime
    ) -> None:
        self._connection = connection
        self._names = names
        self._measures = measures
        self._asker = asker
        self._now = now
        self._latest = now + AHEAD
        # Looked up and checked once for many points.
        self._series: dict[tuple[object, ...], tuple[SeriesKey, Measure]] = {}

    def check(self, point: Point) -> None:
        """Raise InputProblem or ForbiddenProblem where `record` would for this point."""
        self._read(point, 0)

    def record(
        self, points: Iterable[Point], *, source: str, reason: str, restores: bool = True
    ) -> Observed:
        """Store points as one change; what is believed already adds nothing.

        Another value for a moment that has one closes the earlier one, which stays readable as of
        then; of two in one batch the later stands. `restores` False is for senders that repeat
        themselves: a value since corrected is not believed again. Raises InputProblem for an
        unknown measure or unit, an impossible value or moment, and ForbiddenProblem for a label
        the asker may not read.
        """
        number = self._names.number("source", source)
        asker = self._asker
        with provisional(self._connection) as provision:
            change, at = begin_change(self._connection, asker, self._now, reason, number)
            for batch in in_batches(points, _BATCH):
                stage_points(self._connection, self._numbered(batch, number, change))
            stored = store_points(self._connection, change, at, asker.tenant, restores=restores)
            provision.is_kept = bool(stored.digests)
            if provision.is_kept:
                self._finish(change, stored)
        kept = change if stored.digests else None
        return Observed(kept, stored.staged, stored.opened, stored.corrected, stored.same)

    def _finish(self, change: int, stored: Stored) -> None:
        leaves = Leaves()
        leaves.add_observed(stored.digests)
        write_leaves(self._connection, change, self._asker.tenant, leaves)
        points = stored.opened + stored.corrected
        finish_observing(self._connection, change, self._asker.tenant, points)

    def _numbered(self, points: Sequence[Point], source: int, change: int) -> list[StagedPoint]:
        read = [self._read(point, source) for point in points]
        keys = list(dict.fromkeys(key for key, _, _ in read))
        numbers = ensure_series(self._connection, self._asker.tenant, change, keys)
        return [
            (numbers[key], point.at, value, original)
            for point, (key, value, original) in zip(points, read, strict=True)
        ]

    def _read(self, point: Point, source: int) -> tuple[SeriesKey, Decimal, str | None]:
        which = (point.body, point.measure, point.value_key, point.label, point.basis, source)
        known = self._series.get(which)
        if known is None:
            known = self._series[which] = self._find_series(point, source)
        key, measure = known
        value, original = measure.read(point.value, point.unit)
        if not _EARLIEST <= point.at <= self._latest:
            at = point.at.astimezone(SHANGHAI).isoformat()
            raise InputProblem(
                f"时间 {at} 早于 1900 年或晚于现在。请检查设备时钟或时区。",
                f"The moment {at} lies before 1900 or in the future. "
                "Check the clock or the time zone.",
            )
        return key, value, original

    def _find_series(self, point: Point, source: int) -> tuple[SeriesKey, Measure]:
        measure = get_measure(self._measures, point.measure)
        if point.label not in self._asker.labels:
            raise ForbiddenProblem(
                "您无权写入该密级的数据。", "You may not write data of this secrecy label."
            )
        if len(point.value_key) > _LONGEST_KEY or "\x00" in point.value_key:
            raise InputProblem(
                f"通道名过长(最多 {_LONGEST_KEY} 字)或含空字符。",
                f"The channel is longer than {_LONGEST_KEY} characters or holds a NUL.",
            )
        key = SeriesKey(
            point.body, measure.name, point.value_key, source, int(point.label), point.basis.value
        )
        return key, measure
