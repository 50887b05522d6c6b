"""Sends frozen bytes by SMTP over kept connections; says what the server answered, or how it failed."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

import aiosmtplib

from grc.notifications import bounces
from grc.outbox.delivery import Frozen

_TIMEOUT = 30.0
_PATIENCE = 75.0
"""For each answer once connected: a server that examines attachments is slow, and a mail cut short is sent twice."""


@dataclass(frozen=True)
class Accepted:
    """The server took the message: its code (250) and its words."""

    code: int
    answer: str


class Refused(Exception):
    """The server refuses this message or its recipient for good (5xx), or no server could take its address."""

    def __init__(self, fault: str) -> None:
        super().__init__(fault)
        self.fault = fault


class Unreachable(Exception):
    """No answer, a temporary one (4xx), or a refusal of our installation (login, sender): try again later.

    What an operator can mend never costs a mail: a wrong password would else give up every receipt at once.
    """

    def __init__(self, fault: str) -> None:
        super().__init__(fault)
        self.fault = fault


class SmtpSender:
    """Up to `connections` kept connections to one server, opened when needed. url: see GRC_SMTP_URL."""

    def __init__(
        self, url: str, *, connections: int = 4, timeout: float = _TIMEOUT, patience: float = _PATIENCE
    ) -> None:
        self._patience = patience
        parts = urlsplit(url)
        secure = parts.scheme == "smtps"
        never = parse_qs(parts.query).get("starttls") == ["never"]
        self._options = {
            "hostname": parts.hostname or "127.0.0.1",
            "port": parts.port or (465 if secure else 25),
            "username": unquote(parts.username) if parts.username else None,
            "password": unquote(parts.password) if parts.password else None,
            "use_tls": secure,
            "start_tls": False if secure or never else None,
            "timeout": timeout,
        }
        self._idle: asyncio.LifoQueue[aiosmtplib.SMTP | None] = asyncio.LifoQueue()
        for _ in range(connections):
            self._idle.put_nowait(None)

    async def send(self, message: Frozen) -> Accepted:
        """The server's answer; raises Refused or Unreachable. The bytes go out exactly as frozen."""
        client = await self._idle.get()
        try:
            client = await self._ready(client)
            _, answer = await client.sendmail(
                message.from_address,
                [message.to_address],
                message.raw,
                mail_options=_envelope(client, message),
                timeout=self._patience,
            )
            return Accepted(250, _said(answer))
        except (aiosmtplib.SMTPRecipientsRefused, aiosmtplib.SMTPDataError) as error:
            raise _verdict(error) from error
        except ValueError as error:
            raise Refused("address") from error
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
            _drop(client)
            raise Unreachable(_fault(error)) from error
        except BaseException:
            _drop(client)
            raise
        finally:
            self._idle.put_nowait(client)

    async def probe(self) -> str:
        """What is wrong with the server, "" when it greets and, where asked, lets us in."""
        client = aiosmtplib.SMTP(**self._options)  # type: ignore[arg-type]
        try:
            await client.connect()
            await client.quit()
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
            return type(error).__name__
        return ""

    async def close(self) -> None:
        """Says goodbye on every connection."""
        while not self._idle.empty():
            client = self._idle.get_nowait()
            if client is not None and client.is_connected:
                with suppress(aiosmtplib.SMTPException, OSError, TimeoutError):
                    await client.quit()

    async def _ready(self, client: aiosmtplib.SMTP | None) -> aiosmtplib.SMTP:
        if client is not None and client.is_connected:
            try:
                await client.rset()
            except (aiosmtplib.SMTPException, OSError, TimeoutError):
                client.close()
            else:
                return client
        client = aiosmtplib.SMTP(**self._options)  # type: ignore[arg-type]
        await client.connect()
        if client.is_ehlo_or_helo_needed:
            with suppress(aiosmtplib.SMTPHeloError):  # an old server, that knows no extension
                await client.ehlo()
        return client


def _envelope(client: aiosmtplib.SMTP, message: Frozen) -> list[str]:
    """What a server that can (RFC 3461) repeats in its reports, which then return headers and no one's letter."""
    if not client.supports_extension("dsn"):
        return []
    return ["RET=HDRS", f"ENVID={bounces.token_of(message.message_id)}"]


def _said(words: str) -> str:
    """A server's words as any database keeps them: it may answer in bytes that are no UTF-8."""
    return words.encode("utf-8", "replace").decode().replace("\x00", "")


def _drop(client: aiosmtplib.SMTP | None) -> None:
    """Closes a connection of which nothing is known any more: the next answer on it would be another mail's."""
    if client is not None:
        client.close()


def _verdict(error: aiosmtplib.SMTPRecipientsRefused | aiosmtplib.SMTPDataError) -> Refused | Unreachable:
    """A refusal for good from 500 on."""
    refusal = error.recipients[0] if isinstance(error, aiosmtplib.SMTPRecipientsRefused) else error
    fault = _fault(refusal)
    return Refused(fault) if refusal.code >= 500 else Unreachable(fault)


def _fault(error: BaseException) -> str:
    """The code and the enhanced status only, since the server's words may repeat an address; else the kind."""
    if not isinstance(error, aiosmtplib.SMTPResponseException):
        return type(error).__name__
    status = error.message.split(" ", 1)[0] if error.message[:1].isdigit() else ""
    return f"{error.code} {status}".strip()
