"""Trains the identity model on a development half of real registrations and a noisy copy.

python -m tools.train_identity REGISTRATIONS.csv.gz [--seed 7] [--pairs 2e7] [--out MODEL.json]
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from random import Random
from typing import Any

import pandas
from tests.bench.registrations import read_pairs

from chaintwin.twin.identity.batch import make_linker
from chaintwin.twin.identity.comparisons import COMPARISONS
from chaintwin.twin.identity.record import Record

# No two firms of the data share a code and no copy has another one; and no firm of it ever moved:
# set by hand, not measured. None: as measured.
BY_HAND: dict[tuple[str, str], tuple[float, float | None]] = {
    ("code", "same"): (0.998, 1e-13),
    ("code", "different"): (0.002, 1.0),
    ("number", "same"): (0.99, 1e-8),
    ("number", "different"): (0.01, 1.0),
    ("address", "different"): (0.02, None),
    ("founded", "different"): (0.005, None),
}
SPLIT = 1


def development(count: int) -> set[int]:
    """Return the half of the registrations that may be looked at."""
    return set(Random(SPLIT).sample(range(count), count // 2))  # noqa: S311 - a split, no secret


def settings(records: int) -> dict[str, Any]:
    """Return Splink's settings without weights."""
    keys = {
        "blocking_rule": "l.keys = r.keys",
        "arrays_to_explode": ["keys"],
        "sql_dialect": "duckdb",
    }
    return {
        "link_type": "dedupe_only",
        "blocking_rules_to_generate_predictions": [keys],
        "comparisons": [comparison.settings() for comparison in COMPARISONS],
        "probability_two_random_records_match": 1 / records,
    }


def train(real: dict[int, Record], noisy: dict[int, Record], pairs: float) -> dict[str, Any]:
    """Return Splink's settings with weights; both sides bear the same numbers."""
    given = settings(2 * len(real))
    different = make_linker(real, given, 2)
    different.training.estimate_u_using_random_sampling(max_pairs=pairs, seed=SPLIT)
    copies = {-number - 1: record for number, record in noisy.items()}
    same = make_linker(real | copies, given, 2)
    labels = [
        {
            "unique_id_l": -number - 1,
            "unique_id_r": number,
            "source_dataset_l": "a",
            "source_dataset_r": "a",
            "clerical_match_score": 1.0,
        }
        for number in real
    ]
    table = same.table_management.register_labels_table(pandas.DataFrame(labels))
    same.training.estimate_m_from_pairwise_labels(table)
    model: dict[str, Any] = same.misc.save_model_to_json()
    _put_u(model, different.misc.save_model_to_json(), pairs)
    return model


def _put_u(model: dict[str, Any], from_different: dict[str, Any], pairs: float) -> None:
    """Take u from pairs of different firms; a level never seen gets half an occurrence."""
    for mine, other in zip(model["comparisons"], from_different["comparisons"], strict=True):
        for level, seen in zip(mine["comparison_levels"], other["comparison_levels"], strict=True):
            if level.get("is_null_level"):
                continue
            by_hand = BY_HAND.get((mine["output_column_name"], level["label_for_charts"]))
            m, u = by_hand or (None, None)
            measured = max(seen.get("u_probability") or 0.0, 0.5 / pairs)
            level["u_probability"] = measured if u is None else u
            level["m_probability"] = level["m_probability"] if m is None else m


def main() -> None:
    """Train, write and print the weights."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("registrations", type=Path)
    asked.add_argument("--seed", type=int, default=7)
    asked.add_argument("--pairs", type=float, default=2e7)
    asked.add_argument("--out", type=Path, default=Path("content/identity/model.json"))
    given = asked.parse_args()
    real, noisy = read_pairs(given.registrations, given.seed)
    known = development(len(real))
    model = train(
        {number: real[number] for number in sorted(known)},
        {number: noisy[number] for number in sorted(known)},
        given.pairs,
    )
    given.out.write_text(json.dumps(model, indent=1, ensure_ascii=False) + "\n", "utf-8")
    for comparison in model["comparisons"]:
        print(comparison["output_column_name"])
        for level in comparison["comparison_levels"]:
            print(
                "   ",
                level["label_for_charts"],
                level.get("m_probability"),
                level.get("u_probability"),
            )


if __name__ == "__main__":
    main()
