"""What people do with time series: send them in, say what a device watches, settle what waits."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from chaintwin.kit.problems import ConflictProblem, NotFoundProblem
from chaintwin.model.fact import UNKNOWN, Label, Moment, Value
from chaintwin.physical.sensors.core import read_device, read_payload
from chaintwin.physical.sensors.devices import ATTRIBUTE, KIND, SCHEME, read_watches
from chaintwin.physical.sensors.taking import SOURCE, UnassignedProblem, points_of
from chaintwin.twin.door import STAFF, Door
from chaintwin.twin.observing import Observed, Point
from chaintwin.twin.store import aside as store
from chaintwin.twin.store.requests import find_request, keep_request
from chaintwin.twin.view import TwinView

WRITE = "import:write"
# Messages of one device that are taken when it is assigned; the rest by assigning it again.
_MOST_WAITING = 20_000
_KEYS = ("credit_code", "company_name", "project_code", "parcel_code", "park_code", "stock")


@dataclass(frozen=True, slots=True)
class Assigned:
    """What came of saying what a device watches."""

    taken: int
    opened: int
    still_waiting: int


def find_body(view: TwinView, text: str) -> int | None:
    """Return the body that a code, credit code, full name or project number names."""
    if text.startswith("urn:"):
        return view.get(view.number(text)).body
    for scheme in () if "\x00" in text else _KEYS:
        body = view.find_key(scheme, text)
        if body is not None:
            return body
    return None


def record(
    door: Door,
    points: Sequence[Point],
    *,
    reason: str,
    source: str = STAFF,
    restores: bool = True,
) -> Observed:
    """Store points that a person or program sent, as one change of the asker's."""
    told = door.observe().record(points, source=source, reason=reason, restores=restores)
    door.audit("observe", detail={"points": told.points, "change": told.change})
    return told


def answer_once(
    door: Door, name: str | None, content: bytes, act: Callable[[], dict[str, Any]]
) -> dict[str, Any]:
    """Return what the act answers; a request of the same name and content is not done again.

    Raises ConflictProblem when the name was given to a request with other content.
    """
    if name is None:
        return act()
    digest = hashlib.sha256(content).digest()
    held = find_request(door.connection, door.asker.tenant, name)
    if held is None:
        answer = act()
        keep_request(door.connection, door.asker.tenant, name, digest, door.view.now, answer)
        return answer
    if held[0] != digest:
        raise ConflictProblem(
            f"Idempotency-Key“{name}”已用于另一内容的请求。请换一个。",
            f"The Idempotency-Key “{name}” was used for a request of other content. Use another.",
        )
    return held[1]


def assign(door: Door, device: str, body: int, since: datetime | None, label: Label) -> Assigned:
    """Say what a device watches, since when (None: always), and take what waited for it."""
    door.asker.require(WRITE)
    read_device(device)
    changes = door.change(f"设备 {device} 的观测对象")
    meter = changes.body(KIND, (SCHEME, device))
    changes.say(meter, "code", Value(text=device))
    start = UNKNOWN if since is None else Moment.instant(since)
    changes.say(meter, ATTRIBUTE, Value(ref=body), valid=start, label=label)
    door.settle()
    door.audit("assign_device", door.view.code(meter), {"watches": door.view.code(body)})
    return take_waiting(door, device)


def take_waiting(door: Door, device: str) -> Assigned:
    """Store the readings of a device that waited for it to be assigned."""
    tenant, writing = door.asker.tenant, door.observe()
    watches = read_watches(door.view, device)
    points: list[Point] = []
    settled: list[int] = []
    waiting = store.waiting_of(door.connection, tenant, device, _MOST_WAITING)
    for row in waiting:
        try:
            points += points_of(writing, watches, device, read_payload(row.payload))
            settled.append(row.number)
        except UnassignedProblem:
            continue
    opened = 0
    if points:
        told = writing.record(
            points, source=SOURCE.name, reason=f"设备 {device} 的暂存读数", restores=False
        )
        opened = told.opened
    store.settle_aside(door.connection, tenant, settled, door.view.now)
    return Assigned(len(points), opened, len(waiting) - len(settled))


def settle(door: Door, number: int) -> None:
    """Put a message that was set aside away for good; it stays in the store."""
    door.asker.require(WRITE)
    if store.settle_aside(door.connection, door.asker.tenant, [number], door.view.now) == 0:
        raise NotFoundProblem(
            "没有这条待处理报文,或已处理。", "There is no such waiting message, or it is settled."
        )
    door.audit("settle_message", str(number))


def answer_of(told: Observed) -> dict[str, Any]:
    """Return what a batch came to, as the API answers it."""
    return asdict(told)
