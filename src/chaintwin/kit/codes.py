"""Codes with check characters: those of twin bodies and those that firms bear.

| code | rule |
| --- | --- |
| body code | ISO/IEC 7064, MOD 37,36, over installation and number |
| unified social credit code | GB 32100-2015, MOD 31 |
| registration number of a firm | GS 15-2006, ISO/IEC 7064, MOD 11,10 |
| legal entity identifier (LEI) | ISO 17442, ISO/IEC 7064, MOD 97-10 |
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

CodeType = Literal["body_code", "credit_code", "registration_number", "lei"]

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_BODY_PREFIX = "urn:chaintwin:"
_BODY = re.compile(r"urn:chaintwin:([0-9A-Z]{6})-([0-9A-Z]{6,13})([0-9A-Z])")
_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)


@dataclass(frozen=True, slots=True)
class CheckedCode:
    """What a code is, by its shape, and what is wrong with it; no reason: it is right."""

    code: str
    type: CodeType | None
    reason_zh: str | None = None
    reason_en: str | None = None

    @property
    def is_right(self) -> bool:
        """Tell whether shape and check character are right."""
        return self.reason_zh is None


def check_character(text: str) -> str:
    """Return the ISO/IEC 7064 MOD 37,36 check character of digits and capital letters."""
    remainder = 36
    for character in text:
        remainder = (remainder + _ALPHABET.index(character)) % 36 or 36
        remainder = remainder * 2 % 37
    return _ALPHABET[(37 - remainder) % 36]


def to_base36(number: int) -> str:
    """Write a non-negative whole number with digits and capital letters."""
    digits = ""
    while number:
        number, rest = divmod(number, 36)
        digits = _ALPHABET[rest] + digits
    return digits or "0"


def body_code(installation: str, number: int) -> str:
    """Return the URI of a body: installation, number and a check character over both."""
    digits = to_base36(number).rjust(6, "0")
    return f"{_BODY_PREFIX}{installation}-{digits}{check_character(installation + digits)}"


def body_number(installation: str, code: str) -> int | None:
    """Return the number in a body code of this installation; None if it is not a valid one."""
    place, _, digits = code.removeprefix(_BODY_PREFIX).upper().partition("-")
    if not code.startswith(_BODY_PREFIX) or place != installation or len(digits) < 7:
        return None
    if not set(digits) <= set(_ALPHABET) or check_character(place + digits[:-1]) != digits[-1]:
        return None
    return int(digits[:-1], 36)


def is_body_code(text: str) -> bool:
    """Tell whether a body code of any installation is well formed."""
    found = _BODY.fullmatch(text)
    return found is not None and check_character(found[1] + found[2]) == found[3]


def is_credit_code(text: str) -> bool:
    """Tell whether a unified social credit code is well formed (GB 32100-2015, MOD 31)."""
    if len(text) != 18 or not set(text) <= set(_CREDIT_ALPHABET):
        return False
    return credit_check_character(text[:17]) == text[17]


def credit_check_character(text: str) -> str:
    """Return the check character of the first 17 characters of a credit code (GB 32100-2015)."""
    pairs = zip(text, _CREDIT_WEIGHTS, strict=True)
    total = sum(_CREDIT_ALPHABET.index(character) * weight for character, weight in pairs)
    return _CREDIT_ALPHABET[(31 - total % 31) % 31]


def is_registration_number(text: str) -> bool:
    """Tell whether a firm's 15-digit registration number is well formed (GS 15-2006, MOD 11,10)."""
    if len(text) != 15 or not (text.isascii() and text.isdigit()):
        return False
    product = 10
    for digit in text[:14]:
        product = ((product + int(digit)) % 10 or 10) * 2 % 11
    return (product + int(text[14])) % 10 == 1


def is_lei(text: str) -> bool:
    """Tell whether a legal entity identifier is well formed (ISO 17442, MOD 97-10)."""
    if not re.fullmatch(r"[0-9A-Z]{18}[0-9]{2}", text):
        return False
    return int("".join(str(_ALPHABET.index(character)) for character in text)) % 97 == 1


CHECKS: Mapping[CodeType, Callable[[str], bool]] = {
    "body_code": is_body_code,
    "credit_code": is_credit_code,
    "registration_number": is_registration_number,
    "lei": is_lei,
}


def check_code(given: str) -> CheckedCode:
    """Tell what a code is by its shape and whether its check character fits."""
    code = given.strip()
    kind = _type_of(code)
    if kind is None:
        return CheckedCode(
            code, None,
            "认不出是哪种代码:应为孪生体编码、18 位统一社会信用代码、15 位注册号或 20 位 LEI",
            "of no known shape: a body code, an 18-character credit code, a 15-digit registration "
            "number or a 20-character LEI",
        )  # fmt: skip
    if CHECKS[kind](code):
        return CheckedCode(code, kind)
    return CheckedCode(code, kind, *_reason(code, kind))


def _type_of(code: str) -> CodeType | None:
    if code.lower().startswith(_BODY_PREFIX):
        return "body_code"
    by_length: dict[int, CodeType] = {15: "registration_number", 18: "credit_code", 20: "lei"}
    return by_length.get(len(code)) if code.isascii() and code.isalnum() else None


def _reason(code: str, kind: CodeType) -> tuple[str, str]:
    plain = code.removeprefix(_BODY_PREFIX) if kind == "body_code" else code
    if plain != plain.upper():
        return "字母须大写", "letters must be capitals"
    if kind == "credit_code" and (odd := sorted(set(code) - set(_CREDIT_ALPHABET))):
        return (
            f"不用字母 {'、'.join(odd)}(易与数字混淆)",
            f"the letters {', '.join(odd)} are not used (too like digits)",
        )
    if kind == "body_code" and not _BODY.fullmatch(code):
        return (
            "格式应为 urn:chaintwin:安装代码(6 位)-编号(至少 6 位)加校验位",
            "should be urn:chaintwin: then six characters, a hyphen, at least six and a check one",
        )
    return "校验位不符,可能抄错", "the check character does not fit: perhaps a slip of the pen"
