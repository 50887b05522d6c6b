"""No file stays in the store without a row that names it."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest

from grc import clock
from grc.attachments.local import LocalStorage
from grc.sweeping import Sweeper
from tests.support.world import PDF, World

pytestmark = pytest.mark.anyio


def files_of(folder: Path) -> list[Path]:
    """The files that the store holds for Tilleul."""
    return [path for path in (folder / "tilleul").rglob("*") if path.is_file()]


async def test_a_file_sent_where_it_may_not_be_is_not_kept(world: World) -> None:
    browser = world.browser()
    draft = await browser.begin()
    files = [("proof_of_link", ("a.pdf", PDF, "application/pdf"))]
    answer = await browser.post(f"/tilleul/brouillons/{draft}/justificatif", {"then": "continue"}, files)
    assert answer.status_code == 404
    assert files_of(world.settings.storage) == []


async def test_the_sweep_deletes_what_no_row_names_and_nothing_else(world: World) -> None:
    await world.browser().file("passes-descendant-with-proof")
    (kept,) = files_of(world.settings.storage)
    storage = LocalStorage(world.settings.storage)
    orphan = storage.put("tilleul", iter([b"x"]), max_bytes=10)
    recent = storage.put("tilleul", iter([b"y"]), max_bytes=10)
    old = (clock.now() - timedelta(hours=7)).timestamp()
    for path in (kept, world.settings.storage / orphan.key):
        os.utime(path, (old, old))
    assert await Sweeper(world.database, storage).forget_orphans() == 1
    assert not storage.exists(orphan.key)
    assert storage.exists(recent.key)
    assert kept.exists()


async def test_a_file_of_a_question_no_longer_asked_is_not_handed_over(world: World) -> None:
    browser = world.browser()
    draft = await browser.fill("passes-descendant-with-proof")
    page = f"/tilleul/brouillons/{draft}/acte"
    changed = {"birth_place": "here", "document": "extract_without_parents", "copies": "1", "then": "continue"}
    assert (await browser.post(page, changed)).status_code == 303
    assert (await browser.post(f"/tilleul/brouillons/{draft}/envoi")).status_code == 303
    storage = LocalStorage(world.settings.storage)
    assert len(files_of(world.settings.storage)) == 1
    await Sweeper(world.database, storage).round()
    assert files_of(world.settings.storage) == []
