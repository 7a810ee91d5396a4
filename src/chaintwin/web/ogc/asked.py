"""What a request for features asks: box, moment, page; what is wrong answers 400 (clause 7.15)."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import datetime

from fastapi import Request

from chaintwin.kit.problems import InputProblem, Problem
from chaintwin.kit.shapes import Box
from chaintwin.twin.door import read_moment

MOST_ITEMS = 1_000
USUAL_ITEMS = 100


def allow_only(request: Request, *names: str) -> None:
    """Raise Problem (400) for a query parameter that the document does not describe."""
    unknown = sorted(set(request.query_params) - {*names, "f", "lang"})
    if unknown:
        raise wrong(f"没有参数 {'、'.join(unknown)}", f"there is no parameter {', '.join(unknown)}")
    if request.query_params.get("f", "json") not in ("json", "geojson"):
        raise wrong("参数 f 只能是 json", "the parameter f can only be json")


def read_box(text: str | None) -> Box | None:
    """Return a bbox of four numbers, or six with heights that do not count."""
    if text is None:
        return None
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) not in (4, 6) or not all(map(math.isfinite, numbers)):
        raise wrong("bbox 应为 4 个或 6 个数字", "bbox is four or six numbers")
    west, south, east, north = numbers[:2] + (numbers[2:4] if len(numbers) == 4 else numbers[3:5])
    if max(abs(west), abs(east)) > 180 or max(abs(south), abs(north)) > 90 or south > north:
        raise wrong(
            "bbox 应为 西,南,东,北(经度 ±180、纬度 ±90,南不大于北)",
            "bbox is west,south,east,north within ±180 and ±90, south not beyond north",
        )
    return west, south, east, north


def read_datetime(text: str | None) -> datetime | None:
    """Return the moment of an instant, or the end of an interval; None: now.

    An interval answers with the features as they stood at its end.
    """
    if text is None:
        return None
    parts = text.split("/")
    if len(parts) > 2:
        raise wrong("datetime 只能有一个“/”", "datetime has at most one “/”")
    moments = [None if part in ("", "..") else _moment("datetime", part) for part in parts]
    if len(parts) == 1 and moments[0] is None:
        raise wrong("datetime 为空", "datetime is empty")
    start, end = moments[0], moments[-1]
    if start is not None and end is not None and start > end:
        raise wrong("datetime 的起点晚于终点", "the start of datetime lies after its end")
    return end


def read_known(text: str | None) -> datetime | None:
    """Return the known moment asked for; None: now."""
    return None if text is None else _moment("known_at", text)


def read_whole(name: str, text: str | None, usual: int, least: int, most: int) -> int:
    """Return a whole number; one beyond the most is cut to it, as clause 7.15.2 lets a server."""
    if text is None:
        return usual
    if not text.isascii() or not text.isdigit() or int(text) < least:
        raise wrong(f"{name} 应为不小于 {least} 的整数", f"{name} is a whole number from {least}")
    return min(int(text), most)


def wrong(zh: str, en: str) -> Problem:
    """Return a problem with the status that the standard asks for."""
    return Problem(
        f"{zh}。请更正请求。", f"{en[:1].upper()}{en[1:]}. Correct the request.", status=400
    )


def _moment(name: str, text: str) -> datetime:
    try:
        return read_moment(name, text)
    except InputProblem as problem:
        raise Problem(problem.zh, problem.en, status=400) from None


def one_of(request: Request, names: Iterable[str]) -> dict[str, str]:
    """Return the query parameters among some names, for the link to the next page."""
    return {name: request.query_params[name] for name in names if name in request.query_params}
