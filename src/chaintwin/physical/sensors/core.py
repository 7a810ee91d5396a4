"""Reads the messages of devices: who sent it, and what was measured when."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from chaintwin.kit.clock import SHANGHAI
from chaintwin.kit.problems import InputProblem

DEFAULT_TOPIC = "chaintwin/{place}/{device}"
MOST_BYTES = 262_144
MOST_VALUES = 5_000
_DEVICE = re.compile(r"[^\x00-\x1f/+#]{1,100}")


@dataclass(frozen=True, slots=True)
class Message:
    """One message as it came from the broker."""

    topic: str
    payload: bytes


@dataclass(frozen=True, slots=True)
class Reading:
    """One value a device sent; `unit` None: the measure's own."""

    measure: str
    at: datetime
    value: Decimal
    unit: str | None


@dataclass(frozen=True, slots=True)
class Topic:
    """The pattern of topics: levels with {place} (division code) and {device} in two of them."""

    pattern: str

    def __post_init__(self) -> None:
        levels = self.pattern.split("/")
        if levels.count("{place}") != 1 or levels.count("{device}") != 1:
            raise InputProblem(
                f"主题“{self.pattern}”须各有一级 {{place}} 和 {{device}},如 {DEFAULT_TOPIC}。",
                f"The topic “{self.pattern}” needs one level {{place}} and one {{device}}, "
                f"such as {DEFAULT_TOPIC}.",
            )

    @property
    def filter(self) -> str:
        """Return what a client subscribes to."""
        return self.pattern.replace("{place}", "+").replace("{device}", "+")

    def read(self, topic: str) -> tuple[str, str]:
        """Return (place, device) of a topic that the filter let through."""
        wanted, given = self.pattern.split("/"), topic.split("/")
        found = dict(zip(wanted, given, strict=False))
        return found.get("{place}", ""), found.get("{device}", "")


def read_device(text: str) -> str:
    """Return a device id; raise InputProblem for one that cannot stand in a topic."""
    if not _DEVICE.fullmatch(text):
        raise InputProblem(
            "设备编号须为 1–100 个字符,不含 / + # 和控制字符。",
            "A device id has 1 to 100 characters, without / + # and control characters.",
        )
    return text


def read_payload(payload: bytes) -> list[Reading]:
    """Return the readings of a message.

    `{"at": ISO moment, "values": {measure: number or {"value", "unit"}}}`, or a list of such under
    `readings`. Raises InputProblem with what is wrong; a message is taken whole or not at all.
    """
    if len(payload) > MOST_BYTES:
        raise _wrong(f"报文超过 {MOST_BYTES} 字节", f"more than {MOST_BYTES} bytes")
    given = _load(payload)
    parts = given.get("readings", [given])
    if not isinstance(parts, list) or not parts:
        raise _wrong("readings 应为非空列表", "readings has to be a list that is not empty")
    readings = [reading for part in parts for reading in _read_part(part)]
    if len(readings) > MOST_VALUES:
        raise _wrong(f"多于 {MOST_VALUES} 个读数", f"more than {MOST_VALUES} values")
    return readings


def read_at(text: object) -> datetime:
    """Return an ISO moment in UTC, China's time without a zone; raise InputProblem otherwise.

    A moment of the receiver's would make a second delivery a second reading, so it is never filled
    in.
    """
    try:
        if not isinstance(text, str) or len(text.strip()) < 10:
            raise ValueError
        at = datetime.fromisoformat(text.strip())
        return (at if at.tzinfo else at.replace(tzinfo=SHANGHAI)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise _wrong(
            f"时间 at“{str(text)[:40]}”应为 ISO 格式,如 2026-11-24T10:00:00+08:00",
            f"at “{str(text)[:40]}” has to be an ISO moment such as 2026-11-24T10:00:00+08:00",
        ) from None


def _load(payload: bytes) -> Mapping[str, Any]:
    try:
        given = json.loads(payload, parse_float=Decimal, parse_int=Decimal)
    except (ValueError, RecursionError):
        raise _wrong("不是 UTF-8 的 JSON", "not JSON in UTF-8") from None
    if not isinstance(given, dict):
        raise _wrong("应为 JSON 对象", "has to be a JSON object")
    return given


def _read_part(part: object) -> Iterator[Reading]:
    if not isinstance(part, dict):
        raise _wrong("读数应为 JSON 对象", "a reading has to be a JSON object")
    values: object = part.get("values")
    if not isinstance(values, dict):
        raise _wrong("缺少 values 对象", "the object “values” is missing")
    at = read_at(part.get("at"))
    if not values:
        raise _wrong("values 为空", "values is empty")
    for measure, value in values.items():
        yield _read_value(measure, at, value)


def _read_value(measure: str, at: datetime, given: object) -> Reading:
    parts = given if isinstance(given, dict) else {"value": given}
    value, unit = parts.get("value"), parts.get("unit")
    if not isinstance(value, Decimal) or not isinstance(unit, str | None):
        raise _wrong(
            f"{measure[:40]} 的值应为数,没有读数时请不要发送",
            f"the value of {measure[:40]} has to be a number; send nothing where nothing was read",
        )
    return Reading(measure, at, value, unit)


def _wrong(zh: str, en: str) -> InputProblem:
    said = f"{en[:1].upper()}{en[1:]}. See docs/how-to/sensors.md."
    return InputProblem(f"{zh}。格式见 docs/how-to/sensors.md。", said)
