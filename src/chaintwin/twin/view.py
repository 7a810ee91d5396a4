"""What a reader sees: who asks, as of which two moments."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from functools import cached_property

from chaintwin.kit.problems import NotFoundProblem
from chaintwin.kit.shapes import Box
from chaintwin.model.fact import Fact
from chaintwin.twin.choosing import SEARCHED, choose
from chaintwin.twin.identity.groups import SAME_AS
from chaintwin.twin.neighbourhood import Neighbourhood, as_shown, explore
from chaintwin.twin.observed import ObservedView
from chaintwin.twin.showing import (
    States,
    bodies_to_order,
    make_change,
    make_fact,
    trace_copies,
    without,
)  # fmt: skip
from chaintwin.twin.state import BodyState, ChangeRecord, Entries, Page, Reference
from chaintwin.twin.store import geometry, reading, wide
from chaintwin.twin.store.claims import has_others, read_claims
from chaintwin.twin.store.finding import Wanted, find_bodies
from chaintwin.twin.store.lines import Shown
from chaintwin.twin.store.neighbours import Relation, read_relations
from chaintwin.twin.store.periods import Between, read_moved
from chaintwin.twin.vantage import Vantage


class TwinView(Vantage):
    """Reads the twin inside one transaction; both moments None means now."""

    @cached_property
    def _shown(self) -> Shown:
        return Shown(self.line)

    @cached_property
    def _states(self) -> States:
        return States(self._names, self.code, self.groups)

    def get(self, body: int) -> BodyState:
        """Return one body; raise NotFoundProblem when nothing is held of it at these moments."""
        states = self.states([body])
        if not states:
            raise NotFoundProblem(
                f"没有找到 {self.code(body)},或在所选时点尚无记录。",
                f"Nothing is held of {self.code(body)} at the chosen moment.",
            )
        return states[0]

    def states(self, bodies: Sequence[int]) -> list[BodyState]:
        """Return the bodies in the order asked for; those with nothing held are left out."""
        return self._states.in_order(self._rows(bodies), bodies)

    def entries(self, bodies: Sequence[int]) -> dict[int, Entries]:
        """Return bodies as bare entries by “attribute/value key”, for doors that render many."""
        return self._states.bare(self._rows(bodies))

    def _rows(self, bodies: Sequence[int]) -> list[reading.StateRow]:
        bodies = self.groups.expand(bodies)
        if not self.is_now:
            return reading.read_states_as_of(self.connection, bodies, self.as_of)
        return self._as_ordered(reading.read_states(self.connection, bodies, self._shown))

    def named(self, bodies: Sequence[int]) -> list[BodyState]:
        """Return the same bodies when their names are all that is asked for."""
        if not self.is_now:
            return self.states(bodies)
        bodies = self.groups.expand(bodies)
        rows = reading.read_names(self.connection, bodies, self._shown)
        return self._states.in_order(self._as_ordered(rows, reading.NAMING), bodies)

    def all(self, kind: str) -> list[BodyState]:
        """Return every body of a kind, in order of number."""
        number = self._names.find("kind", kind)
        if number is None:
            return []
        return self.states(reading.all_bodies(self.connection, number))

    def slices(
        self, kind: str, attributes: Sequence[str], bodies: Sequence[int] | None = None
    ) -> list[BodyState]:
        """Return the bodies of a kind cut to some attributes, by number; bodies None: all."""
        number = self._names.find("kind", kind)
        found = [(self._names.find("attribute", name), name) for name in attributes]
        numbers = [entry[0] for entry in found if entry[0] is not None]
        if number is None or not numbers:
            return []
        bodies = None if bodies is None else self.groups.expand(bodies)
        wanted = wide.Slice(number, numbers, attributes, bodies)
        if self.is_now:
            rows = wide.read_slices(self.connection, wanted, self._shown)
            rows = self._as_ordered(rows, attributes)
        else:
            rows = wide.read_slices_as_of(self.connection, wanted, self.as_of)
        return self._states.by_number(rows)

    def keys(self, scheme: str) -> dict[int, str]:
        """Return the key of each body that has one of a scheme."""
        rows = sorted(wide.read_keys(self.connection, scheme), reverse=True)
        return {self.groups.canonical(body): value for body, value in rows}

    def bodies_with(self, kind: str, attributes: Sequence[str]) -> list[int]:
        """Return the bodies of a kind of which any of some attributes was ever stated."""
        number = self._names.find("kind", kind)
        found = [self._names.find("attribute", name) for name in attributes]
        wanted = [one for one in found if one is not None]
        if number is None:
            return []
        return wide.read_bodies_with(self.connection, number, wanted, self.line)

    def count_regions(self, kind: str) -> dict[str, int]:
        """Return how many bodies of a kind lie in each region that is stated of any."""
        number = self._names.find("kind", kind)
        if number is None:
            return {}
        groups = self.groups.canonical_of
        apart = sorted({*groups, *groups.values()}) if self.is_now else None
        states = self.slices(kind, ("region", "province"), apart)
        places = (state.one("region") or state.one("province") for state in states)
        counted = Counter(str(place) for place in places if place is not None)
        if apart is not None:
            counted.update(wide.count_regions(self.connection, number, self._shown, apart))
        return counted

    def own_bodies(self, kind: str) -> list[int]:
        """Return the bodies of a kind of which the asker's own tenant says something now."""
        number = self._names.find("kind", kind)
        if number is None:
            return []
        own = wide.read_own_bodies(self.connection, number, self.asker.tenant, self._shown)
        return sorted(self.groups.fold(own))

    def stated(self, kind: str, attribute: str, bodies: Sequence[int] | None = None) -> list[Fact]:
        """Return what each source states of an attribute, also what is not shown (conflicts)."""
        number, of = self._names.find("attribute", attribute), self._names.find("kind", kind)
        if number is None or of is None:
            return []
        bodies = None if bodies is None else self.groups.expand(bodies)
        rows = wide.read_stated(self.connection, of, number, bodies, self.as_of)
        return [self.groups.shown(make_fact(row)) for row in rows]

    def claims(self, body: int) -> list[tuple[Fact, int]]:
        """Return what each source states of a body with its rank, best of each value first."""
        members = list(self.groups.members(body))
        rows = read_claims(self.connection, members, self.as_of)
        claims = [(self.groups.shown(make_fact(row[:-1])), row[-1]) for row in rows]
        return [claim for claim in claims if claim[0].attribute != SAME_AS]

    def has_beside(self, body: int, shown: Collection[int]) -> bool:
        """Tell whether anything may be stated of a body beside some facts; quicker than claims."""
        if not (self.is_now and self.line.is_main):
            return True
        return has_others(self.connection, list(self.groups.members(body)), list(shown))

    def facts_by_number(self, numbers: Mapping[int, int]) -> dict[int, Fact]:
        """Return facts that may be read, asked for as fact → body."""
        bodies = self.groups.expand(set(numbers.values()))
        rows = wide.read_numbered(self.connection, list(numbers), bodies) if numbers else ()
        return {fact.id: self.groups.shown(fact) for fact in map(make_fact, rows)}

    @property
    def observed(self) -> ObservedView:
        """Return the time series as this view may read them, as of its known moment."""
        return ObservedView(self.connection, self._names, self.asked[1], self.groups)

    def moved_between(self, kind: str, between: Between) -> tuple[list[int], int]:
        """Return a page of bodies that may read differently at two moments, and their number."""
        number = self._names.find("kind", kind)
        if number is None:
            return [], 0
        bodies, total = read_moved(self.connection, number, between)
        return self.groups.fold(bodies), total

    def find(
        self,
        kind: str,
        *,
        text: str | None = None,
        region: str | None = None,
        industry: str | None = None,
        limit: int | None = None,
        offset: int = 0,
    ) -> Page:
        """Return a page of bodies by name part and by prefixes of region and industry codes.

        Names that begin with the text come first, then pinyin order.
        """
        number = self._names.find("kind", kind)
        if number is None:
            return Page([], 0)
        if not self.is_now:
            end = None if limit is None else offset + limit
            chosen = choose(self.slices(kind, SEARCHED), text, region, industry)
            return Page(self.states([hit.body for hit in chosen[offset:end]]), len(chosen))
        wanted = Wanted(number, text, region, industry, limit, offset)
        found = find_bodies(self.connection, wanted, self._shown, self.groups.canonical_of)
        bodies = [hit.body for hit in found.hits]
        return Page(self.states(bodies), found.total, found.is_least)

    def boxed(
        self,
        kind: str,
        boxes: Sequence[Box] | None,
        attribute: str | None = None,
        after: int = 0,
        limit: int | None = None,
    ) -> list[int]:
        """Return bodies whose geometry may meet one of some boxes (None: that have one), by number.

        Boxes are kept for the present alone: a view of the past returns every body of the kind.
        """
        number = self._names.find("kind", kind)
        if number is None:
            return []
        if not self.is_now:
            found = [body for body in reading.all_bodies(self.connection, number) if body > after]
            return found[:limit]
        wanted = geometry.Boxed(number, boxes, attribute, after, limit, self.line)
        found = geometry.find_boxed(self.connection, wanted)
        if self.line.is_main:
            return found
        before = geometry.find_boxed_before(self.connection, wanted)
        return sorted({*found, *before})[:limit]

    def extent(self, kind: str) -> Box | None:
        """Return the box around all geometries of a kind now; None where there are none."""
        number = self._names.find("kind", kind)
        return None if number is None else geometry.read_extent(self.connection, number)

    def history(self, body: int, attribute: str | None = None) -> list[Fact]:
        """Return every fact ever recorded of a body up to the view's known moment."""
        number = None if attribute is None else self._names.find("attribute", attribute)
        if attribute is not None and number is None:
            return []
        facts = {fact.id: fact for fact in self._recorded(body, number).values()}.values()
        if self.line.is_main:
            return list(facts)
        latest = sorted(facts, key=lambda fact: (fact.known_from, fact.id), reverse=True)
        return sorted(latest, key=lambda fact: (fact.attribute, fact.value_key))

    def fact(self, body: int, number: int) -> Fact:
        """Return one fact of a body; raise NotFoundProblem when it is not to be read."""
        found = self._recorded(body, None).get(number)
        if found is None:
            raise NotFoundProblem("没有找到这条事实。", "There is no such fact.")
        return found

    def _recorded(self, body: int, attribute: int | None) -> dict[int, Fact]:
        """Return facts ever recorded by number; the copies of a branch lead to their originals."""
        facts: dict[int, Fact] = {}
        for member in self.groups.members(body):
            rows = reading.read_facts(self.connection, member, attribute, self.as_of)
            held = [(make_fact(row[:-1]), row[-1]) for row in rows]
            facts |= trace_copies(held, self.line.branches)
        return {
            number: self._as_known(self.groups.shown(fact))
            for number, fact in facts.items()
            if self.is_now or fact.known_from <= self._known_asked
        }

    def referring(self, body: int, attribute: str | None = None) -> list[Reference]:
        """Return what names a body at these moments, by attribute and number."""
        number = None if attribute is None else self._names.find("attribute", attribute)
        if attribute is not None and number is None:
            return []
        shown_as = self.groups.canonical(body)
        members = list(self.groups.members(body))
        found = reading.read_referrers(self.connection, members, number, self.line)
        bodies = sorted(self.groups.expand({row[0] for row in found}))
        attributes = {row[1]: row[2] for row in found}
        if self.is_now:
            names = list(attributes.values())
            rows = reading.read_parts(self.connection, bodies, names, self._shown)
            rows = self._as_ordered(rows, names)
        else:
            rows = reading.read_states_as_of(self.connection, bodies, self.as_of, list(attributes))
        return [
            Reference(state.body, name, held)
            for name in sorted(attributes.values())
            for state in self._states.in_order(rows, bodies)
            for held in state.all(name)
            if held.ref == shown_as
        ]

    def neighbourhood(self, body: int, hops: int = 2, most: int = 20) -> Neighbourhood:
        """Return what names a body and what it names, so many hops far, at these moments.

        Of each body at most so many relations each way are followed; `cut` tells where more are.
        """
        return explore(body, hops, most, self.ties)

    def ties(
        self, bodies: Sequence[int], most: int, attributes: Sequence[str] | None = None
    ) -> Sequence[tuple[int, Relation]]:
        """Return (body asked for, relation) of what bodies name and what names them.

        So many each way of each body, by some attributes or by any.
        """
        found = [self._names.find("attribute", name) for name in attributes or ()]
        numbers = None if attributes is None else [one for one in found if one is not None]
        members = self.groups.expand(bodies)
        rows = read_relations(self.connection, members, self.as_of, most, numbers)
        return as_shown(rows, self.groups.canonical)

    def changes(
        self, bodies: Sequence[int] | None = None, *, limit: int = 100, offset: int = 0
    ) -> tuple[list[ChangeRecord], int]:
        """Return changes that touched some bodies (None: all of one's tenant), latest first."""
        tenant = self.asker.tenant if bodies is None else None
        bodies = None if bodies is None else self.groups.expand(bodies)
        wanted = reading.Recorded(bodies, tenant, self.as_of, limit, offset)
        rows, total = reading.read_changes(self.connection, wanted)
        return [make_change(row) for row in rows], total

    def _as_ordered(
        self, rows: list[reading.StateRow], attributes: Sequence[str] | None = None
    ) -> list[reading.StateRow]:
        """Return rows of the present by the asker's own orders of authority.

        The state that others keep of their facts follows their order: where they state something
        of an attribute that the asker orders, it is resolved anew. `attributes` are those that the
        rows were cut to, None: none.
        """
        ordered = set(self.kinds.authority)
        if attributes is not None:
            ordered &= set(attributes)
        names = {name: self._names.find("attribute", name) for name in ordered}
        numbers = [number for number in names.values() if number is not None]
        bodies = bodies_to_order(rows, names, self.asker.tenant) if numbers else set()
        if not bodies:
            return rows
        anew = reading.read_states_as_of(self.connection, sorted(bodies), self.as_of, numbers)
        return [*without(rows, bodies, names), *anew]

    def _as_known(self, fact: Fact) -> Fact:
        """Return a fact without an end that was not known yet."""
        is_later = fact.known_to is not None and fact.known_to > self._known_asked
        return replace(fact, known_to=None) if is_later else fact
