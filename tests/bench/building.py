"""How far triples can be trusted when chains are built from them, by what experts judged.

python -m tests.bench.building [--labelled JSONL]
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Sequence
from pathlib import Path

from chaintwin.application.chain.building import Trust, load_trust, share_interval

Judged = tuple[str, str, str, bool]


def read_judged(path: Path) -> list[Judged]:
    """Return (head, relation, tail, whether experts found it correct)."""
    lines = (json.loads(line) for line in path.read_text("utf-8").splitlines())
    return [(*line["triple"], line["expert_label"] == "correct") for line in lines]


def count(judged: Sequence[Judged], trust: Trust) -> dict[str, tuple[int, int]]:
    """Return (correct, judged) of all triples, of the relations used, and of those taken."""
    used = [one for one in judged if one[1] in trust.relations]
    taken = [one for one in used if trust.takes(*one[:3])]
    rows = {"all triples": judged, "relations used": used, "taken for proposals": taken}
    return {name: (sum(one[3] for one in found), len(found)) for name, found in rows.items()}


def main() -> None:
    """Print the table."""
    shared = Path(os.environ.get("CHAINTWIN_SHARED", "."))
    parser = argparse.ArgumentParser()
    usual = shared / "data" / "ickg25" / "expert_labelled_half.jsonl"
    parser.add_argument("--labelled", type=Path, default=usual)
    trust = load_trust()
    for name, (right, of) in count(read_judged(parser.parse_args().labelled), trust).items():
        low, high = share_interval(right, of)
        share = right / max(1, of)
        print(f"{name:<22}{right:>5} of {of:<5} precision {share:.3f} ({low:.3f}–{high:.3f})")


if __name__ == "__main__":
    main()
