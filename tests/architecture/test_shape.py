"""The shape of the code that reviewers need not look for."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path
from statistics import quantiles

import pytest
import yaml

from chaintwin.model.kinds import load_kinds

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "src" / "chaintwin").rglob("*.py"))


def tracked() -> list[Path]:
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    return [ROOT / name for name in done.stdout.decode().split("\0") if name]


def functions() -> list[tuple[str, int]]:
    found = []
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or 0) - node.lineno + 1
                found.append((f"{path.name}:{node.lineno} {node.name}", length))
    return found


def test_imports_run_one_way() -> None:
    command = [str(Path(sys.executable).with_name("lint-imports"))]

    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr


def test_what_is_imported_is_declared() -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = {plain(name) for name in declared["dependencies"]}
    lent = packages_distributions()

    undeclared = {
        name
        for name in imported() - sys.stdlib_module_names - {"chaintwin"}
        if not {plain(one) for one in lent.get(name, [name])} & wanted
    }

    # What an extra brings is asked for where it is used, with a way out.
    assert undeclared <= {"starlette"}, undeclared


def plain(requirement: str) -> str:
    return re.split(r"[^\w.-]", requirement)[0].lower().replace("_", "-")


def imported() -> set[str]:
    """Return the top packages that modules import as they load."""
    found: set[str] = set()
    for path in SOURCES:
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.Import):
                found |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                found.add((node.module or "").split(".")[0])
    return found


def test_no_mark_of_an_unfinished_merge_is_left() -> None:
    marks = ("<" * 7 + " ", ">" * 7 + " ")
    texts = {".py", ".md", ".yml", ".toml", ".txt", ".ts", ".tsx", ".css", ".json", ".sql"}

    left = [
        str(path.relative_to(ROOT))
        for path in tracked()
        if path.is_file() and path.suffix in texts
        for line in path.read_text("utf-8").splitlines()
        if line.startswith(marks)
    ]

    assert left == []


def test_files_stay_within_400_lines() -> None:
    code = [path for path in tracked() if path.suffix in {".py", ".ts", ".tsx"}]
    generated = {"schema.d.ts"}

    long = [
        f"{path.relative_to(ROOT)}: {lines}"
        for path in code
        if path.is_file() and path.name not in generated
        and (lines := len(path.read_text("utf-8").splitlines())) > 400
    ]  # fmt: skip

    assert long == []


def test_functions_stay_short() -> None:
    lengths = [length for _, length in functions()]

    tenths = quantiles(lengths, n=10)

    assert tenths[4] <= 10, f"median {tenths[4]}"
    assert tenths[8] <= 45, f"nine in ten {tenths[8]}"


def test_only_the_store_and_engine_speak_sql() -> None:
    speaks = re.compile(r"^(import|from) psycopg|\.execute\(|\.executemany\(", re.MULTILINE)
    allowed = ("twin/store/", "access/store/", "engine/")

    wrong = [
        str(path.relative_to(ROOT))
        for path in SOURCES
        if not any(part in path.as_posix() for part in allowed)
        and speaks.search(path.read_text("utf-8"))
    ]

    assert wrong == []


def test_only_the_clock_asks_what_time_it_is() -> None:
    asks = re.compile(r"datetime\.now\(|date\.today\(|time\.time\(")

    wrong = [
        str(path.relative_to(ROOT))
        for path in SOURCES
        if path.name != "clock.py" and asks.search(path.read_text("utf-8"))
    ]

    assert wrong == []


@pytest.mark.parametrize("word", ["utils", "helpers", "common", "misc"])
def test_every_module_has_a_meaning(word: str) -> None:
    assert [path for path in SOURCES if word in (path.stem, path.parent.name)] == []


def test_lock_files_name_no_host() -> None:
    locks = [
        path for path in tracked()
        if path.name in {"package-lock.json", "constraints.txt"} and path.is_file()
    ]  # fmt: skip
    assert locks

    wrong = [
        f"{path.name}: {line.strip()[:80]}"
        for path in locks
        for line in path.read_text("utf-8").splitlines()
        if re.search(r'"resolved"|https?://|--(extra-)?index-url|^[^#]*\w+ @ ', line)
    ]

    assert wrong == []


def test_no_file_names_a_path_of_one_machine() -> None:
    path_of_machine = re.compile(r"(^|[^\w./-])/(work|home/\w+|root)/")

    wrong = [
        str(path.relative_to(ROOT))
        for path in tracked()
        if path.is_file() and path.suffix in {".py", ".ts", ".tsx", ".yml", ".md", ".toml", ""}
        and path_of_machine.search(path.read_text("utf-8", errors="ignore"))
    ]  # fmt: skip

    assert wrong == []


def test_every_word_of_the_glossary_has_its_chinese_and_stands_once() -> None:
    words = yaml.safe_load((ROOT / "content" / "words.yml").read_text("utf-8"))

    names = [entry["word"] for entry in words]

    assert len(names) == len(set(names))
    assert all(entry["zh"] for entry in words)


def test_every_kind_titles_its_attributes_in_both_languages() -> None:
    untitled = [
        f"{kind.name}.{attribute.name}"
        for kind in load_kinds(ROOT / "content").by_name.values()
        for attribute in kind.attributes.values()
        if attribute.title.keys() != {"zh", "en"} or not all(attribute.title.values())
    ]

    assert untitled == []
