"""JSON-LD contexts as term maps: names are expanded and compacted, values never touched.

A general JSON-LD processor would change values (`[1]` becomes `1`, nested nulls vanish), so only
the maps from terms to IRIs are built here (JSON-LD 1.1, sections 4.1, 6.1; NGSI-LD clause 5.5.7).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from chaintwin.model.content import content_folder, read_yaml
from chaintwin.web.ngsi.errors import bad

DEFAULT_VOCAB = "https://uri.etsi.org/ngsi-ld/default-context/"
CORE_ADDRESS = "https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context"
CORE_URL = f"{CORE_ADDRESS}-v1.8.jsonld"
NULL = "urn:ngsi-ld:null"
_MAY_PREFIX = (":", "/", "?", "#", "[", "]", "@")
_MOST_NESTED = 20
_FRAME = {
    "@version": 1.1,
    "@protected": True,
    "ngsi-ld": "https://uri.etsi.org/ngsi-ld/",
    "geojson": "https://purl.org/geojson/vocab#",
    "id": "@id",
    "type": "@type",
}

# Returns what stands under "@context" of the document at an address.
Fetch = Callable[[str], Any]


@dataclass(frozen=True, slots=True)
class Terms:
    """One context as names are read and written with it; `given` is what the caller named."""

    forward: Mapping[str, str]
    backward: Mapping[str, str]
    prefixes: Mapping[str, str]
    given: Any = None
    _seen: dict[str, str] = field(default_factory=dict, compare=False)
    _said: dict[str, str] = field(default_factory=dict, compare=False)

    def expand(self, name: str) -> str:
        """Return the IRI a name stands for."""
        found = self._seen.get(name)
        if found is None:
            found = self._seen[name] = self._expand(name)
        return found

    def compact(self, iri: str) -> str:
        """Return the name by which a caller knows an IRI."""
        found = self._said.get(iri)
        if found is None:
            found = self._said[iri] = self._compact(iri)
        return found

    def _expand(self, name: str) -> str:
        if name in self.forward:
            return self.forward[name]
        prefix, colon, rest = name.partition(":")
        if colon:
            known = self.forward.get(prefix)
            return known + rest if known is not None and not rest.startswith("//") else name
        return DEFAULT_VOCAB + name

    def _compact(self, iri: str) -> str:
        term = self.backward.get(iri)
        if term is not None:
            return term
        if iri.startswith(DEFAULT_VOCAB):
            rest = iri[len(DEFAULT_VOCAB) :]
            if rest and rest not in self.forward:
                return rest
        shortened = [
            f"{prefix}:{iri[len(base) :]}"
            for prefix, base in self.prefixes.items()
            if iri.startswith(base) and len(iri) > len(base)
        ]
        usable = [one for one in shortened if one not in self.forward]
        return min(usable, key=lambda one: (len(one), one)) if usable else iri


def make_terms(given: Any, fetch: Fetch) -> Terms:
    """Return the terms of a context as given (address, object, list); the core context rules.

    Raises BadRequest for what is no context; `fetch` raises ContextUnavailable.
    """
    raw: dict[str, Any] = {}
    _gather(given, fetch, raw, 0)
    core = core_raw()
    forward = _resolve({**raw, **core})
    own = {term: iri for term, iri in forward.items() if term not in core}
    backward: dict[str, str] = {}
    for term in sorted(own, key=lambda term: (-len(term), term), reverse=False):
        backward[own[term]] = term
    for term in sorted(core, key=lambda term: (-len(term), term)):
        if term in forward and not forward[term].startswith("@"):
            backward[forward[term]] = term
    prefixes = {
        term: iri
        for term, iri in forward.items()
        if iri.endswith(_MAY_PREFIX) and not iri.startswith("@")
    }
    return Terms(forward, backward, prefixes, given)


@cache
def core_document() -> dict[str, Any]:
    """Return the core context as a JSON-LD document, built from the rules that ship."""
    told = read_yaml(content_folder() / "ngsi" / "core_context.yml")
    meanings: dict[str, str] = {term: f"ngsi-ld:{term}" for term in told["plain"]}
    meanings |= {term: f"geojson:{term}" for term in told["geojson"]} | told["named"]
    more: dict[str, dict[str, str]] = {}
    for member, groups in (("@type", told["types"]), ("@container", told["containers"])):
        for value, terms in groups.items():
            for term in terms:
                more.setdefault(term, {})[member] = value
    known = {
        term: {"@id": iri, **more[term]} if term in more else iri
        for term, iri in sorted(meanings.items())
    }
    return {"@context": {**_FRAME, **known, "@vocab": DEFAULT_VOCAB}}


@cache
def core_raw() -> dict[str, Any]:
    """Return the definitions of the core context by term."""
    terms = core_document()["@context"]
    return {term: given for term, given in terms.items() if not term.startswith("@")}


@cache
def core_terms() -> Terms:
    """Return the terms that hold when a caller names no context."""
    return make_terms(None, _fetch_nothing)


def is_core(address: str) -> bool:
    """Tell whether an address names the core context in any version."""
    return address.startswith(CORE_ADDRESS)


def _fetch_nothing(address: str) -> Any:
    raise AssertionError(address)


def _gather(given: Any, fetch: Fetch, raw: dict[str, Any], depth: int) -> None:
    if depth > _MOST_NESTED:
        raise bad("The @context is nested too deeply.", "@context 嵌套过深。")
    if given is None:
        return
    if isinstance(given, list):
        for one in given:
            _gather(one, fetch, raw, depth + 1)
    elif isinstance(given, str):
        if not is_address(given):
            raise bad(f"“{given}” is no address of a @context.", f"“{given}”不是 @context 的地址。")
        if not is_core(given):
            _gather(fetch(given), fetch, raw, depth + 1)
    elif isinstance(given, dict):
        _gather_terms(given, raw)
    else:
        raise bad(
            "A @context is an address, an object or a list.", "@context 应为地址、对象或列表。"
        )


def _gather_terms(given: dict[str, Any], raw: dict[str, Any]) -> None:
    for term, meaning in given.items():
        if term.startswith("@"):
            continue
        if meaning is not None and not isinstance(meaning, str | dict):
            raise bad(
                f"The term “{term}” of the @context has no meaning.", f"@context 中“{term}”无效。"
            )
        raw[term] = meaning


def is_address(text: str) -> bool:
    """Tell whether a text looks like the address of a context."""
    return text.startswith(("http://", "https://", "urn:", "file:")) and " " not in text


def _resolve(raw: Mapping[str, Any]) -> dict[str, str]:
    done: dict[str, str] = {}
    for term in raw:
        _resolve_term(term, raw, done, ())
    return done


def _resolve_term(
    term: str, raw: Mapping[str, Any], done: dict[str, str], above: tuple[str, ...]
) -> str | None:
    if term in done:
        return done[term]
    if term in above:
        raise bad(f"The term “{term}” refers to itself.", f"@context 中“{term}”循环引用。")
    meaning = raw[term]
    iri = meaning.get("@id", term) if isinstance(meaning, dict) else meaning
    if not isinstance(iri, str):
        return None
    found = _resolve_iri(iri, term, raw, done, above)
    done[term] = found
    return found


def _resolve_iri(
    iri: str, term: str, raw: Mapping[str, Any], done: dict[str, str], above: tuple[str, ...]
) -> str:
    if iri.startswith("@"):
        return iri
    prefix, colon, rest = iri.partition(":")
    if colon:
        if prefix in raw and prefix != term and not rest.startswith("//"):
            base = _resolve_term(prefix, raw, done, (*above, term))
            return iri if base is None else base + rest
        return iri
    if iri in raw and iri != term:
        return _resolve_term(iri, raw, done, (*above, term)) or DEFAULT_VOCAB + iri
    return DEFAULT_VOCAB + iri
