"""RFC 3161 time-stamps on checkpoints, when an authority is configured; nothing waits for it."""

from __future__ import annotations

import os
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from asn1crypto import cms, tsp
from cryptography import x509
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from chaintwin.engine.database import Connection
from chaintwin.kit.digests import sha256
from chaintwin.kit.problems import Problem
from chaintwin.twin.ledger.book import Ledger, Log, keeper
from chaintwin.twin.store import tlog, vouching
from chaintwin.twin.store.tlog import CheckpointRow
from chaintwin.twin.store.verifying import Difference
from chaintwin.twin.store.vouching import StampRow

URL_VARIABLE = "CHAINTWIN_TIMESTAMP_URL"
ROOTS_VARIABLE = "CHAINTWIN_TIMESTAMP_ROOTS"
_EVERY = timedelta(hours=1)
_TIMEOUT_S = 20
_MOST_BYTES = 1 << 20


def is_configured(environ: Mapping[str, str] = os.environ) -> bool:
    """Tell whether the environment names an authority."""
    return bool(environ.get(URL_VARIABLE, "").strip())


@dataclass(frozen=True, slots=True)
class Authority:
    """A time-stamping authority: its address and the root certificates it is trusted by."""

    url: str
    roots: tuple[x509.Certificate, ...]

    @classmethod
    def configured(cls, environ: Mapping[str, str] = os.environ) -> Authority | None:
        """Return the authority that the environment names; None without one.

        Raises Problem when its address or its certificates cannot be used.
        """
        url = environ.get(URL_VARIABLE, "").strip()
        if not url:
            return None
        if not url.startswith(("http://", "https://")):
            raise Problem(
                f"{URL_VARIABLE} 应以 http:// 或 https:// 开头,现为“{url}”。",
                f"{URL_VARIABLE} must begin with http:// or https://, not “{url}”.",
            )
        path = Path(environ.get(ROOTS_VARIABLE, ""))
        try:
            return cls(url, tuple(x509.load_pem_x509_certificates(path.read_bytes())))
        except (OSError, ValueError) as error:
            raise Problem(
                f"无法读取时间戳机构的根证书:请用 {ROOTS_VARIABLE} 指定 PEM 文件(现为“{path}”)。",
                f"The authority's root certificates cannot be read: name a PEM file with "
                f"{ROOTS_VARIABLE} (now “{path}”).",
            ) from error

    def stamp(self, data: bytes) -> bytes:
        """Return the authority's answer (DER) over some bytes, checked.

        Raises Problem when it cannot be reached or its answer does not hold.
        """
        builder = TimestampRequestBuilder().data(data).hash_algorithm(HashAlgorithm.SHA256)
        request = builder.build()
        answer = self._ask(request.as_bytes())
        verifier = VerifierBuilder.from_request(request)
        try:
            self._verify(verifier, decode_answer(answer), data)
        except (ValueError, VerificationError) as error:
            raise Problem(
                f"时间戳机构 {self.url} 的应答无效:{error}。请核对根证书({ROOTS_VARIABLE})。",
                f"The answer of {self.url} does not hold: {error}. Check {ROOTS_VARIABLE}.",
                status=502,
            ) from error
        return answer

    def check(self, answer: bytes, data: bytes) -> bool:
        """Tell whether a kept answer is a good time-stamp over some bytes."""
        try:
            self._verify(VerifierBuilder(), decode_answer(answer), data)
        except (ValueError, VerificationError):
            return False
        return True

    def _verify(self, builder: VerifierBuilder, found: TimeStampResponse, data: bytes) -> None:
        for root in self.roots:
            builder = builder.add_root_certificate(root)
        builder.build().verify_message(found, data)

    def _ask(self, request: bytes) -> bytes:
        asked = urllib.request.Request(  # noqa: S310 - http or https, see `configured`
            self.url,
            request,
            {
                "Content-Type": "application/timestamp-query",
                "Accept": "application/timestamp-reply",
            },
        )
        try:
            with urllib.request.urlopen(asked, timeout=_TIMEOUT_S) as answer:  # noqa: S310
                found: bytes = answer.read(_MOST_BYTES)
                return found
        except (urllib.error.URLError, OSError, ValueError) as error:
            raise Problem(
                f"时间戳机构 {self.url} 无法连接:{error}。稍后自动重试,账本不受影响。",
                f"The authority {self.url} cannot be reached: {error}. It is tried again later; "
                "the ledger goes on.",
                status=502,
            ) from error


def decode_answer(answer: bytes) -> TimeStampResponse:
    """Read an authority's answer; raise ValueError when it is none.

    DER sorts the members of a set. OpenSSL sends its certificates unsorted, which the strict
    reader refuses; they are not under the signature, so sorting them changes nothing that counts.
    """
    found = tsp.TimeStampResp.load(answer)
    if found["time_stamp_token"].native is not None:
        signed = found["time_stamp_token"]["content"]
        given = sorted(signed["certificates"], key=lambda one: bytes(one.dump()))
        signed["certificates"] = cms.CertificateSet(given)
    return decode_timestamp_response(found.dump())


def stamp_log(ledger: Ledger, authority: Authority, log: Log) -> StampRow | None:
    """Have a log's latest checkpoint stamped unless the last stamp is less than an hour old.

    Raises Problem when the authority gives none. No transaction is open while it is asked.
    """
    now = ledger.twin.clock.now()
    row = _due(ledger, authority, log)
    if row is None:
        return None
    made = StampRow(row.size, authority.url, now, authority.stamp(row.note.encode()))
    with ledger.twin.database.transaction(keeper(log).settings()) as connection:
        vouching.put_stamp(connection, log.tenant, made)
    return made


def _due(ledger: Ledger, authority: Authority, log: Log) -> CheckpointRow | None:
    with ledger.twin.database.transaction(keeper(log).settings()) as connection:
        row = tlog.last_checkpoint(connection, log.tenant)
        stamps = vouching.list_stamps(connection, log.tenant, limit=1)
    own = [stamp for stamp in stamps if stamp.authority == authority.url]
    is_fresh = own and (
        own[0].size == (row.size if row else 0) or own[0].at > ledger.twin.clock.now() - _EVERY
    )
    return None if is_fresh else row


def check_stamps(
    connection: Connection, log: Log, authority: Authority | None
) -> Iterator[Difference]:
    """Yield time-stamps that do not fit their checkpoint; signatures need the authority's roots."""
    for stamp in vouching.list_stamps(connection, log.tenant):
        row = tlog.get_checkpoint(connection, log.tenant, stamp.size)
        data = row.note.encode() if row else b""
        is_own = authority is not None and authority.url == stamp.authority
        good = authority.check(stamp.answer, data) if is_own and authority else _fits(stamp, data)
        if not good:
            zh = f"检查点(大小 {stamp.size})的时间戳与内容不符"
            en = f"the time-stamp on the checkpoint of size {stamp.size} does not fit it"
            yield Difference("stamp", None, None, zh, en, log.tenant)


def _fits(stamp: StampRow, data: bytes) -> bool:
    try:
        imprint = decode_answer(stamp.answer).tst_info.message_imprint
    except ValueError:
        return False
    return imprint.message == sha256(data)
