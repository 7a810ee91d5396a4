"""Scores all likely pairs of many records at once: Splink on DuckDB, with the shipped model."""

from __future__ import annotations

import importlib
import logging
from collections import Counter
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from chaintwin.kit.problems import Problem
from chaintwin.twin.identity.record import Record, blocking_keys

# A key that more records share says nothing: their pairs would be a million and more.
MOST_PER_KEY = 200
Pair = tuple[int, int, float]  # left, right, match weight in bits


def make_linker(records: Mapping[int, Record], settings: Mapping[str, Any], threads: int) -> Any:
    """Return a Splink linker over the records, its keys of more than MOST_PER_KEY records left out.

    Raises Problem when the extra `identity` is not installed.
    """
    splink, duckdb, pandas = (_need(name) for name in ("splink", "duckdb", "pandas"))
    logging.getLogger("splink").setLevel(logging.WARNING)
    keys = {number: blocking_keys(record) for number, record in records.items()}
    often = Counter(key for found in keys.values() for key in found)
    columns: dict[str, list[Any]] = {
        one.name: [getattr(record, one.name) for record in records.values()]
        for one in fields(Record)
    }
    columns["unique_id"] = list(records)
    columns["keys"] = [
        [key for key in found if 1 < often[key] <= MOST_PER_KEY] for found in keys.values()
    ]
    connection = duckdb.connect(":memory:", config={"threads": threads})
    return splink.Linker(
        pandas.DataFrame(columns), dict(settings), db_api=splink.DuckDBAPI(connection=connection)
    )


def score_pairs(
    records: Mapping[int, Record], settings: Mapping[str, Any], lowest: float, threads: int = 2
) -> list[Pair]:
    """Return every pair whose weight reaches the lowest asked for, in no order."""
    linker = make_linker(records, settings, threads)
    predicted = linker.inference.predict(threshold_match_weight=lowest)
    rows = predicted.as_duckdbpyrelation().project("unique_id_l, unique_id_r, match_weight")
    return [(left, right, weight) for left, right, weight in rows.fetchall()]


def _need(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise Problem(
            f"批量比对需要 {name}，尚未安装。请运行 pip install 'chaintwin[identity]' 后重试；"
            "逐条到达的记录不需要它。",
            f"Matching in bulk needs {name}, which is not installed. Run "
            "pip install 'chaintwin[identity]' and try again; single new records do not need it.",
            status=500,
        ) from error
