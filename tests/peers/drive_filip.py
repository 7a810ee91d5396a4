"""Runs in an environment of its own: drives a server with FiLiP as its users do."""

from __future__ import annotations

import sys

from filip.clients.ngsi_ld.cb import ContextBrokerLDClient
from filip.models.base import FiwareLDHeader
from filip.models.ngsi_ld.context import ActionTypeLD, ContextLDEntity, ContextProperty
from filip.models.ngsi_ld.subscriptions import SubscriptionLD


def room(number: int, temperature: float) -> ContextLDEntity:
    return ContextLDEntity(
        id=f"urn:ngsi-ld:Room:filip:{number}",
        type="Room",
        temperature={"type": "Property", "value": temperature},
    )


def drive(client: ContextBrokerLDClient) -> None:
    """Create, read, change, find, subscribe, delete; an AssertionError tells what went wrong."""
    for old in client.get_entity_list(entity_type="Room"):
        client.delete_entity_by_id(old.id)
    client.post_entity(room(1, 21.5))
    assert client.get_entity(room(1, 0).id).temperature.value == 21.5
    client.post_entity(room(1, 22.5), update=True)
    assert client.get_entity(room(1, 0).id).temperature.value == 22.5
    client.update_entity_attribute(
        room(1, 0).id, ContextProperty(value=23.5, type="Property"), "temperature"
    )
    plain = client.get_entity(room(1, 0).id, options="keyValues")
    assert plain.temperature == 23.5, plain
    more = ContextLDEntity(id=room(1, 0).id, type="Room", pressure={"type": "Property", "value": 7})
    client.append_entity_attributes(more)
    client.delete_attribute(room(1, 0).id, "pressure")
    assert not hasattr(client.get_entity(room(1, 0).id), "pressure")
    client.replace_existing_attributes_of_entity(room(1, 24.5))

    many = [room(number, 20.0 + number) for number in range(2, 8)]
    client.entity_batch_operation(entities=many, action_type=ActionTypeLD.CREATE)
    client.entity_batch_operation(entities=many, action_type=ActionTypeLD.UPSERT, options="update")
    assert len(client.get_entity_list(entity_type="Room")) == 7
    warm = client.get_entity_list(entity_type="Room", q="temperature>24.9")
    assert len(warm) == 3, warm
    assert len(client.get_entity_list(id_pattern="urn:ngsi-ld:Room:filip:.*")) == 7

    told = SubscriptionLD.model_validate(
        {
            "id": "urn:ngsi-ld:Subscription:filip",
            "type": "Subscription",
            "entities": [{"type": "Room"}],
            "notification": {
                "endpoint": {"uri": "http://127.0.0.1:9/x", "accept": "application/json"}
            },
        }
    )
    assert client.post_subscription(told) == told.id
    assert [one.id for one in client.get_subscription_list()] == [told.id]
    assert client.get_subscription(told.id).id == told.id
    client.update_subscription(told)
    client.delete_subscription(told.id)
    assert client.get_subscription_list() == []

    client.entity_batch_operation(entities=many, action_type=ActionTypeLD.DELETE)
    client.delete_entity_by_id(room(1, 0).id)
    assert client.get_entity_list(entity_type="Room") == []


if __name__ == "__main__":
    base = f"http://127.0.0.1:{sys.argv[1]}"
    drive(ContextBrokerLDClient(url=base))
    drive(ContextBrokerLDClient(url=base, fiware_header=FiwareLDHeader(ngsild_tenant="filip")))
    print("driven")
