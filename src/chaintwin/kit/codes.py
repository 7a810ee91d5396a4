"""Codes with check characters: twin body codes and the unified social credit code."""

from __future__ import annotations

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_BODY_PREFIX = "urn:chaintwin:"
_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)


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


def is_credit_code(text: str) -> bool:
    """Tell whether a unified social credit code is well formed (GB 32100-2015, MOD 31)."""
    if len(text) != 18 or not set(text) <= set(_CREDIT_ALPHABET):
        return False
    pairs = zip(text, _CREDIT_WEIGHTS, strict=False)
    total = sum(_CREDIT_ALPHABET.index(character) * weight for character, weight in pairs)
    return _CREDIT_ALPHABET[(31 - total % 31) % 31] == text[17]
