"""Runs in an environment of its own: drives a server with ngsildclient as its users do."""

from __future__ import annotations

import sys

from ngsildclient import Client, Entity

CONTEXT = "https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context.jsonld"


def room(number: int, temperature: float) -> Entity:
    made = Entity("Room", f"drive:{number}", ctx=[CONTEXT])
    made.prop("temperature", temperature)
    made.prop("floor", number)
    made.rel("isPartOf", "Building:drive")
    return made


def drive(client: Client) -> None:
    """Create, read, change, find, subscribe, delete; an AssertionError tells what went wrong."""
    client.delete_where(type="Room")
    assert client.create(room(1, 21.5))
    got = client.get("Room:drive:1")
    assert got["temperature"].value == 21.5, got
    assert client.exists("Room:drive:1")
    assert not client.exists("Room:drive:404")
    assert client.upsert(room(1, 22.5))
    assert client.get("Room:drive:1")["temperature"].value == 22.5
    assert client.update(room(1, 23.5))

    several = client.upsert([room(number, 20.0 + number) for number in range(2, 8)])
    assert several.ok, several
    assert client.count(type="Room") == 7
    warm = client.query(type="Room", q="temperature>24.5")
    assert sorted(one["temperature"].value for one in warm) == [25.0, 26.0, 27.0], warm
    assert len(client.query(type="Room", limit=3)) == 7
    assert "Room" in client.types.list()
    created = client.batch.create([room(8, 28.0), room(1, 1.0)])
    assert (created.n_ok, created.n_err) == (1, 1), created

    history = client.temporal.get("Room:drive:1", attrs=["temperature"], verbose=True)
    assert history["id"].endswith("Room:drive:1"), history

    told = {
        "id": "urn:ngsi-ld:Subscription:drive",
        "type": "Subscription",
        "entities": [{"type": "Room"}],
        "notification": {"endpoint": {"uri": "http://127.0.0.1:9/x", "accept": "application/json"}},
        "@context": [CONTEXT],
    }
    assert client.subscriptions.create(told) == told["id"]
    assert client.subscriptions.exists(told["id"])
    assert [one["id"] for one in client.subscriptions.list()] == [told["id"]]
    assert client.subscriptions.delete(pattern="")
    assert client.subscriptions.list() == []

    client.contexts.add({"@context": {"warmth": "https://example.org/warmth"}})
    assert client.contexts.list()

    assert client.delete(room(8, 28.0))
    assert client.batch.delete([room(6, 0), room(7, 0)]).ok
    client.drop("Room")
    assert client.count(type="Room") == 0


if __name__ == "__main__":
    with Client("127.0.0.1", port=int(sys.argv[1]), verbose=False) as opened:
        drive(opened)
    with Client("127.0.0.1", port=int(sys.argv[1]), tenant="drive", verbose=False) as opened:
        drive(opened)
    print("driven")
