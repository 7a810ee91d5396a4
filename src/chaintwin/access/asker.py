"""Who asks: no query exists without one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from chaintwin.kit.problems import ForbiddenProblem
from chaintwin.model.fact import Label

PUBLIC_TENANT = 1

# What each role may do. 三员分立: administering, granting and auditing never meet in one role.
ROLES: Mapping[str, frozenset[str]] = {
    "viewer": frozenset({"ledger:read", "chain:read", "target:read", "project:read", "firm:read"}),
    "officer": frozenset(
        {
            "ledger:read",
            "chain:read",
            "target:read",
            "project:read",
            "firm:read",
            "project:write",
            "import:write",
            "chain:rule",
            "fact:rule",
            "branch:write",
            "export",
            "subscription:write",
        }
    ),
    "archivist": frozenset(
        {"ledger:read", "project:read", "firm:read", "chain:read", "archive:write", "export"}
    ),
    "leader": frozenset(
        {
            "ledger:read",
            "chain:read",
            "target:read",
            "project:read",
            "firm:read",
            "branch:approve",
            "export",
        }
    ),
    "administrator": frozenset(
        {"ledger:read", "chain:read", "firm:read", "system:write", "subscription:write"}
    ),
    "granter": frozenset({"account:write"}),
    "auditor": frozenset({"audit:read", "ledger:read"}),
    "platform": frozenset({"public:write", "chain:read", "firm:read"}),
}

# What a new account of each role may read unless told otherwise; personal data are granted singly.
_WORKING = frozenset({Label.PUBLIC, Label.INTERNAL, Label.WORK, Label.BUSINESS})
_WORKING_ROLES = frozenset({"officer", "archivist", "leader"})


def usual_labels(roles: Iterable[str]) -> frozenset[Label]:
    """Return the labels that accounts of these roles need for their daily work."""
    return _WORKING if _WORKING_ROLES & set(roles) else frozenset({Label.PUBLIC})


@dataclass(frozen=True, slots=True)
class Asker:
    """The person or program asking, with the tenants and labels it may read."""

    tenant: int
    name: str
    account: int | None = None
    login: str | None = None
    roles: frozenset[str] = frozenset()
    readable: frozenset[int] = frozenset({PUBLIC_TENANT})
    labels: frozenset[Label] = frozenset({Label.PUBLIC})
    reads_only: bool = False
    token: str | None = None  # the name of the access token that a program came with

    @property
    def rights(self) -> frozenset[str]:
        """Return every right of every role; of a token that only reads, those to read."""
        held = self._held
        return frozenset(filter(_is_to_read, held)) if self.reads_only else held

    @property
    def _held(self) -> frozenset[str]:
        return frozenset().union(*(ROLES.get(role, frozenset()) for role in self.roles))

    def may(self, right: str) -> bool:
        """Tell whether this asker holds a right."""
        return right in self.rights

    def require(self, right: str) -> None:
        """Raise ForbiddenProblem when the right is missing."""
        if self.reads_only and right in self._held and not self.may(right):
            raise ForbiddenProblem(
                "此访问令牌只能读取。请改用可读写的令牌。",
                "This access token only reads. Use one that may write.",
            )
        if not self.may(right):
            raise ForbiddenProblem(
                f"您没有“{right}”权限。请联系本单位管理员授权。",
                f"You lack the right “{right}”. Ask your administrator for it.",
            )

    def settings(self) -> Mapping[str, Any]:
        """Return the transaction settings that row security reads."""
        return {
            "tenant": self.tenant,
            "account": "" if self.account is None else self.account,
            "readable": _array(self.readable | {self.tenant}),
            "labels": _array(int(label) for label in self.labels),
        }


def platform_asker() -> Asker:
    """Return the platform itself, the only writer of the public tenant."""
    return Asker(
        tenant=PUBLIC_TENANT,
        name="chaintwin",
        roles=frozenset({"platform"}),
        labels=frozenset(Label),
    )


def _is_to_read(right: str) -> bool:
    return right.endswith(":read") or right == "export"


def _array(numbers: Any) -> str:
    return "{" + ",".join(str(number) for number in sorted(numbers)) + "}"
