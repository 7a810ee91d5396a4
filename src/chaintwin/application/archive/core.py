"""What may be filed and under which name. Pure."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from chaintwin.kit.clock import calendar_day
from chaintwin.kit.media import PROGRAM
from chaintwin.kit.problems import InputProblem, Problem
from chaintwin.model.fact import Moment, Precision

_LONGEST_NAME = 120
_LONGEST_TITLE = 500
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]+")
# Marks of a state secret: the words alone or with ★. Words of trade that only hold the same
# characters (手机密封件, 隔绝密封) are no marks; 商业秘密 and 工作秘密 are labels of this archive.
_SECRET = re.compile(
    r"绝密(?![封闭切])|(?<![手司整主飞])机密(?![封闭码度集钥])|机密★|"
    r"(?:^|[^业作人])秘密[★☆*]|[(\[【〔<《]秘密[)\]】〕>》]"
)
_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]')
_RESERVED = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d)(\..*)?$", re.IGNORECASE)


class StateSecretProblem(Problem):
    """A paper that bears the mark of a state secret; it may not enter."""

    status = 422


def refuse_state_secret(text: str, where_zh: str, where_en: str) -> None:
    """Raise StateSecretProblem when a title or file name bears the mark of a state secret."""
    bare = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))
    found = _SECRET.search(bare)
    if found is None:
        return
    raise StateSecretProblem(
        f"{where_zh}“{text}”含国家秘密标志“{found.group()}”,已拒绝接收,未保存任何内容。"
        "涉密文件请在涉密信息系统中办理;如属误写,请更正题名或文件名后重新上传。",
        f"The {where_en} “{text}” bears the state-secret mark “{found.group()}”: refused, nothing "
        "was kept. Handle classified papers in a classified system; if it is a slip, mend the "
        "title or file name and upload again.",
        mark=found.group(),
    )


def clean_file_name(given: str) -> str:
    """Return a name that any system can store: no path, no control or reserved characters."""
    name = unicodedata.normalize("NFC", given).replace("\\", "/").rsplit("/", 1)[-1]
    name = _FORBIDDEN.sub("_", name).strip(" .")
    stem, dot, ending = name.rpartition(".")
    if dot and len(ending) <= 16:
        name = f"{stem[: _LONGEST_NAME - len(ending) - 1]}.{ending}"
    name = name[:_LONGEST_NAME]
    if not name or not name.strip("_. "):
        return "未命名"
    return f"_{name}" if _RESERVED.match(name) else name


def clean_title(given: str) -> str:
    """Return a title without control characters, trimmed to what a register can hold."""
    return _CONTROL.sub(" ", given).strip()[:_LONGEST_TITLE]


def stem_of(name: str) -> str:
    """Return a file name without its ending."""
    stem, dot, _ = name.rpartition(".")
    return stem if dot and stem else name


def refuse_unfit(name: str, size: int, media: str) -> None:
    """Raise InputProblem for a paper that holds nothing or is a program."""
    if size == 0:
        raise InputProblem(
            f"文件“{name}”是空的(0 字节),未归档。请检查原文件后重新上传。",
            f"The file “{name}” is empty (0 bytes) and was not filed. Check it, upload it again.",
        )
    if media == PROGRAM:
        raise InputProblem(
            f"文件“{name}”是可执行程序,不能归档。请上传文档、图片、音视频或压缩包。",
            f"The file “{name}” is a program and cannot be filed. Upload a document or media.",
        )


def check_formed(formed: Moment, today: date) -> str:
    """Return a formed-on date as text at its precision; raise InputProblem if in the future."""
    day = calendar_day(formed.at)
    if day > today:
        raise InputProblem(
            f"形成日期 {day} 晚于今天 {today}。请更正。",
            f"The paper cannot have been made on {day}, after today {today}. Correct the date.",
        )
    length = {Precision.YEAR: 4, Precision.MONTH: 7}.get(formed.precision, 10)
    return day.isoformat()[:length]
