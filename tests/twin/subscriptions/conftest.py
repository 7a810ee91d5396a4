"""An office with an officer, a deliverer over real channels, and receivers as other processes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from random import Random

import pytest
from tests.receiver import Receiver, lend_receiver

from chaintwin.access.accounts import Accounts, NewAccount, find_owner
from chaintwin.access.asker import Asker
from chaintwin.access.tenants import make_place
from chaintwin.boot import LOOPBACK
from chaintwin.engine.database import Database
from chaintwin.engine.postgres import Cluster
from chaintwin.kit.clock import SystemClock
from chaintwin.kit.places import Places
from chaintwin.model.fact import Label, Subject, Value
from chaintwin.model.kinds import load_kinds
from chaintwin.physical.actions.mqtt import MqttSender
from chaintwin.physical.actions.webhook import WebhookSender
from chaintwin.twin.store import subscriptions as store
from chaintwin.twin.store.sources import SourceRecord
from chaintwin.twin.subscriptions import service
from chaintwin.twin.subscriptions.deliverer import Deliverer
from chaintwin.twin.subscriptions.model import Pace, Renderer, Secrets, Subscription
from chaintwin.twin.subscriptions.rendering import FactRenderer
from chaintwin.twin.subscriptions.sealing import Seal
from chaintwin.twin.subscriptions.service import Draft
from chaintwin.twin.subscriptions.serving import Serving
from chaintwin.twin.twin import Twin


@dataclass
class Office:
    """Somebody who writes facts, subscribes, and sees what came of it."""

    twin: Twin
    seal: Seal
    officer: Asker
    deliverers: list[Deliverer] = field(default_factory=list)
    renderers: dict[str, Renderer] = field(default_factory=lambda: {"facts": FactRenderer()})

    def subscribe(self, target: str, asker: Asker | None = None, **more: object) -> int:
        """Make a webhook or MQTT subscription."""
        channel = "webhook" if target.startswith("http") else "mqtt"
        secrets = Secrets(key=service.new_key()) if channel == "webhook" else Secrets()
        pace = Pace(timeout_s=1.0)
        draft = Draft("试", channel, target, secrets=secrets, pace=pace)  # type: ignore[arg-type]
        draft = replace(draft, **more)  # type: ignore[arg-type]
        owner = asker or self.officer
        with self.twin.database.transaction(owner.settings()) as connection:
            made = service.make(connection, self.seal, owner, self.twin.clock.now(), draft)
        return made.id

    def get(self, number: int) -> Subscription:
        """Return a subscription as it stands."""
        with self.twin.database.transaction({"tenant": self.officer.tenant}) as connection:
            found = store.get_subscription(connection, number)
        assert found is not None
        return found

    def attempts(self, number: int) -> Sequence[store.Attempt]:
        """Return what was tried, the latest first."""
        with self.twin.database.transaction({"tenant": self.officer.tenant}) as connection:
            return store.list_attempts(connection, number, 200, 0)[0]

    def key(self, number: int) -> str:
        """Return the key of a subscription's signatures."""
        key = self.seal.open(self.officer.tenant, self.get(number).sealed).key
        assert key is not None
        return key

    def firm(self, name: str, **values: str) -> None:
        """State a firm with its name and more, as the officer."""
        self.write(name, Label.PUBLIC, {"name": name, **values})

    def write(self, name: str, label: Label, values: dict[str, str]) -> None:
        """State values of a firm under a label."""
        subject = Subject("Company", (("company_name", name),))
        with self.twin.change(self.officer, reason="登记", source="register") as changes:
            for attribute, value in values.items():
                changes.say(subject, attribute, Value(text=value), label=label)

    def serve(self, *, networks: Sequence[str] = LOOPBACK, seed: int = 7) -> Deliverer:
        """Start a deliverer as the server does; it stops with the test."""
        serving = Serving(self.twin, self.seal, self.renderers, networks)
        senders = {"webhook": WebhookSender(), "mqtt": MqttSender()}
        made = Deliverer(self.twin.database, serving, senders, Random(seed))
        made.start()
        self.deliverers.append(made)
        return made

    def stop(self) -> None:
        """Stop every deliverer and leave no subscription to the next test."""
        while self.deliverers:
            self.deliverers.pop().stop()
        with self.twin.database.transaction({"tenant": self.officer.tenant}) as connection:
            for one in store.list_subscriptions(connection, store.Listed())[0]:
                store.remove_subscription(connection, one.tenant, one.id)


@pytest.fixture(scope="module")
def base(database: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    pool = Database(database.app_url, most=12)
    twin = Twin(pool, load_kinds(), SystemClock())
    twin.declare(SourceRecord("register", {"zh": "登记"}, rank=10))
    twin.declare(SourceRecord("bought", {"zh": "评估用"}, evaluation_only=True, rank=20))
    seal = Seal(Places(tmp_path_factory.mktemp("data")).make())
    yield Office(twin, seal, Asker(0, ""))
    pool.close()


_numbers = iter(range(1, 10_000))


@pytest.fixture
def office(base: Office) -> Iterator[Office]:
    """An office of its own for each test."""
    number = next(_numbers)
    tenant = make_place(base.twin.database, [(f"{800000 + number}", f"第{number}县")])
    made = Office(base.twin, base.seal, make_officer(base.twin, tenant, f"officer{number}"))
    yield made
    made.stop()


def make_officer(twin: Twin, tenant: int, login: str, *labels: Label) -> Asker:
    """Make an account of an officer who reads what is public, and some labels."""
    new = NewAccount(
        tenant, login, login, "a long password 1", frozenset({"officer"}),
        frozenset({Label.PUBLIC, *labels}),
    )  # fmt: skip
    number = Accounts(twin.database, twin.clock).make(new)
    with twin.database.transaction({"tenant": tenant}) as connection:
        found = find_owner(connection, number)
    assert found is not None
    return found


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with lend_receiver() as lent:
        yield lent


@pytest.fixture
def other_receiver() -> Iterator[Receiver]:
    with lend_receiver() as lent:
        yield lent


def soon() -> datetime:
    return datetime.now(UTC)
