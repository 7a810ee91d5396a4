"""Reads the divisions of the content folder and what changed codes became."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from chaintwin.model.content import read_yaml
from chaintwin.model.fact import Basis, Moment, Statement
from chaintwin.physical import keys
from chaintwin.physical.making import Maker
from chaintwin.physical.rows import Row

_MATCHED = 90


def read(folder: Path, make: Maker) -> Iterator[Statement]:
    """Yield the listed divisions, then those whose code has changed."""
    regions = _listed(folder / "regions.yml")
    for row in make.rows("regions", regions):
        code = row.pop("code")
        is_found = bool(row.pop("matched", None))
        basis, confidence = (Basis.MATCHED, _MATCHED) if is_found else (None, None)
        say = make(keys.region(code), row=row, basis=basis, confidence=confidence)
        yield say("code", code)
        yield say("name", row.pop("name"))
        yield say("level", row.pop("level"))
        if (parent := row.pop("parent", None)) is not None:
            yield say("parent", keys.region(parent))
        make.all_used(row)
    known = set(make.seen["regions"].values.get("code", ()))
    for row in make.rows("divisions", _listed(folder / "divisions.yml")):
        yield from _changed(make, row, known)


def _changed(make: Maker, row: Row, known: set[str]) -> Iterator[Statement]:
    code, became, title = row.pop("code"), row.pop("became"), row.pop("title")
    is_found = row.pop("basis") == "matched"
    basis, confidence = (Basis.MATCHED, _MATCHED) if is_found else (None, None)
    since = row.pop("from", None)
    say = make(keys.region(code), row=row, basis=basis, confidence=confidence)
    yield say("code", code)
    yield say("name", row.pop("formerly"))
    told = {"code": became, "title": title, "note": row.pop("note", None), "from": since}
    moment = None if since is None else Moment.parse(since)
    yield say("became", {k: v for k, v in told.items() if v is not None}, valid=moment)
    if became not in known:
        known.add(became)
        new = make(keys.region(became), row=row, basis=basis, confidence=confidence)
        yield new("code", became)
        yield new("name", title)
    make.all_used(row, {"precision", "matched"})


def _listed(path: Path) -> Iterator[tuple[str, dict[str, str]]]:
    if path.is_file():
        for given in read_yaml(path) or ():
            yield f"{path.name}#{given['code']}", dict(given)
