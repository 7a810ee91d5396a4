"""Reads agree with themselves: pages fit together, and a tag tells when an answer is still good."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from tests.contract.asked_for import calls
from tests.contract.asking import log_in
from tests.contract.generated_content import Written
from tests.contract.offices import PASSWORD, Offices, make_offices, plant_secrets
from tests.contract.routes import Route, each, reads

from chaintwin import boot
from chaintwin.kit.clock import FixedClock
from chaintwin.twin.twin import Twin

# Answers about people, files and the machine: they change without any change of the twin.
_UNTAGGED = {
    "read_door", "read_me", "list_accounts", "read_audit", "read_health", "check_dossier",
    "list_import_columns", "list_imports", "read_import", "list_purchase_lists",
    "read_purchase_list", "read_map_layer", "read_boundaries",
    "list_subscriptions", "read_subscription", "list_deliveries", "read_receiver_networks",
    "read_delivery_health", "read_subscription_choices",
    "list_ledgers", "read_checkpoint", "list_checkpoints", "prove_position", "prove_growth",
    "prove_fact",
    "read_intake", "list_devices", "list_aside", "list_tokens",
}  # fmt: skip
_TAGGED = [
    route
    for route in reads()
    if route.id not in _UNTAGGED
    and any(
        "application/json" in answer.get("content", {})
        for answer in route.operation["responses"].values()
        if "$ref" in str(answer) and answer["description"] == "Successful Response"
    )
]
_PAGED = [route for route in reads() if {"limit", "offset"} <= set(route.names)]


@pytest.fixture(scope="module")
def offices(app: FastAPI, started: tuple[Twin, boot.Start]) -> Offices:
    made = make_offices(app, started[0], started[1].tenant)
    plant_secrets(made)
    return made


def first(route: Route, offices: Offices) -> tuple[str, dict[str, str]]:
    """Return a call of a route that its owner is answered."""
    for call in calls(route, offices):
        if offices.owner.get(call.path, params=call.query).status_code == 200:
            return call.path, call.query
    raise AssertionError(f"{route.path}: nobody is answered")


@each(iter(_TAGGED))
def test_an_answer_one_holds_is_not_sent_again(route: Route, offices: Offices) -> None:
    path, query = first(route, offices)
    tag = offices.owner.get(path, params=query).headers.get("etag")
    assert tag, f"{route.path}: no ETag"

    again = offices.owner.get(path, params=query, headers={"If-None-Match": tag})
    several = offices.owner.get(path, params=query, headers={"If-None-Match": f'W/"x", {tag}'})

    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == tag
    assert several.status_code == 304


@each(iter(_TAGGED))
def test_a_change_of_ones_own_office_makes_the_tag_new(route: Route, offices: Offices) -> None:
    path, query = first(route, offices)
    tag = offices.owner.get(path, params=query).headers["etag"]

    offices.owner.post(f"/api/v1/projects/{offices.project}/remarks", json={"text": "又谈了一次"})

    answer = offices.owner.get(path, params=query, headers={"If-None-Match": tag})
    assert answer.status_code == 200
    assert answer.headers["etag"] != tag


def test_another_office_cannot_tell_from_a_tag_that_something_happened(offices: Offices) -> None:
    tag = offices.stranger.get("/api/v1/chains").headers["etag"]

    offices.owner.post(f"/api/v1/projects/{offices.project}/remarks", json={"text": "再谈一次"})

    assert offices.stranger.get("/api/v1/chains").headers["etag"] == tag


def test_two_offices_never_share_a_tag(offices: Offices) -> None:
    tags = [
        client.get("/api/v1/projects").headers["etag"]
        for client in (offices.owner, offices.stranger)
    ]

    assert tags[0] != tags[1]


def test_an_answer_about_the_past_has_a_tag_of_its_own(offices: Offices) -> None:
    tags = {
        offices.owner.get("/api/v1/projects", params=query).headers["etag"]
        for query in ({}, {"known_at": "2026-11-01"}, {"valid_at": "2026-11-01"})
    }

    assert len(tags) == 3


@each(iter(_PAGED))
def test_pages_fit_together(route: Route, offices: Offices) -> None:
    client = offices.owner_auditor if route.id == "read_audit" else offices.owner

    def page(limit: int, offset: int) -> dict[str, Any]:
        call = next(calls(route, offices))
        query = call.query | {"limit": str(limit), "offset": str(offset)}
        answer = client.get(call.path, params=query)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    name = "firms" if route.id == "read_link" else "items"
    total = "firms_total" if route.id == "read_link" else "total"
    whole, one, two, beyond = page(3, 0), page(1, 0), page(1, 1), page(5, 10**6)

    assert len(whole[name]) == min(3, whole[total])
    assert one[name] + two[name] == whole[name][:2]
    assert {one[total], two[total], beyond[total]} == {whole[total]}
    assert beyond[name] == []
    if "limit" in whole:
        assert (whole["limit"], two["offset"]) == (3, 1)


@each(iter(_PAGED))
@pytest.mark.parametrize("asked", [("limit", "0"), ("limit", "100000"), ("offset", "-1")])
def test_a_page_that_cannot_be_is_refused(
    asked: tuple[str, str], route: Route, offices: Offices
) -> None:
    call = next(calls(route, offices))

    answer = offices.owner.get(call.path, params=call.query | dict([asked]))

    assert answer.status_code in {422, 403 if route.id == "read_audit" else 422}


def test_a_new_rule_makes_the_tag_new(offices: Offices, written: Written) -> None:
    card = Path(written.folder / "scorecards" / "verdict.yml")
    tag = offices.owner.get("/api/v1/chains").headers["etag"]

    card.touch()

    assert offices.owner.get("/api/v1/chains").headers["etag"] != tag


def test_a_new_day_makes_the_tag_new_since_days_are_counted(
    offices: Offices, clock: FixedClock
) -> None:
    tag = offices.owner.get("/api/v1/projects").headers["etag"]

    clock.move(timedelta(days=1))

    owner = log_in(offices.app, "jia", PASSWORD)
    assert owner.get("/api/v1/projects").headers["etag"] != tag
