"""What every source claims of a body, and a person's ruling on which value holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import groupby

from chaintwin.kit.problems import ConflictProblem, InputProblem, NotFoundProblem
from chaintwin.model.fact import UNKNOWN, Basis, Fact, Moment, Statement, Value
from chaintwin.model.kinds import Attribute
from chaintwin.twin.door import Door
from chaintwin.twin.store.sources import SourceRecord

SOURCE = SourceRecord("ruling", {"zh": "人工裁定", "en": "Ruled by a person"}, "own", rank=10)
# Choosing what an evaluation-only source says must not carry it into an export.
EVALUATION_SOURCE = SourceRecord(
    "ruling.evaluation",
    {"zh": "人工裁定(据仅供评估的来源)", "en": "Ruled by a person on evaluation-only data"},
    "none stated",
    evaluation_only=True,
    rank=10,
)
SOURCES = (SOURCE, EVALUATION_SOURCE)
# What a person may type; the write door checks that it fits.
_TYPED = frozenset({"text", "date", "flag", "any"})


@dataclass(frozen=True, slots=True)
class Claim:
    """What one source states, with its rank in the order of authority; the lowest is shown."""

    fact: Fact
    rank: int


@dataclass(frozen=True, slots=True)
class Claims:
    """All claims about one value of one attribute, the shown one first (一数一源)."""

    attribute: str
    key: str
    claims: Sequence[Claim]

    @property
    def is_conflict(self) -> bool:
        """Tell whether sources state different values."""
        return len({_said(claim.fact) for claim in self.claims if not _is_ruling(claim.fact)}) > 1

    @property
    def ruling(self) -> Claim | None:
        """Return the ruling that stands before the sources, None while there is none."""
        return next((claim for claim in self.claims if _is_ruling(claim.fact)), None)


@dataclass(frozen=True, slots=True)
class Ruling:
    """What a person decides: a fact of some source, or a value of his own, and why."""

    attribute: str
    key: str
    reason: str
    fact: int | None = None
    value: str | None = None


def read_claims(door: Door, body: int) -> list[Claims]:
    """Return all claims about a body at the view's moments, by attribute and value key."""
    claims = [Claim(fact, rank) for fact, rank in door.view.claims(body)]
    grouped = groupby(claims, key=lambda claim: (claim.fact.attribute, claim.fact.value_key))
    return [Claims(attribute, key, list(same)) for (attribute, key), same in grouped]


def rule(door: Door, body: int, given: Ruling) -> None:
    """Write the ruling as a fact of one's own tenant, standing before every other source.

    Raises NotFoundProblem when no source claims the chosen fact, InputProblem when a value of
    one's own does not fit the attribute, and ConflictProblem for an invented example.
    """
    about = _find(door, body, given.attribute, given.key)
    chosen = None if given.fact is None else _choose(about, given.fact)
    if chosen is not None and chosen.basis is Basis.DEMO:
        raise ConflictProblem(
            "这个值来自示例记录,不能裁定为真。请选择其他来源的值,或自行填写。",
            "This value comes from an invented example and cannot be ruled true. "
            "Choose another source or enter a value.",
        )
    declared = door.view.kinds.attribute(door.view.kind_of(body) or "", given.attribute)
    value = _value_of(chosen) if chosen else _read_value(declared, given.value)
    _withdraw(door, about, f"改判{declared.title['zh']}:{given.reason}")
    changes = door.change(f"裁定{declared.title['zh']}:{given.reason}", _source(door, chosen))
    changes.record([_statement(body, about, given, chosen, value)])
    door.settle()


def withdraw(door: Door, body: int, attribute: str, key: str, reason: str) -> None:
    """Withdraw the ruling of one's own tenant, so that the sources decide again.

    Raises ConflictProblem when there is none.
    """
    if not _withdraw(door, _find(door, body, attribute, key), f"撤回裁定:{reason}"):
        raise ConflictProblem(
            "本单位没有对这个值作过裁定,无可撤回。",
            "Your unit has not ruled on this value; there is nothing to withdraw.",
        )


def _withdraw(door: Door, about: Claims, reason: str) -> bool:
    own = [
        claim.fact
        for claim in about.claims
        if _is_ruling(claim.fact) and claim.fact.tenant == door.asker.tenant
    ]
    for fact in own:
        door.change(reason, fact.source).retract_facts([fact.address])
        door.settle()
    return bool(own)


def _find(door: Door, body: int, attribute: str, key: str) -> Claims:
    for about in read_claims(door, body):
        if (about.attribute, about.key) == (attribute, key):
            return about
    raise NotFoundProblem(
        f"没有来源记录过属性“{attribute}”,无可裁定。请从页面上列出的值中选择。",
        f"No source states “{attribute}”; there is nothing to rule on. Choose a value shown.",
    )


def _choose(about: Claims, number: int) -> Fact:
    for claim in about.claims:
        if claim.fact.id == number:
            return claim.fact
    raise NotFoundProblem(
        "所选的值现在没有来源采信。请刷新后重选。",
        "No source stands for the chosen value now. Reload and choose again.",
    )


def _statement(
    body: int, about: Claims, given: Ruling, chosen: Fact | None, value: Value
) -> Statement:
    basis_of = chosen.basis.name.lower() if chosen else "own"
    return Statement(
        body,
        given.attribute,
        value,
        value_key=given.key,
        valid=_start(chosen),
        confidence=chosen.confidence if chosen else 100,
        basis=Basis.RULED,
        label=max(claim.fact.label for claim in about.claims),
        evidence={
            "reason": given.reason,
            "fact": given.fact,
            "source": chosen.source if chosen else None,
            "basis": basis_of,
        },
    )


def _start(chosen: Fact | None) -> Moment:
    if chosen is None or chosen.valid_from is None:
        return UNKNOWN
    return Moment(chosen.valid_from, chosen.precision)


def _source(door: Door, chosen: Fact | None) -> str:
    sources: Mapping[str, SourceRecord] = door.view.sources()
    is_gated = chosen is not None and sources[chosen.source].evaluation_only
    return (EVALUATION_SOURCE if is_gated else SOURCE).name


def _value_of(fact: Fact) -> Value:
    return Value(fact.text, fact.number, fact.ref, fact.data, fact.unit, fact.original)


def _read_value(declared: Attribute, text: str | None) -> Value:
    name = declared.title["zh"]
    if not text or not text.strip():
        raise InputProblem(
            f"请选择“{name}”的一个来源的值,或填写一个值。",
            f"Choose the value of a source for “{declared.name}”, or enter one.",
        )
    if declared.type == "number":
        return Value(number=_read_number(declared, text), unit=declared.unit, original=text)
    if declared.type not in _TYPED:
        raise InputProblem(
            f"“{name}”不能填写文字,请从来源的值中选择。",
            f"“{declared.name}” takes no text; choose the value of a source.",
        )
    return Value(text=text.strip())


def _read_number(declared: Attribute, text: str) -> Decimal:
    try:
        number = Decimal(text.replace(",", "").strip())
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise InputProblem(
            f"“{declared.title['zh']}”要填数字,收到“{text}”。",
            f"“{declared.name}” takes a number, not “{text}”.",
        )
    return number


def _is_ruling(fact: Fact) -> bool:
    return fact.basis is Basis.RULED


def _said(fact: Fact) -> tuple[object, ...]:
    if fact.ref is not None:  # beside the body named, words tell how a source came to name it
        return fact.ref, fact.number
    return fact.text, fact.number, repr(fact.data)
