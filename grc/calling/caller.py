"""Makes the calls of workflows: claims those that are due, signs, sends, records; any number may run side by side."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from grc import clock
from grc.calling import calls, signing
from grc.calling.client import Answered, EndpointClient, Unreachable
from grc.db import Database
from grc.outbox import delivery as outbox
from grc.outbox.delivery import Claimed, LeaseLost
from grc.submissions.effects.calling import CHANNEL

_LOG = logging.getLogger("grc.calls")
_BATCH = 10
_IDLE_SECONDS = 1.0
_ATTEMPT = outbox.LEASE - timedelta(seconds=15)
_UNKNOWN = "unknown endpoint"


class Caller:
    """One worker of calls."""

    def __init__(self, db: Database, client: EndpointClient, *, now: Callable[[], datetime] = clock.now) -> None:
        self._db, self._client, self._now = db, client, now
        self._holder = secrets.token_hex(8)

    async def run(self) -> None:
        """Calls until it is cancelled; a failing round is logged and tried again."""
        while True:
            try:
                done = await self.round()
            except Exception as error:  # whatever it is, the calls of tomorrow must leave
                _LOG.error("calls round failed: %s", type(error).__name__)
                done = 0
            if not done:
                await asyncio.sleep(_IDLE_SECONDS)

    async def close(self) -> None:
        """Frees what the worker holds."""
        await self._client.close()

    async def round(self) -> int:
        """Claims what is due and calls; gives the number of entries tried."""
        claim = partial(outbox.claim, now=self._now(), holder=self._holder, limit=_BATCH, channel=CHANNEL)
        entries = await self._db.write(claim, scope=None)
        for failure in await asyncio.gather(*(self._attempt(entry) for entry in entries), return_exceptions=True):
            if failure is not None:
                raise failure
        return len(entries)

    async def _attempt(self, entry: Claimed) -> None:
        """One call, from its bytes to what the workflow hears; whatever fails is recorded, and tried again later."""
        try:
            async with asyncio.timeout(_ATTEMPT.total_seconds()):
                answered = await self._sent(entry)
            if not answered.is_final:
                raise Unreachable(str(answered.status))
            await self._record(entry, answered)
        except LeaseLost:
            _LOG.info("call %d is no longer ours", entry.id)
        except Unreachable as failure:
            await self._record_fault(entry, failure.fault)
        except Exception as error:  # a fault of ours must not stop the other calls
            _LOG.error("call %d: %s", entry.id, type(error).__name__)
            await self._record_fault(entry, type(error).__name__)

    async def _sent(self, entry: Claimed) -> Answered:
        ready = await self._db.read(partial(calls.prepared, entry=entry), scope=entry.authority_id)
        if ready.endpoint is None:
            raise Unreachable(_UNKNOWN)
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Idempotency-Key": str(entry.id),
            signing.HEADER: signing.sign(ready.endpoint.secret, ready.body, self._now()),
        }
        return await self._client.post(ready.endpoint.url, ready.body, headers)

    async def _record(self, entry: Claimed, answered: Answered) -> None:
        """The endpoint answered: whatever keeps the workflow from going on, it must not be asked again."""
        write = partial(calls.record, entry=entry, answered=answered, now=self._now())
        try:
            await self._db.write(write, scope=entry.authority_id)
        except LeaseLost:
            raise
        except Exception as error:
            _LOG.error("call %d answered, the workflow did not go on: %s", entry.id, type(error).__name__)
            await self._db.write(partial(write, hears=False), scope=entry.authority_id)

    async def _record_fault(self, entry: Claimed, fault: str) -> None:
        write = partial(calls.record_fault, entry=entry, fault=fault, now=self._now())
        try:
            gave_up = await self._db.write(write, scope=entry.authority_id)
        except LeaseLost:
            _LOG.info("call %d is no longer ours", entry.id)
            return
        if gave_up:
            _LOG.error("call %d given up after %d tries: %s", entry.id, entry.tries, fault)
