"""The routes of the application as its own OpenAPI document tells them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest

from chaintwin.web.app import make_app

# About the asker's own session, or open to everybody by design.
OWN_SESSION = {"log_in", "log_out", "change_password", "read_me", "make_token", "revoke_token"}
OPEN = {"read_door", "log_in", "read_health"}
# Never end; looked at by tests of their own.
STREAMS = {"stream_events", "stream_subscription"}
MOMENTS = ("valid_at", "known_at")


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a route."""

    name: str
    where: str
    required: bool
    description: str


@dataclass(frozen=True, slots=True)
class Route:
    """One method of one path."""

    method: str
    path: str
    id: str
    operation: Mapping[str, Any]

    @property
    def parameters(self) -> list[Parameter]:
        """Return the parameters of path and query."""
        return [
            Parameter(one["name"], one["in"], one["required"], one.get("description", ""))
            for one in self.operation.get("parameters", ())
        ]

    @property
    def names(self) -> list[str]:
        """Return the names of all parameters."""
        return [parameter.name for parameter in self.parameters]

    @property
    def body(self) -> Mapping[str, Any] | None:
        """Return the media types of the body it takes, None if it takes none."""
        found: Mapping[str, Any] | None = self.operation.get("requestBody", {}).get("content")
        return found


@cache
def document() -> Mapping[str, Any]:
    """Return the OpenAPI document of the real application."""
    return make_app(None).openapi()


@cache
def all_routes() -> tuple[Route, ...]:
    """Return every route of the API."""
    return tuple(
        Route(method.upper(), path, operation.get("operationId", f"{method} {path}"), operation)
        for path, methods in document()["paths"].items()
        for method, operation in methods.items()
    )


def reads() -> Iterator[Route]:
    """Yield the routes that read and come to an end."""
    return (route for route in all_routes() if route.method == "GET" and route.id not in STREAMS)


def writes() -> Iterator[Route]:
    """Yield the routes that write more than the asker's own session."""
    return (r for r in all_routes() if r.method != "GET" and r.id not in OWN_SESSION)


def each(routes: Iterator[Route]) -> pytest.MarkDecorator:
    """Run a test once for each route, named after it."""
    return pytest.mark.parametrize("route", [pytest.param(r, id=r.id) for r in routes])


def properties(route: Route) -> Mapping[str, Any]:
    """Return the properties of the JSON body a route takes."""
    schema = (route.body or {}).get("application/json", {}).get("schema", {})
    name = schema.get("$ref", "").rsplit("/", 1)[-1]
    found = document()["components"]["schemas"].get(name, schema)
    known: Mapping[str, Any] = found.get("properties", {})
    return known
