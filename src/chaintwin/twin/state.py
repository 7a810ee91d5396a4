"""A body as a view shows it: its resolved facts by attribute."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chaintwin.model.fact import Basis, Label


@dataclass(frozen=True, slots=True)
class Held:
    """One value as shown, with where it came from; `fact` opens its full record."""

    fact: int
    key: str
    value: Any
    ref: int | None
    source: str
    tenant: int
    basis: Basis
    confidence: int
    valid_from: datetime | None
    precision: str
    known_from: datetime
    label: Label
    unit: str | None
    data: Any


@dataclass(frozen=True, slots=True)
class Entries:
    """What a view shows of a body, as the store keeps it: entries by “attribute/value key”."""

    kind: str
    by_key: Mapping[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class BodyState:
    """A body and what is held true of it at the view's moments."""

    body: int
    code: str
    kind: str
    change: int
    attributes: Mapping[str, Sequence[Held]]

    def all(self, attribute: str) -> Sequence[Held]:
        """Return every value of an attribute, by value key; empty when unknown."""
        return self.attributes.get(attribute, ())

    def held(self, attribute: str) -> Held | None:
        """Return the one value of an attribute with its origin; None when unknown."""
        values = self.all(attribute)
        return values[0] if values else None

    def one(self, attribute: str) -> Any:
        """Return the one plain value of an attribute; None when unknown."""
        held = self.held(attribute)
        return None if held is None else held.value

    @property
    def name(self) -> str:
        """Return the name, else the short name, or the code while neither is known."""
        return str(self.one("name") or self.one("short_name") or self.code)

    @property
    def is_demo(self) -> bool:
        """Tell whether the body is an invented example (示例)."""
        name = self.held("name")
        return bool(self.one("demo")) or (name is not None and name.basis is Basis.DEMO)


@dataclass(frozen=True, slots=True)
class Reference:
    """A body that names another one by an attribute, and the value that does."""

    body: int
    attribute: str
    held: Held


@dataclass(frozen=True, slots=True)
class ChangeRecord:
    """One change: who, why, from what and when."""

    number: int
    at: datetime
    actor: str
    account: int | None
    reason: str
    source: str
    opened: int
    closed: int
    bodies: int


@dataclass(frozen=True, slots=True)
class Page:
    """One page of bodies and how many there are in all, or at least when `is_least`."""

    states: Sequence[BodyState]
    total: int
    is_least: bool = False
