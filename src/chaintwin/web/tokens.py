"""One's own access tokens: made for programs, listed, revoked."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Request
from pydantic import BaseModel, ConfigDict, Field

from chaintwin.access.asker import Asker
from chaintwin.access.store.tokens import TokenRow
from chaintwin.access.tokens import NewToken, Tokens
from chaintwin.twin.door import current_asker, read_moment

router = APIRouter(prefix="/api/v1/session", tags=["session"])

TheAsker = Annotated[Asker, Depends(current_asker)]
Scope = Literal["read", "write"]
State = Literal["valid", "expired", "revoked"]


class TokenGiven(BaseModel):
    """A token to be made."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(
        min_length=1, max_length=100, description="名称,写明哪个程序使用 name, after what uses it"
    )
    scope: Scope = Field("read", description="read 只读;write 可读写 read only, or read and write")
    ends_at: str = Field(
        max_length=40,
        description="到期日或时刻,一年之内 day or instant on which it ends, within a year",
    )
    password: str = Field(max_length=500, description="本人密码 one's own password")


class TokenOut(BaseModel):
    """A token as it is listed; the token itself is never shown again."""

    id: int
    name: str
    beginning: str = Field(description="令牌开头,用于辨认 how the token begins")
    scope: Scope
    state: State
    made_at: datetime
    ends_at: datetime
    used_at: datetime | None = Field(description="最近使用 used last, to the minute")
    revoked_at: datetime | None


class TokenMade(TokenOut):
    """A new token, shown this once."""

    token: str = Field(description="令牌,只显示这一次 the token itself, shown this once")


class TokenList(BaseModel):
    """Every token one ever made, the latest first."""

    items: list[TokenOut]


@router.get("/tokens", operation_id="list_tokens")
def list_tokens(request: Request, asker: TheAsker) -> TokenList:
    """List one's own access tokens, also those that are over or revoked."""
    rows = _tokens(request).list_own(asker)
    now = request.app.state.twin.clock.now()
    return TokenList(items=[_shown(row, now) for row in rows])


@router.post("/tokens", operation_id="make_token", status_code=201)
def make_token(request: Request, asker: TheAsker, given: TokenGiven) -> TokenMade:
    """Make an access token for a program; it is shown this once and asks as `Bearer`."""
    new = NewToken(given.name, given.scope == "write", read_moment("ends_at", given.ends_at))
    made, token = _tokens(request).make(asker, new, given.password, address=_address(request))
    shown = _shown(made, request.app.state.twin.clock.now())
    return TokenMade(**shown.model_dump(), token=token)


@router.delete("/tokens/{number}", operation_id="revoke_token", status_code=204)
def revoke_token(
    request: Request,
    asker: TheAsker,
    number: Annotated[int, Path(ge=1, le=2**63 - 1, description="令牌编号 number of a token")],
) -> None:
    """Revoke one of one's own tokens at once and for good."""
    _tokens(request).revoke(asker, number, address=_address(request))


def _tokens(request: Request) -> Tokens:
    found: Tokens = request.app.state.tokens
    return found


def _address(request: Request) -> str | None:
    return request.client.host if request.client else None


def _shown(row: TokenRow, now: datetime) -> TokenOut:
    state: State = "revoked" if row.revoked_at else "valid" if row.ends_at > now else "expired"
    return TokenOut(
        id=row.id, name=row.name, beginning=row.beginning,
        scope="write" if row.may_write else "read", state=state, made_at=row.made_at,
        ends_at=row.ends_at, used_at=row.used_at, revoked_at=row.revoked_at,
    )  # fmt: skip
