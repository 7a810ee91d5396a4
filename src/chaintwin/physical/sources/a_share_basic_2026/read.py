"""Reads the list of A-share firms: stock code, short name, province, industry, day of listing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from chaintwin.model.fact import Moment, Statement
from chaintwin.physical import keys
from chaintwin.physical.making import Maker
from chaintwin.physical.rows import csv_rows

# The stock code says it already.
IGNORE = frozenset({"symbol"})
_OWN_CITY = "深圳"


def read(folder: Path, make: Maker) -> Iterator[Statement]:
    """Yield what the list says of each firm."""
    for row in make.rows("stock_basic.csv", csv_rows(folder / "stock_basic.csv")):
        stock, short = row.pop("ts_code"), row.pop("name").strip()
        say = make(keys.company(stock=stock, short=short), row=row)
        listed = row.pop("list_date")
        since = Moment.parse(listed)
        yield say("stock", stock, valid=since)
        yield say("exchange", stock[-2:], valid=since)
        yield say("listed_on", listed, valid=since)
        yield say("short_name", short)
        area = row.pop("area")
        yield from say.some("province", area)
        if area == _OWN_CITY:
            yield say("region", area)
        yield from say.some("industry_name", row.pop("industry"))
        make.all_used(row, IGNORE)
