"""Which listed firm does what, where and since when: the field all directions are reckoned on."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Literal

import numpy as np

from chaintwin.application.chain.picture import Firm
from chaintwin.application.chain.places import Place
from chaintwin.application.chain.reader import Reader
from chaintwin.application.complexity.presence import Floats
from chaintwin.application.shown import Bilingual, Cited, both
from chaintwin.kit.problems import InputProblem
from chaintwin.model.fact import Basis, Moment
from chaintwin.twin.state import Held

# What a region is told apart by: links of its chains, or industries as one source names them.
Of = Literal["links", "industries"]
_PROVINCE = 2


@dataclass(frozen=True, slots=True)
class Stand:
    """A listed firm does an activity, by the fact that says so; `since`: when it was listed."""

    firm: Firm
    activity: str
    title: str
    attribute: str
    held: Held
    since: datetime | None

    @property
    def cited(self) -> Cited:
        """Return the fact to cite."""
        name = self.firm.state.one("short_name") or self.firm.name
        return Cited(self.firm.body, self.attribute, self.held, f"{name} · {self.title}")


@dataclass(frozen=True)
class Field:
    """All stands of one way of telling activities apart; places are provinces by their prefix."""

    of: Of
    titles: Mapping[str, Bilingual]
    stands: Sequence[Stand]
    source: str | None
    listed: int
    unplaced: int

    @cached_property
    def activities(self) -> list[str]:
        """Return every activity that a placed listed firm does, in order of its key."""
        return sorted({one.activity for one in self.stands})

    @cached_property
    def places(self) -> list[str]:
        """Return the prefixes of the provinces with any such firm."""
        return sorted({one.firm.prefix[:_PROVINCE] for one in self.stands})

    @cached_property
    def amounts(self) -> Floats:
        """Return how many listed firms do an activity, places × activities."""
        return self.count(self.stands)

    @cached_property
    def by_activity(self) -> Mapping[str, Sequence[Stand]]:
        """Return the stands of each activity."""
        found: dict[str, list[Stand]] = defaultdict(list)
        for one in self.stands:
            found[one.activity].append(one)
        return found

    @cached_property
    def columns(self) -> Mapping[str, int]:
        """Return the column of each activity."""
        return {activity: column for column, activity in enumerate(self.activities)}

    def count(self, stands: Iterable[Stand]) -> Floats:
        """Count some stands by place and activity."""
        rows = {place: row for row, place in enumerate(self.places)}
        counts = np.zeros((len(rows), len(self.columns)))
        for one in stands:
            counts[rows[one.firm.prefix[:_PROVINCE]], self.columns[one.activity]] += 1
        return counts

    def within(self, place: Place) -> list[Stand]:
        """Return the stands of a place."""
        return [one for one in self.stands if place.holds(one.firm.prefix)]


def read_field(reader: Reader, of: Of) -> Field:
    """Return the field as the view shows it."""
    key = ("direction field", of, reader.settings["confidence_needed"])
    return reader.keep(key, lambda: _read(reader, of))


def _read(reader: Reader, of: Of) -> Field:
    listed = [firm for firm in reader.picture.firms.values() if firm.is_listed and not firm.is_demo]
    source = _choose_source(listed) if of == "industries" else None
    found = _links(reader, listed) if of == "links" else _industries(listed, source)
    stands = list(found)
    placed = [one for one in stands if one.firm.prefix]
    links = reader.picture.graph.links.values()
    titles = (
        {f"{one.chain}/{one.code}": both(one.zh, one.en) for one in links} if of == "links" else {}
    )
    return Field(
        of=of,
        titles=titles,
        stands=placed,
        source=source,
        listed=len({one.firm.body for one in placed}),
        unplaced=len({one.firm.body for one in stands if not one.firm.prefix}),
    )


def _links(reader: Reader, listed: Iterable[Firm]) -> Iterator[Stand]:
    links = reader.picture.graph.links
    for firm in listed:
        since = listed_on(firm)
        seen = set()
        for one in firm.attachments:
            link = links.get(one.link)
            if link is None or one.link in seen or not one.is_sufficient(reader.settings):
                continue
            seen.add(one.link)
            yield Stand(firm, f"{link.chain}/{link.code}", link.zh, "link", one.held, since)


def _industries(listed: Iterable[Firm], source: str | None) -> Iterator[Stand]:
    for firm in listed:
        since = listed_on(firm)
        for held in firm.state.all("industry_name"):
            if held.source == source and _is_evidenced(held):
                name = str(held.value)
                yield Stand(firm, name, name, "industry_name", held, since)


def _choose_source(listed: Iterable[Firm]) -> str | None:
    """Classifications must not mix: the one that tells the industry of most firms is taken."""
    told = Counter(
        source
        for firm in listed
        for source in {one.source for one in firm.state.all("industry_name") if _is_evidenced(one)}
    )
    return max(told, key=lambda source: (told[source], source)) if told else None


def _is_evidenced(held: Held) -> bool:
    return held.basis not in (Basis.RECALLED, Basis.DEMO) and bool(held.value)


def listed_on(firm: Firm) -> datetime | None:
    """Return when a firm was listed; None where that is unknown or no date."""
    held = firm.state.held("listed_on")
    if held is None or not isinstance(held.value, str):
        return None
    try:
        return Moment.parse(held.value).at
    except InputProblem:
        return None
