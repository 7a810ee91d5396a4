"""Rows of the tenant tree."""

from __future__ import annotations

from dataclasses import dataclass

from chaintwin.engine.database import Connection


@dataclass(frozen=True, slots=True)
class TenantRow:
    """One tenant of the tree; `region` is its division code."""

    id: int
    parent: int | None
    code: str
    name: str
    kind: str
    region: str | None
    demo: bool


def list_tenants(connection: Connection) -> list[TenantRow]:
    """Return every tenant, parents first."""
    rows = connection.execute(
        "SELECT id, parent, code, name, kind, region, demo FROM tenant ORDER BY id"
    )
    return [TenantRow(*row) for row in rows]


def put_tenant(connection: Connection, tenant: TenantRow) -> int:
    """Enter a tenant, or return the one that has this code."""
    connection.execute(
        "INSERT INTO tenant (parent, code, name, kind, region, demo) "
        "VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (code) DO NOTHING",
        (tenant.parent, tenant.code, tenant.name, tenant.kind, tenant.region, tenant.demo),
    )
    row = connection.execute("SELECT id FROM tenant WHERE code = %s", (tenant.code,)).fetchone()
    assert row is not None
    return int(row[0])
