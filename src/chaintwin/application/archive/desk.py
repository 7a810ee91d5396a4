"""What filing needs: the way to the twin and the place of originals."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Request

from chaintwin.application.archive.schedule import Schedule, load_schedule
from chaintwin.twin.door import Door, TheDoor
from chaintwin.twin.originals import Originals


@dataclass(frozen=True, slots=True)
class Desk:
    """One request's means of filing."""

    door: Door
    originals: Originals
    schedule: Schedule = field(default_factory=load_schedule)


def open_desk(request: Request, door: TheDoor) -> Desk:
    """Return the desk of a request."""
    originals: Originals = request.app.state.originals
    return Desk(door, originals)


TheDesk = Annotated[Desk, Depends(open_desk)]
