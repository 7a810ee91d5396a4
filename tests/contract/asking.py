"""People at their browsers: a client for everybody who asks."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.testclient import TestClient

HERE = ("127.0.0.1", 5000)


def at_the_door(app: FastAPI) -> TestClient:
    """Return a client that has not logged in."""
    return TestClient(app, raise_server_exceptions=False, client=HERE, base_url="http://localhost")


def log_in(app: FastAPI, login: str, password: str) -> TestClient:
    """Return a client that is logged in."""
    client = at_the_door(app)
    answer = client.post("/api/v1/session", json={"login": login, "password": password})
    assert answer.status_code == 200, answer.text
    return client


def read(client: TestClient, path: str, **query: Any) -> Any:
    """Return what a read answers; a refusal fails the test with its words."""
    answer = client.get(f"/api/v1{path}", params=query)
    assert answer.status_code == 200, f"{path}: {answer.status_code} {answer.text[:400]}"
    return answer.json()
