"""Two communes for each module, as new before each test."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.support.agent_signing import AgentDoor, agent_doors


@pytest.fixture(scope="module")
async def both(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[dict[str, AgentDoor]]:
    """The two communes of a module, by algorithm."""
    async with agent_doors(tmp_path_factory.mktemp("proconnect"), slow_seconds=3, token_seconds=60) as made:
        yield made


@pytest.fixture(params=["ES256", "RS256"])
def door(both: dict[str, AgentDoor], request: pytest.FixtureRequest) -> AgentDoor:
    """A commune whose ProConnect signs with either algorithm."""
    return both[request.param].as_new()


@pytest.fixture
def tilleul(both: dict[str, AgentDoor]) -> AgentDoor:
    """A commune, for what does not depend on the algorithm."""
    return both["ES256"].as_new()
