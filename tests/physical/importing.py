"""An officer at the import page: logs in, uploads, confirms."""

from __future__ import annotations

from itertools import count
from typing import Any

from fastapi.testclient import TestClient
from tests.physical.firm_lists import HEADS

from chaintwin.access.accounts import Accounts, NewAccount
from chaintwin.access.asker import Asker
from chaintwin.kit.chinese import name_key
from chaintwin.model.fact import Label
from chaintwin.twin.originals import Originals
from chaintwin.twin.twin import Twin
from chaintwin.web.app import make_app

PASSWORD = "a-long-password-1"
_logins = count(1)


def log_in(
    twin: Twin,
    tenant: int,
    originals: Originals,
    role: str = "officer",
    labels: frozenset[Label] = frozenset(Label),
) -> TestClient:
    login = f"user{next(_logins)}"
    account = NewAccount(tenant, login, "王科员", PASSWORD, frozenset({role}), labels)
    Accounts(twin.database, twin.clock).make(account)
    app = make_app(twin, state={"originals": originals})
    client = TestClient(app, raise_server_exceptions=False)
    answer = client.post("/api/v1/session", json={"login": login, "password": PASSWORD})
    assert answer.status_code == 200, answer.text
    return client


def send(
    client: TestClient, data: bytes, name: str = "名录.csv", status: int = 201, **form: str
) -> Any:
    answer = client.post("/api/v1/imports", files={"file": (name, data)}, data=form)
    assert answer.status_code == status, answer.text
    return answer.json()


def confirm(client: TestClient, number: int, status: int = 200) -> Any:
    answer = client.post(f"/api/v1/imports/{number}/confirm")
    assert answer.status_code == status, answer.text
    return answer.json()


def one(**cells: str) -> list[str]:
    """Return a row with a name of its own and some cells."""
    return [cells.get(head.rstrip("*"), "") for head in HEADS]


def held(twin: Twin, asker: Asker, name: str) -> Any:
    with twin.view(asker) as view:
        body = view.find_key("company_name", name_key(name))
        assert body is not None, name
        return view.get(body)
