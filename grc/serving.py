"""Runs an ASGI application with uvicorn, and says how the process logs."""

from __future__ import annotations

import logging
import signal
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp


def configuration(app: ASGIApp, *, host: str, port: int) -> uvicorn.Config:
    """The server's configuration: no access log of its own (paths may hold references), no server header."""
    return uvicorn.Config(
        app,
        host=host,
        port=port,
        access_log=False,
        log_config=None,
        server_header=False,
        date_header=True,
        proxy_headers=False,
        timeout_graceful_shutdown=10,
        h11_max_incomplete_event_size=64 * 1024,
    )


def configure_logs(level: int = logging.INFO) -> None:
    """One line an event, on standard error: time, level, logger, text; never an answer, an address or a code."""
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(name)s %(message)s", force=True)
    for noisy in ("httpx2", "httpx", "mail.log", "uvicorn.error"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


class Server(uvicorn.Server):
    """A server that ends with status 0 when it is told to stop, once requests under way and the lifespan are done."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        before = {number: signal.signal(number, self.handle_exit) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
