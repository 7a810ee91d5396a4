"""What a checkup says about one part."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from chaintwin.kit.problems import Language, Problem

Outcome = Literal["ok", "warn", "missing"]


@dataclass(frozen=True, slots=True)
class Words:
    """The same sentence in both languages."""

    zh: str
    en: str

    def text(self, language: Language) -> str:
        """Return the sentence in the reader's language."""
        return self.en if language == "en" else self.zh


NOTHING = Words("", "")


@dataclass(frozen=True, slots=True)
class Finding:
    """One part: fine, limited (`warn`), or `missing` so that the program cannot work."""

    part: str
    title: Words
    outcome: Outcome
    said: Words
    way_out: Words = NOTHING


def from_problem(part: str, title: Words, problem: Problem) -> Finding:
    """Return a problem as a finding; its text already names the way out."""
    return Finding(part, title, "missing", Words(problem.zh, problem.en))
