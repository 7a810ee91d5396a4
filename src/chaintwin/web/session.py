"""Log-in, log-out, who am I; accounts and the audit trail."""

from __future__ import annotations

import ipaddress
import re
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from chaintwin.access.accounts import (
    SESSION_LENGTH,
    Accounts,
    NewAccount,
    NotLoggedIn,
    list_own_accounts,
    set_account_state,
)
from chaintwin.access.asker import ROLES, Asker, usual_labels
from chaintwin.access.audit import read_acts
from chaintwin.access.demo import DEMO_ACCOUNTS, DEMO_PASSWORD
from chaintwin.access.tenants import all_tenants
from chaintwin.kit.problems import InputProblem
from chaintwin.model.fact import Label
from chaintwin.twin.asked import AccountNumber, Limit, Offset
from chaintwin.twin.door import TheDoor, current_asker

router = APIRouter(prefix="/api/v1", tags=["session"])
COOKIE = "chaintwin_session"
_OF_PROXIES = ("x-forwarded-for", "forwarded", "x-real-ip", "via")


class Given(BaseModel):
    """A request body; unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


class LogIn(Given):
    """A log-in name and password."""

    login: str = Field(description="登录名 log-in name", max_length=100)
    password: str = Field(description="密码 password", max_length=500)


class Place(BaseModel):
    """The tenant one works in."""

    id: int = Field(description="租户编号 tenant number")
    name: str = Field(description="名称 name")
    region: str | None = Field(description="区划代码 division code")
    kind: str = Field(description="级别 level")
    demo: bool = Field(description="是否示例 whether invented")


class Me(BaseModel):
    """Who is logged in and what they may do."""

    login: str = Field(description="登录名 log-in name")
    name: str = Field(description="姓名 name")
    roles: list[str] = Field(description="角色 roles")
    rights: list[str] = Field(description="权限 rights")
    labels: list[int] = Field(description="可阅密级 readable labels")
    must_change: bool = Field(description="须修改密码 must change the password")
    place: Place = Field(description="所在地区 place")


class DemoAccount(BaseModel):
    """A demo account, offered on loopback only."""

    login: str
    name: str
    password: str


class DoorSign(BaseModel):
    """What the log-in page may show before log-in."""

    demo_accounts: list[DemoAccount]


class PasswordChange(Given):
    """The old password and the new one."""

    old: str = Field(max_length=500, description="原密码 old password")
    new: str = Field(max_length=500, description="新密码 new password")


class AccountIn(Given):
    """A new account."""

    login: str = Field(description="登录名 log-in name", max_length=100)
    name: str = Field(description="姓名 name", min_length=1, max_length=100)
    password: str = Field(description="初始密码,首次登录须修改 first password", max_length=500)
    roles: list[str] = Field(description="角色 roles")
    labels: list[int] | None = Field(
        None, description="可阅密级,不填则按角色 readable labels; left out: what the roles need"
    )


class AccountChange(Given):
    """New roles, labels or state of an account; left out: unchanged."""

    roles: list[str] | None = Field(None, description="角色 roles")
    labels: list[int] | None = Field(None, description="可阅密级 readable labels")
    disabled: bool | None = Field(None, description="停用 disabled")


class AccountOut(BaseModel):
    """One account."""

    id: int
    login: str
    name: str
    roles: list[str]
    labels: list[int]
    demo: bool
    must_change: bool
    disabled_at: datetime | None


class AccountList(BaseModel):
    """The accounts of one's tenant and the roles there are."""

    items: list[AccountOut]
    roles: dict[str, list[str]]


class AuditOut(BaseModel):
    """One line of the audit trail."""

    id: int
    at: datetime
    login: str | None
    action: str
    about: str | None
    detail: Any
    address: str | None


class AuditList(BaseModel):
    """A page of the audit trail."""

    items: list[AuditOut]
    total: int
    limit: int
    offset: int


def is_loopback(request: Request) -> bool:
    """Tell whether a request comes from this machine and means it, not through a proxy.

    A page of another site can have its own name point to this machine (DNS rebinding): then the
    browser sends that name as Host.
    """
    if request.client is None or any(name in request.headers for name in _OF_PROXIES):
        return False
    host = request.url.hostname or ""
    return _is_own(request.client.host) and (host == "localhost" or _is_own(host))


def _is_own(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def token_of(request: Request) -> str | None:
    """Return the session token of a request: cookie, else bearer."""
    header = request.headers.get("authorization", "")
    if header.lower().startswith("bearer "):
        return header[7:].strip()
    return request.cookies.get(COOKIE)


@router.get("/session/door", operation_id="read_door")
def read_door(request: Request) -> DoorSign:
    """Tell what the log-in page may show: demo accounts, on loopback only."""
    shown = request.app.state.has_demo and is_loopback(request)
    return DoorSign(
        demo_accounts=[
            DemoAccount(login=login, name=name, password=DEMO_PASSWORD)
            for login, name, _ in (DEMO_ACCOUNTS if shown else ())
        ]
    )


@router.post("/session", operation_id="log_in")
def log_in(request: Request, response: Response, given: LogIn) -> Me:
    """Open a session; the cookie is out of reach of scripts and other sites."""
    accounts: Accounts = request.app.state.accounts
    token, asker, must_change = accounts.log_in(
        given.login,
        given.password,
        address=request.client.host if request.client else None,
        is_local=is_loopback(request),
    )
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(SESSION_LENGTH.total_seconds()),
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )
    return _me(request, asker, must_change)


@router.get("/session", operation_id="read_me")
def read_me(request: Request, asker: Annotated[Asker, Depends(current_asker)]) -> Me:
    """Tell who is logged in."""
    # Without a door: were its connection held while asking for more, many readers would lock.
    account = request.app.state.accounts.get(asker)
    return _me(request, asker, account.must_change)


@router.delete("/session", operation_id="log_out", status_code=204)
def log_out(request: Request, response: Response) -> None:
    """End the session."""
    token = token_of(request)
    if token:
        request.app.state.accounts.log_out(token)
    response.delete_cookie(COOKIE)


@router.post("/session/password", operation_id="change_password", status_code=204)
def change_password(request: Request, door: TheDoor, given: PasswordChange) -> None:
    """Change one's own password; other sessions end and access tokens are revoked."""
    token = token_of(request)
    if token is None or door.asker.token is not None:
        raise NotLoggedIn("请先用密码登录。", "Log in with the password first.")
    revoked = request.app.state.accounts.change_password(
        door.connection, door.asker, token, given.old, given.new
    )
    door.audit("password_changed", detail={"tokens_revoked": revoked} if revoked else None)


@router.get("/accounts", operation_id="list_accounts")
def list_accounts(door: TheDoor) -> AccountList:
    """List the accounts of one's tenant."""
    door.asker.require("account:write")
    items = [
        AccountOut(**{name: getattr(row, name) for name in AccountOut.model_fields})
        for row in list_own_accounts(door.connection, door.asker)
    ]
    return AccountList(items=items, roles={role: sorted(rights) for role, rights in ROLES.items()})


@router.post("/accounts", operation_id="make_account", status_code=201)
def make_account(request: Request, door: TheDoor, given: AccountIn) -> AccountOut:
    """Make an account in one's own tenant; its password must be changed at first log-in."""
    door.asker.require("account:write")
    if not re.fullmatch(r"[\w.\-@]{2,100}", given.login):
        raise InputProblem(
            "登录名只能含字母、数字、汉字和 . - _ @,至少 2 个字符。",
            "A log-in name has letters, digits and . - _ @, at least 2.",
        )
    labels = usual_labels(given.roles) if given.labels is None else _labels(given.labels)
    new = NewAccount(
        door.asker.tenant, given.login, given.name, given.password, frozenset(given.roles),
        frozenset(labels), must_change=True,
    )  # fmt: skip
    number = request.app.state.accounts.make(new, door.connection)
    door.audit("account_made", given.login, {"roles": given.roles})
    return AccountOut(
        id=number, login=given.login, name=given.name, roles=sorted(given.roles),
        labels=sorted(int(label) for label in labels),
        demo=False, must_change=True, disabled_at=None,
    )  # fmt: skip


@router.patch("/accounts/{number}", operation_id="change_account", status_code=204)
def change_account(door: TheDoor, number: AccountNumber, given: AccountChange) -> None:
    """Change roles, labels or state of an account of one's own tenant."""
    door.asker.require("account:write")
    states: dict[bool | None, datetime | Literal[False] | None] = {
        None: None, True: door.view.now, False: False
    }  # fmt: skip
    set_account_state(
        door.connection, door.asker, number, roles=given.roles,
        labels=None if given.labels is None else _labels(given.labels),
        disabled_at=states[given.disabled],
    )  # fmt: skip
    door.audit("account_changed", str(number), given.model_dump(exclude_none=True))


@router.get("/audit", operation_id="read_audit")
def read_audit(
    door: TheDoor,
    limit: Limit = 100,
    offset: Offset = 0,
) -> AuditList:
    """Read the audit trail of one's own tenant, latest first."""
    rows, total = read_acts(door.connection, door.asker, limit, offset)
    items = [
        AuditOut(**{name: getattr(row, name) for name in AuditOut.model_fields}) for row in rows
    ]
    return AuditList(items=items, total=total, limit=limit, offset=offset)


def _labels(numbers: list[int]) -> list[Label]:
    try:
        return [Label(number) for number in numbers]
    except ValueError:
        raise InputProblem(
            "密级只能是 0–4。国家秘密不得进入本系统。", "A label is 0 to 4."
        ) from None


def _me(request: Request, asker: Asker, must_change: bool) -> Me:
    tenant = next(t for t in all_tenants(request.app.state.twin.database) if t.id == asker.tenant)
    return Me(
        login=asker.login or "",
        name=asker.name,
        roles=sorted(asker.roles),
        rights=sorted(asker.rights),
        labels=sorted(int(label) for label in asker.labels),
        must_change=must_change,
        place=Place(
            id=tenant.id, name=tenant.name, region=tenant.region, kind=tenant.kind, demo=tenant.demo
        ),
    )
