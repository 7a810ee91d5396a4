"""An anchor firm in a small world, and what it buys."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from chaintwin.application.anchors.answers import ItemOut, PurchasesOut
from chaintwin.application.anchors.service import view_purchases
from chaintwin.model.fact import Label, Subject, Value
from chaintwin.physical.purchases.service import SOURCE

from ..world import HERE, World, firm_key

ANCHOR = "样例整车公司"


def an_anchor(world: World, **facts: str) -> Subject:
    """Cars are made here and need cells and seats; two firms make cells, one of them here."""
    world.twin.declare(SOURCE)
    world.add_chain()
    world.add_link("cell", "电芯")
    world.add_link("seat", "座椅", industry="3660")
    world.add_link("car", "轿车", inputs={"cell": "essential", "seat": "important"})
    world.cover(HERE, "C36", 0.8)
    return world.add_firm(ANCHOR, ["轿车"], region=HERE, facts=facts)


def buys(
    world: World,
    item: str,
    amount: float | None = None,
    *,
    supplier: str | None = None,
    place: str | None = None,
) -> None:
    line = Subject("Purchase", (("purchase_line", f"{item}|{supplier}"),))
    more: dict[str, Any] = {"label": Label.BUSINESS}
    with world.twin.change(world.officer(), reason="清单", source=SOURCE.name) as changes:
        changes.say(line, "buyer", Value(ref=firm_key(ANCHOR)), **more)
        changes.say(line, "name", Value(text=item), **more)
        if amount is not None:
            changes.say(line, "amount", Value(number=Decimal(str(amount)), unit="万元"), **more)
        if supplier:
            changes.say(line, "supplier_name", Value(text=supplier), **more)
        if place:
            changes.say(line, "supplier_region", Value(text=place), **more)


def purchases(world: World, **asked: Any) -> PurchasesOut:
    world.attach()
    with world.reader(asked.get("asker")) as reader:
        return view_purchases(reader, world.firm_code(ANCHOR), HERE)


def item(found: PurchasesOut, name: str) -> ItemOut:
    return next(one for one in found.items if one.item == name)
