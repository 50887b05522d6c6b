"""A world whose worker reads a clock that tests move."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import pytest

from grc.notifications.delivery import Deliverer
from grc.notifications.smtp import SmtpSender
from tests.support.time import Clock
from tests.support.world import World

MakeWorker = Callable[..., Deliverer]


@pytest.fixture
def time() -> Clock:
    """The clock of the workers of this test."""
    return Clock()


@pytest.fixture
async def make_worker(world: World, time: Clock) -> AsyncIterator[MakeWorker]:
    """Makes workers side by side: `make_worker(timeout=5.0)`."""
    made: list[Deliverer] = []

    def make(*, timeout: float = 5.0, url: str = "") -> Deliverer:
        sender = SmtpSender(url or world.settings.smtp_url, timeout=timeout)
        made.append(Deliverer(world.database, sender, base_url=world.settings.base_url, now=time.now))
        return made[-1]

    yield make
    for worker in made:
        await worker.close()


@pytest.fixture
def worker(make_worker: MakeWorker) -> Deliverer:
    """One worker."""
    return make_worker()
