"""Accounts, log-in and sessions."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from chaintwin.access.asker import PUBLIC_TENANT, ROLES, Asker
from chaintwin.access.store import accounts as store
from chaintwin.access.store.accounts import AccountRow
from chaintwin.access.store.audit import add_audit
from chaintwin.access.store.tokens import revoke_tokens
from chaintwin.engine.database import Connection, Database
from chaintwin.kit.clock import Clock
from chaintwin.kit.problems import (
    ConflictProblem,
    ForbiddenProblem,
    InputProblem,
    NotFoundProblem,
    Problem,
)
from chaintwin.model.fact import Label

SESSION_LENGTH = timedelta(hours=12)
_LOCK_AFTER = 5
_LOCK_LENGTH = timedelta(minutes=15)
_SEPARATED = frozenset({"administrator", "granter", "auditor"})
_SHORTEST_PASSWORD = 10


class NotLoggedIn(Problem):
    """No valid session came with the request."""

    status = 401


@dataclass(frozen=True, slots=True)
class NewAccount:
    """What an account is made from."""

    tenant: int
    login: str
    name: str
    password: str
    roles: frozenset[str]
    labels: frozenset[Label] = frozenset({Label.PUBLIC})
    demo: bool = False
    must_change: bool = False


class Accounts:
    """Makes accounts, checks passwords and opens sessions."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
        self._nobody = self._hasher.hash(secrets.token_urlsafe())

    def make(self, new: NewAccount, connection: Connection | None = None) -> int:
        """Make an account; raise when the name is taken or the roles may not meet.

        `connection` is the running transaction of the new account's own tenant, if there is one.
        """
        _check_roles(new.roles)
        if not new.demo:
            _check_password(new.password)
        row = AccountRow(
            0, new.tenant, new.login, new.name, self._hasher.hash(new.password), sorted(new.roles),
            sorted(int(label) for label in new.labels), new.demo, new.must_change, None, 0, None,
        )  # fmt: skip
        if connection is not None:
            number = store.add_account(connection, row, self._clock.now())
        else:
            settings = {"tenant": new.tenant, "login": new.login}
            with self._database.transaction(settings) as own:
                number = store.add_account(own, row, self._clock.now())
        if not number:
            raise ConflictProblem(
                f"登录名“{new.login}”已被使用。请换一个。",
                f"The log-in name “{new.login}” is taken. Choose another.",
            )
        return number

    def exists(self, login: str) -> bool:
        """Tell whether a log-in name is taken."""
        with self._database.transaction({"login": login}) as connection:
            return store.find_account(connection, login) is not None

    def log_in(
        self, login: str, password: str, *, address: str | None, is_local: bool
    ) -> tuple[str, Asker, bool]:
        """Return a session token, who it is, and whether the password must be changed.

        Raises NotLoggedIn for a wrong name, a wrong password or a locked account, in the same
        words, and ForbiddenProblem for a disabled account or a demo account from afar.
        """
        with self._database.transaction({"login": login}) as connection:
            account = store.find_account(connection, login)
        if account is None:
            self._is_right(self._nobody, password)
            raise _wrong()
        settings = {"tenant": account.tenant, "login": login}
        token = secrets.token_urlsafe(32)
        with self._database.transaction(settings) as connection:
            # Guesses at one account take turns, so that none passes before the lock.
            account = store.lock_account(connection, account.id)
            problem = self._refusal(connection, account, password, is_local)
            if problem is None:
                store.clear_failures(connection, account.id)
                now = self._clock.now()
                store.add_session(
                    connection, digest_token(token), account, now, now + SESSION_LENGTH
                )
            action = "login" if problem is None else "login_refused"
            add_audit(
                connection, account.tenant, self._clock.now(), (account.id, login),
                (action, None, None), address,
            )  # fmt: skip
        if problem is not None:
            raise problem
        return token, make_asker(account), account.must_change

    def prove(self, asker: Asker, password: str, *, address: str | None) -> None:
        """Check the asker's own password once more; a wrong one counts as it does at log-in.

        Raises InputProblem for a wrong password or a locked account, in the same words.
        """
        assert asker.account is not None
        with self._database.transaction(asker.settings()) as connection:
            account = store.lock_account(connection, asker.account)
            problem = self._refusal(connection, account, password, is_local=True)
            if problem is None:
                store.clear_failures(connection, account.id)
            else:
                add_audit(
                    connection, account.tenant, self._clock.now(), (account.id, account.login),
                    ("password_refused", None, None), address,
                )  # fmt: skip
        if problem is not None:
            raise InputProblem(
                "密码不正确。连续错误五次,账号会锁定 15 分钟。",
                "The password is wrong. Five wrong ones lock an account for 15 minutes.",
            )

    def asker(self, token: str) -> tuple[Asker, bool]:
        """Return who holds a session and whether the password must be changed first.

        Raises NotLoggedIn when the session ended or never was.
        """
        digest = digest_token(token)
        with self._database.transaction({"token": digest.hex()}) as connection:
            account = store.find_session(connection, digest, self._clock.now())
        if account is None:
            raise NotLoggedIn("登录已过期。请重新登录。", "Your session has ended. Log in again.")
        if account.disabled_at is not None:
            raise NotLoggedIn("该账号已停用。请联系管理员。", "This account is disabled.")
        return make_asker(account), account.must_change

    def askers(self, tenant: int, digests: Collection[bytes]) -> dict[bytes, Asker]:
        """Return who holds sessions of a tenant, by the digests of their tokens.

        Sessions that ended, and those of disabled accounts, are left out.
        """
        with self._database.transaction({"tenant": tenant}) as connection:
            found = store.find_sessions(connection, list(digests), self._clock.now())
        return {digest: make_asker(account) for digest, account in found.items()}

    def log_out(self, token: str) -> None:
        """End a session; ending one twice is no error."""
        digest = digest_token(token)
        with self._database.transaction({"token": digest.hex()}) as connection:
            store.end_session(connection, digest)

    def change_password(
        self, connection: Connection, asker: Asker, token: str, old: str, new: str
    ) -> list[str]:
        """Set a new password after proving the old one; ends every other session.

        Access tokens are revoked too: whoever knew the old password may have made one. Returns
        the names of those that held.
        """
        assert asker.account is not None
        account = store.get_account(connection, asker.account)
        if account is None or not self._is_right(account.password_hash, old):
            raise InputProblem("原密码不正确。", "The old password is wrong.")
        if account.demo:
            raise ForbiddenProblem(
                "示例账号的密码不能修改。", "The password of a demo account stays."
            )
        _check_password(new)
        store.set_password(connection, account.id, self._hasher.hash(new))
        store.end_sessions(connection, account.id, but=digest_token(token))
        return revoke_tokens(connection, account.id, self._clock.now())

    def get(self, asker: Asker) -> AccountRow:
        """Return the asker's own account."""
        assert asker.account is not None
        with self._database.transaction(asker.settings()) as connection:
            account = store.get_account(connection, asker.account)
        assert account is not None
        return account

    def _refusal(
        self, connection: Connection, account: AccountRow, password: str, is_local: bool
    ) -> Problem | None:
        if account.demo and not is_local:
            return ForbiddenProblem(
                "示例账号只能在本机(loopback)登录。请由管理员建立正式账号。",
                "Demo accounts work on this machine only. Ask for an account of your own.",
            )
        is_right = self._is_right(account.password_hash, password)
        if account.locked_until is not None and account.locked_until > self._clock.now():
            return _wrong()
        if not is_right:
            locks = account.failures + 1 >= _LOCK_AFTER
            until = self._clock.now() + _LOCK_LENGTH if locks else None
            store.count_failure(connection, account.id, until)
            return _wrong()
        if account.disabled_at is not None:
            return ForbiddenProblem("该账号已停用。请联系管理员。", "This account is disabled.")
        return None

    def _is_right(self, password_hash: str, password: str) -> bool:
        try:
            return self._hasher.verify(password_hash, password)
        except VerificationError:
            return False


def make_asker(account: AccountRow) -> Asker:
    """Return the asker an account stands for."""
    return Asker(
        tenant=account.tenant,
        name=account.name,
        account=account.id,
        login=account.login,
        roles=frozenset(account.roles),
        readable=frozenset({PUBLIC_TENANT, account.tenant}),
        labels=frozenset(Label(label) for label in account.labels),
    )


def find_owner(connection: Connection, number: int) -> Asker | None:
    """Return who an account of the asking tenant stands for now; None if absent or disabled."""
    account = store.get_account(connection, number)
    return None if account is None or account.disabled_at is not None else make_asker(account)


def list_own_accounts(connection: Connection, asker: Asker) -> list[AccountRow]:
    """Return the accounts of the asker's tenant."""
    return store.list_accounts(connection, asker.tenant)


def set_account_state(
    connection: Connection,
    asker: Asker,
    number: int,
    *,
    roles: Collection[str] | None,
    labels: Collection[Label] | None,
    disabled_at: datetime | Literal[False] | None,
) -> None:
    """Change an account of one's own tenant; None leaves a part as it is, False enables it.

    Nobody changes his own roles or disables himself: ConflictProblem.
    """
    account = store.get_account(connection, number)
    if account is None or account.tenant != asker.tenant:
        raise NotFoundProblem("没有这个账号。", "There is no such account.")
    if number == asker.account:
        raise ConflictProblem(
            "不能修改自己的角色、密级或停用自己。请由另一位管理员操作。",
            "Nobody changes his own roles or disables himself. Ask another administrator.",
        )
    if roles is not None or labels is not None:
        new_roles = account.roles if roles is None else sorted(roles)
        _check_roles(new_roles)
        new_labels = account.labels if labels is None else sorted(int(label) for label in labels)
        store.set_rights(connection, number, new_roles, new_labels)
    if disabled_at is not None:
        store.set_disabled(connection, number, disabled_at or None)
        if disabled_at:
            store.end_sessions(connection, number)
            revoke_tokens(connection, number, disabled_at)


def digest_token(token: str) -> bytes:
    """Return the digest by which a token is stored."""
    return hashlib.sha256(token.encode()).digest()


def _wrong() -> Problem:
    return NotLoggedIn(
        "登录名或密码不正确。请重试;连续错误五次,账号会锁定 15 分钟。",
        "Wrong name or password. Try again; five wrong ones lock an account for 15 minutes.",
    )


def _check_password(password: str) -> None:
    if len(password) < _SHORTEST_PASSWORD or len(set(password)) < 5:
        raise InputProblem(
            f"密码至少 {_SHORTEST_PASSWORD} 个字符,且不能只由少数几个字符重复组成。",
            f"A password has at least {_SHORTEST_PASSWORD} characters of at least 5 kinds.",
        )


def _check_roles(roles: Collection[str]) -> None:
    unknown = sorted(set(roles) - ROLES.keys())
    if unknown:
        raise InputProblem(f"没有角色 {unknown}。", f"There are no roles {unknown}.")
    if len(_SEPARATED & set(roles)) > 1:
        raise InputProblem(
            "三员分立:系统管理员、安全保密管理员、安全审计员不能由同一账号兼任。",
            "Administering, granting and auditing may not meet in one account.",
        )
