"""Running numbers within a tenant, read from the keys already given.

A key is never removed, so no number comes twice; a change that is undone takes its key with it, so
none is left out. The caller holds the tenant's change lock: open the change first.
"""

from __future__ import annotations

from chaintwin.engine.database import Connection


def next_number(connection: Connection, tenant: int, scheme: str, prefix: str) -> int:
    """Return the number after the highest one of keys that are a prefix and digits."""
    row = connection.execute(
        """
        SELECT coalesce(max(substr(value, length(%(prefix)s) + 1)::bigint), 0) + 1 FROM body_key
        WHERE scheme = %(scheme)s AND tenant = %(tenant)s
          AND value >= %(prefix)s AND value < %(end)s
          AND substr(value, length(%(prefix)s) + 1) ~ '^[0-9]{1,18}$'
        """,
        {"tenant": tenant, "scheme": scheme, "prefix": prefix, "end": prefix + "\uffff"},
    ).fetchone()
    assert row is not None
    return int(row[0])
