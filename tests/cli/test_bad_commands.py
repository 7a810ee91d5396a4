"""Commands that cannot work say why and how they could, without a trace."""

from __future__ import annotations

import socket

import pytest
from tests.cli.test_upkeep_commands import chaintwin

from chaintwin import boot
from chaintwin.access.tenants import make_place
from chaintwin.cli.serve import free_port
from chaintwin.kit.places import Places
from chaintwin.kit.problems import Problem


def test_an_export_into_no_folder_names_the_folder(places: Places) -> None:
    with boot.open_twin(places) as twin:
        make_place(twin.database, [("220184", "公主岭市")])

    tried = chaintwin(places, "export", "/nowhere/facts.zip")

    assert tried.returncode == 1
    assert "Traceback" not in tried.stderr
    assert "错误：/nowhere/facts.zip" in tried.stderr


@pytest.mark.parametrize("port", ["0", "65536", "99999"])
def test_a_port_that_cannot_be_is_refused_before_anything_starts(places: Places, port: str) -> None:
    tried = chaintwin(places, "serve", "--port", port)

    assert tried.returncode == 2
    assert "Traceback" not in tried.stderr
    assert not list(places.root.iterdir())


def test_a_taken_port_gives_way_to_the_next() -> None:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        taken = holder.getsockname()[1]

        assert taken < free_port("127.0.0.1", taken) < taken + 50


def test_an_address_of_another_machine_is_not_called_a_taken_port() -> None:
    with pytest.raises(Problem) as refused:
        free_port("192.0.2.1", 8000)

    assert "不是本机的地址" in refused.value.zh
