"""Brings a source into the twin as one change: all of it or nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from chaintwin.access.asker import Asker
from chaintwin.kit.problems import InputProblem
from chaintwin.model.fact import UNKNOWN, Basis, Statement, Value
from chaintwin.physical import keys
from chaintwin.physical.declared import Declaration, find_source, find_sources, reader
from chaintwin.physical.making import Maker, Progress, Seen
from chaintwin.twin.twin import Twin


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load came to; `change` None: nothing was new.

    `clashes` counts statements that contradict an earlier one of the same load: the first stands.
    """

    source: str
    rows: int
    stated: int
    opened: int
    closed: int
    same: int
    clashes: int
    new_bodies: int
    change: int | None
    notes: Mapping[str, int] = field(default_factory=dict)


class _NothingNewError(Exception):
    """Undoes a change that would say nothing."""


def silent(_phase: str, _rows: int) -> None:
    """Report progress to nobody."""


def load_source(
    twin: Twin,
    asker: Asker,
    name: str,
    data: Path | None = None,
    *,
    progress: Progress = silent,
    is_sample: bool = False,
) -> Loaded:
    """Load one source; `data` is the folder that holds its folder.

    What the source no longer states is no longer believed. A sample may have fewer rows than the
    source declares. Raises InputProblem, and leaves the twin as it was, when a row is not
    understood.
    """
    source = find_source(name)
    folder = source.folder(data)
    if not folder.is_dir():
        raise InputProblem(
            f"找不到来源 {name} 的文件夹 {folder}。请检查 --folder。",
            f"The folder {folder} of the source {name} is absent. Check --folder.",
        )
    twin.declare(source.record)
    try:
        return _load(twin, asker, source, folder, progress, is_sample)
    except _NothingNewError as nothing:
        loaded: Loaded = nothing.args[0]
        return loaded


def load_group(
    twin: Twin,
    asker: Asker,
    group: str,
    data: Path | None = None,
    *,
    progress: Progress = silent,
) -> Iterator[Loaded]:
    """Load every source of a group, the most trusted first; each is a change of its own."""
    found = [source for source in find_sources().values() if source.group == group]
    for source in sorted(found, key=lambda source: (source.rank, source.name)):
        yield load_source(twin, asker, source.name, data, progress=progress)


def remove_source(twin: Twin, asker: Asker, name: str, reason: str = "") -> int:
    """Stop believing all that a source said in one's own tenant, its coverage too.

    Returns the number of facts closed. What it once said stays in the history.
    """
    with twin.change(asker, reason=reason or f"撤下来源 {name}", source=name) as changes:
        return changes.retract().closed


def _load(
    twin: Twin,
    asker: Asker,
    source: Declaration,
    folder: Path,
    progress: Progress,
    is_sample: bool,
) -> Loaded:
    reason = f"装载来源 {source.title['zh']}"
    with twin.change(asker, reason=reason, source=source.name) as changes:
        changes.keep_stated()
        make = Maker(source, changes.kinds, changes.find, progress)
        changes.record(reader(source.name)(folder, make))
        if not is_sample:
            make.check()
        progress("check", sum(seen.rows for seen in make.seen.values()))
        changes.record(_about_the_load(source, folder, make))
        changes.retract_unstated()
        tally = changes.tally
        new = bool(tally.opened or tally.closed)
        progress("settle", tally.opened)
        loaded = Loaded(
            source.name,
            sum(seen.rows for seen in make.seen.values()),
            tally.stated,
            tally.opened,
            tally.closed,
            tally.same,
            tally.clashes,
            changes.new_bodies,
            changes.number if new else None,
            dict(make.notes),
        )
        if not new:
            raise _NothingNewError(loaded)
    return loaded


def _about_the_load(source: Declaration, folder: Path, make: Maker) -> Iterator[Statement]:
    about = keys.source(source.name)
    own: dict[str, Any] = {"basis": source.basis, "source_record": "source.yml", "valid": UNKNOWN}
    yield Statement(about, "name", Value(text=source.title["zh"]), **own)
    yield Statement(about, "licence", Value(text=source.licence), **own)
    for stated in source.coverage:
        yield coverage_statement(source.name, stated, own)
    report = {
        "as_of": source.as_of_text,
        "owner": source.owner,
        "evaluation_only": source.evaluation_only,
        "tables": {table: _seen(seen) for table, seen in sorted(make.seen.items())},
        "notes": dict(sorted(make.notes.items())),
        "files": _digests(folder) if source.home == "data" else {},
    }
    yield Statement(about, "loaded", Value(data=report), **own)


def coverage_statement(
    source: str, stated: Mapping[str, Any], more: Mapping[str, Any]
) -> Statement:
    """State what share of a population a source covers in one region × industry."""
    said = dict(stated)
    basis = Basis[said.pop("basis").upper()] if "basis" in said else None
    given = dict(more)
    if basis is not None:
        given["basis"] = basis
    key = f"{said['region']}|{said['industry']}|{said['population']}"
    return Statement(keys.source(source), "coverage", Value(data=said), value_key=key, **given)


def _seen(seen: Seen) -> dict[str, int]:
    return {"rows": seen.rows}


def _digests(folder: Path) -> dict[str, str]:
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            with path.open("rb") as stream:
                found[str(path.relative_to(folder))] = _digest(stream)
    return found


def _digest(stream: Any) -> str:
    digest = sha256()
    while block := stream.read(1 << 20):
        digest.update(block)
    return digest.hexdigest()
