"""How well hidden products, materials, places and entries are found, beside known ways.

python -m tests.bench.recommending [R1 R2 R3 R4 R5] [--shared FOLDER] [--seeds 0 1 2 3 4]
    [--train CSV --test CSV] [--write FOLDER]

R1  products of a firm: one hidden of each firm with three or more.        CSV: firm,product
R2  products of firms listed from 2017 on, by name and industry alone.     CSV: firm,product
R3  materials of a product: one hidden of 3,000 products with two or more. CSV: product,material
R4  provinces of firms listed from 2020 on.           CSV: firm,province,listed,industry
R5  first firms of an industry in a province.         CSV: firm,province,listed,industry
Without --train and --test the seeded splits of the public sets are taken; --write stores them as
files of the same form. Firms are named by the six digits of their stock code.
"""

from __future__ import annotations

import argparse
import csv
import os
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from chaintwin.application.recommending import completing, entries, places
from chaintwin.application.recommending.baselines import Sparse, indicator
from chaintwin.application.recommending.holdings import Holdings
from chaintwin.application.recommending.measures import (
    Quality,
    average_precision,
    rate,
)

from .recommend_sets import (
    Firm,
    Pair,
    number,
    read_firms,
    read_makers,
    read_pairs,
    read_relations,
    share,
    write_pairs,
)

NEW_FIRMS, NEW_PLACES = "2017", 2020.0
ORIGINS, HORIZON = (2011.0, 2014.0, 2017.0), 3.0
# What the learned ranker is to reach, and by which figure each task is told.
GOALS = {"R1": 0.19, "R2": 0.205, "R3": 0.40, "R4": 0.45, "R5": 0.16}
FIGURES = {"R1": "NDCG@10", "R2": "NDCG@10", "R3": "MRR", "R4": "MRR", "R5": "AP"}
Found = dict[str, tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Split:
    """Pairs to learn from and pairs to find."""

    train: Sequence[Pair]
    test: Sequence[Pair]


def hide_pairs(pairs: Sequence[Pair], seed: int, least: int, most: int | None = None) -> Split:
    """Hide one pair of each first part, or of some by chance, with `least` or more."""
    firsts, seconds = number(a for a, _ in pairs), number(b for _, b in pairs)
    held = indicator([(firsts[a], seconds[b]) for a, b in pairs], (len(firsts), len(seconds)))
    _, truth = completing.hide_one(held, least, seed, most)
    names, items = list(firsts), list(seconds)
    hidden = {(names[row], items[found[0]]) for row, found in truth.items()}
    return Split([pair for pair in pairs if pair not in hidden], sorted(hidden))


def table(
    split: Split, known: Holdings, rows: Mapping[str, int]
) -> tuple[Sparse, dict[int, list[int]]]:
    """Return who holds what in training, and the truth by row."""
    items = {name: at for at, name in enumerate(known.items)}
    held = indicator([(rows[a], items[b]) for a, b in split.train], (len(rows), len(items)))
    truth: dict[int, list[int]] = defaultdict(list)
    for a, b in split.test:
        truth[rows[a]].append(items[b])
    return held, truth


def know_firms(
    data: Path, split: Split, everything: Sequence[Pair]
) -> tuple[Holdings, dict[str, int]]:
    """Gather what is known of the firms and products of a split beside its pairs."""
    firms = read_firms(data)
    rows = dict(number(a for a, _ in (*split.train, *split.test)))
    items = number(b for _, b in (*split.train, *split.test))
    rest = [(a, b) for a, b in everything if a in rows and b not in items]
    others = number(b for _, b in rest)
    listed = [firms.get(code) or Firm(code, "", "", "", "", "", "") for code in rows]
    known = Holdings(
        names=[firm.full_name or firm.name for firm in listed],
        groups=group(listed),
        items=list(items),
        other_names=list(others),
        others=indicator([(rows[a], others[b]) for a, b in rest], (len(rows), len(others))),
        relations=relate(read_relations(data), items, others),
    )
    return known, rows


def group(firms: Sequence[Firm]) -> dict[str, list[str]]:
    """Return the industries of firms: Shenwan on three levels, and that of the listing."""
    return {
        "Shenwan 1": [firm.shenwan[:2] for firm in firms],
        "Shenwan 2": [firm.shenwan[:4] for firm in firms],
        "Shenwan 3": [firm.shenwan for firm in firms],
        "listing": [firm.industry for firm in firms],
    }


def relate(
    relations: Mapping[str, Sequence[Pair]], items: Mapping[str, int], others: Mapping[str, int]
) -> dict[str, Sparse]:
    """Return how products bear on products: narrower, wider, material of, made from."""
    places_of = {**items, **{name: len(items) + at for name, at in others.items()}}
    shape = (len(places_of), len(items))
    found = {}
    for name, relation, turned in (
        ("narrower", "产品小类", False),
        ("wider", "产品小类", True),
        ("material", "上游材料", False),
        ("made from it", "上游材料", True),
    ):
        pairs = [(b, a) if turned else (a, b) for a, b in relations.get(relation, ())]
        found[name] = indicator(
            [(places_of[a], items[b]) for a, b in pairs if a in places_of and b in items], shape
        )
    return found


def find_products(data: Path, split: Split, seed: int) -> Found:
    """R1: rank products for firms of which some are known."""
    known, rows = know_firms(data, split, read_makers(data))
    return {name: (one.ndcg, one.hit_10) for name, one in _complete(known, rows, split, seed, 3)}


def find_new(data: Path, split: Split, seed: int) -> Found:
    """R2: rank products for firms of which name and industries alone are known."""
    known, rows = know_firms(data, split, [])
    held, truth = table(split, known, rows)
    asked = sorted(truth)
    wanted = {at: truth[row] for at, row in enumerate(asked)}
    signals = completing.describe_new(known, held, asked)
    rankings = dict(signals.scores)
    ranker = completing.learn_new(known, held, seed)
    rankings["LEARNED"] = ranker.score(completing.candidates(signals))
    rated = {name: rate(scores, wanted) for name, scores in rankings.items()}
    return {name: (one.ndcg, one.hit_10) for name, one in rated.items()}


def find_materials(data: Path, split: Split, seed: int) -> Found:
    """R3: rank materials for products of which some are known."""
    relations = read_relations(data)
    rows = dict(number(a for a, _ in (*split.train, *split.test)))
    items = number(b for _, b in (*split.train, *split.test))
    rest = [(a, b) for a, b in relations["上游材料"] if a in rows and b not in items]
    others = number(b for _, b in rest)
    known = Holdings(
        names=list(rows),
        groups={},
        items=list(items),
        other_names=list(others),
        others=indicator([(rows[a], others[b]) for a, b in rest], (len(rows), len(others))),
        kin=_kin(relations["产品小类"], rows),
    )
    return {name: (one.mrr, one.hit_10) for name, one in _complete(known, rows, split, seed, 2)}


def _kin(narrower: Sequence[Pair], rows: Mapping[str, int]) -> dict[str, Sparse]:
    """Return which products are wider, narrower, or narrower under the same wider one."""
    below: dict[str, list[int]] = defaultdict(list)
    for wide, narrow in narrower:
        if narrow in rows:
            below[wide].append(rows[narrow])
    known = [(rows[narrow], rows[wide]) for wide, narrow in narrower
             if wide in rows and narrow in rows]  # fmt: skip
    siblings = [(a, b) for many in below.values() for a in many for b in many[:50] if a != b]
    shape = (len(rows), len(rows))
    return {
        "of wider": indicator(known, shape),
        "of narrower": indicator([(b, a) for a, b in known], shape),
        "of siblings": indicator(siblings, shape),
    }


def _complete(
    known: Holdings, rows: Mapping[str, int], split: Split, seed: int, least: int
) -> Iterator[tuple[str, Quality]]:
    held, truth = table(split, known, rows)
    asked = sorted(truth)
    wanted = {at: truth[row] for at, row in enumerate(asked)}
    signals = completing.describe(known, held, asked, seed)
    taken = signals.known.toarray() > 0
    for name, scores in signals.scores.items():
        yield name, rate(np.where(taken, np.float32(-np.inf), scores).astype(np.float32), wanted)
    ranker = completing.learn(known, held, seed, least)
    yield "LEARNED", rate(ranker.score(completing.candidates(signals)), wanted)


Listed = tuple[str, str, str, str]


def listed_firms(data: Path) -> list[Listed]:
    """Return (firm, province, day listed, Shenwan industry of the second level) where known."""
    return [
        (firm.code, "广东" if firm.area == "深圳" else firm.area, firm.listed, firm.shenwan[:4])
        for firm in read_firms(data).values()
        if firm.area and firm.listed and firm.shenwan
    ]


def read_listed(path: Path) -> list[Listed]:
    """Return the rows of a CSV firm,province,listed,industry."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [(row["firm"][:6], row["province"], row["listed"], row["industry"])
                for row in csv.DictReader(file)]  # fmt: skip


def know_listings(data: Path, firms: Sequence[Listed]) -> places.Listings:
    """Return the listings with every classification known of them; "main" is that of the file."""
    known = read_firms(data)
    blank = Firm("", "", "", "", "", "", "")
    groups = group([known.get(code, blank) for code, *_ in firms])
    provinces = number(province for _, province, *_ in firms)
    return places.Listings(
        years=np.asarray([_decimal(day) for _, _, day, _ in firms]),
        where=np.asarray([provinces[province] for _, province, *_ in firms]),
        places=list(provinces),
        groups={
            **groups,
            "main": [industry for *_, industry in firms],
            "board": [_board(code) for code, *_ in firms],
        },
    )


def _decimal(day: str) -> float:
    year, month, *rest = (int(part) for part in day.split("-"))
    return year + (month - 1) / 12 + ((rest[0] if rest else 1) - 1) / 365.25


def _board(code: str) -> str:
    return code[0] if code[0] in "3489" else code[:2]


def find_provinces(data: Path, firms: Sequence[Listed], since: float, seed: int) -> Found:
    """R4: rank provinces for firms listed since a moment."""
    listings = know_listings(data, firms)
    asked = np.flatnonzero(listings.years >= since).tolist()
    wanted = {at: [int(listings.where[row])] for at, row in enumerate(asked)}
    signals = places.describe(listings, asked, since, "main")
    popular = signals.of_item["popularity, 12 years"]
    rankings = {
        "popularity": np.tile(popular, (len(asked), 1)),
        **{name: scores for name, scores in signals.scores.items() if "share" not in name},
        "share in industry": signals.scores["share in main, 12 years"],
    }
    ranker = places.learn(listings, since, "main", seed, ORIGINS, HORIZON)
    rankings["LEARNED"] = ranker.score(places.candidates(signals))
    rated = {name: rate(scores, wanted) for name, scores in rankings.items()}
    return {name: (one.mrr, one.hit_1) for name, one in rated.items()}


def find_entries(data: Path, firms: Sequence[Listed], since: float, seed: int) -> Found:
    """R5: rank the pairs of industry and province that nobody had taken before a moment."""
    listings = know_listings(data, firms)
    pairs = entries.open_pairs(listings, since, "main")
    true = entries.taken(listings, pairs, since, np.inf, "main")
    rankings = {name: np.asarray(pairs.signals[name], np.float64)
                for name in ("density", "gravity", "gravity × density", "like groups")}  # fmt: skip
    kinds = ("main", "Shenwan 3")
    ranker = entries.learn_entries(listings, since, kinds, seed, ORIGINS, HORIZON)
    rankings["LEARNED"] = ranker.score(pairs)
    best = {
        name: true[np.argsort(-scores, kind="stable")[:10]] for name, scores in rankings.items()
    }
    return {name: (average_precision(scores, true), float(best[name].mean()))
            for name, scores in rankings.items()}  # fmt: skip


def split_pairs(task: str, data: Path, seed: int) -> Split:
    """Return the seeded split of a task whose examples are pairs."""
    if task == "R3":
        return hide_pairs(share(read_relations(data)["上游材料"])[0], seed, 2, 3000)
    shared = share(read_makers(data))[0]
    if task == "R1":
        return hide_pairs(shared, seed, 3)
    firms = read_firms(data)
    new = {a for a, _ in shared if a in firms and firms[a].listed >= NEW_FIRMS}
    return Split([pair for pair in shared if pair[0] not in new],
                 [pair for pair in shared if pair[0] in new])  # fmt: skip


BY_PAIRS: dict[str, Callable[[Path, Split, int], Found]] = {
    "R1": find_products,
    "R2": find_new,
    "R3": find_materials,
}
BY_TIME: dict[str, Callable[[Path, Sequence[Listed], float, int], Found]] = {
    "R4": find_provinces,
    "R5": find_entries,
}


@dataclass(frozen=True, slots=True)
class Given:
    """What a run is given: a seed, and files that replace or receive the split."""

    seed: int
    train: Path | None = None
    test: Path | None = None
    write: Path | None = None


def measure(task: str, data: Path, given: Given) -> Found:
    """Run one task with one seed, on the files given or the seeded split."""
    if task in BY_PAIRS:
        split = split_pairs(task, data, given.seed)
        if given.train and given.test:
            split = Split(read_pairs(given.train), read_pairs(given.test))
        if given.write:
            heading = ("product", "material") if task == "R3" else ("firm", "product")
            write_pairs(given.write / f"{task}-train-{given.seed}.csv", heading, split.train)
            write_pairs(given.write / f"{task}-test-{given.seed}.csv", heading, split.test)
        return BY_PAIRS[task](data, split, given.seed)
    before = [one for one in listed_firms(data) if _decimal(one[2]) < NEW_PLACES]
    after = [one for one in listed_firms(data) if _decimal(one[2]) >= NEW_PLACES]
    if given.train and given.test:
        before, after = read_listed(given.train), read_listed(given.test)
    if given.write:
        heading = ("firm", "province", "listed", "industry")
        write_pairs(given.write / f"{task}-train.csv", heading, before)
        write_pairs(given.write / f"{task}-test.csv", heading, after)
    since = min(_decimal(day) for _, _, day, _ in after)
    return BY_TIME[task](data, [*before, *after], float(np.floor(since)), given.seed)


def tell(task: str, runs: Sequence[Found], seconds: float) -> str:
    """Return the table of a task: mean and range over the seeds, the second figure beside."""
    other = {"R4": "hit@1", "R5": "P@10"}.get(task, "hit@10")
    lines = [f"{task}  {FIGURES[task]:<22}{'mean':>8}{'least':>8}{'most':>8}{other:>9}"]
    for name in runs[0]:
        main = [run[name][0] for run in runs]
        beside = float(np.mean([run[name][1] for run in runs]))
        lines.append(f"    {name:<22}{np.mean(main):>8.4f}{min(main):>8.4f}{max(main):>8.4f}"
                     f"{beside:>9.4f}")  # fmt: skip
    return "\n".join([*lines, f"    goal {GOALS[task]}, {len(runs)} seeds, {seconds:.0f} s", ""])


def main() -> None:
    """Run the tasks asked for and print their tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("tasks", nargs="*", default=[])
    parser.add_argument(
        "--shared", type=Path, default=Path(os.environ.get("CHAINTWIN_SHARED", "."))
    )
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2, 3, 4])
    parser.add_argument("--train", type=Path)
    parser.add_argument("--test", type=Path)
    parser.add_argument("--write", type=Path)
    asked = parser.parse_args()
    for task in asked.tasks or list(GOALS):
        started = time.monotonic()
        runs = [
            measure(task, asked.shared / "data", Given(seed, asked.train, asked.test, asked.write))
            for seed in asked.seeds
        ]
        print(tell(task, runs, time.monotonic() - started), flush=True)


if __name__ == "__main__":
    main()
