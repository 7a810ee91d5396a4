"""How fast points of time series are stored, read in periods over HTTP, and taken from a broker."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from statistics import quantiles

import httpx2 as httpx
import paho.mqtt.publish as publish
import psycopg
import pytest
from tests.bench.conftest import serving
from tests.bench.report import Report
from tests.brokers import lend_broker
from tests.conftest import require

from chaintwin import boot
from chaintwin.access.demo import DEMO_PASSWORD
from chaintwin.access.tenants import all_tenants
from chaintwin.engine.postgres.instance import find_free_port
from chaintwin.kit.places import Places
from chaintwin.model.fact import Label, Value
from chaintwin.physical.sensors.intake import Intake
from chaintwin.physical.sensors.settings import IntakeSettings
from chaintwin.twin.observing import Point
from chaintwin.twin.twin import Twin

pytestmark = pytest.mark.bench
_SECTION = "time series"
_METERS = 100
_HOURS = 10_000
_FIRST = datetime(2025, 1, 1, tzinfo=UTC)
_MINUTES = 100_000
_MESSAGES = 10_000


@pytest.fixture(scope="module")
def twin(place: Places) -> Iterator[Twin]:
    with boot.open_twin(place) as opened:
        boot.prepare(opened, place, lambda _zh, _en: None)
        yield opened


def test_a_million_points_are_stored(twin: Twin, report: Report) -> None:
    asker = boot.loader_asker(all_tenants(twin.database)[-1].id)
    with twin.change(asker, reason="装表", source="staff") as changes:
        firms = [changes.body("Company", ("company_name", f"量{n}")) for n in range(_METERS)]

    def points() -> Iterator[Point]:
        value = Decimal("12.5")
        for firm in firms:
            for hour in range(_HOURS):
                yield Point(firm, "electricity", _FIRST + hour * timedelta(hours=1), value)

    for name in ("points stored", "the same again (adds nothing)"):
        began = time.monotonic()
        with twin.observe(asker) as observations:
            observations.record(points(), source="sensors", reason="量")
        took = time.monotonic() - began
        report.add(_SECTION, name, round(_METERS * _HOURS / took), "points/s", f"{took:.1f} s")
    began = time.monotonic()
    rows = b"".join(
        f"{n}\t2025-01-01 00:00:00+00\t2026-01-01 00:00:00+00\t1\t10\t1\t12.5\n".encode()
        for n in range(_METERS * _HOURS)
    )
    with psycopg.connect(twin.database.url) as connection:
        connection.execute(
            "CREATE TEMP TABLE bare (series bigint, at timestamptz, known_from timestamptz, "
            "change bigint, tenant integer, label smallint, value numeric)"
        )
        began = time.monotonic()
        with connection.cursor() as cursor, cursor.copy("COPY bare FROM STDIN") as copy:
            copy.write(rows)
    bare = time.monotonic() - began
    report.add(_SECTION, "COPY of as many rows into a bare table", round(1e6 / bare), "points/s")


def test_a_hundred_thousand_points_come_to_periods_over_http(
    twin: Twin, place: Places, report: Report
) -> None:
    asker = boot.loader_asker(all_tenants(twin.database)[-1].id)
    with twin.change(asker, reason="装表", source="staff") as changes:
        firm = changes.body("Company", ("company_name", "十万点"))
        changes.say(firm, "name", Value(text="十万点"))
    with twin.observe(asker) as observations:
        observations.record(
            (
                Point(firm, "power", _FIRST + minute * timedelta(minutes=1), Decimal(minute % 97))
                for minute in range(_MINUTES)
            ),
            source="sensors",
            reason="量",
        )
    with twin.view(asker) as view:
        code = view.code(firm)
    port = find_free_port()
    with (
        serving(place, port),
        httpx.Client(base_url=f"http://127.0.0.1:{port}/api/v1", timeout=60) as client,
    ):
        client.post("/session", json={"login": "officer", "password": DEMO_PASSWORD})
        (series,) = client.get(f"/bodies/{code}/series").json()["items"]
        for by in ("hour", "day", "month"):
            took = []
            for _ in range(20):
                began = time.monotonic()
                answer = client.get(
                    f"/bodies/{code}/series/{series['series']}/periods", params={"by": by}
                )
                took.append(1000 * (time.monotonic() - began))
                assert answer.json()["points"] == _MINUTES
            report.add(_SECTION, f"100,000 points by {by} over HTTP, p95",
                       round(quantiles(took, n=20)[-1]), "ms", "goal ≤ 300 ms")  # fmt: skip


@pytest.mark.parametrize("window", [20, 1000])
def test_messages_are_taken_from_a_broker(twin: Twin, report: Report, window: int) -> None:
    require("mosquitto")
    tenant = all_tenants(twin.database)[-1]
    asker = boot.loader_asker(tenant.id)
    device = f"meter-{window}"
    with twin.change(asker, reason="装表", source="staff") as changes:
        firm = changes.body("Company", ("company_name", f"表{window}"))
        meter = changes.body("Device", ("device", device))
        changes.say(meter, "watches", Value(ref=firm), label=Label.INTERNAL)
    topic = f"chaintwin/{tenant.code}/{device}"
    messages = [
        (topic, f'{{"at": "{(_FIRST + n * timedelta(minutes=1)).isoformat()}", '
                f'"values": {{"electricity": {n}}}}}', 1, False)
        for n in range(_MESSAGES)
    ]  # fmt: skip
    with lend_broker(f"max_inflight_messages {window}\n") as broker:
        settings = IntakeSettings(url=broker.url, client=f"bench-{window}")
        first = Intake(twin, settings)
        first.start()
        while first.health.state != "connected":
            time.sleep(0.05)
        time.sleep(0.5)
        first.stop()
        publish.multiple(messages, hostname=broker.host, port=broker.port)
        intake = Intake(twin, settings)
        began = time.monotonic()
        intake.start()
        while intake.health.taken.messages < _MESSAGES and time.monotonic() - began < 120:
            time.sleep(0.02)
        took = time.monotonic() - began
        intake.stop()
    assert intake.health.taken.new_points == _MESSAGES
    report.add(_SECTION, f"MQTT messages taken, broker's window {window}",
               round(_MESSAGES / took), "per s", "each acknowledged after its commit")  # fmt: skip
