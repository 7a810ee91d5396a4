"""What the program of each revision left in its database, and what must still be read of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import psycopg

from chaintwin.access.accounts import Accounts, NewAccount
from chaintwin.access.asker import PUBLIC_TENANT, Asker, platform_asker
from chaintwin.access.tenants import all_tenants, make_place
from chaintwin.engine.database import Database
from chaintwin.engine.postgres import Cluster
from chaintwin.kit.clock import FixedClock
from chaintwin.model.fact import Label, Moment, Statement, Subject, Value
from chaintwin.model.kinds import load_kinds
from chaintwin.twin.store.sources import SourceRecord
from chaintwin.twin.twin import Twin
from chaintwin.twin.verify import verify

FOLDER = Path(__file__).parent
START = datetime(2026, 11, 1, 4, tzinfo=UTC)
LATER = START + timedelta(days=10)
LOGIN, PASSWORD = "li.ming", "a long password 7"
FIRM = Subject("Company", (("credit_code", "91220000000000000X"), ("company_name", "示例电池厂")))
CELL = Subject("Product", (("product_name", "动力电池"),))


def populate(cluster: Cluster) -> None:
    """Use the program as people do: facts, a correction, a withdrawal, a secret, an account."""
    database = Database(cluster.app_url)
    clock = FixedClock(START)
    twin = Twin(database, load_kinds(), clock)
    twin.declare(SourceRecord("register", {"zh": "登记"}, rank=10))
    twin.declare(SourceRecord("news", {"zh": "新闻"}, "none stated", True, 50))
    tenant = make_place(database, [("220100", "长春市"), ("220184", "公主岭市")])
    roles = frozenset({"officer"})
    Accounts(database, clock).make(NewAccount(tenant, LOGIN, "李明", PASSWORD, roles))
    _state(twin, platform_asker(), "register", *_first_facts())
    _state(
        twin, platform_asker(), "news", Statement(FIRM, "website", Value(text="http://a.example"))
    )
    clock.at = LATER
    _state(twin, platform_asker(), "register", Statement(FIRM, "region", Value(text="220184")))
    with twin.change(platform_asker(), reason="撤下", source="news") as changes:
        changes.retract()
    secret = Statement(FIRM, "note", Value(text="拟迁址"), label=Label.BUSINESS)
    _state(twin, officer(twin, Label.BUSINESS), "register", secret)
    database.close()


def _first_facts() -> list[Statement]:
    return [
        Statement(FIRM, "name", Value(text="示例电池厂"), valid=Moment.parse("2020-05")),
        Statement(FIRM, "region", Value(text="220100"), source_record="表1:3"),
        Statement(CELL, "name", Value(text="动力电池")),
        Statement(FIRM, "product", Value(ref=CELL, number=Decimal("0.625")), confidence=85),
    ]


def _state(twin: Twin, asker: Asker, source: str, *facts: Statement) -> None:
    with twin.change(asker, reason="登记", source=source) as changes:
        changes.record(facts)


def officer(twin: Twin, *labels: Label) -> Asker:
    """Return an officer of the county who reads public facts and some labels."""
    tenant = next(t.id for t in all_tenants(twin.database) if t.region == "220184")
    return Asker(
        tenant,
        "李明",
        roles=frozenset({"officer"}),
        readable=frozenset({PUBLIC_TENANT, tenant}),
        labels=frozenset({Label.PUBLIC, *labels}),
    )


def fill(url: str, revision: str) -> None:
    """Put the rows of a revision's program into a database of that revision, as a superuser."""
    text = (FOLDER / f"{revision}.sql").read_text("utf-8")
    with psycopg.connect(url) as connection:
        tables = connection.execute(
            "SELECT string_agg(quote_ident(tablename), ', ') FROM pg_tables "
            "WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
        ).fetchone()
        assert tables is not None
        connection.execute("SET session_replication_role = replica")
        connection.execute(f"TRUNCATE {tables[0]}")
        connection.execute(text.encode())


def read_back(app_url: str) -> dict[str, object]:
    """Read with the present program what people of any earlier one rely on."""
    database = Database(app_url)
    clock = FixedClock(LATER + timedelta(days=1))
    twin = Twin(database, load_kinds(), clock)
    reader, cleared = officer(twin), officer(twin, Label.BUSINESS)
    told: dict[str, object] = {}
    with twin.view(reader) as view:
        page = view.find("Company", text="例电池", region="2201")
        firm = page.states[0]
        product = firm.held("product")
        assert product is not None
        assert product.ref is not None
        told["firms found"] = [state.name for state in page.states]
        told["named since"] = str(firm.attributes["name"][0].valid_from)
        told["product"] = (view.get(product.ref).name, float(product.value), product.confidence)
        told["region"] = firm.one("region")
        told["website withdrawn"] = firm.one("website")
        told["note hidden"] = firm.one("note")
        told["region history"] = [
            (fact.text, fact.source_record, str(fact.known_from), str(fact.known_to))
            for fact in view.history(firm.body, "region")
        ]
        told["who changed"] = [record.reason for record in view.changes([firm.body])[0]]
    with twin.view(reader, known_at=START + timedelta(days=1)) as view:
        told["region then"] = view.get(firm.body).one("region")
        told["website then"] = view.get(firm.body).one("website")
    with twin.view(cleared) as view:
        told["note for the cleared"] = view.get(firm.body).one("note")
        told["who changed for the cleared"] = [
            record.reason for record in view.changes([firm.body])[0]
        ]
    token, asker, _ = Accounts(database, clock).log_in(LOGIN, PASSWORD, address=None, is_local=True)
    told["log-in"] = (bool(token), asker.name, sorted(asker.roles))
    told["disagreements"] = [found.zh for found in verify(twin)]
    with twin.change(reader, reason="续写", source="register") as changes:
        changes.say(firm.body, "region", Value(text="220102"))
    with twin.view(reader) as view:
        told["region written after"] = view.get(firm.body).one("region")
    database.close()
    return told
