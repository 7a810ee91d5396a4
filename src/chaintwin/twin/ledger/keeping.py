"""Keeps the ledger up with committed changes while a program serves."""

from __future__ import annotations

import logging
import threading

from chaintwin.kit.problems import Problem
from chaintwin.twin.ledger.book import Ledger
from chaintwin.twin.ledger.sequencing import sequence
from chaintwin.twin.listening import Listener

_LOG = logging.getLogger("chaintwin.ledger")
# Changes are heard of; the pause only bounds how long one that was missed may wait.
_PAUSE_S = 10.0


class LedgerKeeper:
    """Sequences changes as they are committed, from a thread of its own."""

    def __init__(self, ledger: Ledger, pause_s: float = _PAUSE_S) -> None:
        self._ledger = ledger
        self._pause_s = pause_s
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._changes = Listener(ledger.twin.database, self._hear, "ledger-changes")
        self._thread = threading.Thread(target=self._work, name="ledger", daemon=True)

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

    def _hear(self, _tenant: int, _change: int, _branch: int) -> None:
        self._wake.set()

    def _work(self) -> None:
        while not self._stopping.is_set():
            self._wake.clear()
            keep_up(self._ledger)
            self._wake.wait(self._pause_s)


def keep_up(ledger: Ledger) -> None:
    """Sequence what waits; what is in the way is kept in `ledger.trouble` and told to the log."""
    try:
        sequence(ledger)
        ledger.trouble = None
    except Problem as problem:
        if ledger.trouble is None:
            _LOG.error("%s", problem.en)
        ledger.trouble = problem
    except Exception:  # a failed round must not end the next ones
        _LOG.exception("bringing the ledger up to date failed; trying again")
