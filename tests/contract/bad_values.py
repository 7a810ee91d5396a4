"""Values that no officer means: every sort of wrong thing that can stand in a request."""

from __future__ import annotations

from typing import Any

from tests.contract.offices import Offices

from chaintwin.kit.codes import body_code

_TEXTS = (
    "",
    " ",
    "长" * 3000,
    "-1",
    "0",
    "99999999999999999999999",
    "1.5",
    "NaN",
    "' OR 1=1; DROP TABLE fact; --",
    "%",
    "\x00",
    "a\x00b",
    "😀",
    "\ud7ff\u202e\ufeff",
    "../../etc/passwd",
    "{}",
    "urn:chaintwin:",
    "220184 ",
)
MOMENTS = ("0001-01-01", "9999-12-31", "2026-13-45", "now", "\x00", "2026-11-01T08:00:00+99:00")


def bad_texts(offices: Offices) -> list[str]:
    """Return bad values for path and query, codes that look right among them."""
    good = offices.project
    place = good.removeprefix("urn:chaintwin:").split("-")[0]
    wrong_check = good[:-1] + ("A" if good[-1] != "A" else "B")
    return [*_TEXTS, wrong_check, body_code(place, 4_000_000), body_code(place, 36**12)]


def bad_json() -> list[Any]:
    """Return bad values for a field of a body."""
    return [
        None, "", "长" * 6000, -1, 0, 10**30, 1e308, True, [], {}, ["a", 1], {"a": None},
        "a\x00b", "😀", "' OR 1=1 --", "2026-13-45", "urn:chaintwin:AAAAAA-000001A",
    ]  # fmt: skip
