"""Whom to tell of a weakness: /.well-known/security.txt (RFC 9116), where the settings name somebody."""

from __future__ import annotations

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from grc import clock
from grc.errors import NotFound
from grc.web.platform import Platform

PATH = "/.well-known/security.txt"
_GOOD_FOR = timedelta(days=180)
"""Less than the year that RFC 9116, 2.5.5, advises; made anew each day, so that it lapses with the installation."""


async def show(request: Request) -> Response:
    """The contact of the settings, until when it holds, in which languages to write."""
    platform: Platform = request.app.state.platform
    contact = platform.config.security_contact
    if not contact:
        raise NotFound("Cette adresse n’existe pas.")
    until = clock.now().replace(hour=0, minute=0, second=0, microsecond=0) + _GOOD_FOR
    lines = [
        f"Contact: {contact}",
        f"Expires: {until:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: fr, en",
        f"Canonical: {platform.config.base_url}{PATH}",
    ]
    return PlainTextResponse("\n".join(lines) + "\n", headers={"Cache-Control": "public, max-age=86400"})


def routes() -> list[Route]:
    """The platform's route for those who found a weakness."""
    return [Route(PATH, show, methods=["GET"], name="platform:security")]
