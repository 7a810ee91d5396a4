"""A caller of the open API that reads well in tests."""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from typing import Any

import httpx2
from fastapi.testclient import TestClient

from chaintwin.kit.clock import FixedClock

ROOT = "/ngsi-ld/v1"
ERRORS = "https://uri.etsi.org/ngsi-ld/errors/"
_numbers = count(1)


class Client:
    """Sends requests below /ngsi-ld/v1; time passes between them."""

    def __init__(self, http: TestClient, clock: FixedClock) -> None:
        self._http = http
        self._clock = clock

    def call(self, method: str, path: str, **more: Any) -> httpx2.Response:
        """Send one request."""
        self._clock.move(timedelta(seconds=1))
        return self._http.request(method, ROOT + path, **more)

    def get(self, path: str, headers: dict[str, str] | None = None, **query: Any) -> Any:
        """Read; keywords are query parameters."""
        return self.call("GET", path, params=query or None, headers=headers)

    def post(self, path: str, body: Any, **query: Any) -> Any:
        """Send JSON, as ld+json where it carries its own @context."""
        return self.send("POST", path, body, **query)

    def patch(self, path: str, body: Any, **query: Any) -> Any:
        """Send a part."""
        return self.send("PATCH", path, body, **query)

    def put(self, path: str, body: Any, **query: Any) -> Any:
        """Send a replacement."""
        return self.send("PUT", path, body, **query)

    def delete(self, path: str, **query: Any) -> Any:
        """Delete."""
        return self.call("DELETE", path, params=query or None)

    def send(self, method: str, path: str, body: Any, **query: Any) -> Any:
        """Send JSON with the media type that fits it."""
        parts = body if isinstance(body, list) else [body]
        has_context = any(isinstance(part, dict) and "@context" in part for part in parts)
        media = "application/ld+json" if has_context else "application/json"
        headers = {"Content-Type": media} | query.pop("headers", {})
        return self.call(method, path, json=body, params=query or None, headers=headers)

    def entity(self, kind: str = "Vehicle", **attributes: Any) -> str:
        """Create an entity with a new id and return the id."""
        uri = f"urn:ngsi-ld:{kind}:{next(_numbers)}"
        answer = self.post("/entities", {"id": uri, "type": kind, **attributes})
        assert answer.status_code == 201, answer.text
        return uri

    def read(self, uri: str, **query: Any) -> Any:
        """Return an entity as JSON."""
        answer = self.get(f"/entities/{uri}", **query)
        assert answer.status_code == 200, answer.text
        return answer.json()


def prop(value: Any, **more: Any) -> dict[str, Any]:
    """Return a Property."""
    return {"type": "Property", "value": value, **more}


def rel(target: Any, **more: Any) -> dict[str, Any]:
    """Return a Relationship."""
    return {"type": "Relationship", "object": target, **more}


def geo(geometry: Any, **more: Any) -> dict[str, Any]:
    """Return a GeoProperty."""
    return {"type": "GeoProperty", "value": geometry, **more}


def point(x: float, y: float) -> dict[str, Any]:
    """Return a GeoJSON point."""
    return {"type": "Point", "coordinates": [x, y]}


def error(answer: httpx2.Response) -> tuple[int, str]:
    """Return status and the short name of the error's type."""
    return answer.status_code, answer.json()["type"].removeprefix(ERRORS)
