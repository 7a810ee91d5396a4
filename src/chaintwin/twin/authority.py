"""A place's own order of authority for an attribute, and which order decided what is shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from chaintwin.access.asker import PUBLIC_TENANT
from chaintwin.kit.problems import ConflictProblem, InputProblem
from chaintwin.model.fact import FOREVER, Subject, Value
from chaintwin.model.kinds import AUTHORITY, Attribute
from chaintwin.twin.changes import Changes
from chaintwin.twin.store.authority import OrderRow, read_authority
from chaintwin.twin.store.sources import list_sources
from chaintwin.twin.view import TwinView

_KEY = "authority_of"
_MOST = 100


@dataclass(frozen=True, slots=True)
class Order:
    """By what the sources of an attribute are ranked: an order of one's own, the shipped one, or
    the rank that each source has in general. `sources` are those named, the most trusted first."""

    by: Literal["own", "shipped", "ranks"]
    sources: Sequence[str] = ()
    stated: OrderRow | None = None


def order_sources(changes: Changes, attribute: Attribute, sources: Sequence[str]) -> None:
    """State which sources of an attribute are believed first; all others come after, as shipped.

    It holds for one's own tenant, in every kind. Raises InputProblem for sources that do not exist
    or are named twice, ConflictProblem for the public tenant and in a branch.
    """
    if changes.asker.tenant == PUBLIC_TENANT:
        raise ConflictProblem(
            "公共数据的权威次序随内容出厂,在 content/kinds 中修改。",
            "Public data are ordered by what ships: change it in content/kinds.",
        )
    _check(changes, sources)
    before = _stated(changes, attribute.name)
    if before is not None and before.sources == tuple(sources):
        return
    title = attribute.title.get("zh", attribute.name)
    about = Subject(AUTHORITY, ((_KEY, attribute.name),))
    if before is not None:
        changes.retract_facts([(before.body, before.fact)])
    with changes.defining():
        changes.say(about, "name", Value(text=f"{title}的来源次序"))
        changes.say(about, "code", Value(text=attribute.name))
        changes.say(about, "sources", Value(data=list(sources)), value_key=attribute.name)


def withdraw_order(changes: Changes, attribute: str) -> None:
    """Go back to the shipped order of an attribute.

    Raises ConflictProblem when that holds already.
    """
    before = _stated(changes, attribute)
    if before is None:
        raise ConflictProblem(
            f"本单位没有给属性“{attribute}”自定来源次序,无可撤回。",
            f"Your unit states no order of its own for “{attribute}”; nothing to withdraw.",
        )
    changes.retract_facts([(before.body, before.fact)])


def orders_at(view: TwinView) -> dict[str, OrderRow]:
    """Return the asker's own orders at the view's known moment, by attribute."""
    rows = read_authority(view.connection, view.asker.tenant, view.as_of.known_at)
    return {row.attribute: row for row in rows}


def order_of(attribute: Attribute | None, own: OrderRow | None) -> Order:
    """Return the order that ranks the sources of an attribute."""
    if own is not None:
        return Order("own", own.sources, own)
    if attribute is not None and attribute.authority:
        return Order("shipped", attribute.authority)
    return Order("ranks")


def _stated(changes: Changes, attribute: str) -> OrderRow | None:
    rows = read_authority(changes.connection, changes.asker.tenant, FOREVER)
    return next((row for row in rows if row.attribute == attribute), None)


def _check(changes: Changes, sources: Sequence[str]) -> None:
    known = {one.name for one in list_sources(changes.connection).values()}
    unknown = [name for name in sources if name not in known]
    if unknown:
        raise InputProblem(
            f"没有来源“{'、'.join(unknown)}”。请从来源列表中选择。",
            f"There is no source “{', '.join(unknown)}”. Choose from the list of sources.",
        )
    if not sources or len(set(sources)) < len(sources) or len(sources) > _MOST:
        raise InputProblem(
            f"来源次序应列出 1 至 {_MOST} 个来源,且不得重复。",
            f"An order names 1 to {_MOST} sources, each once.",
        )
