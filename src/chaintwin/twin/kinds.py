"""A tenant's own kinds: facts about bodies of the kind Kind, laid over the shipped kinds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from chaintwin.access.asker import PUBLIC_TENANT
from chaintwin.engine.database import Connection
from chaintwin.model.fact import FOREVER, Statement, Subject, Value
from chaintwin.model.kinds import (
    KIND,
    KIND_KEY,
    Kind,
    Kinds,
    read_attribute,
    write_attribute,
)
from chaintwin.twin.store.authority import read_authority
from chaintwin.twin.store.kinds import read_kind_marks, read_kind_states
from chaintwin.twin.store.names import Names
from chaintwin.twin.store.resolve import split_entry


class OwnKinds:
    """Lends each tenant its kinds: shipped, then the public tenant's, then its own.

    With them come its own orders of authority. They are kept until a change declares or withdraws
    one, in this process or another: each look compares the marks of the two tenants, which are
    written in that change's transaction.
    """

    def __init__(self, shipped: Kinds, names: Names) -> None:
        self._shipped = shipped
        self._names = names
        self._kept: dict[int, tuple[Mapping[int, int], Kinds]] = {}

    def of(self, connection: Connection, tenant: int) -> Kinds:
        """Return the kinds of a tenant as this transaction sees them."""
        tenants = [PUBLIC_TENANT] if tenant == PUBLIC_TENANT else [PUBLIC_TENANT, tenant]
        marks = read_kind_marks(connection, tenants)
        if not marks:
            return self._shipped
        kept = self._kept.get(tenant)
        if kept is None or kept[0] != marks:
            number = self._names.number("kind", KIND)
            states = read_kind_states(connection, number, tenants)
            kinds = self._shipped.overlaid(map(_read_kind, states))
            orders = read_authority(connection, tenant, FOREVER)
            own = {one.attribute: one.sources for one in orders}
            kept = marks, replace(kinds, authority=own)
            self._kept[tenant] = kept
        return kept[1]


def kind_subject(name: str) -> Subject:
    """Return the body that a tenant's own kind, or its attributes of a shipped one, is kept as."""
    return Subject(KIND, ((KIND_KEY, name),))


def kind_statements(kind: Kind, before: Kind | None = None) -> Iterator[Statement]:
    """Yield the facts that declare a kind; of a shipped one only the tenant's own attributes.

    `before` is the kind as it was declared, None when it is new.
    """
    about = kind_subject(kind.name)
    texts = {"code": kind.name}
    if kind.own:
        texts |= {
            "name": kind.title.get("zh", kind.name),
            "english_name": kind.title.get("en", kind.name),
            "body_class": kind.body_class,
        }
    for name, text in texts.items():
        yield Statement(about, name, Value(text=text))
    if kind.is_open:
        yield Statement(about, "open", Value(text="true"))
    if kind.withdrawn != (before is not None and before.withdrawn):
        yield Statement(about, "withdrawn", Value(text=str(kind.withdrawn).lower()))
    for scheme in kind.keys:
        yield Statement(about, "key", Value(text=scheme))
    for name, attribute in kind.attributes.items():
        if attribute.own:
            yield Statement(about, "attribute", Value(data=write_attribute(attribute)), name)


def _read_kind(entries: Mapping[str, Mapping[str, Any]]) -> Kind:
    parts = [split_entry(item) for item in entries.items()]
    plain = {name: entry for name, key, entry in parts if not key}
    # In the order in which they were declared, which is that of their facts.
    many = sorted((part for part in parts if part[1]), key=lambda part: part[2]["i"])
    name = plain["code"]["v"]
    return Kind(
        name=name,
        body_class=plain["body_class"]["v"] if "body_class" in plain else "other",
        title={
            "zh": plain["name"]["v"] if "name" in plain else name,
            "en": plain["english_name"]["v"] if "english_name" in plain else name,
        },
        keys=tuple(entry["v"] for attribute, _, entry in many if attribute == "key"),
        attributes={
            key: read_attribute(key, entry["d"], own=True)
            for attribute, key, entry in many
            if attribute == "attribute"
        },
        own=True,
        is_open="open" in plain,
        withdrawn="withdrawn" in plain and plain["withdrawn"]["v"] == "true",
    )
