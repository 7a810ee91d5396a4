"""Items and label checks as the archive shows them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from chaintwin.access.asker import Asker
from chaintwin.application.archive.models import ItemShown, OriginalShown
from chaintwin.application.archive.schedule import PaperType, Schedule, label_name
from chaintwin.application.shown import Bilingual, Cited, Citer
from chaintwin.kit.problems import ForbiddenProblem
from chaintwin.model.fact import Label
from chaintwin.twin.state import BodyState
from chaintwin.twin.view import TwinView


def require_label(asker: Asker, label: Label) -> None:
    """Raise ForbiddenProblem when the asker may not read what would be written."""
    if label not in asker.labels:
        name = label_name(label)
        raise ForbiddenProblem(
            f"您的账号没有“{name}”密级的权限,本次操作未保存。请联系管理员授权该密级后重试。",
            f"Your account may not handle the label “{name}”; nothing was saved. "
            "Ask your administrator for it.",
        )


def show_items(view: TwinView, schedule: Schedule, items: Iterable[BodyState]) -> list[ItemShown]:
    """Return items as shown, in the order given."""
    citer = Citer(view)
    return [_item(citer, schedule, state) for state in items]


def original_of(state: BodyState) -> Mapping[str, Any]:
    """Return what an item says of its original."""
    held = state.held("original")
    data: Mapping[str, Any] = {} if held is None else held.data
    return data


def _item(citer: Citer, schedule: Schedule, state: BodyState) -> ItemShown:
    original = original_of(state)
    held = state.held("original")
    assert held is not None
    withdrawn = state.held("withdrawn")
    kind = schedule.types.get(str(state.one("type")))
    change = state.one("filed_change")
    return ItemShown(
        code=state.code,
        file_number=str(state.one("file_number")),
        sequence=int(state.one("sequence")),
        title=state.name,
        type=str(state.one("type")),
        type_title=_title(kind, str(state.one("type"))),
        group=kind.group if kind else "",
        category=str(state.one("category")),
        retention=str(state.one("retention")),
        label=label_name(held.label),
        formed_on=state.one("formed_on"),
        filed_at=held.known_from,
        responsible=state.one("responsible"),
        original=OriginalShown(
            file_name=original["file_name"], media_type=original["media_type"],
            size=original["size"], sha256=original["sha256"], sm3=original["sm3"],
        ),
        change=None if change is None else int(change),
        withdrawn=None if withdrawn is None else str(withdrawn.value),
        withdrawn_at=None if withdrawn is None else withdrawn.known_from,
        demo=state.is_demo,
        fact=citer.ref(
            Cited(state.body, "original", held, f"{state.one('file_number')} {state.name}")
        ),
    )  # fmt: skip


def _title(kind: PaperType | None, code: str) -> Bilingual:
    return Bilingual(**kind.title) if kind else Bilingual(zh=code, en=code)
