"""Finds bodies by foreign address, kind, type and presence of attributes, for the open API."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, LiteralString

from chaintwin.engine.database import Connection
from chaintwin.twin.store.state import NAMED_BY
from chaintwin.twin.store.values import Valued

URI_SCHEME = "uri"
# Labels and tenants part the state of a body into rows: any of them may hold an attribute.
_ANY_ROW: LiteralString = (
    "({own} OR EXISTS (SELECT FROM current_state x WHERE x.body = s.body AND x.branch = 0 "
    "AND (x.tenant, x.label) <> (s.tenant, s.label) AND {other}))"
)
_HAS: LiteralString = (
    "({row}.attributes ? ({name} || '/') OR EXISTS (SELECT FROM jsonb_object_keys({row}.attributes)"
    " AS k (name) WHERE split_part(k.name, '/', 1) = {name}))"
)
_HAS_ONE: LiteralString = (
    "EXISTS (SELECT FROM jsonb_object_keys({row}.attributes) AS k (name) "
    "WHERE split_part(k.name, '/', 1) = {name})"
)
# A value that is not bare, or told by dataset, is for the caller to compare.
_COMPARES: LiteralString = (
    "({row}.attributes -> ({name} || '/') -> 'v' {test} "
    "OR {row}.attributes -> ({name} || '/') -> 'v' = 'null' OR {others})"
)
_OTHERS: LiteralString = (
    "EXISTS (SELECT FROM jsonb_object_keys({row}.attributes) AS k (name) "
    "WHERE split_part(k.name, '/', 1) = {name} AND k.name <> {name} || '/')"
)
_OTHERS_INDEXED: LiteralString = (
    "{row}.body IN (SELECT v.body FROM state_value v "
    "WHERE v.attribute = {attribute} AND v.number = 'NaN')"
)
_TESTS: dict[str, LiteralString] = {
    "==": "= ANY({values})",
    ">": "> ({values})[1]",
    "<": "< ({values})[1]",
    ">=": ">= ({values})[1]",
    "<=": "<= ({values})[1]",
}
# Parameters have names; more conditions than these are left to the caller.
_PLACES: tuple[LiteralString, ...] = ("0", "1", "2", "3")


@dataclass(frozen=True, slots=True)
class Compared:
    """A condition on a bare value: the entry's name, an operator, and what it is compared with.

    `attribute`: its number, where the index of values has every value that may meet the condition.
    """

    name: str
    operator: str
    values: Sequence[int | float | str]
    attribute: int | None = None

    @property
    def valued(self) -> Valued | None:
        """Return the condition as the index of values takes it; None where it cannot tell."""
        if self.attribute is None:
            return None
        numbers = [float(one) for one in self.values if not isinstance(one, str)]
        texts = [one for one in self.values if isinstance(one, str)]
        if self.operator == "==":
            words = texts if self.name in NAMED_BY else []
            return Valued(self.attribute, numbers=numbers, texts=texts, words=words)
        is_low = self.operator.startswith(">")
        low, high = (numbers[0], None) if is_low else (None, numbers[0])
        return Valued(self.attribute, low, high)

    @property
    def may_be_indexed(self) -> bool:
        """Tell whether the index of values has whatever an attribute of this name may be."""
        is_number = all(not isinstance(one, str) for one in self.values)
        return ":" in self.name or is_number or (self.operator == "==" and self.name in NAMED_BY)


@dataclass(frozen=True, slots=True)
class Sought:
    """Which bodies are candidates; what is None or empty does not narrow.

    `attributes` are names of entries one of which must be there, `every` those that all must.
    `compared` are conditions that all must hold as far as the store can tell.
    """

    kinds: Sequence[int] | None = None
    unread: Sequence[int] = ()
    types: Sequence[str] = ()
    bodies: Sequence[int] | None = None
    attributes: Sequence[str] = ()
    every: Sequence[str] = ()
    compared: Sequence[Compared] = ()


def find_addresses(connection: Connection, tenant: int, addresses: Sequence[str]) -> dict[str, int]:
    """Return the bodies that foreign addresses name, one's own tenant before public."""
    rows = connection.execute(
        'SELECT value, body FROM body_key WHERE scheme = %s AND value = ANY(%s COLLATE "C") '
        "ORDER BY (tenant = %s)",
        (URI_SCHEME, list(addresses), tenant),
    )
    return {row[0]: row[1] for row in rows}


def read_addresses(connection: Connection, bodies: Iterable[int]) -> dict[int, str]:
    """Return the foreign address of each body that has one."""
    wanted = list(bodies)
    if not wanted:
        return {}
    rows = connection.execute(
        "SELECT body, value FROM body_key WHERE body = ANY(%s) AND scheme = %s",
        (wanted, URI_SCHEME),
    )
    return {row[0]: row[1] for row in rows}


def find_candidates(
    connection: Connection,
    sought: Sought,
    after: int,
    limit: int | None,
    offset: int = 0,
    until: int | None = None,
) -> list[int]:
    """Return bodies that may match, in order of number, beyond one of them up to another."""
    given = _given(sought) | {"after": after, "limit": limit, "offset": offset, "until": until}
    within: LiteralString = "" if until is None else "AND s.body <= %(until)s"
    rows = connection.execute(
        f"SELECT DISTINCT s.body FROM current_state s WHERE {_where(sought)} "
        f"AND s.body > %(after)s {within} ORDER BY s.body LIMIT %(limit)s OFFSET %(offset)s",
        given,
    )
    return [row[0] for row in rows]


def count_candidates(connection: Connection, sought: Sought) -> int:
    """Return how many bodies `find_candidates` would yield in all."""
    row = connection.execute(
        f"SELECT count(DISTINCT s.body) FROM current_state s WHERE {_where(sought)}",
        _given(sought),
    ).fetchone()
    assert row is not None
    return int(row[0])


def list_bodies(connection: Connection, sought: Sought, after: int, limit: int) -> list[int]:
    """Return every body of some kinds ever known, for views of another moment."""
    rows = connection.execute(
        "SELECT id FROM body WHERE id > %(after)s AND kind <> ALL(%(unread)s) "
        "AND (%(kinds)s::integer[] IS NULL OR kind = ANY(%(kinds)s::integer[]) "
        "OR id IN (SELECT body FROM current_state WHERE attributes ? 'ngsi:type/' "
        "AND (attributes -> 'ngsi:type/' -> 'd' -> 'types') ?| %(types)s)) "
        "AND (%(bodies)s::bigint[] IS NULL OR id = ANY(%(bodies)s::bigint[])) "
        "ORDER BY id LIMIT %(limit)s",
        {
            "after": after,
            "limit": limit,
            "kinds": None if sought.kinds is None else list(sought.kinds),
            "unread": list(sought.unread),
            "types": list(sought.types),
            "bodies": None if sought.bodies is None else list(sought.bodies),
        },
    )
    return [row[0] for row in rows]


def _where(sought: Sought) -> LiteralString:
    parts: list[LiteralString] = ["s.branch = 0"]
    if sought.types:
        # What has told its types is of these, whatever kind its body once had.
        parts.append(
            "(s.kind = ANY(%(kinds)s) OR (s.attributes -> 'ngsi:type/' -> 'd' -> 'types') "
            "?| %(types)s) AND CASE WHEN s.attributes ? 'ngsi:type/' "
            "THEN (s.attributes -> 'ngsi:type/' -> 'd' -> 'types') ?| %(types)s ELSE true END"
        )
    elif sought.kinds is not None:
        parts.append("s.kind = ANY(%(kinds)s)")
    if sought.unread:
        parts.append("s.kind <> ALL(%(unread)s)")
    if sought.bodies is not None:
        parts.append("s.body = ANY(%(bodies)s)")
    if sought.attributes:
        parts.append(_in_any_row(_HAS_ONE, "ANY(%(attributes)s)"))
    for place, _ in zip(_PLACES, sought.every, strict=False):
        parts.append(_in_any_row(_HAS, "%(every_" + place + ")s"))
    for place, one in zip(_PLACES, sought.compared, strict=False):
        test = _TESTS[one.operator].format(values="%(values_" + place + ")s::jsonb[]")
        others = _OTHERS if one.attribute is None else _OTHERS_INDEXED
        attribute: LiteralString = "%(attribute_" + place + ")s"
        parts.append(_in_any_row(_COMPARES, "%(compared_" + place + ")s", test, others, attribute))
    return " AND ".join(parts)


def _in_any_row(
    condition: LiteralString,
    name: LiteralString,
    test: LiteralString = "",
    others: LiteralString = "",
    attribute: LiteralString = "",
) -> LiteralString:
    own, other = (
        condition.format(
            row=row, name=name, test=test,
            others=others.format(row=row, name=name, attribute=attribute),
        )
        for row in ("s", "x")
    )  # fmt: skip
    return _ANY_ROW.format(own=own, other=other)


def _given(sought: Sought) -> dict[str, Any]:
    return {
        "kinds": None if sought.kinds is None else list(sought.kinds),
        "unread": list(sought.unread),
        "types": list(sought.types),
        "bodies": None if sought.bodies is None else list(sought.bodies),
        "attributes": list(sought.attributes),
        **{f"every_{n}": name for n, name in enumerate(sought.every)},
        **{f"compared_{n}": one.name for n, one in enumerate(sought.compared)},
        **{f"attribute_{n}": one.attribute for n, one in enumerate(sought.compared)},
        **{
            f"values_{n}": [json.dumps(value) for value in one.values]
            for n, one in enumerate(sought.compared)
        },
    }
