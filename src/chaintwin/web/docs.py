"""The page on which the open API explains itself, without a request to another machine."""

from __future__ import annotations

from pathlib import Path

import fastapi_offline
from fastapi import FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles

PATH = "/api/docs"
# The page of Swagger UI starts itself with an inline script.
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; "
        "script-src 'self' 'unsafe-inline'; frame-ancestors 'none'; base-uri 'self'"
    )
}
_FILES = Path(fastapi_offline.__file__).parent / "static"


def serve_docs(app: FastAPI) -> None:
    """Add the page and its files."""
    app.mount(f"{PATH}/files", StaticFiles(directory=_FILES), name="docs-files")

    @app.get(PATH, include_in_schema=False)
    def read_docs() -> HTMLResponse:
        """Show every route of the open API; trying one out needs a session."""
        return get_swagger_ui_html(
            openapi_url=app.openapi_url or "",
            title=f"{app.title} · API",
            swagger_js_url=f"{PATH}/files/swagger-ui-bundle.js",
            swagger_css_url=f"{PATH}/files/swagger-ui.css",
            swagger_favicon_url="/mark.svg",
        )
