"""Thresholds are a place's own: published with a reason, compared, branched, and taken back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from fastapi.testclient import TestClient

from chaintwin.application.chain.changing import list_changes
from chaintwin.application.chain.overview import view_chain
from chaintwin.twin.branches import Room, fork

from ..world import HERE, World

PATH = "/api/v1/scorecards/verdict/versions"


def a_region(world: World) -> None:
    """Two firms make cars here, one makes cells."""
    world.add_chain()
    world.add_link("cell", "电芯")
    world.add_link("car", "轿车", inputs={"cell": "minor"})
    world.cover(HERE, "C36", 0.8)
    for name, product in (("甲", "轿车"), ("乙", "轿车"), ("丙", "电芯")):
        world.add_firm(f"{name}公司", [product], region=HERE)
    world.attach()


def publish(client: TestClient, **settings: float) -> dict[str, Any]:
    given = {"settings": settings, "reason": "三家才算有"}
    answer = client.post(PATH, json=given)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def verdicts(world: World, **at: Any) -> dict[str, str]:
    with world.reader(**at) as reader:
        links = view_chain(reader, "test", HERE).links
    return {one.code: one.verdict.code for one in links if one.verdict}


def test_a_published_version_decides_from_then_on_and_not_before(world: World) -> None:
    a_region(world)
    before = world.clock.now() + timedelta(hours=1)
    world.wait(days=1)

    told = publish(world.client(), needed_firms=3)

    assert told["in_force"]["version"] == "2026.2+1"
    assert told["in_force"]["settings"]["needed_firms"] == 3
    assert told["shipped"]["settings"]["needed_firms"] == 2
    assert (told["own"][0]["reason"], told["own"][0]["by"]) == ("三家才算有", "王科员")
    assert verdicts(world) == {"cell": "weak", "car": "weak"}
    assert verdicts(world, known_at=before)["car"] == "steady"
    assert verdicts(world, valid_at=before)["car"] == "steady"


def test_what_a_version_would_change_and_did_change_is_told(world: World) -> None:
    a_region(world)
    mine = world.client()
    with world.reader(trial={"needed_firms": 3}) as reader:
        would = list_changes(reader, "test", HERE)
    publish(mine, needed_firms=3)
    world.wait(minutes=1)

    with world.reader() as reader:
        did = list_changes(reader, "test", HERE)

    for found in (would, did):
        assert [(one.link, one.before.code, one.after.code) for one in found.items] == [
            ("car", "steady", "weak")
        ]
        assert found.links == 2
    assert (did.before.version, did.after.version) == ("2026.2", "2026.2+1")


def test_it_is_taken_back_and_another_office_never_sees_it(world: World) -> None:
    a_region(world)
    mine, theirs = world.client(), world.client(tenant=world.other)
    publish(mine, needed_firms=3)

    other = theirs.get("/api/v1/scorecards/verdict").json()
    assert (other["in_force"]["version"], other["own"]) == ("2026.2", [])
    with world.reader(world.officer(world.other)) as reader:
        links = {one.code: one for one in view_chain(reader, "test", HERE).links}
    assert links["car"].verdict is not None
    assert links["car"].verdict.code == "steady"

    world.wait(minutes=1)
    back = publish(mine)
    assert back["in_force"]["settings"] == back["shipped"]["settings"]
    assert [one["version"] for one in back["own"]] == ["2026.2+2", "2026.2+1"]
    assert verdicts(world)["car"] == "steady"


def test_a_branch_can_try_thresholds_without_touching_the_main_line(world: World) -> None:
    a_region(world)
    officer = world.officer()
    with world.twin.database.transaction(officer.settings()) as connection:
        branch = fork(Room(world.twin, connection, officer), "阈值").id

    given = {"settings": {"needed_firms": 3}, "reason": "先推演"}
    answer = world.client().post(PATH, json=given, params={"branch": branch})

    assert answer.status_code == 200, answer.text
    assert verdicts(world, branch=branch)["car"] == "weak"
    assert verdicts(world)["car"] == "steady"


def test_nonsense_is_refused_in_words_and_nothing_is_published(world: World) -> None:
    a_region(world)
    mine = world.client()
    for path, settings in (
        (PATH, {"needed": 1}),
        (PATH, {"needed_firms": -1}),
        (PATH, {"needed_firms": 1e9}),
        ("/api/v1/scorecards/direction/versions", dict.fromkeys(
            ("relatedness", "potential", "feasibility"), 0)),
        ("/api/v1/scorecards/target/versions", {"risk": 10}),
    ):  # fmt: skip
        answer = mine.post(path, json={"settings": settings, "reason": "试一试"})
        assert answer.status_code == 422, (settings, answer.text)
        assert answer.json()["detail_zh"]
    assert mine.post("/api/v1/scorecards/none/versions", json={"settings": {}, "reason": "试试"}
                     ).status_code == 404  # fmt: skip
    past = {"known_at": (world.clock.now() - timedelta(days=1)).isoformat()}
    given = {"settings": {"needed_firms": 3}, "reason": "改过去"}
    assert mine.post(PATH, json=given, params=past).status_code == 403
    assert world.client(role="viewer").post(PATH, json=given).status_code == 403
    assert mine.get("/api/v1/scorecards/verdict").json()["own"] == []


def test_weights_of_targets_and_directions_are_versions_too(world: World) -> None:
    a_region(world)
    mine = world.client()

    given = {"settings": {"potential": 0, "feasibility": 0}, "reason": "只看相关度"}
    assert mine.post("/api/v1/scorecards/direction/versions", json=given).status_code == 200

    told = mine.get(f"/api/v1/regions/{HERE}/directions").json()
    assert told["scorecard"]["version"] == "2026.1+1"
    assert {part["weight"] for one in told["items"] for part in one["parts"]} == {100, 0}
