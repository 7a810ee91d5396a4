"""On chains whose answers are known every planted gap is found, and none that is not there."""

from __future__ import annotations

import pytest

from chaintwin.application.chain.core import GAPS
from chaintwin.application.chain.standing import measure_chain

from ..world import HERE, World
from .planted import plant


@pytest.mark.parametrize("seed", [1, 2])
def test_every_planted_gap_is_recalled_without_false_alarm(world: World, seed: int) -> None:
    planted = plant(world, seed, size=36)

    with world.reader() as reader:
        measured = measure_chain(reader, "test", reader.place(HERE))
        found = {one.link.code: one.verdict.code for one in measured}

    gaps = {code for code, verdict in planted.items() if verdict in GAPS}
    called = {code for code, verdict in found.items() if verdict in GAPS}
    right = {code for code in gaps if found[code] == planted[code]}
    assert len(gaps) == 20
    assert (len(right) / len(gaps), sorted(called - gaps)) == (1.0, [])
    assert found == planted


def test_a_gap_whose_coverage_is_withdrawn_is_no_longer_claimed(world: World) -> None:
    plant(world, seed=3, size=9)

    world.forget("statistics")

    with world.reader() as reader:
        measured = measure_chain(reader, "test", reader.place(HERE))
    assert {one.verdict.code for one in measured} == {"unknown"}
