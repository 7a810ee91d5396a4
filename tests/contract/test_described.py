"""Whoever reads the API's own document understands every route without asking."""

from __future__ import annotations

import re

from tests.contract.routes import Route, all_routes, document, each


@each(iter(all_routes()))
def test_a_route_is_named_and_explained(route: Route) -> None:
    assert re.fullmatch(r"[a-z]+(_[a-z]+)+", route.operation["operationId"])
    assert route.operation.get("description"), "a docstring is missing"
    assert route.operation.get("tags")


@each(iter(all_routes()))
def test_every_parameter_is_described(route: Route) -> None:
    silent = [p.name for p in route.parameters if not p.description]

    assert not silent, f"{route.method} {route.path}: 参数没有说明 {silent}"


def test_no_two_routes_share_a_name() -> None:
    names = [route.id for route in all_routes()]

    assert len(names) == len(set(names))


def test_every_route_is_versioned() -> None:
    assert [route.path for route in all_routes() if not route.path.startswith("/api/v1/")] == []


def test_every_field_an_officer_fills_in_is_described() -> None:
    schemas = document()["components"]["schemas"]
    taken = {
        media["schema"]["$ref"].rsplit("/", 1)[-1]
        for route in all_routes()
        for media in (route.body or {}).values()
        if "$ref" in media.get("schema", {})
    }

    silent = [
        f"{name}.{field}"
        for name in sorted(taken)
        for field, told in schemas[name].get("properties", {}).items()
        if not told.get("description") and "$ref" not in told
    ]

    assert not silent, silent
