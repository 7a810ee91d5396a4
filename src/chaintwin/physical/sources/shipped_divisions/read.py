"""Reads the divisions of the content folder and what changed codes became."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from chaintwin.model.content import read_yaml
from chaintwin.model.fact import Basis, Moment, Statement
from chaintwin.physical import keys
from chaintwin.physical.making import Maker
from chaintwin.physical.rows import Row

_MATCHED = 90


def read(folder: Path, make: Maker) -> Iterator[Statement]:
    """Yield the listed divisions, then those whose code has changed."""
    for row in make.rows("regions", _named(folder / "division_names.yml")):
        code = row.pop("code")
        is_found = row.pop("matched") is not None and row.pop("basis", None) != "recalled"
        basis, confidence = (Basis.MATCHED, _MATCHED) if is_found else (None, None)
        say = make(keys.region(code), row=row, basis=basis, confidence=confidence)
        yield say("code", code)
        yield say("name", row.pop("name"))
        yield say("level", row.pop("level"))
        if (parent := row.pop("parent", None)) is not None:
            yield say("parent", keys.region(parent))
        make.all_used(row, {"basis"})
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


def _named(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each province, then the divisions within it."""
    for _, province in _listed(path):
        within = province.pop("within", ())
        matched = province.pop("matched", None)
        codes = {str(given["code"]) for given in within}
        for given in (province, *within):
            place = _place(given["code"], codes)
            yield f"{path.name}#{given['code']}", {"matched": matched, **given, **place}


def _place(code: str, codes: set[str]) -> dict[str, str]:
    """Return level and parent; a county without a prefecture is run by its province."""
    province, city = f"{code[:2]}0000", f"{code[:4]}00"
    if code == province:
        return {"level": "province"}
    if code == city:
        return {"level": "city", "parent": province}
    return {"level": "county", "parent": city if city in codes else province}


def _listed(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    if path.is_file():
        for given in read_yaml(path) or ():
            yield f"{path.name}#{given['code']}", dict(given)
