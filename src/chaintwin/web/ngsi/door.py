"""The NGSI-LD door: a small ASGI layer before the pages' API, for its speed and its own errors."""

from __future__ import annotations

import json
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from chaintwin.access.accounts import NotLoggedIn
from chaintwin.access.asker import Asker
from chaintwin.access.tokens import Tokens
from chaintwin.engine.database import UnstorableError
from chaintwin.kit.problems import ForbiddenProblem, Problem
from chaintwin.twin.subscriptions.sealing import Seal
from chaintwin.twin.twin import Twin
from chaintwin.web.ngsi import errors, routes
from chaintwin.web.ngsi.asked import LD_JSON, Asked, parse_path, parse_query
from chaintwin.web.ngsi.call import SNAPSHOT, Answer, Call
from chaintwin.web.ngsi.contexts import OWN_PATH, Contexts
from chaintwin.web.ngsi.naming import own_context
from chaintwin.web.ngsi.openapi import describe
from chaintwin.web.ngsi.tenants import Tenants
from chaintwin.web.session import is_loopback, token_of

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

PREFIX = "/ngsi-ld/"
DOCUMENT = "/ngsi-ld/openapi.json"
_ROOT = "/ngsi-ld/v1"
_MOST_BYTES = 64_000_000
_SAFE = {"GET", "HEAD", "OPTIONS"}
_LOG = logging.getLogger("chaintwin.ngsi")


class NgsiDoor:
    """Answers what lies under /ngsi-ld; everything else goes on to the application."""

    def __init__(
        self, app: Any, *, twin: Twin, tokens: Tokens, contexts: Contexts, seal: Seal | None,
        is_open: bool = False,
    ) -> None:  # fmt: skip
        self._app = app
        self._twin = twin
        self._tokens = tokens
        self._is_open = is_open
        self._contexts = contexts
        self._seal = seal
        self._tenants = Tenants(twin.database)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take one request."""
        if scope["type"] != "http" or not scope["path"].startswith(PREFIX):
            await self._app(scope, receive, send)
            return
        content = await _read_content(receive)
        request = Request(scope)
        if content is None:
            answer = _failed(errors.TooMany("请求内容过大。", "The body is too large."), 413)
        else:
            answer = await run_in_threadpool(self._answer, request, content)
        await _send(send, answer, is_head=request.method == "HEAD")

    def _answer(self, request: Request, content: bytes) -> Answer:
        try:
            return self._serve(request, content)
        except errors.NgsiProblem as problem:
            return _failed(problem)
        except Problem as problem:
            return _failed(_translate(problem))
        except (UnstorableError, RecursionError):
            return _failed(errors.bad("What was sent cannot be stored.", "内容无法保存。"))
        except Exception:
            _LOG.exception("unexpected error at %s %s", request.method, request.url.path)
            return _failed(_Broken("系统内部出错，操作未保存。", "Something went wrong inside."))

    def _serve(self, request: Request, content: bytes) -> Answer:
        if request.url.path == OWN_PATH and request.method in _SAFE:
            return Answer(200, self._contexts.own, LD_JSON)
        if request.url.path == DOCUMENT and request.method in _SAFE:
            return Answer(200, describe())
        _refuse_other_sites(request)
        raw = request.scope.get("raw_path") or request.url.path.encode()
        path = raw.split(b"?")[0].decode("latin-1")
        if not path.startswith(_ROOT):
            raise errors.NotFound("没有这个地址。", "There is no such address.")
        parts = parse_path(path.removeprefix(_ROOT))
        route, values = routes.find(request.method, parts)
        if route is None:
            return Answer(204, headers={"Allow": ", ".join(values)})
        asked = Asked(
            "GET" if request.method == "HEAD" else request.method,
            path,
            parse_query(request.scope["query_string"]),
            _headers(request),
            content,
            f"{request.url.scheme}://{request.headers.get('host', 'localhost')}",
        )
        if SNAPSHOT in asked.headers and not route.is_in_snapshots:
            raise errors.NotSupported(
                "该操作不能在快照中进行，请去掉 NGSILD-Snapshot。",
                "This cannot be asked of a snapshot; leave out NGSILD-Snapshot.",
            )
        asker, name = self._enter(request, makes=route.makes)
        call = Call(asked, self._twin, self._contexts, asker, name, self._seal, values)
        answer = route.handler(call)
        if name is not None:
            answer.headers["NGSILD-Tenant"] = name
        return answer

    def _enter(self, request: Request, *, makes: bool) -> tuple[Asker, str | None]:
        """Return who asks, in which tenant; a tenant named never widens what one may read."""
        name = request.headers.get("ngsild-tenant")
        if self._is_open:
            if not is_loopback(request):
                raise errors.Refused("仅限本机访问。", "This machine only.")
            return self._tenants.open_asker(name, makes=makes), name
        token = token_of(request)
        if token is None:
            raise errors.NotLoggedIn("请先登录或出示令牌。", "Log in or send a bearer token.")
        asker, must_change = self._tokens.identify(token, is_local=is_loopback(request))
        if must_change:
            raise errors.Refused("首次登录须先修改密码。", "Change the one-time password first.")
        self._tenants.check_own(name, asker)
        return asker, name


class _Broken(errors.NgsiProblem):
    status = 500
    kind = "InternalError"
    title = "Something went wrong inside"


def _headers(request: Request) -> dict[str, str]:
    """Return headers by lower name; those that stand twice are joined (RFC 9110, section 5.3)."""
    found: dict[str, str] = {}
    for name, value in request.headers.items():
        found[name] = f"{found[name]}, {value}" if name in found else value
    return found


def _refuse_other_sites(request: Request) -> None:
    origin = request.headers.get("origin")
    if request.method in _SAFE or origin is None:
        return
    if origin.split("://", 1)[-1] != request.headers.get("host"):
        raise errors.Refused("不接受来自其他网站的请求。", "Requests from other sites are refused.")


def _translate(problem: Problem) -> errors.NgsiProblem:
    if isinstance(problem, NotLoggedIn):
        return errors.NotLoggedIn(problem.zh, problem.en)
    if isinstance(problem, ForbiddenProblem):
        return errors.Refused(problem.zh, problem.en)
    if problem.status == 404:
        return errors.NotFound(problem.zh, problem.en)
    if problem.status == 409:
        return errors.AlreadyExists(problem.zh, problem.en)
    return errors.BadRequest(problem.zh, problem.en)


def _failed(problem: errors.NgsiProblem, status: int | None = None) -> Answer:
    return Answer(status or problem.status, problem.body(), headers=problem.headers())


async def _read_content(receive: Receive) -> bytes | None:
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        part = message.get("body", b"")
        size += len(part)
        if size > _MOST_BYTES:
            return None
        parts.append(part)
        if not message.get("more_body", False):
            return b"".join(parts)


async def _send(send: Send, answer: Answer, *, is_head: bool) -> None:
    headers = [(b"x-content-type-options", b"nosniff"), (b"cache-control", b"private, no-cache")]
    body = b""
    if answer.body is not None:
        body = json.dumps(answer.body, ensure_ascii=False, separators=(",", ":")).encode()
        headers.append((b"content-type", answer.media.encode()))
    if answer.status not in {204, 304}:
        headers.append((b"content-length", str(len(body)).encode()))
    headers += [
        (name.lower().encode(), value.encode("latin-1", "replace"))
        for name, value in answer.headers.items()
    ]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if is_head else body})


def install(app: Starlette, twin: Twin, *, is_open: bool) -> None:
    """Put the door before an application."""
    if not hasattr(app.state, "ngsi_contexts"):
        app.state.ngsi_contexts = make_contexts(twin, is_open=is_open)
    app.add_middleware(
        NgsiDoor,
        twin=twin,
        tokens=app.state.tokens,
        contexts=app.state.ngsi_contexts,
        seal=getattr(app.state, "seal", None),
        is_open=is_open,
    )


def make_contexts(twin: Twin, *, is_open: bool) -> Contexts:
    """Return the contexts of a server, shared by its door and its notifications."""
    return Contexts(own_context(twin.kinds), is_open=is_open)
