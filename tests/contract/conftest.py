"""The whole application over generated content: one start per module, real database."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from tests.contract.generated_content import Written, write_content

from chaintwin import boot
from chaintwin.engine.postgres import Cluster
from chaintwin.kit.clock import FixedClock
from chaintwin.kit.places import Places
from chaintwin.model.content import content_folder
from chaintwin.twin.twin import Twin
from chaintwin.web.app import build_app

START = datetime(2026, 11, 2, 2, tzinfo=UTC)


@pytest.fixture(scope="session")
def written() -> Iterator[Written]:
    """An alternative content folder, once per run."""
    folder = Path(tempfile.mkdtemp(prefix="chaintwin-content-"))
    yield write_content(folder / "content", content_folder())
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def clock() -> FixedClock:
    return FixedClock(START)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Places:
    """The data folder of the application."""
    return Places(tmp_path_factory.mktemp("data")).make()


@pytest.fixture(scope="module")
def started(
    database: Cluster, clock: FixedClock, data: Places, written: Written
) -> Iterator[tuple[Twin, boot.Start]]:
    """A twin that was started on the generated content, the way a first start does it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CHAINTWIN_CONTENT", str(written.folder))
        patch.setenv("CHAINTWIN_DATABASE_URL", database.app_url)
        patch.setenv("CHAINTWIN_DATABASE_OWNER_URL", database.owner_url)
        with boot.open_twin(data, clock=clock) as twin:
            yield twin, boot.prepare(twin, data, lambda _zh, _en: None)


@pytest.fixture(scope="module")
def app(started: tuple[Twin, boot.Start], data: Places) -> Iterator[FastAPI]:
    """The application as `serve` builds it, running."""
    made = build_app(started[0], data)
    with TestClient(made):
        yield made
