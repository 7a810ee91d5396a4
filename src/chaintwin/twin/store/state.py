"""The current state: the resolved facts of each body, tenant and label, kept for speed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import LiteralString

from chaintwin.engine.database import Connection
from chaintwin.model.fact import FOREVER
from chaintwin.twin.store.former import (
    Fork,
    drop_former,
    keep_replaced,
    list_shown,
    store_former,
)
from chaintwin.twin.store.geometry import drop_shapes, refresh_shapes
from chaintwin.twin.store.lines import MAIN, AsOf, Line
from chaintwin.twin.store.resolve import ENTRY, ENTRY_KEY, resolved_apart
from chaintwin.twin.store.terms import name_columns
from chaintwin.twin.store.uses import move_uses
from chaintwin.twin.store.values import refresh_values

# The attributes by whose words a body is found.
NAMED_BY = (
    "name", "short_name", "former_name", "brand", "english_name", "code", "stock", "credit_code",
    "file_number",
)  # fmt: skip
# The columns of the current state that sheets fill themselves.
STATE_COLUMNS = (
    "body", "tenant", "label", "kind", "change", "as_of", "known_from", "name", "sort_name",
    "region", "search_text", "terms", "attributes",
)  # fmt: skip

_COLLECTED: LiteralString = (
    """
SELECT r.body, r.tenant, r.label, b.kind, max(r.change) AS change, NULL::timestamptz AS known_from,
       min(r.text) FILTER (WHERE t.name = 'name') AS name,
       coalesce(min(r.text) FILTER (WHERE t.name = 'region'),
                min(r.text) FILTER (WHERE t.name = 'province')) AS region,
       string_agg(r.text, ' ') FILTER (WHERE t.name = ANY(%(named_by)s)) AS words,
       array_agg(r.text) FILTER (WHERE t.name = 'industry' AND r.text IS NOT NULL) AS industries,
       jsonb_object_agg("""
    + ENTRY_KEY
    + ", "
    + ENTRY
    + """) AS attributes
FROM resolved r JOIN body b ON b.id = r.body JOIN attribute t ON t.id = r.attribute
GROUP BY r.body, r.tenant, r.label, b.kind
"""
)


# Bodies whose kept state differs from the freshly collected one, either way.
COMPARED: LiteralString = """
SELECT DISTINCT coalesce(n.body, c.body)
FROM new_state n
FULL JOIN (SELECT * FROM current_state
           WHERE body = ANY(%(bodies)s) AND tenant = %(tenant)s AND branch = %(branch)s
             AND attributes <> '{}') c
  ON n.body = c.body AND n.tenant = c.tenant AND n.label = c.label
WHERE n.attributes IS DISTINCT FROM c.attributes OR n.name IS DISTINCT FROM c.name
   OR n.region IS DISTINCT FROM c.region OR n.kind IS DISTINCT FROM c.kind
"""


def collect_state(
    connection: Connection,
    tenant: int,
    bodies: Sequence[int],
    now: datetime,
    line: Line = MAIN,
    known_at: datetime = FOREVER,
) -> None:
    """Derive the state of some bodies from the facts of one tenant into the table new_state.

    The table lasts as long as the transaction: tables made and dropped within one stay locked, and
    a check of a large twin would run out of locks.
    """
    within: LiteralString = "f.body = ANY(%(bodies)s) AND f.tenant = %(tenant)s"
    apart: LiteralString = ", s.tenant, s.label"
    is_present = known_at == FOREVER
    found = resolved_apart(line, within, apart, is_present=is_present)
    given = {
        "bodies": list(bodies),
        "tenant": tenant,
        "named_by": list(NAMED_BY),
        # An order of authority is a rule of reading: the present one holds for the past too.
        **AsOf(now, FOREVER, line).given(),
        "seen": line.seen(known_at),
    }
    made: LiteralString = "CREATE TEMP TABLE new_state ON COMMIT DROP AS "
    if _holds_new_state(connection):
        connection.execute("TRUNCATE new_state")
        made = "INSERT INTO new_state "
    connection.execute(made + found + _COLLECTED, given)


def _holds_new_state(connection: Connection) -> bool:
    row = connection.execute("SELECT to_regclass('pg_temp.new_state') IS NOT NULL").fetchone()
    return row is not None and bool(row[0])


def replace_state(
    connection: Connection, tenant: int, bodies: Sequence[int], at: datetime, line: Line = MAIN
) -> None:
    """Derive the current state after a change at a moment; keep what branches still show."""
    keep_replaced(connection, tenant, bodies, line.branch, at)
    collect_state(connection, tenant, bodies, at, line)
    _mark_touched(connection, tenant, bodies, line)
    connection.execute("UPDATE new_state SET known_from = %s", (at,))
    _store(connection, tenant, bodies, at, line)


def refresh_state(
    connection: Connection, tenant: int, bodies: Sequence[int], now: datetime, line: Line = MAIN
) -> None:
    """Bring the current state of some bodies up to what has become true by the passing of time."""
    collect_state(connection, tenant, bodies, now, line)
    _mark_touched(connection, tenant, bodies, line)
    connection.execute(
        """
        UPDATE new_state n SET known_from = c.known_from FROM current_state c
        WHERE c.body = n.body AND c.tenant = n.tenant AND c.branch = %s AND c.label = n.label
        """,
        (line.branch,),
    )
    _date_by_facts(connection, line)
    _store(connection, tenant, bodies, now, line)


def rebuild_state(
    connection: Connection, tenant: int, bodies: Sequence[int], now: datetime, line: Line = MAIN
) -> None:
    """Derive the current state of some bodies anew from facts alone."""
    collect_state(connection, tenant, bodies, now, line)
    _mark_touched(connection, tenant, bodies, line)
    _date_by_facts(connection, line)
    _store(connection, tenant, bodies, now, line)


def rebuild_former(
    connection: Connection, tenant: int, bodies: Sequence[int], now: datetime, forks: Iterable[Fork]
) -> None:
    """Derive anew all that branches show of some bodies of one line as it was at their forks."""
    for number, fork in enumerate(forks):
        if number == 0:
            drop_former(connection, tenant, bodies, fork.line.branch)
        collect_state(connection, tenant, bodies, now, fork.line, fork.at)
        _mark_touched(connection, tenant, bodies, fork.line)
        _write_names(connection)
        store_former(connection, tenant, fork, now)


def _mark_touched(connection: Connection, tenant: int, bodies: Sequence[int], line: Line) -> None:
    """Give bodies touched in a branch a row that everybody may read: it hides the parents'.

    Its kind is none, so that no list shows it.
    """
    if not line.is_main:
        connection.execute(
            """
            INSERT INTO new_state (body, tenant, label, kind, change, attributes)
            SELECT u.body, %s, 0, 0, 0, '{}' FROM unnest(%s::bigint[]) AS u (body)
            WHERE NOT EXISTS (SELECT FROM new_state n WHERE n.body = u.body AND n.label = 0)
            """,
            (tenant, list(bodies)),
        )


def _date_by_facts(connection: Connection, line: Line) -> None:
    """Tell since which change rows are shown that have not told it yet."""
    connection.execute(
        """
        UPDATE new_state n SET known_from = (
            SELECT max(greatest(f.known_from, nullif(f.known_to, 'infinity'))) FROM fact f
            WHERE f.body = n.body AND f.tenant = n.tenant AND f.branch = %s)
        WHERE known_from IS NULL
        """,
        (line.branch,),
    )


def _store(
    connection: Connection, tenant: int, bodies: Sequence[int], now: datetime, line: Line
) -> None:
    """Put the table new_state in place of the current state of some bodies."""
    _write_names(connection)
    if line.is_main:
        move_uses(connection, tenant, list(bodies))
    connection.execute(
        "DELETE FROM current_state WHERE body = ANY(%s) AND tenant = %s AND branch = %s",
        (list(bodies), tenant, line.branch),
    )
    connection.execute(
        """
        INSERT INTO current_state (body, tenant, branch, label, kind, change, as_of, known_from,
                                   name, sort_name, region, search_text, terms, attributes)
        SELECT n.body, n.tenant, %s, n.label, n.kind, n.change, %s, n.known_from, n.name,
               w.sort_name, n.region, w.search_text, w.terms, n.attributes
        FROM new_state n LEFT JOIN new_words w USING (body, tenant, label)
        """,
        (line.branch, now),
    )
    refresh_shapes(connection, tenant, list(bodies), line.branch)
    if line.is_main:
        refresh_values(connection, tenant, list(bodies))


def drop_states(connection: Connection, branch: int) -> None:
    """Give back the room that the current state of a branch took, unless others stand on it."""
    if branch not in list_shown(connection):
        connection.execute("DELETE FROM current_state WHERE branch = %s AND branch <> 0", (branch,))
        drop_shapes(connection, branch)


def bodies_due(connection: Connection, tenant: int, now: datetime, line: Line = MAIN) -> list[int]:
    """List bodies for which a fact has become true since their state was derived.

    Such a fact began after it was recorded: few do, and they have an index of their own.
    """
    if not line.is_main:
        return _bodies_due_in_branch(connection, tenant, now, line)
    rows = connection.execute(
        """
        SELECT DISTINCT f.body FROM fact f
        LEFT JOIN current_state c
          ON c.body = f.body AND c.tenant = f.tenant AND c.branch = 0 AND c.label = f.label
        WHERE f.tenant = %(tenant)s AND f.branch = 0 AND f.known_to = 'infinity'
          AND f.valid_from <= %(now)s AND f.valid_from > f.known_from
          AND f.valid_from > coalesce(c.as_of, '-infinity')
          AND (c.body IS NOT NULL OR NOT f.ended)
        """,
        {"tenant": tenant, "now": now},
    )
    return [row[0] for row in rows]


def _bodies_due_in_branch(
    connection: Connection, tenant: int, now: datetime, line: Line
) -> list[int]:
    """List the same among the bodies that a branch touched; the others are not kept for it."""
    rows = connection.execute(
        """
        SELECT DISTINCT c.body FROM current_state c
        JOIN fact f ON f.body = c.body AND f.tenant = c.tenant
        JOIN unnest(%(line)s::integer[], %(seen)s::timestamptz[]) AS n (branch, at)
          ON n.branch = f.branch AND f.known_from <= n.at AND f.known_to > n.at
        WHERE c.branch = %(branch)s AND c.branch <> 0 AND c.tenant = %(tenant)s
          AND f.valid_from <= %(valid_at)s AND f.valid_from > c.as_of
        """,
        {"tenant": tenant, "branch": line.branch, **AsOf(now, FOREVER, line).given()},
    )
    return [row[0] for row in rows]


def _write_names(connection: Connection) -> None:
    connection.execute(
        "CREATE TEMP TABLE IF NOT EXISTS new_words (body bigint, tenant integer, label smallint, "
        "sort_name text, search_text text, terms tsvector) ON COMMIT DROP"
    )
    connection.execute("TRUNCATE new_words")
    rows = connection.execute(
        "SELECT body, tenant, label, name, words, region, industries FROM new_state "
        "WHERE words IS NOT NULL OR region IS NOT NULL OR industries IS NOT NULL"
    ).fetchall()
    statement = "COPY new_words (body, tenant, label, sort_name, search_text, terms) FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for body, tenant, label, name, words, region, industries in rows:
            found = name_columns(name, words, region, industries or ())
            copy.write_row((body, tenant, label, *found))
