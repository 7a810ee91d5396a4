"""Streams a tenant's facts out as CSV; facts of evaluation-only sources never leave."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import LiteralString

from psycopg import sql

from chaintwin.engine.database import Connection

# What leaves, by file name; {tenants} are those exported. A key has no source of its own: where an
# evaluation-only source speaks of a body too, a key leaves only if another source states it (the
# form of a name as in kit.chinese.name_key).
TABLES: Mapping[str, LiteralString] = {
    "facts.csv": """
        SELECT f.body AS body_number, k.name AS kind, a.name AS attribute, f.value_key, f.text,
               f.number, f.ref AS ref_number, f.data, f.unit, f.original, f.ended, o.name AS source,
               f.source_record, f.evidence, f.basis, f.confidence, f.label, f.valid_from,
               f.precision, f.known_from, f.known_to, f.change
        FROM fact f JOIN body b ON b.id = f.body JOIN kind k ON k.id = b.kind
        JOIN attribute a ON a.id = f.attribute JOIN source o ON o.id = f.source
        WHERE f.tenant = ANY({tenants}) AND f.branch = 0 AND NOT o.evaluation_only
          AND NOT (f.evidence IS NOT NULL AND EXISTS (
              SELECT 1 FROM source e WHERE e.evaluation_only AND (
                  f.evidence::jsonb ->> 'in' = e.name
                  OR f.evidence::jsonb -> 'sources' ? e.name)))
        ORDER BY f.body, a.name, f.value_key, f.known_from, f.id""",
    "keys.csv": """
        SELECT k.body AS body_number, k.scheme, k.value FROM body_key k
        WHERE k.tenant = ANY({tenants}) AND EXISTS (
            SELECT 1 FROM fact f JOIN source o ON o.id = f.source
            WHERE f.body = k.body AND f.branch = 0 AND NOT o.evaluation_only
              AND (f.text = k.value
                   OR lower(regexp_replace(normalize(f.text, NFKC),
                                           '[\\s()（）·・,，.。\\-—_/]+', '', 'g')) = k.value
                   OR NOT EXISTS (
                       SELECT 1 FROM fact g JOIN source p ON p.id = g.source
                       WHERE g.body = k.body AND g.branch = 0 AND p.evaluation_only)))
        ORDER BY k.body, k.scheme, k.value""",
    "changes.csv": """
        SELECT c.id AS change, c.at, c.actor, c.reason, o.name AS source, c.opened, c.closed,
               c.bodies, encode(l.root, 'hex') AS root_sha256
        FROM change c JOIN source o ON o.id = c.source LEFT JOIN ledger l ON l.change = c.id
        WHERE c.tenant = ANY({tenants}) AND c.branch = 0 AND NOT o.evaluation_only
        ORDER BY c.id""",
    "sources.csv": """
        SELECT name, title, licence, rank FROM source WHERE NOT evaluation_only ORDER BY name""",
}


def stream_csv(connection: Connection, name: str, tenants: list[int]) -> Iterator[bytes]:
    """Yield one table as CSV with a head line, UTF-8."""
    query = sql.SQL(TABLES[name]).format(tenants=sql.Literal(tenants))
    copy_out = sql.SQL("COPY ({}) TO STDOUT (FORMAT csv, HEADER)").format(query)
    with connection.cursor() as cursor, cursor.copy(copy_out) as copy:
        for block in copy:
            yield bytes(block)
