"""What one's own office has decided about proposals for a chain, until it is withdrawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from chaintwin.application.chain.overview import link_title
from chaintwin.application.chain.pending import ProposalDecided
from chaintwin.application.chain.reader import Reader
from chaintwin.application.shown import both
from chaintwin.model.fact import Basis, Fact
from chaintwin.twin.view import TwinView


@dataclass(frozen=True, slots=True)
class Decision:
    """A proposal by its key, accepted (the input it added) or declined, by a fact."""

    key: str
    action: Literal["accept", "decline"]
    fact: Fact


def read_decisions(view: TwinView, links: Sequence[int]) -> list[Decision]:
    """Return what one's own tenant decided on proposals for these buying links, the latest first.

    What another tenant decided, and an input that no proposal led to, are left out.
    """
    inputs = [fact for fact in view.stated("ChainLink", "input", links) if _is_own(view, fact)]
    declined = [fact for fact in view.stated("ChainLink", "declined", links)
                if _is_own(view, fact)]  # fmt: skip
    found = [Decision(told, "accept", fact) for fact in inputs if (told := _tell(fact, "proposal"))]
    found += [Decision(fact.value_key, "decline", fact) for fact in declined]
    return sorted(found, key=lambda one: -one.fact.id)


def show_decisions(reader: Reader, links: Sequence[int]) -> list[ProposalDecided]:
    """Return the decisions on these buying links with the facts that hold them."""
    return [_show(reader, one) for one in read_decisions(reader.view, links)]


def _show(reader: Reader, one: Decision) -> ProposalDecided:
    known = reader.picture.graph.links
    what, _, rest = one.key.partition("|")
    told = rest.rpartition("|")[0]
    link = known.get(one.fact.ref or 0) or next(
        (link for link in known.values() if f"{link.chain}/{link.code}" == told), None
    )
    name = _tell(one.fact, "name") or told
    buyer = known[one.fact.body]
    title = link_title(link) if link else both(name, name)
    return ProposalDecided(
        key=one.key,
        action=one.action,
        what="link" if what == "link" else "input",
        supplier_title=title,
        buyer=buyer.code,
        buyer_title=link_title(buyer),
        reason=_tell(one.fact, "reason"),
        fact=reader.citer.ref_of(one.fact, f"{title.zh} → {buyer.zh}"),
    )


def _is_own(view: TwinView, fact: Fact) -> bool:
    return fact.tenant == view.asker.tenant and fact.basis is Basis.RULED


def _tell(fact: Fact, name: str) -> str:
    return str(fact.data.get(name, "")) if isinstance(fact.data, dict) else ""
