"""A good request for every writing route, so that a refusal is about who asks and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import httpx2
from fastapi.testclient import TestClient
from tests.contract.generated_content import CHAIN, REGION
from tests.contract.offices import LINK, LIST, PURCHASES, Offices

from chaintwin.access.asker import Asker
from chaintwin.access.tenants import all_tenants
from chaintwin.model.fact import Label
from chaintwin.physical.sensors.core import DEFAULT_TOPIC, Message, Topic
from chaintwin.physical.sensors.taking import Taker
from chaintwin.twin.branches import Room
from chaintwin.twin.merging import propose

_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Sample:
    """A request body, and the path parameters of a thing that was made to be written to."""

    path: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Any] = field(default_factory=dict)

    def send(self, client: TestClient, method: str, path: str) -> httpx2.Response:
        """Send it to a route."""
        return client.request(method, path.format(**self.path), **self.body)


Make = Callable[[Offices, TestClient], Sample]
_REASON: Mapping[str, Any] = {"json": {"reason": "按会议决定办理,情况属实"}}
_PROMISE = {"by": "investor", "text": "一年内开工"}


def _made(answer: httpx2.Response) -> Any:
    assert answer.is_success, f"{answer.request.url.path}: {answer.text[:400]}"
    return answer.json()


def _project(client: TestClient) -> str:
    lead = {
        "company_name": f"第{next(_numbers)}投资公司",
        "region": REGION,
        "link": f"{CHAIN}/{LINK}",
    }
    code: str = _made(client.post("/api/v1/leads", json=lead))["code"]
    return code


def _paper(client: TestClient, project: str, kind: str = "lead-assessment") -> str:
    path, papers = f"/api/v1/projects/{project}/files", _papers(kind)
    item: str = _made(client.post(path, **papers))["items"][0]["code"]
    return item


def _papers(kind: str) -> dict[str, Any]:
    name = f"第{next(_numbers)}号.txt"
    return {"data": {"type": kind}, "files": {"files": (name, name.encode())}}


def _list() -> dict[str, Any]:
    text = LIST.format(region=REGION).replace("sekretimport", f"新{next(_numbers)}")
    return {"files": {"file": ("list.csv", text.encode())}}


def _make_account(_: Offices, __: TestClient) -> Sample:
    return Sample(body={"json": _account()})


def _account() -> dict[str, Any]:
    login = f"xin{next(_numbers)}"
    return {"login": login, "name": "新人", "password": "a long password 1", "roles": ["viewer"]}


def _change_account(_: Offices, client: TestClient) -> Sample:
    number = _made(client.post("/api/v1/accounts", json=_account()))["id"]
    return Sample({"number": str(number)}, {"json": {"disabled": True}})


def _settings(_: Offices, __: TestClient) -> Sample:
    return Sample(body={"json": {"fonds": "Z110", "department": "投促局"}})


def _file_papers(_: Offices, client: TestClient) -> Sample:
    return Sample({"code": _project(client)}, _papers("visit-record"))


def _withdraw(_: Offices, client: TestClient) -> Sample:
    project = _project(client)
    return Sample({"code": project, "item": _paper(client, project)}, _REASON)


def _check_import(_: Offices, __: TestClient) -> Sample:
    return Sample(body=_list())


def _confirm_import(_: Offices, client: TestClient) -> Sample:
    return Sample({"number": str(_made(client.post("/api/v1/imports", **_list()))["id"])})


def _purchases(offices: Offices) -> dict[str, Any]:
    text = PURCHASES.replace("sekretpurchase", f"新{next(_numbers)}")
    return {
        "files": {"file": ("list.csv", text.encode())},
        "data": {"buyer": offices.public_firm},
    }


def _check_purchases(offices: Offices, _: TestClient) -> Sample:
    return Sample(body=_purchases(offices))


def _confirm_purchases(offices: Offices, client: TestClient) -> Sample:
    made = _made(client.post("/api/v1/purchases", **_purchases(offices)))
    return Sample({"number": str(made["id"])})


def _open_lead(offices: Offices, _: TestClient) -> Sample:
    lead = {"firm": offices.public_firm, "region": REGION, "link": f"{CHAIN}/{LINK}"}
    return Sample(body={"json": lead})


def _move(_: Offices, client: TestClient) -> Sample:
    project = _project(client)
    _paper(client, project)
    return Sample({"code": project}, {"json": {"to": "talks"}})


def _on_project(body: Mapping[str, Any]) -> Make:
    return lambda _, client: Sample({"code": _project(client)}, {"json": body})


def _on_promise(body: Mapping[str, Any]) -> Make:
    def make(_: Offices, client: TestClient) -> Sample:
        project = _project(client)
        made = _made(client.post(f"/api/v1/projects/{project}/promises", json=_PROMISE))
        return Sample({"code": project, "key": made["promises"][0]["key"]}, {"json": body})

    return make


def _restore(_: Offices, client: TestClient) -> Sample:
    project = _project(client)
    _made(client.post(f"/api/v1/projects/{project}/delete", json=_REASON["json"]))
    return Sample({"code": project}, _REASON)


def _rule(offices: Offices, _: TestClient) -> Sample:
    codes = {"chain": CHAIN, "link": LINK, "firm": offices.public_firm}
    return Sample(codes, {"json": {"action": "attach", "reason": "现场看过"}})


def _rule_on_fact(offices: Offices, client: TestClient) -> Sample:
    given = {"attribute": "name", "value": f"改名{next(_numbers)}公司", "reason": "看过执照"}
    return Sample({"code": offices.public_firm}, {"json": given})


def _withdraw_ruling(offices: Offices, client: TestClient) -> Sample:
    made = _rule_on_fact(offices, client)
    _made(made.send(client, "POST", "/api/v1/bodies/{code}/rulings"))
    return Sample(made.path, {"json": {"attribute": "name", "reason": "看错了"}})


def _restore_body(offices: Offices, client: TestClient) -> Sample:
    made = _rule_on_fact(offices, client)
    _made(made.send(client, "POST", "/api/v1/bodies/{code}/rulings"))
    return Sample(made.path, {"json": {"known_at": "2020-01-01", "reason": "全部作废"}})


def _state_value(offices: Offices, client: TestClient) -> Sample:
    given = {"attribute": "note", "value": f"第{next(_numbers)}次走访", "reason": "走访记录"}
    return Sample({"code": offices.public_firm}, {"json": given})


def _make_body(_: Offices, __: TestClient) -> Sample:
    code = f"S{next(_numbers)}"
    values = [{"attribute": "code", "value": code}, {"attribute": "name", "value": f"{code}地块"}]
    return Sample({"kind": "Parcel"}, {"json": {"values": values, "reason": "新收储地块"}})


def _subscription(client: TestClient, channel: str = "webhook") -> str:
    # Paused: nothing is sent, and nothing is stored besides what the request does.
    given = {"name": "试", "channel": channel, "paused": True}
    target = {"target": "https://127.0.0.1:9/hook"} if channel == "webhook" else {}
    return str(_made(client.post("/api/v1/subscriptions", json=given | target))["id"])


def _make_subscription(_: Offices, __: TestClient) -> Sample:
    return Sample(body={"json": {"name": "企业变更", "channel": "stream", "kinds": ["Company"]}})


def _on_subscription(body: Mapping[str, Any]) -> Make:
    return lambda _, client: Sample({"number": _subscription(client)}, body)


def _scorecard(_: Offices, __: TestClient) -> Sample:
    settings = {"needed_firms": 2 + next(_numbers) % 2}
    given = {"settings": settings, "reason": "按本地产业特点"}
    return Sample({"name": "verdict"}, {"json": given})


def _points(offices: Offices, _: TestClient) -> Sample:
    point = {"body": offices.public_firm, "measure": "electricity", "at": "2026-10-01T08:00:00"}
    return Sample(body={"json": {"points": [point | {"value": next(_numbers)}]}})


def _points_file(offices: Offices, _: TestClient) -> Sample:
    row = f"{offices.public_firm},用水量,2026-10-01,{next(_numbers)},吨"
    text = f"企业或项目,测量项,时间,数值,单位\n{row}".replace("吨", "方")
    return Sample(body={"files": {"file": ("points.csv", text.encode())}})


def _decline(offices: Offices, _: TestClient) -> Sample:
    body = {"key": f"link|甲料{next(_numbers)}|{CHAIN}/{LINK}", "action": "decline"}
    body["reason"] = "不属本链"
    return Sample({"chain": CHAIN}, {"json": body})


def _assign_device(offices: Offices, _: TestClient) -> Sample:
    body = {"body": offices.public_firm}
    return Sample({"device": f"meter-{next(_numbers)}"}, {"json": body})


def _settle(offices: Offices, client: TestClient) -> Sample:
    asker = client.get("/api/v1/intake").json()["place"]
    topic = f"chaintwin/{asker}/odd-{next(_numbers)}"
    Taker(offices.twin, Topic(DEFAULT_TOPIC)).take([Message(topic, b"odd")])
    waiting = client.get("/api/v1/intake/aside").json()["items"]
    return Sample({"number": str(waiting[0]["number"])})


def _branch(offices: Offices, client: TestClient) -> str:
    """Make a branch with a ruling in it."""
    made = _made(client.post("/api/v1/branches", json={"name": f"假如{next(_numbers)}"}))
    path = f"/api/v1/chains/{CHAIN}/links/{LINK}/firms/{offices.public_firm}"
    given = {"action": "attach", "reason": f"第{next(_numbers)}次推演"}
    _made(client.put(path, json=given, params={"branch": made["number"]}))
    return str(made["number"])


def _on_branch(*before: str) -> Make:
    def make(offices: Offices, client: TestClient) -> Sample:
        number = _branch(offices, client)
        for act in before:
            _made(client.post(f"/api/v1/branches/{number}/{act}", **_REASON))
        return Sample({"number": number}, _REASON)

    return make


def _on_proposal(offices: Offices, client: TestClient) -> Sample:
    """Return a branch that somebody else of the office proposes to merge."""
    number = _branch(offices, client)
    tenant = offices.tenant
    if client is offices.stranger:
        tenant = next(t.id for t in all_tenants(offices.twin.database) if t.region == "760100")
    other = Asker(tenant, "另一位", roles=frozenset({"officer"}), labels=frozenset(Label))
    with offices.twin.database.transaction(other.settings()) as connection:
        propose(Room(offices.twin, connection, other), int(number), "可行", {})
    return Sample({"number": number}, _REASON)


def _two_firms(client: TestClient) -> list[str]:
    name = f"成对{next(_numbers)}号"
    rows = "".join(f"{name}{which}有限公司,{REGION}\n" for which in "甲乙")
    files = {"file": ("list.csv", f"企业名称,区划代码\n{rows}".encode())}
    number = _made(client.post("/api/v1/imports", files=files))["id"]
    _made(client.post(f"/api/v1/imports/{number}/confirm"))
    found = _made(client.get("/api/v1/firms", params={"text": name}))["items"]
    return [one["code"] for one in found]


def _rule_on_identity(_: Offices, client: TestClient) -> Sample:
    one, other = _two_firms(client)
    return Sample(body={"json": {"one": one, "other": other, "verdict": "same"}})


def _merge(client: TestClient) -> tuple[str, str]:
    one, other = _two_firms(client)
    given = {"one": one, "other": other, "verdict": "same"}
    change = _made(client.post("/api/v1/identity/rulings", json=given))["change"]
    return other, str(change)


def _split_identity(_: Offices, client: TestClient) -> Sample:
    return Sample(body={"json": {"member": _merge(client)[0]}})


def _undo_identity(_: Offices, client: TestClient) -> Sample:
    return Sample({"change": _merge(client)[1]})


SAMPLES: Mapping[str, Make] = {
    "make_account": _make_account,
    "change_account": _change_account,
    "set_archive_settings": _settings,
    "file_papers": _file_papers,
    "withdraw_item": _withdraw,
    "check_import": _check_import,
    "confirm_import": _confirm_import,
    "check_purchases": _check_purchases,
    "confirm_purchases": _confirm_purchases,
    "open_lead": _open_lead,
    "move_project": _move,
    "edit_project": _on_project({"values": {"land_mu": 50}, "reason": "实测"}),
    "add_promise": _on_project(_PROMISE),
    "change_promise": _on_promise({**_PROMISE, "status": "进行中"}),
    "end_promise": _on_promise(_REASON["json"]),
    "add_remark": _on_project({"text": "已电话联系"}),
    "delete_project": _on_project(_REASON["json"]),
    "restore_project": _restore,
    "rule_on_firm": _rule,
    "publish_scorecard": _scorecard,
    "rule_on_proposal": _decline,
    "rule_on_fact": _rule_on_fact,
    "withdraw_ruling": _withdraw_ruling,
    "restore_body": _restore_body,
    "state_value": _state_value,
    "make_body": _make_body,
    "make_branch": lambda _, __: Sample(body={"json": {"name": f"假如{next(_numbers)}"}}),
    "freeze_branch": _on_branch(),
    "thaw_branch": _on_branch("freeze"),
    "discard_branch": _on_branch(),
    "propose_merge": _on_branch(),
    "withdraw_merge": _on_branch("propose"),
    "approve_merge": _on_proposal,
    "refuse_merge": _on_proposal,
    "rule_on_identity": _rule_on_identity,
    "split_identity": _split_identity,
    "undo_identity_ruling": _undo_identity,
    "make_subscription": _make_subscription,
    "change_subscription": _on_subscription({"json": {"name": "改名", "paused": True}}),
    "delete_subscription": _on_subscription({}),
    "retry_subscription": _on_subscription({}),
    "renew_secret": _on_subscription({}),
    "test_subscription": _on_subscription({}),
    "send_points": _points,
    "send_points_file": _points_file,
    "assign_device": _assign_device,
    "settle_aside": _settle,
}

# Writes of the administrator, who writes nothing else: elsewhere tested.
OF_THE_MACHINE = {
    "set_review_number", "set_receiver_networks", "set_intake", "add_kind", "add_attributes",
    "rename_kind", "withdraw_kind", "take_up_kind", "order_sources",
}  # fmt: skip
