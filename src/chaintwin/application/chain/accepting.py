"""A person accepts a proposal into the chain, declines it, or withdraws either."""

from __future__ import annotations

from decimal import Decimal

from chaintwin.application.chain.building import Proposal, find_proposals, key_of
from chaintwin.application.chain.graph import Link
from chaintwin.application.chain.pending import ProposalRuled, ProposalRuling
from chaintwin.application.chain.reader import Reader, open_reader
from chaintwin.kit.problems import InputProblem, NotFoundProblem
from chaintwin.model.fact import Basis, Subject, Value
from chaintwin.twin.changes import Changes
from chaintwin.twin.door import Door

_SAID = {"accept": "采纳", "decline": "不采纳", "withdraw": "撤回对建议的决定"}


def rule_on_proposal(door: Door, chain: str, given: ProposalRuling) -> ProposalRuled:
    """Write the decision into the person's own tenant; the shipped chain stays as it is."""
    reader = open_reader(door.twin, door.view, {})
    buyer = _buyer(reader, chain, given.key)
    changes = door.change(f"{_SAID[given.action]} {given.key}：{given.reason}")
    if given.action == "withdraw":
        _withdraw(reader, changes, buyer, given.key)
    elif given.action == "decline":
        reason = Value(data={"reason": given.reason})
        changes.say(buyer.body, "declined", reason, value_key=given.key, basis=Basis.RULED)
    else:
        _accept(reader, changes, _find(reader, given.key), given)
    door.settle()
    return ProposalRuled(key=given.key, action=given.action, chain=chain, buyer=buyer.code)


def _buyer(reader: Reader, chain: str, key: str) -> Link:
    parts = key.split("|")
    if len(parts) != 3:
        raise InputProblem(
            f"“{key}”不是建议的编号。请从建议列表中选择。",
            f"“{key}” names no proposal. Choose one from the list.",
        )
    return reader.link(chain, parts[2])


def _find(reader: Reader, key: str) -> Proposal:
    for one in find_proposals(reader):
        if key_of(reader, one) == key:
            return one
    raise NotFoundProblem(
        "没有这条建议，或已被采纳。请刷新建议列表。",
        "There is no such proposal, or it was accepted already. Refresh the list.",
    )


def _accept(reader: Reader, changes: Changes, one: Proposal, given: ProposalRuling) -> None:
    value = Value(data={"criticality": given.criticality, "reason": given.reason})
    links = reader.picture.graph.links
    buyer = links[one.buyer]
    if one.supplier is not None:
        ref: int | Subject = one.supplier
        key = str(one.supplier)
    else:
        ref = _new_link(reader, changes, one, given)
        key = f"{buyer.chain}/{given.code}"
    tied = Value(ref=ref, data=value.data)
    changes.say(buyer.body, "input", tied, value_key=key, basis=Basis.RULED)


def _new_link(reader: Reader, changes: Changes, one: Proposal, given: ProposalRuling) -> Subject:
    links = reader.picture.graph.links
    buyer = links[one.buyer]
    chain = reader.chain(buyer.chain)
    if not given.code or any(link.code == given.code for link in chain.links):
        raise InputProblem(
            "新环节须有本链未用过的代码 code，例如 peek-resin。",
            "A new link needs a code that this chain does not use yet, e.g. peek-resin.",
        )
    made = Subject("ChainLink", (("link_code", f"{buyer.chain}/{given.code}"),))
    changes.say(made, "name", Value(text=given.title or one.name), basis=Basis.RULED)
    changes.say(made, "chain", Value(ref=chain.body), basis=Basis.RULED)
    changes.say(made, "stage", Value(text=buyer.stage), basis=Basis.RULED)
    changes.say(made, "order", Value(number=Decimal(str(buyer.order))), basis=Basis.RULED)
    changes.say(made, "word", Value(text=one.name), basis=Basis.RULED)
    return made


def _withdraw(reader: Reader, changes: Changes, buyer: Link, key: str) -> None:
    """Take back what one's own office said of the proposal: that it holds, or that it does not."""
    what, supplier, _ = key.split("|")
    links = reader.chain(buyer.chain).links
    numbers = [str(link.body) for link in links if link.code == supplier]
    changes.say(buyer.body, "declined", None, value_key=key, basis=Basis.RULED)
    for number in numbers if what == "input" else ():
        changes.say(buyer.body, "input", None, value_key=number, basis=Basis.RULED)
