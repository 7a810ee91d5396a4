"""The program knows no name of what ships as content: another place may replace all of it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import yaml
from tests.conftest import REPOSITORY

from chaintwin.model.content import content_folder, read_folder, read_yaml

SOURCE = REPOSITORY / "src" / "chaintwin"


def shipped_names() -> set[str]:
    """Names and codes of the shipped chains, links, firms, parks and places of the demo."""
    names = {f"{chain['chain']}" for _, chain in read_folder("chains") if "links" in chain}
    for _, chain in read_folder("chains"):
        names |= {link["code"] for link in chain.get("links", ()) if "-" in link["code"]}
        names |= {f"{chain.get('chain')}/{link['code']}" for link in chain.get("links", ())}
    for folder in ("firms", "parks"):
        for _, given in read_folder(folder):
            names |= {one[key] for one in given for key in ("name", "short") if one.get(key)}
    top = str(read_yaml(content_folder() / "demo" / "place.yml")[0]["code"])
    provinces = read_yaml(content_folder() / "division_names.yml")
    places = next(one["within"] for one in provinces if one["code"] == top)
    return names | {one[key] for one in places for key in ("code", "name")}


def constants(path: Path) -> Iterator[tuple[str, str]]:
    """Yield the text constants of a file of code or data, each with its place."""
    text = path.read_text("utf-8")
    if path.suffix == ".py":
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value, f"{path.relative_to(SOURCE)}:{node.lineno}"
    else:
        for token in yaml.scan(text):
            if isinstance(token, yaml.ScalarToken):
                yield token.value, f"{path.relative_to(SOURCE)}:{token.start_mark.line + 1}"


def test_no_constant_of_the_program_is_a_shipped_name() -> None:
    names = shipped_names()
    files = [path for kind in ("*.py", "*.yml") for path in SOURCE.rglob(kind)]

    found = [
        f"{place}: {text}" for path in files for text, place in constants(path) if text in names
    ]

    assert len(names) > 500
    assert len(files) > 100
    assert found == []
