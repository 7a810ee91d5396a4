"""Tenants by the header NGSILD-Tenant (clause 4.14): it chooses, it never widens."""

from __future__ import annotations

import re
from threading import Lock

from chaintwin.access.asker import PUBLIC_TENANT, Asker
from chaintwin.access.tenants import SUB_TENANT, all_tenants, make_sub_tenant, own_places
from chaintwin.engine.database import Database
from chaintwin.model.fact import Label
from chaintwin.web.ngsi.errors import NoTenant, bad

_NAME = re.compile(r"[\w.\-:]{1,100}")


class Tenants:
    """Finds the tenant a caller works in."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._numbers: dict[str, int] = {}
        self._default: int | None = None
        self._lock = Lock()

    def check_own(self, name: str | None, asker: Asker) -> None:
        """Raise NoTenant unless a name is that of the caller's own tenant."""
        if name is None:
            return
        own = next(one for one in all_tenants(self._database) if one.id == asker.tenant)
        if name not in {own.code, own.name, str(own.id)}:
            raise _none(name)

    def open_asker(self, name: str | None, *, makes: bool) -> Asker:
        """Return an officer of the place, or of a tenant below it that a first write makes."""
        tenant = self._place() if name is None else self._sub_tenant(name, makes=makes)
        return Asker(
            tenant,
            "ngsi-open",
            roles=frozenset({"officer"}),
            readable=frozenset({PUBLIC_TENANT, tenant}),
            labels=frozenset(Label),
        )

    def _place(self) -> int:
        if self._default is None:
            self._default = own_places(self._database)[-1].id
        return self._default

    def _sub_tenant(self, name: str, *, makes: bool) -> int:
        if not _NAME.fullmatch(name):
            raise bad(f"“{name}” is no name of a tenant.", f"“{name}”不是有效的租户名。")
        with self._lock:
            if name not in self._numbers:
                found = {one.code: one.id for one in all_tenants(self._database)}
                number = found.get(SUB_TENANT + name)
                if number is None:
                    if not makes:
                        raise _none(name)
                    number = make_sub_tenant(self._database, self._place(), name)
                self._numbers[name] = number
            return self._numbers[name]


def _none(name: str) -> NoTenant:
    return NoTenant(f"没有租户“{name}”，或您不能使用。", f"There is no tenant “{name}” for you.")
