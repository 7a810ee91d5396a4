"""Hosting JSON-LD contexts."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Iterator
from typing import Any, ClassVar

import pytest
from tests.ngsi.client import Client, error, prop

REL = 'rel="http://www.w3.org/ns/json-ld#context"'


class Files(http.server.BaseHTTPRequestHandler):
    """Serves contexts; what it serves may be changed."""

    served: ClassVar[dict[str, Any]] = {}

    def do_GET(self) -> None:
        found = self.served.get(self.path)
        self.send_response(200 if found is not None else 404)
        self.end_headers()
        if found is not None:
            self.wfile.write(found if isinstance(found, bytes) else json.dumps(found).encode())

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[str]:
    """A server of contexts on this machine."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Files)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def host(api: Client, body: Any) -> str:
    answer = api.post("/jsonldContexts", body)
    assert answer.status_code == 201, answer.text
    return str(answer.headers["location"]).removeprefix("/ngsi-ld/v1")


def test_a_hosted_context_is_served_as_it_came(api: Client) -> None:
    body = {"@context": {"T": "http://example.org/T"}}

    path = host(api, body)

    assert api.get(path).json() == body
    told = api.get(path, details="true").json()
    assert told["kind"] == "Hosted"
    assert told["localId"] == path.rsplit("/", 1)[-1]
    assert told["URL"].endswith(path)
    assert {"timestamp", "numberOfHits"} <= set(told)


@pytest.mark.parametrize(
    "body",
    [{}, [], "text", {"@context": 3}, {"context": {}}, {"@context": {"a": 3}}, {"@context": "x y"},
     {"@context": {"a": "b:c", "b": "a:d"}}],
)  # fmt: skip
def test_what_is_no_context_is_refused(api: Client, body: Any) -> None:
    answer = api.post("/jsonldContexts", body, headers={"Content-Type": "application/ld+json"})

    assert error(answer) == (400, "BadRequestData")


def test_contexts_are_listed_by_kind(api: Client, elsewhere: str) -> None:
    Files.served["/a"] = {"@context": {"A": "http://example.org/A"}}
    path = host(api, {"@context": {"T": "http://example.org/T"}})
    api.get("/entities?type=A", headers={"Link": f"<{elsewhere}/a>; {REL}"})

    every = api.get("/jsonldContexts").json()
    hosted = api.get("/jsonldContexts", kind="Hosted").json()
    cached = api.get("/jsonldContexts", kind="Cached", details="true").json()

    assert any(one.endswith(path) for one in hosted)
    assert [one["URL"] for one in cached] == [f"{elsewhere}/a"]
    assert set(every) == {*hosted, f"{elsewhere}/a"}
    assert cached[0]["numberOfHits"] == 1
    assert "lastUsage" in cached[0]


@pytest.mark.parametrize("query", [{"kind": "Odd"}, {"details": "perhaps"}])
def test_a_wrong_parameter_is_refused(api: Client, query: dict[str, str]) -> None:
    assert error(api.get("/jsonldContexts", **query)) == (400, "BadRequestData")


def test_a_context_that_there_is_not_is_not_found(api: Client) -> None:
    assert error(api.get("/jsonldContexts/none")) == (404, "ResourceNotFound")
    assert error(api.delete("/jsonldContexts/none")) == (404, "ResourceNotFound")


def test_a_context_that_was_deleted_is_gone(api: Client) -> None:
    path = host(api, {"@context": {"T": "http://example.org/T"}})
    link = {"Link": f"<http://localhost/ngsi-ld/v1{path}>; {REL}"}
    assert api.get("/entities?type=T", headers=link).status_code == 200

    assert api.delete(path).status_code == 204

    assert api.get(path).status_code == 404
    assert error(api.get("/entities?type=T", headers=link)) == (503, "LdContextNotAvailable")


def test_a_cached_context_is_kept_and_loaded_anew_on_demand(api: Client, elsewhere: str) -> None:
    address = f"{elsewhere}/b"
    link = {"Link": f"<{address}>; {REL}"}
    Files.served["/b"] = {"@context": {"B": "http://example.org/one"}}
    api.post("/entities", {"id": "urn:b:1", "type": "B", "p": prop(1)}, headers=link)
    Files.served["/b"] = {"@context": {"B": "http://example.org/two"}}

    assert api.get("/entities/urn:b:1", headers=link).json()["type"] == "B"
    local = api.get("/jsonldContexts", details="true", kind="Cached").json()
    path = next(f"/jsonldContexts/{one['localId']}" for one in local if one["URL"] == address)
    assert error(api.get(path)) == (422, "OperationNotSupported")
    assert api.get(path, details="true").json()["URL"] == address
    assert api.delete(path, reload="true").status_code == 204
    assert api.get("/entities/urn:b:1", headers=link).json()["type"] == "http://example.org/one"
    del Files.served["/b"]
    assert error(api.delete(path, reload="true")) == (503, "LdContextNotAvailable")
    assert api.delete(path).status_code == 204


def test_only_cached_contexts_are_loaded_anew(api: Client) -> None:
    path = host(api, {"@context": {"T": "http://example.org/T"}})

    assert error(api.delete(path, reload="true")) == (400, "BadRequestData")


@pytest.mark.parametrize("served", [b"no json", {"no": "context"}, [1]])
def test_what_is_served_but_is_no_context_is_not_available(
    api: Client, elsewhere: str, served: Any
) -> None:
    path = f"/broken-{len(str(served))}"
    Files.served[path] = served

    answer = api.get("/entities?type=T", headers={"Link": f"<{elsewhere}{path}>; {REL}"})

    assert error(answer) == (503, "LdContextNotAvailable")


def test_our_own_context_names_what_ships(api: Client, http: Any) -> None:
    found = http.get("/ngsi-ld/context.jsonld")
    own = {"Link": f"<http://localhost/ngsi-ld/context.jsonld>; {REL}"}
    firm = {"id": "urn:firm:own", "type": "Company", "employees": prop(10)}

    assert found.json()["@context"]["Company"] == "urn:chaintwin:ns:Company"
    assert api.post("/entities", firm, headers=own).status_code == 201
    assert api.get("/entities/urn:firm:own", headers=own).json() == firm
