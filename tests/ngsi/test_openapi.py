"""Whoever reads the door's own document understands every operation without asking."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient
from tests.contract.bad_values import bad_json
from tests.ngsi.client import Client, prop

from chaintwin.web.ngsi.openapi import describe

TEXTS = ["", " ", "长" * 3000, "-1", "0", "9" * 30, "1.5", "NaN", "' OR 1=1; --", "%", "\x00",
         "a\x00b", "😀", "../../etc", "{}", "urn:chaintwin:", "(", "[", "urn:a:1"]  # fmt: skip


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in describe()["paths"].items():
        for method, told in methods.items():
            yield method.upper(), path, told


EVERY = [pytest.param(*one, id=one[2]["operationId"]) for one in operations()]


@pytest.mark.parametrize(("method", "path", "told"), EVERY)
def test_an_operation_is_named_and_explained(method: str, path: str, told: dict[str, Any]) -> None:
    assert re.fullmatch(r"[a-z_]+", told["operationId"])
    assert told["description"]
    assert told["tags"]
    assert all(one["description"] for one in told["parameters"])


def test_no_two_operations_share_a_name() -> None:
    names = [told["operationId"] for _, _, told in operations()]

    assert len(names) == len(set(names))


def test_the_document_is_served_to_everybody(http: TestClient) -> None:
    assert http.get("/ngsi-ld/openapi.json").json() == describe()


@pytest.mark.parametrize(("method", "path", "told"), EVERY)
def test_no_bad_parameter_breaks_it(
    api: Client, method: str, path: str, told: dict[str, Any]
) -> None:
    names = [one["name"] for one in told["parameters"] if one["in"] == "path"]
    queries = [one["name"] for one in told["parameters"] if one["in"] == "query"]
    good = dict.fromkeys(names, "urn:a:1")
    short = path.removeprefix("/ngsi-ld/v1")
    body = None if method in {"GET", "DELETE"} else {"id": "urn:a:1", "type": "Query", "q": "a"}

    for bad in TEXTS:
        for name in names:
            where = short.format(**good | {name: quote(bad, safe="")})
            assert api.call(method, where, json=body).status_code < 500, (where, bad)
        if method == "DELETE":
            continue
        for name in queries:
            query = {"type": "T", "timerel": "before", "timeAt": "2020-01-01T00:00:00Z", name: bad}
            where = short.format(**good)
            assert api.call(method, where, json=body, params=query).status_code < 500, (name, bad)


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/entities"), ("POST", "/entityOperations/upsert"), ("POST", "/temporal/entities"),
     ("PATCH", "/entities/urn:bad:1"), ("POST", "/entities/urn:bad:1/attrs"),
     ("PATCH", "/entities/urn:bad:1/attrs/p"), ("POST", "/entityOperations/query")],
)  # fmt: skip
def test_no_bad_body_breaks_it(api: Client, method: str, path: str) -> None:
    api.post("/entityOperations/upsert", [{"id": "urn:bad:1", "type": "T", "p": prop(1)}])
    members = ["id", "type", "scope", "p", "q", "entities", "geoQ", "attrs", "@context", "value",
               "observedAt", "datasetId", "unitCode", "object", "languageMap"]  # fmt: skip

    bodies: list[Any] = []
    for bad in bad_json():
        bodies += [bad, [bad], {"p": bad}, {"p": [bad]}, {"p": prop(bad)}]
    for bad in (None, "", 3, [], {"a": None}, "a\x00b"):
        bodies += [{"id": "urn:bad:2", "type": "T", name: bad} for name in members]
        bodies += [{"id": "urn:bad:2", "type": "T", "p": prop(1) | {name: bad}} for name in members]
    for body in bodies:
        given = [body] if path.endswith("upsert") else body
        assert api.send(method, path, given).status_code < 500, body
