"""Errors that tell a person what is wrong, where, and the way out, in Chinese and English."""

from __future__ import annotations

from typing import Literal

Language = Literal["zh", "en"]


class Problem(Exception):  # noqa: N818 - the word of RFC 9457
    """An error for a person to read; carries the HTTP status of RFC 9457 problem details."""

    status = 400

    def __init__(self, zh: str, en: str, *, status: int | None = None, **where: object) -> None:
        super().__init__(zh)
        self.zh = zh
        self.en = en
        self.where = where
        if status is not None:
            self.status = status

    def text(self, language: Language) -> str:
        """Return the message in the reader's language."""
        return self.en if language == "en" else self.zh


class NotFoundProblem(Problem):
    """What was asked for does not exist, or not for this reader."""

    status = 404


class ForbiddenProblem(Problem):
    """The reader lacks the right."""

    status = 403


class ConflictProblem(Problem):
    """The request clashes with the present state."""

    status = 409


class InputProblem(Problem):
    """What was given cannot be understood."""

    status = 422
