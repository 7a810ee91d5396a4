"""How fast the NGSI-LD door answers over many firms: one server process, callers beside it."""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx2 as httpx
import pytest
import uvicorn
from tests.bench.firms import Firm, in_sheets, make_firms
from tests.bench.report import Report

from chaintwin import boot
from chaintwin.access.asker import platform_asker
from chaintwin.access.tenants import make_place
from chaintwin.engine.database import Database
from chaintwin.engine.migrations import migrate
from chaintwin.engine.postgres import ensure
from chaintwin.engine.postgres.instance import find_free_port
from chaintwin.kit.clock import SystemClock
from chaintwin.kit.places import Places
from chaintwin.model.kinds import load_kinds
from chaintwin.model.sheet import Column, Sheet
from chaintwin.twin.twin import Twin
from chaintwin.web.app import build_app

pytestmark = [pytest.mark.bench, pytest.mark.timeout(7_200)]
FIRMS = int(os.environ.get("CHAINTWIN_BENCH_FIRMS", "1000000"))
POINTS = 100_000
_SHEET = 20_000
_SECONDS = 10.0
_CONTEXT = '<http://localhost/ngsi-ld/context.jsonld>; rel="http://www.w3.org/ns/json-ld#context"'
# One caller: asks its addresses in turn until time is up and prints how often and how long.
_CALLER = """
import http.client, json, sys, time
port, seconds, link = int(sys.argv[1]), float(sys.argv[2]), sys.argv[3]
paths, took, end = json.loads(sys.argv[4]), [], time.monotonic() + seconds
connection = http.client.HTTPConnection("127.0.0.1", port)
while time.monotonic() < end:
    began = time.monotonic()
    connection.request("GET", paths[len(took) % len(paths)], headers={"Link": link})
    answer = connection.getresponse()
    answer.read()
    assert answer.status in (200, 206), answer.status
    took.append(time.monotonic() - began)
print(json.dumps(took))
"""


@contextmanager
def serving(folder: Path) -> Iterator[tuple[Twin, int]]:
    """A twin with the register of invented firms, served from this process."""
    folder.chmod(0o711)
    places = Places(folder).make()
    cluster = ensure(places, environ={})
    migrate(cluster.owner_url)
    database = Database(cluster.app_url, most=8)
    twin = Twin(database, load_kinds(), SystemClock())
    twin.declare(*boot.OWN_SOURCES)
    make_place(database, [("880000", "示例省")])
    port = find_free_port()
    config = uvicorn.Config(
        build_app(twin, places, ngsi_open=True), port=port, log_config=None, access_log=False
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    try:
        load(twin, FIRMS)
        thread.start()
        while not server.started:
            time.sleep(0.05)
        yield twin, port
    finally:
        server.should_exit = True
        if thread.is_alive():
            thread.join(timeout=20)
        database.close()
        cluster.stop()


def load(twin: Twin, count: int) -> None:
    """State the first firms of the register as public facts."""
    for sheet in in_sheets(make_firms(count), _SHEET):
        with twin.change(platform_asker(), reason="bench", source="shipped_firms") as changes:
            changes.record_sheet(_sheet(sheet))
    with twin.database.transaction(platform_asker().settings()) as connection:
        connection.execute("ANALYZE current_state, body, body_key, fact")


def _sheet(firms: Any) -> Sheet:
    def column(name: str, cells: list[Any]) -> Column:
        return Column(name, cells)

    rows: list[Firm] = list(firms)
    return Sheet(
        "Company",
        {"credit_code": [firm.credit_code for firm in rows]},
        [
            column("name", [firm.name for firm in rows]),
            column("credit_code", [firm.credit_code for firm in rows]),
            column("region", [firm.region for firm in rows]),
            column("status", [firm.status for firm in rows]),
            column("founded_on", [firm.founded_on for firm in rows]),
            column("registered_address", [firm.address for firm in rows]),
            column("registered_capital", [Decimal(firm.capital) for firm in rows]),
            column("employees", [Decimal(firm.employees) for firm in rows]),
        ],
    )


def ask(port: int, paths: list[str], callers: int = 2) -> tuple[float, float]:
    """Return answers per second and the 95th percentile in milliseconds."""
    command = [sys.executable, "-c", _CALLER, str(port), str(_SECONDS), _CONTEXT, json.dumps(paths)]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(callers)]
    took = [one for process in running for one in json.loads(process.communicate()[0])]
    assert all(process.returncode == 0 for process in running)
    return len(took) / _SECONDS, statistics.quantiles(took, n=20)[-1] * 1000


def test_the_door_answers_over_many_firms(report: Report) -> None:
    folder = Path(tempfile.mkdtemp(prefix="chaintwin-bench-ngsi-"))
    try:
        with serving(folder) as (twin, port):
            with twin.view(platform_asker()) as view:
                codes = [view.code(body) for body in range(1, FIRMS, max(1, FIRMS // 500))]
            series = write_series(twin, port)
            measured = {
                "retrieve": [f"/ngsi-ld/v1/entities/{code}" for code in codes],
                "query, type and q, one in two": queries("employees%3E{}", range(10, 60)),
                "query, type and q, one in 3000": queries("employees=={}", range(2500, 2600)),
                "query, type alone": queries("employees", range(1)),
                "query, type and name": by_name(50),
                "which types there are": ["/ngsi-ld/v1/types"],
                "one attribute": ["/ngsi-ld/v1/attributes/employees"],
                "aggregates by day over 100,000 instances": [series],
            }
            for name, paths in measured.items():
                per_second, late = ask(port, paths)
                report.add("NGSI-LD", f"{name}: answers per second", round(per_second))
                report.add("NGSI-LD", f"{name}: p95", round(late, 1), "ms")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def queries(q: str, numbers: range) -> list[str]:
    """Return addresses of queries, one for each number."""
    return [
        f"/ngsi-ld/v1/entities?type=Company&limit=20&q={q.format(number)}" for number in numbers
    ]


def by_name(count: int) -> list[str]:
    """Return addresses of queries for single firms by their names."""
    names = [firm.name for firm in make_firms(FIRMS)][:: max(1, FIRMS // count)]
    return [
        "/ngsi-ld/v1/entities?type=Company&limit=20&q=name==" + quote(f'"{name}"') for name in names
    ]


def write_series(twin: Twin, port: int) -> str:
    """Write a long history and return the address of its daily aggregates."""
    start, uri = datetime(2020, 1, 1, tzinfo=UTC), "urn:bench:sensor"
    for first in range(0, POINTS, _SHEET):
        instances = [
            {
                "type": "Property",
                "value": n * 7 % 1000 / 10,
                "observedAt": f"{start + timedelta(minutes=n):%Y-%m-%dT%H:%M:%SZ}",
            }
            for n in range(first, first + _SHEET)
        ]
        _post(port, {"id": uri, "type": "Sensor", "power": instances})
    return (
        f"/ngsi-ld/v1/temporal/entities/{uri}?options=aggregatedValues"
        "&aggrMethods=avg,max,totalCount&aggrPeriodDuration=P1D"
    )


def _post(port: int, body: Any) -> None:
    address = f"http://127.0.0.1:{port}/ngsi-ld/v1/temporal/entities"
    assert httpx.post(address, json=body, timeout=300).is_success
