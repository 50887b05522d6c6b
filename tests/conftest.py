"""What every test may use: see tests/support."""

from __future__ import annotations

import pytest

pytest_plugins = ["tests.support.postgres", "tests.support.browser", "tests.support.world"]


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Async tests run on asyncio, as the product does."""
    return "asyncio"
