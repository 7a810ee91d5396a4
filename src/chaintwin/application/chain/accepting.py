"""A person accepts a proposal into the chain, declines it, or withdraws either."""

from __future__ import annotations

from decimal import Decimal

from chaintwin.application.chain.building import Proposal, find_proposals, key_of
from chaintwin.application.chain.decided import read_decisions
from chaintwin.application.chain.graph import Link
from chaintwin.application.chain.pending import ProposalRuled, ProposalRuling
from chaintwin.application.chain.reader import Reader, open_reader
from chaintwin.kit.problems import ConflictProblem, InputProblem, NotFoundProblem
from chaintwin.model.fact import Basis, Subject, Value
from chaintwin.twin.changes import Changes
from chaintwin.twin.door import Door
from chaintwin.twin.rulings import EVALUATION_SOURCE, SOURCE

_SAID = {"accept": "采纳", "decline": "不采纳", "withdraw": "撤回对建议的决定"}


def rule_on_proposal(door: Door, chain: str, given: ProposalRuling) -> ProposalRuled:
    """Write the decision into the person's own tenant; the shipped chain stays as it is.

    Raises InputProblem for a key of no proposal or of another chain, NotFoundProblem for what is
    not proposed (any more), and ConflictProblem where there is nothing to withdraw.
    """
    reader = open_reader(door.twin, door.view, {})
    buyer = _buyer(reader, chain, given.key)
    one = _find(reader, given.key)
    if given.action == "accept" and one is None:
        raise NotFoundProblem(
            "没有这条建议，或已被采纳。请刷新建议列表。",
            "There is no such proposal, or it was accepted already. Refresh the list.",
        )
    said = f"{_SAID[given.action]} {given.key}：{given.reason}"
    if not _withdraw(door, reader, buyer, given.key, said) and given.action == "withdraw":
        raise ConflictProblem(
            "本单位没有对这条建议作过决定，无可撤回。",
            "Your unit has not decided on this proposal; there is nothing to withdraw.",
        )
    if given.action != "withdraw":
        changes = door.change(said, _source(reader, one))
        if given.action == "accept" and one is not None:
            _accept(reader, changes, one, given)
        else:
            reason = Value(data={"reason": given.reason, "name": one.name if one else ""})
            changes.say(buyer.body, "declined", reason, value_key=given.key, basis=Basis.RULED)
        door.settle()
    return ProposalRuled(key=given.key, action=given.action, chain=chain, buyer=buyer.code)


def _buyer(reader: Reader, chain: str, key: str) -> Link:
    head, _, code = key.rpartition("|")
    of, _, short = code.partition("/")
    if "|" not in head or not short:
        raise InputProblem(
            f"“{key}”不是建议的编号。请从建议列表中选择。",
            f"“{key}” names no proposal. Choose one from the list.",
        )
    if of != chain:
        raise InputProblem(
            f"建议“{key}”属于产业链“{of}”，不属于“{chain}”。请在该链的页面上决定。",
            f"The proposal “{key}” is of the chain “{of}”, not “{chain}”. Decide it there.",
        )
    return reader.link(chain, short)


def _find(reader: Reader, key: str) -> Proposal | None:
    return next((one for one in find_proposals(reader) if key_of(reader, one) == key), None)


def _source(reader: Reader, one: Proposal | None) -> str:
    """Return whose words a decision repeats: what rests on evaluation-only data never leaves."""
    sources = reader.citer.sources
    is_gated = one is None or any(
        sources[triple.fact.source].evaluation_only for triple in one.evidence
    )
    return (EVALUATION_SOURCE if is_gated else SOURCE).name


def _accept(reader: Reader, changes: Changes, one: Proposal, given: ProposalRuling) -> None:
    buyer = reader.picture.graph.links[one.buyer]
    if one.supplier is not None:
        ref: int | Subject = one.supplier
        key = str(one.supplier)
    else:
        ref = _new_link(reader, changes, one, given)
        key = f"{buyer.chain}/{given.code}"
    data = {"criticality": given.criticality, "reason": given.reason, "proposal": given.key}
    changes.say(buyer.body, "input", Value(ref=ref, data=data), value_key=key, basis=Basis.RULED)


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


def _withdraw(door: Door, reader: Reader, buyer: Link, key: str, said: str) -> bool:
    """Take back what one's own office decided of the proposal, with the link made for it."""
    found = [one for one in read_decisions(reader.view, [buyer.body]) if one.key == key]
    for one in found:
        facts = [one.fact]
        if one.fact.ref is not None:
            facts += [
                fact
                for fact, _ in door.view.claims(one.fact.ref)
                if fact.tenant == door.asker.tenant
                and (fact.basis, fact.change) == (Basis.RULED, one.fact.change)
                and fact.id != one.fact.id
            ]
        # What was written is known by its source, and so is the change that takes it back.
        door.change(said, one.fact.source).retract_facts([fact.address for fact in facts])
        door.settle()
    return bool(found)
