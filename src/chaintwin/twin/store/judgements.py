"""Judgements of identity as a projection of the facts that say them, kept for speed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from chaintwin.engine.database import Connection
from chaintwin.twin.identity.groups import SAME_AS, Judgement, Verdict
from chaintwin.twin.store.verifying import Difference


def keep_judgements(
    connection: Connection, tenant: int, change: int, attribute: int, closed: Iterable[int]
) -> None:
    """Take over the judgements a change opened, and the ends of those it closed, and note it."""
    opened = connection.execute(_OPENED, {"change": change, "attribute": attribute}).rowcount
    ended = connection.execute(_ENDED, {"bodies": list(closed)}).rowcount
    if opened or ended:
        connection.execute(
            "INSERT INTO judgement_mark (tenant, change) VALUES (%s, %s) "
            "ON CONFLICT (tenant) DO UPDATE SET change = excluded.change",
            (tenant, change),
        )


_COLUMNS = """
    f.tenant, f.body, f.ref, f.id, f.text, f.basis = 'j', coalesce(f.number, 0), f.change,
    coalesce((f.evidence ->> 'again')::bigint, f.change), f.known_from, f.known_to
"""
_OPENED = f"""
    INSERT INTO judgement (tenant, body, other, fact, verdict, ruled, weight, change,
                           origin, known_from, known_to)
    SELECT {_COLUMNS} FROM fact f
    WHERE f.change = %(change)s AND f.attribute = %(attribute)s AND NOT f.ended
"""
_ENDED = """
    UPDATE judgement j SET known_to = f.known_to FROM fact f
    WHERE j.body = ANY(%(bodies)s) AND j.known_to = 'infinity'
      AND f.body = j.body AND f.id = j.fact AND f.known_to <> 'infinity'
"""


def read_judgement_marks(connection: Connection) -> dict[int, int]:
    """Return, by tenant that may be read, the last change that judged anything."""
    return dict(connection.execute("SELECT tenant, change FROM judgement_mark").fetchall())


def read_judgements(
    connection: Connection, known_at: datetime | None = None, bodies: Sequence[int] | None = None
) -> list[Judgement]:
    """Return what is believed now, or was at a known moment, perhaps only of some bodies."""
    rows = connection.execute(
        """
        SELECT tenant, body, other, fact, verdict, ruled, weight, change, known_from
        FROM judgement
        WHERE CASE WHEN %(known_at)s::timestamptz IS NULL THEN known_to = 'infinity'
                   ELSE known_from <= %(known_at)s AND known_to > %(known_at)s END
          AND (%(bodies)s::bigint[] IS NULL OR body = ANY(%(bodies)s) OR other = ANY(%(bodies)s))
        ORDER BY known_from, fact
        """,
        {"known_at": known_at, "bodies": None if bodies is None else list(bodies)},
    )
    return [
        Judgement(tenant, body, other, fact, verdict, ruled, float(weight), change, at)
        for tenant, body, other, fact, verdict, ruled, weight, change, at in rows
    ]


def check_judgements(connection: Connection) -> Iterator[Difference]:
    """Yield every body whose kept judgements are not what its facts say."""
    rows = connection.execute(_COMPARED, {"name": SAME_AS})
    for tenant, body in rows:
        zh = "同一性裁决的投影与事实不一致"
        en = "the kept judgements of identity are not what facts say"
        yield Difference("judgement", None, body, zh, en, tenant)


_COMPARED = f"""
    WITH said AS (
        SELECT {_COLUMNS} FROM fact f JOIN attribute t ON t.id = f.attribute
        WHERE t.name = %(name)s AND NOT f.ended
    ), kept AS (
        SELECT tenant, body, other, fact, verdict, ruled, weight, change, origin,
               known_from, known_to
        FROM judgement
    )
    SELECT DISTINCT tenant, body FROM (
        (SELECT * FROM said EXCEPT SELECT * FROM kept)
        UNION ALL (SELECT * FROM kept EXCEPT SELECT * FROM said)
    ) AS differing (tenant, body)
"""


@dataclass(frozen=True, slots=True)
class Ruled:
    """A ruling of one change, its fact, and what was ruled before it by which change.

    `fact` is None when the ruling is no longer believed.
    """

    body: int
    other: int
    fact: int | None
    weight: float
    before: Verdict | None
    before_origin: int | None


def read_rulings(connection: Connection, tenant: int, change: int) -> list[Ruled]:
    """Return what a tenant's persons ruled in one change."""
    rows = connection.execute(
        """
        SELECT j.body, j.other, k.fact, j.weight, b.verdict, b.origin
        FROM judgement j
        LEFT JOIN judgement k
          ON k.body = j.body AND k.other = j.other AND k.tenant = j.tenant AND k.ruled
         AND k.origin = j.change AND k.known_to = 'infinity'
        LEFT JOIN judgement b
          ON b.body = j.body AND b.other = j.other AND b.tenant = j.tenant AND b.ruled
         AND b.known_to = j.known_from
        WHERE j.tenant = %(tenant)s AND j.change = %(change)s AND j.origin = %(change)s AND j.ruled
        ORDER BY j.body, j.other
        """,
        {"tenant": tenant, "change": change},
    )
    return [
        Ruled(body, other, fact, float(weight), before, origin)
        for body, other, fact, weight, before, origin in rows
    ]


@dataclass(frozen=True, slots=True)
class RuledChange:
    """A change in which persons ruled: (body, other, verdict) of each pair, and if it stands."""

    change: int
    at: datetime
    actor: str
    reason: str
    pairs: Sequence[tuple[int, int, str]]
    is_standing: bool


def read_ruled_changes(
    connection: Connection, tenant: int, known_at: datetime | None, limit: int, offset: int
) -> tuple[list[RuledChange], int]:
    """Return the changes in which a tenant ruled, the latest first, and how many there are."""
    rows = connection.execute(
        """
        WITH said AS (
            SELECT j.change, jsonb_agg(jsonb_build_array(j.body, j.other, j.verdict)
                                       ORDER BY j.body, j.other) AS pairs,
                   bool_and(EXISTS (
                       SELECT FROM judgement k
                       WHERE k.tenant = j.tenant AND k.ruled AND k.origin = j.change
                         AND k.body = j.body AND k.other = j.other AND k.known_to = 'infinity'
                   )) AS stands
            FROM judgement j
            WHERE j.tenant = %(tenant)s AND j.ruled AND j.origin = j.change
              AND (%(known_at)s::timestamptz IS NULL OR j.known_from <= %(known_at)s)
            GROUP BY j.change
        )
        SELECT c.id, c.at, c.actor, c.reason, s.pairs, s.stands, (SELECT count(*) FROM said)
        FROM said s JOIN change c ON c.id = s.change
        ORDER BY c.id DESC LIMIT %(limit)s OFFSET %(offset)s
        """,
        {"tenant": tenant, "known_at": known_at, "limit": limit, "offset": offset},
    ).fetchall()
    if not rows and offset:
        return [], read_ruled_changes(connection, tenant, known_at, 1, 0)[1]
    changes = [
        RuledChange(number, at, actor, reason, [(a, b, said) for a, b, said in pairs], stands)
        for number, at, actor, reason, pairs, stands, _ in rows
    ]
    return changes, rows[0][6] if rows else 0
