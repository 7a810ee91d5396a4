"""Reads the development zones and parks of the content folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from chaintwin.model.content import read_folder
from chaintwin.model.fact import Basis, Statement
from chaintwin.physical import keys
from chaintwin.physical.making import Maker

_MATCHED = 90


def read(folder: Path, make: Maker) -> Iterator[Statement]:
    """Yield name, level, kind, place and lead industries of every park."""
    for path, raw in read_folder("parks", folder):
        numbered = ((f"parks/{path.name}#{park['name']}", park) for park in raw or ())
        for row in make.rows("parks", numbered):
            matched = row.pop("matched", {})
            name = row.pop("name")
            say = make(keys.park(name), row=row)
            yield say("name", name, **_found(matched, "name"))
            yield from say.some("short_name", row.pop("short", None), **_found(matched, "short"))
            yield from say.some("level", row.pop("level", None), **_found(matched, "level"))
            yield from say.some("type", row.pop("type", None), **_found(matched, "type"))
            yield from say.some("region", row.pop("district", None), **_found(matched, "district"))
            for chain in row.pop("lead_chains", ()):
                yield say("lead_chain", keys.chain(chain), **_found(matched, "lead_chains"))
            for code in row.pop("industries", ()):
                yield say("industry", code, **_found(matched, "industries"))
            make.all_used(row)


def _found(matched: dict[str, str], field: str) -> dict[str, Any]:
    if field not in matched:
        return {}
    return {"basis": Basis.MATCHED, "confidence": _MATCHED, "evidence": {"in": matched[field]}}
