"""Where JSON-LD contexts come from: what ships, what is hosted here, and what can be fetched.

A context is looked for among those that ship, then among those kept for the tenant, and only then
at its address. Fetching is refused except in open mode and from hosts that CHAINTWIN_CONTEXT_HOSTS
names: whoever may send a request must not make the server ask its neighbours.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
import time
import urllib.request
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Any
from urllib.parse import urlsplit

from chaintwin.engine.database import Connection
from chaintwin.twin.store import contexts as store
from chaintwin.twin.store.contexts import KeptContext
from chaintwin.web.ngsi.errors import ContextUnavailable, bad
from chaintwin.web.ngsi.terms import Terms, core_document, core_terms, is_core, make_terms

OWN_PATH = "/ngsi-ld/context.jsonld"
HOSTED_PATH = "/ngsi-ld/v1/jsonldContexts/"
_HOSTED = re.compile(r"^https?://[^/]+" + re.escape(HOSTED_PATH) + r"([\w\-]+)$")
_OWN = re.compile(r"^https?://[^/]+" + re.escape(OWN_PATH) + r"$")
_MOST_BYTES = 1_000_000
_PATIENCE_S = 5.0
# An address that failed is not asked again for so long.
_SULK_S = 5.0
_MOST_TERMS = 500

Opened = Callable[[], AbstractContextManager[Connection]]


@dataclass(slots=True)
class Usage:
    """How often a context was used since the server started, and when last."""

    hits: int = 0
    last: datetime | None = None


class Contexts:
    """Resolves contexts to terms for every tenant, and keeps what was fetched."""

    def __init__(self, own: dict[str, Any], *, is_open: bool) -> None:
        self.own = own
        self._is_open = is_open
        self._terms: dict[tuple[int, str], tuple[Terms, frozenset[str]]] = {}
        self._failed: dict[str, float] = {}
        self._usage: dict[tuple[int, str], Usage] = {}
        self._implicit: set[tuple[int, str]] = set()
        self._lock = Lock()

    def terms(self, given: Any, tenant: int, now: datetime, opened: Opened) -> Terms:
        """Return the terms of a context as a caller gave it.

        Raises BadRequest for what is no context, ContextUnavailable for one that cannot be had.
        """
        if given is None or (isinstance(given, str) and is_core(given)):
            return core_terms()
        key = (tenant, json.dumps(given, sort_keys=True))
        known = self._terms.get(key)
        if known is None:
            used: set[str] = set()

            def fetch(address: str) -> Any:
                used.add(address)
                return self._fetch(address, tenant, now, opened)

            known = (make_terms(given, fetch), frozenset(used))
            with self._lock:
                if len(self._terms) >= _MOST_TERMS:
                    self._terms.clear()
                self._terms[key] = known
        for address in known[1]:
            self.note(tenant, address, now)
        return known[0]

    def usage(self, tenant: int, context: KeptContext) -> Usage:
        """Return how often a context was used."""
        return self._usage.get((tenant, _key(context.address)), Usage())

    def forget(self, tenant: int) -> None:
        """Forget terms of a tenant, after a context of its changed."""
        with self._lock:
            self._terms = {key: known for key, known in self._terms.items() if key[0] != tenant}
            self._implicit = {key for key in self._implicit if key[0] != tenant}
            self._failed.clear()

    def download(self, address: str) -> Any:
        """Return the document at an address; raise ContextUnavailable when it cannot be had."""
        if not self._may_ask(address):
            raise _unavailable(address)
        if time.monotonic() - self._failed.get(address, -_SULK_S) < _SULK_S:
            raise _unavailable(address)
        try:
            request = urllib.request.Request(  # noqa: S310 - only http and https pass _may_ask
                address, headers={"Accept": "application/ld+json, application/json;q=0.9"}
            )
            with urllib.request.urlopen(request, timeout=_PATIENCE_S) as answer:  # noqa: S310
                found = json.loads(answer.read(_MOST_BYTES))
        except (OSError, ValueError, RecursionError) as error:
            self._failed[address] = time.monotonic()
            raise _unavailable(address) from error
        check_document(found, ContextUnavailable)
        return found

    def keep_implicit(
        self, given: Any, base: str, tenant: int, now: datetime, opened: Opened
    ) -> str:
        """Keep a context that a caller sent inline, and return the address it now has."""
        text = json.dumps(given, sort_keys=True)
        name = hashlib.sha256(text.encode()).hexdigest()[:24]
        address = base + HOSTED_PATH + name
        if (tenant, name) not in self._implicit:
            kept = KeptContext(name, address, "ImplicitlyCreated", {"@context": given}, now)
            with opened() as connection:
                if store.find_context(connection, name) is None:
                    store.keep_context(connection, tenant, kept)
            self._implicit.add((tenant, name))
        return address

    def _fetch(self, address: str, tenant: int, now: datetime, opened: Opened) -> Any:
        if _OWN.match(address):
            return self.own["@context"]
        local = _HOSTED.match(address)
        with opened() as connection:
            kept = store.find_context(connection, local[1] if local else address)
        if kept is None:
            if local:
                raise _unavailable(address)
            body = self.download(address)
            kept = KeptContext(make_name(), address, "Cached", body, now)
            with opened() as connection:
                store.keep_context(connection, tenant, kept)
        return kept.body["@context"]

    def note(self, tenant: int, address: str, now: datetime) -> None:
        """Count one use of a context."""
        used = self._usage.setdefault((tenant, _key(address)), Usage())
        used.hits += 1
        used.last = now

    def _may_ask(self, address: str) -> bool:
        parts = urlsplit(address)
        if parts.scheme not in {"http", "https"}:
            return False
        hosts = os.environ.get("CHAINTWIN_CONTEXT_HOSTS", "").split(",")
        return self._is_open or parts.netloc in {host.strip() for host in hosts if host.strip()}


def make_name() -> str:
    """Return a new local name of a context."""
    return secrets.token_hex(12)


def check_document(found: Any, error: type[Exception] | None = None) -> None:
    """Raise unless a document is a JSON object with a @context."""
    if isinstance(found, dict) and isinstance(found.get("@context"), dict | list | str):
        return
    zh, en = "文档不是含 @context 的 JSON 对象。", "The document is no object with a @context."
    raise bad(en, zh) if error is None else error(zh, en)


def core_is(name: str) -> dict[str, Any] | None:
    """Return the core context when an address names it."""
    return core_document() if is_core(name) else None


def _key(address: str) -> str:
    """Hosted contexts are known by their local name, whatever host a caller wrote."""
    local = _HOSTED.match(address)
    return local[1] if local else address


def _unavailable(address: str) -> ContextUnavailable:
    return ContextUnavailable(
        f"无法取得 @context“{address}”。请先用 POST /ngsi-ld/v1/jsonldContexts 存入本系统。",
        f"The @context “{address}” cannot be had. Host it here by POST /ngsi-ld/v1/jsonldContexts.",
    )
