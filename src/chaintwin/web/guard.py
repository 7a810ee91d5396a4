"""Stands before every route: finds out who asks, refuses writes from other sites, sets headers.

Written as plain ASGI: a stream then passes through with no task of its own per reader.
"""

from __future__ import annotations

from fastapi import Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chaintwin.access.accounts import NotLoggedIn
from chaintwin.access.tokens import Tokens
from chaintwin.kit.problems import ForbiddenProblem, Problem
from chaintwin.web import docs, session
from chaintwin.web.problems import problem_answer

_OPEN_PATHS = {
    ("GET", "/api/v1/session/door"),
    ("POST", "/api/v1/session"),
    ("GET", "/api/v1/health"),
}
_UNTIL_CHANGED = {"/api/v1/session", "/api/v1/session/password"}
_INSIDE = ("/api/v1/", "/ogc/v1")
_SAFE = {"GET", "HEAD", "OPTIONS"}
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; "
        "script-src 'self'; connect-src 'self'; frame-ancestors 'none'; base-uri 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}


class Guard:
    """The middleware."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it with a problem."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        try:
            path = request.url.path
            if path.startswith(_INSIDE) and (request.method, path) not in _OPEN_PATHS:
                await run_in_threadpool(_identify, request)
            _refuse_other_sites(request)
        except Problem as problem:
            await problem_answer(request, problem)(scope, receive, send)
            return
        await self._app(scope, receive, _Answer(request, send).send)


class _Answer:
    """One answer on its way out."""

    def __init__(self, request: Request, send: Send) -> None:
        self._request = request
        self._send = send
        self._is_held = False

    async def send(self, message: Message) -> None:
        """Add headers; send no body that the reader already holds."""
        if message["type"] == "http.response.start":
            message = self._start(message)
        elif self._is_held:
            if message.get("more_body"):
                return
            message = {"type": "http.response.body", "body": b""}
        await self._send(message)

    def _start(self, message: Message) -> Message:
        headers = MutableHeaders(scope=message)
        path = self._request.url.path
        headers.update(_HEADERS | (docs.HEADERS if path == docs.PATH else {}))
        if path.startswith(("/api/", "/ogc/")):
            headers.setdefault("Cache-Control", "private, no-cache")
            self._is_held = self._request.method == "GET" and _is_held(self._request, headers)
        if not self._is_held:
            return message
        held = Response(status_code=304, headers={"ETag": headers["etag"]})
        return {"type": "http.response.start", "status": 304, "headers": held.raw_headers}


def _is_held(request: Request, headers: Headers) -> bool:
    """Compare weakly with a list of tags (RFC 9110, section 13.1.2)."""
    tag = headers.get("etag", "").removeprefix("W/")
    held = request.headers.get("if-none-match", "").split(",")
    return bool(tag) and any(one.strip().removeprefix("W/") == tag for one in held)


def _identify(request: Request) -> None:
    token = session.token_of(request)
    if token is None:
        raise NotLoggedIn("请先登录。", "Log in first.")
    tokens: Tokens = request.app.state.tokens
    asker, must_change = tokens.identify(token, is_local=session.is_loopback(request))
    request.state.asker = asker
    if asker.reads_only and request.method not in _SAFE:
        raise ForbiddenProblem(
            "此访问令牌只能读取。请改用可读写的令牌。",
            "This access token only reads. Use one that may write.",
        )
    if must_change and request.url.path not in _UNTIL_CHANGED:
        raise ForbiddenProblem(
            "首次登录须先修改密码。", "Change the one-time password first.", must_change=True
        )


def _refuse_other_sites(request: Request) -> None:
    origin = request.headers.get("origin")
    if request.method in _SAFE or origin is None:
        return
    if origin.split("://", 1)[-1] != request.headers.get("host"):
        raise ForbiddenProblem(
            "不接受来自其他网站的请求。", "Requests from other sites are refused."
        )
