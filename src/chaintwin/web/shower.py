"""Turns twin values into answers, with source, licence and both clocks."""

from __future__ import annotations

from typing import Any

from chaintwin.model.fact import Fact
from chaintwin.model.kinds import Kinds
from chaintwin.twin.door import Door
from chaintwin.twin.state import BodyState, Held
from chaintwin.twin.store.sources import SourceRecord
from chaintwin.web.answers import AttributeOut, BodyOut, FactOut, HeldOut, Named


class Shower:
    """Turns twin values into answers within one request."""

    def __init__(self, door: Door) -> None:
        self._view = door.view
        self._kinds: Kinds = door.view.kinds
        self._sources = door.view.sources()

    def body(self, state: BodyState) -> BodyOut:
        """Return a body with every attribute."""
        kind = self._kinds.known(state.kind)
        refs = self.named([held.ref for held in all_held(state) if held.ref is not None])
        attributes = [
            AttributeOut(
                name=name,
                title=self.title(state.kind, name),
                unit=kind.attributes[name].unit if name in kind.attributes else None,
                values=[self.held(held, refs) for held in values],
            )
            for name, values in _ordered(kind.attributes, state)
        ]
        return BodyOut(
            code=state.code, kind=state.kind, kind_title=dict(kind.title), name=state.name,
            demo=state.is_demo, attributes=attributes,
            valid_at=self._view.valid_at, known_at=self._view.known_at,
        )  # fmt: skip

    def named(self, bodies: list[int]) -> dict[int, Named]:
        """Return the names of some bodies that may be read."""
        return {
            state.body: Named(code=state.code, kind=state.kind, name=state.name)
            for state in self._view.named(list(dict.fromkeys(bodies)))
        }

    def title(self, kind: str, attribute: str) -> dict[str, str]:
        """Return the title of an attribute, its name where none is declared."""
        found = self._kinds.known(kind).attributes.get(attribute)
        return dict(found.title) if found else {"zh": attribute, "en": attribute}

    def facts(self, facts: list[Fact], kind: str) -> list[FactOut]:
        """Return facts in full."""
        bodies = [fact.body for fact in facts] + [fact.ref for fact in facts if fact.ref]
        names = self.named(bodies)
        changes = self._view.change_records([fact.change for fact in facts])
        return [
            FactOut(
                fact=fact.id,
                body=names.get(fact.body) or self._nameless(fact.body, kind),
                attribute=fact.attribute, title=self.title(kind, fact.attribute),
                value=fact.value if fact.value != fact.ref else None, key=fact.value_key,
                unit=fact.unit, original=fact.original,
                ref=names.get(fact.ref) if fact.ref else None,
                source_record=fact.source_record, evidence=fact.evidence,
                basis=fact.basis.name.lower(), confidence=fact.confidence, label=int(fact.label),
                valid_from=fact.valid_from, precision=str(fact.precision),
                known_from=fact.known_from, known_to=fact.known_to, ended=fact.ended,
                change=fact.change, changed_by=changes[fact.change].actor,
                change_reason=changes[fact.change].reason, **self._source(fact.source),
            )
            for fact in facts
        ]  # fmt: skip

    def _nameless(self, body: int, kind: str) -> Named:
        code = self._view.code(body)
        return Named(code=code, kind=kind, name=code)

    def held(self, held: Held, refs: dict[int, Named]) -> HeldOut:
        """Return one value as shown; `refs` names the bodies that values point to."""
        return HeldOut(
            fact=held.fact, key=held.key,
            value=held.value, unit=held.unit, ref=refs.get(held.ref) if held.ref else None,
            basis=held.basis.name.lower(), confidence=held.confidence, label=int(held.label),
            valid_from=held.valid_from, precision=held.precision, known_from=held.known_from,
            **self._source(held.source),
        )  # fmt: skip

    def _source(self, name: str) -> dict[str, Any]:
        source = self._sources.get(name) or SourceRecord(name, {})
        return {
            "source": name,
            "source_title": dict(source.title) or {"zh": name, "en": name},
            "licence": source.licence,
            "evaluation_only": source.evaluation_only,
        }


def all_held(state: BodyState) -> list[Held]:
    """Return every value of a body."""
    return [held for values in state.attributes.values() for held in values]


def _ordered(declared: Any, state: BodyState) -> list[tuple[str, Any]]:
    order = {name: position for position, name in enumerate(declared)}
    return sorted(state.attributes.items(), key=lambda item: order.get(item[0], len(order)))
