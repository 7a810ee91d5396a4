"""Takes one uploaded list into memory, never in plain onto a disk, and no more than allowed."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from fastapi import Request
from pydantic import TypeAdapter, ValidationError
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from chaintwin.kit.problems import InputProblem
from chaintwin.physical.imports.models import CoverageGiven
from chaintwin.physical.imports.reading import MOST_BYTES, too_large
from chaintwin.physical.imports.service import Upload

_FORM_BYTES = 200_000
_COVERAGE = TypeAdapter(list[CoverageGiven])
FILE_FIELDS: dict[str, Any] = {
    "file": {
        "type": "string",
        "format": "binary",
        "description": "CSV 或 XLSX，不超过 20 MB",
    },
    "as_of": {
        "type": "string",
        "format": "date",
        "description": "数据截止日，默认今天 day the list was true; default today",
    },
}
FORM: dict[str, Any] = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["file"],
                "properties": {
                    **FILE_FIELDS,
                    "coverage": {
                        "type": "string",
                        "description": "JSON 数组，见 CoverageGiven: JSON list of "
                        '{"region","industry","share","population"}',
                    },
                },
            }
        }
    },
}


@dataclass(frozen=True, slots=True)
class Received:
    """One file with the texts that came beside it; a field left out is empty."""

    name: str
    data: bytes
    fields: Mapping[str, str]


async def receive_upload(request: Request) -> Upload:
    """Return the file and its options; raise a Problem for a form that is not understood."""
    received = await receive_form(request, ("as_of", "coverage"))
    fields = received.fields
    coverage = tuple(_coverage(fields["coverage"]))
    return Upload(received.name, received.data, read_day(fields["as_of"]), coverage)


async def receive_form(request: Request, fields: Sequence[str]) -> Received:
    """Return the one file of a form and its fields; raise a Problem for any other form."""
    if "multipart/form-data" not in request.headers.get("content-type", ""):
        raise InputProblem(
            "请以 multipart/form-data 方式上传文件。", "Upload the file as multipart/form-data."
        )
    parser = MultiPartParser(
        request.headers, _limited(request), max_files=1, max_fields=4, max_part_size=_FORM_BYTES
    )
    parser.spool_max_size = MOST_BYTES + _FORM_BYTES
    try:
        form = await parser.parse()
    except MultiPartException as error:
        raise InputProblem(
            f"上传的表单不完整：{error.message}。请重新上传。",
            f"The form is broken: {error.message}. Upload it again.",
        ) from error
    try:
        return await _received(form, fields)
    finally:
        await form.close()


async def _limited(request: Request) -> AsyncGenerator[bytes, None]:
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > MOST_BYTES + _FORM_BYTES:
            raise too_large()
        yield chunk


async def _received(form: FormData, fields: Sequence[str]) -> Received:
    file = form.get("file")
    unknown = sorted(set(form) - {"file", *fields})
    if unknown:
        raise InputProblem(
            f"表单含未知字段 {unknown}。可用字段：{'、'.join(('file', *fields))}。",
            f"The form has unknown fields {unknown}. It may have {', '.join(('file', *fields))}.",
        )
    if not isinstance(file, UploadFile):
        raise InputProblem(
            "没有收到文件。请在字段 file 中选择一个文件。",
            "No file came. Put one into the field file.",
        )
    data = await file.read()
    name = (file.filename or "").replace("\\", "/").rsplit("/", 1)[-1].strip()[:200]
    texts = {field: str(form.get(field) or "") for field in fields}
    return Received(name or "未命名", data, texts)


def read_day(text: str) -> date | None:
    """Return the day a form names, None for an empty text; raise InputProblem for any other."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise InputProblem(
            f"数据截止日“{text}”无法识别。请写成 2026-10-31。",
            f"The day “{text}” is not understood. Write 2026-10-31.",
        ) from None


def _coverage(text: str) -> list[CoverageGiven]:
    if not text:
        return []
    try:
        return _COVERAGE.validate_python(json.loads(text))
    except (ValueError, ValidationError) as error:
        raise InputProblem(
            "覆盖率声明无法识别。请给出 JSON 数组，每项含 region（六位区划代码或 *）、"
            "industry（如 C36 或 *）、share（0–1）、population（总体名称）。",
            "The coverage is not understood. Give a JSON list; each entry has region (six digits "
            "or *), industry (such as C36, or *), share (0–1) and population.",
        ) from error
