"""Rows of access tokens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from chaintwin.access.store.accounts import AccountRow, get_account
from chaintwin.engine.database import Connection

_COLUMNS = "id, tenant, account, name, beginning, may_write, made_at, ends_at, used_at, revoked_at"


@dataclass(frozen=True, slots=True)
class TokenRow:
    """One access token as stored; the token itself is not."""

    id: int
    tenant: int
    account: int
    name: str
    beginning: str
    may_write: bool
    made_at: datetime
    ends_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None


def add_token(connection: Connection, row: TokenRow, token_hash: bytes) -> TokenRow:
    """Enter a token by its digest; return it with its number."""
    made = connection.execute(
        "INSERT INTO access_token (tenant, account, name, beginning, may_write, made_at, ends_at, "
        f"token_hash) VALUES (%s, %s, %s, %s, %s, %s, %s, %s) RETURNING {_COLUMNS}",
        (
            row.tenant, row.account, row.name, row.beginning, row.may_write, row.made_at,
            row.ends_at, token_hash,
        ),
    ).fetchone()  # fmt: skip
    assert made is not None
    return TokenRow(*made)


def list_tokens(connection: Connection, account: int) -> list[TokenRow]:
    """Return every token an account ever had, the latest first."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM access_token WHERE account = %s ORDER BY made_at DESC, id DESC",
        (account,),
    )
    return [TokenRow(*row) for row in rows]


def find_token(
    connection: Connection, token_hash: bytes
) -> tuple[TokenRow, AccountRow | None] | None:
    """Return a token with its account, both opened by the token itself."""
    row = connection.execute(
        f"SELECT {_COLUMNS}, set_config('chaintwin.account', account::text, true) "
        "FROM access_token WHERE token_hash = %s",
        (token_hash,),
    ).fetchone()
    if row is None:
        return None
    found = TokenRow(*row[:-1])
    return found, get_account(connection, found.account)


def find_tokens(
    connection: Connection, token_hashes: Sequence[bytes], at: datetime
) -> dict[bytes, TokenRow]:
    """Return the asking tenant's tokens that hold at a moment, by digest."""
    rows = connection.execute(
        f"SELECT token_hash, {_COLUMNS} FROM access_token "
        "WHERE token_hash = ANY(%s) AND ends_at > %s AND revoked_at IS NULL",
        (list(token_hashes), at),
    )
    return {bytes(row[0]): TokenRow(*row[1:]) for row in rows}


def mark_used(connection: Connection, number: int, at: datetime) -> None:
    """Note when a token was used last."""
    connection.execute("UPDATE access_token SET used_at = %s WHERE id = %s", (at, number))


def revoke_token(connection: Connection, account: int, number: int, at: datetime) -> bool:
    """Revoke one token of an account; False when it has no such token that still holds."""
    done = connection.execute(
        "UPDATE access_token SET revoked_at = %s "
        "WHERE id = %s AND account = %s AND revoked_at IS NULL",
        (at, number, account),
    )
    return done.rowcount == 1


def revoke_tokens(connection: Connection, account: int, at: datetime) -> list[str]:
    """Revoke every token of an account; return the names of those that still held."""
    rows = connection.execute(
        "UPDATE access_token SET revoked_at = %(at)s "
        "WHERE account = %(account)s AND revoked_at IS NULL RETURNING name, ends_at > %(at)s",
        {"at": at, "account": account},
    )
    return sorted(name for name, held in rows if held)
