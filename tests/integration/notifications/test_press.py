"""The child that renders letters: the same bytes, small, replaced when it ends, gone with its parent."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import struct
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from grc import receipts
from grc.notifications import letters
from grc.notifications.press import Press, PressFailed
from tests.support import notices, processes

pytestmark = pytest.mark.anyio


@pytest.fixture
async def press() -> AsyncIterator[Press]:
    made = Press()
    yield made
    await made.close()


def child_of_this_process() -> int:
    mine = Path(f"/proc/{os.getpid()}/task")
    found = {int(pid) for task in mine.iterdir() for pid in (task / "children").read_text().split()}
    return next(pid for pid in found if "grc.notifications.press" in Path(f"/proc/{pid}/cmdline").read_text())


async def test_letters_are_those_of_this_process(press: Press) -> None:
    notice = notices.an_acknowledgement()
    to = ("Dominique Modèle", "12 rue des Exemples")
    pdfs = await asyncio.gather(*(press.render(notice, accent="#1f5f8b", to=to) for _ in range(3)))
    assert set(pdfs) == {letters.render(notice, accent="#1f5f8b", to=to)}


async def test_a_child_that_was_killed_is_replaced(press: Press) -> None:
    notice = notices.an_acknowledgement()
    await press.render(notice, accent="#1f5f8b")
    os.kill(child_of_this_process(), signal.SIGKILL)
    with pytest.raises(PressFailed):
        await press.render(notice, accent="#1f5f8b")
    assert (await press.render(notice, accent="#1f5f8b")).startswith(b"%PDF")


async def test_a_letter_that_fails_does_not_stop_the_next(press: Press) -> None:
    notice = notices.an_acknowledgement()
    with pytest.raises(PressFailed, match=r"AttributeError|TypeError"):
        await press.render(notice, accent=None)  # type: ignore[arg-type]
    assert (await press.render(notice, accent="#1f5f8b")).startswith(b"%PDF")


async def test_a_caller_that_left_does_not_get_its_letter_mixed_up(press: Press) -> None:
    first, second = notices.an_acknowledgement(), notices.an_acknowledgement(notices.ACCEPTANCE)
    await press.render(first, accent="#1f5f8b")
    leaving = asyncio.create_task(press.render(first, accent="#1f5f8b"))
    await asyncio.sleep(0.002)
    leaving.cancel()
    await asyncio.gather(leaving, return_exceptions=True)
    assert await press.render(second, accent="#1f5f8b") == letters.render(second, accent="#1f5f8b")


def test_it_ends_with_its_orders_and_imports_neither_web_nor_database() -> None:
    heavy = "starlette", "sqlalchemy", "pydantic", "jinja2", "grc.web", "grc.db"
    loaded = f"import sys, grc.notifications.press; print([m for m in {heavy!r} if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True).stdout == "[]\n"
    child = subprocess.Popen([sys.executable, "-m", "grc.notifications.press"], stdin=subprocess.PIPE)
    assert child.stdin is not None
    child.stdin.close()
    assert child.wait(20) == 0
    assert processes.wait_until_gone([child.pid]) == []


def test_it_says_nothing_when_its_parent_is_killed_in_the_middle_of_a_letter() -> None:
    order = json.dumps({"notice": receipts.as_json(notices.an_acknowledgement()), "accent": "#1f5f8b"}).encode()
    child = subprocess.Popen(
        [sys.executable, "-m", "grc.notifications.press"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert child.stdin is not None
    assert child.stdout is not None
    assert child.stderr is not None
    child.stdout.close()
    child.stdin.write(struct.pack(">I", len(order)) + order)
    child.stdin.close()
    assert (child.wait(20), child.stderr.read()) == (0, b"")
    child.stderr.close()
