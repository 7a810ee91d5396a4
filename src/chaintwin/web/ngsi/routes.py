"""The routes of the NGSI-LD door, with what each is for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from chaintwin.web.ngsi import (
    attributes,
    batch,
    discovery,
    entities,
    jsonld,
    querying,
    snapshots,
    subscriptions,
    temporal_reading,
    temporal_writing,
)
from chaintwin.web.ngsi.call import Answer, Call
from chaintwin.web.ngsi.errors import NotFound, NotSupported, WrongMethod

_NOT_OFFERED = frozenset({"csourceRegistrations", "csourceSubscriptions", "entityMaps"})

Handler = Callable[[Call], Answer]


@dataclass(frozen=True, slots=True)
class Route:
    """One method of one path; `makes`: a tenant named for the first time is made."""

    method: str
    path: str
    handler: Handler
    makes: bool = False

    @property
    def is_in_snapshots(self) -> bool:
        """Tell whether it may be asked of a snapshot: entities as they are, not their history."""
        return self.segments[0] in {"entities", "entityOperations"}

    @property
    def segments(self) -> list[str]:
        """Return the parts of the path; those in braces are parameters."""
        return [part for part in self.path.split("/") if part]


ROUTES: Sequence[Route] = (
    Route("POST", "/entities", entities.create_entity, makes=True),
    Route("GET", "/entities/{entity}", entities.retrieve_entity),
    Route("PATCH", "/entities/{entity}", entities.merge_entity),
    Route("PUT", "/entities/{entity}", entities.replace_entity),
    Route("DELETE", "/entities/{entity}", entities.delete_entity),
    Route("POST", "/entities/{entity}/attrs", attributes.append_attributes),
    Route("PATCH", "/entities/{entity}/attrs", attributes.update_attributes),
    Route("PATCH", "/entities/{entity}/attrs/{attribute}", attributes.update_attribute),
    Route("PUT", "/entities/{entity}/attrs/{attribute}", attributes.replace_attribute),
    Route("DELETE", "/entities/{entity}/attrs/{attribute}", attributes.delete_attribute),
    Route("GET", "/entities", querying.query_entities),
    Route("DELETE", "/entities", querying.purge_entities),
    Route("POST", "/entityOperations/query", querying.query_by_document),
    Route("POST", "/entityOperations/create", batch.create_batch, makes=True),
    Route("POST", "/entityOperations/upsert", batch.upsert_batch, makes=True),
    Route("POST", "/entityOperations/update", batch.update_batch),
    Route("POST", "/entityOperations/merge", batch.merge_batch),
    Route("POST", "/entityOperations/delete", batch.delete_batch),
    Route("POST", "/snapshots", snapshots.create_snapshot),
    Route("GET", "/snapshots", snapshots.list_snapshots),
    Route("GET", "/snapshots/{snapshot}", snapshots.retrieve_snapshot),
    Route("DELETE", "/snapshots/{snapshot}", snapshots.delete_snapshot),
    Route("POST", "/snapshots/{snapshot}/clone", snapshots.clone_snapshot),
    Route("POST", "/subscriptions", subscriptions.create_subscription, makes=True),
    Route("GET", "/subscriptions", subscriptions.list_subscriptions),
    Route("GET", "/subscriptions/{subscription}", subscriptions.retrieve_subscription),
    Route("PATCH", "/subscriptions/{subscription}", subscriptions.update_subscription),
    Route("DELETE", "/subscriptions/{subscription}", subscriptions.delete_subscription),
    Route("POST", "/temporal/entities", temporal_writing.upsert_evolution, makes=True),
    Route("GET", "/temporal/entities", temporal_reading.query_evolutions),
    Route("GET", "/temporal/entities/{entity}", temporal_reading.retrieve_evolution),
    Route("DELETE", "/temporal/entities/{entity}", temporal_writing.delete_evolution),
    Route("POST", "/temporal/entities/{entity}/attrs", temporal_writing.append_instances),
    Route(
        "DELETE", "/temporal/entities/{entity}/attrs/{attribute}", temporal_writing.delete_series
    ),
    Route(
        "PATCH",
        "/temporal/entities/{entity}/attrs/{attribute}/{instance}",
        temporal_writing.update_instance,
    ),
    Route(
        "DELETE",
        "/temporal/entities/{entity}/attrs/{attribute}/{instance}",
        temporal_writing.delete_instance,
    ),
    Route(
        "POST",
        "/temporal/entityOperations/query",
        temporal_reading.query_evolutions_by_document,
    ),
    Route("GET", "/types", discovery.list_types),
    Route("GET", "/types/{type}", discovery.show_type),
    Route("GET", "/attributes", discovery.list_attributes),
    Route("GET", "/attributes/{attribute}", discovery.show_attribute),
    Route("POST", "/jsonldContexts", jsonld.add_context, makes=True),
    Route("GET", "/jsonldContexts", jsonld.list_contexts),
    Route("GET", "/jsonldContexts/{context}", jsonld.serve_context),
    Route("DELETE", "/jsonldContexts/{context}", jsonld.delete_context),
)


def _refuse(_call: Call) -> Answer:
    raise NotSupported(
        "本系统暂不提供注册与分布式操作。",
        "Registrations and distributed operations are not offered.",
    )


def find(method: str, parts: Sequence[str]) -> tuple[Route | None, dict[str, str]]:
    """Return the route of a request and its parameters; for OPTIONS none, and what is allowed.

    Raises NotFound for an address that there is not, WrongMethod for a method it does not know.
    """
    allowed: dict[str, str] = {}
    if parts and parts[0] in _NOT_OFFERED:
        return Route(method, "/".join(parts), _refuse), {}
    wanted = "GET" if method == "HEAD" else method
    for route in ROUTES:
        values = _match(route.segments, parts)
        if values is None:
            continue
        if route.method == wanted:
            return route, values
        allowed[route.method] = ""
    if not allowed:
        raise NotFound("没有这个地址。", "There is no such address.")
    if method == "OPTIONS":
        return None, dict.fromkeys([*allowed, "OPTIONS"], "")
    error = WrongMethod("该地址不支持这种操作。", "The address does not know this method.")
    error.allowed = ", ".join(allowed)
    raise error


def _match(segments: Sequence[str], parts: Sequence[str]) -> dict[str, str] | None:
    if len(segments) != len(parts):
        return None
    values: dict[str, str] = {}
    for segment, part in zip(segments, parts, strict=True):
        if segment.startswith("{"):
            values[segment[1:-1]] = part
        elif segment != part:
            return None
    return values
