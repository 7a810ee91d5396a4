"""Loads an invented register through the write door: `python -m tests.bench.register FIRMS`.

The benchmark runs it as a program of its own, so that its memory can be watched. It prints what it
did as one line of JSON. `--without-ledger` leaves out the ledger's digests and leaves, for their
cost to be told; such a place does not verify and is thrown away.
"""

from __future__ import annotations

import gc
import json
import sys
import time
from collections.abc import Iterator, Sequence

import pytest
from tests.bench.firms import Firm, in_sheets, make_firms, name_products

from chaintwin.access.asker import platform_asker
from chaintwin.boot import open_twin
from chaintwin.kit.chinese import name_key
from chaintwin.model.sheet import Column, Sheet
from chaintwin.twin import changes
from chaintwin.twin.store.ledger import Leaves
from chaintwin.twin.store.sources import SourceRecord
from chaintwin.twin.twin import Twin

SOURCE = "bench_register"
_ROWS = 5_000
_OBJECTS_BETWEEN_LOOKS = 50_000


def product_sheet(names: Sequence[str]) -> Sheet:
    """Return the products as a sheet."""
    keys = {"product_name": [name_key(name) for name in names]}
    return Sheet("Product", keys, [Column("name", names)])


def firm_sheet(firms: Sequence[Firm], products: Sequence[int], bodies: Sequence[int]) -> Sheet:
    """Return firms as a sheet, twelve facts each; `bodies` are those of the firms before."""
    texts = ("name", "credit_code", "region", "industry", "status", "founded_on")
    return Sheet(
        "Company",
        {
            "credit_code": [firm.credit_code for firm in firms],
            "company_name": [name_key(firm.name) for firm in firms],
        },
        [
            *(Column(text, [getattr(firm, text) for firm in firms]) for text in texts),
            Column("registered_address", [firm.address for firm in firms]),
            Column("registered_capital", [firm.capital for firm in firms], unit="万元"),
            Column("employees", [firm.employees for firm in firms], unit="人"),
            Column("product", [products[firm.products[0]] for firm in firms]),
            Column("product", [products[firm.products[1]] for firm in firms]),
            Column("relation", [_owner(firm, bodies) for firm in firms]),
        ],
    )


def _owner(firm: Firm, bodies: Sequence[int]) -> int | None:
    """Return the owner's body; among the first firms, whose owner is not stored yet, the first."""
    if not bodies or firm.owner is None:
        return None
    return bodies[min(firm.owner, len(bodies) - 1)]


def load_register(twin: Twin, firms: int) -> int:
    """Load so many firms and their products; return the number of facts."""
    twin.declare(SourceRecord(SOURCE, {"zh": "测速用虚构登记", "en": "Invented register"}, rank=50))
    asker, names, bodies = platform_asker(), name_products(), list[int]()
    given = {"reason": "测速装载", "source": SOURCE}
    products = next(iter(twin.load(asker, [product_sheet(names)], **given)), [])
    sheets = _sheets(firms, products, bodies)
    for made in twin.load(asker, sheets, **given):
        bodies += made
    with twin.view(asker) as view:
        changes_made = view.changes(limit=500)[0]
    return sum(change.opened for change in changes_made if change.source == SOURCE)


def _sheets(firms: int, products: Sequence[int], bodies: Sequence[int]) -> Iterator[Sheet]:
    for run in in_sheets(make_firms(firms), _ROWS):
        yield firm_sheet(run, products, bodies)


def _leave_out_the_ledger(patch: pytest.MonkeyPatch) -> None:
    def touch(leaves: Leaves, lines: Sequence[tuple[int, str]]) -> None:
        for body, _ in lines:
            leaves.opened[body]

    patch.setattr(Leaves, "add_opened", touch)
    patch.setattr(changes, "write_leaves", lambda *_: None)


def main(arguments: Sequence[str]) -> None:
    """Load the register into the place of this environment and tell how it went."""
    gc.set_threshold(_OBJECTS_BETWEEN_LOOKS)
    with pytest.MonkeyPatch.context() as patch:
        if "--without-ledger" in arguments:
            _leave_out_the_ledger(patch)
        with open_twin() as twin:
            started, used = time.monotonic(), time.process_time()
            facts = load_register(twin, int(arguments[0]))
            seconds, used = time.monotonic() - started, time.process_time() - used
            ended = time.monotonic()
    told = {
        "facts": facts,
        "seconds": seconds,
        "processor_s": used,
        "positions_s": time.monotonic() - ended,
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main(sys.argv[1:])
