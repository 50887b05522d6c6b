"""Delivers the outbox: claim, render, freeze, send, record, each step as `grc.outbox.delivery` has it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import secrets
import socket
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar

from sqlalchemy.exc import StatementError
from sqlmodel import Session

from grc import clock
from grc.db import Database
from grc.errors import GrcError
from grc.notifications import aftermath, emails, letters, mails
from grc.notifications.emails import Sender
from grc.notifications.mails import Mail
from grc.notifications.press import Press
from grc.notifications.smtp import Accepted, Refused, SmtpSender, Unreachable
from grc.outbox import delivery as outbox
from grc.outbox import signs
from grc.outbox.delivery import Claimed, Frozen

T = TypeVar("T")
_LOG = logging.getLogger("grc.outbox")
_BATCH = 20
_IDLE_SECONDS = 0.5
IN_DOUBT = 4
"""Mails that a worker may have sent without their answer on record: no more leave again when it is killed."""
_ATTEMPT = outbox.LEASE - timedelta(seconds=15)
"""An attempt ends before its lease does, or another worker might send the same mail at the same time."""


class Deliverer:
    """One worker: any number of them may run side by side on PostgreSQL. base_url: as mails write it."""

    def __init__(
        self,
        db: Database,
        smtp: SmtpSender,
        *,
        base_url: str,
        now: Callable[[], datetime] = clock.now,
        attempt: timedelta = _ATTEMPT,
    ) -> None:
        self._attempt = attempt
        self._db, self._smtp, self._base_url, self._now = db, smtp, base_url, now
        self._holder = f"{socket.gethostname()[:30]}:{os.getpid()}:{secrets.token_hex(4)}"
        self._started_at = now()
        self._signed_at: datetime | None = None
        self._woken = asyncio.Event()
        self._stopping = False
        self._press = Press()
        self._in_doubt = asyncio.Semaphore(IN_DOUBT)

    def wake(self) -> None:
        """Says, from the event loop, that something is due."""
        self._woken.set()

    async def run(self) -> None:
        """Delivers until `stop`; a failing round is logged and tried again, it never ends the worker."""
        while not self._stopping:
            try:
                await self._sign()
                done = await self.round()
            except Exception as error:  # whatever it is, the mails of tomorrow must leave
                _LOG.error("outbox round failed: %s", type(error).__name__)
                done = 0
            if not done and not self._stopping:
                self._woken.clear()
                try:
                    await asyncio.wait_for(self._woken.wait(), _IDLE_SECONDS)
                except TimeoutError:
                    continue

    async def stop(self) -> None:
        """Lets the round under way end, then closes connections and the child process."""
        self._stopping = True
        self._woken.set()

    async def close(self) -> None:
        """Frees what the worker holds, and takes back its sign of life."""
        if self._signed_at is not None:
            with contextlib.suppress(GrcError):
                await self._db.write(partial(signs.leave, holder=self._holder), scope=None)
        await self._smtp.close()
        await self._press.close()

    async def round(self) -> int:
        """Claims what is due and delivers it; gives the number of entries tried."""
        claim = partial(outbox.claim, now=self._now(), holder=self._holder, limit=_BATCH)
        entries = await self._db.write(claim, scope=None)
        ended = await asyncio.gather(*(self._deliver(entry) for entry in entries), return_exceptions=True)
        for failure in ended:
            if failure is not None:
                raise failure
        return len(entries)

    async def _sign(self) -> None:
        """A sign of life, now and then."""
        now = self._now()
        if self._signed_at is None or now - self._signed_at >= signs.EVERY:
            give = partial(signs.give, holder=self._holder, started_at=self._started_at, now=now)
            await self._db.write(give, scope=None)
            self._signed_at = now

    async def _deliver(self, entry: Claimed) -> None:
        """One entry, from its bytes to the server's answer; whatever fails is recorded, and tried again later."""
        async with contextlib.AsyncExitStack() as doubt:
            try:
                async with asyncio.timeout(self._attempt.total_seconds()):
                    message = await self._frozen(entry)
                    await doubt.enter_async_context(self._in_doubt)
                    accepted = await self._smtp.send(message)
            except outbox.LeaseLost:
                _LOG.info("outbox entry %d is no longer ours", entry.id)
            except mails.NotWanted:
                await self._write(entry, partial(outbox.drop, entry=entry, now=self._now()))
            except Refused as refusal:
                await self._record_fault(entry, refusal.fault, permanent=True)
            except Unreachable as failure:
                await self._record_fault(entry, failure.fault, permanent=False)
            except Exception as error:  # a fault of ours must not stop the other mails
                _LOG.error("outbox entry %d: %s", entry.id, type(error).__name__)
                await self._record_fault(entry, type(error).__name__, permanent=False)
            else:
                await self._record_sent(entry, message, accepted)

    async def _frozen(self, entry: Claimed) -> Frozen:
        read = partial(_frozen_or_mail, entry=entry, base_url=self._base_url)
        mail = await self._db.read(read, scope=entry.authority_id)
        if isinstance(mail, Frozen):
            return mail
        attached = await self._letter(mail)
        domain = mail.authority.sender_address.rsplit("@", 1)[-1]
        message_id = f"<{entry.id}.{secrets.token_hex(12)}@{domain}>"
        raw = emails.compose(
            mail.notice,
            sender=Sender(mail.authority.sender_address, mail.authority.name),
            to=mail.to,
            message_id=message_id,
            date=self._now(),
            link=mail.link,
            theme_colour=mail.authority.colour,
            attachments=attached,
        )
        freeze = partial(
            outbox.freeze,
            entry=entry,
            raw=raw,
            from_address=mail.authority.sender_address,
            to_address=mail.to,
            message_id=message_id,
            has_letter=bool(attached),
            now=self._now(),
        )
        return await self._write(entry, freeze)

    async def _letter(self, mail: Mail) -> list[tuple[str, bytes]]:
        """The PDF of a notice that has one, rendered in the child process."""
        notice: Any = mail.notice
        if not letters.is_letter(notice):
            return []
        return [(letters.filename(notice), await self._press.render(notice, accent=mail.authority.colour))]

    def _sent(self, session: Session, *, entry: Claimed, message: Frozen, accepted: Accepted) -> None:
        now = self._now()
        outbox.record_sent(session, entry, message, code=accepted.code, answer=accepted.answer, now=now)
        aftermath.sent(session, entry, now=now)

    async def _record_sent(self, entry: Claimed, message: Frozen, accepted: Accepted) -> None:
        """The server took the mail: whatever keeps its answer from being stored, the mail must not leave again."""
        try:
            await self._write(entry, partial(self._sent, entry=entry, message=message, accepted=accepted))
        except (ValueError, StatementError):
            plain = Accepted(accepted.code, "")
            await self._write(entry, partial(self._sent, entry=entry, message=message, accepted=plain))

    async def _record_fault(self, entry: Claimed, fault: str, *, permanent: bool) -> None:
        now = self._now()

        def record(session: Session) -> bool:
            gave_up = outbox.record_fault(session, entry, fault=fault, permanent=permanent, now=now)
            aftermath.failed(session, entry, gave_up=gave_up, now=now)
            return gave_up

        try:
            gave_up = await self._write(entry, record)
        except outbox.LeaseLost:
            _LOG.info("outbox entry %d is no longer ours", entry.id)
            return
        if gave_up:
            _LOG.error("outbox entry %d given up after %d tries: %s", entry.id, entry.tries, fault)
        elif now - entry.tried_since > outbox.ALERT_AFTER:
            _LOG.error("outbox entry %d is late (%d tries): %s", entry.id, entry.tries, fault)

    async def _write(self, entry: Claimed, unit: Callable[[Session], T]) -> T:
        return await self._db.write(unit, scope=entry.authority_id)


def _frozen_or_mail(session: Session, *, entry: Claimed, base_url: str) -> Frozen | Mail:
    """The bytes of an earlier attempt, else what to compose them from; raises LeaseLost, NotWanted."""
    mails.require_wanted(session, entry)
    return outbox.frozen(session, entry) or mails.of_entry(session, entry, base_url=base_url)
