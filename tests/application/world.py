"""A small world to reason about: chains, firms with products, coverage, in a real twin."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

import psycopg
from fastapi.testclient import TestClient

from chaintwin.access.accounts import Accounts, NewAccount
from chaintwin.access.asker import PUBLIC_TENANT, Asker, platform_asker
from chaintwin.access.tenants import make_place
from chaintwin.application.chain.attach import Attached, attach_firms
from chaintwin.application.chain.reader import Reader, open_reader
from chaintwin.engine.database import Database
from chaintwin.engine.postgres import Cluster
from chaintwin.engine.postgres.roles import drop_database, make_database
from chaintwin.kit.chinese import name_key
from chaintwin.kit.clock import FixedClock
from chaintwin.model.fact import Basis, Label, Moment, Statement, Subject, Value
from chaintwin.model.kinds import load_kinds
from chaintwin.twin.rulings import SOURCES
from chaintwin.twin.store.sources import SourceRecord
from chaintwin.twin.twin import Twin
from chaintwin.web.app import make_app

START = datetime(2027, 1, 4, 2, tzinfo=UTC)
PASSWORD = "a-long-password-1"
HERE, THERE = "220100", "330100"
_numbers = count(1)


def chain_key(code: str) -> Subject:
    return Subject("Chain", (("chain_code", code),))


def link_key(code: str) -> Subject:
    return Subject("ChainLink", (("link_code", code),))


def firm_key(name: str) -> Subject:
    return Subject("Company", (("company_name", name_key(name)),))


@dataclass(slots=True)
class Saying:
    """Statements gathered for one change."""

    said: list[Statement] = field(default_factory=list)

    def say(self, about: Subject, attribute: str, value: Value | None, **more: Any) -> None:
        self.said.append(Statement(about, attribute, value, **more))


@dataclass(slots=True)
class World:
    """One chain, any number of firms; what is said is said by named sources."""

    twin: Twin
    clock: FixedClock
    tenant: int
    other: int
    chain: str = "test"
    order: Iterator[int] = field(default_factory=lambda: count(1))
    held: Saying | None = None

    @contextmanager
    def change(self, asker: Asker, source: str) -> Iterator[Saying]:
        """Open a change, or join the one that `together` gathers."""
        saying = self.held or Saying()
        yield saying
        if self.held is None:
            with self.twin.change(asker, reason="登记", source=source) as changes:
                changes.record(saying.said)

    @contextmanager
    def together(self) -> Iterator[None]:
        """Say everything inside in one change of the register: quicker for many firms."""
        self.held = Saying()
        yield
        said, self.held = self.held.said, None
        with self.twin.change(platform_asker(), reason="登记", source="register") as changes:
            changes.record(said)

    def say(self, about: Subject, attribute: str, value: Value | None, **more: Any) -> None:
        source, asker = more.pop("source", "register"), more.pop("asker", platform_asker())
        with self.change(asker, source) as changes:
            changes.say(about, attribute, value, **more)

    def add_chain(self, code: str = "test") -> None:
        with self.twin.change(platform_asker(), reason="图谱", source="shipped") as changes:
            changes.say(chain_key(code), "name", Value(text="测试产业"))
            changes.say(chain_key(code), "version", Value(text="1"))

    def add_link(
        self,
        code: str,
        word: str,
        *,
        industry: str = "3670",
        inputs: Mapping[str, str] | None = None,
        word_not: str | None = None,
    ) -> None:
        link = link_key(f"{self.chain}/{code}")
        with self.change(platform_asker(), "shipped") as changes:
            changes.say(link, "name", Value(text=f"环节{code}"))
            changes.say(link, "chain", Value(ref=chain_key(self.chain)))
            changes.say(link, "stage", Value(text="midstream"))
            changes.say(link, "order", Value(number=Decimal(next(self.order))))
            changes.say(link, "word", Value(text=word))
            changes.say(link, "industry", Value(text=industry))
            if word_not:
                changes.say(link, "word_not", Value(text=word_not))
            for supplier, criticality in (inputs or {}).items():
                ref = link_key(f"{self.chain}/{supplier}")
                changes.say(link, "input", Value(ref=ref, data={"criticality": criticality}))

    def add_firm(
        self,
        name: str,
        products: Mapping[str, float | None] | Sequence[str] = (),
        *,
        region: str = THERE,
        stock: str | None = None,
        facts: Mapping[str, str] | None = None,
        **more: Any,
    ) -> Subject:
        firm = firm_key(name)
        source, asker = more.pop("source", "register"), more.pop("asker", platform_asker())
        shares = products if isinstance(products, Mapping) else dict.fromkeys(products)
        with self.change(asker, source) as changes:
            changes.say(firm, "name", Value(text=name), **more)
            if region:
                changes.say(firm, "region", Value(text=region))
                changes.say(firm, "province", Value(text=region[:2] + "0000"))
            if stock:
                changes.say(firm, "stock", Value(text=stock))
            for attribute, text in (facts or {}).items():
                changes.say(firm, attribute, Value(text=text))
            for product, share in shares.items():
                made = Subject("Product", (("product_name", product),))
                changes.say(made, "name", Value(text=product), **more)
                number = None if share is None else Decimal(str(share))
                changes.say(firm, "product", Value(ref=made, number=number), **more)
        return firm

    def cover(
        self,
        region: str,
        industry: str,
        share: float,
        *,
        population: str = "规上工业企业",
        source: str = "statistics",
        basis: Basis = Basis.REPORTED,
    ) -> None:
        data = {"region": region, "industry": industry, "share": share, "population": population}
        about = Subject("Source", (("source_name", source),))
        key = f"{region}|{industry}|{population}"
        self.say(about, "coverage", Value(data=data), value_key=key, source=source, basis=basis)

    def forget(self, source: str) -> None:
        with self.twin.change(platform_asker(), reason="撤下", source=source) as changes:
            changes.retract()

    def attach(self, asker: Asker | None = None) -> Attached:
        return attach_firms(self.twin, asker or platform_asker())

    def officer(self, tenant: int | None = None) -> Asker:
        at = tenant or self.tenant
        return Asker(
            at,
            "王科员",
            roles=frozenset({"officer"}),
            readable=frozenset({PUBLIC_TENANT, at}),
            labels=frozenset(Label),
        )

    @contextmanager
    def reader(
        self, asker: Asker | None = None, *, trial: Mapping[str, float] | None = None, **at: Any
    ) -> Iterator[Reader]:
        with self.twin.view(asker or self.officer(), **at) as view:
            yield open_reader(self.twin, view, trial or {})

    def number(self, scheme: str, value: str) -> int:
        with self.twin.view(self.officer()) as view:
            body = view.find_key(scheme, value)
        assert body is not None
        return body

    def firm_code(self, name: str) -> str:
        with self.twin.view(self.officer()) as view:
            body = view.find_key("company_name", name_key(name))
            assert body is not None
            return view.code(body)

    def wait(self, **by: float) -> None:
        self.clock.move(timedelta(**by))

    def client(self, *, tenant: int | None = None, role: str = "officer") -> TestClient:
        login = f"reader{next(_numbers)}"
        account = NewAccount(
            tenant or self.tenant, login, "王科员", PASSWORD, frozenset({role}), frozenset(Label)
        )
        Accounts(self.twin.database, self.twin.clock).make(account)
        client = TestClient(make_app(self.twin), raise_server_exceptions=False)
        answer = client.post("/api/v1/session", json={"login": login, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        return client


def make_world(pool: Database) -> World:
    clock = FixedClock(START)
    twin = Twin(pool, load_kinds(), clock)
    twin.declare(
        SourceRecord("staff", {"zh": "本单位人员录入", "en": "Entered by staff"}, rank=20),
        SourceRecord("shipped", {"zh": "内置图谱"}, rank=60),
        SourceRecord("register", {"zh": "登记"}, rank=50),
        SourceRecord("statistics", {"zh": "统计"}, rank=50),
        SourceRecord("research", {"zh": "研究数据"}, evaluation_only=True, rank=70),
        *SOURCES,
    )
    tenant = make_place(pool, [("220184", "公主岭市")])
    other = make_place(pool, [("370102", "历下区")])
    return World(twin, clock, tenant, other)


@contextmanager
def lend_world(cluster: Cluster, template: str) -> Iterator[World]:
    """Lend a world in a database of its own."""
    name = f"world_{next(_numbers)}"
    with _superuser(cluster) as connection:
        make_database(connection, name, template)
    pool = Database(cluster.with_database(name).app_url, most=3)
    yield make_world(pool)
    pool.close()
    with _superuser(cluster) as connection:
        drop_database(connection, name)


def _superuser(cluster: Cluster) -> psycopg.Connection[Any]:
    url = cluster.with_database("postgres").super_url
    assert url is not None
    return psycopg.connect(url, autocommit=True)


def since(text: str) -> Moment:
    return Moment.parse(text)
