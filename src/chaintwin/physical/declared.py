"""What a source declares of itself in `source.yml`, and how sources are found: by folder."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chaintwin.kit.problems import InputProblem, NotFoundProblem
from chaintwin.model.content import content_folder, read_yaml
from chaintwin.model.fact import UNKNOWN, Basis, Moment, Statement
from chaintwin.twin.store.sources import SourceRecord

if TYPE_CHECKING:
    from chaintwin.physical.making import Maker

Read = Callable[[Path, "Maker"], Iterator[Statement]]

FOLDER = Path(__file__).parent / "sources"
_KNOWN = frozenset(
    {
        "title", "owner", "licence", "evaluation_only", "schedule", "rank", "basis", "confidence",
        "as_of", "home", "folder", "group", "words", "tables", "coverage", "note",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Table:
    """The fields that a table of a source may have, and what its rows are expected to be like."""

    fields: frozenset[str]
    rows: tuple[int, int] | None = None
    null_share: Mapping[str, float] = field(default_factory=dict)
    unique: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Declaration:
    """A source: who made it, what may be done with it, and how its rows are understood."""

    name: str
    title: Mapping[str, str]
    owner: str
    licence: str
    evaluation_only: bool
    schedule: str
    rank: int
    basis: Basis
    confidence: int
    as_of: Moment
    home: str
    group: str
    words: Mapping[str, Mapping[str, str]]
    tables: Mapping[str, Table]
    coverage: tuple[Mapping[str, Any], ...]
    as_of_text: str | None = None
    shared_folder: str | None = None

    @property
    def record(self) -> SourceRecord:
        """Return the source as the twin keeps it."""
        return SourceRecord(self.name, self.title, self.licence, self.evaluation_only, self.rank)

    def folder(self, data: Path | None) -> Path:
        """Return where the source's files lie: in the content folder, or below a data folder."""
        if self.home == "content":
            return content_folder()
        if data is None:
            raise InputProblem(
                f"来源 {self.name} 需要数据文件夹。请用 --folder 指明。",
                f"The source {self.name} needs a data folder. Name it with --folder.",
            )
        inner = data / (self.shared_folder or self.name)
        return inner if inner.is_dir() else data


def find_sources() -> dict[str, Declaration]:
    """Return every source by name; a folder with a `source.yml` is one."""
    return {path.parent.name: _declared(path) for path in sorted(FOLDER.glob("*/source.yml"))}


def find_source(name: str) -> Declaration:
    """Return one source; raise NotFoundProblem, naming those there are, when there is none."""
    path = FOLDER / name / "source.yml"
    if not path.is_file():
        names = "、".join(find_sources())
        raise NotFoundProblem(
            f"没有名为“{name}”的来源。现有来源：{names}。",
            f"There is no source “{name}”. The sources are: {names}.",
        )
    return _declared(path)


def reader(name: str) -> Read:
    """Return the `read` function of a source."""
    read: Read = importlib.import_module(f"chaintwin.physical.sources.{name}.read").read
    return read


def _declared(path: Path) -> Declaration:
    raw = read_yaml(path)
    name = path.parent.name
    left = sorted(set(raw) - _KNOWN)
    if left:
        raise InputProblem(
            f"来源 {name} 的 source.yml 有未知项 {left}。请更正或删除。",
            f"source.yml of {name} has unknown entries {left}. Correct or remove them.",
        )
    if set(raw["title"]) != {"zh", "en"}:
        raise InputProblem(
            f"来源 {name} 的 title 应只有 zh 与 en 两项;含逗号的文字请加引号。",
            f"The title of {name} has zh and en only; quote a text that holds a comma.",
        )
    as_of = raw.get("as_of")
    return Declaration(
        name=name,
        title=raw["title"],
        owner=raw["owner"],
        licence=raw["licence"],
        evaluation_only=raw["evaluation_only"],
        schedule=raw["schedule"],
        rank=raw["rank"],
        basis=Basis[raw.get("basis", "reported").upper()],
        confidence=raw.get("confidence", 90),
        as_of=UNKNOWN if as_of is None else Moment.parse(as_of),
        home=raw.get("home", "data"),
        group=raw.get("group", ""),
        words=raw.get("words", {}),
        tables={table: _table(given) for table, given in raw["tables"].items()},
        coverage=tuple(raw.get("coverage", ())),
        as_of_text=as_of,
        shared_folder=raw.get("folder"),
    )


def _table(raw: Mapping[str, Any]) -> Table:
    expect = raw.get("expect", {})
    rows = expect.get("rows")
    return Table(
        frozenset(raw["fields"]),
        None if rows is None else (rows[0], rows[1]),
        expect.get("null_share", {}),
        tuple(expect.get("unique", ())),
    )
