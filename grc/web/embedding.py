"""A form shown in the page of another site: under the authority's `/cadre`, for the sites that the authority listed.

In a frame there is no ordinary cookie, no identity provider, no account and no agent: the pages of a procedure that
needs no identification, down to its confirmation. Everything else opens in the whole window.
"""

from __future__ import annotations

import re
from dataclasses import replace

from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from grc import resources
from grc.web import rendering
from grc.web.frame import Link, LinkPage
from grc.web.framing import tenant_frame
from grc.web.platform import FRAME, Tenant

SCRIPT = "/embed.js"
_PUBLIC = {
    "Cache-Control": "public, max-age=3600",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Access-Control-Allow-Origin": "*",
}
_INSIDE = re.compile(
    r"/demarches/[^/]+(/identification|/brouillons)?"
    r"|/brouillons/[^/]+/(?!compte$|coordonnees$)[^/]+(/fichiers|/[^/]+/suppression)?"
    r"|/(adresses|communes|cartes/.+)"
)


def framed(tenant: Tenant, path: str) -> Tenant | None:
    """The authority as a frame shows it, when the path lies under its `/cadre` and it lists sites; else None."""
    root = tenant.root + FRAME
    if not tenant.authority.embed_sites or not path.startswith(f"{root}/"):
        return None
    return replace(tenant, root=root, provider="", providers=(), is_framed=True)


def way_out(request: Request, tenant: Tenant) -> Response | None:
    """What leads out of the frame to the same page in the whole window; None for what the frame itself may show.

    A page of the frame that is opened by itself (Sec-Fetch-Dest says so) is not in a frame: it leads to its ordinary
    address, which is always one of ours: a path that begins with two slashes would name another host.
    """
    path = "/" + request.scope["path"].removeprefix(tenant.root).lstrip("/\\")
    is_read, query = request.method in {"GET", "HEAD"}, request.url.query
    outside = tenant.outside + (path if is_read else "/") + (f"?{query}" if query and is_read else "")
    if is_read and request.headers.get("sec-fetch-dest") == "document":
        return RedirectResponse(outside, status_code=303)
    return None if _INSIDE.fullmatch(path) else leaving(tenant, outside, status=200 if is_read else 403)


def leaving(tenant: Tenant, address: str, *, status: int = 200) -> Response:
    """The page of a frame that opens an address of the authority in the whole window."""
    page = LinkPage(Link("Ouvrir la page", address))
    html = rendering.render("platform/leaving.html", frame=tenant_frame(tenant), page=page)
    return HTMLResponse(html, status_code=status, headers={"Cache-Control": "no-store"})


async def show_script(_request: Request) -> Response:
    """The script that other sites load: see docs/operating.md."""
    return FileResponse(resources.folder("static") / "embed.js", media_type="text/javascript", headers=_PUBLIC)


def routes() -> list[Route]:
    """The platform's route for other sites."""
    return [Route(SCRIPT, show_script, methods=["GET"], name="platform:embed")]
