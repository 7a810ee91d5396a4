"""Hears of every committed change, across restarts of the database."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable

from chaintwin.engine.database import Database
from chaintwin.twin.store.changes import CHANNEL

Hear = Callable[[int, int, int], None]
_LOG = logging.getLogger("chaintwin.twin")
_RETRY_S = 2.0


class Listener:
    """Calls `hear(tenant, change, branch)` for each committed change, from its own thread.

    `begin` is called whenever listening begins: what happened before was not heard.
    """

    def __init__(
        self,
        database: Database,
        hear: Hear,
        name: str,
        begin: Callable[[], None] = lambda: None,
    ) -> None:
        self._database = database
        self._hear = hear
        self._begin = begin
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._listen, name=name, daemon=True)

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()

    def stop(self) -> None:
        """Stop listening."""
        self._stopping.set()
        self._thread.join(timeout=5)

    @property
    def is_stopping(self) -> bool:
        """Tell whether listening has come to its end."""
        return self._stopping.is_set()

    def _listen(self) -> None:
        while not self._stopping.is_set():
            try:
                with self._database.listening(CHANNEL) as connection:
                    self._begin()
                    while not self._stopping.is_set():
                        for notice in connection.notifies(timeout=0.5):
                            told = json.loads(notice.payload)
                            self._hear(told["tenant"], told["change"], told["branch"])
            except Exception:  # must outlive a restart of the database
                if not self._stopping.is_set():
                    _LOG.exception("listening to changes failed; trying again")
                    self._stopping.wait(_RETRY_S)
