"""What one request writes: entities become facts through the one write door."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime

from chaintwin.kit.problems import Problem
from chaintwin.model.fact import Moment, Statement, Subject, Value
from chaintwin.twin.changes import Changes
from chaintwin.twin.store import querying
from chaintwin.twin.store.borrowing import Borrowed, Sought, read_later
from chaintwin.twin.store.timelines import Closing
from chaintwin.web.ngsi.desk import KEPT_KINDS, Desk
from chaintwin.web.ngsi.errors import NotSupported, Refused, bad
from chaintwin.web.ngsi.facts import Stored, scope_value, statement, type_value, valid_to
from chaintwin.web.ngsi.incoming import Attributes, Entity, Instance
from chaintwin.web.ngsi.instants import read_instant, write_instant
from chaintwin.web.ngsi.naming import SCOPE, TYPE, attribute_name, kind_name

SOURCE = "ngsi"
# The types of an entity are counted together: they have to fit into one entry of an index.
_MOST_TYPES, _LONGEST_TYPES = 50, 2_000


@dataclass(slots=True)
class Intent:
    """What a request comes to, before any of it is done: done all at once, in this order."""

    dropped: list[Closing] = field(default_factory=list)
    renamed: list[tuple[str, str]] = field(default_factory=list)
    said: list[Statement] = field(default_factory=list)

    def add(self, more: Intent) -> None:
        """Come to more."""
        self.dropped += more.dropped
        self.renamed += more.renamed
        self.said += more.said


@dataclass(slots=True)
class Writer:
    """Collects what a request says; `flush` lays it down in order."""

    desk: Desk
    changes: Changes
    _intent: Intent = field(default_factory=Intent)
    # Bodies by entity id: None where there is none, a subject where this change makes it.
    _known: dict[str, int | Subject | None] = field(default_factory=dict)
    # What was known of the ids that the entity at hand makes anew.
    _before: dict[str, int | Subject | None] = field(default_factory=dict)

    @property
    def now(self) -> datetime:
        """Return the moment of the change."""
        return self.changes.at

    def flush(self) -> None:
        """Do what the request came to so far."""
        intent, self._intent = self._intent, Intent()
        if intent.dropped:
            self.changes.retract_facts(list(dict.fromkeys(intent.dropped)))
        for kind, uri in intent.renamed:
            self.changes.rename(kind, (querying.URI_SCHEME, uri))
        if intent.said:
            self.changes.record(intent.said)

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """Let one entity of several fail by itself: nothing of it is done then.

        What ships has types, which are checked here.
        """
        others, self._intent = self._intent, Intent()
        self._before = {}
        try:
            yield
            self.changes.check(filter(_is_typed, self._intent.said))
        except Problem:
            self._known |= self._before
            self._intent = others
            raise
        others.add(self._intent)
        self._intent = others

    def learn_refs(self, parts: Iterable[Attributes]) -> None:
        """Look up the bodies that relationships point to; unknown ones stay addresses."""
        wanted = {
            instance["object"]
            for attributes in parts
            for instances in attributes.values()
            for instance in instances
            if isinstance(instance.get("object"), str)
        }
        self.learn(wanted)

    def learn(self, uris: Iterable[str]) -> None:
        """Look up the bodies of entity ids, so that single ones need not be asked for."""
        unknown = sorted(set(uris) - self._known.keys())
        if unknown:
            found = self.desk.numbers(unknown)
            self._known |= {uri: found.get(uri) for uri in unknown}

    def create(self, entity: Entity) -> None:
        """Make an entity that is not there (any more)."""
        assert entity.id is not None
        self.refuse_kept(kind_name(entity.types[0]))
        self.learn_refs([entity.attributes])
        self.learn([entity.id])
        known = self._known[entity.id]
        held: Attributes = {}
        if isinstance(known, int):
            held = self._begin_anew(entity, entity.id, known)
        else:
            self._make_known(entity, entity.id)
        self.set_types(entity)
        if entity.scopes:
            self.set_scopes(entity, entity.scopes)
        for iri, instances in entity.attributes.items():
            self.put(entity, iri, instances, held.get(iri, ()))

    def _begin_anew(self, entity: Entity, uri: str, body: int) -> Attributes:
        """Take over the body of an entity that was deleted or expired; return what it still says.

        A body keeps its kind: an entity of another type has a new one, which the id names from
        now on.
        """
        left = self.desk.left(body)
        kind, view = kind_name(entity.types[0]), self.desk.view
        if view.kind_of(body) != kind and view.code(body) != uri:
            if left is not None:
                self.delete(left)
            self._intent.renamed.append((kind, uri))
            self._make_known(entity, uri)
            return {}
        entity.body = body
        self._forget_ends(entity)
        if left is None:
            return {}
        for iri, found in left.attributes.items():
            if iri not in entity.attributes:
                self.remove(left, iri, filter(self.is_own, found))
        if left.scopes and not entity.scopes:
            self.set_scopes(left, [])
        return left.attributes

    def _make_known(self, entity: Entity, uri: str) -> None:
        """Let an id name the body that the first statement about an entity makes."""
        self._before[uri] = self._known[uri]
        self._known[uri] = self.about(entity)

    def about(self, entity: Entity) -> int | Subject:
        """Return the body of an entity, or the one that its first statement makes."""
        if entity.body is not None:
            return entity.body
        assert entity.id is not None
        return Subject(kind_name(entity.types[0]), ((querying.URI_SCHEME, entity.id),))

    def set_types(self, entity: Entity) -> None:
        """State what types an entity has, and until when it is kept."""
        _check_types(entity.types)
        created = entity.created or write_instant(self.now)
        self._say(entity, TYPE, type_value(entity, created))
        self._end_later(entity, TYPE, "", entity.expires)

    def set_scopes(self, entity: Entity, scopes: list[str]) -> None:
        """State the scopes of an entity; none ends them."""
        value = scope_value(scopes, write_instant(self.now)) if scopes else None
        self._say(entity, SCOPE, value)
        self._end_later(entity, SCOPE, "", entity.expires)

    def set_expiry(self, entity: Entity, expires: str | None) -> None:
        """State until when an entity is kept (None: for good): all that is said of it ends then.

        What ends sooner by itself still does.
        """
        ended = self._forget_ends(entity)
        entity.expires = expires
        self.set_types(entity)
        if entity.scopes:
            self._end_later(entity, SCOPE, "", expires)
        for iri, instances in entity.attributes.items():
            name = attribute_name(iri)
            for one in filter(self.is_own, instances):
                key = one["stored"].key
                own = self._own_end(one) if (name, key) in ended else None
                until = _sooner(expires, one.get("expiresAt"), own)
                self._end_later(entity, name, key, until)

    def _own_end(self, instance: Instance) -> str | None:
        """Return until when an instance says that it is valid, where that is still to come."""
        end = valid_to(instance)
        return write_instant(end) if end is not None and end > self.now else None

    def _forget_ends(self, entity: Entity) -> set[tuple[str, str]]:
        """Stop believing that anything said of an entity ends at a later moment.

        Returns attribute and value key of what was to end.
        """
        found = [held for held in self._later(entity, self.now) if held.row.ended]
        self._intent.dropped += [(held.row.body, held.id) for held in found]
        names = self.desk.twin.names
        return {(names.name("attribute", row.row.attribute), row.row.value_key) for row in found}

    def _later(
        self, entity: Entity, since: datetime, attribute: int | None = None
    ) -> list[Borrowed]:
        """Return what this API says of an entity from later moments on, in this line."""
        if entity.body is None:
            return []
        source = self.desk.twin.names.number("source", SOURCE)
        sought = Sought(self.desk.asker.tenant, [entity.body], source, attribute)
        return read_later(self.desk.connection, self.desk.view.line, sought, since)

    def _end_later(self, entity: Entity, name: str, key: str, expires: str | None) -> None:
        """State that what was just said ends when it expires."""
        if expires is None:
            return
        at = read_instant(expires, "expiresAt")
        if at <= self.now:
            raise bad("expiresAt lies in the past.", "expiresAt 已经过去。")
        self._intent.said.append(
            Statement(self.about(entity), name, None, value_key=key, valid=Moment.instant(at))
        )

    def put(
        self, entity: Entity, iri: str, instances: Iterable[Instance], held: Iterable[Instance]
    ) -> None:
        """State instances of an attribute; those held with the same datasetId are replaced."""
        self.refuse_kept(entity.kind)
        before = {one.get("datasetId"): one for one in held}
        for instance in instances:
            self._put_one(entity, iri, instance, before.get(instance.get("datasetId")))

    def _put_one(self, entity: Entity, iri: str, instance: Instance, held: Instance | None) -> None:
        ref, key = self.place(instance)
        created = ""
        if held is not None and self.is_own(held):
            created = held["createdAt"]
            stored: Stored = held["stored"]
            if stored.key != key:
                self._end(entity, iri, stored.key)
            else:
                self._drop_later(entity, iri, instance, stored)
                if held.get("expiresAt") is not None or valid_to(held) is not None:
                    self._forget_ends_of(entity, iri, stored)
        self._intent.said.append(
            statement(
                self.about(entity), iri, instance, self.now, key=key, created=created, ref=ref
            )
        )
        until = _sooner(entity.expires, instance.get("expiresAt"))
        self._end_later(entity, attribute_name(iri), key, until)

    def _forget_ends_of(self, entity: Entity, iri: str, stored: Stored) -> None:
        """Stop believing that one instance ends at a later moment: another replaces it."""
        self._forget_later(entity, iri, stored, self.now)
        name = attribute_name(iri)
        self._intent.said = [
            said
            for said in self._intent.said
            if said.value is not None
            or said.valid.at <= self.now
            or (said.attribute, said.value_key, said.about) != (name, stored.key, entity.body)
        ]

    def _forget_later(self, entity: Entity, iri: str, stored: Stored, since: datetime) -> None:
        attribute = self.desk.twin.names.number("attribute", attribute_name(iri))
        later = self._later(entity, since, attribute)
        self._intent.dropped += [
            (held.row.body, held.id) for held in later if held.row.value_key == stored.key
        ]

    def place(self, instance: Instance) -> tuple[int | Subject | None, str]:
        """Return the body a relationship points to, and the value key of an instance."""
        target = instance.get("object")
        ref = self._known.get(target) if isinstance(target, str) else None
        return ref, instance.get("datasetId") or ("@none" if ref is not None else "")

    def say(self, said: Statement, since: Moment) -> None:
        """State something from a moment on."""
        self._intent.said.append(replace(said, valid=since))

    def _drop_later(self, entity: Entity, iri: str, instance: Instance, stored: Stored) -> None:
        """Stop believing rows that would outlive a value observed before them."""
        observed = instance.get("observedAt")
        if observed is None or stored.valid_from is None or entity.body is None:
            return
        if not self.desk.view.line.is_main:  # a branch keeps what it borrowed beside what it says
            return
        since = min(read_instant(observed), self.now)
        if datetime.fromisoformat(stored.valid_from) <= since:
            return
        self._forget_later(entity, iri, stored, since)

    def remove(self, entity: Entity, iri: str, instances: Iterable[Instance]) -> None:
        """End instances of an attribute; raise NotSupported for what other sources say."""
        self.refuse_kept(entity.kind)
        for instance in instances:
            if not self.is_own(instance):
                raise NotSupported(
                    f"属性“{iri}”来自其他来源，不能经本接口删除。请在该来源中更正。",
                    f"“{iri}” comes from another source and cannot be deleted here.",
                )
            self._end(entity, iri, instance["stored"].key)

    def delete(self, entity: Entity) -> None:
        """End all that is held of an entity; raise NotSupported where other sources hold it."""
        for iri, instances in entity.attributes.items():
            self.remove(entity, iri, instances)
        if entity.scopes:
            self._say(entity, SCOPE, None)
        self._say(entity, TYPE, None)

    def is_own(self, instance: Instance) -> bool:
        """Tell whether an instance was written through this API, by the asker's tenant."""
        stored: Stored = instance["stored"]
        names = self.desk.twin.names
        return stored.tenant == self.desk.asker.tenant and stored.source == names.number(
            "source", SOURCE
        )

    def _end(self, entity: Entity, iri: str, key: str) -> None:
        self._say(entity, attribute_name(iri), None, key)

    def _say(self, entity: Entity, name: str, value: Value | None, key: str = "") -> None:
        self._intent.said.append(
            Statement(
                self.about(entity), name, value, value_key=key, valid=Moment.instant(self.now)
            )
        )

    def refuse_kept(self, kind: str | None) -> None:
        """Raise Refused for bodies that change through their own rooms alone."""
        if kind in KEPT_KINDS:
            raise Refused(
                f"“{kind}”类孪生体不能经本接口修改，请在相应页面办理。",
                f"Bodies of the kind “{kind}” are changed in their own pages, not here.",
            )


def _check_types(types: list[str]) -> None:
    size = sum(len(one.encode()) for one in types)
    if len(types) > _MOST_TYPES or size > _LONGEST_TYPES:
        raise bad(
            f"An entity has at most {_MOST_TYPES} types, of {_LONGEST_TYPES} bytes in all; "
            f"these are {len(types)} of {size} bytes.",
            f"一个实体最多有 {_MOST_TYPES} 个类型,合计不超过 {_LONGEST_TYPES} 字节;"
            f"现有 {len(types)} 个,{size} 字节。",
        )


def _sooner(*ends: str | None) -> str | None:
    """Return the earliest of some moments, as far as there are any."""
    told = [one for one in ends if one is not None]
    return min(told, key=lambda one: read_instant(one, "expiresAt")) if told else None


def _is_typed(said: Statement) -> bool:
    """Tell whether a statement is of a kind or an attribute that ships or was declared."""
    about = said.about
    return ":" not in said.attribute or (isinstance(about, Subject) and ":" not in about.kind)
