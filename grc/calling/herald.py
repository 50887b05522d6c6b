"""Tells webhooks what happened: each in its own order, several side by side; any number of workers may run."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable
from datetime import datetime
from functools import partial

from grc import clock
from grc.calling import deliveries, signing
from grc.calling.client import EndpointClient, Unreachable
from grc.calling.deliveries import Due, LeaseLost, Ready, Taken
from grc.db import Database

_LOG = logging.getLogger("grc.webhooks")
_IDLE_SECONDS = 1.0
_AT_ONCE = 10


class Herald:
    """One worker of webhooks."""

    def __init__(self, db: Database, client: EndpointClient, *, now: Callable[[], datetime] = clock.now) -> None:
        self._db, self._client, self._now = db, client, now
        self._holder = secrets.token_hex(8)

    async def run(self) -> None:
        """Tells until it is cancelled; a failing round is logged and tried again."""
        while True:
            try:
                done = await self.round()
            except Exception as error:  # whatever it is, tomorrow's news must leave
                _LOG.error("webhooks round failed: %s", type(error).__name__)
                done = 0
            if not done:
                await asyncio.sleep(_IDLE_SECONDS)

    async def close(self) -> None:
        """Frees what the worker holds."""
        await self._client.close()

    async def round(self) -> int:
        """Tells every webhook that waits what it may be told now; gives the number of tries."""
        due = await self._db.read(partial(deliveries.due, now=self._now()), scope=None)
        gate = asyncio.Semaphore(_AT_ONCE)
        done = await asyncio.gather(*(self._one(each, gate) for each in due), return_exceptions=True)
        for failure in done:
            if isinstance(failure, BaseException):
                raise failure
        return sum(each for each in done if isinstance(each, int))

    async def _one(self, which: Due, gate: asyncio.Semaphore) -> int:
        """What one webhook is told, in order, until one is not taken; the number of tries."""
        async with gate:
            take = partial(deliveries.take, which=which, holder=self._holder, now=self._now())
            taken = await self._db.write(take, scope=which.authority_id)
            if taken is None:
                return 0
            tries = 0
            try:
                for ready in taken.ready:
                    tries += 1
                    if not await self._tell(taken, ready):
                        break
            except LeaseLost:
                _LOG.info("webhook %d is no longer ours", taken.webhook_id)
                return tries
            await self._db.write(partial(deliveries.release, taken=taken), scope=which.authority_id)
            return tries

    async def _tell(self, taken: Taken, ready: Ready) -> bool:
        """One try, kept whatever came of it; whether the next event may follow."""
        status, fault = None, ""
        try:
            headers = {
                "Content-Type": "application/json; charset=utf-8",
                **signing.webhook_headers(taken.secret, ready.key, ready.body, self._now()),
            }
            answered = await self._client.post(taken.url, ready.body, headers)
            status = answered.status
            fault = "" if answered.is_done else str(status)
        except Unreachable as failure:
            fault = failure.fault
        except Exception as error:  # a fault of ours must not keep the others waiting
            _LOG.error("webhook %d: %s", taken.webhook_id, type(error).__name__)
            fault = type(error).__name__
        write = partial(
            deliveries.record,
            taken=taken,
            ready=ready,
            status=status,
            fault=fault,
            is_done=not fault,
            now=self._now(),
        )
        return await self._db.write(write, scope=taken.authority_id)
