"""A DNS server on loopback, over UDP, that answers from a table: what a registrar's server would say."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

Zone = Mapping[str, Mapping[str, Sequence[str]]]
"""By name, without the final dot: by kind of record ("TXT"), what it says, as zone files write it."""


@asynccontextmanager
async def dns_server(zone: Zone, *, deaf: bool = False) -> AsyncIterator[str]:
    """The address of a server of this zone, as "127.0.0.1:port". deaf: it hears and never answers."""
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(lambda: _Server(zone, deaf), local_addr=("127.0.0.1", 0))
    try:
        yield "127.0.0.1:{}".format(transport.get_extra_info("sockname")[1])
    finally:
        transport.close()


class _Server(asyncio.DatagramProtocol):
    def __init__(self, zone: Zone, deaf: bool) -> None:
        self._zone, self._deaf = zone, deaf

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def datagram_received(self, data: bytes, address: tuple[str, int]) -> None:
        if not self._deaf:
            self._transport.sendto(self._answer(data), address)  # type: ignore[attr-defined]

    def _answer(self, data: bytes) -> bytes:
        asked = dns.message.from_wire(data)
        answer = dns.message.make_response(asked)
        answer.flags |= dns.flags.RA
        question = asked.question[0]
        name = question.name.to_text(omit_final_dot=True).lower()
        if name == "broken.example":
            answer.set_rcode(dns.rcode.SERVFAIL)
        elif name not in self._zone:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        else:
            kind = dns.rdatatype.to_text(question.rdtype)
            if said := self._zone[name].get(kind):
                answer.answer.append(dns.rrset.from_text(question.name, 60, "IN", kind, *said))
        return answer.to_wire(max_size=65535)
