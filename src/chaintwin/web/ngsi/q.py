"""The query language q (clause 4.9): conditions on attributes and their values. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from math import isfinite
from operator import ge, gt, le, lt
from types import MappingProxyType
from typing import Any

from chaintwin.web.ngsi.boolean import Parser, Tree, holds, leaves
from chaintwin.web.ngsi.errors import bad
from chaintwin.web.ngsi.incoming import VALUE_MEMBERS, Entity, Instance, expand_name
from chaintwin.web.ngsi.instants import is_instant, read_instant
from chaintwin.web.ngsi.patterns import Pattern, read_pattern
from chaintwin.web.ngsi.terms import Terms

_OPERATOR = re.compile(r"==|!=|>=|<=|!~=|~=|>|<")
_NAME_END = re.compile(r"[;|()\[\]{}=!<>~,\"]")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
# A hint at the types of what a relationship leads to: `sensor{Device:humidity}`.
_TYPES = re.compile(r"([^\W\d]\w*(?:\s*,\s*[^\W\d]\w*)*):(?!//)")
_DEEPEST = 5
_TIME = re.compile(r"\d\d:\d\d:\d\d(?:[.,]\d+)?Z?")
_ORDERS = {">": gt, "<": lt, ">=": ge, "<=": le}
_SYSTEM = ("createdAt", "modifiedAt", "deletedAt")
_MEMBERS = frozenset({"observedAt", "unitCode", "datasetId", "lang", *_SYSTEM})


@dataclass(frozen=True, slots=True)
class Range:
    """From one value to another, both included."""

    low: Any
    high: Any


@dataclass(frozen=True, slots=True)
class Word:
    """A value that was not quoted: a URI or a name."""

    text: str


@dataclass(frozen=True, slots=True)
class Condition:
    """One term of q: attribute path, path into the value, operator and values (None: exists).

    `linked`: the path is a relationship, and the condition is one on what it leads to, which is of
    one of `types` if there are any.
    """

    path: tuple[str, ...]
    inside: tuple[str, ...] = ()
    operator: str | None = None
    values: tuple[Any, ...] = ()
    terms: Terms | None = None
    linked: Condition | None = None
    types: tuple[str, ...] = ()

    @property
    def depth(self) -> int:
        """Return over how many relationships the path goes."""
        return 0 if self.linked is None else 1 + self.linked.depth


# Entities by their ids: what relationships may lead to.
Linked = Mapping[str, Entity]
_NOTHING: Linked = MappingProxyType({})


def read_q(text: str, terms: Terms) -> Tree[Condition]:
    """Return a query with names expanded; raise BadRequest where it breaks the grammar."""
    return Parser(text, "q", lambda whole, at: _read_condition(whole, at, terms)).parse()


def fits_q(tree: Tree[Condition], entity: Entity, linked: Linked = _NOTHING) -> bool:
    """Tell whether an entity fits a query."""
    return holds(tree, lambda condition: fits_condition(condition, entity, linked))


def depth_of(tree: Tree[Condition] | None) -> int:
    """Return over how many relationships a query reaches."""
    return 0 if tree is None else max(one.depth for one in leaves(tree))


def _read_condition(text: str, at: int, terms: Terms) -> tuple[Condition, int]:
    target, at = _read_target(text, at, terms)
    found = _OPERATOR.match(text, at)
    if found is None:
        return target, at
    operator = found[0]
    values, at = _read_values(text, found.end(), operator)
    return _compared(target, operator, values, terms), at


def _compared(target: Condition, operator: str, values: tuple[Any, ...], terms: Terms) -> Condition:
    """Return a path with what its end is compared with."""
    if target.linked is not None:
        return replace(target, linked=_compared(target.linked, operator, values, terms))
    return replace(target, operator=operator, values=values, terms=terms)


def _read_target(text: str, at: int, terms: Terms, depth: int = 0) -> tuple[Condition, int]:
    """Read `a.b[c]`, or `a{…}`: a path on what a relationship leads to."""
    path, at = _read_path(text, at, terms)
    if text[at : at + 1] == "{":
        return _read_linked(text, at + 1, terms, path, depth)
    inside: tuple[str, ...] = ()
    if text[at : at + 1] == "[":
        end = text.find("]", at)
        inside = tuple(text[at + 1 : end].split(".")) if end > 0 else ()
        if not all(inside) or not inside:
            raise _wrong(text, at)
        at = end + 1
    return Condition(path, inside), at


def _read_linked(
    text: str, at: int, terms: Terms, path: tuple[str, ...], depth: int
) -> tuple[Condition, int]:
    if len(path) > 1 or depth >= _DEEPEST:
        raise _wrong(text, at)
    types: tuple[str, ...] = ()
    told = _TYPES.match(text, at)
    if told is not None:
        types = tuple(expand_name(name.strip(), terms) for name in told[1].split(","))
        at = told.end()
    linked, at = _read_target(text, at, terms, depth + 1)
    if text[at : at + 1] != "}":
        raise _wrong(text, at)
    return Condition(path, linked=linked, types=types), at + 1


def _read_path(text: str, at: int, terms: Terms) -> tuple[tuple[str, ...], int]:
    found = _NAME_END.search(text, at)
    end = found.start() if found else len(text)
    names = text[at:end].strip().split(".")
    if "://" in text[at:end]:
        names = [text[at:end]]
    if not all(names):
        raise _wrong(text, at)
    return tuple(name if name in _MEMBERS else expand_name(name, terms) for name in names), end


def _read_values(text: str, at: int, operator: str) -> tuple[tuple[Any, ...], int]:
    if operator.endswith("~="):
        told, at = _read_pattern_text(text, at)
        return (read_pattern(told),), at
    values = []
    while True:
        low, at = _read_value(text, at)
        if text[at : at + 2] == "..":
            high, at = _read_value(text, at + 2)
            low = Range(low, high)
        values.append(low)
        if text[at : at + 1] != ",":
            break
        at += 1
    if operator not in {"==", "!="} and (len(values) > 1 or isinstance(values[0], Range)):
        raise _wrong(text, at)
    return tuple(values), at


def _read_pattern_text(text: str, at: int) -> tuple[str, int]:
    if text[at : at + 1] == '"':
        told, at = _read_quoted(text, at)
        return told, at
    depth, end = 0, at
    while end < len(text) and not (depth == 0 and text[end] in ";|)"):
        depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(text[end], 0)
        end += 1
    return text[at:end], end


def _read_value(text: str, at: int) -> tuple[Any, int]:
    if text[at : at + 1] == '"':
        return _read_quoted(text, at)
    end = at
    while end < len(text) and text[end] not in ';|),"' and text[end : end + 2] != "..":
        end += 1
    word = text[at:end].strip()
    if not word:
        raise _wrong(text, at)
    return _meaning(word), end


def _read_quoted(text: str, at: int) -> tuple[str, int]:
    parts, at = [], at + 1
    while at < len(text) and text[at] != '"':
        if text[at] == "\\" and text[at + 1 : at + 2] in {'"', "\\"}:
            at += 1
        parts.append(text[at])
        at += 1
    if at >= len(text):
        raise _wrong(text, at)
    return "".join(parts), at + 1


def _meaning(word: str) -> Any:
    if word in {"true", "false"}:
        return word == "true"
    if _NUMBER.fullmatch(word):
        return _read_number(word)
    if is_instant(word):
        return read_instant(word, "q")
    if _DAY.fullmatch(word) or _TIME.fullmatch(word):
        return word
    return Word(word)


def _read_number(word: str) -> int | float:
    number = float(word)
    if not isfinite(number):
        raise bad(f"A number of q is too large: “{word[:40]}…”.", f"q 中的数过大:“{word[:40]}…”。")
    return number if any(sign in word for sign in ".eE") else int(word)


def _wrong(text: str, at: int) -> Exception:
    return bad(
        f"q is not understood from “{text[at:][:40]}” on.", f"q 从“{text[at:][:40]}”起无法识别。"
    )


def fits_condition(condition: Condition, entity: Entity, linked: Linked = _NOTHING) -> bool:
    """Tell whether an entity fits one condition; what it has not never fits."""
    if condition.linked is not None:
        further = condition.linked
        return any(
            fits_condition(further, linked[uri], linked)
            for instance in entity.attributes.get(condition.path[0], ())
            for uri in _objects(instance)
            if uri in linked
            and (not condition.types or set(condition.types) & set(linked[uri].types))
        )
    found = list(_targets(condition, entity))
    if condition.operator is None:
        return bool(found)
    return any(_compare(condition, target) for target in found)


def _objects(instance: Instance) -> list[str]:
    told = instance.get("object", instance.get("objectList")) or []
    return told if isinstance(told, list) else [told]


def plain_values(condition: Condition) -> list[int | float | str] | None:
    """Return what a bare value of an attribute may be compared with; None for other conditions.

    Numbers are compared in any way, texts and truths as equal to one of several.
    """
    if condition.linked is not None or len(condition.path) > 1 or condition.inside:
        return None
    if condition.operator in {None, "!=", "~=", "!~="}:
        return None
    values = condition.values
    if condition.operator != "==":
        number = values[0]
        is_number = isinstance(number, int | float) and not isinstance(number, bool)
        return [number] if is_number else None
    found: list[int | float | str] = []
    for value in values:
        if isinstance(value, bool):
            found.append(str(value).lower())
        elif isinstance(value, int | float):
            found.append(value)
        elif isinstance(value, str | Word):
            text = value if isinstance(value, str) else value.text
            found += [text, condition.terms.expand(text)] if condition.terms else [text]
        else:
            return None
    return found


def _targets(condition: Condition, entity: Entity) -> Iterator[Any]:
    first = condition.path[0]
    if first in _SYSTEM and len(condition.path) == 1:
        told = {"createdAt": entity.created, "modifiedAt": entity.modified}.get(first)
        if told:
            yield told
        return
    for instance in entity.attributes.get(first, ()):
        for value in _in_instance(instance, condition.path[1:]):
            yield from _inside(value, condition.inside)


def _in_instance(instance: Instance, path: tuple[str, ...]) -> Iterator[Any]:
    if not path:
        kind = instance.get("type")
        if kind is not None:
            yield from _plain(instance, kind)
        return
    name, rest = path[0], path[1:]
    if name in _MEMBERS:
        if name in instance and not rest:
            yield instance[name]
        return
    for sub in instance.get("subs", {}).get(name, ()):
        yield from _in_instance(sub, rest)


def _plain(instance: Instance, kind: str) -> Iterator[Any]:
    value = instance.get(VALUE_MEMBERS[kind])
    if isinstance(value, dict) and "@value" in value:
        value = value["@value"]
    yield value


def _inside(value: Any, path: tuple[str, ...]) -> Iterator[Any]:
    if not path:
        yield value
        return
    if isinstance(value, list):
        for one in value:
            yield from _inside(one, path)
    elif isinstance(value, dict):
        keys = list(value) if path[0] == "*" else [path[0]]
        for key in keys:
            if key in value:
                yield from _inside(value[key], path[1:])


def _compare(condition: Condition, target: Any) -> bool:
    operator, values = condition.operator, condition.values
    candidates = _candidates(target)
    if operator == "==":
        return any(_equal(one, value, condition) for one in candidates for value in values)
    if operator == "!=":
        return not any(_equal(one, value, condition) for one in candidates for value in values)
    if operator == "~=":
        return any(_matches(one, values[0]) for one in candidates)
    if operator == "!~=":
        return not any(_matches(one, values[0]) for one in candidates)
    return any(_ordered(one, values[0], str(operator)) for one in candidates)


def _candidates(target: Any) -> list[Any]:
    if isinstance(target, list):
        return [target, *target]
    if isinstance(target, dict):
        return [target, *target.values()]
    return [target]


def _matches(target: Any, pattern: Pattern) -> bool:
    return isinstance(target, str) and pattern.search(target) is not None


def _equal(target: Any, value: Any, condition: Condition) -> bool:
    if isinstance(value, Range):
        return _ordered(target, value.low, ">=") and _ordered(target, value.high, "<=")
    if isinstance(value, Word):
        return isinstance(target, str) and (
            target == value.text
            or (condition.terms is not None and target == condition.terms.expand(value.text))
        )
    if isinstance(value, datetime):
        return _instant_of(target) == value
    if isinstance(value, bool) or isinstance(target, bool):
        return target is value
    if isinstance(value, str) and isinstance(target, str):
        terms = condition.terms
        return target == value or (
            terms is not None and ":" in target and target == terms.expand(value)
        )
    numbers = isinstance(value, int | float) and isinstance(target, int | float)
    return numbers and bool(target == value)


def _ordered(target: Any, value: Any, operator: str) -> bool:
    if isinstance(value, datetime):
        target = _instant_of(target)
        if target is None:
            return False
    elif isinstance(value, Word):
        value = value.text
    if isinstance(value, bool) or isinstance(target, bool):
        return False
    numbers = isinstance(value, int | float) and isinstance(target, int | float)
    texts = isinstance(value, str) and isinstance(target, str)
    if not (numbers or texts or isinstance(value, datetime)):
        return False
    return bool(_ORDERS[operator](target, value))


def _instant_of(target: Any) -> datetime | None:
    if isinstance(target, str) and is_instant(target):
        return read_instant(target, "q")
    return None
