"""Reads the batch of points that a program sent: by body or by device."""

from __future__ import annotations

from collections.abc import Iterator

from chaintwin.kit.problems import InputProblem, Problem
from chaintwin.model.fact import Label
from chaintwin.physical.sensors import service
from chaintwin.physical.sensors.core import Reading, read_at
from chaintwin.physical.sensors.devices import Devices
from chaintwin.physical.sensors.models import PointIn, PointsIn
from chaintwin.physical.sensors.taking import SOURCE, points_of
from chaintwin.twin.door import Door
from chaintwin.twin.observing import Observed, Point


def send_batch(door: Door, sent: PointsIn) -> Observed:
    """Store a batch; readings of devices as if they had come from the broker, so never twice.

    Raises InputProblem naming the first point that is wrong, or when bodies and devices are mixed.
    """
    by_device = {one.device is not None for one in sent.points}
    if len(by_device) > 1:
        raise InputProblem(
            "一批观测点要么都填 body,要么都填 device。请分两批发送。",
            "The points of a batch name either bodies or devices. Send two batches.",
        )
    points = read_batch(door, sent)
    if by_device == {True}:
        return service.record(door, points, reason=sent.reason, source=SOURCE.name, restores=False)
    return service.record(door, points, reason=sent.reason)


def read_batch(door: Door, sent: PointsIn) -> list[Point]:
    """Return the points, each checked; raise InputProblem naming the first that is wrong."""
    devices = Devices()
    bodies: dict[str, int | None] = {}
    points: list[Point] = []
    for number, one in enumerate(sent.points):
        try:
            points += _read(door, one, Label(sent.label), devices, bodies)
        except Problem as problem:
            raise InputProblem(
                f"第 {number + 1} 个观测点:{problem.zh}什么都没有写入。",
                f"Point {number + 1}: {problem.en} Nothing was written.",
                point=number,
            ) from problem
    return points


def _read(
    door: Door, one: PointIn, label: Label, devices: Devices, bodies: dict[str, int | None]
) -> Iterator[Point]:
    at, writing = read_at(one.at), door.observe()
    if (one.body is None) == (one.device is None):
        raise InputProblem("请填 body 或 device 之一。", "Give either body or device.")
    if one.device is not None:
        reading = Reading(one.measure, at, one.value, one.unit)
        watches = devices.find(door.view, one.device)
        yield from points_of(writing, watches, one.device, [reading])
        return
    name = one.body or ""
    if name not in bodies:
        bodies[name] = service.find_body(door.view, name)
    body = bodies[name]
    if body is None:
        raise InputProblem(
            f"没有找到“{name[:60]}”。请填企业全称、统一社会信用代码或编码。",
            f"“{name[:60]}” is not known. Give the full name, credit code or body code.",
        )
    point = Point(body, one.measure, at, one.value, one.unit, one.channel, label)
    writing.check(point)
    yield point
