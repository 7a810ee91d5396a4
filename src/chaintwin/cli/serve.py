"""`chaintwin serve`: bring the place's twin up and open its pages."""

from __future__ import annotations

import errno
import ipaddress
import logging
import os
import signal
import socket
import sys
import threading
import time
import webbrowser
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Annotated

import typer

from chaintwin.cli.speech import say
from chaintwin.kit.problems import Problem

_HOST_HELP = "监听地址 / address to listen on"
_PORT_HELP = "网页端口,被占用时向后找 / port of the pages; the next free one is taken"
_PORTS_TRIED = 50
_LAST_PORT = 65_535
_PLACE_HELP = "本单位地区,自上而下,如 220000:吉林省,220100:长春市 / your place instead of the demo"


def serve(
    host: Annotated[str, typer.Option(help=_HOST_HELP)] = "127.0.0.1",
    port: Annotated[
        int,
        typer.Option(envvar="CHAINTWIN_PORT", help=_PORT_HELP, min=1, max=_LAST_PORT),
    ] = 8000,
    place: Annotated[str, typer.Option(help=_PLACE_HELP)] = "",
    open_page: Annotated[bool, typer.Option("--open", help="打开浏览器 / open a browser")] = False,
) -> None:
    """启动数据库和网页。 / Start the database and the pages."""
    import uvicorn  # noqa: PLC0415

    from chaintwin import boot  # noqa: PLC0415
    from chaintwin.web.app import build_app  # noqa: PLC0415

    ngsi_open = _is_ngsi_open(host)
    began = time.monotonic()
    places = boot.find_data_places()
    say(f"数据文件夹:{places.root}", f"Data folder: {places.root}")
    say("正在启动数据库…", "Starting the database…")
    _log_to(places.logs / "server.log")
    with boot.open_twin(places, connections=16) as twin:
        start = boot.prepare(twin, places, say, place=_parse_place(place))
        app = build_app(twin, places, ngsi_open=ngsi_open)
        port = free_port(host, port)
        address = f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}"  # noqa: S104
        server = uvicorn.Server(
            uvicorn.Config(app, host=host, port=port, log_config=None, timeout_graceful_shutdown=3)
        )
        threading.Thread(
            target=_announce, args=(server, address, start.password, began, open_page), daemon=True
        ).start()
        # The server hands a signal on after it shut down; the database has to be left in order too.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        with boot.keep_database(places), boot.keep_up(twin), boot.keep_ledger(app.state.ledger):
            server.run()


def _is_ngsi_open(host: str) -> bool:
    """Tell whether the NGSI-LD door asks nobody to log in; refuse that beyond this machine."""
    if os.environ.get("CHAINTWIN_NGSI_OPEN") != "1":
        return False
    addresses = {found[4][0] for found in socket.getaddrinfo(host, None)}
    if not all(ipaddress.ip_address(address).is_loopback for address in addresses):
        raise Problem(
            f"CHAINTWIN_NGSI_OPEN=1 免去登录，只能监听本机，不能监听 {host}。"
            "请改用 --host 127.0.0.1，或去掉该变量。",
            f"CHAINTWIN_NGSI_OPEN=1 drops log-in and goes with loopback alone, not {host}. "
            "Use --host 127.0.0.1, or unset it.",
        )
    say(
        "NGSI-LD 接口免登录（CHAINTWIN_NGSI_OPEN=1），仅供本机测试。",
        "The NGSI-LD door is open without log-in (CHAINTWIN_NGSI_OPEN=1): for tests here only.",
    )
    return True


def _log_to(path: Path) -> None:
    file = RotatingFileHandler(path, maxBytes=5_000_000, backupCount=3, encoding="utf-8")
    file.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[file])


def free_port(host: str, wanted: int) -> int:
    """Return the wanted port, or the next one that nobody listens on.

    Raises Problem when the host is none of this machine, or every port that was tried is taken.
    """
    try:
        family = socket.getaddrinfo(host, wanted, type=socket.SOCK_STREAM)[0][0]
    except OSError as error:
        raise _foreign(host) from error
    last = min(wanted + _PORTS_TRIED, _LAST_PORT + 1) - 1
    for port in range(wanted, last + 1):
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as error:
                if error.errno == errno.EADDRNOTAVAIL:
                    raise _foreign(host) from error
                continue
            return port
    raise Problem(
        f"端口 {wanted}–{last} 都被占用或不允许使用。请用 --port 另选一个。",
        f"The ports {wanted}–{last} are all taken or not allowed. Choose another with --port.",
    )


def _foreign(host: str) -> Problem:
    return Problem(
        f"“{host}”不是本机的地址。请改用 127.0.0.1（仅本机）或 0.0.0.0（所有网卡）。",
        f"“{host}” is no address of this machine. Use 127.0.0.1 (this machine only) or 0.0.0.0.",
    )


def _parse_place(text: str) -> list[tuple[str, str]] | None:
    if not text.strip():
        return None
    parts = [part.strip().partition(":") for part in text.split(",")]
    if not all(len(code) == 6 and code.isdigit() and name for code, _, name in parts):
        raise typer.BadParameter(_PLACE_HELP)
    return [(code, name) for code, _, name in parts]


def _announce(
    server: object, address: str, password: str | None, began: float, open_page: bool
) -> None:
    while not getattr(server, "started", False):
        time.sleep(0.05)
    seconds = time.monotonic() - began
    say(
        f"链孪已就绪({seconds:.0f} 秒):{address}",
        f"chaintwin is ready ({seconds:.0f} s): {address}",
    )
    if password is not None:
        say(
            f"账号管理员 admin 的一次性密码:{password}(首次登录须修改,只显示这一次)",
            f"One-time password of the administrator admin: {password} (shown only now)",
        )
    say("按 Ctrl+C 停止。", "Press Ctrl+C to stop.")
    if open_page:
        webbrowser.open(address)
