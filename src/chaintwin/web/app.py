"""Builds the web application: routes found by folder, errors as problems, pages as files."""

from __future__ import annotations

import importlib
import mimetypes
import pkgutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import FileResponse
from starlette.concurrency import run_in_threadpool
from starlette.middleware.gzip import DEFAULT_EXCLUDED_CONTENT_TYPES, GZipMiddleware

import chaintwin
from chaintwin import application, boot, physical
from chaintwin.access.accounts import Accounts
from chaintwin.access.tenants import all_tenants
from chaintwin.access.tokens import Tokens
from chaintwin.kit.places import Places
from chaintwin.kit.problems import NotFoundProblem
from chaintwin.physical.sensors.keeping import IntakeKeeper
from chaintwin.twin.ledger.book import Ledger
from chaintwin.twin.originals import Originals
from chaintwin.twin.subscriptions.rendering import FactRenderer
from chaintwin.twin.subscriptions.sealing import Seal
from chaintwin.twin.subscriptions.streaming import News
from chaintwin.twin.twin import Twin
from chaintwin.web import (
    areas,
    bodies,
    branches,
    docs,
    events,
    identity,
    kinds,
    ledger,
    neighbours,
    periods,
    records,
    session,
    spatial,
    stating,
    subscriptions,
    tokens,
    whole,
)
from chaintwin.web.guard import Guard
from chaintwin.web.newsroom import Newsroom
from chaintwin.web.ngsi import door as ngsi
from chaintwin.web.ngsi.notifying import NotificationRenderer
from chaintwin.web.ogc import routes as ogc
from chaintwin.web.problems import speak_problems

STATIC = Path(__file__).parent / "static"
# Files that are lent as they are: packing them again costs time and gains nothing.
_PACKED = (
    "application/octet-stream",
    "application/pdf",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
)


def make_app(
    twin: Twin | None,
    *,
    has_demo: bool = False,
    state: dict[str, Any] | None = None,
    ngsi_open: bool = False,
) -> FastAPI:
    """Return the application; without a twin it can only describe itself (OpenAPI)."""
    app = FastAPI(
        title="chaintwin 链孪",
        version=chaintwin.__version__,
        description="产业链与招商档案数字孪生 · digital twin of industrial chains and archives",
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
        lifespan=_lifespan,
    )
    app.state.has_demo = has_demo
    app.state.twin = twin
    for name, value in (state or {}).items():
        setattr(app.state, name, value)
    if twin is not None:
        app.state.accounts = Accounts(twin.database, twin.clock)
        app.state.tokens = Tokens(twin.database, twin.clock, app.state.accounts)
        app.state.events = Newsroom(twin.database, app.state.tokens, News(twin))
    for router in find_routers():
        app.include_router(router)
    app.include_router(ogc.router, include_in_schema=False)  # it describes itself
    app.add_middleware(Guard)
    app.add_middleware(
        GZipMiddleware,
        minimum_size=1_000,
        compresslevel=5,
        exclude_content_types=(*DEFAULT_EXCLUDED_CONTENT_TYPES, *_PACKED),
    )
    if twin is not None:
        ngsi.install(app, twin, is_open=ngsi_open)
    speak_problems(app)
    docs.serve_docs(app)
    _serve_pages(app)
    return app


def build_app(twin: Twin, places: Places, *, ngsi_open: bool = False) -> FastAPI:
    """Return the application over a twin and its data folder.

    `ngsi_open` drops log-in for /ngsi-ld; only for a server that listens on loopback.
    """
    has_demo = any(tenant.demo for tenant in all_tenants(twin.database))
    state = {"originals": Originals(places), "places": places, "ledger": Ledger(twin, places)}
    contexts = ngsi.make_contexts(twin, is_open=ngsi_open)
    renderers = (FactRenderer(), NotificationRenderer(twin, contexts, Seal(places)))
    state |= boot.make_deliverer(twin, places, renderers, is_loopback_open=ngsi_open)
    state["ngsi_contexts"] = contexts
    state["intake"] = IntakeKeeper(twin, places)
    return make_app(twin, has_demo=has_demo, state=state, ngsi_open=ngsi_open)


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    app.state.events.start()
    app.state.deliverer.start()
    await run_in_threadpool(app.state.intake.start)
    yield
    await run_in_threadpool(app.state.intake.stop)
    await run_in_threadpool(app.state.deliverer.stop)
    await run_in_threadpool(app.state.events.stop)


def find_routers() -> Iterator[APIRouter]:
    """Yield the routers of this room and of every api.py under physical and application."""
    yield from (
        session.router,
        tokens.router,
        bodies.router,
        neighbours.router,
        whole.router,
        areas.router,
        records.router,
        stating.router,
        kinds.router,
        spatial.router,
        identity.router,
        ledger.router,
        branches.router,
        periods.router,
        events.router,
        subscriptions.router,
    )
    for room in (physical, application):
        for module in _api_modules(room):
            yield module.router


def _api_modules(package: ModuleType) -> Iterator[Any]:
    for found in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        if found.name.rsplit(".", 1)[-1] == "api":
            yield importlib.import_module(found.name)


def _serve_pages(app: FastAPI) -> None:
    @app.get("/api/v1/health", operation_id="read_health", tags=["twin"])
    def read_health(request: Request) -> dict[str, Any]:
        """Tell that the server and its database answer, messages are taken, the ledger signs."""
        request.app.state.twin.database.ping()
        is_well = request.app.state.deliverer.is_well()
        deliveries = "ok" if is_well else "failing"
        return {
            "state": "ok", "version": chaintwin.__version__, "deliveries": deliveries,
            "intake": request.app.state.intake.health.state,
            "ledger": "stopped" if request.app.state.ledger.trouble else "ok",
            "stamps": "failing" if request.app.state.ledger.stamp_trouble else "ok",
        }  # fmt: skip

    @app.get("/{path:path}", include_in_schema=False)
    def read_page(request: Request, path: str) -> Response:
        """Serve the built front end; unknown paths are pages of the single-page application."""
        if path.startswith(("api/", "ogc/")):
            raise NotFoundProblem("没有这个地址。", "There is no such address.")
        file = (STATIC / path).resolve()
        if path and file.is_file() and file.is_relative_to(STATIC.resolve()):
            forever = "assets/" in path
            age = "public, max-age=31536000, immutable" if forever else "no-cache"
            return _page_file(request, file, age)
        return _index()


def _page_file(request: Request, file: Path, age: str) -> Response:
    headers = {"Cache-Control": age, "Vary": "Accept-Encoding"}
    packed = file.with_name(file.name + ".gz")
    if "gzip" in request.headers.get("accept-encoding", "") and packed.is_file():
        media_type = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        headers["Content-Encoding"] = "gzip"
        return FileResponse(packed, media_type=media_type, headers=headers)
    return FileResponse(file, headers=headers)


def _index() -> Response:
    index = STATIC / "index.html"
    if index.is_file():
        return FileResponse(index, headers={"Cache-Control": "no-cache"})
    return Response(
        "<!doctype html><meta charset=utf-8><title>链孪</title><p>页面尚未构建。请运行 make setup。"
        "<p>The pages are not built yet. Run make setup.",
        503,
        media_type="text/html",
    )
