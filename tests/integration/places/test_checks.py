"""`grc check` says whether the geocoder and the map answer, where they are configured."""

from __future__ import annotations

from pathlib import Path

import pytest

from grc.checks import findings
from grc.settings import Settings
from tests.support import partners

pytestmark = pytest.mark.anyio


async def told(folder: Path, **services: str) -> list[str]:
    """What is found of addresses and maps."""
    settings = Settings(
        secret_key=("x" * 32,),
        database_url=f"sqlite:///{folder / 'none.db'}",
        storage=folder,
        smtp_url="smtp://127.0.0.1:9",
        **services,  # type: ignore[arg-type]
    )
    return [str(each) for each in await findings(settings) if each.text.startswith(("adresses", "carte", "communes"))]


async def test_what_answers_and_what_does_not(tmp_path: Path) -> None:
    assert await told(tmp_path) == []
    async with partners.places() as outside:
        services = {"address_url": outside.url, "tiles_url": outside.tiles}
        assert await told(tmp_path, **services) == [
            "bien        adresses : le service répond.",
            "bien        carte : le service répond.",
        ]
        outside.fail("500")
        assert await told(tmp_path, **services) == [
            "à corriger  adresses : le service ne répond pas comme il le doit. Vérifiez GRC_ADDRESS_URL.",
            "à corriger  carte : le service ne répond pas comme il le doit. Vérifiez GRC_TILES_URL.",
        ]
