"""The client of clamd, with a real clamd, and with servers that behave as badly as they can."""

from __future__ import annotations

import asyncio
import contextlib
import io
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from grc.attachments.antivirus import Clamd, NotScanned, Verdict
from grc.errors import Unavailable
from tests.support.clamd import MARK, MOST, SIGNATURE, Daemon

pytestmark = pytest.mark.anyio
Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


async def test_a_clean_file_and_an_infected_one(clamd: Daemon) -> None:
    client = Clamd(clamd.address)
    assert await client.fault() == ""
    assert await client.scan(io.BytesIO(b"x" * 700_000)) == Verdict()
    verdict = await client.scan(io.BytesIO(b"x" * 300_000 + MARK + b"y" * 300_000))
    assert not verdict.is_clean
    assert verdict.found.startswith(SIGNATURE)


async def test_an_empty_file_is_clean(clamd: Daemon) -> None:
    assert (await Clamd(clamd.address).scan(io.BytesIO())).is_clean


async def test_a_file_too_large_for_it_has_no_verdict(clamd: Daemon) -> None:
    with pytest.raises(NotScanned):
        await Clamd(clamd.address).scan(io.BytesIO(bytes(3 * MOST)))


async def test_an_absent_clamd_is_unavailable(tmp_path: Path) -> None:
    for address in (str(tmp_path / "none.sock"), "127.0.0.1:9"):
        client = Clamd(address, connecting=1)
        assert await client.fault() != ""
        with pytest.raises(Unavailable):
            await client.scan(io.BytesIO(b"x"))


@asynccontextmanager
async def serving(answer: Handler) -> AsyncIterator[Clamd]:
    answering: set[asyncio.Task[None]] = set()

    async def and_close(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        answering.add(task)
        try:
            await answer(reader, writer)
        finally:
            writer.transport.abort()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    server = await asyncio.start_server(and_close, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    try:
        yield Clamd(f"127.0.0.1:{port}", connecting=0.5, scanning=0.5)
    finally:
        server.close()
        await asyncio.gather(*answering)


def saying(words: bytes) -> Handler:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100_000)
        writer.write(words)
        writer.close()
        await writer.wait_closed()

    return answer


@pytest.mark.parametrize(
    "words",
    [
        b"",
        b"stream: OK",
        b"\0",
        b"INSTREAM size limit exceeded. ERROR\0",
        b"stream: OK\0" * 2,
        b"fd[9]: OK\0",
        b"OK\0",
        b"\xff" * 9000,
        b"stream: FOUND\0",
    ],
)
async def test_only_the_exact_words_make_a_file_clean(words: bytes) -> None:
    """An answer cut short of its NUL is no answer, whatever it says so far."""
    async with serving(saying(words)) as client:
        with pytest.raises(NotScanned):
            await client.scan(io.BytesIO(b"x"))
        assert await client.fault() != ""


async def test_a_name_of_signature_is_kept_to_what_can_be_shown() -> None:
    async with serving(saying(b"stream: Exemple\x1b[31m.\xff<b> FOUND\0")) as client:
        assert (await client.scan(io.BytesIO(b"x"))).found == "Exemple[31m.<b>"


async def test_a_silent_clamd_is_not_waited_for_for_ever() -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(-1)

    async with serving(silent) as client:
        with pytest.raises(NotScanned):
            await client.scan(io.BytesIO(b"x"))
        assert await client.fault() == "TimeoutError"
