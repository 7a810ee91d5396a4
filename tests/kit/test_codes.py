"""Codes are told right from wrong, with what is wrong."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaintwin.kit.codes import body_code, check_code, is_body_code

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
places = st.text(ALPHABET, min_size=6, max_size=6)
numbers = st.integers(0, 36**9)

# The example of GB 32100-2015, one of GS 15-2006, and two identifiers in the public LEI register.
RIGHT = {
    "91350100M000100Y43": "credit_code",
    "110108000000016": "registration_number",
    "5493001KJTIIGC8Y1R12": "lei",
    "HWUPKR0MPOU8FGXBT394": "lei",
}


@pytest.mark.parametrize("code", RIGHT)
def test_a_right_code_is_known_by_its_shape(code: str) -> None:
    found = check_code(f" {code}\n")

    assert (found.is_right, found.type, found.code) == (True, RIGHT[code], code)


@pytest.mark.parametrize("code", RIGHT)
def test_every_single_wrong_digit_is_noticed(code: str) -> None:
    for place, there in enumerate(code):
        if there.isdigit():
            other = str((int(there) + 1) % 10)
            assert not check_code(code[:place] + other + code[place + 1 :]).is_right


@given(places, numbers, st.data())
def test_every_wrong_character_of_a_body_code_is_noticed(
    place: str, number: int, data: st.DataObject
) -> None:
    code = body_code(place, number)
    at = data.draw(
        st.integers(len("urn:chaintwin:"), len(code) - 1).filter(lambda i: code[i] != "-")
    )
    other = data.draw(st.sampled_from([one for one in ALPHABET if one != code[at]]))

    assert is_body_code(code)
    assert not is_body_code(code[:at] + other + code[at + 1 :])


def test_nearly_all_swapped_neighbours_of_a_body_code_are_noticed() -> None:
    rng = random.Random(7064)
    noticed = tried = 0

    for _ in range(3_000):
        code = body_code("".join(rng.choices(ALPHABET, k=6)), rng.randrange(36**6))
        at = rng.randrange(len(code) - 7, len(code) - 1)
        if code[at] != code[at + 1]:
            tried += 1
            noticed += not is_body_code(code[:at] + code[at + 1] + code[at] + code[at + 2 :])

    assert noticed / tried > 0.98


SAID = {
    "91350100m000100y43": "大写",
    "9135O100M000100Y43": "不用字母 O",
    "91350100M000100Y44": "校验位",
    "urn:chaintwin:0A1B2C-17": "格式应为",
    "urn:chaintwin:0A1B2C-0000018": "校验位",
    "hello": "认不出",
    "": "认不出",
}


@pytest.mark.parametrize("code", SAID)
def test_a_wrong_code_is_told_what_is_wrong(code: str) -> None:
    found = check_code(code)

    assert SAID[code] in (found.reason_zh or "")
    assert found.reason_en
