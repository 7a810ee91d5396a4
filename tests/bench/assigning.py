"""How well names of products are placed on links, by cross-validation on names judged by hand.

python -m tests.bench.assigning [--shared FOLDER] [--folds 10] [--seed 0]

`assigning_labels.tsv` holds what a person judged, reading each name against the links of the three
shipped chains: the digest of the name, its links ("-": none), and how the name was drawn:
hit (a rule speaks for a link), near (shares much with a link's words), likely (the model's own
near misses), other. Names themselves stay in the public set and are found there by their digest.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from chaintwin.application.chain.assigning import FEATURES, Assigner, Weights
from chaintwin.application.chain.matching import Words
from chaintwin.kit.chinese import name_key
from chaintwin.model.content import read_folder
from chaintwin.physical.sources.chain_kg_sw2021.statements import product_rows

LABELS = Path(__file__).with_name("assigning_labels.tsv")
STRATA = ("hit", "near", "likely", "other")
# Names are described without a model; what it would say is not asked.
UNTRAINED = Weights("", 1.0, 0.0, dict.fromkeys(FEATURES, 0.0))
Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Labelled:
    """A name with the links a person placed it on."""

    name: str
    links: frozenset[str]
    stratum: str


def digest(name: str) -> str:
    """Return what a label knows a name by."""
    return hashlib.sha256(name_key(name).encode()).hexdigest()[:16]


def read_labelled(data: Path) -> list[Labelled]:
    """Return the judged names, found in the public set by their digests."""
    names = {}
    for _, row in product_rows(data / "chain_kg_sw2021" / "data.zip"):
        name = "".join(row["product"].split())
        names[digest(name)] = name
    with LABELS.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    return [
        Labelled(names[row["name"]], frozenset(row["links"].split()) - {"-"}, row["drawn"])
        for row in rows
        if row["name"] in names
    ]


def shipped_links() -> tuple[list[tuple[Words, str]], dict[int, str]]:
    """Return the links of the content folder with their titles, and the code of each."""
    found: list[tuple[Words, str]] = []
    codes: dict[int, str] = {}
    for _, chain in read_folder("chains"):
        for link in chain.get("links", ()):
            number = len(codes) + 1
            codes[number] = f"{chain['chain']}/{link['code']}"
            any_of, none_of = link["words"].get("any", ()), link["words"].get("none", ())
            words = Words(number, chain["chain"], any_of, none_of, link["products"],
                          link["industries"])  # fmt: skip
            found.append((words, link["title"]["zh"]))
    return found, codes


@dataclass(frozen=True, slots=True)
class Examples:
    """Every name × link worth judging: features, whether true, and whose it is."""

    features: Numbers
    true: Numbers
    names: NDArray[np.int64]
    links: Sequence[str]
    by_rule: NDArray[np.bool_]


def gather(labelled: Sequence[Labelled], assigner: Assigner, codes: Mapping[int, str]) -> Examples:
    """Describe every labelled name beside its possible links."""
    features, true, names, links, by_rule = [], [], [], [], []
    for at, one in enumerate(labelled):
        for link, described, hit, _ in assigner.describe(one.name):
            features.append(described)
            true.append(float(codes[link] in one.links))
            names.append(at)
            links.append(codes[link])
            by_rule.append(hit is not None)
    return Examples(np.asarray(features), np.asarray(true), np.asarray(names), links,
                    np.asarray(by_rule))  # fmt: skip


def fit(features: Numbers, true: Numbers, ridge: float = 2.0) -> Numbers:
    """Return the weights of a logistic regression with a ridge on standard scale, by Newton."""
    mean, spread = features.mean(axis=0), features.std(axis=0) + 1e-6
    mean[0], spread[0] = 0.0, 1.0
    scaled = (features - mean) / spread
    held = np.eye(len(mean)) * ridge
    held[0, 0] = 1e-3
    weights = np.zeros(len(mean))
    for _ in range(30):
        chance = 1 / (1 + np.exp(-scaled @ weights))
        slope = scaled.T @ (chance - true) + held @ weights
        curve = (scaled * (chance * (1 - chance))[:, None]).T @ scaled + held
        step = np.linalg.solve(curve, slope)
        weights -= step
        if np.abs(step).max() < 1e-8:
            break
    plain = weights / spread
    plain[0] -= float((weights * mean / spread)[1:].sum())
    return plain


def cross_validate(examples: Examples, folds: int = 10, seed: int = 0) -> Numbers:
    """Return the probability of each example by a model that saw none of its name."""
    chances = np.zeros(len(examples.true))
    order = np.random.default_rng(seed).permutation(int(examples.names.max()) + 1)
    for part in np.array_split(order, folds):
        held_out = np.isin(examples.names, part)
        weights = fit(examples.features[~held_out], examples.true[~held_out])
        chances[held_out] = 1 / (1 + np.exp(-examples.features[held_out] @ weights))
    return chances


@dataclass(frozen=True, slots=True)
class Figures:
    """Precision, recall and F1 over assignments; those beyond reach count as missed."""

    precision: float
    recall: float
    f1: float


def rate(chosen: NDArray[np.bool_], examples: Examples, total: int) -> Figures:
    """Rate a choice of examples against all assignments a person made."""
    right = float(examples.true[chosen].sum())
    precision, recall = right / max(1, int(chosen.sum())), right / total
    return Figures(precision, recall, 2 * precision * recall / max(1e-9, precision + recall))


def report(data: Path, folds: int = 10, seed: int = 0) -> Iterable[tuple[str, Figures, int]]:
    """Yield (way, figures, how many were chosen) for rules alone and several thresholds."""
    labelled = read_labelled(data)
    links, codes = shipped_links()
    examples = gather(labelled, Assigner(links, UNTRAINED), codes)
    total = sum(len(one.links) for one in labelled)
    chances = cross_validate(examples, folds, seed)
    yield "rules alone", rate(examples.by_rule, examples, total), int(examples.by_rule.sum())
    for least in (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9):
        chosen = chances >= least
        yield f"probability {least:g}", rate(chosen, examples, total), int(chosen.sum())


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument(
        "--shared", type=Path, default=Path(os.environ.get("CHAINTWIN_SHARED", "."))
    )
    parser.add_argument("--folds", type=int, default=10)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    labelled = read_labelled(asked.shared / "data")
    print(f"{len(labelled)} names, {sum(len(one.links) for one in labelled)} assignments by hand, "
          f"{len(FEATURES)} features")  # fmt: skip
    for way, figures, chosen in report(asked.shared / "data", asked.folds, asked.seed):
        print(f"{way:<20} precision {figures.precision:.4f} recall {figures.recall:.4f} "
              f"F1 {figures.f1:.4f} ({chosen})")  # fmt: skip


if __name__ == "__main__":
    main()
