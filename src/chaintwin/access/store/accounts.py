"""Rows of accounts and sessions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from chaintwin.engine.database import Connection

_COLUMNS = (
    "id, tenant, login, name, password_hash, roles, labels, demo, must_change, disabled_at, "
    "failures, locked_until"
)


@dataclass(frozen=True, slots=True)
class AccountRow:
    """One account as stored."""

    id: int
    tenant: int
    login: str
    name: str
    password_hash: str
    roles: list[str]
    labels: list[int]
    demo: bool
    must_change: bool
    disabled_at: datetime | None
    failures: int
    locked_until: datetime | None


def find_account(connection: Connection, login: str) -> AccountRow | None:
    """Return an account by its log-in name, if row security shows it."""
    row = connection.execute(
        f"SELECT {_COLUMNS} FROM account WHERE login = %s", (login,)
    ).fetchone()
    return None if row is None else AccountRow(*row)


def get_account(connection: Connection, number: int) -> AccountRow | None:
    """Return an account by its number, if row security shows it."""
    row = connection.execute(f"SELECT {_COLUMNS} FROM account WHERE id = %s", (number,)).fetchone()
    return None if row is None else AccountRow(*row)


def lock_account(connection: Connection, number: int) -> AccountRow:
    """Return an account and hold its row until the transaction ends."""
    row = connection.execute(
        f"SELECT {_COLUMNS} FROM account WHERE id = %s FOR UPDATE", (number,)
    ).fetchone()
    assert row is not None
    return AccountRow(*row)


def list_accounts(connection: Connection, tenant: int) -> list[AccountRow]:
    """Return the accounts of a tenant by log-in name."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM account WHERE tenant = %s ORDER BY login", (tenant,)
    )
    return [AccountRow(*row) for row in rows]


def add_account(connection: Connection, account: AccountRow, at: datetime) -> int:
    """Enter a new account; its number is given by the store."""
    row = connection.execute(
        "INSERT INTO account (tenant, login, name, password_hash, roles, labels, demo, "
        "must_change, made_at) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s) "
        "ON CONFLICT (login) DO NOTHING RETURNING id",
        (
            account.tenant, account.login, account.name, account.password_hash, account.roles,
            account.labels, account.demo, account.must_change, at,
        ),
    ).fetchone()  # fmt: skip
    return 0 if row is None else int(row[0])


def set_password(connection: Connection, number: int, password_hash: str) -> None:
    """Set a new password and end the duty to change it."""
    connection.execute(
        "UPDATE account SET password_hash = %s, must_change = false, failures = 0, "
        "locked_until = NULL WHERE id = %s",
        (password_hash, number),
    )


def set_rights(
    connection: Connection, number: int, roles: Sequence[str], labels: Sequence[int]
) -> None:
    """Set the roles and labels of an account."""
    connection.execute(
        "UPDATE account SET roles = %s, labels = %s WHERE id = %s",
        (list(roles), list(labels), number),
    )


def set_disabled(connection: Connection, number: int, at: datetime | None) -> None:
    """Disable an account from a moment, or enable it again."""
    connection.execute("UPDATE account SET disabled_at = %s WHERE id = %s", (at, number))


def count_failure(connection: Connection, number: int, locked_until: datetime | None) -> None:
    """Count a wrong password, perhaps locking the account for a while."""
    connection.execute(
        "UPDATE account SET failures = failures + 1, locked_until = %s WHERE id = %s",
        (locked_until, number),
    )


def clear_failures(connection: Connection, number: int) -> None:
    """Forget wrong passwords after a right one."""
    connection.execute(
        "UPDATE account SET failures = 0, locked_until = NULL WHERE id = %s", (number,)
    )


def add_session(
    connection: Connection, token_hash: bytes, account: AccountRow, at: datetime, ends_at: datetime
) -> None:
    """Enter a session; only the digest of its token is stored."""
    connection.execute(
        "INSERT INTO session (token_hash, tenant, account, made_at, ends_at) "
        "VALUES (%s, %s, %s, %s, %s)",
        (token_hash, account.tenant, account.id, at, ends_at),
    )


def find_session(connection: Connection, token_hash: bytes, at: datetime) -> AccountRow | None:
    """Return the account of a session that has not ended; the session opens its row."""
    row = connection.execute(
        "SELECT set_config('chaintwin.account', account::text, true) FROM session "
        "WHERE token_hash = %s AND ends_at > %s",
        (token_hash, at),
    ).fetchone()
    return None if row is None else get_account(connection, int(row[0]))


def find_sessions(
    connection: Connection, token_hashes: Sequence[bytes], at: datetime
) -> dict[bytes, AccountRow]:
    """Return the accounts of the asking tenant's sessions that have not ended, by token digest."""
    columns = ", ".join(f"a.{name.strip()}" for name in _COLUMNS.split(","))
    rows = connection.execute(
        f"SELECT s.token_hash, {columns} FROM session s JOIN account a ON a.id = s.account "
        "WHERE s.token_hash = ANY(%s) AND s.ends_at > %s AND a.disabled_at IS NULL",
        (list(token_hashes), at),
    )
    return {bytes(row[0]): AccountRow(*row[1:]) for row in rows}


def end_sessions(connection: Connection, account: int, but: bytes | None = None) -> None:
    """End every session of an account but one."""
    connection.execute(
        "DELETE FROM session WHERE account = %s AND token_hash IS DISTINCT FROM %s", (account, but)
    )


def end_session(connection: Connection, token_hash: bytes) -> None:
    """End one session."""
    connection.execute("DELETE FROM session WHERE token_hash = %s", (token_hash,))
