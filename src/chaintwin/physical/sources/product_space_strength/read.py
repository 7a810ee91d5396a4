"""Reads how strongly two products are tied: the share of exporters of one that export both."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

from chaintwin.model.fact import Statement, Value
from chaintwin.physical import keys
from chaintwin.physical.making import Maker
from chaintwin.physical.rows import listed_rows

_UNSURE = 50


def read(folder: Path, make: Maker) -> Iterator[Statement]:
    """Yield which product stands near which, and how near, 0–1."""
    for row in make.rows("edges-hs92-4.json", listed_rows(folder / "edges-hs92-4.json")):
        one, other = (row.pop(side)["hs92_product_id"] for side in ("source", "target"))
        strength = Decimal(str(row.pop("strength")))
        say = make(keys.traded_product(one), row=row)
        near = keys.traded_product(other)
        if 0 <= strength <= 1:
            yield say("near", Value(ref=near, number=strength))
        else:
            make.note("邻近度不在 0–1，只取相邻 strength outside 0–1, nearness only")
            yield say("near", Value(ref=near, original=str(strength)), confidence=_UNSURE)
        make.all_used(row)
