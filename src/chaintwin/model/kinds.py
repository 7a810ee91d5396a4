"""The kinds of bodies and their attributes: those shipped in content/kinds and a tenant's own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, get_args

from chaintwin.kit.codes import CHECKS, CodeType
from chaintwin.kit.problems import ConflictProblem, InputProblem
from chaintwin.model.content import read_folder
from chaintwin.model.fact import Label

BodyClass = Literal[
    "person", "organisation", "natural", "managed", "construction", "item", "vehicle", "other"
]
# “any” takes whatever comes: the type of attributes that nobody declared beforehand.
ValueType = Literal["text", "number", "ref", "date", "data", "geometry", "flag", "any"]

KIND = "Kind"
KIND_KEY = "kind_name"
# What a place states about its own order of sources is kept as bodies of this kind.
AUTHORITY = "Authority"
# Kinds of which facts are stated by acts of their own alone, never as plain values.
GUARDED = frozenset({KIND, AUTHORITY})

_CLASSES = frozenset(get_args(BodyClass))
_TYPES = frozenset(get_args(ValueType))
_KIND_NAME = re.compile(r"[A-Z][A-Za-z0-9]{0,59}")
_ATTRIBUTE_NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")
# What RFC 3987 leaves out of an IRI; a “|” in a name would also be taken for a slash in the store.
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`\x00-\x1f\x7f]{1,500}")


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute of a kind; `authority` lists sources, the most trusted first (一数一源).

    Values are never stored with a lower secrecy label than `label`; `check` names the rule that a
    code must meet; `own` tells that a tenant declared the attribute, `withdrawn` that it takes no
    more values.
    """

    name: str
    title: Mapping[str, str]
    type: ValueType
    many: bool = False
    unit: str | None = None
    authority: tuple[str, ...] = ()
    label: Label = Label.PUBLIC
    check: CodeType | None = None
    own: bool = False
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class Balance:
    """What a number of a body must agree with.

    `parts`: its own attributes, which come to `total`. `of`, `by`, `part`: bodies of another kind
    that name it, whose numbers do not exceed `total`; those that others are made of, as `without`
    tells, do not count any more. `by` alone: bodies of the same kind that are made of others, as
    many in sum as those were.
    """

    total: str
    parts: tuple[str, ...] = ()
    of: str | None = None
    by: str | None = None
    part: str | None = None
    without: str | None = None


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of body under one of the eight classes; an open one takes attributes as they come.

    Of a withdrawn one nothing more is stated; what was stays readable.
    """

    name: str
    body_class: BodyClass
    title: Mapping[str, str]
    keys: tuple[str, ...] = ()
    attributes: Mapping[str, Attribute] = field(default_factory=dict)
    own: bool = False
    is_open: bool = False
    withdrawn: bool = False
    balances: tuple[Balance, ...] = ()

    @property
    def is_guarded(self) -> bool:
        """Tell whether its facts are stated by acts of their own alone (kinds, authority)."""
        return self.name in GUARDED


@dataclass(frozen=True, slots=True)
class Kinds:
    """All kinds of one reader, found by name; `authority` holds its own orders by attribute."""

    by_name: Mapping[str, Kind]
    many: frozenset[str] = frozenset()
    authority: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def is_many(self, attribute: str) -> bool:
        """Tell whether several values of an attribute stand side by side; so in every kind."""
        return attribute in self.many

    def get(self, name: str) -> Kind:
        """Return one kind; raise InputProblem when there is none of that name."""
        try:
            return self.by_name[name]
        except KeyError:
            raise InputProblem(
                f"没有“{name}”这种孪生体。请核对名称,或先在“数据 → 孪生体 → 种类”中添加。",
                f"There is no kind “{name}”. Check the name, or add it under Data → Twin bodies → "
                "Kinds.",
            ) from None

    def check_new(self, name: str) -> None:
        """Raise ConflictProblem when there is a kind of that name."""
        there = self.by_name.get(name)
        if there is not None:
            zh, en = there.title.get("zh", name), there.title.get("en", name)
            raise ConflictProblem(
                f"已有种类“{name}”({zh})。请换一个名称,或给它添加属性。",
                f"There is a kind “{name}” ({en}) already. Choose another name, or add "
                "attributes to it.",
            )

    def known(self, name: str) -> Kind:
        """Return one kind, or an undeclared one of class other: what a reader is shown."""
        return self.by_name.get(name) or open_kind(name)

    def attribute(self, kind: str, name: str) -> Attribute:
        """Return one attribute of a kind; raise InputProblem when it is not declared."""
        found = self.get(kind).attributes.get(name)
        if found is None:
            title = self.get(kind).title
            raise InputProblem(
                f"{title.get('zh', kind)}({kind})没有属性“{name}”。"
                "请核对名称,或先在“数据 → 孪生体 → 种类”中添加。",
                f"{kind} has no attribute “{name}”. Check the name, or add it under Data → Twin "
                "bodies → Kinds.",
            )
        return found

    def overlaid(self, own: Iterable[Kind]) -> Kinds:
        """Return these kinds with others laid over them; what is there already stays as it is."""
        by_name, many = dict(self.by_name), set(self.many)
        for kind in own:
            there = by_name.get(kind.name)
            first = there.attributes if there is not None else {}
            base = there if there is not None else kind
            by_name[kind.name] = replace(base, attributes={**kind.attributes, **first})
            many |= {name for name, one in kind.attributes.items() if one.many}
        return replace(self, by_name=by_name, many=frozenset(many))

    def with_own(self, kind: Kind) -> Kinds:
        """Return these kinds with one that a tenant declares: a new one, or more of one's own.

        Raises InputProblem for names, classes and types that cannot be, and ConflictProblem for
        what would change a shipped kind or the meaning of values that are stored already.
        """
        _check_kind(kind)
        there = self.by_name.get(kind.name)
        for attribute in kind.attributes.values():
            self._check_attribute(there, attribute)
        if there is None:
            return self.overlaid([kind])
        merged = {**there.attributes, **kind.attributes}
        base = kind if there.own else there
        is_open = there.is_open or kind.is_open
        changed = replace(base, attributes=merged, is_open=is_open, withdrawn=kind.withdrawn)
        rest = {name: one for name, one in self.by_name.items() if name != kind.name}
        return replace(self, by_name=rest).overlaid([changed])

    def _check_attribute(self, kind: Kind | None, attribute: Attribute) -> None:
        _check_name(attribute.name, _ATTRIBUTE_NAME, "属性", "attribute", "floor_area")
        if attribute.type not in _TYPES:
            raise _unknown("类型", "type", attribute.type, sorted(_TYPES))
        if attribute.check is not None and attribute.check not in CHECKS:
            raise _unknown("校验规则", "check", attribute.check, sorted(CHECKS))
        there = kind.attributes.get(attribute.name) if kind is not None else None
        if there is not None and not there.own:
            raise ConflictProblem(
                f"属性“{attribute.name}”是出厂属性,不能修改。请换一个名称。",
                f"“{attribute.name}” is shipped and cannot be changed. Choose another name.",
            )
        if there is not None and there.type not in ("any", attribute.type):
            raise ConflictProblem(
                f"属性“{attribute.name}”已有 {there.type} 类型的值,不能改为 {attribute.type}。"
                "请另加一个属性。",
                f"“{attribute.name}” holds values of type {there.type} and cannot become "
                f"{attribute.type}. Add another attribute.",
            )
        self._check_many(attribute)

    def _check_many(self, attribute: Attribute) -> None:
        for kind in self.by_name.values():
            there = kind.attributes.get(attribute.name)
            if there is not None and there.many != attribute.many:
                raise ConflictProblem(
                    f"属性“{attribute.name}”在{kind.title.get('zh', kind.name)}中已是"
                    f"{'多值' if there.many else '单值'}属性,各种类须一致。请换一个名称。",
                    f"“{attribute.name}” is {'many' if there.many else 'single'} in {kind.name} "
                    "and must be so in every kind. Choose another name.",
                )


def load_kinds(folder: Path | None = None) -> Kinds:
    """Read every kind of the content folder."""
    kinds = [read_kind(raw) for _, raw in read_folder("kinds", folder)]
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


def read_kind(raw: Mapping[str, Any]) -> Kind:
    """Return a kind from what a content file says."""
    attributes = {name: read_attribute(name, given) for name, given in raw["attributes"].items()}
    balances = (
        Balance(**one | {"parts": tuple(one.get("parts", ()))}) for one in raw.get("adds_up", ())
    )
    return Kind(
        raw["kind"], raw["class"], raw["title"], tuple(raw.get("keys", ())), attributes,
        balances=tuple(balances),
    )  # fmt: skip


def read_attribute(name: str, raw: Mapping[str, Any], *, own: bool = False) -> Attribute:
    """Return an attribute from its written form."""
    return Attribute(
        name=name,
        title=raw["title"],
        type=raw.get("type", "text"),
        many=raw.get("many", False),
        unit=raw.get("unit"),
        authority=tuple(raw.get("authority", ())),
        label=Label(raw.get("label", Label.PUBLIC)),
        check=raw.get("check"),
        own=own,
        withdrawn=raw.get("withdrawn", False),
    )


def write_attribute(attribute: Attribute) -> dict[str, Any]:
    """Return the written form of an attribute, without what is as usual."""
    unusual = {
        "many": attribute.many,
        "unit": attribute.unit,
        "authority": list(attribute.authority),
        "label": int(attribute.label),
        "check": attribute.check,
        "withdrawn": attribute.withdrawn,
    }
    written = {name: value for name, value in unusual.items() if value}
    return {"title": dict(attribute.title), "type": attribute.type, **written}


def open_kind(name: str, body_class: BodyClass = "other") -> Kind:
    """Return a kind that nobody declared, named by its plain name or the end of its IRI."""
    return Kind(name, body_class, _plain_title(name), own=True, is_open=True)


def open_attribute(name: str) -> Attribute:
    """Return an attribute that nobody declared: it takes any value."""
    return Attribute(name, _plain_title(name), "any", own=True)


def _plain_title(name: str) -> dict[str, str]:
    plain = re.split(r"[/#:]", name.rstrip("/#:"))[-1] or name
    return {"zh": plain, "en": plain}


def _check_kind(kind: Kind) -> None:
    _check_name(kind.name, _KIND_NAME, "种类", "kind", "Warehouse")
    if kind.is_guarded:
        raise ConflictProblem(
            f"“{kind.name}”是系统自用的种类。", f"“{kind.name}” is used by the system itself."
        )
    if kind.body_class not in _CLASSES:
        raise _unknown("大类", "class", kind.body_class, sorted(_CLASSES))


def _check_name(name: str, plain: re.Pattern[str], zh: str, en: str, such_as: str) -> None:
    if not plain.fullmatch(name) and not _IRI.fullmatch(name):
        raise InputProblem(
            f"{zh}名称“{name}”不合规则。请写成英文字母、数字(如 {such_as}),或一个 IRI。",
            f"“{name}” cannot name a kind or attribute ({en}). Write letters and digits "
            f"such as {such_as}, or an IRI.",
        )


def _unknown(zh: str, en: str, given: str, choices: list[str]) -> InputProblem:
    return InputProblem(
        f"没有“{given}”这个{zh}。可用:{'、'.join(choices)}。",
        f"There is no {en} “{given}”. Choose one of {', '.join(choices)}.",
    )
