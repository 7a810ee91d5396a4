"""Finds bodies by a part of their name, by region and by industry, a page at a time.

Names that begin with the text asked for come first, then dictionary order. Where hits are dense the
names are walked in order until the page is full, and the count is bounded; where they are rare all
are gathered and sorted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, LiteralString

from chaintwin.engine.database import Connection
from chaintwin.kit.chinese import search_key, sort_key
from chaintwin.twin.choosing import Hit
from chaintwin.twin.store.lines import ON_MAIN, Shown
from chaintwin.twin.store.terms import asked_terms, reading_by

# Rare hits are counted exactly up to the first number, dense ones up to the second.
MOST_GATHERED = 3_000
MOST_COUNTED = 2_000
# Pages that end further down are taken from all hits.
MOST_PAGED = 2_000
# How many names are looked at for a page before all hits are gathered instead; so many times as
# many where the first ones let expect that the page will be full by then.
MOST_WALKED = 1_000
_FURTHER = 8
# Of each body the rows of several tenants and labels may fit: a few more are read than shown.
_SPARE = 20
# Above this share of hits the table itself is read quicker than the index over terms.
_DENSE = 0.03
# Sorts after every character of a name or code.
_LAST = "\uffff"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which bodies a list asks for; all conditions hold together."""

    kind: int
    text: str | None = None
    region: str | None = None
    industry: str | None = None
    limit: int | None = None
    offset: int = 0

    @property
    def part(self) -> str:
        """Return the text as names are compared."""
        return search_key(self.text or "")

    @property
    def first(self) -> str:
        """Return how the sort names of those begin that come first."""
        return sort_key(self.text) if self.text and self.part else ""

    @property
    def terms(self) -> str | None:
        """Return the terms that every hit holds; None where reading by region alone is best."""
        if not (self.part or self.industry):
            return None
        return asked_terms(self.text, self.region, self.industry)


@dataclass(frozen=True, slots=True)
class Found:
    """One page, and how many there are: at least so many when `is_least`."""

    hits: list[Hit]
    total: int
    is_least: bool = False


def find_bodies(
    connection: Connection,
    wanted: Wanted,
    shown: Shown = ON_MAIN,
    shown_as: Mapping[int, int] = MappingProxyType({}),
) -> Found:
    """Return one page of bodies and the count of all.

    `shown_as` says as which body some are shown: each counts once, found by any name of it.
    """
    search = _Search(connection, wanted, shown, shown_as)
    end = None if wanted.limit is None else wanted.offset + wanted.limit
    if end is None or end > MOST_PAGED:
        return search.gather(None) or Found([], 0)
    walked = search.walk(end, MOST_WALKED)
    if end > len(walked.hits) > end / _FURTHER:
        walked = search.walk(end, MOST_WALKED * _FURTHER)
    if len(walked.hits) >= end and search.is_more_than(MOST_COUNTED, walked.share):
        return Found(walked.hits[wanted.offset : end], max(MOST_COUNTED, end), is_least=True)
    found = search.gather(MOST_GATHERED)
    if found is None:
        hits = search.walk(end, None).hits
        found = Found(hits[wanted.offset : end], MOST_GATHERED, is_least=True)
    return found


@dataclass(frozen=True, slots=True)
class _Walked:
    """The first hits in order, and at least what share of the names that were looked at fit."""

    hits: list[Hit]
    share: float


class _Search:
    def __init__(
        self,
        connection: Connection,
        wanted: Wanted,
        shown: Shown,
        shown_as: Mapping[int, int],
    ) -> None:
        self._connection = connection
        self._wanted = wanted
        self._shown, self._shown_as = shown, shown_as
        self._within, self._fits, self._given = _conditions(wanted, shown)
        self._where: LiteralString = f"{self._within} AND {self._fits}"

    def walk(self, end: int, most: int | None) -> _Walked:
        """Return the hits up to a page's end, looking at no more than so many names."""
        hits = self._begin_so(end) if self._wanted.first else {}
        if len(hits) >= end:
            return _Walked(list(hits.values()), 0.0)
        names, where, order = self._shown.table, self._where, "ORDER BY s.sort_name, s.body LIMIT"
        if most is not None:
            names = f"(SELECT s.* FROM {names} s WHERE {self._within} {order} %(most)s)"
            where = self._fits
        rows = self._connection.execute(
            f"SELECT s.body, s.sort_name FROM {names} s WHERE {where} {order} %(end)s",
            self._given | {"end": 2 * end + len(hits) + _SPARE, "most": most},
        ).fetchall()
        self._add(hits, rows)
        return _Walked(sorted(hits.values(), key=Hit.order), len(rows) / (most or 1))

    def is_more_than(self, most: int, share: float) -> bool:
        """Tell whether there are more rows than so many."""
        terms = None if share > _DENSE else self._wanted.terms
        with reading_by(self._connection, terms, self._shown) as table:
            row = self._connection.execute(
                f"SELECT count(DISTINCT body) FROM (SELECT s.body FROM {table} s "
                f"WHERE {self._where} LIMIT %(most)s) AS counted",
                self._given | {"most": most + most // 4 + 1},
            ).fetchone()
        assert row is not None
        return int(row[0]) > most

    def gather(self, most: int | None) -> Found | None:
        """Return the page out of all hits, sorted; None when there are more than so many."""
        body, joined = _AS_ANOTHER if self._shown_as else _AS_ITSELF
        members = {"members": list(self._shown_as), "shown_as": list(self._shown_as.values())}
        with reading_by(self._connection, self._wanted.terms, self._shown) as table:
            rows = self._connection.execute(
                _GATHERED.format(table=table, where=self._where, body=body, joined=joined),
                self._given | members | {"most": None if most is None else most + 1},
            ).fetchall()
        if most is not None and rows[0][0] > most:
            return None
        hits = [self._hit(body, name) for _, _, body, name in rows if body is not None]
        return Found(hits, rows[0][1])

    def _begin_so(self, end: int) -> dict[int, Hit]:
        """Return hits whose names begin with the text, in order."""
        rows = self._connection.execute(
            f"""
            SELECT s.body, s.sort_name FROM {self._shown.table} s
            WHERE {self._where} AND s.sort_name >= %(first)s AND s.sort_name < %(first_end)s
            ORDER BY s.sort_name, s.body LIMIT %(end)s
            """,
            self._given | {"end": end + _SPARE},
        )
        hits: dict[int, Hit] = {}
        self._add(hits, rows)
        return hits

    def _add(self, hits: dict[int, Hit], rows: Iterable[Any]) -> None:
        for member, name in rows:
            body = self._shown_as.get(member, member)
            hits.setdefault(body, self._hit(body, name))

    def _hit(self, body: int, name: str | None) -> Hit:
        return Hit(body, name or "", (name or "").startswith(self._wanted.first))


_AS_ITSELF: tuple[LiteralString, LiteralString] = ("s.body", "")
_AS_ANOTHER: tuple[LiteralString, LiteralString] = (
    "coalesce(g.shown_as, s.body)",
    "LEFT JOIN unnest(%(members)s::bigint[], %(shown_as)s::bigint[]) AS g (member, shown_as) "
    "ON g.member = s.body",
)
_GATHERED: LiteralString = """
WITH hits AS MATERIALIZED (
    SELECT {body} AS body, s.sort_name FROM {table} s {joined} WHERE {where} LIMIT %(most)s
), bodies AS MATERIALIZED (
    SELECT body, min(CASE WHEN starts_with(sort_name, %(first)s) THEN '0' ELSE '1' END
                     || sort_name COLLATE "C") AS place
    FROM hits GROUP BY body
), page AS (
    SELECT body, substr(place, 2) FROM bodies
    ORDER BY place COLLATE "C" NULLS LAST, body LIMIT %(limit)s OFFSET %(offset)s
)
SELECT (SELECT count(*) FROM hits), (SELECT count(*) FROM bodies), p.*
FROM (SELECT) AS always LEFT JOIN page p ON true
"""


def _conditions(
    wanted: Wanted, shown: Shown
) -> tuple[LiteralString, LiteralString, dict[str, Any]]:
    """Return which names are walked in order, which of them fit, and the parameters."""
    region = wanted.region or ""
    within: list[LiteralString] = ["s.kind = %(kind)s", shown.rows]
    fits: list[LiteralString] = ["true"]
    if len(region) >= _CITY:
        within.append("s.city = %(city)s")
    elif len(region) >= _PROVINCE:
        within.append("s.province = %(province)s")
    if region and len(region) not in (_PROVINCE, _CITY):
        fits.append("s.region >= %(region)s AND s.region < %(region_end)s")
    if wanted.part:
        fits.append("strpos(s.search_text, %(part)s) > 0")
    if wanted.industry:
        fits.append("s.terms @@ %(industry)s::tsquery")
    given = {
        "kind": wanted.kind,
        "limit": wanted.limit,
        "offset": wanted.offset,
        "part": wanted.part,
        "first": wanted.first,
        "first_end": wanted.first + _LAST,
        "region": region,
        "region_end": region + _LAST,
        "province": region[:_PROVINCE],
        "city": region[:_CITY],
        "industry": asked_terms(None, None, wanted.industry),
        **shown.given(),
    }
    return " AND ".join(within), " AND ".join(fits), given


# How many digits of a region code name a province and a city.
_PROVINCE, _CITY = 2, 4
