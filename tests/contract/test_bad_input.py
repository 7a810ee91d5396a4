"""Whatever is asked, the answer is an answer: no breakdown, and a way out in two languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import httpx2
import pytest
from fastapi import FastAPI
from tests.contract.asked_for import paths, required
from tests.contract.asking import at_the_door
from tests.contract.bad_values import MOMENTS, bad_json, bad_texts
from tests.contract.offices import Offices, make_offices, plant_secrets
from tests.contract.routes import MOMENTS as MOMENT_NAMES
from tests.contract.routes import STREAMS, Route, all_routes, each, properties, reads, writes
from tests.contract.samples import OF_THE_MACHINE, SAMPLES

from chaintwin import boot
from chaintwin.twin.twin import Twin

_HAN = re.compile(r"[\u4e00-\u9fff]")
_ROUTES = [route for route in all_routes() if route.id not in {*STREAMS, "log_in", "log_out"}]


@pytest.fixture(scope="module")
def offices(app: FastAPI, started: tuple[Twin, boot.Start]) -> Offices:
    made = make_offices(app, started[0], started[1].tenant)
    plant_secrets(made)
    return made


def check(answer: httpx2.Response) -> None:
    """Fail unless an answer is a success or a problem told in both languages."""
    asked = f"{answer.request.method} {str(answer.request.url)[:300]}"
    assert answer.status_code < 500, f"{asked} → {answer.status_code} {answer.text[:300]}"
    if answer.status_code < 400:
        return
    told = answer.json()
    assert answer.headers["content-type"] == "application/problem+json", asked
    assert told["status"] == answer.status_code
    assert told["detail"] == told["detail_zh"], asked
    assert _HAN.search(told["detail_zh"]), f"{asked}: {told}"
    assert all(_HAN.search(one["what"]) for one in told.get("errors", ())), told
    assert re.match(r"[“\"A-Z]", told["detail_en"]), f"{asked}: {told['detail_en']}"


def send(offices: Offices, route: Route, path: str, query: dict[str, str]) -> httpx2.Response:
    client = offices.owner_auditor if route.id == "read_audit" else offices.owner
    body: dict[str, str] | None = None if route.method == "GET" else {}
    return client.request(route.method, path, params=query, json=body)


@each(iter(_ROUTES))
def test_no_bad_parameter_breaks_it(route: Route, offices: Offices) -> None:
    for path, query in bad_requests(route, offices):
        check(send(offices, route, path, query))


def bad_requests(route: Route, offices: Offices) -> Iterator[tuple[str, dict[str, str]]]:
    good_path, base = next(paths(route, offices))[0], required(route)
    names = [one.name for one in route.parameters if one.where == "path"]
    good = dict(zip(names, _path_values(route, good_path), strict=True))
    for parameter in route.parameters:
        if parameter.name in MOMENT_NAMES:
            yield from ((good_path, base | {parameter.name: bad}) for bad in MOMENTS)
        elif parameter.where == "query":
            yield from ((good_path, base | {parameter.name: bad}) for bad in bad_texts(offices))
        else:
            for bad in bad_texts(offices):
                codes = good | {parameter.name: quote(bad, safe="")}
                yield route.path.format(**codes), base


def _path_values(route: Route, path: str) -> list[str]:
    pattern = re.sub(r"\\\{[a-z_]+\\\}", "([^/]+)", re.escape(route.path))
    found = re.fullmatch(pattern, path)
    assert found is not None
    return list(found.groups())


@each(route for route in writes() if route.id not in OF_THE_MACHINE and properties(route))
def test_no_bad_field_of_a_body_breaks_it(route: Route, offices: Offices) -> None:
    sample = SAMPLES[route.id](offices, offices.owner)
    good = dict(sample.body["json"])
    path = route.path.format(**sample.path)
    for name in properties(route):
        for bad in bad_json():
            check(offices.owner.request(route.method, path, json=good | {name: bad}))


@each(route for route in all_routes() if route.body and route.id != "log_in")
@pytest.mark.parametrize(
    "sent",
    [
        {"content": b""},
        {"content": b"{", "headers": {"Content-Type": "application/json"}},
        {"content": b"\xff\xfe", "headers": {"Content-Type": "application/json"}},
        {"content": b"[" * 100_000, "headers": {"Content-Type": "application/json"}},
        {"content": b'{"\\ud800": 1}', "headers": {"Content-Type": "application/json"}},
        {"json": []},
        {"json": {"unheard_of": 1}},
        {"content": b"--x\r\n", "headers": {"Content-Type": "multipart/form-data; boundary=x"}},
        {"content": b"x", "headers": {"Content-Type": "multipart/form-data"}},
        {"files": {"unheard_of": ("a.exe", b"MZ\x00")}},
    ],
    ids=[
        "empty",
        "cut",
        "no text",
        "deep",
        "half a pair",
        "list",
        "unknown",
        "torn form",
        "no boundary",
        "other file",
    ],
)
def test_no_broken_body_breaks_it(route: Route, sent: dict[str, Any], offices: Offices) -> None:
    answer = offices.owner.request(route.method, next(paths(route, offices))[0], **sent)

    assert answer.is_client_error, answer.text
    check(answer)


@each(reads())
def test_it_refuses_in_the_readers_language(route: Route, offices: Offices) -> None:
    visitor = at_the_door(offices.app)
    path = next(paths(route, offices))[0]
    answers = {
        language: visitor.get(path, headers={"Accept-Language": language})
        for language in ("zh-CN", "en-GB,en;q=0.8", "fr")
    }

    if answers["fr"].status_code == 200:
        return
    told = {language: answer.json()["detail"] for language, answer in answers.items()}
    assert told == {"zh-CN": "请先登录。", "en-GB,en;q=0.8": "Log in first.", "fr": "请先登录。"}


@pytest.mark.parametrize(
    ("language", "said"),
    [("zh", "应为整数"), ("en", "Input should be a valid integer")],
)
def test_what_is_wrong_with_a_value_is_told_in_the_readers_language(
    language: str, said: str, offices: Offices
) -> None:
    headers = {"Accept-Language": language}

    answer = offices.owner.get("/api/v1/firms", params={"limit": "many"}, headers=headers)

    (error,) = answer.json()["errors"]
    assert error["where"] == "query.limit"
    assert error["what"].startswith(said)


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/api/v1/nowhere"), ("GET", "/api/v2/firms"), ("DELETE", "/api/v1/firms"),
     ("POST", "/api/v1/chains"), ("GET", "/api/"), ("PATCH", "/cockpit")],
)  # fmt: skip
def test_what_is_not_there_is_said_so(method: str, path: str, offices: Offices) -> None:
    answer = offices.owner.request(method, path)

    assert answer.status_code in {404, 405}
    check(answer)


def test_log_in_survives_bad_input_too(offices: Offices) -> None:
    visitor = at_the_door(offices.app)
    for bad in bad_json():
        for given in ({"login": bad, "password": "x"}, {"login": "x", "password": bad}):
            check(visitor.post("/api/v1/session", json=given))
