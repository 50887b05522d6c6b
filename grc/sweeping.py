"""What purges itself: drafts (told of first) and their files, sessions, sign-ins, counters. Safe to run twice."""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import anyio.to_thread
from sqlmodel import Session

from grc import clock
from grc.attachments import commands as attachments
from grc.attachments.storage import Storage
from grc.authorities import queries as authorities
from grc.citizens import commands as citizens
from grc.db import Database
from grc.sessions import commands as sessions
from grc.sessions import limits
from grc.submissions import expiry

_LOG = logging.getLogger("grc.sweeps")
_EVERY_SECONDS = 600.0
_ROUNDS_A_DAY = 144
_CHUNK = 500
_ABANDONED = timedelta(hours=6)


@dataclass
class Sweeper:
    """One for the installation is enough; several do no harm."""

    db: Database
    storage: Storage
    now: Callable[[], datetime] = clock.now

    async def run(self) -> None:
        """Sweeps every ten minutes, for ever; a failing round is logged and tried again."""
        for number in itertools.count():
            try:
                await self.round()
                if number % _ROUNDS_A_DAY == 0:
                    await self.forget_orphans()
            except Exception as error:  # whatever it is, tomorrow's round must happen
                _LOG.error("sweep failed: %s", type(error).__name__)
            await asyncio.sleep(_EVERY_SECONDS)

    async def forget_orphans(self) -> int:
        """How many files without a row were deleted: a crash between the store and the database leaves them."""
        gone = 0
        for authority in await self.db.read(authorities.every_authority, scope=None):
            listed = partial(self.storage.old_keys, authority.slug, before=self.now() - _ABANDONED)
            keys = await anyio.to_thread.run_sync(listed)
            for at in range(0, len(keys), _CHUNK):
                chunk = keys[at : at + _CHUNK]
                look = partial(_known, authority_id=authority.id, keys=chunk)
                for key in set(chunk) - await self.db.read(look, scope=authority.id):
                    await anyio.to_thread.run_sync(self.storage.delete, key)
                    gone += 1
        return gone

    async def round(self) -> None:
        """One passage over every authority: rows first, then the bytes that they pointed to.

        What fails for one keeps nobody else's data beyond its term, and a notice that cannot be made ends no purge.
        """
        now = self.now()
        for authority in await self.db.read(authorities.every_authority, scope=None):
            for sweep in (self._purge, self._warn):
                try:
                    await sweep(authority.id, now)
                except Exception as error:  # whatever it is, the others must be swept
                    _LOG.error("sweep of %s failed: %s", authority.slug, type(error).__name__)
        await anyio.to_thread.run_sync(partial(self.storage.remove_unfinished, before=now - _ABANDONED))

    async def _purge(self, authority_id: int, now: datetime) -> None:
        purge = partial(_purge, authority_id=authority_id, now=now)
        for key in await self.db.write(purge, scope=authority_id):
            await anyio.to_thread.run_sync(self.storage.delete, key)

    async def _warn(self, authority_id: int, now: datetime) -> None:
        await self.db.write(partial(expiry.warn, authority_id=authority_id, now=now), scope=authority_id)


def _known(session: Session, *, authority_id: int, keys: list[str]) -> set[str]:
    return attachments.known_keys(session, authority_id, keys)


def _purge(session: Session, *, authority_id: int, now: datetime) -> list[str]:
    keys = expiry.purge(session, authority_id, now=now)
    sessions.purge(session, now=now)
    citizens.purge_sign_ins(session, now=now)
    limits.purge(session, now=now)
    return keys
