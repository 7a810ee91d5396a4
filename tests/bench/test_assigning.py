"""How well names are placed on links: `python -m tests.bench.assigning`."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.bench.assigning import read_labelled, report

pytestmark = [pytest.mark.bench, pytest.mark.needs("shared")]


def test_names_are_placed_as_a_person_places_them(
    shared: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    labelled = read_labelled(shared / "data")

    found = {way: figures for way, figures, _ in report(shared / "data")}

    with capsys.disabled():
        for way, one in found.items():
            print(f"{way:<20} {one.precision:.4f} {one.recall:.4f} {one.f1:.4f}")
    assert sum(len(one.links) for one in labelled) >= 500
    assert found["probability 0.6"].f1 >= 0.85
    assert found["probability 0.4"].f1 > found["rules alone"].f1
