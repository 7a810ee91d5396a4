"""Whether a value is of the type its attribute declares."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache

from chaintwin.kit.codes import CHECKS, check_code
from chaintwin.kit.problems import InputProblem
from chaintwin.kit.shapes import check_geometry, geometry_in
from chaintwin.model.fact import Moment, Value
from chaintwin.model.kinds import Attribute, ValueType

_FLAGS = frozenset({"true", "false", "True", "False"})
_SHOWN = 60


def check_value(declared: Attribute, value: Value) -> None:
    """Raise InputProblem when a value is not of its attribute's type or not a right code.

    Other parts may stand beside the one that counts.

    text: `text`; number: a finite `number`; date: `text` as Moment reads it; ref: `ref`; data:
    `data`; flag: `text` true or false, or `data`; geometry: `data` that is a GeoJSON geometry,
    else what check_geometry says.
    """
    fits = _FITS.get(declared.type)
    if fits is None or fits(value):
        if declared.check is not None:
            _check_code(declared, value.text or "")
        return
    zh, en = _SAID[declared.type]
    given = str(_given(value))
    given = given if len(given) <= _SHOWN else given[:_SHOWN] + "…"
    raise InputProblem(
        f"{declared.title.get('zh', declared.name)}({declared.name})应为{zh},"
        f"得到“{given}”。请更正。",
        f"{declared.title.get('en', declared.name)} ({declared.name}) should be {en}, not "
        f"“{given}”. Correct it.",
        attribute=declared.name,
    )


def _check_code(declared: Attribute, code: str) -> None:
    if declared.check is None or CHECKS[declared.check](code):
        return
    found = check_code(code)
    raise InputProblem(
        f"{declared.title.get('zh', declared.name)}“{code[:_SHOWN]}”不正确:"
        f"{found.reason_zh or '不是这种代码'}。请核对。",
        f"{declared.title.get('en', declared.name)} “{code[:_SHOWN]}” is not right: "
        f"{found.reason_en or 'another sort of code'}. Check it.",
        attribute=declared.name,
    )


def _given(value: Value) -> object:
    for part in (value.text, value.number, value.data, value.ref):
        if part is not None:
            return part
    return ""


@lru_cache(maxsize=20_000)
def is_date(text: str) -> bool:
    """Tell whether a text is a moment as Moment reads it."""
    try:
        Moment.parse(text)
    except InputProblem:
        return False
    return True


def _is_geometry(value: Value) -> bool:
    geometry = geometry_in(value.data)
    return geometry is not None and bool(check_geometry(geometry))


def _is_flag(value: Value) -> bool:
    return value.text in _FLAGS if value.text is not None else isinstance(value.data, bool)


_FITS: Mapping[ValueType, Callable[[Value], bool]] = {
    "text": lambda value: value.text is not None,
    "number": lambda value: value.number is not None and value.number.is_finite(),
    "date": lambda value: value.text is not None and is_date(value.text),
    "ref": lambda value: value.ref is not None,
    "data": lambda value: value.data is not None,
    "geometry": _is_geometry,
    "flag": _is_flag,
}
_SAID: Mapping[ValueType, tuple[str, str]] = {
    "text": ("文字", "text"),
    "number": ("数字", "a number"),
    "date": ("日期(如 2025、2025-03、2025-03-01)", "a date such as 2025, 2025-03 or 2025-03-01"),
    "ref": ("另一个孪生体", "another body"),
    "data": ("结构化数据", "structured data"),
    "geometry": ("GeoJSON 几何(WGS 84 经纬度)", "a GeoJSON geometry in WGS 84"),
    "flag": ("是或否(true、false)", "true or false"),
}
