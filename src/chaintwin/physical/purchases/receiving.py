"""Takes one uploaded purchase list with the buyer it belongs to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from fastapi import Request

from chaintwin.kit.problems import InputProblem
from chaintwin.physical.imports.receiving import FILE_FIELDS, read_day, receive_form

FORM: dict[str, Any] = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["file", "buyer"],
                "properties": {
                    **FILE_FIELDS,
                    "buyer": {
                        "type": "string",
                        "description": "采购方企业编码 body code of the firm that buys",
                    },
                    "whole": {
                        "type": "string",
                        "enum": ["true", "false"],
                        "description": "整份清单：未列出的视为不再采购；默认 false "
                        "the whole list: what it leaves out has ended; default false",
                    },
                },
            }
        }
    },
}


@dataclass(frozen=True, slots=True)
class PurchaseUpload:
    """One file, whose purchases it lists, since when, and whether it lists all of them."""

    name: str
    data: bytes
    buyer: str
    as_of: date | None
    whole: bool


async def receive_purchases(request: Request) -> PurchaseUpload:
    """Return the file and its options; raise a Problem for a form that is not understood."""
    received = await receive_form(request, ("as_of", "buyer", "whole"))
    buyer, whole = received.fields["buyer"].strip(), received.fields["whole"]
    if not buyer:
        raise InputProblem(
            "没有说明是哪家企业的采购清单。请在字段 buyer 中填企业编码。",
            "Whose purchases are these? Put the firm's body code into the field buyer.",
        )
    if whole not in ("", "true", "false"):
        raise InputProblem(
            f"字段 whole 只能是 true 或 false，收到“{whole[:40]}”。",
            f"The field whole is true or false, not “{whole[:40]}”.",
        )
    as_of = read_day(received.fields["as_of"])
    return PurchaseUpload(received.name, received.data, buyer, as_of, whole == "true")
