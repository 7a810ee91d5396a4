"""Two offices over one twin; the first holds secrets of every sort, each with a mark in it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

import httpx2
import psycopg
from fastapi import FastAPI
from fastapi.testclient import TestClient
from tests.contract.asking import log_in
from tests.contract.generated_content import CHAIN, REGION

from chaintwin.access.accounts import Accounts, NewAccount
from chaintwin.access.asker import PUBLIC_TENANT, Asker
from chaintwin.access.tenants import all_tenants, make_place
from chaintwin.model.fact import Label, Value
from chaintwin.physical.sensors.core import DEFAULT_TOPIC, Message, Topic
from chaintwin.physical.sensors.taking import Taker
from chaintwin.twin.ledger.sequencing import sequence
from chaintwin.twin.twin import Twin

PASSWORD = "an apple a day 7"
LINK = "gz-30"
EVERYTHING = frozenset({"officer", "archivist", "leader", "granter"})
# Every mark is planted once and has to be found by its owner somewhere.
MARKS = tuple(
    f"sekret{name}"
    for name in (
        "firm", "note", "investor", "remark", "promise", "file", "title", "paper", "ruling",
        "account", "department", "population", "import", "parcel", "judged", "subscription",
        "channel", "payload", "branch", "token", "purchase",
    )
)  # fmt: skip

# The columns of a list of firms, as an officer of the first office fills them in.
LIST = (
    "企业名称,区划代码,主要产品,备注\nsekretimport有限公司,{region},甲子坯料,无\n,{region},,坏行\n"
)


PURCHASES = "采购品类,年采购额(万元),备注\nsekretpurchase,12,无\n,5,坏行\n"


@dataclass(slots=True)
class Offices:
    """The first office with its codes, and two people of the second."""

    app: FastAPI
    twin: Twin
    owner: TestClient  # of the first office, with every right but the auditor's
    owner_auditor: TestClient
    stranger: TestClient  # of the second office, with as many rights
    stranger_auditor: TestClient
    tenant: int
    public_firm: str
    codes: dict[str, list[str]] = field(default_factory=dict)  # parameter → the first office's

    @property
    def project(self) -> str:
        """Return the code of a project of the first office."""
        return self.codes["project"][0]


def make_offices(app: FastAPI, twin: Twin, tenant: int) -> Offices:
    """Make the people; the first office is the tenant given. No secret is planted yet."""
    other = make_place(twin.database, [("760000", "长滩省"), ("760100", "长滩市")])
    accounts = Accounts(twin.database, twin.clock)
    for login, where, roles in (
        ("jia", tenant, EVERYTHING),
        ("jia-audit", tenant, {"auditor"}),
        ("yi", other, EVERYTHING),
        ("yi-audit", other, {"auditor"}),
    ):
        accounts.make(NewAccount(where, login, login, PASSWORD, frozenset(roles), frozenset(Label)))
    own, own_auditor, other_one, other_auditor = (
        log_in(app, name, PASSWORD) for name in ("jia", "jia-audit", "yi", "yi-audit")
    )
    firm = own.get("/api/v1/firms", params={"limit": 1}).json()["items"][0]["code"]
    sequence(app.state.ledger)
    return Offices(app, twin, own, own_auditor, other_one, other_auditor, tenant, firm)


def plant_secrets(offices: Offices) -> None:
    """Let the first office do its work, leaving a mark in everything it writes."""
    own = offices.owner
    _ok(own.put("/api/v1/archive/settings",
                json={"fonds": "Z109", "department": "sekretdepartment"}))  # fmt: skip
    account = _ok(own.post("/api/v1/accounts", json={
        "login": "sekret.person", "name": "sekretaccount", "password": "a long password 1",
        "roles": ["viewer"],
    }))  # fmt: skip
    facts = _plant_facts(offices)
    project = _plant_project(offices)
    item = _plant_paper(own, project["code"])
    number = _plant_import(own)
    purchases = _plant_purchases(own, facts["firm"])
    for firm in (offices.public_firm, facts["firm"]):
        ruling = {"action": "attach", "reason": "sekretruling"}
        _ok(own.put(f"/api/v1/chains/{CHAIN}/links/{LINK}/firms/{firm}", json=ruling))
    told = {"name": "sekretsubscription", "channel": "stream"}
    subscription = _ok(own.post("/api/v1/subscriptions", json=told))["id"]
    token = _ok(own.post("/api/v1/session/tokens", json={
        "name": "sekrettoken", "ends_at": "2027-06-30", "password": PASSWORD,
    }))["id"]  # fmt: skip
    series = _plant_series(own, facts["firm"])
    aside = _plant_message(offices)
    branch = _plant_branch(own, facts["firm"])
    apart = {"one": facts["firm"], "other": offices.public_firm, "verdict": "apart"}
    judged = own.post("/api/v1/identity/rulings", json=apart | {"reason": "sekretjudged"})
    found = own.get(f"/api/v1/bodies/{facts['firm']}/history").json()["items"]
    sequence(offices.app.state.ledger)
    own_log = next(t for t in all_tenants(offices.twin.database) if t.id == offices.tenant)
    offices.codes.update(
        project=[project["code"], project["number"]],
        firm=[facts["firm"]],
        body=[facts["firm"], facts["parcel"], project["code"], item["code"]],
        item=[item["code"], item["file_number"]],
        fact=[str(fact["fact"]) for fact in found],
        key=[project["promises"][0]["key"]],
        account=[str(account["id"])],
        log=[own_log.code],
        number=[number],
        purchases=[purchases],
        subscription=[str(subscription)],
        series=[series],
        aside=[aside],
        branch=[branch],
        token=[str(token)],
        judgement=[str(_ok(judged)["change"])],
        parcel=["sekret-g1", facts["parcel"]],
    )


def _plant_facts(offices: Offices) -> dict[str, str]:
    readable = frozenset({PUBLIC_TENANT, offices.tenant})
    labels = frozenset(Label)
    asker = Asker(offices.tenant, "jia", roles=EVERYTHING, readable=readable, labels=labels)
    with offices.twin.change(asker, reason="走访", source="staff") as changes:
        firm = changes.body("Company", ("company_name", "sekretfirm有限公司"))
        changes.say(firm, "name", Value(text="sekretfirm有限公司"))
        changes.say(firm, "region", Value(text="870100"))
        parcel = changes.body("Parcel", ("parcel_code", "sekret-g1"))
        changes.say(parcel, "code", Value(text="sekret-g1"))
        changes.say(parcel, "name", Value(text="sekretparcel"))
        place = {"type": "Point", "coordinates": [125.0, 43.5]}
        changes.say(parcel, "geometry", Value(data=place))
        changes.say(firm, "geometry", Value(data=place))
        source = changes.body("Source", ("source_name", "staff"))
        stated = {
            "region": REGION,
            "industry": "C27",
            "share": 0.9,
            "population": "sekretpopulation",
        }
        changes.say(source, "coverage", Value(data=stated), value_key="sekret")
    with offices.twin.view(asker) as view:
        public = view.number(offices.public_firm)
        codes = {"firm": view.code(firm), "parcel": view.code(parcel)}
    with offices.twin.change(asker, reason="走访", source="staff") as changes:
        changes.say(public, "note", Value(text="sekretnote"))
    return codes


def _plant_project(offices: Offices) -> Any:
    own = offices.owner
    lead = {"company_name": "sekretinvestor", "region": REGION, "link": f"{CHAIN}/{LINK}",
            "remark": "sekretremark"}  # fmt: skip
    code = _ok(own.post("/api/v1/leads", json=lead))["code"]
    promise = {"by": "government", "text": "sekretpromise"}
    return _ok(own.post(f"/api/v1/projects/{code}/promises", json=promise))


def _plant_paper(own: TestClient, project: str) -> Any:
    answer = own.post(
        f"/api/v1/projects/{project}/files",
        data={"type": "visit-record", "title": "sekrettitle"},
        files={"files": ("sekretfile.txt", b"sekretpaper, word for word")},
    )
    return _ok(answer)["items"][0]


def _plant_branch(own: TestClient, firm: str) -> str:
    number = str(_ok(own.post("/api/v1/branches", json={"name": "sekretbranch"}))["number"])
    ruling = {"action": "detach", "reason": "sekretbranch"}
    path = f"/api/v1/chains/{CHAIN}/links/{LINK}/firms/{firm}"
    _ok(own.put(path, json=ruling, params={"branch": number}))
    return number


def _plant_import(own: TestClient) -> str:
    text = LIST.format(region=REGION).encode()
    number = _ok(own.post("/api/v1/imports", files={"file": ("list.csv", text)}))["id"]
    _ok(own.post(f"/api/v1/imports/{number}/confirm"))
    return str(number)


def _plant_purchases(own: TestClient, firm: str) -> str:
    files = {"file": ("list.csv", PURCHASES.encode())}
    number = _ok(own.post("/api/v1/purchases", files=files, data={"buyer": firm}))["id"]
    _ok(own.post(f"/api/v1/purchases/{number}/confirm"))
    return str(number)


def _plant_series(own: TestClient, firm: str) -> str:
    point = {"body": firm, "measure": "tax", "at": "2026-10-01", "value": 12,
             "channel": "sekretchannel"}  # fmt: skip
    _ok(own.post("/api/v1/observations", json={"points": [point]}))
    return str(_ok(own.get(f"/api/v1/bodies/{firm}/series"))["items"][0]["series"])


def _plant_message(offices: Offices) -> str:
    place = {one.id: one.code for one in all_tenants(offices.twin.database)}[offices.tenant]
    taker = Taker(offices.twin, Topic(DEFAULT_TOPIC))
    taker.take([Message(f"chaintwin/{place}/sekretpayload", b"sekretpayload")])
    return str(_ok(offices.owner.get("/api/v1/intake/aside"))["items"][0]["number"])


def _ok(answer: httpx2.Response) -> Any:
    assert answer.is_success, f"{answer.request.url.path}: {answer.status_code} {answer.text[:600]}"
    return answer.json()


def marks_in(answer: httpx2.Response) -> set[str]:
    """Return the marks that stand in an answer, its headers and any workbook in it included."""
    text = answer.content.decode("utf-8", "replace")
    if answer.content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(answer.content)) as book:
            text = " ".join(book.read(name).decode("utf-8", "replace") for name in book.namelist())
    return marks_asked(text + " ".join(unquote(value) for value in answer.headers.values()))


def marks_asked(text: str) -> set[str]:
    """Return the marks in a text, such as a request whose words an error repeats."""
    return {mark for mark in MARKS if mark in text.lower()}


def digest_tenant(super_url: str, tenant: int) -> Mapping[str, str]:
    """Return a digest of every row a tenant holds, by table; sessions and audit aside."""
    with psycopg.connect(super_url) as connection:
        tables = connection.execute(
            "SELECT table_name FROM information_schema.columns "
            "WHERE table_schema = 'public' AND column_name = 'tenant'"
        ).fetchall()
        found = {}
        for (table,) in tables:
            if table not in {"session", "audit"}:
                row = connection.execute(
                    f"SELECT md5(string_agg(md5(t::text), '' ORDER BY md5(t::text))) "
                    f'FROM "{table}" t WHERE tenant = %s',  # table: a name of the catalogue
                    (tenant,),
                ).fetchone()
                assert row is not None
                found[table] = str(row[0])
        return found
