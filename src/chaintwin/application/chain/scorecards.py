"""Scorecards: versioned weights and thresholds, each version in force from a day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from chaintwin.application.chain.answers import ScorecardOut
from chaintwin.application.shown import Bilingual
from chaintwin.kit.problems import InputProblem, Problem
from chaintwin.model.content import content_folder, read_yaml
from chaintwin.model.fact import Moment


@dataclass(frozen=True, slots=True)
class Scorecard:
    """One version of a scorecard; `changed` holds settings tried in one request only."""

    name: str
    title: Mapping[str, str]
    version: str
    valid_from: str
    formula: Mapping[str, str]
    source: Mapping[str, str]
    settings: Mapping[str, float]
    more: Mapping[str, Any] = field(default_factory=dict)
    changed: Mapping[str, float] = field(default_factory=dict)

    def tried(self, settings: Mapping[str, float]) -> Scorecard:
        """Return this version with some settings replaced; raise InputProblem for unknown ones."""
        unknown = sorted(set(settings) - set(self.settings))
        if unknown:
            raise InputProblem(
                f"评分卡“{self.title['zh']}”没有设置项 {unknown[0]}。"
                f"可用的有：{'、'.join(self.settings)}。",
                f"The scorecard “{self.title['en']}” has no setting {unknown[0]}. "
                f"It has: {', '.join(self.settings)}.",
            )
        return replace(self, settings={**self.settings, **settings}, changed=dict(settings))

    def shown(self) -> ScorecardOut:
        """Return the version as answers show it."""
        return ScorecardOut(
            name=self.name,
            title=Bilingual(**self.title),
            version=self.version,
            valid_from=self.valid_from,
            formula=Bilingual(**self.formula),
            source=Bilingual(**self.source),
            settings=dict(self.settings),
            changed=dict(self.changed),
        )


def load_scorecard(name: str, at: datetime) -> Scorecard:
    """Return the version of a scorecard in force at a moment; before the first, the first."""
    versions = _versions(name)
    in_force = [card for card in versions if Moment.parse(card.valid_from).at <= at]
    return in_force[-1] if in_force else versions[0]


def list_scorecards() -> list[str]:
    """Return the names of the scorecards that ship with the content."""
    return sorted(path.stem for path in (content_folder() / "scorecards").glob("*.yml"))


def parse_settings(given: Iterable[str]) -> dict[str, float]:
    """Read settings written name:number; raise InputProblem for anything else."""
    settings: dict[str, float] = {}
    for entry in given:
        name, _, number = entry.partition(":")
        try:
            settings[name.strip()] = float(number)
        except ValueError:
            raise InputProblem(
                f"“{entry}”无法识别。请写成 名称:数值（半角冒号），例如 coverage_needed:0.3。",
                f"“{entry}” is not understood. Write name:number, e.g. coverage_needed:0.3.",
            ) from None
        if not abs(settings[name.strip()]) < 1e6:
            raise InputProblem(
                f"“{entry}”的数值超出范围。请填写一个普通的数。",
                f"The number in “{entry}” is out of range. Give an ordinary number.",
            )
    return settings


def _versions(name: str) -> tuple[Scorecard, ...]:
    path = content_folder() / "scorecards" / f"{name}.yml"
    if not path.is_file():
        raise Problem(
            f"缺少评分卡文件 scorecards/{name}.yml。请恢复 content 文件夹。",
            f"The scorecard scorecards/{name}.yml is absent. Restore the content folder.",
            status=500,
        )
    return _read(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=16)
def _read(path: Path, _written: int) -> tuple[Scorecard, ...]:
    raw = read_yaml(path)
    cards = [_card(raw, given) for given in raw["versions"]]
    return tuple(sorted(cards, key=lambda card: Moment.parse(card.valid_from).at))


def _card(raw: Mapping[str, Any], given: Mapping[str, Any]) -> Scorecard:
    known = {"version", "valid_from", "formula", "source", "settings"}
    return Scorecard(
        name=raw["scorecard"],
        title=raw["title"],
        version=str(given["version"]),
        valid_from=str(given["valid_from"]),
        formula=given["formula"],
        source=given["source"],
        settings={name: float(value) for name, value in given["settings"].items()},
        more={name: value for name, value in given.items() if name not in known},
    )
