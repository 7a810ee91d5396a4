"""The trained model: how strongly each degree of likeness speaks for one firm or for two. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import log2
from pathlib import Path
from typing import Any

from chaintwin.kit.problems import Problem
from chaintwin.model.content import content_folder, read_yaml
from chaintwin.twin.identity.comparisons import COMPARISONS
from chaintwin.twin.identity.record import Record

Text = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Part:
    """What one comparison found and how many bits it speaks for one firm (below 0: for two)."""

    comparison: str
    level: str
    bits: float


@dataclass(frozen=True, slots=True)
class Scored:
    """How far two records are one firm: match weight in bits (Fellegi–Sunter), and its parts."""

    weight: float
    parts: tuple[Part, ...]

    @property
    def probability(self) -> float:
        """Return the weight as a probability (0–1)."""
        return 1 / (1 + 2 ** -max(min(self.weight, 500.0), -500.0))


@dataclass(frozen=True, slots=True)
class Model:
    """Trained weights with the thresholds between which a person decides.

    `version` names the training; `settings` is what Splink itself reads.
    """

    version: str
    upper: float
    lower: float
    prior: float
    bits: Mapping[str, Sequence[float]]
    settings: Mapping[str, Any]
    words: Mapping[str, Mapping[str, Text]]

    def score(self, left: Record, right: Record) -> Scored:
        """Return how far two records are one firm, with the evidence of each comparison."""
        parts = tuple(
            Part(one.name, one.levels[at].name, self.bits[one.name][at])
            for one in COMPARISONS
            if not one.levels[at := one.level(left, right)].is_null
        )
        return Scored(self.prior + sum(part.bits for part in parts), parts)

    def say(self, part: Part) -> Text:
        """Return what a comparison found, in words."""
        return self.words[part.comparison][part.level]


def load_model(folder: Path | None = None) -> Model:
    """Return the shipped model; raise Problem when it was trained on other comparisons."""
    return _load(folder or content_folder())


@lru_cache(maxsize=4)
def _load(folder: Path) -> Model:
    about = read_yaml(folder / "identity" / "model.yml")
    settings = json.loads((folder / "identity" / "model.json").read_text("utf-8"))
    trained = {
        one["output_column_name"]: one["comparison_levels"] for one in settings["comparisons"]
    }
    bits: dict[str, list[float]] = {}
    for comparison in COMPARISONS:
        levels = trained.get(comparison.name, [])
        if [level["sql_condition"] for level in levels] != [
            level["sql_condition"] for level in comparison.settings()["comparison_levels"]
        ]:
            raise _other_comparisons(comparison.name)
        bits[comparison.name] = [_bits(level) for level in levels]
    odds = settings["probability_two_random_records_match"]
    return Model(
        about["version"],
        about["upper"],
        about["lower"],
        log2(odds / (1 - odds)),
        bits,
        settings,
        about["words"],
    )


def _bits(level: Mapping[str, Any]) -> float:
    if level.get("is_null_level"):
        return 0.0
    return log2(level["m_probability"] / level["u_probability"])


def _other_comparisons(name: str) -> Problem:
    return Problem(
        f"content/identity/model.json 不是按现在的比较项“{name}”训练的。"
        "请用 tools/train_identity.py 重新训练。",
        f"content/identity/model.json was not trained on the present comparison “{name}”. "
        "Train it anew with tools/train_identity.py.",
        status=500,
    )
