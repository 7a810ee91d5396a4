"""Which body a device watched at which moment: facts of the device, with valid time."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from chaintwin.model.fact import ALWAYS, Basis, Fact, Label
from chaintwin.twin.view import TwinView

KIND = "Device"
SCHEME = "device"
ATTRIBUTE = "watches"


@dataclass(frozen=True, slots=True)
class Watch:
    """From `start` on the device watched a body (None: nothing), whose points it labels."""

    start: datetime
    body: int | None
    label: Label
    basis: Basis


@dataclass(frozen=True, slots=True)
class Watches:
    """What one device watched, in order of time."""

    found: Sequence[Watch] = ()

    def at(self, moment: datetime) -> Watch | None:
        """Return what was watched at a moment; None when nobody has said."""
        place = bisect_right([watch.start for watch in self.found], moment)
        watch = self.found[place - 1] if place else None
        return None if watch is None or watch.body is None else watch


class Devices:
    """Looks devices up, remembering them for as long as no fact of the tenant changed."""

    def __init__(self) -> None:
        self._mark: object = None
        self._known: dict[str, Watches] = {}

    def find(self, view: TwinView, device: str) -> Watches:
        """Return what a device of the view's tenant watched; empty for an unknown one."""
        mark = (view.asker.tenant, view.marks())
        if mark != self._mark:
            self._mark, self._known = mark, {}
        if device not in self._known:
            self._known[device] = read_watches(view, device)
        return self._known[device]


def read_watches(view: TwinView, device: str) -> Watches:
    """Return what a device watched, by its believed facts."""
    body = view.find_key(SCHEME, device)
    if body is None:
        return Watches()
    believed = [fact for fact in view.history(body, ATTRIBUTE) if fact.known_to is None]
    # A ruling or correction by another source counts from when it was recorded.
    latest = sorted(believed, key=lambda fact: (fact.valid_from or ALWAYS, fact.known_from))
    return Watches([_watch(fact) for fact in latest])


def _watch(fact: Fact) -> Watch:
    body = None if fact.ended else fact.ref
    return Watch(fact.valid_from or ALWAYS, body, fact.label, fact.basis)
