"""How well records of one firm are found, on real data that is for evaluation only.

python -m tests.bench.identity [--shared FOLDER] [--registrations CSV] [--seed N]
    [--pairs TSV] [--companies CSV] [--names TXT ...] [--only noisy short brand]

noisy  registrations beside a noisy copy: precision and recall over pairs that end in one group.
short  short names to full names, TSV of short and full; the baseline takes the shortest name that
       holds the short one.
brand  brands to full names, CSV with the columns 名称 and 公司名称.
Thresholds and costs were set on the development half of each set alone; both halves are reported.
"""

from __future__ import annotations

import argparse
import csv
import os
import re
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from random import Random

from chaintwin.twin.identity.batch import score_pairs
from chaintwin.twin.identity.clusters import Grouping
from chaintwin.twin.identity.lookup import NameRegister
from chaintwin.twin.identity.model import load_model
from chaintwin.twin.identity.record import prepare
from chaintwin.twin.identity.words import load_words

from .measuring import Times
from .noisy_registrations import make_noisy
from .registrations import given, read_rows

SPLIT = 1
LEAST_NAMES = 105_000
_QUOTED = re.compile(r"[\"',\t]([^\"',\t\n]{4,30}(?:有限责任公司|有限公司))(?=[\"',\t\n])")
# Sets at hand whose texts hold registered names.
_OTHERS = ("ickg25", "chain_kg_sw2021", "a_share_2015_addresses", "fin_text")
Pair = tuple[str, str]
Say = Callable[[str, float | str, str, str], None]


@dataclass(frozen=True, slots=True)
class Sets:
    """Where the data lies; any of it may be another split of the same kind."""

    shared: Path
    registrations: Path
    pairs: Path
    companies: Path
    names: tuple[Path, ...] = ()

    @classmethod
    def at(cls, shared: Path) -> Sets:
        """Return the sets at their usual places."""
        data = shared / "data"
        return cls(
            data,
            data / "enterprise_daily_2019" / "registrations.csv.gz",
            data / "er_aliases" / "short_full_pairs.tsv",
            data / "smoothnlp" / "companies_5k.csv",
        )


def development(count: int, seed: int = SPLIT) -> set[int]:
    """Return the half that could be looked at, the same as the training took."""
    return set(Random(seed).sample(range(count), count // 2))


def measure_noisy(sets: Sets, seed: int, say: Say) -> None:
    """Resolve the registrations and their noisy copy together and compare with the truth."""
    rows = read_rows(sets.registrations)
    both = [row for pair in zip(rows, make_noisy(rows, seed), strict=True) for row in pair]
    words, model = load_words(), load_model()
    started = time.monotonic()
    records = {number: prepare(given(row), words) for number, row in enumerate(both)}
    prepared = time.monotonic()
    pairs = score_pairs(records, model.settings, model.lower)
    scored = time.monotonic()
    grouping = Grouping(
        records, lambda a, b: model.score(records[a], records[b]).weight, model.upper, model.lower
    )
    outcome = grouping.settle(pairs)
    ended = time.monotonic()
    joined = [pair for group in grouping.members.values() for pair in combinations(group, 2)]
    known = development(len(rows))
    for name, numbers in _halves(len(rows), known):
        mine = [(a, b) for a, b in joined if a // 2 in numbers and b // 2 in numbers]
        right = sum(a // 2 == b // 2 for a, b in mine)
        say(f"precision, {name}", round(right / max(1, len(mine)), 5), "", f"{len(mine)} pairs")
        say(f"recall, {name}", round(right / len(numbers), 5), "", f"{len(numbers)} firms")
    say("pairs left to a person", len(outcome.doubts), "", "")
    say("all of it", round(ended - started, 1), "s", f"{len(both)} records")
    say("  into comparable form", round(prepared - started, 1), "s", "")
    say("  Splink", round(scored - prepared, 1), "s", f"{len(pairs)} pairs kept")
    say("  groups", round(ended - scored, 1), "s", "")


def measure_short(sets: Sets, register: NameRegister, names: Sequence[str], say: Say) -> None:
    """Ask for every short name; pairs whose short form is no part of the full one stand apart."""
    pairs = read_short(sets.pairs)
    _measure_lookups(pairs, register, names, say)
    _measure_baseline(pairs, names, say)


def measure_brands(sets: Sets, register: NameRegister, names: Sequence[str], say: Say) -> None:
    """Ask for every brand; many brands share no character with the firm's name."""
    with sets.companies.open(encoding="utf-8") as file:
        pairs = [(row["名称"], row["公司名称"]) for row in csv.DictReader(file)]
    _measure_lookups(pairs, register, names, say)
    alike = [pair for pair in pairs if set(pair[0]) & set(pair[1])]
    say("brands that share a character", len(alike), "", f"of {len(pairs)}")


def _measure_lookups(
    pairs: Sequence[Pair], register: NameRegister, names: Sequence[str], say: Say
) -> None:
    times, first, fifth = Times(), set[int](), set[int]()
    for at, (short, full) in enumerate(pairs):
        started = time.perf_counter()
        found = register.find(short, 5)
        times.seconds.append(time.perf_counter() - started)
        texts = [names[one.number] for one in found]
        first |= {at} if texts[:1] == [full] else set()
        fifth |= {at} if full in texts else set()
    fulls = sorted({full for _, full in pairs})
    known = {fulls[at] for at in development(len(fulls), 3)}
    parts = {
        "development": {at for at, pair in enumerate(pairs) if pair[1] in known},
        "test": {at for at, pair in enumerate(pairs) if pair[1] not in known},
        "all": set(range(len(pairs))),
        "no substring": {at for at, (short, full) in enumerate(pairs) if short not in full},
    }
    for name, numbers in parts.items():
        of = f"{len(numbers)} pairs"
        if numbers:
            say(f"hit@1, {name}", round(len(first & numbers) / len(numbers), 4), "", of)
            say(f"hit@5, {name}", round(len(fifth & numbers) / len(numbers), 4), "", of)
    say("time of a query, p50", times.p50_ms, "ms", f"{len(names)} names")
    say("time of a query, p95", times.p95_ms, "ms", f"{len(names)} names")


def _measure_baseline(pairs: Sequence[Pair], names: Sequence[str], say: Say) -> None:
    """Take the shortest name that holds the short one, the first of several."""
    ordered = sorted(range(len(names)), key=lambda at: (len(names[at]), at))
    joined = "\n".join(names[at] for at in ordered)
    hits = 0
    for short, full in pairs:
        start = joined.find(short)
        if start >= 0:
            line = joined.rfind("\n", 0, start) + 1
            end = joined.find("\n", start)
            hits += joined[line : end if end >= 0 else None] == full
    say("hit@1 of the baseline", round(hits / len(pairs), 4), "", "shortest name that holds it")


def read_short(path: Path) -> list[Pair]:
    """Return (short, full) of each line."""
    lines = path.read_text("utf-8").splitlines()
    return [(short, full) for short, _, full in (line.partition("\t") for line in lines) if full]


def read_register(sets: Sets) -> list[str]:
    """Return at least LEAST_NAMES registered names: real ones, filled up with recombined ones."""
    registered = [row["Name"] for row in read_rows(sets.registrations)]
    names = dict.fromkeys(full for _, full in read_short(sets.pairs))
    names |= dict.fromkeys(registered)
    with sets.companies.open(encoding="utf-8") as file:
        names |= dict.fromkeys(row["公司名称"] for row in csv.DictReader(file))
    names |= dict.fromkeys(_names_in_texts(sets.shared))
    for path in sets.names:
        names |= dict.fromkeys(path.read_text("utf-8").split("\n"))
    names.pop("", None)
    chance = Random(11)
    cut = [name for name in registered if name.endswith("有限公司") and len(name) >= 9]
    while len(names) < LEAST_NAMES:
        # Place and brand of one firm before trade and form of another.
        names.setdefault(chance.choice(cut)[:-6] + chance.choice(cut)[-6:])
    return list(names)


def _names_in_texts(shared: Path) -> Iterable[str]:
    for folder in _OTHERS:
        for path in sorted((shared / folder).rglob("*")):
            if path.suffix in (".json", ".csv", ".txt", ".jsonl", ".tsv", ".sql"):
                yield from _QUOTED.findall(path.read_text("utf-8", "ignore"))


def _halves(count: int, known: set[int]) -> list[tuple[str, set[int]]]:
    every = set(range(count))
    return [("development", known), ("test", every - known), ("all", every)]


def measure(sets: Sets, seed: int, only: Sequence[str], say: Callable[[str], Say]) -> None:
    """Run what is asked for; `say` returns what takes the figures of a section."""
    if "noisy" in only:
        measure_noisy(sets, seed, say("Noisy registrations"))
    if not {"short", "brand"} & set(only):
        return
    names = read_register(sets)
    started = time.monotonic()
    register = NameRegister(enumerate(names), load_words())
    say("Short and full names")("index", round(time.monotonic() - started, 1), "s", "")
    if "short" in only:
        measure_short(sets, register, names, say("Short and full names"))
    if "brand" in only:
        measure_brands(sets, register, names, say("Brands and full names"))


def main() -> None:
    """Read the options, measure, print."""
    usual = Sets.at(Path(os.environ.get("CHAINTWIN_SHARED", "../shared")))
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    asked.add_argument("--shared", type=Path, default=usual.shared)
    asked.add_argument("--registrations", type=Path, default=usual.registrations)
    asked.add_argument("--seed", type=int, default=20261124)
    asked.add_argument("--pairs", type=Path, default=usual.pairs)
    asked.add_argument("--companies", type=Path, default=usual.companies)
    asked.add_argument("--names", type=Path, nargs="*", default=())
    asked.add_argument("--only", nargs="*", default=("noisy", "short", "brand"))
    given_ = asked.parse_args()
    sets = Sets(
        given_.shared, given_.registrations, given_.pairs, given_.companies, tuple(given_.names)
    )

    def say(section: str) -> Say:
        def line(name: str, value: float | str, unit: str, note: str) -> None:
            print(f"{section:<24}{name:<36}{value:>12} {unit:<4}{note}", flush=True)

        return line

    measure(sets, given_.seed, given_.only, say)


if __name__ == "__main__":
    main()
