"""An index of single values of the current state: bodies are found by a number or a short text.

Row security lets an index be used only with operators that cannot leak, which those of jsonb and of
numeric are not. Attributes named by an IRI have all their values here, others their numbers only.
A value that the index cannot tell (a list, one of several, a long text) is marked by NaN, so that
whoever looks it up looks at the body itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import LiteralString

from chaintwin.engine.database import Connection
from chaintwin.twin.store.terms import asked_terms, reading_by

COLUMNS = ("attribute", "number", "text", "body", "tenant", "label")
LONGEST = 200
ODD = "NaN"
# Beyond these a numeric has no double.
LARGEST, SMALLEST = 1e300, 1e-300

_COLLECTED: LiteralString = """
SELECT DISTINCT t.id,
    CASE WHEN p.is_text THEN NULL
         WHEN p.key = '' AND p.type = 'number' THEN
             CASE WHEN p.said::numeric = 0 THEN 0
                  WHEN abs(p.said::numeric) BETWEEN 1e-300 AND 1e300 THEN p.said::float8
                  ELSE 'NaN' END
         ELSE 'NaN' END,
    CASE WHEN p.is_text THEN p.said END, n.body, n.tenant, n.label
FROM new_state n CROSS JOIN LATERAL jsonb_each(n.attributes) AS e
CROSS JOIN LATERAL (
    SELECT s.*, s.key = '' AND s.type = 'string' AND length(s.said) <= %(longest)s AS is_text
    FROM (SELECT split_part(e.key, '/', 1) AS name, split_part(e.key, '/', 2) AS key,
                 jsonb_typeof(e.value -> 'v') AS type, e.value ->> 'v' AS said) AS s
) AS p
JOIN attribute t ON t.name = replace(p.name, '|', '/')
WHERE p.name <> ALL(%(heads)s)
  AND (position(':' in p.name) > 0 OR p.type = 'number'
       OR (p.type = 'null' AND e.value -> 'd' ? 'ngsi'))
"""
_HEADS = ["ngsi:type", "ngsi:scope"]


_REFRESH: LiteralString = (
    "INSERT INTO state_value (attribute, number, text, body, tenant, label)" + _COLLECTED
)
# Bodies of which the index says other than the table new_state, either way.
_DIFFERING: LiteralString = (
    "WITH fresh AS ("
    + _COLLECTED
    + """), kept AS (
    SELECT attribute, number, text, body, tenant, label FROM state_value
    WHERE body = ANY(%(bodies)s) AND tenant = %(tenant)s
)
SELECT DISTINCT body FROM (
    (TABLE fresh EXCEPT TABLE kept) UNION ALL (TABLE kept EXCEPT TABLE fresh)) AS d
"""
)


def refresh_values(connection: Connection, tenant: int, bodies: list[int]) -> None:
    """Index what the table new_state holds, in place of what was there of these bodies."""
    connection.execute(
        "DELETE FROM state_value WHERE body = ANY(%s) AND tenant = %s", (bodies, tenant)
    )
    connection.execute(_REFRESH, {"longest": LONGEST, "heads": _HEADS})


def differing_values(connection: Connection, tenant: int, bodies: list[int]) -> set[int]:
    """Return the bodies of which the index is not what the table new_state says."""
    given = {"longest": LONGEST, "heads": _HEADS, "bodies": bodies, "tenant": tenant}
    return {row[0] for row in connection.execute(_DIFFERING, given)}


@dataclass(frozen=True, slots=True)
class Valued:
    """A condition on an attribute: a number in some bounds, or one of some numbers and texts.

    `words`: texts that the words of a body hold, where the attribute is one of its names.
    """

    attribute: int
    low: float | None = None
    high: float | None = None
    numbers: Sequence[float] = ()
    texts: Sequence[str] = ()
    words: Sequence[str] = ()


def find_valued(connection: Connection, wanted: Valued, most: int) -> list[int] | None:
    """Return, by number, every body that may meet a condition; None: there are more than `most`."""
    found = set(_look_up(connection, wanted, most + 1))
    for words in wanted.words:
        if len(found) <= most:
            found.update(_look_up_words(connection, words, most + 1))
    return sorted(found) if len(found) <= most else None


def _look_up(connection: Connection, wanted: Valued, most: int) -> Iterable[int]:
    conditions: list[LiteralString] = ["v.number = 'NaN'"]
    if wanted.low is not None:
        conditions = ["v.number >= %(low)s"]  # NaN comes after all numbers
    if wanted.high is not None:
        conditions.append("v.number <= %(high)s")
    if wanted.numbers:
        conditions.append("v.number = ANY(%(numbers)s)")
    if wanted.texts:
        conditions.append("v.text = ANY(%(texts)s)")
    parts: list[LiteralString] = [
        f"(SELECT v.body FROM state_value v WHERE v.attribute = %(attribute)s AND {condition} "
        "LIMIT %(most)s)"
        for condition in conditions
    ]
    rows = connection.execute(
        " UNION ALL ".join(parts),
        {
            "attribute": wanted.attribute,
            "low": wanted.low,
            "high": wanted.high,
            "numbers": list(wanted.numbers),
            "texts": list(wanted.texts),
            "most": most,
        },
    )
    return (row[0] for row in rows)


def _look_up_words(connection: Connection, words: str, most: int) -> Iterable[int]:
    terms = asked_terms(words, None, None)
    if terms is None:
        return range(most)
    with reading_by(connection, terms) as table:
        rows = connection.execute(
            f"SELECT DISTINCT s.body FROM {table} s WHERE s.branch = 0 LIMIT %s", (most,)
        ).fetchall()
    return (row[0] for row in rows)
