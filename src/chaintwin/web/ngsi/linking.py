"""Linked entities beside or inside the entities asked for (join and joinLevel, clause 4.5.23)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from chaintwin.web.ngsi.asked import Asked
from chaintwin.web.ngsi.desk import Desk
from chaintwin.web.ngsi.errors import bad
from chaintwin.web.ngsi.incoming import Entity
from chaintwin.web.ngsi.outgoing import Style

_DEEPEST = 5
_MOST = 2_000


@dataclass(frozen=True, slots=True)
class Join:
    """How linked entities are answered: flat, inline or not at all, and how far."""

    way: str = "@none"
    levels: int = 1
    contained: frozenset[str] = frozenset()

    def prepare(
        self, desk: Desk, found: Sequence[Entity], style: Style
    ) -> tuple[Style, list[Entity]]:
        """Return the style that writes linked entities inside, or those to write beside."""
        if self.way == "@none":
            return style, []
        linked = self._collect(desk, found)
        if self.way == "inline":
            return replace(style, linked=linked, levels=self.levels), []
        own = {one.id for one in found}
        return style, [one for uri, one in linked.items() if uri not in own]

    def _collect(self, desk: Desk, found: Sequence[Entity]) -> dict[str, Entity]:
        linked: dict[str, Entity] = {}
        front: Sequence[Entity] = found
        for _ in range(self.levels):
            wanted = [uri for uri in targets(front) if uri not in linked]
            if not wanted or len(linked) > _MOST:
                break
            fresh = desk.find_all([uri for uri in wanted if uri not in self.contained])
            linked |= fresh
            front = list(fresh.values())
        return linked


def targets(entities: Iterable[Entity]) -> list[str]:
    """Return what the relationships of entities point to, each once."""
    found: dict[str, None] = {}
    for entity in entities:
        for instances in entity.attributes.values():
            for instance in instances:
                told = instance.get("object", instance.get("objectList"))
                for uri in told if isinstance(told, list) else [told]:
                    if isinstance(uri, str):
                        found[uri] = None
    return list(found)


def read_join(asked: Asked) -> Join:
    """Return the join a request asks for; raise BadRequest for one that there is not."""
    way = asked.query.get("join")
    if "joinLevel" in asked.query and way is None:
        raise bad("joinLevel goes with join.", "joinLevel 须与 join 同用。")
    if way is not None and way not in {"flat", "inline", "@none"}:
        raise bad("join is flat, inline or @none.", "join 只能是 flat、inline 或 @none。")
    levels = asked.whole_number("joinLevel", 1, 1, _DEEPEST)
    return Join(way or "@none", levels, frozenset(asked.listed("containedBy")))
