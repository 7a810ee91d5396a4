"""Sends messages by HTTP POST, signed as Standard Webhooks says (standardwebhooks.com)."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import ssl
from collections.abc import Mapping

import httpx2

from chaintwin.physical.actions.addresses import Place, find_address, parse_target
from chaintwin.twin.subscriptions.deliverer import timed_out
from chaintwin.twin.subscriptions.model import DeliveryFailed, Receiver, Sending

SCHEMES = ("http", "https")
KEY_MARK = "whsec_"
_GONE = 410
_BUSY = {429, 503}
_MOST_READ = 65_536
_LONGEST_WAIT_S = 3600.0
_CONNECTIONS = 200


class WebhookSender:
    """Posts messages; follows no redirects, uses no proxy, connects to checked addresses only."""

    def __init__(self) -> None:
        self._client: httpx2.AsyncClient | None = None

    async def send(self, receiver: Receiver, sending: Sending) -> int | None:
        """Return the status of a receiver that took it (2xx); raise DeliveryFailed."""
        place = parse_target(receiver.target, SCHEMES)
        try:
            async with asyncio.timeout(receiver.timeout_s):
                address = await find_address(place, receiver.networks)
                response = await self._post(place, address, receiver, sending)
        except (TimeoutError, httpx2.TimeoutException) as error:
            raise timed_out(receiver.timeout_s) from error
        except httpx2.HTTPError as error:
            raise _broken(place, error) from error
        return _judge(response)

    async def close(self) -> None:
        """Let go of every connection."""
        if self._client is not None:
            await self._client.aclose()

    async def _post(
        self, place: Place, address: str, receiver: Receiver, sending: Sending
    ) -> httpx2.Response:
        if self._client is None:
            self._client = httpx2.AsyncClient(
                trust_env=False,
                timeout=None,
                limits=httpx2.Limits(max_connections=_CONNECTIONS, keepalive_expiry=30),
            )
        host = f"[{address}]" if ":" in address else address
        named = f"[{place.host}]" if ":" in place.host else place.host
        request = self._client.build_request(
            "POST",
            f"{place.scheme}://{host}:{place.port}{place.path or '/'}",
            content=sending.message.content,
            headers={**_headers(receiver, sending), "Host": f"{named}:{place.port}"},
            extensions={"sni_hostname": place.host},
        )
        response = await self._client.send(request, stream=True)
        try:
            await _read_some(response)
        finally:
            await response.aclose()
        return response


def _headers(receiver: Receiver, sending: Sending) -> Mapping[str, str]:
    moment = str(int(sending.at.timestamp()))
    headers = {
        "User-Agent": "chaintwin",
        "Content-Type": sending.message.content_type,
        **sending.message.headers,
        **receiver.secrets.headers,
    }
    if receiver.secrets.key is not None:
        headers |= {
            "webhook-id": sending.id,
            "webhook-timestamp": moment,
            "webhook-signature": sign(
                receiver.secrets.key, sending.id, moment, sending.message.content
            ),
        }
    return headers


def sign(key: str, message_id: str, moment: str, content: bytes) -> str:
    """Return the signature header: HMAC-SHA256 over id, moment and content, in base64."""
    secret = base64.b64decode(key.removeprefix(KEY_MARK))
    signed = f"{message_id}.{moment}.".encode() + content
    return "v1," + base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()


async def _read_some(response: httpx2.Response) -> None:
    """Read a short answer to its end, so that the connection can be used again."""
    read = 0
    async for part in response.aiter_raw():
        read += len(part)
        if read > _MOST_READ:
            return


def _judge(response: httpx2.Response) -> int:
    status = response.status_code
    if response.is_success:
        return status
    if status == _GONE:
        raise DeliveryFailed(
            "接收方答复 410：不再接收。订阅已暂停；确认后可以恢复。",
            "The receiver answered 410: it takes no more. The subscription is paused.",
            status=status,
            is_final=True,
        )
    if response.is_redirect:
        raise DeliveryFailed(
            f"接收方要求转到别的地址（{status}），系统不跟随转向。请把订阅的地址改成最终地址。",
            f"The receiver redirects ({status}), which is not followed. Give the final address.",
            status=status,
        )
    wait = response.headers.get("retry-after", "") if status in _BUSY else ""
    raise DeliveryFailed(
        f"接收方答复 {status}，没有接收。请查看接收程序的日志。",
        f"The receiver answered {status} and did not take it. See the receiver's log.",
        status=status,
        retry_after_s=min(float(wait), _LONGEST_WAIT_S) if wait.isdigit() else None,
    )


def _broken(place: Place, error: httpx2.HTTPError) -> DeliveryFailed:
    where = f"{place.host}:{place.port}"
    if _is_untrusted(error):
        return DeliveryFailed(
            f"{where} 的安全证书不可信（TLS）。请检查证书是否过期、是否与主机名相符、"
            "签发机构是否已安装到本机。",
            f"The certificate of {where} is not trusted. Check its date, its name and its issuer.",
        )
    if isinstance(error, httpx2.ConnectError):
        return DeliveryFailed(
            f"连接不上 {where}：对方拒绝或不可达。请检查接收程序是否在运行、防火墙是否放行。",
            f"No connection to {where}: refused or unreachable. Check that the receiver runs.",
        )
    return DeliveryFailed(
        f"与 {where} 的连接中途断开，不知对方是否收到，将再次发送。",
        f"The connection to {where} broke off; it is sent again, for it may not have arrived.",
    )


def _is_untrusted(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return True
        error = error.__cause__ or error.__context__
    return False
