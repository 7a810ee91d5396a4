"""Builders of subscriptions and entities for tests of what is told."""

from __future__ import annotations

import json
from typing import Any

from fastapi.testclient import TestClient
from tests.ngsi.client import ROOT
from tests.receiver import Receiver, wait_until

CORE = "https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context-v1.8.jsonld"


def call(http: TestClient, method: str, path: str, **more: Any) -> Any:
    answer = http.request(method, ROOT + path, **more)
    assert answer.is_success, answer.text
    return answer


def subscribe(http: TestClient, kind: str, uri: str, **more: Any) -> str:
    endpoint = {"uri": uri, **more.pop("endpoint", {})}
    given = {
        "type": "Subscription",
        "entities": [{"type": kind}],
        **more,
        "notification": {**more.get("notification", {}), "endpoint": endpoint},
    }
    answer = call(http, "POST", "/subscriptions", json=given)
    location: str = answer.headers["location"]
    assert location.startswith(f"{ROOT}/subscriptions/")
    return location.removeprefix(f"{ROOT}/subscriptions/")


def entity(kind: str, name: str = "a", **values: Any) -> dict[str, Any]:
    attributes = {
        key: value if isinstance(value, dict) else {"type": "Property", "value": value}
        for key, value in values.items()
    }
    return {"id": f"urn:ngsi-ld:{kind}:{name}", "type": kind, **attributes}


def create(http: TestClient, kind: str, name: str = "a", **values: Any) -> str:
    made = entity(kind, name, **values)
    call(http, "POST", "/entities", json=made)
    return str(made["id"])


def update(http: TestClient, uri: str, **values: Any) -> None:
    told = {key: {"type": "Property", "value": value} for key, value in values.items()}
    call(http, "PATCH", f"/entities/{uri}/attrs", json=told)


def notifications(receiver: Receiver, many: int) -> list[dict[str, Any]]:
    wait_until(lambda: len(receiver.got()) >= many)
    return [json.loads(message["body"]) for message in receiver.got()]


def settled(receiver: Receiver, http: TestClient, kind: str) -> list[dict[str, Any]]:
    """Return all notifications once one more, of a mark set last, has come."""
    create(http, kind, "last", mark=1)
    wait_until(lambda: any('"mark"' in message["body"] for message in receiver.got()))
    return [json.loads(message["body"]) for message in receiver.got()]
