"""Real registrations and their noisy copy, ready for comparison."""

from __future__ import annotations

import csv
import gzip
from pathlib import Path

from chaintwin.twin.identity.record import Given, Record, prepare
from chaintwin.twin.identity.words import load_words

from .noisy_registrations import Row, make_noisy


def read_rows(path: Path) -> list[Row]:
    """Return each registration once, in the order of the file."""
    held = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    found: dict[str, Row] = {}
    for row in csv.DictReader(held.decode("utf-8-sig").splitlines()):
        found.setdefault(row["CreditCode"] or row["KeyNo"], row)
    return list(found.values())


def given(row: Row) -> Given:
    """Return what a row says."""
    return Given(
        name=row["Name"],
        code=row["CreditCode"] or None,
        number=row["No"] or None,
        address=row["Address"] or None,
        founded=row["StartDate"] or None,
        capital=row["RegistCapi"] or None,
    )


def read_pairs(path: Path, seed: int) -> tuple[dict[int, Record], dict[int, Record]]:
    """Return the registrations and their noisy copies under the same numbers."""
    rows, words = read_rows(path), load_words()
    copies = make_noisy(rows, seed)
    return (
        {at: prepare(given(row), words) for at, row in enumerate(rows)},
        {at: prepare(given(row), words) for at, row in enumerate(copies)},
    )
