"""Lends each tenant the groups its judgements come to."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from chaintwin.engine.database import Connection
from chaintwin.twin.identity.groups import AS_RECORDED, NO_GROUPS, Groups, make_groups
from chaintwin.twin.store.judgements import read_judgement_marks, read_judgements


class Judged:
    """Keeps the groups of each tenant until a change judges anew, in this process or another.

    Each look compares the marks of the tenants that may be read, which are written in the
    transaction of the judging change.
    """

    def __init__(self) -> None:
        self._kept: dict[tuple[int, ...], tuple[Mapping[int, int], Groups]] = {}

    def of(self, connection: Connection, tenant: int, known_at: datetime | None) -> Groups:
        """Return the groups as this transaction sees them, now or as of a known moment."""
        marks = read_judgement_marks(connection)
        if not any(marks.values()):
            return NO_GROUPS
        if known_at is not None:
            return make_groups(read_judgements(connection, known_at), tenant)
        whose = tenant, *sorted(marks)
        kept = self._kept.get(whose)
        if kept is None or kept[0] != marks:
            kept = marks, make_groups(read_judgements(connection), tenant)
            self._kept[whose] = kept
        return kept[1]


class Unjudged(Judged):
    """Knows of no judgement: every body stands for itself."""

    def of(self, connection: Connection, tenant: int, known_at: datetime | None) -> Groups:
        """Return no groups."""
        del connection, tenant, known_at
        return AS_RECORDED


UNJUDGED = Unjudged()
