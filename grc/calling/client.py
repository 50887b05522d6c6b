"""The only part that speaks to the endpoints of workflows: one POST, no redirect, no address that is not allowed."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

import httpx2

SECONDS = 15.0
LARGEST_ANSWER = 80_000
LONGEST_KEPT = 20_000
_RETRIED = frozenset({408, 425, 429})

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_PUBLIC_V6 = ipaddress.IPv6Network("2000::/3")
_TUNNELS = (ipaddress.IPv6Network("2002::/16"), ipaddress.IPv6Network("2001::/32"))
"""6to4 and Teredo: an IPv4 address within, whichever it is."""
_SPECIAL_V4 = (ipaddress.IPv4Network("192.0.0.0/24"), ipaddress.IPv4Network("192.88.99.0/24"))


class Unreachable(Exception):
    """No answer to keep: the network, the address or its certificate; fault says which, without any content."""

    def __init__(self, fault: str) -> None:
        super().__init__(fault)
        self.fault = fault


@dataclass(frozen=True)
class Answered:
    """The status and the beginning of the text."""

    status: int
    text: str

    @property
    def is_done(self) -> bool:
        return 200 <= self.status < 300

    @property
    def is_final(self) -> bool:
        """Whether asking again would change nothing: done, or refused for good. A redirect is not followed."""
        return self.status < 500 and self.status not in _RETRIED


class EndpointClient:
    """allows_private: whether addresses of a private network, this machine's too, may be called."""

    def __init__(self, *, allows_private: bool = False, timeout: float = SECONDS) -> None:
        self._allows_private, self._timeout = allows_private, timeout
        self._http = httpx2.AsyncClient(timeout=timeout, follow_redirects=False, trust_env=False)

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answered:
        """What the endpoint answers, read up to a bound; raises Unreachable.

        The name is looked up once and what was checked is what is called: it cannot change its mind in between.
        """
        parts = urlsplit(url)
        try:
            async with asyncio.timeout(self._timeout):
                address = await self._address(parts)
                return await self._send(parts, address, body, headers)
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError, TimeoutError, UnicodeError, ValueError) as error:
            raise Unreachable(type(error).__name__) from None

    async def close(self) -> None:
        """Ends the connections."""
        await self._http.aclose()

    async def _address(self, parts: SplitResult) -> _Address:
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = [_plain(str(each[4][0])) for each in found]
        if not addresses or not all(self._allows(each) for each in addresses):
            raise Unreachable("address not allowed")
        return addresses[0]

    def _allows(self, address: _Address) -> bool:
        return self._allows_private or _is_public(address)

    async def _send(self, parts: SplitResult, address: _Address, body: bytes, headers: Mapping[str, str]) -> Answered:
        written = f"[{address}]" if isinstance(address, ipaddress.IPv6Address) else str(address)
        place = parts._replace(netloc=written if parts.port is None else f"{written}:{parts.port}", fragment="")
        request = self._http.build_request(
            "POST",
            place.geturl(),
            content=body,
            headers={"Host": parts.netloc, "Accept-Encoding": "identity", "User-Agent": "GRC", **headers},
            extensions={"sni_hostname": parts.hostname or ""},
        )
        answer = await self._http.send(request, stream=True)
        try:
            content = bytearray()
            async for chunk in answer.aiter_raw():
                content += chunk
                if len(content) > LARGEST_ANSWER:
                    break
        finally:
            await answer.aclose()
        text = bytes(content[:LARGEST_ANSWER]).decode("utf-8", "replace").replace("\0", "")
        return Answered(answer.status_code, text[:LONGEST_KEPT])


def _plain(text: str) -> _Address:
    address = ipaddress.ip_address(text.partition("%")[0])
    return (address.ipv4_mapped or address) if isinstance(address, ipaddress.IPv6Address) else address


def _is_public(address: _Address) -> bool:
    """Whether it is a machine of the public network, whatever IPv4 address is written within an IPv6 one."""
    if isinstance(address, ipaddress.IPv6Address):
        if address in _NAT64:
            return _is_public(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
        if address not in _PUBLIC_V6 or any(address in tunnel for tunnel in _TUNNELS):
            return False
    elif any(address in special for special in _SPECIAL_V4):
        return False
    return address.is_global and not address.is_multicast
