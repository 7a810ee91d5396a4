"""Schemathesis reads the API's own document and asks every route what nobody would: none breaks."""

from __future__ import annotations

import os
import subprocess

import pytest
from tests.conftest import REPOSITORY
from tests.serving import Server, lend_server

from chaintwin import boot
from chaintwin.access.accounts import Accounts, NewAccount
from chaintwin.access.tenants import all_tenants
from chaintwin.model.fact import Label

pytestmark = pytest.mark.needs("schemathesis")

_PASSWORD = "a long password 1"
_SECONDS = {"worker": 60, "granter": 20}
_ROLES = {
    "worker": frozenset({"officer", "archivist", "leader", "administrator"}),
    "granter": frozenset({"granter"}),
}
# They end the session that asks, or never end.
_LEFT_OUT = ("log_in", "log_out", "change_password", "stream_events", "stream_subscription")


@pytest.mark.timeout(600)
def test_no_route_of_the_document_breaks() -> None:
    with lend_server() as server:
        server.start()
        _make_people(server)
        found = [_ask(server, login, seconds) for login, seconds in _SECONDS.items()]

    assert [done.returncode for done in found] == [0, 0], "\n".join(
        done.stdout[-4000:] + done.stderr[-1000:] for done in found
    )


def _make_people(server: Server) -> None:
    with boot.open_twin(server.places) as twin:
        tenant = max(one.id for one in all_tenants(twin.database) if one.demo)
        accounts = Accounts(twin.database, twin.clock)
        for login, roles in _ROLES.items():
            new = NewAccount(tenant, login, login, _PASSWORD, roles, frozenset(Label))
            accounts.make(new)


def _ask(server: Server, login: str, seconds: int) -> subprocess.CompletedProcess[str]:
    program = REPOSITORY / ".tools" / "schemathesis" / "bin" / "schemathesis"
    command = [
        str(program), "run", f"{server.address}/api/v1/openapi.json",
        "-H", f"Authorization: Bearer {server.log_in(login, _PASSWORD)}",
        "-c", "not_a_server_error", "--phases", "examples,coverage,fuzzing", "--seed", "7",
        "--max-time", str(seconds), "--suppress-health-check", "all", "--warnings", "off",
    ]  # fmt: skip
    for operation in _LEFT_OUT:
        command += ["--exclude-operation-id", operation]
    clean = {"PATH": os.environ["PATH"], "HOME": str(server.places.root)}
    return subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=server.places.root, env=clean,
        timeout=seconds + 240,
    )  # fmt: skip
