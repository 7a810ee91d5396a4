"""How a route reaches the twin: one transaction per request, committed before the answer leaves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from fastapi import Depends, Query, Request, Response

from chaintwin.access.asker import Asker
from chaintwin.access.audit import record_act
from chaintwin.engine.database import Connection
from chaintwin.kit.clock import SHANGHAI, calendar_day
from chaintwin.kit.problems import ForbiddenProblem, InputProblem, Language
from chaintwin.model.content import rules_mark
from chaintwin.twin.changes import Changes
from chaintwin.twin.observing import Observations
from chaintwin.twin.store.lines import MAIN
from chaintwin.twin.twin import Twin
from chaintwin.twin.view import TwinView

STAFF = "staff"


class Door:
    """One request's way in: a view, and changes in the same transaction."""

    def __init__(
        self,
        twin: Twin,
        connection: Connection,
        asker: Asker,
        view: TwinView,
        address: str | None = None,
    ) -> None:
        self.twin = twin
        self.address = address
        self.connection = connection
        self.asker = asker
        self.view = view
        self._changes: list[Changes] = []

    def change(self, reason: str, source: str = STAFF) -> Changes:
        """Open a change; the door finishes it when the request succeeds."""
        if not self.view.is_now:
            raise ForbiddenProblem(
                "当前查看的是过去时点,不能修改。请把时间条切回“现在”。",
                "You are looking at the past; nothing can be changed. Set the time bar to now.",
            )
        changes = self.twin.change_in(
            self.connection, self.asker, reason=reason, source=source, line=self.view.line
        )
        self._changes.append(changes)
        return changes

    def observe(self) -> Observations:
        """Open the write door for points of time series; only the main line of now has one."""
        if not self.view.is_now or self.view.line != MAIN:
            raise ForbiddenProblem(
                "观测数据只能记入主线的现在。请把时间条切回“现在”并退出推演分支。",
                "Points are recorded in the main line of now only. Set the time bar to now and "
                "leave the branch.",
            )
        return self.twin.observations_in(self.connection, self.asker)

    def require_main(self) -> None:
        """Raise ForbiddenProblem in a branch: what is about to be written records what happened."""
        if not self.view.line.is_main:
            raise ForbiddenProblem(
                "项目、档案和导入只记实际发生的事,不能写进推演分支。请回到主线再操作。",
                "Projects, archives and imports record what happened and are not written in a "
                "branch. Go back to the main line first.",
            )

    def audit(
        self, action: str, about: str | None = None, detail: Mapping[str, Any] | None = None
    ) -> None:
        """Enter an act into the audit trail, in the same transaction."""
        record_act(
            self.connection,
            self.asker,
            self.view.now,
            action,
            about,
            detail,
            address=self.address,
        )

    def settle(self) -> None:
        """Finish every change that is still open, so that the view shows it."""
        for changes in self._changes:
            changes.finish()
        self._changes.clear()


def current_asker(request: Request) -> Asker:
    """Return who asks, as the web door found out."""
    asker: Asker = request.state.asker
    return asker


def reader_language(request: Request) -> Language:
    """Return the reader's language: ?lang=, else Accept-Language, else Chinese."""
    named = request.query_params.get("lang") or request.headers.get("accept-language", "")
    return "en" if named.lower().startswith("en") else "zh"


def read_moment(name: str, text: str) -> datetime:
    """Return the instant a reader gave; a bare day means the end of that day in China.

    Raises InputProblem for what is no moment, or one at the very edge of the calendar.
    """
    try:
        at = datetime.fromisoformat(text)
        return at.astimezone(UTC) if at.tzinfo is not None else _end_of_given(at, text)
    except (ValueError, OverflowError):
        raise InputProblem(
            f"参数 {name} 的时间“{text}”无法识别。请写成 2026-11-01 或 2026-11-01T08:00:00+08:00。",
            f"The moment “{text}” of {name} is not understood. Write 2026-11-01 or an ISO instant.",
        ) from None


def _end_of_given(at: datetime, text: str) -> datetime:
    local = at.replace(tzinfo=SHANGHAI)
    if len(text) <= 10:
        local += timedelta(days=1, microseconds=-1)
    return local.astimezone(UTC)


def open_door(
    request: Request,
    asker: Annotated[Asker, Depends(current_asker)],
    valid_at: Annotated[str | None, Query(description="当时的事实: as of valid time")] = None,
    known_at: Annotated[str | None, Query(description="当时所知: as of known time")] = None,
    branch: Annotated[
        int,
        Query(ge=0, le=2**31 - 1, description="推演分支编号,0 为主线: branch, 0 the main line"),
    ] = 0,
) -> Iterator[Door]:
    """Open the door of one request; commit on success, undo on any error."""
    twin: Twin = request.app.state.twin
    with twin.database.transaction(asker.settings()) as connection:
        view = twin.view_in(
            connection,
            asker,
            valid_at=read_moment("valid_at", valid_at) if valid_at else None,
            known_at=read_moment("known_at", known_at) if known_at else None,
            line=twin.line_in(connection, asker, branch),
        )
        door = Door(twin, connection, asker, view, request.client.host if request.client else None)
        yield door
        door.settle()


def set_etag(request: Request, response: Response, view: TwinView, more: object = "") -> bool:
    """Set the ETag of a read; return True when the reader already holds this answer.

    A new day changes it, for days are counted; so do a new rule in the content folder and another
    language. `more` is what else the answer rests on.
    """
    day, language = calendar_day(view.now), reader_language(request)
    tag = f'W/"{view.stamp()}.{day:%Y%m%d}.{rules_mark()}.{language}{more}"'
    response.headers["ETag"] = tag
    return request.headers.get("if-none-match") == tag


TheDoor = Annotated[Door, Depends(open_door, scope="function")]
TheLanguage = Annotated[Language, Depends(reader_language)]
