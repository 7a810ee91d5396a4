"""Wires the rooms together; the only module that knows them all."""

from __future__ import annotations

import hashlib
import logging
import secrets
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chaintwin.access.accounts import Accounts, NewAccount
from chaintwin.access.asker import PUBLIC_TENANT, Asker, platform_asker
from chaintwin.access.demo import DEMO_ACCOUNTS, DEMO_PASSWORD
from chaintwin.access.tenants import all_tenants, make_place, own_places
from chaintwin.application.activity.service import SOURCE as ACTIVITY_SOURCE
from chaintwin.application.activity.service import derive_activity
from chaintwin.application.archive.demo import file_demo
from chaintwin.application.chain.attach import SOURCES as ATTACH_SOURCES
from chaintwin.application.chain.attach import attach_firms
from chaintwin.engine.database import Database
from chaintwin.engine.postgres.launch import revive
from chaintwin.engine.upkeep.ready import ready
from chaintwin.kit.clock import Clock, SystemClock
from chaintwin.kit.places import Places, find_places
from chaintwin.kit.problems import ConflictProblem, Problem
from chaintwin.model.content import content_folder, read_yaml
from chaintwin.model.fact import Label
from chaintwin.model.kinds import load_kinds
from chaintwin.physical.actions.mqtt import MqttSender
from chaintwin.physical.actions.webhook import WebhookSender
from chaintwin.physical.declared import find_sources
from chaintwin.physical.imports.service import SOURCE as IMPORT_SOURCE
from chaintwin.physical.loading import load_group
from chaintwin.physical.purchases.service import SOURCE as PURCHASE_SOURCE
from chaintwin.physical.sensors.demo import fill_demo
from chaintwin.physical.sensors.taking import SOURCE as SENSOR_SOURCE
from chaintwin.twin.identity.judging import SOURCES as IDENTITY_SOURCES
from chaintwin.twin.identity.resolving import MOST_NEW, resolve_arrivals
from chaintwin.twin.ledger.book import Ledger
from chaintwin.twin.ledger.keeping import LedgerKeeper
from chaintwin.twin.ledger.keeping import keep_up as keep_ledger_up
from chaintwin.twin.listening import Listener
from chaintwin.twin.originals import Originals
from chaintwin.twin.rulings import SOURCES as RULING_SOURCES
from chaintwin.twin.store.sources import SourceRecord
from chaintwin.twin.subscriptions.deliverer import Deliverer
from chaintwin.twin.subscriptions.model import Renderer, Sender
from chaintwin.twin.subscriptions.sealing import Seal
from chaintwin.twin.subscriptions.serving import Serving
from chaintwin.twin.twin import Twin

Say = Callable[[str, str], None]
ADMINISTRATOR = "admin"
_LOG = logging.getLogger("chaintwin.boot")
_HOURLY = 3600.0
_LOOK_S = 1.0
LOOPBACK = ("127.0.0.0/8", "::1/128")
# Time for a burst of changes to end before firms are attached anew.
_SETTLE_S = 0.5
# Above so many touched firms all of a tenant are attached anew.
_MOST_MOVED = 5_000
_DERIVED = ("chaintwin.attach", "chaintwin.activity")
_MOVES_FIRMS = {"Company", "ChainLink", "Chain", "Product"}
_ALL_LABELS = frozenset(Label)
OWN_SOURCES = (
    SourceRecord("staff", {"zh": "本单位人员录入", "en": "Entered by staff"}, "own", rank=20),
    IMPORT_SOURCE,
    PURCHASE_SOURCE,
    SourceRecord(
        "ngsi", {"zh": "开放接口写入", "en": "Written through the open API"}, "own", rank=30
    ),
    SENSOR_SOURCE,
    ACTIVITY_SOURCE,
    *ATTACH_SOURCES,
    *RULING_SOURCES,
    *IDENTITY_SOURCES,
)


@dataclass(frozen=True, slots=True)
class Start:
    """What a first start has to tell: the one-time password, None when there was no need."""

    tenant: int
    password: str | None


@contextmanager
def open_twin(
    places: Places | None = None, *, clock: Clock | None = None, connections: int = 8
) -> Iterator[Twin]:
    """Lend the twin of this machine: database started, schema brought up to date.

    What the block committed is entered in the ledger when it ends well.
    """
    places = places or find_data_places()
    with open_as_found(places, clock=clock, connections=connections) as twin:
        twin.declare(*OWN_SOURCES)
        yield twin
        enter_in_ledger(twin, places)


@contextmanager
def open_as_found(
    places: Places, *, clock: Clock | None = None, connections: int = 8
) -> Iterator[Twin]:
    """Lend the same, but leave what sources are called and how they rank as it is found there."""
    clock = clock or SystemClock()
    with ready(places, clock.now()) as cluster:
        database = Database(cluster.app_url, most=connections)
        try:
            twin = Twin(database, load_kinds(), clock)
            twin.expect(*OWN_SOURCES, *(one.record for one in find_sources().values()))
            yield twin
        finally:
            database.close()


def enter_in_ledger(twin: Twin, places: Places) -> None:
    """Give the changes committed so far their positions in the ledger; trouble is only told."""
    try:
        keep_ledger_up(Ledger(twin, places))
    except Problem as problem:
        _LOG.error("%s / %s", problem.zh, problem.en)


def place_of_content() -> list[tuple[str, str]]:
    """Return the place that the content's demo is about, from the top: (division code, name)."""
    raw = read_yaml(content_folder() / "demo" / "place.yml")
    return [(part["code"], part["name"]) for part in raw]


def prepare(
    twin: Twin, places: Places, say: Say, *, place: Sequence[tuple[str, str]] | None = None
) -> Start:
    """Make tenant, accounts and content ready; what is there already is left alone.

    `place` None: the place this data folder was begun with, else the demo place with its invented
    projects and demo accounts. Raises ConflictProblem when a place of one's own is asked for in a
    folder that holds the demo.
    """
    kept = own_places(twin.database)
    if place is not None and any(tenant.demo for tenant in kept):
        raise ConflictProblem(
            f"数据文件夹 {places.root} 里是示例地区,不能与本单位数据放在一起。"
            "请另设一个文件夹,例如 CHAINTWIN_DATA=~/chaintwin-data。",
            f"The data folder {places.root} holds the demo, which must not mix with your own data. "
            "Choose another folder, for example CHAINTWIN_DATA=~/chaintwin-data.",
        )
    is_demo = place is None and all(tenant.demo for tenant in kept)
    if place is None and not is_demo:
        tenant = kept[-1].id
    else:
        tenant = make_place(twin.database, place or place_of_content(), demo=is_demo)
    accounts = Accounts(twin.database, twin.clock)
    if is_demo:
        _make_demo_accounts(accounts, tenant)
    password = _make_administrator(accounts, tenant)
    load_content(twin, places, say, demo_tenant=tenant if is_demo else None)
    return Start(tenant, password)


def load_content(
    twin: Twin, places: Places, say: Say, *, demo_tenant: int | None, force: bool = False
) -> None:
    """Load the shipped content through its sources when it changed since the last time."""
    mark = places.content_mark(str(demo_tenant or "plain"))
    digest = digest_content(content_folder())
    if not force and mark.is_file() and mark.read_text("ascii") == digest:
        return
    say("正在装载内容…", "Loading content…")
    platform = platform_asker()
    for loaded in load_group(twin, platform, "shipped"):
        say(f"  {loaded.source}: 新增 {loaded.opened}", f"  {loaded.source}: {loaded.opened} new")
    if demo_tenant is not None:
        asker = loader_asker(demo_tenant)
        for loaded in load_group(twin, asker, "demo"):
            say(
                f"  {loaded.source}: 新增 {loaded.opened}",
                f"  {loaded.source}: {loaded.opened} new",
            )
        points = fill_demo(twin, asker)
        say(f"  示例读数 {points} 个", f"  {points} invented readings")
        filed = file_demo(twin, asker, Originals(places))
        say(
            f"  归档 {filed.papers + filed.changes} 件",
            f"  {filed.papers + filed.changes} items filed",
        )
    settle(twin, say)
    mark.write_text(digest, "ascii")


def settle(twin: Twin, say: Say) -> None:
    """Derive what follows from new facts: which firms stand on which links, in every tenant."""
    say("正在比对同一企业…", "Finding records of one firm…")
    for tenant in all_tenants(twin.database):
        left = resolve_arrivals(twin, worker(tenant.id)).left
        if left:
            say(
                f"  {tenant.name}：新到企业多于 {MOST_NEW} 家，请运行 chaintwin resolve 批量比对。",
                f"  {tenant.name}: over {MOST_NEW} new firms; run chaintwin resolve.",
            )
    say("正在把企业归到环节…", "Placing firms on links…")
    for tenant in all_tenants(twin.database):
        attach_firms(twin, worker(tenant.id))
        derive_activity(twin, worker(tenant.id))


def loader_asker(tenant: int) -> Asker:
    """Return the program itself at work for one tenant."""
    return Asker(
        tenant,
        "chaintwin",
        roles=frozenset({"officer", "archivist"}),
        readable=frozenset({PUBLIC_TENANT, tenant}),
        labels=_ALL_LABELS,
    )


@contextmanager
def keep_database(places: Places, every_s: float = _LOOK_S) -> Iterator[None]:
    """Start the embedded database again whenever it dies, while the block runs."""
    stopping = threading.Event()

    def look() -> None:
        while not stopping.wait(every_s):
            try:
                if revive(places):
                    _LOG.warning("the database had died and was started again")
            except Exception:  # tried again until it starts
                _LOG.exception("the database died and could not be started again yet")

    thread = threading.Thread(target=look, name="database", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        thread.join(timeout=60)


@contextmanager
def keep_up(twin: Twin, every_s: float = _HOURLY) -> Iterator[None]:
    """Keep what is derived up with new facts and passing time, while the block runs."""
    upkeep = Upkeep(twin, every_s)
    upkeep.start()
    try:
        yield
    finally:
        upkeep.stop()


@contextmanager
def keep_ledger(ledger: Ledger) -> Iterator[None]:
    """Keep the ledger up with committed changes, while the block runs."""
    keeper = LedgerKeeper(ledger)
    keeper.start()
    try:
        yield
    finally:
        keeper.stop()


def make_deliverer(
    twin: Twin,
    places: Places,
    renderers: Iterable[Renderer],
    *,
    is_loopback_open: bool = False,
) -> dict[str, Any]:
    """Return what telling subscribers needs: deliverer, seal, networks always open to it."""
    networks = LOOPBACK if is_loopback_open else ()
    seal = Seal(places)
    senders: dict[str, Sender] = {"webhook": WebhookSender(), "mqtt": MqttSender()}
    serving = Serving(twin, seal, {one.name: one for one in renderers}, networks)
    deliverer = Deliverer(twin.database, serving, senders, secrets.SystemRandom())
    return {"deliverer": deliverer, "seal": seal, "receiver_networks": networks}


class Upkeep:
    """Attaches firms anew after changes, and brings states up to passing time now and then."""

    def __init__(self, twin: Twin, every_s: float = _HOURLY) -> None:
        self._twin = twin
        self._every_s = every_s
        # Tenants whose firms are to be attached: some bodies of each, or None for all.
        self._waiting: dict[int, set[int] | None] = {}
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._changes = Listener(twin.database, self._hear, "upkeep")
        self._thread = threading.Thread(target=self._work, name="upkeep", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._changes.start()
        self._thread.start()

    def stop(self) -> None:
        """End after the present round."""
        self._stopping.set()
        self._wake.set()
        self._changes.stop()
        self._thread.join(timeout=30)

    def _hear(self, tenant: int, change: int, branch: int) -> None:
        if branch:
            return
        source, kinds = self._twin.touched(loader_asker(tenant), change)
        if not source.startswith(_DERIVED) and kinds & _MOVES_FIRMS:
            bodies = self._moved(tenant, change) if kinds <= {"Company"} else None
            waiting = self._waiting.get(tenant, set())
            both = None if bodies is None or waiting is None else waiting | bodies
            self._waiting[tenant] = both
            self._wake.set()

    def _moved(self, tenant: int, change: int) -> set[int] | None:
        """Return the firms a change touched; None when there are so many that all are looked at."""
        with self._twin.view(loader_asker(tenant)) as view:
            touched = view.touched_since({tenant: change - 1}, _MOST_MOVED + 1)
        return None if len(touched) > _MOST_MOVED else set(touched)

    def _work(self) -> None:
        while not self._stopping.is_set():
            try:
                self._advance()
                self._attach()
            except Exception:  # a failed round must not end the next ones
                _LOG.exception("keeping derived facts up to date failed")
            self._wake.wait(self._every_s)
            self._wake.clear()
            self._stopping.wait(_SETTLE_S if self._waiting else 0)

    def _attach(self) -> None:
        waiting, self._waiting = self._waiting, {}
        if PUBLIC_TENANT in waiting:
            public = waiting[PUBLIC_TENANT]
            for place in all_tenants(self._twin.database):
                own = waiting.get(place.id, set())
                waiting[place.id] = None if public is None or own is None else own | public
        for tenant in sorted(waiting):
            resolve_arrivals(self._twin, worker(tenant))
            bodies = waiting[tenant]
            some = None if bodies is None else sorted(bodies)
            attach_firms(self._twin, worker(tenant), some)

    def _advance(self) -> None:
        for tenant in all_tenants(self._twin.database):
            self._twin.advance(worker(tenant.id))
            derive_activity(self._twin, worker(tenant.id))


def digest_content(folder: Path) -> str:
    """Return a digest over every file of the content folder."""
    state = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        state.update(str(path.relative_to(folder)).encode() + b"\0")
        state.update(hashlib.sha256(path.read_bytes()).digest())
    return state.hexdigest()


def find_data_places() -> Places:
    """Return the data folder, made."""
    return find_places().make()


def worker(tenant: int) -> Asker:
    """Return the program itself at work for a tenant, or for what is public."""
    return platform_asker() if tenant == PUBLIC_TENANT else loader_asker(tenant)


def _make_administrator(accounts: Accounts, tenant: int) -> str | None:
    if accounts.exists(ADMINISTRATOR):
        return None
    password = secrets.token_urlsafe(12)
    roles = frozenset({"granter"})
    accounts.make(
        NewAccount(tenant, ADMINISTRATOR, "账号管理员", password, roles, must_change=True)
    )
    return password


def _make_demo_accounts(accounts: Accounts, tenant: int) -> None:
    labels = frozenset({Label.PUBLIC, Label.INTERNAL, Label.WORK, Label.BUSINESS, Label.PERSONAL})
    for login, name, roles in DEMO_ACCOUNTS:
        if not accounts.exists(login):
            accounts.make(NewAccount(tenant, login, name, DEMO_PASSWORD, roles, labels, demo=True))
