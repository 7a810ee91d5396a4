"""Trains the model that places names on links, on names judged by hand.

python -m tools.train_assigning [--shared FOLDER]
"""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path

from tests.bench.assigning import UNTRAINED, fit, gather, read_labelled, shipped_links

from chaintwin.application.chain.assigning import FEATURES, Assigner

OUT = Path(__file__).parents[1] / "content" / "assigning" / "model.json"
# From .6 on 97 in 100 assignments were right by cross-validation; below .2 few are.
UPPER, LOWER = 0.6, 0.2


def main() -> None:
    """Write the weights beside the thresholds."""
    parser = argparse.ArgumentParser()
    parser.add_argument(
        "--shared", type=Path, default=Path(os.environ.get("CHAINTWIN_SHARED", "."))
    )
    labelled = read_labelled(parser.parse_args().shared / "data")
    links, codes = shipped_links()
    examples = gather(labelled, Assigner(links, UNTRAINED), codes)
    weights = fit(examples.features, examples.true)
    model = {
        "version": "2026-11-24",
        "upper": UPPER,
        "lower": LOWER,
        "labels": len(labelled),
        "weights": {name: round(float(w), 6) for name, w in zip(FEATURES, weights, strict=True)},
    }
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps(model, indent=1) + "\n", "utf-8")
    print(f"{OUT.name}: {len(labelled)} names")


if __name__ == "__main__":
    main()
