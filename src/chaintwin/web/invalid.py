"""What is wrong with a value of a request, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chaintwin.kit.problems import Language

# Kinds of errors as the validation names them; {} are the limits it tells.
_CHINESE: Mapping[str, str] = {
    "missing": "缺少这一项",
    "extra_forbidden": "没有这一项",
    "json_invalid": "不是有效的 JSON",
    "string_type": "应为文字",
    "string_unicode": "含无法识别的字符",
    "string_too_short": "至少 {min_length} 个字符",
    "string_too_long": "最多 {max_length} 个字符",
    "string_pattern_mismatch": "格式不符,应符合 {pattern}",
    "int_type": "应为整数",
    "int_parsing": "应为整数",
    "int_parsing_size": "整数过大",
    "int_from_float": "应为整数,不能带小数",
    "float_type": "应为数值",
    "float_parsing": "应为数值",
    "finite_number": "应为有限的数值",
    "bool_type": "应为 true 或 false",
    "bool_parsing": "应为 true 或 false",
    "greater_than_equal": "不能小于 {ge}",
    "less_than_equal": "不能大于 {le}",
    "literal_error": "只能是 {expected}",
    "list_type": "应为列表",
    "dict_type": "应为键值对",
    "too_short": "至少 {min_length} 项",
    "too_long": "最多 {max_length} 项",
    "model_attributes_type": "应为 JSON 对象",
}
_DAY = "日期应写成 2026-11-01"
_MOMENT = "时间应写成 2026-11-01T08:00:00+08:00"
_OTHERWISE = "不是这一项可用的值"


def say_wrong(error: Mapping[str, Any], language: Language) -> str:
    """Return one error of a validation as a sentence."""
    if language == "en":
        return str(error["msg"])
    kind = str(error["type"])
    if kind.startswith("date_"):
        return _DAY
    if kind.startswith("datetime_"):
        return _MOMENT
    return _CHINESE.get(kind, _OTHERWISE).format_map(error.get("ctx") or {})
