"""The witness's side: signs a log's checkpoint only if it continues the one it signed last.

It needs no database: the key and what was signed last of each log lie in the keys folder.
"""

from __future__ import annotations

import base64
import json
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from chaintwin.kit.digests import sha256
from chaintwin.kit.keyfiles import load_key
from chaintwin.kit.merkle import EMPTY_ROOT, is_consistent
from chaintwin.kit.notes import LOG, WITNESS, Checker, Checkpoint, Note, Signer
from chaintwin.kit.places import Places, make_folder
from chaintwin.kit.problems import ConflictProblem, InputProblem

_SECRET = 0o700


class ForkedLog(ConflictProblem):
    """Somebody shows another history than the one that was signed before."""


@dataclass(frozen=True, slots=True)
class Request:
    """What a witness is asked: a checkpoint, and the proof that it continues an older size."""

    old: int
    proof: list[bytes]
    note: Note
    checkpoint: Checkpoint

    @classmethod
    def parse(cls, text: str) -> Request:
        """Read a request; raise InputProblem when it is none."""
        head, gap, rest = text.partition("\n\n")
        first, *lines = head.split("\n")
        try:
            if not gap or not first.startswith("old "):
                raise ValueError(first)
            old, proof = int(first[4:]), [base64.b64decode(line, validate=True) for line in lines]
        except ValueError as error:
            raise InputProblem(
                "这不是联署请求。请让对方用 chaintwin ledger request 生成。",
                "This is no request. Let the other side make one with chaintwin ledger request.",
            ) from error
        note = Note.parse(rest)
        return cls(old, proof, note, Checkpoint.parse(note.text))


class Witness:
    """This machine as a witness of other bureaus' logs."""

    def __init__(self, places: Places) -> None:
        self._keys = places.keys
        self._folder = places.keys / "witness"

    def signer(self, name: str | None = None) -> Signer:
        """Return what signs here; its name is given once, at the first time.

        Raises InputProblem when no name was ever given, ConflictProblem for another one.
        """
        path = self._folder / "name"
        held = path.read_text("utf-8").strip() if path.exists() else None
        if held is None and not name:
            raise InputProblem(
                "本机还没有联署身份。请先运行 "
                "chaintwin ledger witness-key --name 单位名称(不含空格和+)。",
                "This machine is no witness yet. Run chaintwin ledger witness-key --name NAME "
                "(no spaces, no +) first.",
            )
        if held is not None and name and name != held:
            raise ConflictProblem(
                f"本机的联署名称已定为“{held}”,不能更改。",
                f"This machine signs as “{held}”; that cannot be changed.",
            )
        made = Signer(held or str(name), self._seed(), WITNESS)
        Checker.parse(str(made.checker))  # a name with spaces or + is refused
        if held is None:
            _replace(path, f"{name}\n")
        return made

    def cosign(self, text: str, log_key: str | None, now: datetime) -> str:
        """Return the checkpoint of a request with our signature under it.

        At first contact `log_key` says which key signs that log; from then on it is known. Raises
        InputProblem when the log did not sign it, ForkedLog when it does not continue what was
        signed here, ConflictProblem when the request starts at another size than that.
        """
        request = Request.parse(text)
        signer = self.signer()
        held = self._held(request.checkpoint.origin)
        key = self._key(held, log_key, request)
        if key.check(request.note) is None:
            raise InputProblem(
                "检查点没有账本本身的有效签名,没有联署。",
                "The log itself did not sign this checkpoint.",
            )
        last = Checkpoint.parse(Note.parse(held["note"]).text) if held else None
        _check_continues(request, last)
        signed = request.note.signed(signer.sign(request.note.text, int(now.timestamp())))
        kept = {"key": str(key), "note": str(signed)}
        _replace(self._file(request.checkpoint.origin), json.dumps(kept, ensure_ascii=False))
        return str(signed)

    def _key(self, held: dict[str, str] | None, given: str | None, request: Request) -> Checker:
        if held is None and given is None:
            raise InputProblem(
                f"第一次为“{request.checkpoint.origin}”联署,请用 --log-key 给出对方账本公钥"
                "(从可靠渠道取得,对方运行 chaintwin ledger key)。",
                f"This is the first time for “{request.checkpoint.origin}”: give the log's key "
                "with --log-key, from a channel you trust (there: chaintwin ledger key).",
            )
        key = Checker.parse(held["key"] if held else str(given))
        if given is not None and str(key) != str(Checker.parse(given)):
            raise ForkedLog(
                "对方账本的公钥与上次不同,没有联署。请向对方核实。",
                "The log's key is another one than last time; nothing was signed. Ask them why.",
            )
        if key.kind != LOG or key.name != request.checkpoint.origin:
            raise InputProblem(
                f"这个公钥属于“{key.name}”,不属于“{request.checkpoint.origin}”。",
                f"This key belongs to “{key.name}”, not to “{request.checkpoint.origin}”.",
            )
        return key

    def _held(self, origin: str) -> dict[str, str] | None:
        path = self._file(origin)
        if not path.exists():
            return None
        found: dict[str, str] = json.loads(path.read_text("utf-8"))
        return found

    def _file(self, origin: str) -> Path:
        return self._folder / f"{sha256(origin.encode()).hex()[:32]}.json"

    def _seed(self) -> bytes:
        make_folder(self._keys, _SECRET)
        make_folder(self._folder, _SECRET)
        return load_key(self._keys / "witness.key", lost=None)


def _check_continues(request: Request, last: Checkpoint | None) -> None:
    size, root = (0, EMPTY_ROOT) if last is None else (last.size, last.root)
    new = request.checkpoint
    if new.size == size and new.root != root:
        raise _forked(size)
    if request.old != size:
        raise ConflictProblem(
            f"请求从大小 {request.old} 起证明,而本机上次联署的是 {size}。"
            f"请对方用 chaintwin ledger request --since {size} 重新生成。",
            f"The request proves from size {request.old}, but {size} was signed here last. "
            f"Let the other side make it with chaintwin ledger request --since {size}.",
        )
    if not is_consistent(size, root, new.size, new.root, request.proof):
        raise _forked(size)


def _forked(size: int) -> ForkedLog:
    return ForkedLog(
        f"拒绝联署:这份检查点不是上次联署内容(大小 {size})的延续,历史可能被改写。"
        "请保留两份检查点并向对方查问。",
        f"Refused: this checkpoint does not continue what was signed here at size {size}; history "
        "may have been rewritten. Keep both checkpoints and ask the other side.",
    )


def _replace(path: Path, text: str) -> None:
    part = path.with_name(f"{path.name}.part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
