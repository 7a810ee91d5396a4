"""The published program's own results, firm by firm."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from chaintwin.application.simulation.cascade.core import make_engine
from chaintwin.application.simulation.cascade.rules import Rules
from chaintwin.application.simulation.criticality import Criticality
from chaintwin.application.simulation.network import Network, build_network

pytestmark = pytest.mark.needs("shared")


def industries(shared: Path) -> Criticality:
    with (shared / "data" / "ihs_criticality" / "ess_ihs.csv").open(encoding="utf-8") as stream:
        head, *rows = csv.reader(stream)
    return Criticality(tuple(head[1:]), np.array([row[1:] for row in rows]).astype(np.int8))


def a_network(folder: Path, name: str) -> Network:
    links = np.loadtxt(folder / f"{name}_e.csv", delimiter=",")
    sector = np.loadtxt(folder / f"{name}_p.csv").astype(int) - 1
    ends = links[:, :2].astype(int) - 1
    return build_network(sector, (ends[:, 0], ends[:, 1], links[:, 2]), sectors=616)


@pytest.mark.parametrize("eps", ["0.01", "0.0001"])
@pytest.mark.parametrize("substitution", [0, 1])
@pytest.mark.parametrize("name", ["orc_trunc_300", "orc_heavy_300"])
def test_scores_equal_the_published_program(
    shared: Path, name: str, substitution: int, eps: str
) -> None:
    folder = shared / "data" / "esri_oracle"

    compare(shared, name, folder / f"{name}_s{substitution}_e{eps}.csv", bool(substitution), eps)


def test_a_thousand_firms_equal_the_published_program(shared: Path) -> None:
    published = shared / "data" / "esri_oracle" / "ref_trunc_1000.csv"

    compare(shared, "net_trunc_1000", published, True, "0.01")


def compare(shared: Path, name: str, published: Path, substitution: bool, eps: str) -> None:
    expected = np.genfromtxt(published, delimiter=",", skip_header=1)
    rules = Rules("diem2022", substitution, float(eps))

    scores = make_engine(a_network(published.parent, name), industries(shared), rules).score_firms()

    found = np.column_stack([scores.score, scores.downstream, scores.upstream])
    np.testing.assert_allclose(found, expected[:, 1:4], rtol=0, atol=1e-9)
    assert scores.rounds is not None
    assert (scores.rounds == expected[:, 4]).all()
