"""The published data model is that of the content, and covers the eight classes."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from typing import get_args

from chaintwin.kit.codes import is_body_code, is_credit_code
from chaintwin.model.kinds import BodyClass, load_kinds

ROOT = Path(__file__).parents[2]
# DESIGN.md, section 4.
NAMED = (
    "Company", "Park", "Parcel", "Building", "Unit", "Project", "ChainLink", "Product", "Policy",
    "Clause", "Talent", "Achievement", "Fund", "NewsEvent", "Document", "Device", "Person",
)  # fmt: skip


def test_the_data_model_page_is_up_to_date() -> None:
    spec = importlib.util.spec_from_file_location("reference", ROOT / "tools" / "reference.py")
    assert spec is not None
    assert spec.loader is not None
    reference = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(reference)

    assert reference.PAGE.read_text("utf-8") == reference.page(), "run python tools/reference.py"


def test_every_class_and_every_named_kind_ships() -> None:
    kinds = load_kinds(ROOT / "content").by_name

    assert {kind.body_class for kind in kinds.values()} == set(get_args(BodyClass))
    assert set(NAMED) <= kinds.keys()
    assert all("name" in kind.attributes for kind in kinds.values())


def test_personal_data_of_people_bear_their_label() -> None:
    kinds = load_kinds(ROOT / "content").by_name

    unlabelled = [
        f"{name}.{attribute}"
        for name in ("Person", "Talent")
        for attribute in ("name", "phone", "email")
        if kinds[name].attributes[attribute].label != 4
    ]

    assert unlabelled == []


def test_the_codes_in_the_specification_are_right() -> None:
    text = (ROOT / "docs" / "reference" / "body-codes.md").read_text("utf-8")

    assert all(map(is_body_code, re.findall(r"urn:chaintwin:[0-9A-Z]{6}-[0-9A-Z]+", text)))
    assert all(map(is_credit_code, re.findall(r"\b91[0-9A-Z]{16}\b", text)))
