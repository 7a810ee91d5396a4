"""Where messages may go: open networks always, others only if an administrator allows them.

A name is looked up here and the address found is the one connected to, so that a name cannot point
to an inner machine by the time of the connection (DNS rebinding).
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from chaintwin.kit.problems import InputProblem
from chaintwin.twin.subscriptions.model import DeliveryFailed

_PORTS = {"http": 80, "https": 443, "mqtt": 1883, "mqtts": 8883}
_LONGEST = 2000

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
# Where a cloud machine asks for its own credentials; no administrator can open these.
_NEVER = (ipaddress.ip_network("169.254.0.0/16"), ipaddress.ip_network("fe80::/10"))


@dataclass(frozen=True, slots=True)
class Place:
    """A receiver's address in parts; `path` with its query."""

    scheme: str
    host: str
    port: int
    path: str


def parse_target(target: str, schemes: Iterable[str]) -> Place:
    """Return the parts of an address; raise InputProblem when it is none of these schemes."""
    allowed = tuple(schemes)
    parts = _split(target)
    if parts is None or parts.scheme not in allowed or not parts.hostname:
        raise InputProblem(
            f"接收地址“{target[:100]}”无法识别。请写成 {allowed[-1]}://主机/路径 的形式。",
            f"The address “{target[:100]}” is not understood. Write {allowed[-1]}://host/path.",
        )
    if parts.username is not None or parts.password is not None:
        raise InputProblem(
            "接收地址里不能写用户名和密码。请填在用户名、密码或请求头栏，它们会加密保存。",
            "An address must not hold a user name or password. Give them apart; they are sealed.",
        )
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    return Place(parts.scheme, parts.hostname, parts.port or _PORTS[parts.scheme], path)


def parse_networks(given: Iterable[str]) -> list[str]:
    """Return networks in their usual form; raise InputProblem for what is none."""
    networks = []
    for text in given:
        try:
            network = ipaddress.ip_network(text.strip(), strict=False)
        except ValueError:
            raise InputProblem(
                f"“{text[:60]}”不是网段。请写成 10.1.0.0/16 或 192.168.3.7 的形式。",
                f"“{text[:60]}” is no network. Write 10.1.0.0/16 or 192.168.3.7.",
            ) from None
        if any(one.version == network.version and network.overlaps(one) for one in _NEVER):
            raise InputProblem(
                f"网段 {network} 含链路本地地址（169.254.0.0/16、fe80::/10），"
                "云主机的密钥在那里，不能开放。",
                f"{network} holds link-local addresses, where cloud machines keep credentials. "
                "It cannot be opened.",
            )
        networks.append(str(network))
    return sorted(set(networks))


def refuse_address(host: str, networks: Iterable[str]) -> None:
    """Raise DeliveryFailed if a host written as an address is not allowed; names are let pass."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return
    if not _is_allowed(address, networks):
        raise _forbidden(host, address)


async def find_address(place: Place, networks: Iterable[str]) -> str:
    """Return the address to connect to; raise DeliveryFailed if there is none or not allowed."""
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(place.host, place.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise DeliveryFailed(
            f"找不到主机“{place.host}”。请检查拼写，或本机的域名解析（DNS）。",
            f"The host “{place.host}” is not found. Check its spelling or this machine's DNS.",
        ) from error
    addresses = [ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]
    allowed = tuple(networks)
    for address in addresses:
        if not _is_allowed(address, allowed):
            raise _forbidden(place.host, address)
    return str(addresses[0])


def _is_allowed(address: Address, networks: Iterable[str]) -> bool:
    inner = getattr(address, "ipv4_mapped", None) or address
    if any(inner in one for one in _NEVER if one.version == inner.version):
        return False
    if inner.is_global and not inner.is_multicast:
        return True
    return any(_holds(network, inner) for network in networks)


def _holds(network: str, address: Address) -> bool:
    parsed = ipaddress.ip_network(network)
    return parsed.version == address.version and address in parsed


def _forbidden(host: str, address: Address) -> DeliveryFailed:
    return DeliveryFailed(
        f"“{host}”指向内部地址 {address}，不允许发送。系统管理员可在“系统 → 订阅”里开放该网段。",
        f"“{host}” points to the inner address {address}, where nothing is sent. An administrator "
        "can open that network under System, Subscriptions.",
    )


def _split(target: str) -> SplitResult | None:
    if len(target) > _LONGEST or not target.isprintable() or " " in target:
        return None
    try:
        parts = urlsplit(target)
        _ = parts.port
    except ValueError:
        return None
    return parts
