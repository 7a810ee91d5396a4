"""How well records of one firm are found, with the other figures (see tests/bench/identity.py)."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.bench.identity import Say, Sets, measure
from tests.bench.report import Report

pytestmark = [pytest.mark.bench, pytest.mark.needs("shared", "splink"), pytest.mark.timeout(1800)]


def test_identity(shared: Path, report: Report) -> None:
    def say(section: str) -> Say:
        def line(name: str, value: float | str, unit: str, note: str) -> None:
            report.add(section, name, value, unit, note)

        return line

    measure(Sets.at(shared), 20261124, ("noisy", "short", "brand"), say)
