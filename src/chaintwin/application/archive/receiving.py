"""Takes an upload as it streams in: each file goes encrypted to disk, none is held in memory."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any

from fastapi import Depends, Request
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.concurrency import run_in_threadpool

from chaintwin.access.asker import Asker
from chaintwin.application.archive import core
from chaintwin.application.archive.schedule import (
    PaperType,
    Schedule,
    label_name,
    load_schedule,
    parse_label,
)
from chaintwin.kit.clock import calendar_day
from chaintwin.kit.media import media_type
from chaintwin.kit.problems import ForbiddenProblem, InputProblem, Problem
from chaintwin.model.fact import Basis, Label, Moment
from chaintwin.twin.door import current_asker
from chaintwin.twin.originals import Incoming, Originals, TooLargeProblem

_LONGEST_FIELD = 8_192
_MOST_FIELDS = 200
_FIELDS = {
    "type": "文种编码;一个值适用于全部文件 item code of the schedule; one value serves all",
    "title": "题名,默认取文件名 title; default: the file's name",
    "formed_on": "形成日期 2026、2026-11 或 2026-11-22 formed on",
    "label": "密级标识:公开、内部、工作秘密、商业秘密、个人信息 secrecy label",
    "responsible": "责任者 author",
}
FORM: dict[str, Any] = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["files", "type"],
                "properties": {
                    "files": {
                        "type": "array",
                        "items": {"type": "string", "format": "binary"},
                        "description": "一个或多个文件 one or more files",
                    },
                    **{
                        name: {
                            "type": "array",
                            "items": {"type": "string"},
                            "description": text,
                        }
                        for name, text in _FIELDS.items()
                    },
                },
            }
        }
    },
}


@dataclass(slots=True)
class Received:
    """The parts of one upload: files in order, and the values of each field in order."""

    files: list[tuple[str, Incoming]] = field(default_factory=list)
    values: dict[str, list[str]] = field(default_factory=dict)

    def discard(self) -> None:
        """Leave nothing of what was not kept."""
        for _, incoming in self.files:
            incoming.discard()


@dataclass(frozen=True, slots=True)
class Paper:
    """One file with all that filing it needs, checked."""

    file_name: str
    incoming: Incoming
    type: PaperType
    title: str
    formed: Moment | None
    label: Label
    responsible: str | None = None
    basis: Basis = Basis.REPORTED


async def receive_files(
    request: Request, asker: Annotated[Asker, Depends(current_asker)]
) -> AsyncIterator[Received]:
    """Take the parts of a multipart request; what the route does not keep is gone afterwards."""
    if not (asker.may("project:write") or asker.may("archive:write")):
        raise ForbiddenProblem("您没有归档文件的权限。", "You may not file papers.")
    originals: Originals = request.app.state.originals
    form = _Form(originals, load_schedule(), request.headers.get("content-type", ""))
    try:
        async for chunk in request.stream():
            await run_in_threadpool(form.feed, chunk)
        await run_in_threadpool(form.end)
        yield form.received
    finally:
        form.received.discard()


def read_papers(received: Received, schedule: Schedule, now: datetime) -> list[Paper]:
    """Return what was uploaded, every part checked; raise a Problem that names file and way out."""
    if not received.files:
        raise InputProblem(
            "没有收到文件。请在字段 files 中选择至少一个文件。",
            "No file came. Put at least one into the field files.",
        )
    unknown = sorted(received.values.keys() - _FIELDS.keys())
    if unknown:
        raise InputProblem(
            f"上传表单含未知字段 {unknown}。可用字段:{'、'.join(_FIELDS)}。",
            f"The form has unknown fields {unknown}. It may have {', '.join(_FIELDS)}.",
        )
    count = len(received.files)
    columns = {name: _spread(received, name, count) for name in _FIELDS}
    return [
        _paper(given, {name: columns[name][row] for name in columns}, schedule, now)
        for row, given in enumerate(received.files)
    ]


def _spread(received: Received, name: str, count: int) -> Sequence[str | None]:
    values = [value.strip() or None for value in received.values.get(name, [])]
    if len(values) in (0, count):
        return values or [None] * count
    if len(values) == 1 and name != "title":
        return values * count
    raise InputProblem(
        f"字段 {name} 有 {len(values)} 个值,文件有 {count} 个。请一一对应,或只填一个适用于全部。",
        f"The field {name} has {len(values)} values for {count} files. Give one for each, or one.",
    )


def _paper(
    given: tuple[str, Incoming], row: dict[str, str | None], schedule: Schedule, now: datetime
) -> Paper:
    name, incoming = given
    core.refuse_unfit(name, incoming.size, media_type(incoming.head))
    if row["type"] is None:
        raise InputProblem(
            f"文件“{name}”没有选择文种。请填写字段 type。",
            f"The file “{name}” has no type. Fill in the field type.",
        )
    kind = schedule.type(row["type"])
    title = row["title"] or core.stem_of(name)
    core.refuse_state_secret(title, "题名", "title")
    formed = Moment.parse(row["formed_on"]) if row["formed_on"] else None
    if formed is not None:
        core.check_formed(formed, calendar_day(now))
    label = parse_label(row["label"]) if row["label"] else kind.label
    if label < kind.label:
        raise InputProblem(
            f"“{kind.title['zh']}”的密级不能低于“{label_name(kind.label)}”。请改选密级。",
            f"“{kind.title['en']}” starts at the label “{label_name(kind.label)}”: no lower one.",
        )
    return Paper(name, incoming, kind, title, formed, label, row["responsible"])


class _Form:
    """Reads multipart/form-data piece by piece (RFC 7578)."""

    def __init__(self, originals: Originals, schedule: Schedule, content_type: str) -> None:
        self.received = Received()
        self._originals = originals
        self._schedule = schedule
        self._ended = False
        self._header = (bytearray(), bytearray())
        self._disposition = b""
        self._name = ""
        self._value = bytearray()
        self._file: Incoming | None = None
        kind, options = parse_options_header(content_type)
        boundary = options.get(b"boundary")
        if kind != b"multipart/form-data" or boundary is None:
            raise InputProblem(
                "请以 multipart/form-data 方式上传文件。", "Upload files as multipart/form-data."
            )
        self._parser = MultipartParser(boundary, self._callbacks())

    def feed(self, data: bytes) -> None:
        """Take the next bytes of the body."""
        try:
            self._parser.write(data)
        except FormParserError as error:
            raise _broken() from error
        except OSError as error:
            raise Problem(
                f"文件无法写入磁盘({error.strerror}),未保存。请管理员检查数据文件夹的剩余空间和权限。",
                f"The file cannot be written to disk ({error.strerror}); nothing was kept. Ask the "
                "administrator to look at the space and rights of the data folder.",
                status=507,
            ) from error

    def end(self) -> None:
        """Make sure that the body came to its end."""
        if not self._ended:
            raise _broken()

    def _callbacks(self) -> Any:
        return {
            "on_part_begin": self._begin,
            "on_header_field": lambda data, start, end: self._header[0].extend(data[start:end]),
            "on_header_value": lambda data, start, end: self._header[1].extend(data[start:end]),
            "on_header_end": self._end_header,
            "on_headers_finished": self._open,
            "on_part_data": self._data,
            "on_part_end": self._close,
            "on_end": self._finish,
        }

    def _begin(self) -> None:
        self._disposition = b""
        self._value = bytearray()
        self._file = None

    def _end_header(self) -> None:
        name, value = self._header
        if name.lower() == b"content-disposition":
            self._disposition = bytes(value)
        self._header = (bytearray(), bytearray())

    def _open(self) -> None:
        _, options = parse_options_header(self._disposition)
        self._name = _decode(options.get(b"name", b""))
        if b"filename" not in options:
            return
        name = core.clean_file_name(_decode(options[b"filename"]))
        core.refuse_state_secret(name, "文件名", "file name")
        if len(self.received.files) >= self._schedule.most_files:
            raise TooLargeProblem(
                f"一次最多上传 {self._schedule.most_files} 个文件,未保存。请分次上传。",
                f"At most {self._schedule.most_files} files go in one upload. Nothing was kept.",
            )
        self._file = self._originals.begin(self._schedule.most_bytes)
        self.received.files.append((name, self._file))

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self._file is not None:
            self._file.write(data[start:end])
            return
        self._value += data[start:end]
        if len(self._value) > _LONGEST_FIELD:
            raise TooLargeProblem(
                f"字段 {self._name} 过长,未保存。", f"The field {self._name} is too long."
            )

    def _close(self) -> None:
        if self._file is not None:
            self._file.finish()
            return
        values = self.received.values.setdefault(self._name, [])
        values.append(_decode(bytes(self._value)))
        if sum(map(len, self.received.values.values())) > _MOST_FIELDS:
            raise TooLargeProblem("表单字段过多,未保存。", "The form has too many fields.")

    def _finish(self) -> None:
        self._ended = True


def _decode(data: bytes) -> str:
    for encoding in ("utf-8", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1")


def _broken() -> InputProblem:
    return InputProblem(
        "上传的内容不完整或格式有误,未保存任何文件。请检查网络后重新上传。",
        "The upload was cut short or malformed; nothing was kept. Upload it again.",
    )
