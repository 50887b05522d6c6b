"""Files on their way in and out: what is kept of a photograph, what the script is told, how a file is handed out."""

from __future__ import annotations

import asyncio
import io
import os
import re
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pillow_heif
import pytest
from PIL import Image
from sqlalchemy import select
from sqlmodel import col

from grc.submissions.models import Draft
from tests.support.world import PDF, Browser, World, a_world

pytestmark = pytest.mark.anyio
pillow_heif.register_heif_opener()
NAME = "proof_of_link"


@pytest.fixture
async def small(database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    """A world that takes a megabyte for each file, two for a demande."""
    async with a_world(database_url, tmp_path, max_file_mb=1, max_total_mb=2) as made:
        yield made


def a_photograph(width: int = 3000, height: int = 2000, kind: str = "HEIF") -> bytes:
    made = io.BytesIO()
    Image.frombytes("RGB", (300, 200), os.urandom(180_000)).resize((width, height)).save(made, kind, quality=60)
    return made.getvalue()


async def asked(browser: Browser) -> str:
    """The address of a page that asks for a proof, none sent yet."""
    draft = await browser.fill("passes-descendant-with-proof")
    page = f"/tilleul/brouillons/{draft}/justificatif"
    sent = re.search(r'action="([^"]+/suppression)"', (await browser.get(page)).text)
    assert sent is not None
    await browser.post(sent[1])
    return page


async def send(browser: Browser, page: str, name: str, content: bytes, field: str = NAME) -> Any:
    return await browser.post(f"{page}/fichiers", {}, [(field, (name, content, "application/octet-stream"))])


def answer_of(world: World, page: str) -> list[dict[str, Any]]:
    public_id = page.split("/")[3]
    with world.database.reading(scope=world.authority().id) as session:
        answers = session.execute(select(col(Draft.answers)).where(col(Draft.public_id) == public_id)).scalar_one()
    found: list[dict[str, Any]] = answers.get(NAME, [])
    return found


async def test_the_answer_says_what_is_kept_of_a_photograph(world: World) -> None:
    browser = world.browser()
    page = await asked(browser)
    answer = await send(browser, page, "livret.HEIC", a_photograph())
    assert answer.status_code == 200, answer.text
    assert "livret.jpg" in answer.text
    assert "<html" not in answer.text
    (fact,) = answer_of(world, page)
    (kept,) = [path for path in (world.settings.storage / "tilleul").rglob("*") if path.is_file()]
    assert (fact["name"], fact["type"], fact["size"]) == ("livret.jpg", "image/jpeg", kept.stat().st_size)
    with Image.open(kept) as image:
        assert image.size == (2500, 1667)
    world.age_drafts()
    sent = await browser.post(f"{page.rpartition('/')[0]}/envoi")
    assert "confirmation" in sent.headers["location"]


async def test_a_refused_file_is_told_and_the_others_stay(world: World) -> None:
    browser = world.browser()
    page = await asked(browser)
    assert (await send(browser, page, "a.pdf", PDF)).status_code == 200
    refused = await send(browser, page, "b.txt", b"bonjour")
    assert refused.status_code == 422
    assert 'data-problem="type"' in refused.text
    assert "a.pdf" in refused.text
    assert [file["name"] for file in answer_of(world, page)] == ["a.pdf"]
    for name in ("b.pdf", "c.pdf"):
        assert (await send(browser, page, name, PDF)).status_code == 200
    full = await send(browser, page, "d.pdf", PDF)
    assert 'data-problem="maxItems"' in full.text
    assert [file["name"] for file in answer_of(world, page)] == ["a.pdf", "b.pdf", "c.pdf"]


async def test_nothing_is_sent_where_nothing_is_asked(world: World) -> None:
    browser = world.browser()
    page = await asked(browser)
    assert (await send(browser, page, "a.pdf", PDF, field="mandate")).status_code == 404
    assert (await send(browser, page.replace("justificatif", "acte"), "a.pdf", PDF)).status_code == 404
    assert (await send(world.browser(), page, "a.pdf", PDF)).status_code == 404
    fresh = await browser.begin()
    assert (await send(browser, f"/tilleul/brouillons/{fresh}/justificatif", "a.pdf", PDF)).status_code == 404
    assert [path for path in (world.settings.storage / "tilleul").rglob("*") if path.is_file()] == []


async def test_all_the_files_of_a_demande_have_a_limit_together(small: World) -> None:
    browser = small.browser()
    page = await asked(browser)
    big = PDF.replace(b"%%EOF", b"%" + b"x" * 900_000 + b"\n%%EOF")
    assert [(await send(browser, page, f"{n}.pdf", big)).status_code for n in (1, 2, 3)] == [200, 200, 422]
    refused = await send(browser, page, "3.pdf", big)
    assert 'data-problem="total"' in refused.text
    assert "2\u00a0Mo" in refused.text
    assert len(answer_of(small, page)) == 2


async def test_a_file_is_handed_out_as_a_download_that_can_do_nothing(world: World) -> None:
    browser = world.browser()
    reference = await browser.file()
    name = "pièce « œ ».pdf"
    answer = await browser.post(f"/tilleul/demandes/{reference}/pieces", {}, [("document", (name, PDF, "text/html"))])
    assert answer.status_code == 303
    shown = (await browser.get(f"/tilleul/demandes/{reference}")).text
    link = re.search(r'href="([^"]+/fichiers/[^"]+)"', shown)
    assert link is not None
    file = await browser.get(link[1])
    disposition = file.headers["content-disposition"]
    assert disposition.startswith("attachment; ")
    assert disposition.isascii()
    assert unquote(disposition.partition("filename*=UTF-8''")[2]) == name
    assert file.headers["content-type"] == "application/pdf"
    assert "sandbox" in file.headers["content-security-policy"]
    assert "default-src 'none'" in file.headers["content-security-policy"]
    assert file.headers["x-content-type-options"] == "nosniff"
    assert file.headers["cross-origin-resource-policy"] == "same-origin"
    assert "no-store" in file.headers["cache-control"]
    assert (await world.browser().get(link[1])).status_code == 404


async def test_photographs_hold_up_neither_pages_nor_writes(world: World) -> None:
    """While three photographs of twelve million pixels are drawn, the loop answers and the writer writes.

    What the loop's thread spends is counted in its own processor time, against that of drawing one of them: a busy
    machine changes neither.
    """
    browser, other = world.browser(), world.browser()
    page, heavy = await asked(browser), a_photograph(4000, 3000, "JPEG")
    draft = await other.begin()
    began = time.thread_time()
    Image.open(io.BytesIO(heavy)).resize((2500, 1875)).save(io.BytesIO(), "JPEG")
    drawing, longest = time.thread_time() - began, 0.0

    async def pulse() -> None:
        nonlocal longest
        while True:
            began = time.thread_time()
            await asyncio.sleep(0.005)
            longest = max(longest, time.thread_time() - began)

    pulsing = asyncio.create_task(pulse())
    files = [(NAME, (f"{number}.jpg", heavy, "image/jpeg")) for number in range(3)]
    sending = asyncio.create_task(browser.post(page, {"then": "continue"}, files))
    written = 0
    while not sending.done():
        answer = await other.post(f"/tilleul/brouillons/{draft}/reprise")
        assert answer.status_code == 200
        written += 1
    pulsing.cancel()
    assert (await sending).status_code == 303
    assert len(answer_of(world, page)) == 3
    assert written >= 3
    assert longest < drawing, "one of them was drawn on the loop"
