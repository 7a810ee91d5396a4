"""What one request reads of the twin: entities by their addresses, in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from chaintwin.access.asker import Asker
from chaintwin.engine.database import Connection
from chaintwin.kit.codes import body_number
from chaintwin.model.kinds import KIND
from chaintwin.twin.state import Entries
from chaintwin.twin.store import querying
from chaintwin.twin.twin import Twin
from chaintwin.twin.view import TwinView
from chaintwin.web.ngsi.errors import NotFound, Refused
from chaintwin.web.ngsi.facts import is_over, meta_of, to_entity
from chaintwin.web.ngsi.incoming import Entity, check_uri
from chaintwin.web.ngsi.naming import kind_name

# Kinds that only some may read, and kinds that change through their own rooms alone.
_RIGHTS = {"Project": "project:read", "Document": "project:read", "Fonds": "project:read"}
KEPT_KINDS = frozenset(
    {"Project", "Document", "Fonds", "Source", "Kind", "Chain", "ChainLink", "Region", "Industry"}
)
READ = "firm:read"
WRITE = "import:write"


class Desk:
    """Reads entities; nothing here writes."""

    def __init__(self, twin: Twin, connection: Connection, asker: Asker, view: TwinView) -> None:
        self.twin = twin
        self.connection = connection
        self.asker = asker
        self.view = view

    def number(self, uri: str) -> int | None:
        """Return the body that an entity id names."""
        return self.numbers([uri]).get(uri)

    def numbers(self, uris: Sequence[str]) -> dict[str, int]:
        """Return the bodies that entity ids name: a valid code is no foreign address."""
        found = {uri: number for uri in uris if (number := self._own_number(uri)) is not None}
        foreign = [uri for uri in uris if uri not in found]
        if foreign:
            found |= querying.find_addresses(self.connection, self.asker.tenant, foreign)
        return found

    def _own_number(self, uri: str) -> int | None:
        if not uri.startswith("urn:chaintwin:"):
            return None
        number = body_number(self.twin.installation, uri)
        return number if number is not None and number < 2**63 else None

    def find(self, uri: str) -> Entity | None:
        """Return an entity, None where nothing is held of it at the view's moments."""
        number = self.number(check_uri(uri, "The entity id"))
        found = [] if number is None else self.load([number])
        return found[0] if found else None

    def get(self, uri: str) -> Entity:
        """Return an entity; raise NotFound when there is none."""
        found = self.find(uri)
        if found is None:
            raise NotFound(f"没有实体“{uri}”。", f"There is no entity “{uri}”.")
        return found

    def find_all(self, uris: Sequence[str]) -> dict[str, Entity]:
        """Return the entities that there are, by the ids they were asked by."""
        numbers = self.numbers(uris)
        loaded = {one.body: one for one in self.load(sorted(set(numbers.values())))}
        return {uri: loaded[body] for uri, body in numbers.items() if body in loaded}

    def load(self, bodies: Sequence[int]) -> list[Entity]:
        """Return bodies as entities, in the order asked for.

        Unreadable ones are left out, and those that expired at the view's moment.
        """
        now = self.view.valid_at
        return [one for one in self._load(bodies, now) if not is_over(one.expires, now)]

    def left(self, body: int) -> Entity | None:
        """Return what is still stated of a body, whether or not it expired."""
        return next(iter(self._load([body], None)), None)

    def _load(self, bodies: Sequence[int], now: datetime | None) -> list[Entity]:
        states = self.view.entries(bodies)
        readable = {body: held for body, held in states.items() if self.may_read(held.kind)}
        uris = self._uris(readable.values())
        code = self.view.code
        return [
            to_entity(body, code(body), readable[body].kind, readable[body].by_key, uris, now)
            for body in bodies
            if body in readable
        ]

    def uris(self, bodies: Iterable[int]) -> dict[int, str]:
        """Return the entity id of each body: its foreign address, else its code."""
        wanted = set(bodies)
        found = querying.read_addresses(self.connection, wanted)
        return {body: found.get(body) or self.view.code(body) for body in wanted}

    def _uris(self, states: Iterable[Entries]) -> dict[int, str]:
        refs = {
            entry["r"]
            for held in states
            for entry in held.by_key.values()
            if entry["r"] is not None and meta_of(entry["d"]) is None
        }
        return self.uris(refs) if refs else {}

    def may_read(self, kind: str) -> bool:
        """Tell whether the asker may read bodies of a kind."""
        right = _RIGHTS.get(kind)
        return kind != KIND and (right is None or self.asker.may(right))

    def kind_numbers(self, types: Iterable[str]) -> list[int]:
        """Return the kinds that types stand for, as far as there are any."""
        found = (self.twin.names.find("kind", kind_name(iri)) for iri in types)
        return [number for number in found if number is not None]

    def unread_kinds(self) -> list[int]:
        """Return the kinds that the asker may not read."""
        names = [name for name in (*_RIGHTS, KIND) if not self.may_read(name)]
        found = (self.twin.names.find_often("kind", name) for name in names)
        return [number for number in found if number is not None]

    def readable_kinds(self) -> dict[int, str]:
        """Return every kind the asker may read by its number."""
        known = self.twin.names.all("kind")
        return {number: name for number, name in known.items() if self.may_read(name)}


def require(asker: Asker, right: str) -> None:
    """Raise Refused when the asker lacks a right."""
    if not asker.may(right):
        raise Refused(
            f"您没有“{right}”权限。请联系本单位管理员授权。",
            f"You lack the right “{right}”. Ask your administrator for it.",
        )
