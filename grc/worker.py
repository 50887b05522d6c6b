"""The worker process: delivers mail and sweeps, until it is told to stop."""

from __future__ import annotations

import asyncio
import signal

from grc.app import working
from grc.opening import open_database
from grc.settings import Settings


async def work(settings: Settings) -> None:
    """Runs until SIGTERM or SIGINT; the round under way is finished first."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    db = open_database(settings)
    try:
        async with working(settings, db):
            await stopped.wait()
    finally:
        db.close()
