"""Names listed firms as older sets do, without letting a reused short name join two firms."""

from __future__ import annotations

from collections.abc import Iterable

from chaintwin.kit.chinese import name_key
from chaintwin.model.fact import Subject
from chaintwin.physical import keys
from chaintwin.physical.making import Maker


class ListedFirms:
    """Firms of one set by stock code; a short name that another stock bears now is no key."""

    def __init__(self, make: Maker, firms: Iterable[tuple[str, str]]) -> None:
        shorts = {stock: name_key(short) for stock, short in firms}
        self._bodies = make.find("stock", shorts)
        self._bearers = make.find("company_short", shorts.values())

    def subject(self, stock: str, name: str | None, short: str | None) -> Subject:
        """Return a firm by its stock code, its full name and, where safe, its short name."""
        bearer = self._bearers.get(name_key(short)) if short else None
        safe = bearer is None or bearer == self._bodies.get(stock)
        return keys.company(stock=stock, name=name, short=short if safe else None)
