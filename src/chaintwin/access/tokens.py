"""Access tokens: a program asks for a person, within a scope and for a time, without a password."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chaintwin.access.accounts import Accounts, NotLoggedIn, digest_token, make_asker
from chaintwin.access.asker import Asker
from chaintwin.access.audit import record_act
from chaintwin.access.store import accounts as account_store
from chaintwin.access.store import tokens as store
from chaintwin.access.store.accounts import AccountRow
from chaintwin.access.store.tokens import TokenRow
from chaintwin.engine.database import Database
from chaintwin.kit.clock import Clock
from chaintwin.kit.problems import (
    ConflictProblem,
    ForbiddenProblem,
    InputProblem,
    NotFoundProblem,
)

# No token of a session begins so, and programs that look for lost secrets know it again.
MARK = "chaintwin_"
LONGEST = timedelta(days=366)
_SHOWN = len(MARK) + 6
_MOST = 50
# A busy program would else write a row with each of its reads.
_NOTED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class NewToken:
    """What a token is made from."""

    name: str
    may_write: bool
    ends_at: datetime


class Tokens:
    """Makes, lists and revokes the tokens of a person, and tells who holds one."""

    def __init__(self, database: Database, clock: Clock, accounts: Accounts) -> None:
        self._database = database
        self._clock = clock
        self._accounts = accounts

    def make(
        self, asker: Asker, new: NewToken, password: str, *, address: str | None
    ) -> tuple[TokenRow, str]:
        """Make a token for a person who gives the password again; return it and the token itself.

        The token is never to be read again. Wrong passwords count as they do at log-in.
        """
        account = _require_person(asker)
        self._accounts.prove(asker, password, address=address)
        now = self._clock.now()
        token = MARK + secrets.token_urlsafe(32)
        row = TokenRow(
            0, asker.tenant, account, new.name.strip(), token[:_SHOWN], new.may_write, now,
            new.ends_at, None, None,
        )  # fmt: skip
        with self._database.transaction(asker.settings()) as connection:
            account_store.lock_account(connection, account)
            _check(row, store.list_tokens(connection, account), now)
            made = store.add_token(connection, row, digest_token(token))
            scope = "read and write" if new.may_write else "read"
            detail = {"token": row.name, "scope": scope, "ends_at": row.ends_at.isoformat()}
            record_act(connection, asker, now, "token_made", row.beginning, detail, address=address)
        return made, token

    def list_own(self, asker: Asker) -> list[TokenRow]:
        """Return every token of a person, also those that hold no more, the latest first."""
        assert asker.account is not None
        with self._database.transaction(asker.settings()) as connection:
            return store.list_tokens(connection, asker.account)

    def revoke(self, asker: Asker, number: int, *, address: str | None) -> None:
        """Revoke one of one's own tokens for good; raise NotFoundProblem when none holds."""
        account = _require_person(asker)
        now = self._clock.now()
        with self._database.transaction(asker.settings()) as connection:
            found = {row.id: row for row in store.list_tokens(connection, account)}
            if not store.revoke_token(connection, account, number, now):
                raise NotFoundProblem(
                    "您没有这个访问令牌,或它已被撤销。请刷新列表。",
                    "You have no such token, or it is revoked already. Reload the list.",
                )
            row = found[number]
            record_act(
                connection, asker, now, "token_revoked", row.beginning, {"token": row.name},
                address=address,
            )  # fmt: skip

    def identify(self, bearer: str, *, is_local: bool) -> tuple[Asker, bool]:
        """Return who asks, by session or access token, and whether the password must be changed.

        A token's holder may no more than its scope. Raises NotLoggedIn for a token that is wrong,
        revoked or over, or whose account is disabled; ForbiddenProblem for one of a demo account
        that comes from another machine.
        """
        if not bearer.startswith(MARK):
            return self._accounts.asker(bearer)
        digest, now = digest_token(bearer), self._clock.now()
        with self._database.transaction({"token": digest.hex()}) as connection:
            found = store.find_token(connection, digest)
            row, account = found if found is not None else (None, None)
            if row is None or account is None:
                raise NotLoggedIn(
                    "访问令牌无效。请核对,或在“我的账户”中新建一个。",
                    "The access token is not valid. Check it, or make one under “My account”.",
                )
            _refuse(row, account, now, is_local=is_local)
            if row.used_at is None or now - row.used_at >= _NOTED_EVERY:
                store.mark_used(connection, row.id, now)
        return _narrow(make_asker(account), row), account.must_change

    def holders(self, tenant: int, digests: Collection[bytes]) -> dict[bytes, Asker]:
        """Return who holds sessions and tokens of a tenant, by their digests.

        Those that ended, and those of disabled accounts, are left out.
        """
        found = self._accounts.askers(tenant, digests)
        rest = [digest for digest in digests if digest not in found]
        return found | self._holders_of_tokens(tenant, rest) if rest else found

    def _holders_of_tokens(self, tenant: int, digests: list[bytes]) -> dict[bytes, Asker]:
        with self._database.transaction({"tenant": tenant}) as connection:
            rows = store.find_tokens(connection, digests, self._clock.now())
            accounts = {
                number: account_store.get_account(connection, number)
                for number in {row.account for row in rows.values()}
            }
        return {
            digest: _narrow(make_asker(account), row)
            for digest, row in rows.items()
            if (account := accounts[row.account]) is not None and account.disabled_at is None
        }


def _narrow(asker: Asker, row: TokenRow) -> Asker:
    return replace(asker, reads_only=not row.may_write, token=row.name)


def _require_person(asker: Asker) -> int:
    """Return the account of somebody who logged in; a program makes itself no further token."""
    if asker.account is None or asker.token is not None:
        raise ForbiddenProblem(
            "访问令牌不能新建或撤销令牌。请登录网页,在“我的账户”中操作。",
            "A token makes and revokes no tokens. Log in to the pages and go to “My account”.",
        )
    return asker.account


def _check(new: TokenRow, there: list[TokenRow], now: datetime) -> None:
    if not new.name:
        raise InputProblem(
            "请给令牌起个名称,说明哪个程序使用它。", "Name the token after what uses it."
        )
    if not now < new.ends_at <= now + LONGEST:
        raise InputProblem(
            "令牌的到期时间应在今后一年之内。请另选日期。",
            "A token ends within a year from now. Choose another day.",
        )
    held = [one for one in there if one.revoked_at is None and one.ends_at > now]
    if any(one.name == new.name for one in held):
        raise ConflictProblem(
            f"已有名为“{new.name}”的有效令牌。请换一个名称,或先撤销它。",
            f"A token named “{new.name}” still holds. Choose another name, or revoke that one.",
        )
    if len(held) >= _MOST:
        raise ConflictProblem(
            f"每个账号最多 {_MOST} 个有效令牌。请先撤销不用的。",
            f"An account has at most {_MOST} tokens that hold. Revoke those not in use.",
        )


def _refuse(row: TokenRow, account: AccountRow, now: datetime, *, is_local: bool) -> None:
    if row.revoked_at is not None:
        raise NotLoggedIn(
            f"访问令牌“{row.beginning}…”已被撤销。请在“我的账户”中新建一个。",
            f"The access token “{row.beginning}…” was revoked. Make one under “My account”.",
        )
    if row.ends_at <= now:
        raise NotLoggedIn(
            f"访问令牌“{row.beginning}…”已过期。请在“我的账户”中新建一个。",
            f"The access token “{row.beginning}…” is over. Make one under “My account”.",
        )
    if account.disabled_at is not None:
        raise NotLoggedIn("该账号已停用。请联系管理员。", "This account is disabled.")
    if account.demo and not is_local:
        raise ForbiddenProblem(
            "示例账号的令牌只能在本机(loopback)使用。请由管理员建立正式账号。",
            "Tokens of demo accounts work on this machine only. Ask for an account of your own.",
        )
