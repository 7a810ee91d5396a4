"""Instants as the standard writes them (clause 4.6.3): ISO 8601, UTC by a trailing Z."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from chaintwin.web.ngsi.errors import bad

_INSTANT = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?(Z|[+-]\d\d:?\d\d)?"
)
_DURATION = re.compile(
    r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?"
)


@lru_cache(maxsize=20_000)
def read_instant(text: str, name: str = "observedAt") -> datetime:
    """Return the instant a text tells; raise BadRequest for anything else."""
    found = _INSTANT.fullmatch(text)
    if found is None:
        raise _no_instant(text, name)
    digits = (found[7] or "").ljust(6, "0")[:6]
    zone = found[8] or "Z"
    try:
        year, month, day, hour, minute, second = (int(found[n]) for n in range(1, 7))
        at = datetime(year, month, day, hour, minute, second, int(digits), tzinfo=UTC)
        return at if zone == "Z" else at - _offset(zone)
    except (ValueError, OverflowError):
        raise _no_instant(text, name) from None


def is_instant(text: str) -> bool:
    """Tell whether a text is an instant."""
    return _INSTANT.fullmatch(text) is not None


def write_instant(at: datetime) -> str:
    """Write an instant in UTC, to the microsecond."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def write_second(at: datetime) -> str:
    """Write an instant in UTC to the second, as bounds of aggregation are written."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@lru_cache(maxsize=1_000)
def read_duration(text: str, name: str = "aggrPeriodDuration") -> tuple[int, timedelta]:
    """Return a duration of ISO 8601 as (months, rest); raise BadRequest for anything else.

    A duration of nothing (PT0S) means the whole span that was asked for.
    """
    found = _DURATION.fullmatch(text)
    if found is None or text in {"P", "PT"} or text.endswith("T"):
        raise bad(
            f"“{text}” of {name} is no duration of ISO 8601, such as P1D or PT15M.",
            f"{name} 的“{text}”不是 ISO 8601 时长，例如 P1D、PT15M。",
        )
    years, months, weeks, days, hours, minutes = (int(part or 0) for part in found.groups()[:6])
    seconds = float(found[7] or 0)
    try:
        rest = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    except OverflowError:
        raise bad(f"The duration “{text}” is too long.", f"时长“{text}”过长。") from None
    return years * 12 + months, rest


def _offset(zone: str) -> timedelta:
    sign = -1 if zone[0] == "-" else 1
    digits = zone[1:].replace(":", "")
    return sign * timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))


def _no_instant(text: str, name: str) -> Exception:
    return bad(
        f"“{text}” of {name} is no instant. Write it as 2026-11-01T08:00:00Z.",
        f"{name} 的“{text}”不是时刻。请写成 2026-11-01T08:00:00Z。",
    )
