"""Keeps the ledger up with committed changes while a program serves."""

from __future__ import annotations

import logging
import threading

from chaintwin.kit.problems import Problem
from chaintwin.twin.ledger.book import Ledger
from chaintwin.twin.ledger.sequencing import sequence
from chaintwin.twin.ledger.stamping import Authority, stamp_log
from chaintwin.twin.listening import Listener

_LOG = logging.getLogger("chaintwin.ledger")
# Changes are heard of; the pause only bounds how long one that was missed may wait.
_PAUSE_S = 10.0
_RETRY_STAMP_S = 60.0


class LedgerKeeper:
    """Sequences changes as they are committed, and has them time-stamped, from its own threads."""

    def __init__(
        self, ledger: Ledger, pause_s: float = _PAUSE_S, retry_stamp_s: float = _RETRY_STAMP_S
    ) -> None:
        self._ledger = ledger
        self._pause_s = pause_s
        self._retry_stamp_s = retry_stamp_s
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._changes = Listener(ledger.twin.database, self._hear, "ledger-changes")
        self._threads = [
            threading.Thread(target=work, name=name, daemon=True)
            for work, name in ((self._sequence, "ledger"), (self._stamp, "ledger-stamps"))
        ]

    def start(self) -> None:
        """Begin."""
        self._changes.start()
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End after the present round."""
        self._stopping.set()
        self._wake.set()
        self._changes.stop()
        sequencing, stamping = self._threads
        sequencing.join(timeout=30)
        stamping.join(timeout=1)  # it may be waiting for an authority, and holds nothing

    def _hear(self, _tenant: int, _change: int, _branch: int) -> None:
        self._wake.set()

    def _sequence(self) -> None:
        while not self._stopping.is_set():
            self._wake.clear()
            keep_up(self._ledger)
            self._wake.wait(self._pause_s)

    def _stamp(self) -> None:
        while not self._stopping.is_set():
            stamp_all(self._ledger)
            self._stopping.wait(self._retry_stamp_s)


def keep_up(ledger: Ledger) -> None:
    """Sequence what waits; what is in the way is kept in `ledger.trouble` and logged once."""
    known = {problem.en for problem in ledger.trouble.values()}
    try:
        sequence(ledger)
    except Problem as problem:
        if problem.en not in known:
            _LOG.error("%s", problem.en)
    except Exception:  # a failed round must not end the next ones
        _LOG.exception("bringing the ledger up to date failed; trying again")


def stamp_all(ledger: Ledger) -> None:
    """Have every log stamped; what is in the way is kept in `ledger.stamp_trouble`."""
    try:
        authority = Authority.configured()
        if authority is not None:
            for log in ledger.logs():
                stamp_log(ledger, authority, log)
        ledger.stamp_trouble = None
    except Problem as problem:
        if ledger.stamp_trouble is None:
            _LOG.warning("%s", problem.en)
        ledger.stamp_trouble = problem
    except Exception:  # a failed round must not end the next ones
        _LOG.exception("time-stamping the ledger failed; trying again")
