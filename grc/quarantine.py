"""Brings the files that wait to the antivirus, out of the citizens' way. Safe to run in several processes."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import anyio.to_thread
from sqlmodel import Session

from grc import clock
from grc.attachments import scanning
from grc.attachments.antivirus import Clamd, NotScanned
from grc.attachments.scanning import Claimed
from grc.attachments.storage import Storage
from grc.authorities import queries as authorities
from grc.db import Database
from grc.errors import NotFound, Unavailable
from grc.submissions import infections

_LOG = logging.getLogger("grc.quarantine")
_EVERY_SECONDS = 2.0
_REST, _LONGEST_REST = 20, 10.0
"""How many times as long as it looked, and seconds at most."""
_AT_ONCE = 10


@dataclass
class Quarantine:
    """Scans what is pending. A clamd that is down costs no file a try: nothing is claimed until it answers."""

    db: Database
    storage: Storage
    clamd: Clamd
    now: Callable[[], datetime] = clock.now
    _told: str = ""

    async def run(self) -> None:
        """Looks every two seconds, for ever; a failing round is logged and tried again.

        Where looking takes long, among very many authorities, it looks less often: a twentieth of the time at most.
        """
        while True:
            started = time.perf_counter()
            try:
                await self.round()
            except Exception as error:  # whatever it is, the next round must happen
                _LOG.error("scanning failed: %s", type(error).__name__)
            await asyncio.sleep(max(_EVERY_SECONDS, min(_REST * (time.perf_counter() - started), _LONGEST_REST)))

    async def round(self) -> int:
        """How many files were judged or cleared away in one passage over every authority."""
        if await self._is_down():
            return 0
        try:
            return await self._all_that_waits()
        except Unavailable as error:
            _LOG.error("antivirus lost while scanning: %s", error)
            return 0

    async def _all_that_waits(self) -> int:
        done = 0
        for key in await self.db.read(partial(_who_waits, now=self.now()), scope=None):
            look = partial(scanning.waits, authority_id=key, now=self.now())
            while await self.db.read(look, scope=key):
                take = partial(scanning.claim, authority_id=key, now=self.now(), limit=_AT_ONCE)
                for file in await self.db.write(take, scope=key):
                    done += await self._judge(file)
        return done

    async def _is_down(self) -> bool:
        fault = await self.clamd.fault()
        if fault != self._told:
            _LOG.error("antivirus %s", f"down: {fault}" if fault else "back")
            self._told = fault
        return bool(fault)

    async def _judge(self, file: Claimed) -> bool:
        """Whether something was settled about the file."""
        if file.scan == scanning.INFECTED:
            return await self._destroy(file)
        try:
            content = await anyio.to_thread.run_sync(self.storage.open, file.key)
            try:
                verdict = await self.clamd.scan(content)
            finally:
                content.close()
        except (NotFound, NotScanned, Unavailable) as error:
            _LOG.error("attachment %d not scanned: %s", file.id, error)
            await self._write(file, partial(scanning.record_fault, file=file, now=self.now()))
            if isinstance(error, Unavailable):
                raise
            return False
        if verdict.is_clean:
            return await self._write(file, partial(_clean, file=file, now=self.now()))
        _LOG.error("attachment %d infected: %s", file.id, verdict.found)
        is_ours = await self._write(file, partial(_infected, file=file, found=verdict.found, now=self.now()))
        return await self._destroy(file) if is_ours else False

    async def _destroy(self, file: Claimed) -> bool:
        """The bytes go once it is durable that they must; a crash between the two is made good at the next round."""
        await anyio.to_thread.run_sync(self.storage.delete, file.key)
        await self._write(file, partial(scanning.record_destroyed, file=file))
        return True

    async def _write(self, file: Claimed, unit: Callable[[Session], bool | None]) -> bool:
        return bool(await self.db.write(unit, scope=file.authority_id))


def _who_waits(session: Session, *, now: datetime) -> list[int]:
    return scanning.who_waits(session, authorities.every_key(session), now=now)


def _clean(session: Session, *, file: Claimed, now: datetime) -> bool:
    if not scanning.record_clean(session, file):
        return False
    infections.cleared(session, file, now=now)
    return True


def _infected(session: Session, *, file: Claimed, found: str, now: datetime) -> bool:
    infections.hold(session, file)
    mine = scanning.record_infected(session, file, found=found, now=now)
    if mine is None:
        return False
    infections.found(session, mine, now=now)
    return True
