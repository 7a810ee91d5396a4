"""Hosting of JSON-LD contexts (clause 5.13)."""

from __future__ import annotations

from typing import Any

from chaintwin.twin.store import contexts as store
from chaintwin.twin.store.contexts import KeptContext
from chaintwin.web.ngsi.asked import JSON, LD_JSON, accepted, read_json
from chaintwin.web.ngsi.call import Answer, Call
from chaintwin.web.ngsi.contexts import HOSTED_PATH, check_document, make_name
from chaintwin.web.ngsi.desk import READ, WRITE, require
from chaintwin.web.ngsi.errors import NotFound, NotSupported, WrongMedia, bad
from chaintwin.web.ngsi.instants import write_instant
from chaintwin.web.ngsi.terms import make_terms

_KINDS = ("Cached", "Hosted", "ImplicitlyCreated")


def add_context(call: Call) -> Answer:
    """Host a context; its address comes back in Location."""
    require(call.asker, WRITE)
    if call.asked.media not in {JSON, LD_JSON}:
        raise WrongMedia("请用 application/json 或 application/ld+json。", "Send application/json.")
    given = read_json(call.asked.content)
    check_document(given)
    # Read once, so that what is broken is refused now and not when it is used.
    make_terms(given["@context"], _fetcher(call))
    name = make_name()
    kept = KeptContext(
        name, call.asked.base + HOSTED_PATH + name, "Hosted", given, call.twin.clock.now()
    )
    with call.twin.database.transaction(call.asker.settings()) as connection:
        store.keep_context(connection, call.asker.tenant, kept)
    return Answer(201, headers={"Location": HOSTED_PATH + name})


def _fetcher(call: Call) -> Any:
    def fetch(address: str) -> Any:
        call.make_terms(address)
        return {}

    return fetch


def list_contexts(call: Call) -> Answer:
    """List the addresses of contexts, or what is known of each with details=true."""
    require(call.asker, READ)
    accepted(call.asked)
    details = call.asked.flag("details")
    kind = call.asked.query.get("kind")
    if kind is not None and kind not in _KINDS:
        raise bad(f"kind is one of {', '.join(_KINDS)}.", f"kind 只能是 {'、'.join(_KINDS)}。")
    with call.twin.database.transaction(call.asker.settings()) as connection:
        kept = store.list_contexts(connection)
    chosen = [one for one in kept if kind is None or one.kind == kind]
    return Answer(200, [_told(call, one) if details else one.address for one in chosen])


def serve_context(call: Call) -> Answer:
    """Return a context, or what is known of it with details=true."""
    require(call.asker, READ)
    accepted(call.asked)
    details = call.asked.flag("details")
    found = _find(call)
    if details:
        return Answer(200, _told(call, found))
    if found.kind == "Cached":
        raise NotSupported(
            f"这是缓存的 @context，请从原地址 {found.address} 读取。",
            f"This @context is only cached here. Read it at {found.address}.",
        )
    call.contexts.note(call.asker.tenant, found.address, call.twin.clock.now())
    return Answer(200, found.body, LD_JSON if accepted(call.asked) == LD_JSON else JSON)


def delete_context(call: Call) -> Answer:
    """Delete a context; with reload=true fetch a cached one anew instead."""
    require(call.asker, WRITE)
    reloads = call.asked.flag("reload")
    found = _find(call)
    if reloads and found.kind != "Cached":
        raise bad("Only cached contexts are loaded anew.", "只有缓存的 @context 才能重新加载。")
    body = call.contexts.download(found.address) if reloads else None
    with call.twin.database.transaction(call.asker.settings()) as connection:
        if body is None:
            store.drop_context(connection, found.id)
        else:
            renewed = KeptContext(found.id, found.address, "Cached", body, call.twin.clock.now())
            store.keep_context(connection, call.asker.tenant, renewed)
    call.contexts.forget(call.asker.tenant)
    return Answer(204)


def _find(call: Call) -> KeptContext:
    name = call.parts["context"]
    with call.twin.database.transaction(call.asker.settings()) as connection:
        found = store.find_context(connection, name)
    if found is None:
        raise NotFound(f"没有 @context“{name}”。", f"There is no @context “{name}”.")
    return found


def _told(call: Call, kept: KeptContext) -> dict[str, Any]:
    used = call.contexts.usage(call.asker.tenant, kept)
    told = {
        "URL": kept.address,
        "localId": kept.id,
        "kind": kept.kind,
        "timestamp": write_instant(kept.made_at),
        "numberOfHits": used.hits,
        "extraInfo": {},
    }
    return told if used.last is None else told | {"lastUsage": write_instant(used.last)}
