"""The one write door: a change is one transaction of facts with who, why and from what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime

from chaintwin.access.asker import Asker
from chaintwin.engine.database import Connection
from chaintwin.kit.batches import in_batches, in_runs
from chaintwin.kit.problems import ConflictProblem, NotFoundProblem
from chaintwin.model.fact import Statement, Subject, Value
from chaintwin.model.kinds import KIND, BodyClass, Kind, Kinds, open_attribute, open_kind
from chaintwin.model.sheet import Sheet
from chaintwin.twin.identity.groups import SAME_AS
from chaintwin.twin.kinds import OwnKinds, kind_statements, kind_subject
from chaintwin.twin.reordering import Held, reorder
from chaintwin.twin.sheets import Origin, Sheets
from chaintwin.twin.statements import check, fit, refuse_control_characters, subjects
from chaintwin.twin.store.changes import begin_change, finish_change
from chaintwin.twin.store.facts import FactWriter, read_timelines
from chaintwin.twin.store.judgements import keep_judgements
from chaintwin.twin.store.keys import Bodies, read_kinds
from chaintwin.twin.store.kinds import mark_kinds
from chaintwin.twin.store.ledger import Leaves, write_leaves
from chaintwin.twin.store.lines import MAIN, Line
from chaintwin.twin.store.names import Names
from chaintwin.twin.store.restoring import read_earlier
from chaintwin.twin.store.retract import facts_to_retract, facts_unstated
from chaintwin.twin.store.rows import Row, make_row, write_moment
from chaintwin.twin.store.state import replace_state
from chaintwin.twin.store.timelines import Closing, Effect, End, adopt, apply

Start = tuple[int, int, str, str]  # body, attribute, value key, valid from
Key = tuple[int, int, int, str]  # source, body, attribute, value key

_BATCH = 20_000
_REFRESH = 20_000


@dataclass(slots=True)
class Tally:
    """What a change came to."""

    stated: int = 0
    opened: int = 0
    closed: int = 0
    same: int = 0
    changed: int = 0
    clashes: int = 0
    new_bodies: int = 0
    touched: set[int] = field(default_factory=set)


class Changes:
    """One change in the making; nothing of it is seen before the transaction commits."""

    def __init__(
        self,
        connection: Connection,
        names: Names,
        kinds: OwnKinds,
        asker: Asker,
        *,
        now: datetime,
        reason: str,
        source: str,
        line: Line = MAIN,
    ) -> None:
        self._connection = connection
        self._names = names
        self.asker = asker
        self._source = names.number("source", source)
        self.line = line
        self.number, self.at = begin_change(
            connection, asker, now, reason, self._source, line.branch
        )
        self._leaves = Leaves()
        self._bodies = Bodies(connection, names, asker.tenant, self.number, self._leaves)
        self._writer = self._write_as(self._source)
        # Read under the tenant's change lock: nobody else declares a kind meanwhile.
        self.kinds: Kinds = kinds.of(connection, asker.tenant)
        self._kind_of: dict[int, str] = {}
        self._open_class: BodyClass | None = None
        self._is_defining = False
        self._has_declared = self._has_judged = False
        self._same_as = names.number("attribute", SAME_AS)
        origin = Origin(self.number, self.at, asker.tenant, self._source, asker.labels)
        self._sheets = Sheets(connection, names, self._bodies, origin)
        self._stated: dict[Start, int] | None = None
        self.tally = Tally()

    @property
    def connection(self) -> Connection:
        """Return the connection whose transaction this change is made in."""
        return self._connection

    @property
    def new_bodies(self) -> int:
        """Return how many bodies this change has made so far."""
        return len(self._bodies.made)

    def find(self, scheme: str, values: Iterable[str]) -> dict[str, int]:
        """Return the bodies that keys of one scheme already name; none is made."""
        self._sheets.settle()
        return self._bodies.find(scheme, values)

    def keep_stated(self) -> None:
        """Remember what is stated from now on, for `retract_unstated`.

        Of two different statements of one start the first one stands, also on a second load.
        """
        self._stated = {}

    def body(self, kind: str, *keys: tuple[str, str]) -> int:
        """Return the body these keys name, making it if there is none."""
        self._sheets.settle()
        subject = Subject(kind, keys)
        self._check_kinds([subject])
        return self._resolve([subject])[subject]

    def rename(self, kind: str, key: tuple[str, str]) -> int:
        """Make a new body, which a key of one's own names from now on, whatever it named before."""
        self._sheets.settle()
        self._check_kinds([Subject(kind, (key,))])
        body = self._bodies.rename(kind, key)
        self._kind_of[body] = kind
        return body

    def accept_unknown(self, body_class: BodyClass = "other") -> None:
        """Let statements name kinds and attributes nobody declared, from now on.

        They are declared in this change as the tenant's own: an open kind of the class, attributes
        of type any. Names are plain (Warehouse, floor_area) or IRIs.
        """
        self._open_class = body_class

    def declare(self, kind: Kind) -> int:
        """Add a kind of one's own, or attributes to a shipped or own kind; return its body.

        Raises InputProblem or ConflictProblem as Kinds.with_own does.
        """
        attributes = {name: replace(one, own=True) for name, one in kind.attributes.items()}
        there = self.kinds.by_name.get(kind.name)
        own = replace(kind, attributes=attributes, own=there is None or there.own)
        self.kinds = self.kinds.with_own(own)
        self._has_declared = True
        with self.defining():
            self.record(kind_statements(own, there))
        return self.body(KIND, *kind_subject(kind.name).keys)

    @contextmanager
    def defining(self) -> Iterator[None]:
        """Let facts be stated that only acts of their own state: of kinds and of authority."""
        self._is_defining = True
        try:
            yield
        finally:
            self._is_defining = False

    def say(
        self, about: Subject | int, attribute: str, value: Value | None, **more: object
    ) -> None:
        """State one fact; keywords are the fields of Statement."""
        self.record([Statement(about, attribute, value, **more)])  # type: ignore[arg-type]

    def record(self, statements: Iterable[Statement]) -> Tally:
        """State facts in bulk; what is already held the same adds nothing."""
        for batch in in_runs(statements, _BATCH, lambda said: said.about):
            self._record_batch(batch)
        return self.tally

    def check(self, statements: Iterable[Statement]) -> None:
        """Raise what recording statements would, as far as one by itself can tell; do nothing."""
        given = list(statements)
        self._learn_kinds(given)
        for said in given:
            about = said.about
            kind = self._kind_of[about] if isinstance(about, int) else about.kind
            is_open = self._open_class is not None
            check(said, kind, self.kinds, self.asker.labels, is_open=is_open)

    def record_sheet(self, sheet: Sheet) -> list[int]:
        """State a sheet, which says what its statements say; return the body of each row.

        New bodies are stored quickly; rows about bodies that are there are recorded one by one.
        """
        sheet.check_shape()
        is_plain = self._stated is None and self.line.is_main and sheet.fits(self.kinds)
        if not is_plain:
            rows = range(len(sheet))
            self.record(said for row in rows for said in sheet.statements(row, self.kinds))
            return self._sheets.find_bodies(sheet)
        recorded = self._sheets.record(sheet, self.kinds, self._leaves)
        self.tally.stated += recorded.opened
        self.tally.opened += recorded.opened
        self.record(said for row in recorded.left for said in sheet.statements(row, self.kinds))
        return recorded.bodies

    @contextmanager
    def overlapping(self) -> Iterator[None]:
        """Let sheets be stored while the next ones are made ready."""
        with self._sheets.overlapping():
            yield

    def retract(self, bodies: list[int] | None = None, attribute: str | None = None) -> Tally:
        """Stop believing what this change's source said (of some bodies, of one attribute)."""
        number = None if attribute is None else self._names.number("attribute", attribute)
        self._close(
            facts_to_retract(self._connection, self.asker.tenant, self._source, bodies, number)
        )
        return self.tally

    def retract_unstated(self) -> Tally:
        """Stop believing what this change's source once said and has not stated again."""
        if self._stated is None:
            raise RuntimeError("keep_stated was not called")
        stated = {start[:3] for start in self._stated}
        self._close(facts_unstated(self._connection, self.asker.tenant, self._source, stated))
        return self.tally

    def retract_facts(self, facts: list[Closing]) -> Tally:
        """Stop believing single facts (body, fact) of one's own tenant."""
        self._close(facts)
        return self.tally

    def restore(self, body: int, known_at: datetime) -> Tally:
        """Believe again of a body what one's own tenant believed at a moment, and nothing else.

        What is derived is left alone: it follows from the rest. Labels the asker may not read
        are left alone too.
        """
        self._sheets.settle()
        earlier = read_earlier(self._connection, self.asker.tenant, body, known_at)
        self._close(earlier.wrong)
        for source, rows in earlier.missing.items():
            self._open(self._write_as(source), rows)
        return self.tally

    def adopt(self, wanted: Mapping[Key, Sequence[Row]]) -> Tally:
        """Believe of some series (source, body, attribute, value key) these rows and no others."""
        tenant = self.asker.tenant
        for source in sorted({key[0] for key in wanted}):
            rows = {key[1:]: wanted[key] for key in wanted if key[0] == source}
            bodies = sorted({body for body, _, _ in rows})
            lines = read_timelines(self._connection, tenant, 0, source, bodies, self.number)
            effect = adopt(rows, lines)
            self._close(effect.closed)
            self._open(self._write_as(source), effect.opened)
        return self.tally

    def finish(self) -> Tally:
        """Bring the current state and the ledger up to date; called once, before the commit."""
        self._sheets.settle()
        touched = self._leaves.touched()
        for batch in in_batches((b for b in touched if b not in self._sheets.derived), _REFRESH):
            replace_state(self._connection, self.asker.tenant, batch, self.at, self.line)
        write_leaves(self._connection, self.number, self.asker.tenant, self._leaves)
        if self._has_judged or self._leaves.closed:
            tenant, closed = self.asker.tenant, self._leaves.closed.keys()
            keep_judgements(self._connection, tenant, self.number, self._same_as, closed)
        held = Held(self._connection, self._names, self.kinds, self.asker.tenant)
        if reorder(held, self.line, (self.number, self.at), touched) or self._has_declared:
            mark_kinds(self._connection, self.asker.tenant, self.number)
        self.tally.new_bodies = len(self._bodies.made)
        self.tally.touched = set(touched)
        counts = (self.tally.opened, self.tally.closed, len(touched))
        finish_change(self._connection, self.number, self.asker.tenant, counts, self.line.branch)
        return self.tally

    def _record_batch(self, batch: list[Statement]) -> None:
        self._sheets.settle()
        self._check_kinds(subjects(batch))
        found = self._resolve(subjects(batch))
        self._learn_kinds(batch)
        if self._open_class is not None and not self._is_defining:
            self._declare_unknown(batch, found)
        rows = [self._row(said, found) for said in batch]
        if self._stated is not None:
            rows = [(row, end) for row, end in rows if self._is_first(row, self._stated)]
        self.tally.stated += len(batch)
        self._lay(rows)

    def _lay(self, rows: list[tuple[Row, End | None]]) -> None:
        known = {row.body for row, _ in rows} - self._bodies.made
        known |= {row.body for row, _ in rows} & self._leaves.opened.keys()
        lines = (
            read_timelines(
                self._connection, self.asker.tenant, 0, self._source, sorted(known), self.number
            )
            if known
            else {}
        )
        effect = apply(rows, lines)
        self._close(effect.closed)
        self._open(self._writer, effect.opened)
        self._count(effect)

    def _count(self, effect: Effect) -> None:
        self.tally.same += effect.same
        self.tally.changed += effect.changed
        self.tally.clashes += effect.clashes

    def _is_first(self, row: Row, stated: dict[Start, int]) -> bool:
        said = hash(row.said)
        is_first = stated.setdefault((*row.series, row.valid_from), said) == said
        self.tally.clashes += not is_first
        return is_first

    def _write_as(self, source: int) -> FactWriter:
        return FactWriter(
            self._connection, self.number, self.at, self.asker.tenant, self.line.branch, source
        )

    def _open(self, writer: FactWriter, rows: Sequence[Row]) -> None:
        if any(row.attribute == self._same_as for row in rows):
            self._judge()
        self._leaves.add_opened(writer.open(rows))
        self.tally.opened += len(rows)
        self._sheets.derived.difference_update(row.body for row in rows)

    def _judge(self) -> None:
        if not self.line.is_main:
            raise ConflictProblem(
                "推演分支里不裁决同一性。请切回主线再裁决。",
                "Identity is not judged in a branch. Go back to the main line.",
            )
        self._has_judged = True

    def _close(self, closings: list[Closing]) -> None:
        self._sheets.settle()
        lines = self._writer.close(closings)
        self._sheets.derived.difference_update(body for body, _ in closings)
        self._leaves.add_closed(lines)
        self.tally.closed += len(lines)

    def _row(self, said: Statement, found: dict[Subject, int]) -> tuple[Row, End | None]:
        body = said.about if isinstance(said.about, int) else found[said.about]
        kind, labels = self._kind_of[body], self.asker.labels
        said = fit(said, kind, self.kinds, labels, is_defining=self._is_defining)
        value = said.value
        target = value.ref if value else None
        ref = found[target] if isinstance(target, Subject) else target
        key = said.value_key
        if value is not None and not key and self.kinds.is_many(said.attribute):
            key = str(ref) if ref is not None else value.text or ""
        refuse_control_characters(said, key)
        row = make_row(said, body, ref, self._names.number("attribute", said.attribute), key)
        if said.valid_to is None:
            return row, None
        return row, (write_moment(said.valid_to.at), said.valid_to.precision.value)

    def _resolve(self, subjects: Iterable[Subject]) -> dict[Subject, int]:
        found = self._bodies.resolve(subjects)
        self._kind_of.update((body, subject.kind) for subject, body in found.items())
        return found

    def _learn_kinds(self, batch: list[Statement]) -> None:
        given = {said.about for said in batch if isinstance(said.about, int)}
        missing = given - self._kind_of.keys()
        if not missing:
            return
        kinds = read_kinds(self._connection, missing)
        self._kind_of.update(
            (body, self._names.name("kind", number)) for body, number in kinds.items()
        )
        if missing - kinds.keys():
            raise NotFoundProblem(
                "没有找到要修改的孪生体。请核对编码。",
                "There is no such body to change. Check the code.",
            )

    def _check_kinds(self, subjects: Iterable[Subject]) -> None:
        for kind in {subject.kind for subject in subjects}:
            if kind not in self.kinds.by_name and self._open_class is not None:
                self.declare(open_kind(kind, self._open_class))
            self.kinds.get(kind)

    def _declare_unknown(self, batch: list[Statement], found: dict[Subject, int]) -> None:
        unknown: dict[str, set[str]] = {}
        for said in batch:
            body = said.about if isinstance(said.about, int) else found[said.about]
            kind = self._kind_of[body]
            if said.attribute not in self.kinds.known(kind).attributes:
                unknown.setdefault(kind, set()).add(said.attribute)
        for kind, names in unknown.items():
            attributes = {name: open_attribute(name) for name in sorted(names)}
            self.declare(replace(self.kinds.known(kind), attributes=attributes))
