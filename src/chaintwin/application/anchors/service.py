"""Shows what an anchor firm buys, from where, what is missing here, and who could supply it."""

from __future__ import annotations

from collections.abc import Sequence

from chaintwin.application.anchors.answers import ItemOut, PurchaseSide, PurchasesOut
from chaintwin.application.anchors.core import SIDES, share_here, side_of_item
from chaintwin.application.anchors.figures import (
    SIDE_TITLES,
    amount_figure,
    line_share_figure,
    share_figure,
)
from chaintwin.application.anchors.gather import Item, Line, are_lists_hidden, read_items
from chaintwin.application.anchors.supply import Supply, find_pulls, show_item
from chaintwin.application.chain.reader import Reader
from chaintwin.application.shown import Bilingual, Figure, both
from chaintwin.kit.problems import NotFoundProblem
from chaintwin.twin.state import BodyState


def view_purchases(reader: Reader, code: str, region: str) -> PurchasesOut:
    """Show a firm's purchases as the region sees them; no list is said to be unknown."""
    firm, place = find_firm(reader, code), reader.place(region)
    items = read_items(reader, firm.body, place)
    lines = [line for item in items for line in item.lines]
    supply = Supply(reader, place)
    shown = [show_item(supply, one) for one in items]
    share = share_figure(reader, lines, share_here([one.bought for one in lines]))
    is_hidden = are_lists_hidden(reader)
    return PurchasesOut(
        firm=firm.code,
        name=firm.name,
        region=place.code,
        region_name=place.name,
        sentence=_say(firm.name, place.name, shown, share, is_hidden=is_hidden),
        secret_hidden=is_hidden,
        share=share,
        share_by_lines=line_share_figure(reader, lines),
        sides=_sides(reader, items, lines) if items else [],
        items=shown,
        pulls=find_pulls(supply, items),
        to_check=sum(not one.is_sure for one in items),
        as_of=reader.view.valid_at,
        known_at=reader.view.known_at,
    )


def find_firm(reader: Reader, code: str) -> BodyState:
    """Return a firm by its code; raise NotFoundProblem for any other body."""
    body = reader.view.number(code)
    if reader.view.kind_of(body) != "Company":
        raise NotFoundProblem(
            f"{code} 不是企业。请从企业页选择。",
            f"There is no firm {code}. Choose one of the firms.",
        )
    return reader.view.get(body)


def _sides(reader: Reader, items: Sequence[Item], lines: Sequence[Line]) -> list[PurchaseSide]:
    return [
        PurchaseSide(
            side=side,
            title=both(*SIDE_TITLES[side]),
            items=sum(
                side_of_item(one.bought.side for one in item.lines) == side for item in items
            ),
            lines=sum(one.bought.side == side for one in lines),
            amount=amount_figure(reader, [one for one in lines if one.bought.side == side]),
        )
        for side in SIDES
    ]


def _say(
    name: str, where: str, items: Sequence[ItemOut], share: Figure, *, is_hidden: bool
) -> Bilingual:
    if is_hidden:
        return both(
            f"采购清单属商业秘密，您的账号看不到；{name}买什么对您是未知。",
            f"Purchase lists are business secrets your account may not read: what {name} buys is "
            "unknown to you.",
        )
    if not items:
        return both(
            f"还没有{name}的采购清单：它买什么、在哪买，未知。",
            f"There is no purchase list of {name} yet: what it buys, and where, is unknown.",
        )
    count = {side: sum(one.side == side for one in items) for side in (*SIDES, "mixed")}
    missing = sum(one.supply in ("missing", "unknown") for one in items)
    return both(
        f"{name}采购 {len(items)} 个品类：{where}本地 {count['local']}、外地 "
        f"{count['elsewhere']}、兼有 {count['mixed']}、来源未知 {count['unknown']}；"
        f"按金额本地采购率{share.text.zh}；{missing} 个品类在本地没有在册企业。",
        f"{name} buys {len(items)} items: {count['local']} in {where}, {count['elsewhere']} "
        f"elsewhere, {count['mixed']} both, {count['unknown']} from unknown sources; local share "
        f"by amount {share.text.en}; no firm here is on record for {missing} of them.",
    )
