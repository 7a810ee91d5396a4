"""Reads dated triples of the industrial chain; each keeps its relation's own name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from chaintwin.kit.chinese import name_key
from chaintwin.model.fact import UNKNOWN, Moment, Statement, Subject, Value
from chaintwin.physical import keys
from chaintwin.physical.making import Maker
from chaintwin.physical.rows import Row, json_rows, open_text, tab_rows

_PARTS = ("train.txt", "valid.txt", "test.txt")
# How the text was found and what the model said of it tell nothing more.
IGNORE_LABELLED = frozenset({"text_id", "source", "prediction"})
# What stands behind these is an industry or a patent, whatever listed firm bears the same name.
_NO_FIRM_BEHIND = frozenset({"涉足行业", "归属于行业", "包含", "上游于", "持有专利"})
_NO_FIRM_BEFORE = frozenset({"包含", "上游于"})
_JUDGED_CORRECT = 95


@dataclass(frozen=True, slots=True)
class Triple:
    """One dated triple by the names of its parts."""

    head: str
    relation: str
    tail: str
    day: str
    row: Row


def read(folder: Path, make: Maker) -> Iterator[Statement]:
    """Yield the names of concepts, then every triple that no expert judged wrong."""
    inner = folder / "ICKG25" if (folder / "ICKG25").is_dir() else folder
    entities = list(make.rows("entity2id.txt", tab_rows(inner / "entity2id.txt", ("name", "id"))))
    triples = _triples(inner, make, {row["id"]: row["name"].strip() for row in entities})
    firms = _firms(make, triples)
    subjects: dict[str, Subject | int] = {}
    for row in entities:
        name = row.pop("name").strip()
        subjects[name] = firms.get(name) or keys.concept(name)
        if name not in firms:
            yield make(subjects[name], row=row)("name", name, valid=UNKNOWN)
    judged = _judged(folder, make)
    for triple in triples:
        verdict = judged.get((triple.head, triple.relation, triple.tail))
        if verdict == "incorrect":
            make.note("专家判错，未采用 judged wrong by experts, left out")
            continue
        head = subjects[triple.head]
        kind = "Company" if isinstance(head, int) else ""
        say = make(head, row=triple.row, kind=kind, valid=Moment.parse(triple.day))
        yield say(
            "relation",
            Value(ref=subjects[triple.tail], data={"relation": triple.relation}),
            key=f"{triple.relation}|{triple.tail}",
            confidence=_JUDGED_CORRECT if verdict == "correct" else None,
        )


def _triples(folder: Path, make: Maker, names: Mapping[str, str]) -> list[Triple]:
    relations = {
        row["id"]: row["name"]
        for row in make.rows(
            "relation2id.txt", tab_rows(folder / "relation2id.txt", ("name", "id"))
        )
    }
    days = {row["id"]: row["day"] for row in make.rows("time2id.txt", _days(folder))}
    found = []
    for part in _PARTS:
        lines = tab_rows(folder / part, ("head", "relation", "tail", "time"))
        for row in make.rows("triples", lines):
            ids = (row.pop("head"), row.pop("relation"), row.pop("tail"), row.pop("time"))
            head, relation, tail, day = ids
            make.all_used(row)
            found.append(Triple(names[head], relations[relation], names[tail], days[day], row))
    # Runs of one body with rising days cost the store least.
    return sorted(found, key=lambda triple: (triple.head, triple.day))


def _days(folder: Path) -> Iterator[tuple[str, dict[str, str]]]:
    path = folder / "time2id.txt"
    with open_text(path) as stream:
        for number, line in enumerate(stream, 1):
            identity, _, day = line.strip().partition(",")
            yield f"{path.name}:{number}", {"id": identity, "day": day}


def _firms(make: Maker, triples: list[Triple]) -> dict[str, int]:
    names = {name for triple in triples for name in (triple.head, triple.tail)}
    never = {triple.tail for triple in triples if triple.relation in _NO_FIRM_BEHIND}
    never |= {triple.head for triple in triples if triple.relation in _NO_FIRM_BEFORE}
    by_key = {name: name_key(name) for name in sorted(names)}
    full = make.find("company_name", by_key.values())
    short = make.find("company_short", (by_key[name] for name in names - never))
    found = {}
    for name, key in by_key.items():
        body = full.get(key) or (None if name in never else short.get(key))
        if body is not None:
            found[name] = body
            make.note("名称与已知企业相同 names of known firms")
    return found


def _judged(folder: Path, make: Maker) -> dict[tuple[str, str, str], str]:
    path = folder / "expert_labelled_half.jsonl"
    if not path.is_file():
        return {}
    found = {}
    for row in make.rows(path.name, json_rows(path)):
        head, relation, tail = row.pop("triple")
        found[head, relation, tail] = str(row.pop("expert_label"))
        make.all_used(row, IGNORE_LABELLED)
    return found
