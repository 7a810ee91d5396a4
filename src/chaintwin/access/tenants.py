"""The tenant tree: province → city → county → park, beside the public tenant."""

from __future__ import annotations

from collections.abc import Sequence

from chaintwin.access.store.tenants import TenantRow, list_tenants, put_tenant
from chaintwin.engine.database import Database
from chaintwin.kit.problems import InputProblem

# The levels of a place by how many there are above it.
_LEVELS = {
    1: ("county",),
    2: ("city", "county"),
    3: ("province", "city", "county"),
    4: ("province", "city", "county", "park"),
}


def make_place(database: Database, path: Sequence[tuple[str, str]], *, demo: bool = False) -> int:
    """Make a chain of tenants from the top, each (division code, name); return the last one's id.

    Raises InputProblem when the path is empty or longer than province, city, county, park.
    """
    if len(path) not in _LEVELS:
        raise InputProblem(
            "地区层级应为一至四级(省、市、县、园区)。", "A place has one to four levels."
        )
    parent: int | None = None
    with database.transaction({}) as connection:
        for kind, (region, name) in zip(_LEVELS[len(path)], path, strict=True):
            parent = put_tenant(connection, TenantRow(0, parent, region, name, kind, region, demo))
    assert parent is not None
    return parent


def all_tenants(database: Database) -> list[TenantRow]:
    """Return every tenant, parents first."""
    with database.transaction({}) as connection:
        return list_tenants(connection)
