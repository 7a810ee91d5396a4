"""Linked entities beside or inside the entities asked for (join and joinLevel, clause 4.5.23)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from chaintwin.web.ngsi.asked import Asked
from chaintwin.web.ngsi.desk import Desk
from chaintwin.web.ngsi.errors import bad
from chaintwin.web.ngsi.incoming import Entity
from chaintwin.web.ngsi.outgoing import Style
from chaintwin.web.ngsi.projection import Projection

_DEEPEST = 5
_MOST = 2_000


@dataclass(frozen=True, slots=True)
class Join:
    """How linked entities are answered: flat, inline or not at all, and how far."""

    way: str = "@none"
    levels: int = 1
    contained: frozenset[str] = frozenset()

    @property
    def depth(self) -> int:
        """Return over how many relationships linked entities may be reached."""
        return 0 if self.way == "@none" else self.levels

    def check(self, asked: int) -> None:
        """Raise BadRequest where a projection or a query reaches further than the join."""
        if asked > self.depth:
            raise bad(
                "Attributes of linked entities (in braces) need join, and a joinLevel as deep.",
                "花括号中的关联实体属性须与 join 同用，层数不能超过 joinLevel。",
            )

    def prepare(
        self, desk: Desk, found: Sequence[Entity], style: Style, projection: Projection
    ) -> tuple[Style, list[tuple[Entity, Style]]]:
        """Return the style that writes linked entities inside, or those to write beside."""
        if self.way == "@none":
            return style, []
        linked = collect(desk, found, self.levels, self.contained)
        if self.way == "inline":
            return replace(style, linked=linked, levels=self.levels, projection=projection), []
        own = {one.id for one in found}
        reached = _reached(found, linked, projection)
        return style, [
            (below.cut(linked[uri]), replace(style, picked=below.members()))
            for uri, below in reached.items()
            if uri not in own
        ]


def collect(
    desk: Desk, found: Sequence[Entity], levels: int, contained: frozenset[str] = frozenset()
) -> dict[str, Entity]:
    """Return what the relationships of entities lead to, over so many levels, by id."""
    linked: dict[str, Entity] = {}
    front: Sequence[Entity] = found
    for _ in range(levels):
        wanted = [uri for uri in targets(front) if uri not in linked and uri not in contained]
        if not wanted or len(linked) > _MOST:
            break
        fresh = desk.find_all(wanted)
        linked |= fresh
        front = list(fresh.values())
    return linked


def _reached(
    found: Sequence[Entity], linked: Mapping[str, Entity], projection: Projection
) -> dict[str, Projection]:
    """Return linked entities in the order met, each with what is asked of it."""
    reached: dict[str, Projection] = {}
    front = [(one, projection) for one in found]
    while front:
        following = []
        for entity, asked in front:
            for iri, instances in entity.attributes.items():
                for uri in _aims(instances):
                    if uri in linked and uri not in reached:
                        reached[uri] = asked.beyond(iri)
                        following.append((linked[uri], reached[uri]))
        front = following
    return reached


def targets(entities: Iterable[Entity]) -> list[str]:
    """Return what the relationships of entities point to, each once."""
    found: dict[str, None] = {}
    for entity in entities:
        for instances in entity.attributes.values():
            found.update(dict.fromkeys(_aims(instances)))
    return list(found)


def _aims(instances: Iterable[Mapping[str, object]]) -> Iterable[str]:
    for instance in instances:
        told = instance.get("object", instance.get("objectList"))
        for uri in told if isinstance(told, list) else [told]:
            if isinstance(uri, str):
                yield uri


def read_join(asked: Asked) -> Join:
    """Return the join a request asks for; raise BadRequest for one that there is not."""
    way = asked.query.get("join")
    if "joinLevel" in asked.query and way is None:
        raise bad("joinLevel goes with join.", "joinLevel 须与 join 同用。")
    levels = asked.whole_number("joinLevel", 1, 1, _DEEPEST)
    return make_join(way, levels, frozenset(asked.listed("containedBy")))


def make_join(way: Any, levels: Any, contained: frozenset[str] = frozenset()) -> Join:
    """Return a join from its members; raise BadRequest for one that there is not."""
    if way is not None and way not in ("flat", "inline", "@none"):
        raise bad("join is flat, inline or @none.", "join 只能是 flat、inline 或 @none。")
    if isinstance(levels, bool) or not isinstance(levels, int) or not 0 < levels <= _DEEPEST:
        raise bad(
            f"joinLevel is a whole number from 1 to {_DEEPEST}.",
            f"joinLevel 应为 1 至 {_DEEPEST} 的整数。",
        )
    return Join(way or "@none", levels, contained)
