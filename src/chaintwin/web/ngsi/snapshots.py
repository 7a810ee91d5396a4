"""Branches as snapshots (NGSI-LD 1.9): made, cloned, listed, shown, discarded.

A snapshot here is a branch of the twin: it shows everything as of the moment it was made, and takes
writes of its own. Requests name it in the header NGSILD-Snapshot.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

from chaintwin.access.audit import record_act
from chaintwin.engine.database import Connection
from chaintwin.kit.codes import body_code
from chaintwin.kit.problems import ConflictProblem
from chaintwin.twin.branches import Room, fork, move
from chaintwin.twin.store.lines import BranchRow, list_branches
from chaintwin.web.ngsi.asked import accepted
from chaintwin.web.ngsi.call import Answer, Call, find_snapshot
from chaintwin.web.ngsi.desk import READ, require
from chaintwin.web.ngsi.errors import AlreadyExists, bad
from chaintwin.web.ngsi.incoming import check_uri, is_uri
from chaintwin.web.ngsi.instants import write_instant

_WRITE = "branch:write"
_TYPES = frozenset({"Snapshot", "https://uri.etsi.org/ngsi-ld/Snapshot"})
_LONGEST = 100


def create_snapshot(call: Call) -> Answer:
    """Fork the main line as it stands now."""
    return _make(call, None)


def clone_snapshot(call: Call) -> Answer:
    """Fork a snapshot as it stands now."""
    return _make(call, call.parts["snapshot"])


def list_snapshots(call: Call) -> Answer:
    """Return every snapshot that was not discarded, the latest first."""
    media = accepted(call.asked)
    with _open(call, READ) as room:
        rows = list_branches(room.connection, call.asker.tenant)
        shown = [_show(call, row) for row in rows if row.state != "discarded"]
    return call.show(shown, call.link_terms(), media)


def retrieve_snapshot(call: Call) -> Answer:
    """Return one snapshot with its state."""
    media = accepted(call.asked)
    with _open(call, READ) as room:
        shown = _show(call, _find(call, room.connection))
    return call.show(shown, call.link_terms(), media)


def delete_snapshot(call: Call) -> Answer:
    """Discard a snapshot; what was tried in it stays on record."""
    with _open(call, _WRITE) as room:
        row = _find(call, room.connection)
        move(room, row.id, "discard", "NGSI-LD")
        _audit(call, room, "discard_branch", row)
    return Answer(204)


def _make(call: Call, parent: str | None) -> Answer:
    given, _ = call.body()
    if not isinstance(given, dict) or given.get("type") not in _TYPES:
        raise bad("The type has to be Snapshot.", "type 应为 Snapshot。")
    uri = check_uri(given.get("id", f"urn:ngsi-ld:Snapshot:{uuid.uuid4()}"), "id")
    if len(uri) > _LONGEST:
        raise bad(f"The id has at most {_LONGEST} characters.", f"id 最多 {_LONGEST} 个字符。")
    with _open(call, _WRITE) as room:
        above = None if parent is None else find_snapshot(call, room.connection, parent)
        try:
            row = fork(room, uri, "NGSI-LD", 0 if above is None else above.id)
        except ConflictProblem as problem:
            raise AlreadyExists(problem.zh, problem.en) from problem
        _audit(call, room, "make_branch", row)
    return Answer(201, headers={"Location": call.address("snapshots", quote(uri, safe=":"))})


@contextmanager
def _open(call: Call, right: str) -> Iterator[Room]:
    require(call.asker, right)
    with call.twin.database.transaction(call.asker.settings()) as connection:
        yield Room(call.twin, connection, call.asker)


def _find(call: Call, connection: Connection) -> BranchRow:
    return find_snapshot(call, connection, call.parts["snapshot"])


def _show(call: Call, row: BranchRow) -> dict[str, Any]:
    is_own = is_uri(row.name)
    shown = {
        "id": row.name if is_own else body_code(call.twin.installation, row.body),
        "type": "Snapshot",
        "status": "ready" if row.state in {"open", "frozen"} else row.state,
        "createdAt": write_instant(row.forked_at),
    }
    return shown if is_own else shown | {"name": row.name}


def _audit(call: Call, room: Room, action: str, row: BranchRow) -> None:
    now = call.twin.clock.now()
    record_act(room.connection, call.asker, now, action, str(row.id), {"name": row.name})
