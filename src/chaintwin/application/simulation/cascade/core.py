"""What the failure of firms costs a whole supply network, for one scenario or for every firm."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from queue import SimpleQueue

import numpy as np
from numpy.typing import ArrayLike, NDArray

from chaintwin.application.simulation.cascade import pushing, rounds
from chaintwin.application.simulation.cascade.bounds import Bounds, derive_bounds
from chaintwin.application.simulation.cascade.lanes import Lanes, make_lanes
from chaintwin.application.simulation.cascade.production import Production, derive_production
from chaintwin.application.simulation.cascade.rules import Rules
from chaintwin.application.simulation.cascade.work import Work, make_work
from chaintwin.application.simulation.criticality import Criticality
from chaintwin.application.simulation.network import Floats, Indices, Ints, Network
from chaintwin.kit.problems import InputProblem

# Scenarios that a thread takes at a time: enough to make the call cheap, few enough to share out.
_RUN = 256

Shock = Mapping[int, float]


@dataclass(frozen=True, slots=True)
class Scores:
    """Per scenario the share of all output that is lost (0 to 1).

    `score` takes the worse of the two ways for every firm (ESRI); `downstream` and `upstream` are
    each way alone. `bound`: the true resting point of the score lies within so much of it; None in
    parity mode, which has no resting point. `rounds`: how many it took; None in fixed-point mode.
    """

    score: Floats
    downstream: Floats
    upstream: Floats
    bound: Floats | None = None
    rounds: Ints | None = None


@dataclass(frozen=True, slots=True)
class Engine:
    """A network made ready for cascades; safe to use from several threads."""

    rules: Rules
    production: Production
    bounds: Bounds | None

    @property
    def firms(self) -> int:
        """Count the firms."""
        return len(self.production.firms.output)

    def score_firms(self, firms: ArrayLike | None = None, *, threads: int | None = None) -> Scores:
        """Score the failure of each firm by itself; of every firm when none are named."""
        chosen = np.arange(self.firms) if firms is None else np.asarray(firms)
        return self.simulate([{int(firm): 1.0} for firm in chosen.ravel()], threads=threads)

    def simulate(self, shocks: Sequence[Shock], *, threads: int | None = None) -> Scores:
        """Score scenarios, each a share of output (0 to 1] that firms lose from the start.

        Raises InputProblem for a scenario without firms, an unknown firm, or another share.
        """
        begin, shocked, losses = self._scenarios(shocks)
        found = np.zeros((len(shocks), 4))
        spare: SimpleQueue[tuple[Work, Lanes]] = SimpleQueue()

        def run(first: int) -> None:
            last = min(first + _RUN, len(shocks))
            these = (begin[first : last + 1], shocked, losses)
            desk = self._make_desk() if spare.empty() else spare.get()
            self._run(*desk, these, found[first:last])
            spare.put(desk)

        with ThreadPoolExecutor(threads or os.cpu_count() or 1) as pool:
            list(pool.map(run, range(0, len(shocks), _RUN)))
        return self._scores(found)

    def _make_desk(self) -> tuple[Work, Lanes]:
        return make_work(self.production), make_lanes(self.production)

    def _run(
        self,
        work: Work,
        lanes: Lanes,
        scenarios: tuple[Ints, Indices, Floats],
        found: Floats,
    ) -> None:
        parts = self.production
        eps, substitution = self.rules.threshold, self.rules.substitution
        network = parts.firms, parts.supply, parts.demand, parts.sales, parts.inputs
        if self.bounds is None:
            rounds.run_rounds(*network, work, lanes, scenarios, eps, substitution, found)
        else:
            pushing.run_to_rest(
                *network, work, lanes, self.bounds, scenarios, eps, substitution, found
            )

    def _scores(self, found: Floats) -> Scores:
        columns: list[NDArray[np.float64]] = [found[:, column].copy() for column in range(4)]
        score, downstream, upstream, last = columns
        if self.bounds is None:
            return Scores(score, downstream, upstream, rounds=last.astype(np.int64))
        return Scores(score, downstream, upstream, bound=last)

    def _scenarios(self, shocks: Sequence[Shock]) -> tuple[Ints, Indices, Floats]:
        sizes = [len(shock) for shock in shocks]
        if 0 in sizes:
            raise InputProblem(
                f"第 {sizes.index(0) + 1} 个情景没有受冲击的企业。请至少选一家。",
                f"Scenario {sizes.index(0) + 1} hits no firm. Choose one or more.",
            )
        shocked = np.array([firm for shock in shocks for firm in shock], np.int64)
        losses = np.array([loss for shock in shocks for loss in shock.values()], np.float64)
        _refuse_shocks(shocked, losses, self.firms)
        begin = np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes, dtype=np.int64)])
        return begin, shocked.astype(np.int32), losses


def make_engine(network: Network, criticality: Criticality, rules: Rules | None = None) -> Engine:
    """Make a network ready for cascades; raise InputProblem where it cannot mean anything."""
    chosen = Rules() if rules is None else rules
    production = derive_production(network, criticality, chosen)
    if chosen.is_parity:
        return Engine(chosen, production, None)
    return Engine(chosen, production, derive_bounds(network, production, chosen.substitution))


def _refuse_shocks(firms: Ints, losses: Floats, known: int) -> None:
    unknown = firms[(firms < 0) | (firms >= known)]
    if len(unknown):
        raise InputProblem(
            f"网络里没有编号为 {unknown[0]} 的企业；编号从 0 到 {known - 1}。",
            f"The network has no firm number {unknown[0]}; they run from 0 to {known - 1}.",
        )
    wrong = losses[~((losses > 0) & (losses <= 1))]
    if len(wrong):
        raise InputProblem(
            f"冲击是损失产出的比例，应大于 0、不超过 1，得到 {wrong[0]}。",
            f"A shock is the share of output lost, above 0 and at most 1; {wrong[0]} given.",
        )
