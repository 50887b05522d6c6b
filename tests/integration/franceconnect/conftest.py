"""One simulator per algorithm for each module, as new before each test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace

import pytest

from grc.franceconnect.client import FranceConnectClient
from tests.support.partners import Partner, franceconnect

Partners = dict[str, Partner]


@pytest.fixture(scope="module")
async def partners() -> AsyncIterator[Partners]:
    """The running simulators, by algorithm."""
    async with AsyncExitStack() as stack:
        yield {
            algorithm: await stack.enter_async_context(franceconnect(algorithm=algorithm, slow_seconds=6))
            for algorithm in ("ES256", "RS256")
        }


@pytest.fixture(params=["ES256", "RS256"])
def partner(partners: Partners, request: pytest.FixtureRequest) -> Partner:
    """A FranceConnect that signs with either algorithm."""
    return _as_new(partners[request.param])


@pytest.fixture
def es256(partners: Partners) -> Partner:
    """A FranceConnect for what does not depend on the algorithm."""
    return _as_new(partners["ES256"])


@pytest.fixture
def client() -> FranceConnectClient:
    """Our client, as in production."""
    return FranceConnectClient()


@pytest.fixture
def hasty() -> FranceConnectClient:
    """Our client, for tests that wait until it gives up."""
    return FranceConnectClient(timeout=1.0)


def _as_new(running: Partner) -> Partner:
    running.fail()
    running.browser.cookies.clear()
    return replace(running)
