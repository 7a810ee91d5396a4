"""Which body a source means: keys are looked up strongest first, in one's own tenant and in public.

A key belongs to one body per tenant. Bodies that no key finds are new.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass

from chaintwin.engine.database import Connection
from chaintwin.model.fact import Subject
from chaintwin.twin.store.ledger import Leaves
from chaintwin.twin.store.names import Names
from chaintwin.twin.store.numbers import reserve
from chaintwin.twin.store.rows import escape
from chaintwin.twin.store.staging import insert_text

Key = tuple[str, str]
_PORTION = 20_000
_BODY = ("id", "kind", "tenant", "change")
KEY_COLUMNS = ("scheme", "value", "body", "tenant", "change")


@dataclass(frozen=True, slots=True)
class Named:
    """The body of each row, the rows whose body was there before, and what is still to store.

    `key_lines` are the rows of new keys in COPY text form, by body.
    """

    bodies: list[int]
    known: list[int]
    new_bodies: list[tuple[int, int]]
    key_lines: list[tuple[int, str]]


class Bodies:
    """Resolves subjects to body numbers within one change and remembers what it found.

    The keys it makes are added to the leaves of the change.
    """

    def __init__(
        self, connection: Connection, names: Names, tenant: int, change: int, leaves: Leaves
    ) -> None:
        self._connection = connection
        self._names = names
        self._tenant = tenant
        self._change = change
        self._leaves = leaves
        self._known: dict[Key, int] = {}
        self._numbers: Iterator[int] = iter(())
        self.made: set[int] = set()

    def resolve(self, subjects: Iterable[Subject]) -> dict[Subject, int]:
        """Return the body of each subject, making those that do not exist yet."""
        wanted = list(dict.fromkeys(subjects))
        self._look_up({key for subject in wanted for key in subject.keys})
        new_bodies: list[tuple[int, int]] = []
        key_lines: list[tuple[int, str]] = []
        found: dict[Subject, int] = {}
        for subject in wanted:
            body = next((self._known[key] for key in subject.keys if key in self._known), None)
            if body is None:
                body = self._next_number()
                new_bodies.append((body, self._names.number("kind", subject.kind)))
            for key in subject.keys:
                if key not in self._known:
                    self._known[key] = body
                    key_lines.append((body, self._key_line(key, body)))
            found[subject] = body
        self._leaves.add_keys((body, f"={line}") for body, line in key_lines)
        self.store(Named([], [], new_bodies, key_lines))
        return found

    def rename(self, kind: str, key: Key) -> int:
        """Make a new body, and let a key of one's own name it instead of the one it named."""
        body = self._next_number()
        own = (*key, self._tenant)
        before = self._connection.execute(
            """
            INSERT INTO past_key (scheme, value, body, tenant, change, ended)
            SELECT scheme, value, body, tenant, change, %s FROM body_key
            WHERE scheme = %s AND value = %s AND tenant = %s RETURNING body, change
            """,
            (self._change, *own),
        ).fetchone()
        line = self._key_line(key, body)
        self._known[key] = body
        self._leaves.add_keys([(body, f"={line}")])
        named = Named([], [], [(body, self._names.number("kind", kind))], [])
        if before is None:
            named.key_lines.append((body, line))
        else:
            self._leaves.add_keys([(before[0], f"-={self._key_line(key, *before)}")])
            self._connection.execute(
                "UPDATE body_key SET body = %s, change = %s "
                "WHERE scheme = %s AND value = %s AND tenant = %s",
                (body, self._change, *own),
            )
        self.store(named)
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
                    named.key_lines.append((body, self._key_line(key, body)))
            named.bodies.append(body)
        self._leaves.add_keys((body, f"={line}") for body, line in named.key_lines)
        self.made.update(body for body, _ in named.new_bodies)
        return named

    def store(self, named: Named) -> None:
        """Store the bodies and keys that `name_rows` made."""
        end = f"\t{self._tenant}\t{self._change}\n"
        bodies = "".join([f"{body}\t{kind}{end}" for body, kind in named.new_bodies])
        if bodies:
            insert_text(self._connection, "body", _BODY, bodies)
        keys = "".join([f"{line}\n" for _, line in named.key_lines])
        if keys:
            insert_text(self._connection, "body_key", KEY_COLUMNS, keys)

    def _key_line(self, key: Key, body: int, change: int | None = None) -> str:
        made = self._change if change is None else change
        return _write_key(*key, body, self._tenant, made)

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


def read_kinds(connection: Connection, bodies: Iterable[int]) -> dict[int, int]:
    """Return the kind number of each body that may be read."""
    rows = connection.execute("SELECT id, kind FROM body WHERE id = ANY(%s)", (list(bodies),))
    return dict(rows.fetchall())


def _write_key(scheme: str, value: str, body: int, tenant: int, change: int) -> str:
    """Return the row of a key in COPY text form."""
    return f"{escape(scheme)}\t{escape(value)}\t{body}\t{tenant}\t{change}"


def read_key_lines(
    connection: Connection, after: int, last: int, body: int | None = None
) -> Iterator[tuple[int, int, str]]:
    """Yield (change, body, committed line) of keys that changes after … last made or ended.

    By change; body None: of every body. Read in portions: the memory does not grow with the twin.
    """
    cursor = connection.cursor(name="keys")
    cursor.itersize = _PORTION
    with closing(cursor):
        cursor.execute(_COMMITTED, {"after": after, "last": last, "body": body})
        for at, mark, *row in cursor:
            yield at, row[2], mark + _write_key(*row)


_EVER = (
    "SELECT scheme, value, body, tenant, change FROM body_key "
    "UNION ALL SELECT scheme, value, body, tenant, change FROM past_key"
)
_COMMITTED = f"""
    SELECT at, mark, scheme, value, body, tenant, change FROM (
        SELECT change AS at, '=' AS mark, k.* FROM ({_EVER}) k
        UNION ALL SELECT ended, '-=', scheme, value, body, tenant, change FROM past_key
    ) k
    WHERE at > %(after)s AND at <= %(last)s
      AND (%(body)s::bigint IS NULL OR body = %(body)s::bigint) ORDER BY at
"""


def digest_early_keys(connection: Connection, tenant: int) -> tuple[int, str]:
    """Return how many keys of a tenant no change commits to, and the SHA-256 over all of them.

    They were made before leaves committed to keys. The digest is over the SHA-256 of each row's
    text, in order of scheme and value.
    """
    row = connection.execute(
        f"""
        SELECT count(*), encode(sha256(coalesce(string_agg(
            sha256(convert_to(concat_ws(E'\\t', scheme, value, body, tenant), 'UTF8')), ''::bytea
            ORDER BY scheme, value), ''::bytea)), 'hex')
        FROM ({_EVER}) k WHERE tenant = %s AND change = 0
        """,
        (tenant,),
    ).fetchone()
    assert row is not None
    return int(row[0]), str(row[1])
