"""A demonstration site served by uvicorn in the running loop, without taking the process's signals."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Iterator

import uvicorn
from starlette.types import ASGIApp

LOOPBACK = "127.0.0.1"


def listener(port: int = 0, host: str = LOOPBACK) -> socket.socket:
    """A listening socket; port 0 takes a free one (`socket.getsockname()[1]`). Raises OSError when taken."""
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((host, port))
        bound.listen()
    except OSError:
        bound.close()
        raise
    return bound


@contextlib.asynccontextmanager
async def serving(app: ASGIApp, sock: socket.socket) -> AsyncIterator[None]:
    """Serves the application on this socket while the block runs."""
    server = _Server(
        uvicorn.Config(
            app, log_config=None, access_log=False, lifespan="off", ws="none", timeout_graceful_shutdown=1, http="h11"
        )
    )
    task = asyncio.create_task(server.serve(sockets=[sock]))
    await server.begun.wait()
    try:
        yield
    finally:
        server.should_exit = True
        await task
        sock.close()


async def serve(app: ASGIApp, port: int) -> None:
    """Serves on loopback until cancelled."""
    async with serving(app, listener(port)):
        await asyncio.Event().wait()


class _Server(uvicorn.Server):
    """uvicorn without its signal handlers: the process that composes the demonstration has its own."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.begun = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.begun.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
