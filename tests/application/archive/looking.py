"""Looks at dossiers as of any moment, and a project that lives through everything."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from chaintwin.access.asker import Asker
from chaintwin.application.archive.desk import Desk
from chaintwin.application.archive.dossier import Clock, compare_dossier, show_dossier
from chaintwin.application.archive.models import DifferenceShown, DossierShown
from chaintwin.application.projects.editing import (
    add_remark,
    delete_project,
    edit_fields,
    restore_project,
)
from chaintwin.application.projects.finding import find_items
from chaintwin.application.projects.models import FieldsGiven, PromiseGiven, StageGiven
from chaintwin.application.projects.moving import move_project
from chaintwin.application.projects.promises import add_promise, change_promise
from chaintwin.twin.door import Door

from ..office import Office


@contextmanager
def as_of(office: Office, at: datetime, asker: Asker | None = None) -> Iterator[Desk]:
    """A desk that looks at what was true and known at a moment."""
    asker = asker or office.asker()
    with office.twin.database.transaction(asker.settings()) as connection:
        view = office.twin.view_in(connection, asker, valid_at=at, known_at=at)
        yield Desk(Door(office.twin, connection, asker, view), office.originals)


def dossier(office: Office, code: str, at: datetime | None = None) -> DossierShown:
    if at is None:
        with office.desk() as desk:
            return show_dossier(desk.door, code)
    with as_of(office, at) as desk:
        return show_dossier(desk.door, code)


def edit(office: Office, code: str, **values: float | str | list[str] | None) -> None:
    with office.desk() as desk:
        edit_fields(desk, code, FieldsGiven(values=dict(values), reason="补充资料"))


def read(office: Office, code: str, item: str) -> bytes:
    with office.desk() as desk:
        state = next(
            one for one in find_items(desk.door.view, desk.door.view.number(code))
            if one.code == item
        )  # fmt: skip
        held = state.held("original")
        assert held is not None
        return desk.originals.open(desk.door.connection, held.data["original"], state.name).read()


def sealed_file(office: Office, sha256: str) -> Path:
    (path,) = office.places.originals.rglob(sha256)
    return path


def compare(
    office: Office, code: str, begin: datetime, end: datetime, clock: Clock = "known"
) -> DifferenceShown:
    with office.desk() as desk:
        return compare_dossier(desk.door, code, begin.isoformat(), end.isoformat(), clock)


def a_busy_project(office: Office) -> tuple[str, list[datetime]]:
    """A project that lives through everything, and the moment after each event."""
    moments: list[datetime] = []

    def tick() -> None:
        moments.append(office.clock.at)
        office.wait(days=3)

    code = office.lead(link="test/pack", investment_wan=100).code
    tick()
    office.file(code, "lead-assessment")
    tick()
    edit(office, code, investment_wan=300, jobs=20)
    tick()
    with office.desk() as desk:
        move_project(desk, code, StageGiven(to="talks"))
    tick()
    with office.desk() as desk:
        add_promise(desk, code, PromiseGiven(by="investor", text="投资不低于1亿元"))
    tick()
    edit(office, code, link=["test/pack"], parcel=["test-g1"], jobs=None)
    tick()
    with office.desk() as desk:
        change_promise(
            desk, code, "1", PromiseGiven(by="investor", text="投资不低于2亿元", reason="协商一致")
        )
    tick()
    with office.desk() as desk:
        move_project(desk, code, StageGiven(to="lead", reason="投资方更换技术路线需要重来"))
    tick()
    with office.desk() as desk:
        add_remark(desk, code, "等待新方案")
    tick()
    with office.desk() as desk:
        delete_project(desk, code, "重复登记")
    tick()
    with office.desk() as desk:
        restore_project(desk, code, "并非重复")
    tick()
    return code, moments
