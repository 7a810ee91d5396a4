"""The ledger of this installation: whose logs there are, their names, keys and present state."""

from __future__ import annotations

from dataclasses import dataclass

from chaintwin.access.asker import Asker
from chaintwin.access.tenants import all_tenants
from chaintwin.engine.database import Connection
from chaintwin.kit.keyfiles import load_key
from chaintwin.kit.merkle import ReadHash, read_through
from chaintwin.kit.notes import LOG, Checker, Checkpoint, Note, Signer
from chaintwin.kit.places import Places, make_folder
from chaintwin.kit.problems import NotFoundProblem, Problem
from chaintwin.model.fact import Label
from chaintwin.twin.ledger.anchors import Anchors
from chaintwin.twin.store import tlog
from chaintwin.twin.twin import Twin

KEY_FILE = "ledger.key"
_SECRET = 0o700


@dataclass(frozen=True, slots=True)
class Log:
    """One tenant's log; `code` is how addresses name it, `origin` how its checkpoints do."""

    tenant: int
    code: str
    title: str
    origin: str


class Ledger:
    """Names logs, signs for them and opens their trees; one per process."""

    def __init__(self, twin: Twin, places: Places) -> None:
        self.twin = twin
        make_folder(places.keys, _SECRET)
        self.places = places
        self.anchors = Anchors(places)
        # Why nothing is signed at present, by tenant.
        self.trouble: dict[int, Problem] = {}
        self.stamp_trouble: Problem | None = None
        self._epoch = self.anchors.epoch(twin.clock.now)
        self._seed = load_key(places.keys / KEY_FILE, lost=self._lost())

    def logs(self) -> list[Log]:
        """Return every tenant's log, the public one first."""
        return [
            Log(tenant.id, tenant.code, tenant.name, self._origin(tenant.code))
            for tenant in all_tenants(self.twin.database)
        ]

    def log(self, code: str, asker: Asker | None = None) -> Log:
        """Return a log by its code; raise NotFoundProblem when it is not for this asker."""
        for found in self.logs():
            is_readable = asker is None or found.tenant in asker.readable | {asker.tenant}
            if found.code == code and is_readable:
                return found
        raise NotFoundProblem(
            f"没有账本“{code}”。请用 public 或本单位的代码。",
            f"There is no ledger “{code}”. Use public or the code of your own unit.",
        )

    def signer(self, log: Log) -> Signer:
        """Return what signs a log's checkpoints."""
        return Signer(log.origin, self._seed, LOG)

    def checker_of(self, checkpoint: Checkpoint) -> Checker:
        """Return the key by which others check a checkpoint of this installation."""
        return Signer(checkpoint.origin, self._seed, LOG).checker

    def read_signed(self, text: str) -> Checkpoint | None:
        """Return what a note of this installation's own logs says; None unless well signed.

        Logs of earlier origins, from before a restore, were signed with the same key.
        """
        note = Note.parse(text)
        checkpoint = Checkpoint.parse(note.text)
        checker = self.checker_of(checkpoint)
        is_own = checkpoint.origin.startswith(self._prefix())
        return checkpoint if is_own and checker.check(note) else None

    def _prefix(self) -> str:
        return f"chaintwin/{self.twin.installation}/"

    def _origin(self, code: str) -> str:
        return f"{self._prefix()}{code}/{self._epoch}"

    def _lost(self) -> Problem | None:
        """Return the error for a lost key; None while nothing was ever signed."""
        with self.twin.database.transaction(overseer(self.twin).settings()) as connection:
            if tlog.count_checkpoints(connection) == 0:
                return None
        return Problem(
            f"缺少存证账本的签名密钥 {KEY_FILE}，不能继续签名。请从备份恢复 keys 文件夹。",
            f"The key {KEY_FILE} that signs the ledger is missing. Restore the keys folder from "
            "a backup.",
            status=500,
        )


def open_tree(connection: Connection, log: Log) -> ReadHash:
    """Return a reader of a log's hashes inside a transaction."""
    return read_through(lambda level, number: tlog.read_tile(connection, log.tenant, level, number))


def keeper(log: Log) -> Asker:
    """Return the program at work on one log."""
    return Asker(log.tenant, "ledger", readable=frozenset({log.tenant}), labels=frozenset(Label))


def overseer(twin: Twin) -> Asker:
    """Return the program looking at every tenant and label."""
    tenants = frozenset(tenant.id for tenant in all_tenants(twin.database))
    return Asker(1, "verify", readable=tenants, labels=frozenset(Label))
