"""归档范围与保管期限表 and the 档号 rule, as content/filing declares them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from chaintwin.kit.problems import InputProblem, Problem
from chaintwin.model.content import content_folder, read_folder
from chaintwin.model.fact import Label

LABELS: Mapping[str, Label] = {label.title: label for label in Label}
_MEBIBYTE = 1_048_576
_MOST_MIB = 512
_MOST_FILES = 20


@dataclass(frozen=True, slots=True)
class PaperType:
    """A type of paper and how it is filed; `label` is where its secrecy starts."""

    code: str
    title: Mapping[str, str]
    group: str
    stage: str | None
    category: str
    retention: str
    label: Label


@dataclass(frozen=True, slots=True)
class NumberRule:
    """How a 档号 is put together."""

    template: str
    pattern: str
    width: int
    demo_fonds: str | None
    demo_department: str | None

    def prefix(self, parts: Mapping[str, str]) -> str:
        """Return the file number up to the item number: what shares one counter."""
        return self.template.removesuffix("{item}").format(**parts)

    def write(self, prefix: str, item: int) -> str:
        """Return a file number; raise Problem when the rule's own pattern refuses it."""
        number = f"{prefix}{item:0{self.width}d}"
        if not re.fullmatch(self.pattern, number):
            raise Problem(
                f"档号“{number}”不符合编制规则 {self.pattern}。请检查档案设置中的全宗号和机构。",
                f"The file number “{number}” breaks the rule {self.pattern}. Check the fonds "
                "number and the department in the archive settings.",
                status=409,
            )
        return number


@dataclass(frozen=True, slots=True)
class Schedule:
    """The filing schedule of investment dossiers."""

    name: str
    version: str
    title: Mapping[str, str]
    source: str
    basis: str
    rule: NumberRule
    types: Mapping[str, PaperType]
    groups: Mapping[str, Mapping[str, str]]
    retentions: Mapping[str, tuple[Mapping[str, str], int | None]]
    categories: Mapping[str, Mapping[str, str]]
    most_bytes: int
    most_files: int

    def type(self, code: str) -> PaperType:
        """Return a type of paper; raise InputProblem when the schedule has none of that code."""
        found = self.types.get(code)
        if found is None:
            known = "、".join(f"{one.code}({one.title['zh']})" for one in self.types.values())
            raise InputProblem(
                f"归档范围中没有文种“{code}”。可用的文种:{known}。",
                f"The filing schedule has no type “{code}”. It has: {', '.join(self.types)}.",
            )
        return found


def load_schedule() -> Schedule:
    """Return the schedule of the content folder in use."""
    return _load(content_folder())


def parse_label(text: str) -> Label:
    """Return the label of a Chinese name; raise InputProblem for anything else."""
    found = LABELS.get(text.strip())
    if found is None:
        raise InputProblem(
            f"密级标识“{text}”无法识别。请填写:{'、'.join(LABELS)}。国家秘密不得进入本系统。",
            f"The label “{text}” is not known. Use one of {', '.join(LABELS)}.",
        )
    return found


def label_name(label: Label) -> str:
    """Return the Chinese name of a label."""
    return label.title


@lru_cache(maxsize=8)
def _load(folder: Path) -> Schedule:
    raw = next((raw for _, raw in read_folder("filing", folder)), None)
    if raw is None:
        raise Problem(
            "content/filing 中没有归档范围与保管期限表，无法归档。请补上该文件。",
            "content/filing holds no filing schedule. Add one.",
            status=500,
        )
    intake: Mapping[str, int] = raw.get("intake", {})
    return Schedule(
        name=raw["schedule"],
        version=raw["version"],
        title=raw["title"],
        source=raw["source"],
        basis=raw["basis"],
        rule=_rule(raw["file_number"]),
        types={given["code"]: _type(given) for given in raw["items"]},
        groups={given["code"]: given["title"] for given in raw["groups"]},
        retentions={given["code"]: (given["title"], given["years"]) for given in raw["retentions"]},
        categories={given["code"]: given["title"] for given in raw["categories"]},
        most_bytes=intake.get("max_file_mib", _MOST_MIB) * _MEBIBYTE,
        most_files=intake.get("max_files", _MOST_FILES),
    )


def _rule(raw: Mapping[str, Any]) -> NumberRule:
    item = next(part for part in raw["parts"] if part["code"] == "item")
    demo: Mapping[str, str] = raw.get("demo_defaults", {})
    return NumberRule(
        raw["template"], raw["pattern"], item["width"], demo.get("fonds"), demo.get("department")
    )


def _type(given: Mapping[str, Any]) -> PaperType:
    return PaperType(
        given["code"], given["title"], given["group"], given["stage"], given["category"],
        given["retention"], parse_label(given["label"]),
    )  # fmt: skip
