"""Units that people type: turned exactly into the unit an attribute keeps."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, localcontext
from fractions import Fraction

from chaintwin.kit.problems import InputProblem

# Each family measures one thing; the factors are in its first unit. 1 亩 = 10000/15 m²
# (《关于在我国统一实行法定计量单位的命令》, 1984; 《亩的换算》).
_FAMILIES: tuple[Mapping[str, Fraction], ...] = (
    {"元": Fraction(1), "万元": Fraction(10**4), "亿元": Fraction(10**8)},
    {
        "平方米": Fraction(1), "㎡": Fraction(1), "m2": Fraction(1), "m²": Fraction(1),
        "亩": Fraction(10_000, 15), "公顷": Fraction(10**4), "平方公里": Fraction(10**6),
    },
    {"人": Fraction(1), "万人": Fraction(10**4)},
    {"千伏安": Fraction(1), "kVA": Fraction(1), "兆伏安": Fraction(10**3), "MVA": Fraction(10**3)},
    {"米": Fraction(1), "m": Fraction(1), "公里": Fraction(10**3), "km": Fraction(10**3)},
    {"吨": Fraction(1), "t": Fraction(1), "万吨": Fraction(10**4)},
)  # fmt: skip
# What has no end is rounded here.
_LEAST = Decimal("0.000001")
_MOST_DIGITS = 80


def convert(number: Decimal, given: str, wanted: str, name: str) -> Decimal:
    """Return a number in another unit of the same family, to the millionth.

    Raises InputProblem, naming the units that would do, when one is not the other's kind.
    """
    if given == wanted:
        return number
    for family in _FAMILIES:
        if wanted in family and given in family:
            return _rounded(Fraction(number) * family[given] / family[wanted])
    offered = "、".join(units_like(wanted))
    raise InputProblem(
        f"“{name}”以{wanted}计,不接受单位“{given}”。可用:{offered}。",
        f"“{name}” is kept in {wanted} and does not take the unit “{given}”. Use: {offered}.",
    )


def _rounded(exact: Fraction) -> Decimal:
    with localcontext(prec=_MOST_DIGITS):
        value = (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(_LEAST)
    return Decimal(f"{value.normalize():f}")


def units_like(unit: str) -> list[str]:
    """Return the units that can be turned into one, that one first."""
    found = next((family for family in _FAMILIES if unit in family), {unit: Fraction(1)})
    return [unit, *(other for other in found if other != unit)]
