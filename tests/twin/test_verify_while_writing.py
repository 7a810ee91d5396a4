"""Verifying a twin that others are writing to raises no false alarm."""

from __future__ import annotations

import threading
from datetime import timedelta
from itertools import count

from chaintwin.access.asker import platform_asker
from chaintwin.kit.clock import FixedClock
from chaintwin.model.fact import Moment, Statement, Subject, Value
from chaintwin.twin.twin import Twin
from chaintwin.twin.verify import verify


def test_verifying_while_others_write_raises_no_false_alarm(twin: Twin) -> None:
    is_over = threading.Event()
    firms = [Subject("Company", (("company_name", f"忙{n}"),)) for n in range(2_000)]
    with twin.change(platform_asker(), reason="登记", source="register") as changes:
        changes.record(Statement(firm, "name", Value(text="忙")) for firm in firms)

    def write() -> None:
        for round_ in count():
            if is_over.is_set():
                return
            with twin.change(platform_asker(), reason="登记", source="register") as changes:
                for firm in firms[round_ % 100 :: 100]:
                    changes.say(firm, "website", Value(text=f"第{round_}次"))

    writer = threading.Thread(target=write)
    writer.start()
    try:
        found = [one for _ in range(10) for one in verify(twin)]
    finally:
        is_over.set()
        writer.join()

    assert found == []


def test_what_becomes_true_as_time_passes_is_no_difference(twin: Twin, clock: FixedClock) -> None:
    firm = Subject("Company", (("company_name", "明天开业"),))
    tomorrow = Moment.instant(clock.now() + timedelta(days=1))
    with twin.change(platform_asker(), reason="登记", source="register") as changes:
        changes.record([Statement(firm, "status", Value(text="存续"), valid=tomorrow)])

    clock.move(timedelta(days=2))

    assert list(verify(twin)) == []
    twin.advance(platform_asker())
    assert list(verify(twin)) == []
