"""Who may read and write through the open API; firms of the twin as entities."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest
from fastapi.testclient import TestClient
from tests.ngsi.client import Client, prop

from chaintwin.access.accounts import Accounts, NewAccount
from chaintwin.access.asker import Asker, platform_asker
from chaintwin.access.tenants import own_places
from chaintwin.kit.places import Places
from chaintwin.model.fact import Label, Value
from chaintwin.twin.twin import Twin
from chaintwin.web.app import build_app

PASSWORD = "a long password 1"
V1 = "/ngsi-ld/v1"


@pytest.fixture(scope="module")
def closed(twin: Twin, data: Places) -> Iterator[TestClient]:
    """The application as a place runs it."""
    place = own_places(twin.database)[-1].id
    accounts = Accounts(twin.database, twin.clock)
    for login, role in (("officer", "officer"), ("viewer", "viewer"), ("auditor", "auditor")):
        accounts.make(NewAccount(place, login, login, PASSWORD, frozenset({role})))
    with TestClient(build_app(twin, data), base_url="http://localhost") as client:
        yield client


def bearer(client: TestClient, login: str) -> dict[str, str]:
    client.post("/api/v1/session", json={"login": login, "password": PASSWORD})
    token = client.cookies["chaintwin_session"]
    client.cookies.clear()
    return {"Authorization": f"Bearer {token}"}


def test_nobody_reads_without_logging_in(closed: TestClient) -> None:
    assert closed.get(f"{V1}/entities?type=T").status_code == 401
    assert closed.post(f"{V1}/entities", json={"id": "urn:a:1", "type": "T"}).status_code == 401


def test_rights_are_those_of_the_account(closed: TestClient) -> None:
    body = {"id": "urn:right:1", "type": "T", "p": prop(1)}
    officer, viewer, auditor = (bearer(closed, name) for name in ("officer", "viewer", "auditor"))

    assert closed.post(f"{V1}/entities", json=body, headers=viewer).status_code == 403
    assert closed.post(f"{V1}/entities", json=body, headers=officer).status_code == 201
    assert closed.get(f"{V1}/entities/urn:right:1", headers=viewer).json() == body
    assert closed.get(f"{V1}/entities/urn:right:1", headers=auditor).status_code == 403


def test_a_tenant_named_never_widens_what_one_may_read(closed: TestClient, twin: Twin) -> None:
    officer = bearer(closed, "officer")
    own = own_places(twin.database)[-1]

    mine = closed.get(f"{V1}/types", headers=officer | {"NGSILD-Tenant": own.code})
    other = closed.get(f"{V1}/types", headers=officer | {"NGSILD-Tenant": "880000"})

    assert mine.status_code == 200
    assert other.status_code == 404
    assert other.json()["type"].endswith("NonexistentTenant")


def test_tenants_of_a_conformance_run_are_apart(api: Client) -> None:
    header = {"NGSILD-Tenant": "urn:ngsi-ld:tenant:a"}
    body = {"id": "urn:tenant:1", "type": "T", "p": prop(1)}

    assert api.get("/entities/urn:tenant:1", headers=header).status_code == 404
    assert api.post("/entities", body, headers=header).status_code == 201

    assert api.get("/entities/urn:tenant:1", headers=header).json() == body
    assert api.get("/entities/urn:tenant:1").status_code == 404
    unknown = api.get("/entities/urn:tenant:1", headers={"NGSILD-Tenant": "unknown"})
    assert (unknown.status_code, unknown.json()["type"].rsplit("/", 1)[-1]) == (
        404, "NonexistentTenant",
    )  # fmt: skip


def test_firms_of_the_twin_are_entities(api: Client, twin: Twin) -> None:
    with twin.change(platform_asker(), reason="装载", source="shipped_firms") as changes:
        firm = changes.body("Company", ("company_name", "示例电池有限公司"))
        product = changes.body("Product", ("product_name", "电池"))
        changes.say(firm, "name", Value(text="示例电池有限公司"))
        changes.say(firm, "product", Value(ref=product))
        changes.say(product, "name", Value(text="电池"))
    with twin.view(Asker(1, "x", labels=frozenset(Label))) as view:
        code, target = view.code(firm), view.code(product)
    own = {"Link": '<http://localhost/ngsi-ld/context.jsonld>; '
                   'rel="http://www.w3.org/ns/json-ld#context"'}  # fmt: skip

    found = api.get("/entities", headers=own, type="Company", q='name=="示例电池有限公司"').json()

    assert [one["id"] for one in found] == [code]
    assert found[0]["type"] == "Company"
    assert found[0]["name"] == prop("示例电池有限公司")
    assert found[0]["product"]["object"] == target
    assert api.get(f"/entities/{code}", headers=own).json() == found[0]


def test_what_one_adds_to_a_firm_stands_beside_and_can_be_taken_back(
    api: Client, twin: Twin
) -> None:
    with twin.change(platform_asker(), reason="装载", source="shipped_firms") as changes:
        firm = changes.body("Company", ("company_name", "示例电机有限公司"))
        changes.say(firm, "name", Value(text="示例电机有限公司"))
    with twin.view(Asker(1, "x", labels=frozenset(Label))) as view:
        code = view.code(firm)

    assert api.post(f"/entities/{code}/attrs", {"note": prop("拜访过")}).status_code == 204
    assert api.read(code)["note"] == prop("拜访过")
    assert api.delete(f"/entities/{code}/attrs/note").status_code == 204
    assert "note" not in api.read(code)
    refused = api.delete(f"/entities/{code}")
    assert refused.status_code == 422
    assert api.read(code)["urn:chaintwin:ns:name"]["value"] == "示例电机有限公司"


def test_an_entity_is_a_body_of_the_twin(api: Client, twin: Twin) -> None:
    uri = api.entity("Crane", load=prop(5, observedAt="2020-01-01T00:00:00Z"))
    place = own_places(twin.database)[-1].id
    asker = Asker(place, "x", readable=frozenset({1, place}), labels=frozenset(Label))

    with twin.view(asker) as view:
        number = view.find_key("uri", uri)
        assert number is not None
        state = view.get(number)
        code = state.code

    held = state.held("https://uri.etsi.org/ngsi-ld/default-context/load")
    assert held is not None
    assert (held.value, held.source) == (5, "ngsi")
    assert held.valid_from is not None
    assert held.valid_from.year == 2020
    assert api.read(code)["id"] == uri


def test_a_valid_end_is_a_sub_property(api: Client, twin: Twin) -> None:
    uri = api.entity(p=prop(1, observedAt="2020-01-01T00:00:00Z",
                            validTo=prop("2021-01-01T00:00:00Z")))  # fmt: skip

    assert api.get(f"/entities/{uri}").json() == {"id": uri, "type": "Vehicle"}
    assert api.read(uri, validAt="2020-06-01")["p"]["value"] == 1


def test_projects_are_not_changed_past_their_dossier(api: Client) -> None:
    body = {"id": "urn:project:1", "type": "urn:chaintwin:ns:Project"}

    assert api.post("/entities", body).status_code == 403


def test_what_several_sources_say_stands_side_by_side(api: Client, twin: Twin) -> None:
    for source, employees in (("shipped_firms", 100), ("a_share_basic_2026", 120)):
        with twin.change(platform_asker(), reason="装载", source=source) as changes:
            firm = changes.body("Company", ("company_name", "示例电控有限公司"))
            changes.say(firm, "employees", Value(number=Decimal(employees)))
    with twin.view(Asker(1, "x", labels=frozenset(Label))) as view:
        code = view.code(firm)

    found = api.read(code)["urn:chaintwin:ns:employees"]

    assert sorted(one["value"] for one in found) == [100, 120]
    assert "datasetId" not in found[0]
    assert str(found[1]["datasetId"]).startswith("urn:chaintwin:source:")


def test_an_inline_context_gets_an_address_for_answers(api: Client) -> None:
    context = {"Odd": "http://example.org/Odd"}
    api.post("/entities", {"id": "urn:odd:1", "type": "Odd", "@context": context})
    query = {"type": "Query", "entities": [{"type": "Odd"}], "@context": context}

    answer = api.post("/entityOperations/query", query)

    address = answer.headers["link"].split(">")[0].lstrip("<")
    local = address.rsplit("/", 1)[-1]
    assert answer.json() == [{"id": "urn:odd:1", "type": "Odd"}]
    assert api.get(f"/jsonldContexts/{local}").json() == {"@context": context}
    assert api.get("/jsonldContexts", kind="ImplicitlyCreated").json() == [address]
