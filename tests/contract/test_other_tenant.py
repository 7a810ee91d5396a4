"""Nobody of another office reads, changes or notices what an office keeps to itself."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from tests.contract.asked_for import calls, names_what_is_owned, unknown_parameters
from tests.contract.offices import (
    MARKS,
    Offices,
    make_offices,
    marks_asked,
    marks_in,
    plant_secrets,
)
from tests.contract.routes import STREAMS, Route, all_routes, each, reads

from chaintwin import boot
from chaintwin.twin.twin import Twin

_REFUSED = {403, 404}
# The second office's own trail, which its own reading makes longer; a sheet made anew each time.
_ITS_OWN = {"read_audit", "read_import_template", "read_purchase_template"}


@pytest.fixture(scope="module")
def offices(app: FastAPI, started: tuple[Twin, boot.Start]) -> Offices:
    return make_offices(app, started[0], started[1].tenant)


@pytest.fixture(scope="module")
def before(offices: Offices) -> dict[str, str]:
    """What the second office read before the first one had any secrets."""
    return dict(_public_answers(offices))


@pytest.fixture(scope="module")
def planted(offices: Offices, before: dict[str, str]) -> Offices:
    assert before
    plant_secrets(offices)
    return offices


def _public_answers(offices: Offices) -> Iterator[tuple[str, str]]:
    for route in reads():
        for call in calls(route, offices):
            if call.is_public and route.id not in _ITS_OWN:
                answer = offices.stranger.get(call.path, params=call.query)
                yield f"{route.id} {call.url}", answer.text


@each(route for route in all_routes() if route.id not in STREAMS)
def test_this_test_has_a_value_for_every_parameter(route: Route) -> None:
    assert unknown_parameters(route) == [], "teach tests/contract/asked_for.py"


@each(reads())
def test_a_stranger_reads_nothing_of_it(route: Route, planted: Offices) -> None:
    for client in (planted.stranger, planted.stranger_auditor):
        for call in calls(route, planted):
            answer = client.get(call.path, params=call.query)

            told = marks_in(answer) - marks_asked(call.url)
            assert not told, f"{call.url} tells {told}"
            assert not call.is_owned or answer.status_code in _REFUSED, call.url + answer.text
            assert answer.status_code < 500, f"{call.url}: {answer.text}"


def test_the_owner_finds_every_mark_again(planted: Offices) -> None:
    found: set[str] = set()
    for client in (planted.owner, planted.owner_auditor):
        for route in reads():
            for call in calls(route, planted):
                answer = client.get(call.path, params=call.query)
                found |= marks_in(answer) - marks_asked(call.url)

    assert found == set(MARKS)


@each(route for route in reads() if names_what_is_owned(route))
def test_the_owner_reads_what_the_stranger_was_refused(route: Route, planted: Offices) -> None:
    answers = [planted.owner.get(call.path, params=call.query) for call in calls(route, planted)]

    assert 200 in {answer.status_code for answer in answers}


def test_what_strangers_read_of_public_things_stays_as_it_was(
    before: dict[str, str], planted: Offices
) -> None:
    after = dict(_public_answers(planted))

    changed = [call for call, text in before.items() if after[call] != text]
    assert not changed
