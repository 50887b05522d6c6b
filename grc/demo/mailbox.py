"""A real SMTP server on loopback that keeps what it receives, byte for byte, and can be told to misbehave."""

from __future__ import annotations

import asyncio
import email
import email.policy
import itertools
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from functools import cached_property
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

from grc import clock
from grc.demo.serving import listener

MOST_MESSAGES = 500
MOST_BYTES = 256 * 1024 * 1024
LARGEST_MESSAGE = 25 * 1024 * 1024


@dataclass(frozen=True)
class Attachment:
    """A part of a message that has a file name."""

    name: str
    type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True)
class Message:
    """A message as the server accepted it. sender, recipients: of the envelope. content: the exact bytes received."""

    id: int
    received_at: datetime
    sender: str
    recipients: tuple[str, ...]
    content: bytes = field(repr=False)

    @cached_property
    def parsed(self) -> EmailMessage:
        """The message as the standard library reads it."""
        return email.message_from_bytes(self.content, policy=email.policy.default)

    @property
    def subject(self) -> str:
        """The decoded subject."""
        return self.shown("Subject")

    @property
    def message_id(self) -> str:
        """The Message-ID, with its angle brackets."""
        return self.shown("Message-ID")

    @property
    def text(self) -> str:
        """The plain text part; "" when there is none."""
        return self._body("plain")

    @property
    def html(self) -> str:
        """The HTML part; "" when there is none."""
        return self._body("html")

    @property
    def headers(self) -> str:
        """The header section as received."""
        head = self.content.replace(b"\r\n", b"\n").partition(b"\n\n")[0]
        return head.decode("utf-8", "replace")

    @cached_property
    def attachments(self) -> tuple[Attachment, ...]:
        """The attached files, in order."""
        return tuple(
            Attachment(
                name=part.get_filename() or "sans-nom",
                type=part.get_content_type(),
                content=part.get_payload(decode=True) or b"",  # type: ignore[arg-type]
            )
            for part in self.parsed.iter_attachments()
        )

    def shown(self, header: str) -> str:
        """The decoded value of a header; "" when absent."""
        return str(self.parsed.get(header, ""))

    def _body(self, kind: str) -> str:
        part = self.parsed.get_body((kind,))
        return str(part.get_content()) if part is not None else ""


@dataclass
class Faults:
    """How the server misbehaves until told otherwise.

    busy: 451 to every recipient. refused: recipients answered 550. data_code: this answer instead of 250 after the
    text. hang: never answers after the text. drop: closes the connection after the text, keeping nothing.
    lose_answer: keeps the message, then closes without an answer, so that an honest client sends it again.
    """

    busy: bool = False
    refused: frozenset[str] = frozenset()
    data_code: str = ""
    hang: bool = False
    drop: bool = False
    lose_answer: bool = False


class Mailbox:
    """The server and what it keeps: the latest messages, bounded in number and bytes. One event loop, no thread."""

    def __init__(self, *, now: Callable[[], datetime] = clock.now) -> None:
        self.faults = Faults()
        self.port = 0
        self._now = now
        self._kept: deque[Message] = deque()
        self._numbers = itertools.count(1)
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.BaseTransport] = set()

    @property
    def messages(self) -> tuple[Message, ...]:
        """The messages kept, oldest first."""
        return tuple(self._kept)

    def find(self, number: int) -> Message | None:
        """The message of this number, if still kept."""
        return next((message for message in self._kept if message.id == number), None)

    def to(self, recipient: str) -> tuple[Message, ...]:
        """The messages kept for one address, oldest first."""
        return tuple(message for message in self._kept if recipient in message.recipients)

    def clear(self) -> None:
        """Forgets every message and every fault."""
        self._kept.clear()
        self.faults = Faults()

    async def wait_for(
        self, *, to: str | None = None, subject: str = "", count: int = 1, within: float = 10.0
    ) -> tuple[Message, ...]:
        """At least `count` messages for this address whose subject contains this text.

        within: seconds, after which TimeoutError is raised. Safe from another event loop than the server's.
        """
        async with asyncio.timeout(within):
            while True:
                found = tuple(m for m in self.messages if (to is None or to in m.recipients) and subject in m.subject)
                if len(found) >= count:
                    return found
                await asyncio.sleep(0.01)

    async def start(self, port: int = 0) -> None:
        """Listens on loopback; port 0 takes a free one, found in `port`."""
        sock = listener(port)
        self.port = sock.getsockname()[1]
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _Connection(self), sock=sock)

    async def stop(self) -> None:
        """Closes the server and every open connection."""
        if self._server is not None:
            self._server.close()
            for transport in list(self._connections):
                transport.close()
            await self._server.wait_closed()
            self._server = None

    async def __aenter__(self) -> Mailbox:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    def keep(self, envelope: Envelope) -> None:
        """Keeps one accepted message; the oldest leave when there are too many."""
        content = envelope.original_content or b""
        recipients = tuple(str(address) for address in envelope.rcpt_tos)
        self._kept.append(Message(next(self._numbers), self._now(), str(envelope.mail_from or ""), recipients, content))
        self._trim()

    def _trim(self) -> None:
        while len(self._kept) > MOST_MESSAGES or sum(len(message.content) for message in self._kept) > MOST_BYTES:
            self._kept.popleft()

    def put(self, at: datetime, sender: str, to: str, content: bytes) -> None:
        """Keeps a message that came before the server was there, in its place in time."""
        later = []
        while self._kept and self._kept[-1].received_at > at:
            later.append(self._kept.pop())
        self._kept.append(Message(next(self._numbers), at, sender, (to,), content))
        self._kept.extend(reversed(later))
        self._trim()

    def opened(self, transport: asyncio.BaseTransport) -> None:
        """Remembers a connection, to close it with the server."""
        self._connections.add(transport)

    def drop(self, transport: asyncio.BaseTransport | None) -> None:
        """Closes one connection without another word."""
        if transport is not None:
            transport.close()

    def closed(self, transport: asyncio.BaseTransport | None) -> None:
        """Forgets a connection."""
        if transport is not None:
            self._connections.discard(transport)


class _Handler:
    """What the server answers, command by command."""

    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox

    async def handle_RCPT(  # noqa: N802 - aiosmtpd finds handlers by this name
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        faults = self._mailbox.faults
        if faults.busy:
            return "451 4.3.2 Busy, try again later"
        if address in faults.refused:
            return "550 5.1.1 No such mailbox"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        faults = self._mailbox.faults
        if faults.hang:
            await asyncio.Event().wait()
        if faults.data_code:
            return f"{faults.data_code} Refused on demand"
        if not faults.drop:
            self._mailbox.keep(envelope)
        if faults.drop or faults.lose_answer:
            self._mailbox.drop(server.transport)
        return "250 2.0.0 OK"


class _Connection(SMTP):
    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox
        super().__init__(
            _Handler(mailbox),
            data_size_limit=LARGEST_MESSAGE,
            enable_SMTPUTF8=True,
            hostname="boite-aux-lettres.example",
            ident="demonstration",
            loop=asyncio.get_running_loop(),
        )

    def connection_made(self, transport: Any) -> None:
        self._mailbox.opened(transport)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self._mailbox.closed(self.transport)
        super().connection_lost(error)
