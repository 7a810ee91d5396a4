"""One call at work: who asks, in which tenant, and the transactions it opens."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from chaintwin.access.asker import Asker
from chaintwin.engine.database import Connection
from chaintwin.kit.codes import body_number
from chaintwin.twin.door import read_moment
from chaintwin.twin.store.lines import MAIN, BranchRow, Line, list_branches
from chaintwin.twin.subscriptions.sealing import Seal
from chaintwin.twin.twin import Twin
from chaintwin.web.ngsi.asked import (
    GEO_JSON,
    JSON,
    LD_JSON,
    Asked,
    context_link,
    link_context,
    read_body,
    shown_context,
)
from chaintwin.web.ngsi.contexts import Contexts
from chaintwin.web.ngsi.desk import READ, WRITE, Desk, require
from chaintwin.web.ngsi.errors import NotFound
from chaintwin.web.ngsi.terms import CORE_URL, Terms, core_terms, is_core
from chaintwin.web.ngsi.writing import SOURCE, Writer

ROOT = "/ngsi-ld/v1"
SNAPSHOT = "ngsild-snapshot"


@dataclass(slots=True)
class Answer:
    """What goes back; `body` None sends nothing."""

    status: int = 200
    body: Any = None
    media: str = JSON
    headers: dict[str, str] = field(default_factory=dict)


def find_snapshot(call: Call, connection: Connection, uri: str) -> BranchRow:
    """Return the branch that a snapshot's id names; raise NotFound when there is none."""
    body = body_number(call.twin.installation, uri)
    for row in list_branches(connection, call.asker.tenant):
        if row.state != "discarded" and (row.name == uri or row.body == body):
            return row
    raise NotFound(f"没有快照“{uri}”。", f"There is no snapshot “{uri}”.")


class _NothingSaid(Exception):  # noqa: N818 - a signal that undoes an empty change
    pass


@dataclass(slots=True)
class Call:
    """A request with who sent it; parameters of its path are in `parts`."""

    asked: Asked
    twin: Twin
    contexts: Contexts
    asker: Asker
    tenant_name: str | None = None
    seal: Seal | None = None
    parts: dict[str, str] = field(default_factory=dict)

    def make_terms(self, given: Any) -> Terms:
        """Return the terms of a context, fetched in transactions of their own."""
        return self.contexts.terms(
            given,
            self.asker.tenant,
            self.twin.clock.now(),
            lambda: self.twin.database.transaction(self.asker.settings()),
        )

    def link_terms(self) -> Terms:
        """Return the terms of the Link header, else of the core context."""
        link = link_context(self.asked.headers)
        return self.make_terms(link) if link else core_terms()

    def body(self, takes: frozenset[str] | None = None) -> tuple[Any, Terms]:
        """Return the body of the request and the terms it speaks with."""
        if takes is None:
            return read_body(self.asked, self.make_terms)
        return read_body(self.asked, self.make_terms, takes=takes)

    @contextmanager
    def read(self) -> Iterator[Desk]:
        """Open a transaction that reads, as of `knownAt` and `validAt` where they are given."""
        require(self.asker, READ)
        with self.twin.database.transaction(self.asker.settings()) as connection:
            view = self.twin.view_in(
                connection,
                self.asker,
                valid_at=self._moment("validAt"),
                known_at=self._moment("knownAt"),
                line=self._line(connection),
            )
            yield Desk(self.twin, connection, self.asker, view)

    @contextmanager
    def write(self, reason: str) -> Iterator[Writer]:
        """Open a change; one that said nothing new leaves nothing behind."""
        require(self.asker, WRITE)
        try:
            with self.twin.database.transaction(self.asker.settings()) as connection:
                line = self._line(connection)
                changes = self.twin.change_in(
                    connection, self.asker, reason=reason, source=SOURCE, line=line
                )
                changes.accept_unknown()
                view = self.twin.view_in(connection, self.asker, line=line)
                desk = Desk(self.twin, connection, self.asker, view)
                writer = Writer(desk, changes)
                yield writer
                writer.flush()
                if not (changes.tally.opened or changes.tally.closed or changes.new_bodies):
                    raise _NothingSaid
                changes.finish()
        except _NothingSaid:
            return

    def _line(self, connection: Connection) -> Line:
        """Return the branch that NGSILD-Snapshot names, the main line where it names none."""
        named = self.asked.headers.get(SNAPSHOT)
        if named is None:
            return MAIN
        row = find_snapshot(self, connection, named)
        return self.twin.line_in(connection, self.asker, row.id)

    def _moment(self, name: str) -> datetime | None:
        told = self.asked.query.get(name)
        return read_moment(name, told) if told else None

    def address(self, *parts: str) -> str:
        """Return the path of a resource, as Location headers carry it."""
        return "/".join((ROOT, *parts))

    def show(
        self, body: Any, terms: Terms, media: str, headers: dict[str, str] | None = None
    ) -> Answer:
        """Return data with their @context: in the body of ld+json, else in the Link header."""
        headers = dict(headers or {})
        if media == LD_JSON or (media == GEO_JSON and self._wants_context_inside()):
            context = shown_context(terms)
            body = _with_context(body, context)
        else:
            _add_link(headers, context_link(self._address_of(terms)))
        return Answer(200, body, media, headers)

    def _address_of(self, terms: Terms) -> str:
        """Return the address of a context; one that has none is kept here (implicitly created)."""
        if not needs_address(terms):
            return link_address(terms)
        return self.contexts.keep_implicit(
            terms.given,
            self.asked.base,
            self.asker.tenant,
            self.twin.clock.now(),
            lambda: self.twin.database.transaction(self.asker.settings()),
        )

    def _wants_context_inside(self) -> bool:
        prefer = self.asked.headers.get("prefer", "").replace(" ", "")
        return "body=json" not in prefer


def _with_context(body: Any, context: Any) -> Any:
    if isinstance(body, list):
        return [one | {"@context": context} for one in body]
    return body | {"@context": context}


def link_address(terms: Terms) -> str:
    """Return the address that stands for a context in a Link header."""
    given = terms.given
    if isinstance(given, str):
        return given
    if isinstance(given, list):
        return next((one for one in given if isinstance(one, str)), CORE_URL)
    return CORE_URL


def needs_address(terms: Terms) -> bool:
    """Tell whether no single address stands for a context."""
    given = terms.given
    listed = given if isinstance(given, list) else [given]
    own = [one for one in listed if one is not None and not (isinstance(one, str) and is_core(one))]
    return len(own) > 1 or any(not isinstance(one, str) for one in own)


def _add_link(headers: dict[str, str], link: str) -> None:
    headers["Link"] = f"{link}, {headers['Link']}" if "Link" in headers else link
