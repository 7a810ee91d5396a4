"""Operations on many entities at once (clauses 5.6.7 to 5.6.10, 5.6.20): one change for all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from chaintwin.kit.problems import Problem
from chaintwin.web.ngsi.asked import JSON, LD_JSON, read_body
from chaintwin.web.ngsi.call import Answer, Call
from chaintwin.web.ngsi.entities import (
    MERGE_TYPES,
    add_types_and_scopes,
    carry_out,
    exists,
    merge_in,
    replace_in,
)
from chaintwin.web.ngsi.errors import InvalidRequest, NgsiProblem, NotFound, bad
from chaintwin.web.ngsi.incoming import Entity, Reading, check_uri, is_uri, read_entity
from chaintwin.web.ngsi.merging import plan_append
from chaintwin.web.ngsi.terms import Terms
from chaintwin.web.ngsi.writing import Writer

_MOST = 10_000


@dataclass(slots=True)
class Outcome:
    """What became of each entity of a batch."""

    success: list[str] = field(default_factory=list)
    made: set[str] = field(default_factory=set)
    errors: list[dict[str, Any]] = field(default_factory=list)

    def fail(self, uri: Any, problem: NgsiProblem) -> None:
        """Note an entity for which the operation failed."""
        entry = {"error": problem.body()}
        self.errors.append({"entityId": uri, **entry} if is_uri(uri) else entry)

    def answer(self, done: Answer) -> Answer:
        """Return an answer: `done` where nothing failed, else 207 with success and errors."""
        if not self.errors:
            return done
        return Answer(207, {"success": self.success, "errors": self.errors})


@dataclass(frozen=True, slots=True)
class Item:
    """One entity of a batch as it was sent, with the terms it speaks with."""

    id: str
    given: Mapping[str, Any]
    terms: Terms


Apply = Callable[[Writer, Item, Entity | None, Outcome], None]


def create_batch(call: Call) -> Answer:
    """Create entities; those that are there already are reported."""

    def apply(writer: Writer, item: Item, held: Entity | None, outcome: Outcome) -> None:
        if held is not None:
            raise exists(item.id)
        writer.create(read_entity(item.given, Reading(item.terms)))
        outcome.made.add(item.id)

    outcome = _run(call, "批量新建", apply)
    return outcome.answer(Answer(201, outcome.success))


def upsert_batch(call: Call) -> Answer:
    """Create entities, or replace (by default) or update (options=update) those that are there."""
    updates = "update" in call.asked.options

    def apply(writer: Writer, item: Item, held: Entity | None, outcome: Outcome) -> None:
        entity = read_entity(item.given, Reading(item.terms))
        if held is None:
            writer.create(entity)
            outcome.made.add(item.id)
        elif updates:
            add_types_and_scopes(writer, held, entity)
            carry_out(writer, held, plan_append(held, entity.attributes, overwrites=True))
        else:
            replace_in(writer, held, entity)

    outcome = _run(call, "批量写入", apply)
    new = [uri for uri in outcome.success if uri in outcome.made]
    return outcome.answer(Answer(201, new) if new else Answer(204))


def update_batch(call: Call) -> Answer:
    """Add and replace attributes of entities that are there; options=noOverwrite only adds."""
    overwrites = "noOverwrite" not in call.asked.options

    def apply(writer: Writer, item: Item, held: Entity | None, _outcome: Outcome) -> None:
        part = read_entity(item.given, Reading(item.terms), whole=False)
        if held is None:
            raise _missing(item.id)
        add_types_and_scopes(writer, held, part, overwrites=overwrites)
        carry_out(writer, held, plan_append(held, part.attributes, overwrites=overwrites))

    return _run(call, "批量更新", apply).answer(Answer(204))


def merge_batch(call: Call) -> Answer:
    """Merge parts into entities that are there."""

    def apply(writer: Writer, item: Item, held: Entity | None, _outcome: Outcome) -> None:
        if held is None:
            raise _missing(item.id)
        merge_in(writer, held, item.given, item.terms, call.asked)

    return _run(call, "批量合并", apply).answer(Answer(204))


def delete_batch(call: Call) -> Answer:
    """Delete entities by a list of ids."""
    given, _ = read_body(call.asked, call.make_terms, takes=frozenset({JSON, LD_JSON}))
    uris = [one.get("id") if isinstance(one, dict) else one for one in _listed(given)]
    outcome = Outcome()
    with call.write("NGSI-LD 批量删除") as writer:
        for uri in uris:
            with _reporting(outcome, uri), writer.attempt():
                writer.delete(writer.desk.get(check_uri(uri, "id")))
    return outcome.answer(Answer(204))


def _run(call: Call, what: str, apply: Apply) -> Outcome:
    outcome = Outcome()
    for items in _rounds(_read_items(call, outcome)):
        with call.write(f"NGSI-LD {what}") as writer:
            known = writer.desk.find_all([item.id for item in items])
            writer.learn(target for item in items for target in _targets(item))
            for item in items:
                with _reporting(outcome, item.id), writer.attempt():
                    apply(writer, item, known.get(item.id), outcome)
    return outcome


def _targets(item: Item) -> Iterator[str]:
    """Yield the entity itself and what its relationships point to, before anything is checked."""
    yield item.id
    for value in item.given.values():
        for instance in value if isinstance(value, list) else [value]:
            target = instance.get("object") if isinstance(instance, dict) else None
            if isinstance(target, str):
                yield target


def _rounds(items: list[Item]) -> list[list[Item]]:
    """Part a batch so that no round holds an entity twice: the second sees what the first did."""
    rounds: list[dict[str, Item]] = []
    for item in items:
        free = next((one for one in rounds if item.id not in one), None)
        if free is None:
            free = {}
            rounds.append(free)
        free[item.id] = item
    return [list(one.values()) for one in rounds]


class _reporting:  # noqa: N801 - reads as a statement
    """Notes what became of one entity and lets the others go on."""

    def __init__(self, outcome: Outcome, uri: Any) -> None:
        self._outcome = outcome
        self._uri = uri

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, error: BaseException | None, _trace: Any) -> bool:
        if error is None:
            self._outcome.success.append(str(self._uri))
        if isinstance(error, NgsiProblem):
            self._outcome.fail(self._uri, error)
            return True
        if isinstance(error, Problem):
            self._outcome.fail(self._uri, bad(error.en, error.zh))
            return True
        return False


def _read_items(call: Call, outcome: Outcome) -> list[Item]:
    given, terms = call.body(MERGE_TYPES)
    items = []
    for one in _listed(given):
        uri = one.get("id") if isinstance(one, dict) else None
        try:
            items.append(_read_item(call, one, terms))
        except NgsiProblem as problem:
            outcome.fail(uri, problem)
    return items


def _read_item(call: Call, one: Any, terms: Terms) -> Item:
    if not isinstance(one, dict):
        raise bad("An entity is a JSON object.", "实体应为 JSON 对象。")
    own = call.make_terms(one["@context"]) if "@context" in one else terms
    return Item(check_uri(one.get("id"), "id"), one, own)


def _listed(given: Any) -> list[Any]:
    if not isinstance(given, list) or not given:
        raise bad("A batch is a list that is not empty.", "批量操作的内容应为非空列表。")
    if len(given) > _MOST:
        raise InvalidRequest(
            f"一次最多 {_MOST} 个实体。请分批发送。", f"At most {_MOST} entities at once."
        )
    return given


def _missing(uri: str) -> NotFound:
    return NotFound(f"没有实体“{uri}”。", f"There is no entity “{uri}”.")
