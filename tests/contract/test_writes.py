"""Who may write what: not strangers, not readers, not those outside; and the owner may."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from tests.contract.asked_for import calls, names_what_is_owned, paths
from tests.contract.asking import at_the_door, log_in
from tests.contract.generated_content import CHAIN, REGION
from tests.contract.offices import (
    LINK,
    PASSWORD,
    Offices,
    digest_tenant,
    make_offices,
    plant_secrets,
)
from tests.contract.routes import OPEN, STREAMS, Route, all_routes, each, reads, writes
from tests.contract.samples import OF_THE_MACHINE, SAMPLES

from chaintwin import boot
from chaintwin.access.accounts import Accounts, NewAccount
from chaintwin.engine.postgres import Cluster
from chaintwin.model.fact import Label
from chaintwin.twin.twin import Twin

_OF_OFFICES = [route for route in writes() if route.id not in OF_THE_MACHINE]
_TO_OWNED = [route for route in _OF_OFFICES if names_what_is_owned(route)]


@pytest.fixture(scope="module")
def offices(app: FastAPI, started: tuple[Twin, boot.Start]) -> Offices:
    made = make_offices(app, started[0], started[1].tenant)
    plant_secrets(made)
    own = {"fonds": "Z200", "department": "长滩办"}
    assert made.stranger.put("/api/v1/archive/settings", json=own).is_success
    return made


@pytest.fixture
def unchanged(offices: Offices, database: Cluster) -> Iterator[None]:
    """Fail if a row of the first office differs after the test."""
    assert database.super_url is not None
    before = digest_tenant(database.super_url, offices.tenant)
    yield
    assert digest_tenant(database.super_url, offices.tenant) == before


@pytest.fixture(scope="module")
def viewer(offices: Offices) -> TestClient:
    return make_person(offices, "kan", frozenset({"viewer"}))


@pytest.fixture(scope="module")
def nobody(offices: Offices) -> TestClient:
    return make_person(offices, "wu", frozenset())


def make_person(offices: Offices, login: str, roles: frozenset[str]) -> TestClient:
    new = NewAccount(offices.tenant, login, login, PASSWORD, roles, frozenset(Label))
    Accounts(offices.twin.database, offices.twin.clock).make(new)
    return log_in(offices.app, login, PASSWORD)


@each(writes())
def test_this_test_has_a_good_request_for_every_write(route: Route) -> None:
    assert route.id in SAMPLES.keys() | OF_THE_MACHINE, "teach tests/contract/samples.py"


@each(iter(_OF_OFFICES))
def test_the_owner_may(route: Route, offices: Offices) -> None:
    answer = SAMPLES[route.id](offices, offices.owner).send(offices.owner, route.method, route.path)

    assert answer.is_success, answer.text


@each(iter(_TO_OWNED))
@pytest.mark.usefixtures("unchanged")
def test_a_stranger_may_not_and_nothing_changes(route: Route, offices: Offices) -> None:
    body = SAMPLES[route.id](offices, offices.stranger).body

    answers = [
        offices.stranger.request(route.method, path, **body)
        for path, is_owned in paths(route, offices)
        if is_owned
    ]

    assert answers
    assert {answer.status_code for answer in answers} <= {403, 404}, answers[0].text


@each(route for route in _OF_OFFICES if route not in _TO_OWNED or route.id == "rule_on_firm")
@pytest.mark.usefixtures("unchanged")
def test_a_strangers_own_writes_leave_the_office_as_it_is(route: Route, offices: Offices) -> None:
    stranger = offices.stranger

    answer = SAMPLES[route.id](offices, stranger).send(stranger, route.method, route.path)

    assert answer.is_success, answer.text


@pytest.mark.parametrize("attribute", ["company", "parcel"])
def test_a_stranger_cannot_tie_its_project_to_what_it_may_not_see(
    attribute: str, offices: Offices
) -> None:
    project = SAMPLES["edit_project"](offices, offices.stranger).path["code"]
    code = offices.codes["firm" if attribute == "company" else "parcel"][-1]

    answer = offices.stranger.patch(
        f"/api/v1/projects/{project}/fields",
        json={"values": {attribute: code}, "reason": "试一试"},
    )

    assert answer.status_code in {404, 422}, answer.text


def test_a_stranger_cannot_open_a_lead_on_a_firm_it_may_not_see(offices: Offices) -> None:
    lead = {"firm": offices.codes["firm"][0], "region": REGION, "link": f"{CHAIN}/{LINK}"}

    assert offices.stranger.post("/api/v1/leads", json=lead).status_code == 404


@each(iter(_OF_OFFICES))
@pytest.mark.usefixtures("viewer", "unchanged")
def test_who_may_only_read_writes_nothing(
    route: Route, offices: Offices, viewer: TestClient
) -> None:
    body = SAMPLES[route.id](offices, offices.stranger).body

    answers = [viewer.request(route.method, path, **body) for path, _ in paths(route, offices)]

    assert {answer.status_code for answer in answers} == {403}, answers[0].text


@each(route for route in all_routes() if route.id not in OPEN)
def test_who_is_not_logged_in_learns_only_that(route: Route, offices: Offices) -> None:
    visitor = at_the_door(offices.app)
    path = next(iter(paths(route, offices)))[0]

    answer = visitor.request(route.method, path)

    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"


# What anybody who is logged in may see: who he is, his tokens, the map, the clock of changes.
_FOR_EVERYBODY = OPEN | {"read_me", "list_tokens", *STREAMS, "read_map_layer", "read_boundaries"}


@each(route for route in reads() if route.id not in _FOR_EVERYBODY)
def test_who_has_no_right_reads_nothing(route: Route, offices: Offices, nobody: TestClient) -> None:
    answers = [nobody.get(call.path, params=call.query) for call in calls(route, offices)]

    assert {answer.status_code for answer in answers} == {403}, answers[0].text[:300]
