"""The simulated FranceConnect in a process of its own, so that its work is not counted with ours.

`python -m grc.bench.provider ISSUER BASE_URL`. BASE_URL: of the installation whose communes are its clients.
"""

from __future__ import annotations

import asyncio
import sys
from urllib.parse import urlsplit

from starlette.responses import Response
from starlette.routing import Route

from grc.demo import franceconnect
from grc.demo.run import simulator_settings
from grc.demo.serving import serve


async def run(issuer: str, base_url: str) -> None:
    """Serves at the issuer's port until told to stop."""
    app = franceconnect.simulator(simulator_settings(issuer, base_url))
    app.router.routes.insert(0, Route("/readyz", lambda _request: Response(b"ok")))
    port = urlsplit(issuer).port
    assert port is not None
    await serve(app, port)


if __name__ == "__main__":
    asyncio.run(run(sys.argv[1], sys.argv[2]))
