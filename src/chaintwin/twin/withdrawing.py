"""Renames, withdraws and takes up again a place's own kinds and attributes.

Names in the data never change, for facts and ledger speak by them: renaming gives another title.
What is withdrawn keeps its titles, so that its history stays readable; it takes no more values.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from chaintwin.kit.problems import ConflictProblem, NotFoundProblem
from chaintwin.model.kinds import Attribute, Kind
from chaintwin.twin.changes import Changes
from chaintwin.twin.lines import kept_lines
from chaintwin.twin.store.authority import every_label, find_holding
from chaintwin.twin.store.lines import MAIN
from chaintwin.twin.store.names import Names


def rename(changes: Changes, kind: Kind, attribute: str | None, title: Mapping[str, str]) -> None:
    """Give an own kind, or one of its own attributes, another title.

    Raises NotFoundProblem for an attribute it has not, ConflictProblem for what ships.
    """
    if attribute is None:
        changes.declare(replace(_own_kind(kind), title=title, attributes={}))
    else:
        _declare(changes, kind, replace(find_own(kind, attribute), title=title))


def withdraw(changes: Changes, names: Names, kind: Kind, attribute: str | None) -> None:
    """Let an own kind or attribute take no more values; what was recorded stays.

    Raises ConflictProblem while values of it are held now, on the main line or in a branch, and as
    `rename` does.
    """
    one = _own_kind(kind) if attribute is None else find_own(kind, attribute)
    used = _count_in_use(changes, names, kind, attribute)
    if used:
        zh, en = one.title.get("zh", one.name), one.title.get("en", one.name)
        raise ConflictProblem(
            f"“{zh}”还有 {used} 个孪生体在用,不能停用。请先结束或撤回这些值(含推演分支中的)。",
            f"“{en}” is in use by {used} bodies and cannot be withdrawn. End or retract these "
            "values first, also in branches.",
            used=used,
        )
    _set_withdrawn(changes, kind, attribute, is_so=True)


def take_up(changes: Changes, kind: Kind, attribute: str | None) -> None:
    """Let what was withdrawn take values again; raises as `rename` does."""
    _set_withdrawn(changes, kind, attribute, is_so=False)


def find_own(kind: Kind, name: str) -> Attribute:
    """Return an own attribute of a kind.

    Raises NotFoundProblem when it has none such, ConflictProblem for a shipped one.
    """
    found = kind.attributes.get(name)
    if found is None:
        raise NotFoundProblem(
            f"种类“{kind.title.get('zh', kind.name)}”没有属性“{name}”。请从属性列表中选择。",
            f"{kind.name} has no attribute “{name}”. Choose one from its attributes.",
        )
    if not found.own:
        raise _shipped(found)
    return found


def _set_withdrawn(changes: Changes, kind: Kind, attribute: str | None, *, is_so: bool) -> None:
    if attribute is None:
        changes.declare(replace(_own_kind(kind), withdrawn=is_so, attributes={}))
    else:
        _declare(changes, kind, replace(find_own(kind, attribute), withdrawn=is_so))


def _declare(changes: Changes, kind: Kind, attribute: Attribute) -> None:
    changes.declare(replace(kind, attributes={attribute.name: attribute}))


def _own_kind(kind: Kind) -> Kind:
    if not kind.own:
        raise _shipped(kind)
    return kind


def _shipped(one: Kind | Attribute) -> ConflictProblem:
    zh, en = one.title.get("zh", one.name), one.title.get("en", one.name)
    return ConflictProblem(
        f"“{zh}”是出厂的,不能改名或停用。",
        f"“{en}” is shipped and is neither renamed nor withdrawn.",
    )


def _count_in_use(changes: Changes, names: Names, kind: Kind, attribute: str | None) -> int:
    number = names.find("kind", kind.name)
    if number is None:
        return 0
    connection, tenant = changes.connection, changes.asker.tenant
    wanted = None if attribute is None else [attribute]
    with every_label(connection):
        lines = (MAIN, *kept_lines(connection, tenant))
        held = (find_holding(connection, tenant, one.branch, [number], wanted) for one in lines)
        return len({body for bodies in held for body in bodies})
