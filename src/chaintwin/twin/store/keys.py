"""Which body a source means: keys are looked up strongest first, in one's own tenant and in public.

A key belongs to one body per tenant. Bodies that no key finds are new.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from chaintwin.engine.database import Connection
from chaintwin.model.fact import Subject
from chaintwin.twin.store.names import Names
from chaintwin.twin.store.numbers import reserve
from chaintwin.twin.store.rows import escape
from chaintwin.twin.store.staging import insert_rows, insert_text

Key = tuple[str, str]
_BODY = ("id", "kind", "tenant", "change")
_KEY = ("scheme", "value", "body", "tenant")


@dataclass(frozen=True, slots=True)
class Named:
    """The body of each row, the rows whose body was there before, and what is still to store."""

    bodies: list[int]
    known: list[int]
    new_bodies: list[tuple[int, int]]
    new_keys: list[tuple[str, str, int]]


class Bodies:
    """Resolves subjects to body numbers within one change and remembers what it found."""

    def __init__(self, connection: Connection, names: Names, tenant: int, change: int) -> None:
        self._connection = connection
        self._names = names
        self._tenant = tenant
        self._change = change
        self._known: dict[Key, int] = {}
        self._numbers: Iterator[int] = iter(())
        self.made: set[int] = set()

    def resolve(self, subjects: Iterable[Subject]) -> dict[Subject, int]:
        """Return the body of each subject, making those that do not exist yet."""
        wanted = list(dict.fromkeys(subjects))
        self._look_up({key for subject in wanted for key in subject.keys})
        new_bodies: list[tuple[int, int]] = []
        new_keys: list[tuple[str, str, int]] = []
        found: dict[Subject, int] = {}
        for subject in wanted:
            body = next((self._known[key] for key in subject.keys if key in self._known), None)
            if body is None:
                body = self._next_number()
                new_bodies.append((body, self._names.number("kind", subject.kind)))
            for key in subject.keys:
                if key not in self._known:
                    self._known[key] = body
                    new_keys.append((*key, body))
            found[subject] = body
        self._store(new_bodies, new_keys)
        return found

    def rename(self, kind: str, key: Key) -> int:
        """Make a new body, and let a key of one's own name it instead of the one it named."""
        body = self._next_number()
        renamed = self._connection.execute(
            "UPDATE body_key SET body = %s WHERE scheme = %s AND value = %s AND tenant = %s",
            (body, *key, self._tenant),
        ).rowcount
        self._known[key] = body
        new_keys = [] if renamed else [(*key, body)]
        self._store([(body, self._names.number("kind", kind))], new_keys)
        return body

    def name_rows(self, kind: str, rows: Sequence[tuple[Key, ...]]) -> Named:
        """Return the body of each row by its keys; `store` must follow."""
        self._look_up({key for keys in rows for key in keys})
        number = self._names.number("kind", kind)
        spare = iter(reserve(self._connection, "body_id", len(rows)))
        named = Named([], [], [], [])
        for at, keys in enumerate(rows):
            body = next((self._known[key] for key in keys if key in self._known), None)
            if body is None:
                body = next(spare)
                named.new_bodies.append((body, number))
            else:
                named.known.append(at)
            for key in keys:
                if key not in self._known:
                    self._known[key] = body
                    named.new_keys.append((*key, body))
            named.bodies.append(body)
        self.made.update(body for body, _ in named.new_bodies)
        return named

    def store(self, named: Named) -> None:
        """Store the bodies and keys that `name_rows` made."""
        end = f"\t{self._tenant}\t{self._change}\n"
        bodies = "".join([f"{body}\t{kind}{end}" for body, kind in named.new_bodies])
        insert_text(self._connection, "body", _BODY, bodies)
        end = f"\t{self._tenant}\n"
        keys = [f"{escape(s)}\t{escape(v)}\t{body}{end}" for s, v, body in named.new_keys]
        insert_text(self._connection, "body_key", _KEY, "".join(keys))

    def find(self, scheme: str, values: Iterable[str]) -> dict[str, int]:
        """Return the bodies that keys of one scheme already name, by value."""
        wanted = set(values)
        self._look_up({(scheme, value) for value in wanted})
        known = ((value, self._known.get((scheme, value))) for value in wanted)
        return {value: body for value, body in known if body is not None}

    def _look_up(self, keys: set[Key]) -> None:
        unknown = [key for key in keys if key not in self._known]
        if not unknown:
            return
        rows = self._connection.execute(
            """
            SELECT k.scheme, k.value, k.body FROM body_key k
            JOIN unnest(%s::text[], %s::text[]) AS u (scheme, value)
              ON k.scheme = u.scheme COLLATE "C" AND k.value = u.value COLLATE "C"
            ORDER BY (k.tenant = %s)
            """,
            ([key[0] for key in unknown], [key[1] for key in unknown], self._tenant),
        )
        self._known.update(((scheme, value), body) for scheme, value, body in rows)

    def _next_number(self) -> int:
        number = next(self._numbers, None)
        if number is None:
            rows = self._connection.execute(
                "SELECT nextval('body_id') FROM generate_series(1, 500)"
            )
            self._numbers = iter([row[0] for row in rows])
            number = next(self._numbers)
        self.made.add(number)
        return number

    def _store(self, bodies: list[tuple[int, int]], keys: list[tuple[str, str, int]]) -> None:
        insert_rows(
            self._connection,
            "body",
            _BODY,
            ((body, kind, self._tenant, self._change) for body, kind in bodies),
        )
        insert_rows(
            self._connection,
            "body_key",
            _KEY,
            ((scheme, value, body, self._tenant) for scheme, value, body in keys),
        )


def read_kinds(connection: Connection, bodies: Iterable[int]) -> dict[int, int]:
    """Return the kind number of each body that may be read."""
    rows = connection.execute("SELECT id, kind FROM body WHERE id = ANY(%s)", (list(bodies),))
    return dict(rows.fetchall())
