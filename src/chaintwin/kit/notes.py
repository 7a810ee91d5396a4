"""Signed notes and checkpoints by C2SP: signed-note, tlog-checkpoint, cosignature/v1.

A key for checking is spelled `name+id+base64`, as in Go's golang.org/x/mod/sumdb/note.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from chaintwin.kit.digests import sha256
from chaintwin.kit.problems import InputProblem

# Signature types of C2SP signed-note: of the log itself, and of a witness with a time.
LOG, WITNESS = 1, 4
_DASH = "\u2014 "
_ID, _TIME = 4, 8


@dataclass(frozen=True, slots=True)
class Checker:
    """A public key by its name; `kind` is LOG or WITNESS."""

    name: str
    kind: int
    key: bytes

    @classmethod
    def parse(cls, text: str) -> Checker:
        """Read `name+id+base64`; raise InputProblem when it is none, or its id is wrong."""
        parts = text.strip().split("+", 2)
        try:
            data = base64.b64decode(parts[2], validate=True)
            made = cls(parts[0], data[0], data[1:])
        except (IndexError, ValueError) as error:
            raise _no_key(text) from error
        is_known = made.kind in {LOG, WITNESS} and len(made.key) == 32
        if not is_known or not _is_name(made.name) or made.id.hex() != parts[1]:
            raise _no_key(text)
        return made

    @property
    def id(self) -> bytes:
        """Return the four bytes by which a signature says whose it is."""
        return sha256(f"{self.name}\n".encode() + bytes([self.kind]) + self.key)[:_ID]

    def __str__(self) -> str:
        """Spell the key for others to keep."""
        spelled = base64.b64encode(bytes([self.kind]) + self.key).decode()
        return f"{self.name}+{self.id.hex()}+{spelled}"

    def check(self, note: Note) -> Signed | None:
        """Return this key's good signature on a note, None when there is none."""
        for signature in note.signatures:
            if (signature.name, signature.data[:_ID]) != (self.name, self.id):
                continue
            if self.kind == WITNESS:
                at = int.from_bytes(signature.data[_ID : _ID + _TIME], "big")
                found, message = Signed(signature, at), _witnessed(note.text, at)
                raw = signature.data[_ID + _TIME :]
            else:
                found, message = Signed(signature, None), note.text.encode()
                raw = signature.data[_ID:]
            if _is_signed(self.key, raw, message):
                return found
        return None


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line of a note: who, and the bytes that start with the key's id."""

    name: str
    data: bytes

    def __str__(self) -> str:
        """Return the line without its end."""
        return f"{_DASH}{self.name} {base64.b64encode(self.data).decode()}"


@dataclass(frozen=True, slots=True)
class Signed:
    """A signature that was found good; a witness says when, in seconds since 1970."""

    signature: Signature
    at: int | None


@dataclass(frozen=True, slots=True)
class Note:
    """A text, its last line ended, with the signatures under it."""

    text: str
    signatures: tuple[Signature, ...] = ()

    @classmethod
    def parse(cls, whole: str) -> Note:
        """Read a signed note; raise InputProblem when it is none."""
        text, gap, signed = whole.rpartition("\n\n")
        if not gap or not signed.endswith("\n"):
            raise _no_note()
        lines = signed[:-1].split("\n")
        return cls(text + "\n", tuple(parse_signature(line) for line in lines))

    def signed(self, *more: Signature) -> Note:
        """Return the note with more signatures under it."""
        fresh = tuple(one for one in more if one not in self.signatures)
        return Note(self.text, self.signatures + fresh)

    def __str__(self) -> str:
        """Return the note as it is stored and sent."""
        return self.text + "\n" + "".join(f"{one}\n" for one in self.signatures)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log claims to hold: so many leaves under this root."""

    origin: str
    size: int
    root: bytes

    @classmethod
    def parse(cls, text: str) -> Checkpoint:
        """Read the text of a checkpoint note; raise InputProblem when it is none."""
        lines = text.split("\n")
        try:
            origin, size, root = lines[0], int(lines[1]), base64.b64decode(lines[2], validate=True)
        except (IndexError, ValueError) as error:
            raise _no_note() from error
        if not origin or str(size) != lines[1] or size < 0 or len(root) != 32:
            raise _no_note()
        return cls(origin, size, root)

    @property
    def text(self) -> str:
        """Return the text that is signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


@dataclass(frozen=True, slots=True)
class Signer:
    """A private key with the name under which it signs."""

    name: str
    seed: bytes
    kind: int = LOG

    @property
    def checker(self) -> Checker:
        """Return the key by which others check."""
        public = Ed25519PrivateKey.from_private_bytes(self.seed).public_key()
        return Checker(self.name, self.kind, public.public_bytes_raw())

    def sign(self, text: str, at: int | None = None) -> Signature:
        """Sign a note's text; a witness says when, in seconds since 1970."""
        key = Ed25519PrivateKey.from_private_bytes(self.seed)
        if self.kind == LOG:
            return Signature(self.name, self.checker.id + key.sign(text.encode()))
        if at is None:
            raise ValueError("a witness says when it signs")
        raw = at.to_bytes(_TIME, "big") + key.sign(_witnessed(text, at))
        return Signature(self.name, self.checker.id + raw)


def parse_signature(line: str) -> Signature:
    """Read one signature line; raise InputProblem when it is none."""
    name, _, spelled = line.removeprefix(_DASH).partition(" ")
    try:
        data = base64.b64decode(spelled, validate=True)
    except ValueError as error:
        raise _no_note() from error
    if not line.startswith(_DASH) or not _is_name(name) or len(data) <= _ID:
        raise _no_note()
    return Signature(name, data)


def _witnessed(text: str, at: int) -> bytes:
    return f"cosignature/v1\ntime {at}\n{text}".encode()


def _is_signed(key: bytes, raw: bytes, message: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(raw, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def _is_name(name: str) -> bool:
    return bool(name) and "+" not in name and not any(letter.isspace() for letter in name)


def _no_note() -> InputProblem:
    return InputProblem(
        "这不是签名检查点(C2SP signed-note 格式)。请核对文件是否完整。",
        "This is no signed checkpoint (C2SP signed-note). Check that the file is whole.",
    )


def _no_key(text: str) -> InputProblem:
    return InputProblem(
        f"“{text[:120]}”不是核验公钥(形如 名称+8位编号+base64)。请整行复制,不要漏字。",
        f"“{text[:120]}” is no public key (name+id+base64). Copy the whole line.",
    )
