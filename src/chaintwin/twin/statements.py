"""What statements name, and what cannot be stated."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from chaintwin.kit.problems import ForbiddenProblem, InputProblem
from chaintwin.model.fact import Label, Statement, Subject
from chaintwin.model.kinds import Attribute, Kind, Kinds, open_attribute
from chaintwin.model.values import check_value


def subjects(batch: Iterable[Statement]) -> Iterator[Subject]:
    """Yield the subjects that statements are about or refer to."""
    for said in batch:
        if isinstance(said.about, Subject):
            yield said.about
        if said.value is not None and isinstance(said.value.ref, Subject):
            yield said.value.ref


def refuse_control_characters(said: Statement, key: str) -> None:
    """Raise InputProblem for what the store cannot hold."""
    for text in (key, said.value.text if said.value else None):
        if text and "\x00" in text:
            raise InputProblem(
                f"属性“{said.attribute}”的值含有空字符(U+0000),无法保存。请删除该字符。",
                f"The value of “{said.attribute}” holds a NUL character. Remove it.",
            )


def refuse_withdrawn(kind: Kind, attribute: Attribute) -> None:
    """Raise InputProblem for a value of what takes no more values."""
    for withdrawn, zh, en in (
        (kind.withdrawn, f"种类“{kind.title.get('zh', kind.name)}”", f"The kind {kind.name}"),
        (
            attribute.withdrawn,
            f"属性“{attribute.title.get('zh', attribute.name)}”",
            f"The attribute {attribute.name}",
        ),
    ):
        if withdrawn:
            raise InputProblem(
                f"{zh}已停用,不再接受新值;已有记录仍可查看。"
                "如需恢复,请在“数据 → 孪生体 → 种类”中重新启用。",
                f"{en} was withdrawn and takes no more values; what was recorded stays readable. "
                "Take it up again under Data → Twin bodies → Kinds.",
            )


def refuse_unreadable(attribute: Attribute, label: Label, readable: Collection[Label]) -> None:
    """Raise ForbiddenProblem for what its own writer could not read afterwards."""
    if label not in readable:
        raise ForbiddenProblem(
            f"属性“{attribute.title.get('zh', attribute.name)}”的密级为“{label.title}”({label:d}),"
            "您的账号不可阅这一密级,不能写入,没有保存。请由有此权限的人员填写,或请管理员授权。",
            f"“{attribute.name}” bears the label {label:d} ({label.name.lower()}), which your "
            "account may not read: nothing was saved. Leave it to somebody who may, or ask your "
            "administrator for the label.",
        )


def fit(
    said: Statement,
    kind: str,
    kinds: Kinds,
    readable: Collection[Label],
    *,
    is_defining: bool = False,
) -> Statement:
    """Return a statement about a kind that fits it, with at least the label its attribute has.

    Raises InputProblem for one that does not fit, ForbiddenProblem for one whose label is not
    among those that the writer may read.
    """
    of = kinds.get(kind)
    if of.is_guarded and not is_defining:
        raise InputProblem(
            "种类只能在“数据 → 孪生体 → 种类”中添加,权威次序也只在那里更改,不能直接写入。",
            "Kinds and orders of authority are stated under Data → Twin bodies → Kinds, not "
            "written directly.",
        )
    declared = kinds.attribute(of.name, said.attribute)
    if said.value is not None:
        refuse_withdrawn(of, declared)
        check_value(declared, said.value)
    label = max(declared.label, said.label)
    refuse_unreadable(declared, label, readable)
    return said if label == said.label else replace(said, label=label)


def check(
    said: Statement, kind: str, kinds: Kinds, readable: Collection[Label], *, is_open: bool
) -> None:
    """Raise what recording a statement about a kind would; `is_open`: it may be of a new kind."""
    there = kinds.known(kind)
    if is_open and (kind not in kinds.by_name or said.attribute not in there.attributes):
        attributes = (
            {}
            if said.attribute in there.attributes
            else {said.attribute: open_attribute(said.attribute)}
        )
        kinds = kinds.with_own(replace(there, attributes=attributes))
    refuse_control_characters(said, said.value_key)
    fit(said, kind, kinds, readable)
