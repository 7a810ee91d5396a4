"""Turns time series and what waits into answers."""

from __future__ import annotations

from collections.abc import Iterator

from chaintwin.kit.problems import InputProblem
from chaintwin.model.measures import Measure
from chaintwin.physical.imports.models import Bilingual
from chaintwin.physical.sensors.devices import ATTRIBUTE, KIND
from chaintwin.physical.sensors.models import (
    AsideOut,
    BucketList,
    BucketOut,
    DeviceLists,
    DeviceOut,
    MeasureOut,
    PointOut,
    SeriesOut,
    UnknownDevice,
)
from chaintwin.twin.door import Door
from chaintwin.twin.observed import Bucket, ObservedPoint, Period, Series, with_gaps
from chaintwin.twin.store import aside as store
from chaintwin.twin.store.sources import SourceRecord

_MOST_BUCKETS = 20_000
_MOST_DEVICES = 500


def show_series(door: Door, found: list[Series]) -> list[SeriesOut]:
    """Return series with their measures and sources."""
    sources = door.view.sources()
    return [_series(door, one, sources[one.source]) for one in found]


def _series(door: Door, one: Series, source: SourceRecord) -> SeriesOut:
    title = source.title
    return SeriesOut(
        series=one.number, measure=show_measure(door, one.measure), channel=one.value_key,
        source=one.source, licence=source.licence, label=int(one.label),
        source_title=Bilingual(
            zh=title.get("zh", one.source), en=title.get("en") or title.get("zh", one.source)
        ),
        basis=one.basis.name.lower(), first=one.first, last=one.last, joined=len(one.parts),  # type: ignore[arg-type]
    )  # fmt: skip


def show_measure(door: Door, name: str) -> MeasureOut:
    """Return a measure; one that content no longer declares is shown by its name."""
    measure = door.twin.measures.get(name)
    if measure is None:
        named = {"zh": name, "en": name}
        measure = Measure(name, named, "", {}, "day", "last", None, {})
    note = measure.note
    return MeasureOut(
        name=measure.name, title=Bilingual(**measure.title), unit=measure.unit,
        units=list(measure.units), step=measure.step, aggregate=measure.aggregate,
        note=Bilingual(zh=note.get("zh", ""), en=note.get("en", "")),
    )  # fmt: skip


def show_point(point: ObservedPoint) -> PointOut:
    """Return a point as JSON tells it."""
    return PointOut(
        at=point.at, value=float(point.value), original=point.original,
        known_from=point.known_from, known_to=point.known_to, change=point.change,
    )  # fmt: skip


def show_buckets(buckets: list[Bucket], by: Period) -> BucketList:
    """Return periods with the gaps between them; raise InputProblem for too many."""
    items: list[BucketOut] = []
    for bucket in with_gaps(buckets, by):
        items.append(_bucket(bucket))
        if len(items) > _MOST_BUCKETS:
            raise InputProblem(
                f"时段多于 {_MOST_BUCKETS} 个。请缩小范围,或按更长的时段汇总。",
                f"More than {_MOST_BUCKETS} periods. Narrow the range or take longer ones.",
            )
    return BucketList(items=items, by=by, points=sum(bucket.points for bucket in buckets))


def _bucket(bucket: Bucket) -> BucketOut:
    values = (bucket.total, bucket.mean, bucket.least, bucket.most, bucket.last)
    total, mean, least, most, last = (None if v is None else float(v) for v in values)
    return BucketOut(
        start=bucket.start, points=bucket.points, sum=total, mean=mean, min=least, max=most,
        last=last,
    )  # fmt: skip


def show_devices(door: Door) -> DeviceLists:
    """Return the devices of the asker's office, unknown ones apart."""
    unknown = [
        UnknownDevice(
            device=device, messages=messages, first_at=first, last_at=last,
            latest=bytes(payload)[:500].decode("utf-8", "replace"),
        )
        for device, messages, first, last, payload in store.list_unknown_devices(
            door.connection, door.asker.tenant, _MOST_DEVICES
        )
    ]  # fmt: skip
    items = list(_devices(door))
    return DeviceLists(unknown=unknown, items=items, total=len(items))


def _devices(door: Door) -> Iterator[DeviceOut]:
    states = door.view.states(door.view.own_bodies(KIND)[:_MOST_DEVICES])
    watched = {state.body: state.held(ATTRIBUTE) for state in states}
    refs = [held.ref for held in watched.values() if held and held.ref is not None]
    names = {state.body: state for state in door.view.named(refs)}
    for state in states:
        held = watched[state.body]
        target = names.get(held.ref) if held and held.ref is not None else None
        yield DeviceOut(
            device=str(state.one("code") or state.name), code=state.code,
            watches=target.code if target else None,
            watches_name=target.name if target else None,
            watches_kind=target.kind if target else None,
            since=held.valid_from if held else None, label=int(held.label) if held else 0,
            demo=state.is_demo,
        )  # fmt: skip


def show_aside(row: store.AsideRow) -> AsideOut:
    """Return a message that was set aside; bytes that are no text are marked."""
    return AsideOut(
        number=row.number, reason=row.reason, device=row.device, topic=row.topic,  # type: ignore[arg-type]
        payload=row.payload.decode("utf-8", "replace"), why=Bilingual(**row.why),
        first_at=row.first_at, last_at=row.last_at, times=row.times,
    )  # fmt: skip
