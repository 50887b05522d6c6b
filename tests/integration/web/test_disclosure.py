"""Whom to tell of a weakness: a file of the platform, where the settings name somebody."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from grc import clock
from grc.web.disclosure import PATH
from tests.support.world import a_world, seeded

pytestmark = pytest.mark.anyio


async def test_the_file_says_whom_to_write_to_and_until_when(tmp_path: Path) -> None:
    facts = {"security_contact": "mailto:securite@syndicat.example", "base_url": "https://demarches.example"}
    async with a_world(seeded(tmp_path), tmp_path, **facts) as world:
        answer = await world.browser().get(PATH)
        assert answer.headers["content-type"] == "text/plain; charset=utf-8"
        fields = dict(line.split(": ", 1) for line in answer.text.splitlines())
        assert fields["Contact"] == "mailto:securite@syndicat.example"
        assert fields["Canonical"] == f"https://demarches.example{PATH}"
        expires = datetime.strptime(fields["Expires"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
        assert timedelta(days=170) < expires - clock.now() < timedelta(days=365)
        assert "no-store" not in answer.headers["cache-control"]


async def test_without_a_contact_there_is_no_file(tmp_path: Path) -> None:
    async with a_world(seeded(tmp_path), tmp_path) as world:
        assert (await world.browser().get(PATH)).status_code == 404
