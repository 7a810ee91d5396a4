"""One request of the NGSI-LD door: its parameters, its body, and the names it speaks with."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote

from chaintwin.web.ngsi.errors import InvalidRequest, NotAcceptable, WrongMedia, bad
from chaintwin.web.ngsi.terms import CORE_URL, Terms, core_terms, is_core

JSON = "application/json"
LD_JSON = "application/ld+json"
GEO_JSON = "application/geo+json"
MERGE_JSON = "application/merge-patch+json"
CONTEXT_REL = "http://www.w3.org/ns/json-ld#context"
_LINK = re.compile(r"\s*<([^>]*)>\s*((?:;[^,]*)?)")
_REL = re.compile(r";\s*rel\s*=\s*\"?([^\";]+)\"?")
_LARGEST = 1e300

MakeTerms = Callable[[Any], Terms]


@dataclass(slots=True)
class Asked:
    """A request as it came; `query` keeps the last value of each parameter."""

    method: str
    path: str
    query: dict[str, str]
    headers: Mapping[str, str]
    content: bytes = b""
    base: str = ""
    _options: frozenset[str] | None = field(default=None)

    @property
    def options(self) -> frozenset[str]:
        """Return what stands in `options`, and `format` beside it."""
        if self._options is None:
            told = self.query.get("options", "").split(",") + self.query.get("format", "").split(
                ","
            )
            self._options = frozenset(one.strip() for one in told if one.strip())
        return self._options

    def flag(self, name: str) -> bool:
        """Return a parameter that is true or false; raise BadRequest for anything else."""
        told = self.query.get(name, "false").lower()
        if told not in {"true", "false"}:
            raise bad(f"{name} is true or false.", f"参数 {name} 应为 true 或 false。")
        return told == "true"

    def listed(self, name: str) -> list[str]:
        """Return the parts of a parameter that lists names, none if it is absent."""
        told = self.query.get(name)
        return [] if told is None else [one.strip() for one in told.split(",") if one.strip()]

    def whole_number(self, name: str, default: int, least: int, most: int) -> int:
        """Return a whole number; raise BadRequest outside its bounds."""
        told = self.query.get(name)
        if told is None:
            return default
        if not re.fullmatch(r"-?\d{1,12}", told) or not least <= int(told) <= most:
            raise bad(
                f"{name} is a whole number from {least} to {most}.",
                f"参数 {name} 应为 {least} 到 {most} 的整数。",
            )
        return int(told)

    @property
    def media(self) -> str:
        """Return the media type of the body."""
        return self.headers.get("content-type", "").split(";")[0].strip().lower()


def parse_query(raw: bytes) -> dict[str, str]:
    """Return the parameters of a query string; raise BadRequest where it is no text."""
    try:
        return dict(parse_qsl(raw.decode("ascii"), keep_blank_values=True, errors="strict"))
    except (UnicodeDecodeError, ValueError):
        raise bad("The query string is no UTF-8.", "查询参数不是有效的 UTF-8。") from None


def parse_path(raw: str) -> list[str]:
    """Return the decoded parts of a path below /ngsi-ld/v1."""
    try:
        return [unquote(part, errors="strict") for part in raw.split("/") if part]
    except UnicodeDecodeError:
        raise bad("The address is no UTF-8.", "地址不是有效的 UTF-8。") from None


def read_json(content: bytes) -> Any:
    """Return a body as JSON; raise InvalidRequest where it is none."""
    if not content.strip():
        raise InvalidRequest("请求没有内容。", "The request has no body.")
    try:
        return json.loads(content.decode("utf-8"), parse_constant=_no_constant, parse_float=_float)
    except (ValueError, RecursionError):
        raise InvalidRequest("请求内容不是有效的 JSON。", "The body is no valid JSON.") from None


def _no_constant(name: str) -> Any:
    raise ValueError(name)


def _float(text: str) -> float:
    number = float(text)
    if abs(number) > _LARGEST:
        raise ValueError(text)
    return number


def read_body(
    asked: Asked, make: MakeTerms, *, takes: frozenset[str] = frozenset({JSON, LD_JSON})
) -> tuple[Any, Terms]:
    """Return the body without its @context, and the terms it speaks with (clause 6.3.5).

    Raises WrongMedia, InvalidRequest, and BadRequest where @context and Link do not fit the type.
    """
    if asked.media not in takes:
        raise WrongMedia(
            f"不支持内容类型“{asked.media or '(无)'}”。请用 application/json 或 ld+json。",
            f"The type “{asked.media or '(none)'}” is not taken. Send application/json or ld+json.",
        )
    given = read_json(asked.content)
    link = link_context(asked.headers)
    if asked.media == LD_JSON:
        return _with_context(given, link, make)
    if _has_context(given):
        raise bad(
            "application/json carries no @context; use the Link header or application/ld+json.",
            "application/json 的内容不能含 @context；请用 Link 头或 application/ld+json。",
        )
    return given, make(link) if link else core_terms()


def _has_context(given: Any) -> bool:
    items = given if isinstance(given, list) else [given]
    return any(isinstance(one, dict) and "@context" in one for one in items)


def _with_context(given: Any, link: str | None, make: MakeTerms) -> tuple[Any, Terms]:
    if link is not None:
        raise bad(
            "application/ld+json and a Link header to a @context exclude each other.",
            "application/ld+json 与指向 @context 的 Link 头不能同时使用。",
        )
    if isinstance(given, list):
        # Each entity of a batch carries its own; they are read one by one.
        # A list of ids names nothing that a context could expand.
        if not all("@context" in one for one in given if isinstance(one, dict)):
            raise bad(
                "application/ld+json needs a @context.", "application/ld+json 须含 @context。"
            )
        return given, core_terms()
    if not isinstance(given, dict) or "@context" not in given:
        raise bad("application/ld+json needs a @context.", "application/ld+json 须含 @context。")
    rest = {name: value for name, value in given.items() if name != "@context"}
    return rest, make(given["@context"])


def link_context(headers: Mapping[str, str]) -> str | None:
    """Return the context that a Link header names; raise BadRequest for more than one."""
    found = []
    for match in _LINK.finditer(headers.get("link", "")):
        rel = _REL.search(match[2])
        if rel is not None and rel[1].strip() == CONTEXT_REL:
            found.append(match[1].strip())
    if len(found) > 1:
        raise bad("There may be one Link to a @context.", "指向 @context 的 Link 只能有一个。")
    return found[0] if found else None


def accepted(asked: Asked, offers: tuple[str, ...] = (JSON, LD_JSON)) -> str:
    """Return the media type to answer in; raise NotAcceptable when none fits."""
    told = asked.headers.get("accept", "").strip()
    if not told:
        return offers[0]
    best, best_rank = None, (0.0, 0)
    for part in told.split(","):
        pattern, _, rest = part.partition(";")
        weight, precise = _weight(rest), _precision(pattern.strip().lower())
        for offer in offers:
            if _fits(pattern.strip().lower(), offer) and (weight, precise) > best_rank:
                best, best_rank = offer, (weight, precise)
    if best is None:
        raise NotAcceptable(
            f"无法按“{told}”给出答复。可用:{'、'.join(offers)}。",
            f"“{told}” cannot be given. There are {', '.join(offers)}.",
        )
    return best


def _weight(rest: str) -> float:
    found = re.search(r"q\s*=\s*([\d.]+)", rest)
    try:
        return float(found[1]) if found else 1.0
    except ValueError:
        return 1.0


def _precision(pattern: str) -> int:
    return 3 - pattern.count("*")


def _fits(pattern: str, offer: str) -> bool:
    return pattern in ("*/*", "application/*", offer)


def shown_context(terms: Terms) -> Any:
    """Return the @context of an answer: what the caller named, then the core context."""
    given = terms.given
    if given is None or given == [] or (isinstance(given, str) and is_core(given)):
        return CORE_URL if given in (None, []) else given
    listed = given if isinstance(given, list) else [given]
    if any(isinstance(one, str) and is_core(one) for one in listed):
        return given
    return [*listed, CORE_URL]


def context_link(address: str) -> str:
    """Return the Link header that names the @context of an answer."""
    return f'<{address}>; rel="{CONTEXT_REL}"; type="{LD_JSON}"'
