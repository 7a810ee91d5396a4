"""The kinds of bodies and their attributes, as content/kinds declares them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from chaintwin.kit.problems import InputProblem
from chaintwin.model.content import read_folder

BodyClass = Literal[
    "person", "organisation", "natural", "managed", "construction", "item", "vehicle", "other"
]
ValueType = Literal["text", "number", "ref", "date", "data", "geometry", "flag"]


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute of a kind; `authority` lists sources, the most trusted first (一数一源)."""

    name: str
    title: Mapping[str, str]
    type: ValueType
    many: bool = False
    unit: str | None = None
    authority: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of body under one of the eight classes."""

    name: str
    body_class: BodyClass
    title: Mapping[str, str]
    keys: tuple[str, ...]
    attributes: Mapping[str, Attribute] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Kinds:
    """All kinds, found by name."""

    by_name: Mapping[str, Kind]
    many: frozenset[str] = frozenset()

    def is_many(self, attribute: str) -> bool:
        """Tell whether several values of an attribute stand side by side; so in every kind."""
        return attribute in self.many

    def get(self, name: str) -> Kind:
        """Return one kind; raise InputProblem when there is none of that name."""
        try:
            return self.by_name[name]
        except KeyError:
            raise InputProblem(
                f"没有“{name}”这种孪生体。请在 content/kinds 中声明。",
                f"There is no kind “{name}”. Declare it in content/kinds.",
            ) from None

    def attribute(self, kind: str, name: str) -> Attribute:
        """Return one attribute of a kind; raise InputProblem when it is not declared."""
        found = self.get(kind).attributes.get(name)
        if found is None:
            raise InputProblem(
                f"{kind} 没有属性“{name}”。请在 content/kinds/{kind}.yml 中声明。",
                f"{kind} has no attribute “{name}”. Declare it in content/kinds/{kind}.yml.",
            )
        return found


def load_kinds(folder: Path | None = None) -> Kinds:
    """Read every kind of the content folder."""
    kinds = [_kind(raw) for _, raw in read_folder("kinds", folder)]
    many: dict[str, bool] = {}
    for kind in kinds:
        for attribute in kind.attributes.values():
            if many.setdefault(attribute.name, attribute.many) != attribute.many:
                raise InputProblem(
                    f"属性“{attribute.name}”在不同种类中单值、多值不一致,见 {kind.name}。",
                    f"“{attribute.name}” is single in one kind and many in another: {kind.name}.",
                )
    return Kinds(
        {kind.name: kind for kind in kinds},
        frozenset(name for name, several in many.items() if several),
    )


def _kind(raw: Mapping[str, Any]) -> Kind:
    attributes = {
        name: Attribute(
            name=name,
            title=given["title"],
            type=given.get("type", "text"),
            many=given.get("many", False),
            unit=given.get("unit"),
            authority=tuple(given.get("authority", ())),
        )
        for name, given in raw["attributes"].items()
    }
    return Kind(raw["kind"], raw["class"], raw["title"], tuple(raw.get("keys", ())), attributes)
