"""What chains are built from, as experts judged it: `python -m tests.bench.building`."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.bench.building import count, read_judged

from chaintwin.application.chain.building import load_trust, share_interval

pytestmark = [pytest.mark.bench, pytest.mark.needs("shared")]


def test_the_content_says_of_triples_what_the_experts_said(
    shared: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trust = load_trust()

    found = count(read_judged(shared / "data" / "ickg25" / "expert_labelled_half.jsonl"), trust)

    with capsys.disabled():
        for name, (right, of) in found.items():
            print(f"\n{name}: {right} of {of}, {share_interval(right, of)}", end="")
    assert found["taken for proposals"] == (trust.correct, trust.judged)
    assert trust.correct / trust.judged >= 0.95
