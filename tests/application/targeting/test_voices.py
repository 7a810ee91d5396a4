"""How many sources speak for a firm."""

from __future__ import annotations

from dataclasses import dataclass

from chaintwin.application.targeting.reasons import independent_sources
from chaintwin.model.fact import Basis


@dataclass(frozen=True)
class Voice:
    source: str
    basis: Basis


@dataclass(frozen=True)
class Said:
    held: Voice


def test_a_fact_matched_in_a_data_set_is_no_second_voice_beside_it() -> None:
    found = [Said(Voice("set", Basis.REPORTED)), Said(Voice("shipped", Basis.MATCHED))]

    assert independent_sources(found) == {"set"}  # type: ignore[arg-type]
    assert independent_sources(found[1:]) == {"shipped"}  # type: ignore[arg-type]
    assert independent_sources(
        [*found, Said(Voice("register", Basis.REPORTED))]  # type: ignore[arg-type]
    ) == {"set", "register"}
