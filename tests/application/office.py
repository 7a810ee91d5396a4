"""An office at work: a twin with one firm, one link and one park, originals on disk, a desk."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from fastapi.testclient import TestClient

from chaintwin.access.accounts import Accounts, NewAccount
from chaintwin.access.asker import PUBLIC_TENANT, Asker, platform_asker
from chaintwin.access.tenants import make_place
from chaintwin.application.archive.demo import open_desk_for
from chaintwin.application.archive.desk import Desk
from chaintwin.application.archive.filing import file_papers
from chaintwin.application.archive.models import ItemShown
from chaintwin.application.archive.receiving import Received
from chaintwin.application.projects.leads import open_lead
from chaintwin.application.projects.models import LeadGiven, ProjectShown
from chaintwin.engine.database import Database
from chaintwin.kit.clock import FixedClock
from chaintwin.kit.places import Places
from chaintwin.model.fact import Label, Subject, Value
from chaintwin.model.kinds import load_kinds
from chaintwin.twin.originals import Originals
from chaintwin.twin.store.sources import SourceRecord
from chaintwin.twin.twin import Twin
from chaintwin.web.app import make_app

START = datetime(2027, 1, 4, 2, tzinfo=UTC)
PASSWORD = "a-long-password-1"
ALL_LABELS = frozenset(Label)
_numbers = count(1)
# Tests of a module share one database: each begins after the changes of the ones before.
_periods = count()


@dataclass(slots=True)
class Office:
    """Two offices that may not see one another, over one twin."""

    twin: Twin
    originals: Originals
    places: Places
    clock: FixedClock
    tenant: int
    other: int

    def asker(
        self,
        role: str = "officer",
        *,
        tenant: int | None = None,
        labels: frozenset[Label] = ALL_LABELS,
    ) -> Asker:
        at = tenant or self.tenant
        readable = frozenset({PUBLIC_TENANT, at})
        return Asker(at, "王科员", roles=frozenset({role}), readable=readable, labels=labels)

    @contextmanager
    def desk(self, asker: Asker | None = None) -> Iterator[Desk]:
        with open_desk_for(self.twin, asker or self.asker(), self.originals) as desk:
            yield desk

    def lead(self, asker: Asker | None = None, **given: Any) -> ProjectShown:
        filled = {"company_name": "测试电池有限公司", "region": "220184"} | given
        with self.desk(asker) as desk:
            return open_lead(desk, LeadGiven(**filled))

    def file(
        self, project: str, kind: str, content: bytes = b"%PDF-1.7 paper", **given: str
    ) -> ItemShown:
        name = given.pop("name", f"{kind}.pdf")
        with self.desk() as desk:
            received = self.received({name: content}, type=kind, **given)
            return file_papers(desk, project, received).items[0]

    def received(self, files: Mapping[str, bytes], **values: str) -> Received:
        received = Received(values={name: [value] for name, value in values.items()})
        for name, content in files.items():
            incoming = self.originals.begin()
            incoming.write(content)
            received.files.append((name, incoming.finish()))
        return received

    def wait(self, **by: float) -> None:
        self.clock.move(timedelta(**by))

    def client(
        self,
        role: str = "officer",
        *,
        tenant: int | None = None,
        labels: frozenset[Label] = ALL_LABELS,
    ) -> TestClient:
        """Log in over HTTP as a new account."""
        login = f"user{next(_numbers)}"
        account = NewAccount(
            tenant or self.tenant, login, "李档案", PASSWORD, frozenset({role}), labels
        )
        Accounts(self.twin.database, self.twin.clock).make(account)
        app = make_app(self.twin, state={"originals": self.originals})
        client = TestClient(app, raise_server_exceptions=False)
        answer = client.post("/api/v1/session", json={"login": login, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        return client


def make_office(pool: Database, places: Places) -> Office:
    clock = FixedClock(START + next(_periods) * timedelta(days=400))
    twin = Twin(pool, load_kinds(), clock)
    twin.declare(
        SourceRecord("staff", {"zh": "本单位人员录入", "en": "Entered by staff"}, rank=20),
        SourceRecord("register", {"zh": "登记"}, rank=50),
        SourceRecord("demo", {"zh": "示例"}, rank=95),
    )
    tenant = make_place(pool, [("220184", "公主岭市")], demo=True)
    other = make_place(pool, [("370102", "历下区")], demo=True)
    with twin.change(platform_asker(), reason="登记", source="register") as changes:
        firm = changes.body("Company", ("company_name", "测试电池有限公司"))
        changes.say(firm, "name", Value(text="测试电池有限公司"))
        changes.say(firm, "short_name", Value(text="测试电池"))
        link = changes.body("ChainLink", ("link_code", "test/pack"))
        changes.say(link, "name", Value(text="电池包"))
        park = changes.body("Park", ("park_name", "测试园区"))
        changes.say(park, "name", Value(text="测试园区"))
        changes.say(park, "region", Value(text="220184"))
        parcel = changes.body("Parcel", ("parcel_code", "test-g1"))
        changes.say(parcel, "name", Value(text="一号地块"))
        changes.say(parcel, "park", Value(ref=Subject("Park", (("park_name", "测试园区"),))))
    return Office(twin, Originals(places), places, clock, tenant, other)
