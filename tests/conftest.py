"""What every test may use: see tests/support."""

from __future__ import annotations

import pytest

pytest_plugins = [
    "tests.support.postgres",
    "tests.support.browser",
    "tests.support.world",
    "tests.support.circuits",
    "tests.support.site",
    "tests.support.clamd",
    "tests.support.logbook",
]


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Async tests run on asyncio, as the product does."""
    return "asyncio"


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Bytes are named by their argument: their content may hold the hour (a zip), and workers must agree on names."""
    return argname if isinstance(val, bytes) else None
