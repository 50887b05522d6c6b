"""A simulated FranceConnect v2: a real OpenID Provider on loopback, with invented identities and fault switches."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.routing import Mount, Route

from grc.demo import pages
from grc.demo.franceconnect.browser import Browser
from grc.demo.franceconnect.identities import IDENTITIES
from grc.demo.franceconnect.machine import Machine
from grc.demo.franceconnect.peer import Peer
from grc.demo.franceconnect.registry import Client, Settings

__all__ = ["IDENTITIES", "Client", "Peer", "Settings", "simulator"]


def simulator(
    settings: Settings, *, browsing: type[Browser] = Browser, machinery: type[Machine] = Machine
) -> Starlette:
    """The provider at the issuer's path, and its switches under /_peer. `app.state.peer` is its memory, for tests.

    browsing, machinery: what another provider than FranceConnect does apart.
    """
    peer = Peer(settings)
    browser, machine = browsing(peer), machinery(peer)
    provider = [
        Route("/.well-known/openid-configuration", machine.discovery),
        Route("/authorize", browser.authorize, methods=["GET", "POST"]),
        Route("/interaction/{key}", browser.choose, methods=["GET"]),
        Route("/interaction/{key}", browser.chosen, methods=["POST"]),
        Route("/redirect-to-sp-with-error", browser.forged_error),
        Route("/token", machine.token, methods=["POST"]),
        Route("/token/revocation", machine.revocation, methods=["POST"]),
        Route("/userinfo", machine.userinfo, methods=["GET"]),
        Route("/jwks", machine.jwks),
        Route("/session/end", browser.end_session, methods=["GET"]),
        pages.style_route(),
    ]
    switches = [
        Route("/_peer/faults", machine.faults, methods=["GET", "POST"]),
        Route("/_peer/rotate", machine.rotate, methods=["POST"]),
    ]
    app = Starlette(routes=[*switches, Mount(settings.base or "/", routes=provider)])
    app.state.peer = peer
    return app
