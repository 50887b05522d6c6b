"""The platform's own pages: the list of communes, health, static files and themes."""

from __future__ import annotations

from typing import get_args

import anyio.to_thread
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from grc import clock, resources
from grc.authorities import looks, queries
from grc.authorities.views import AuthorityView
from grc.errors import GrcError, NotFound
from grc.outbox.delivery import Health, health
from grc.sweeping import runs
from grc.sweeping.runs import Jump, Run
from grc.web import assets, disclosure, embedding, operators, rendering, security, theme
from grc.web.frame import CommuneRow, PlatformPage
from grc.web.framing import plain_frame
from grc.web.platform import Platform

_FOREVER = "public, max-age=31536000, immutable"


class HashedStaticFiles(StaticFiles):
    """Static files under a digest in their address: kept for ever by browsers, whatever the digest says."""

    async def get_response(self, path: str, scope: object) -> Response:
        _, _, name = path.replace("\\", "/").partition("/")
        response = await super().get_response(name, scope)  # type: ignore[arg-type]
        response.headers["Cache-Control"] = _FOREVER
        return response


async def show_communes(request: Request) -> Response:
    """The communes of the installation, when no authority is named by host or path."""
    platform: Platform = request.app.state.platform
    found = await platform.db.read(queries.municipalities, scope=None)
    every = await platform.db.read(queries.every_authority, scope=None)
    name = next((one.name for one in every if one.kind == "syndicate"), "Démarches en ligne")
    page = PlatformPage(syndicate=name, communes=[_commune(one) for one in found])
    return HTMLResponse(rendering.render("platform/communes.html", frame=plain_frame(name), page=page))


def _commune(authority: AuthorityView) -> CommuneRow:
    return CommuneRow(authority.name, f"/{authority.slug}/", logo=assets.logo_url("", authority.logo))


async def live(_request: Request) -> Response:
    """The process answers."""
    return PlainTextResponse("ok\n")


async def ready(request: Request) -> Response:
    """Database, store and outbox, a line each; 503 when one of them is not well.

    The antivirus and the sweeps have their line too, but files and dates can wait: no reason to send citizens away.
    """
    platform: Platform = request.app.state.platform
    lines, well = [], True
    try:
        state: Health = await platform.db.read(health, scope=None)
        late = state.is_late(clock.now())
        lines.append("database ok")
        lines.append(f"outbox {'late' if late else 'ok'}: {state.pending} pending, {state.dead} given up")
        lines.append(_swept(await platform.db.read(runs.last, scope=None)))
        well = not late
    except GrcError as error:
        lines.append(f"database {type(error).__name__}")
        well = False
    is_kept = await anyio.to_thread.run_sync(platform.storage.is_well)
    lines.append("storage ok" if is_kept else "storage lost")
    well = well and is_kept
    if platform.antivirus is not None:
        lines.append("antivirus down" if await platform.antivirus.fault() else "antivirus ok")
    return PlainTextResponse("\n".join(lines) + "\n", status_code=200 if well else 503)


def _swept(last: Run | None) -> str:
    """What the sweeps say: nothing done yet, refused because the clock jumped, late, or well."""
    if last is None:
        return "sweeps none yet"
    refused = last.fault if last.fault in get_args(Jump) else ""
    if refused:
        return f"sweeps refused: {refused}"
    return "sweeps late" if runs.is_late(last, clock.now()) else "sweeps ok"


async def show_theme(request: Request) -> Response:
    """The style sheet of a colour: /theme/1f5f8b-<digest>.css."""
    colour = "#" + request.path_params["colour"]
    try:
        text = theme.stylesheet(colour)
    except ValueError as error:
        raise NotFound("Ce thème n’existe pas.") from error
    return Response(text, media_type="text/css", headers={"Cache-Control": _FOREVER})


async def show_logo(request: Request) -> Response:
    """The logo of an authority: /theme/logo-<sha256>.png. Nothing in it runs, whatever it is opened in."""
    platform: Platform = request.app.state.platform
    name = f"logo-{request.path_params['digest']}.{request.path_params['extension']}"
    authority_id = await platform.db.read(lambda session: looks.shown_by(session, name), scope=None)
    content, media_type = await platform.db.read(
        lambda session: looks.logo(session, authority_id, name), scope=authority_id
    )
    return Response(content, media_type=media_type, headers={**security.PICTURE, "Cache-Control": _FOREVER})


def routes() -> list[Route | Mount]:
    """The platform's routes; static files are compressed, pages are not (they hold codes beside what people typed)."""
    files = HashedStaticFiles(directory=resources.folder("static"))
    return [
        Route("/", show_communes, methods=["GET"], name="platform:communes"),
        Route("/healthz", live, methods=["GET"], name="platform:live"),
        Route("/readyz", ready, methods=["GET"], name="platform:ready"),
        *operators.routes(),
        *embedding.routes(),
        *disclosure.routes(),
        Route("/theme/{colour:str}-{digest:str}.css", show_theme, methods=["GET"], name="platform:theme"),
        Route("/theme/logo-{digest:str}.{extension:str}", show_logo, methods=["GET"], name="platform:logo"),
        Mount("/static", GZipMiddleware(files, minimum_size=500), name="platform:static"),
    ]
