"""Writes judgements as facts: the model's as derived, a person's as ruled; takes rulings back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from chaintwin.kit.problems import ConflictProblem, ForbiddenProblem
from chaintwin.model.fact import UNKNOWN, Basis, Statement, Value
from chaintwin.twin.changes import Changes
from chaintwin.twin.identity.groups import SAME_AS, Judgement, Verdict
from chaintwin.twin.identity.ruling import Pair
from chaintwin.twin.store.judgements import read_rulings
from chaintwin.twin.store.sources import SourceRecord

MODEL = SourceRecord("identity", {"zh": "同一性模型", "en": "Identity model"}, "own", rank=90)
PERSON = SourceRecord(
    "identity.ruling", {"zh": "同一性人工裁决", "en": "Identity ruled by a person"}, "own", rank=10
)
SOURCES = (MODEL, PERSON)
_BITS = Decimal("0.0001")


def say(
    pair: Pair,
    verdict: Verdict,
    *,
    weight: float = 0.0,
    confidence: int = 100,
    evidence: Mapping[str, Any] | None = None,
    is_ruled: bool = False,
) -> Statement:
    """Return a judgement as a statement about the body of the smaller number.

    It holds at every valid time: what was one firm was one all along, only we did not know.
    """
    value = Value(ref=pair[1], text=verdict, number=Decimal(repr(weight)).quantize(_BITS))
    return Statement(
        pair[0],
        SAME_AS,
        value,
        value_key=str(pair[1]),
        valid=UNKNOWN,
        confidence=confidence,
        basis=Basis.RULED if is_ruled else Basis.DERIVED,
        evidence=dict(evidence or {}),
    )


def write_rulings(
    changes: Changes,
    rulings: Mapping[Pair, Verdict],
    standing: Mapping[Pair, Judgement],
    reason: str,
) -> None:
    """State rulings in a change of the source PERSON; the model's weight stands beside."""
    changes.record(
        say(
            pair,
            verdict,
            weight=standing[pair].weight if pair in standing else 0.0,
            evidence={"reason": reason},
            is_ruled=True,
        )
        for pair, verdict in rulings.items()
    )


def take_back(changes: Changes, of_change: int) -> Sequence[Pair]:
    """Take back what a person ruled in one change, in a change of the source PERSON.

    What was ruled of a pair before holds again. Returns the pairs. Raises ForbiddenProblem for a
    change of another tenant or without rulings, ConflictProblem when a pair was ruled anew since.
    """
    ruled = read_rulings(changes.connection, changes.asker.tenant, of_change)
    if not ruled:
        raise ForbiddenProblem(
            "这次变更里没有本单位的裁决，不能撤销。请从裁决记录中选择。",
            "That change holds no ruling of your unit. Choose one from the list of rulings.",
        )
    if any(one.fact is None for one in ruled):
        raise ConflictProblem(
            "其中有记录后来又作过裁决。请先撤销后来的裁决。",
            "Some of its pairs were ruled anew since. Take the later ruling back first.",
        )
    changes.retract_facts([(one.body, one.fact) for one in ruled if one.fact is not None])
    changes.record(
        say((one.body, one.other), one.before, weight=one.weight,
            evidence={"again": one.before_origin}, is_ruled=True)
        for one in ruled if one.before is not None
    )  # fmt: skip
    return [(one.body, one.other) for one in ruled]


def believed(judgements: Iterable[Judgement]) -> dict[Pair, Judgement]:
    """Return judgements by pair."""
    return {one.pair: one for one in judgements}
