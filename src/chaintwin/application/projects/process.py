"""The life cycle of a project as content/processes declares it: stages, gates, limits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from chaintwin.kit.problems import InputProblem, Problem
from chaintwin.model.content import content_folder, read_folder

_NAME = "project"


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit in calendar days; `days` None means not set."""

    days: int | None
    source: str | None
    basis: str


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage and what must be present before a project leaves it forward."""

    code: str
    title: Mapping[str, str]
    limit: Limit
    fields: Sequence[str]
    documents: Sequence[str]


@dataclass(frozen=True, slots=True)
class Process:
    """The stages in order and the rules of moving between them."""

    name: str
    version: str
    title: Mapping[str, str]
    min_reason_length: int
    number_prefix: str
    number_width: int
    stages: Sequence[Stage]

    def stage(self, code: str) -> Stage:
        """Return a stage; raise InputProblem when there is none of that code."""
        found = next((stage for stage in self.stages if stage.code == code), None)
        if found is None:
            known = "、".join(f"{stage.code}({stage.title['zh']})" for stage in self.stages)
            raise InputProblem(
                f"没有阶段“{code}”。可选:{known}。",
                f"There is no stage “{code}”. Choose one of: {known}.",
            )
        return found

    def position(self, code: str) -> int:
        """Return where a stage stands in the order, from 0."""
        return self.stages.index(self.stage(code))

    def next(self, code: str) -> Stage | None:
        """Return the stage after this one; None after the last."""
        after = self.position(code) + 1
        return self.stages[after] if after < len(self.stages) else None


def load_process() -> Process:
    """Return the life cycle of the content folder in use."""
    return _load(content_folder())


@lru_cache(maxsize=8)
def _load(folder: Path) -> Process:
    found = (raw for _, raw in read_folder("processes", folder) if raw.get("process") == _NAME)
    raw = next(found, None)
    if raw is None:
        raise Problem(
            "content/processes 中没有项目流程(process: project)。请补上该文件。",
            "content/processes holds no process: project. Add one.",
            status=500,
        )
    number: Mapping[str, Any] = raw.get("number", {})
    return Process(
        name=raw["process"],
        version=raw["version"],
        title=raw["title"],
        min_reason_length=raw["rules"]["rollback"].get("min_reason_length", 1),
        number_prefix=number.get("prefix", "XM"),
        number_width=number.get("width", 4),
        stages=tuple(_stage(given) for given in raw["stages"]),
    )


def _stage(given: Mapping[str, Any]) -> Stage:
    gate: Mapping[str, Any] = given["gate"] or {}
    limit = given["max_days"]
    return Stage(
        given["code"], given["title"],
        Limit(limit["value"], limit.get("source"), limit.get("basis", "")),
        tuple(gate.get("fields", ())), tuple(gate.get("documents", ())),
    )  # fmt: skip
