"""A person attaches a firm to a link, takes it off, or withdraws the ruling."""

from __future__ import annotations

from chaintwin.application.chain.answers import Ruling, RulingOut
from chaintwin.application.chain.linkview import read_evidence, show_attachment
from chaintwin.application.chain.picture import FIRM, Firm, make_firm
from chaintwin.application.chain.reader import Reader, open_reader
from chaintwin.kit.problems import ConflictProblem, NotFoundProblem
from chaintwin.model.fact import Basis, Value
from chaintwin.twin.door import Door
from chaintwin.twin.state import BodyState


def rule(door: Door, chain: str, code: str, firm_code: str, given: Ruling) -> RulingOut:
    """Write the ruling into the person's own tenant and show what holds afterwards.

    The computed attachments are facts of another source and stay as they are; a ruling only
    stands before them, and withdrawing it lets them show again.
    """
    reader = open_reader(door.twin, door.view, {})
    link = reader.link(chain, code)
    body = door.view.number(firm_code)
    if not door.view.slices("Company", FIRM, [body]):
        raise NotFoundProblem(
            "没有找到这家企业，不能挂接。请从企业列表选择。",
            "There is no such firm to rule on. Choose one from the list of firms.",
        )
    changes = door.change(f"{_SAID[given.action]}环节 {link.zh}：{given.reason}")
    if given.action == "withdraw":
        _withdraw(door, body, link.body)
    value = {
        "attach": Value(ref=link.body, data={"attached": True, "reason": given.reason}),
        "detach": Value(ref=link.body, data={"detached": True, "reason": given.reason}),
        "withdraw": None,
    }[given.action]
    changes.say(body, "link", value, value_key=str(link.body), basis=Basis.RULED)
    door.settle()
    return _show(reader, link.body, firm_code, make_firm(_state(door, body)))


_SAID = {"attach": "挂接到", "detach": "摘除", "withdraw": "撤回人工判定"}


def _withdraw(door: Door, body: int, link: int) -> None:
    ruled = any(
        fact.ref == link and fact.basis is Basis.RULED and fact.tenant == door.asker.tenant
        for fact in door.view.stated("Company", "link", [body])
    )
    if not ruled:
        raise ConflictProblem(
            "本单位没有对这家企业在该环节作过人工判定，无可撤回。",
            "Your unit has not ruled on this firm and link; there is nothing to withdraw.",
        )


def _state(door: Door, body: int) -> BodyState:
    return door.view.slices("Company", FIRM, [body])[0]


def _show(reader: Reader, link: int, code: str, firm: Firm) -> RulingOut:
    held = next((one for one in firm.attachments if one.link == link), None)
    shown = None
    if held is not None:
        evidence = read_evidence(reader, [held])
        shown = show_attachment(reader, firm, held, evidence)
    return RulingOut(
        firm=code,
        link=reader.picture.graph.links[link].state.code,
        attached=held is not None,
        attachment=shown,
    )
