"""On chains whose answers are known every planted gap is found, and none that is not there."""

from __future__ import annotations

import pytest

from chaintwin.application.chain.core import GAPS
from chaintwin.application.chain.standing import measure_chain

from ..world import HERE, World
from .planted import EXPECTED, RULES, plant


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_planted_gap_is_recalled_without_false_alarm(world: World, seed: int) -> None:
    planted = plant(world, seed, size=39)

    with world.reader() as reader:
        measured = measure_chain(reader, "test", reader.place(HERE))
        found = {one.link.code: one.verdict.rule for one in measured}
        verdicts = {one.link.code: one.verdict.code for one in measured}

    gaps = {code for code, kind in planted.items() if EXPECTED[kind] in GAPS}
    called = {code for code, verdict in verdicts.items() if verdict in GAPS}
    assert len(gaps) == 24
    missed = {planted[code] for code in gaps if RULES[planted[code]] != found[code]}
    assert missed == set()  # recall 1.0, each for its own reason
    sound = planted.keys() - gaps
    assert len(called & sound) / len(sound) <= 0.05, sorted(called & sound)


def test_a_gap_whose_coverage_is_withdrawn_is_no_longer_claimed(world: World) -> None:
    plant(world, seed=3, size=9)

    world.forget("statistics")

    with world.reader() as reader:
        measured = measure_chain(reader, "test", reader.place(HERE))
    assert {one.verdict.code for one in measured} == {"unknown"}
