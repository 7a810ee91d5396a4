"""Reads products by HS code and the links of the product space between them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from chaintwin.model.fact import Statement
from chaintwin.physical import keys
from chaintwin.physical.making import Maker
from chaintwin.physical.rows import listed_rows

# How a product is drawn on the authors' page says nothing of the product.
IGNORE = frozenset({"color"})


def read(folder: Path, make: Maker) -> Iterator[Statement]:
    """Yield each product with its English name, then which product stands near which."""
    path = folder / "HS_Metadata.json"
    for row in make.rows("HS_Metadata.json", listed_rows(path)):
        code = row.pop("id")
        say = make(keys.traded_product(code), row=row)
        name, full = row.pop("shortLabel"), row.pop("longLabel")
        yield say("code", f"HS92 {code}")
        yield say("name", name)
        yield say("english_name", full or name)
        make.all_used(row, IGNORE)
    path = folder / "layout_HS.json"
    for row in make.rows("layout_HS.json", listed_rows(path, "edges")):
        say = make(keys.traded_product(row.pop("source")), row=row)
        yield say("near", keys.traded_product(row.pop("target")))
        make.all_used(row)
