"""Finds which firms are one: new ones as they arrive, all of them in bulk; writes judgements."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from chaintwin.access.asker import PUBLIC_TENANT, Asker
from chaintwin.engine.database import Connection
from chaintwin.model.fact import Statement
from chaintwin.twin.identity.batch import score_pairs
from chaintwin.twin.identity.clusters import Grouping, Outcome, Pair, Why
from chaintwin.twin.identity.firms import KIND, read_firms, search_ways
from chaintwin.twin.identity.groups import Groups, Judgement, effective, make_groups
from chaintwin.twin.identity.judging import MODEL, say
from chaintwin.twin.identity.model import load_model
from chaintwin.twin.identity.record import Record
from chaintwin.twin.identity.words import load_words
from chaintwin.twin.store import candidates
from chaintwin.twin.store.judgements import read_judgements
from chaintwin.twin.twin import Twin

# More new firms at once than these are left to `chaintwin resolve`.
MOST_NEW = 500
_MOST_CANDIDATES = 200
# What these write is no news of a firm.
_DERIVED = ("identity", "identity.ruling", "chaintwin.attach", "chaintwin.attach.evaluation")


@dataclass(frozen=True, slots=True)
class Resolved:
    """What a round came to; `left` firms are too many to look at one by one."""

    firms: int = 0
    merged: int = 0
    doubts: int = 0
    left: int = 0


class Round:
    """One look at the firms of an asker, inside one transaction."""

    def __init__(self, twin: Twin, connection: Connection, asker: Asker) -> None:
        self.twin = twin
        self.connection = connection
        self.asker = asker
        self.model = load_model()
        self.records: dict[int, Record] = {}
        self.view = self.twin.view_in(self.connection, self.asker, as_recorded=True)
        self.standing = effective(read_judgements(self.connection), self.asker.tenant)

    def read(self, bodies: Sequence[int] | None = None) -> None:
        """Read some firms, or all."""
        wanted = None if bodies is None else [one for one in bodies if one not in self.records]
        if wanted is None or wanted:
            self.records |= read_firms(self.view, load_words(), wanted)

    def likely(self, body: int) -> list[int]:
        """Return bodies that a firm is to be compared with."""
        kind = self.twin.names.number("kind", KIND)
        ways = search_ways(self.records[body])
        return candidates.find_candidates(self.connection, kind, body, ways, _MOST_CANDIDATES)

    def score(self, one: int, other: int) -> float:
        """Return how far two firms are one, in bits."""
        return self.model.score(self.records[one], self.records[other]).weight

    def settle(self, pairs: Iterable[Pair], kept: Groups) -> Outcome:
        """Decide on pairs, given groups that stand; what a person ruled is settled already."""
        ruled = {pair: one.verdict for pair, one in self.standing.items() if one.ruled}
        apart = frozenset(pair for pair, verdict in ruled.items() if verdict == "apart")
        grouping = Grouping(self.records, self.score, self.model.upper, self.model.lower, apart)
        grouping.keep(
            [one for one in members if one in self.records] for members in kept.members_of.values()
        )
        return grouping.settle(pair for pair in pairs if pair[:2] not in ruled)

    def own(self, pairs: Iterable[Pair]) -> list[Pair]:
        """Keep the pairs that the asker's tenant may judge: one of the two is its own."""
        found = list(pairs)
        bodies = sorted({body for left, right, _ in found for body in (left, right)})
        made_by = candidates.body_tenants(self.connection, bodies)
        tenant = self.asker.tenant
        return [pair for pair in found if tenant in (made_by.get(pair[0]), made_by.get(pair[1]))]

    def statements(self, outcome: Outcome) -> Iterator[Statement]:
        """Yield what the model says of pairs to merge and pairs for a person."""
        for pair in outcome.merges:
            yield self._say(pair, None)
        for pair, why in outcome.doubts:
            yield self._say(pair, why)

    def _say(self, pair: Pair, why: Why | None) -> Statement:
        scored = self.model.score(self.records[pair[0]], self.records[pair[1]])
        return say(
            (pair[0], pair[1]),
            "unsure" if why else "same",
            weight=scored.weight,
            confidence=round(100 * scored.probability),
            evidence={
                "model": self.model.version,
                "why": why or "strong",
                "parts": [
                    [part.comparison, part.level, round(part.bits, 2)] for part in scored.parts
                ],
            },
        )


def resolve_arrivals(twin: Twin, asker: Asker) -> Resolved:
    """Compare firms that came or changed since the last look with all others, one by one.

    Of a tenant's own firms and public ones those pairs are judged of which one is its own.
    """
    with twin.database.transaction(asker.settings()) as connection:
        new, left = _find_new(twin, connection, asker)
        if not new:
            return Resolved(left=left)
        look = Round(twin, connection, asker)
        look.read(new)
        pairs = list(_compare(look, [body for body in new if body in look.records]))
        kept = make_groups(look.standing.values(), asker.tenant)
        look.read(kept.expand({body for pair in pairs for body in pair[:2]}))
        outcome = look.settle(look.own(pairs), kept)
        fresh = [said for said in look.statements(outcome) if not _is_held(said, look.standing)]
        if fresh:
            changes = twin.change_in(
                connection, asker, reason="同一性模型比对新到的企业", source=MODEL.name
            )
            changes.record(fresh)
            changes.finish()
        return Resolved(len(new), len(outcome.merges), len(outcome.doubts), left)


def resolve_all(twin: Twin, asker: Asker, *, is_trial: bool) -> Resolved:
    """Compare all firms an asker may judge, in bulk; what the model said before is replaced.

    A trial writes nothing. Raises Problem when the extra `identity` is not installed.
    """
    with twin.database.transaction(asker.settings()) as connection:
        look = Round(twin, connection, asker)
        look.read()
        scored = score_pairs(look.records, look.model.settings, look.model.lower)
        pairs = [(min(a, b), max(a, b), weight) for a, b, weight in scored]
        ruled = [one for one in look.standing.values() if one.ruled or one.tenant != asker.tenant]
        outcome = look.settle(look.own(pairs), make_groups(ruled, asker.tenant))
        if not is_trial:
            _replace(twin, look, outcome)
        return Resolved(len(look.records), len(outcome.merges), len(outcome.doubts))


def _replace(twin: Twin, look: Round, outcome: Outcome) -> None:
    """Say what the model finds now and nothing else of what it said before."""
    said = {(one.about, one.value_key): one for one in look.statements(outcome)}
    mine = [one for one in look.standing.values() if not one.ruled]
    gone = [
        (one.body, one.fact)
        for one in read_judgements(look.connection)
        if not one.ruled and one.tenant == look.asker.tenant
        and (one.body, str(one.other)) not in said
    ]  # fmt: skip
    fresh = [one for one in said.values() if not _is_held(one, {held.pair: held for held in mine})]
    if not fresh and not gone:
        return
    changes = twin.change_in(
        look.connection, look.asker, reason="同一性模型批量比对", source=MODEL.name
    )
    changes.retract_facts(gone)
    changes.record(fresh)
    changes.finish()


def _find_new(twin: Twin, connection: Connection, asker: Asker) -> tuple[list[int], int]:
    """Return firms to look at, and how many there are when that is too many."""
    tenant, kind = asker.tenant, twin.names.number("kind", KIND)
    seen = candidates.read_seen(connection, tenant)
    besides = [twin.names.number("source", name) for name in _DERIVED]
    last = [candidates.last_change(connection, one) for one in (tenant, PUBLIC_TENANT)]
    new = candidates.touched_bodies(connection, tenant, kind, seen[0], besides, MOST_NEW + 1)
    if tenant != PUBLIC_TENANT and seen[1] < last[1]:
        # Public news may match any of one's own firms, of which there are few.
        public = candidates.touched_bodies(connection, PUBLIC_TENANT, kind, seen[1], besides, 1)
        own = candidates.bodies_made_by(connection, tenant, kind, MOST_NEW + 1) if public else []
        new = sorted({*new, *own})
    if [*seen] != last:
        candidates.mark_seen(connection, tenant, *last)
    return ([], len(new)) if len(new) > MOST_NEW else (new, 0)


def _compare(look: Round, bodies: Sequence[int]) -> Iterator[Pair]:
    """Yield the pairs of some firms with all that may be the same, from the lower threshold on."""
    done: set[tuple[int, int]] = set()
    for body in bodies:
        likely = look.likely(body)
        look.read(likely)
        for other in likely:
            pair = min(body, other), max(body, other)
            if other in look.records and pair not in done:
                done.add(pair)
                weight = look.score(*pair)
                if weight >= look.model.lower:
                    yield (*pair, weight)


def _is_held(said: Statement, standing: Mapping[tuple[int, int], Judgement]) -> bool:
    assert isinstance(said.about, int)
    held = standing.get((said.about, int(said.value_key)))
    return held is not None and said.value is not None and held.verdict == said.value.text
