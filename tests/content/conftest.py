"""Shipped content and the data sets it was matched with."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from chaintwin.model.content import read_folder

from .named_sets import NamedSets

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def sets(shared: Path) -> NamedSets:
    """The named data sets of this machine; skips where there are none."""
    return NamedSets(shared / "data")


@pytest.fixture(scope="session")
def chains() -> Mapping[str, Any]:
    """Every shipped chain by its code."""
    return {chain["chain"]: chain for _, chain in read_folder("chains", REPOSITORY / "content")}


@pytest.fixture(scope="session")
def firm_files() -> Mapping[str, list[dict[str, Any]]]:
    """Every shipped list of firms by the name of its file."""
    return {path.name: firms for path, firms in read_folder("firms", REPOSITORY / "content")}


@pytest.fixture(scope="session")
def firms(firm_files: Mapping[str, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    return [firm for listed in firm_files.values() for firm in listed]
