"""Reads names, addresses and dates of A-share firms as they stood in October 2015."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

from chaintwin.model.fact import Moment, Statement
from chaintwin.physical import keys
from chaintwin.physical.firms import ListedFirms
from chaintwin.physical.making import Maker, Say
from chaintwin.physical.rows import Row, csv_rows
from chaintwin.physical.sources.a_share_2015_addresses.dump import table_rows

# Market figures of one day, and what another field says already.
IGNORE = frozenset(
    {"institutional", "lootchips", "pricelimit", "shareholders", "offer_date", "stock_type"}
)
_DUMP, _CSV = "company_info", "company_info.csv"
_SAME = {
    "sname": "sname", "industry": "industry", "name": "name", "ename": "ename", "area": "area",
    "addrReg": "addr_reg", "addrWork": "addr_work", "market": "market", "stockCode": "stock_code",
    "registerDate": "register_date", "listingDate": "listing_date",
}  # fmt: skip
IGNORE_CSV = frozenset(
    {"institutional", "lootchips", "pricelimit", "shareholders", "offerDate", "is_target"}
)
_CORRUPT = "\ufffd"


def read(folder: Path, make: Maker) -> Iterator[Statement]:
    """Yield what the dump says of each firm, then what only the CSV file says."""
    rows = list(make.rows(_DUMP, table_rows(folder / "wfp_n20151023.sql", "company_info")))
    firms = ListedFirms(make, ((keys.stock_code(row["stock_code"]), row["sname"]) for row in rows))
    known = {row["stock_code"] for row in rows}
    yield from _firms(make, firms, rows)
    path = folder / _CSV
    if not path.is_file():
        make.note("没有 company_info.csv，不含网址 no websites")
        return
    for row in make.rows(_CSV, csv_rows(path)):
        stock = row["stockCode"]
        yield from _website(make, row)
        if stock not in known:
            yield from _firms(make, firms, [_renamed(row)])
        else:
            make.all_used(row, IGNORE_CSV | _SAME.keys())


def _firms(make: Maker, firms: ListedFirms, rows: Iterable[Row]) -> Iterator[Statement]:
    for row in rows:
        stock = keys.stock_code(row.pop("stock_code"))
        short, name = row.pop("sname"), row.pop("name")
        say = make(firms.subject(stock, name, short), row=row)
        yield from say.some("stock", stock)
        yield from _texts(say, make, "short_name", short)
        yield from _texts(say, make, "name", name)
        yield from _texts(say, make, "english_name", row.pop("ename"))
        yield from _texts(say, make, "industry_name", row.pop("industry"))
        yield from say.some("province", row.pop("area"))
        yield from _texts(say, make, "registered_address", row.pop("addr_reg"))
        yield from _texts(say, make, "office_address", row.pop("addr_work"))
        yield from say.some("exchange", row.pop("market"))
        yield from _since(say, "founded_on", row.pop("register_date"))
        yield from _since(say, "listed_on", row.pop("listing_date"))
        make.all_used(row, IGNORE)


def _website(make: Maker, row: Row) -> Iterator[Statement]:
    say = make(keys.company(stock=keys.stock_code(row["stockCode"])), row=row)
    yield from say.some("website", row.pop("webSite"))


def _texts(say: Say, make: Maker, attribute: str, text: str | None) -> Iterator[Statement]:
    if text and _CORRUPT in text:
        make.note(f"{attribute} 含乱码，未采用 unreadable, left out")
        return
    yield from say.some(attribute, text and text.strip())


def _since(say: Say, attribute: str, day: str | None) -> Iterator[Statement]:
    if day:
        yield say(attribute, day, valid=Moment.parse(day))


def _renamed(row: Row) -> Row:
    fields = {_SAME.get(name, name): value for name, value in row.items()}
    for name in ("register_date", "listing_date"):
        fields[name] = _day(fields[name])
    return Row({k: v for k, v in fields.items() if k not in IGNORE_CSV}, row.record, row.table)


def _day(utc: str) -> str | None:
    # The CSV holds the start of a day in China, written in UTC.
    if not utc:
        return None
    local = datetime.fromisoformat(utc) + timedelta(hours=8)
    return local.date().isoformat()
