"""The current state: the resolved facts of each body, tenant and label, kept for speed."""

from __future__ import annotations

from datetime import datetime
from typing import LiteralString

from chaintwin.engine.database import Connection
from chaintwin.kit.chinese import name_key, search_terms, sort_key
from chaintwin.twin.store.resolve import ENTRY, KNOWN_NOW, RESOLVED

_COLLECT: LiteralString = (
    "CREATE TEMP TABLE new_state ON COMMIT DROP AS "
    + RESOLVED
    + """
SELECT r.body, r.tenant, r.label, b.kind, max(r.change) AS change,
       min(r.text) FILTER (WHERE t.name = 'name') AS name,
       coalesce(min(r.text) FILTER (WHERE t.name = 'region'),
                min(r.text) FILTER (WHERE t.name = 'province')) AS region,
       string_agg(r.text, ' ') FILTER (WHERE t.name IN ('name', 'short_name', 'code', 'stock',
                                                       'credit_code', 'file_number')) AS words,
       jsonb_object_agg(t.name || '/' || r.value_key, """
    + ENTRY
    + """) AS attributes
FROM resolved r JOIN body b ON b.id = r.body JOIN attribute t ON t.id = r.attribute
GROUP BY r.body, r.tenant, r.label, b.kind
"""
)


def refresh_state(connection: Connection, tenant: int, bodies: list[int], now: datetime) -> None:
    """Derive the current state of some bodies anew from the facts of one tenant."""
    connection.execute("DROP TABLE IF EXISTS new_state")
    query = _COLLECT.format(
        bodies="f.body = ANY(%(bodies)s) AND f.tenant = %(tenant)s",
        valid="%(now)s",
        known=KNOWN_NOW,
        apart=", s.tenant, s.label",
    )
    connection.execute(query, {"bodies": bodies, "tenant": tenant, "now": now})
    _write_names(connection)
    connection.execute(
        "DELETE FROM current_state WHERE body = ANY(%s) AND tenant = %s AND branch = 0",
        (bodies, tenant),
    )
    connection.execute(
        """
        INSERT INTO current_state (body, tenant, label, kind, change, name, sort_name, region,
                                   search_text, terms, attributes)
        SELECT n.body, n.tenant, n.label, n.kind, n.change, n.name, w.sort_name, n.region,
               w.search_text, array_to_tsvector(w.terms), n.attributes
        FROM new_state n LEFT JOIN new_words w USING (body, tenant, label)
        """
    )


def _write_names(connection: Connection) -> None:
    connection.execute(
        "CREATE TEMP TABLE IF NOT EXISTS new_words (body bigint, tenant integer, label smallint, "
        "sort_name text, search_text text, terms text[]) ON COMMIT DROP"
    )
    connection.execute("TRUNCATE new_words")
    rows = connection.execute(
        "SELECT body, tenant, label, name, words FROM new_state WHERE words IS NOT NULL"
    ).fetchall()
    statement = "COPY new_words (body, tenant, label, sort_name, search_text, terms) FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for body, tenant, label, name, words in rows:
            copy.write_row(
                (
                    body,
                    tenant,
                    label,
                    sort_key(name or words),
                    name_key(words),
                    list(search_terms(words)),
                )
            )
