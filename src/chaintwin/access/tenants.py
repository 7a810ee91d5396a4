"""The tenant tree: province → city → county → park, beside the public tenant."""

from __future__ import annotations

from collections.abc import Sequence

from chaintwin.access.asker import PUBLIC_TENANT
from chaintwin.access.store.tenants import TenantRow, list_tenants, put_tenant
from chaintwin.engine.database import Database
from chaintwin.kit.problems import InputProblem

_MOST_LEVELS = 4
# What codes of tenants below a place begin with.
SUB_TENANT = "sub:"


def make_place(database: Database, path: Sequence[tuple[str, str]], *, demo: bool = False) -> int:
    """Make a chain of tenants from the top, each (division code, name); return the last one's id.

    Raises InputProblem when the path is empty or longer than province, city, county, park.
    """
    if not 1 <= len(path) <= _MOST_LEVELS:
        raise InputProblem(
            "地区层级应为一至四级(省、市、县、园区)。", "A place has one to four levels."
        )
    parent: int | None = None
    with database.transaction({}) as connection:
        for region, name in path:
            kind = _kind_of(region)
            parent = put_tenant(connection, TenantRow(0, parent, region, name, kind, region, demo))
    assert parent is not None
    return parent


def make_sub_tenant(database: Database, parent: int, name: str) -> int:
    """Make a tenant below a place that has no division of its own; return its number."""
    with database.transaction({}) as connection:
        above = next(one for one in list_tenants(connection) if one.id == parent)
        row = TenantRow(0, parent, SUB_TENANT + name, name, "park", None, above.demo)
        return put_tenant(connection, row)


def own_places(database: Database) -> list[TenantRow]:
    """Return the places of this installation from the top: neither public nor sub-tenants."""
    return [
        tenant
        for tenant in all_tenants(database)
        if tenant.id != PUBLIC_TENANT and not tenant.code.startswith(SUB_TENANT)
    ]


def all_tenants(database: Database) -> list[TenantRow]:
    """Return every tenant, parents first."""
    with database.transaction({}) as connection:
        return list_tenants(connection)


def _kind_of(region: str) -> str:
    """Return the level of a place by its division code; a longer code is a park's."""
    if len(region) != 6:
        return "park"
    if region.endswith("0000"):
        return "province"
    return "city" if region.endswith("00") else "county"
