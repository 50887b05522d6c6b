"""What each error of the family means in HTTP, and the page that says it. The only place that knows the numbers."""

from __future__ import annotations

import logging
import secrets
import traceback
from types import TracebackType

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from grc.errors import (
    Conflict,
    Forbidden,
    GrcError,
    Invalid,
    Misconfigured,
    NotFound,
    TooLarge,
    TooMany,
    Unavailable,
)
from grc.web import bodies, rendering, uploads
from grc.web.frame import ErrorPage, Frame, Link
from grc.web.framing import plain_frame, tenant_frame
from grc.web.links import Links
from grc.web.platform import Tenant
from grc.web.problems import is_api, problem
from grc.web.site import SignInNeeded

_LOG = logging.getLogger("grc.web")

STATUS: dict[type[GrcError], int] = {
    NotFound: 404,
    Forbidden: 403,
    Conflict: 409,
    Invalid: 422,
    TooLarge: 413,
    TooMany: 429,
    Unavailable: 503,
    Misconfigured: 500,
}

_ON_A_DEMANDE = frozenset({401, 409, 413, 422})
"""What is answered to an act on a demande that may be read."""
_PAGES = frozenset({400, 403, 404, 405, 409, 413, 422, 429, 500, 503})


def status_of(error: GrcError) -> int:
    """The number of an error: that of its nearest ancestor in the table."""
    return next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 500)


async def on_known(request: Request, error: Exception) -> Response:
    """Answers for the family of grc.errors."""
    assert isinstance(error, GrcError)  # noqa: S101 - registered for this class alone
    if isinstance(error, SignInNeeded):
        return await _signed_out(request, error)
    status = status_of(error)
    if status >= 500:
        log_failure(error, incident="")
    response = page(request, status, message=error.message)
    if isinstance(error, TooMany):
        response.headers["Retry-After"] = str(error.retry_after)
    return response


async def _signed_out(request: Request, error: SignInNeeded) -> Response:
    """Leads to the sign-in page; words that were posted stay in the page that sent them, or are shown to be copied."""
    is_htmx = request.headers.get("hx-request") == "true"
    if request.headers.get("content-type", "").startswith("multipart/form-data"):
        return Response(status_code=401) if is_htmx else await _with_words(request, error)
    if is_htmx:
        return Response(status_code=401, headers={"HX-Redirect": error.location})
    return RedirectResponse(error.location, status_code=303)


async def _with_words(request: Request, error: SignInNeeded) -> Response:
    """What an agent had written when their session ended: nothing of it is kept here."""
    limit = request.app.state.platform.config.max_file_bytes
    try:
        posted = await bodies.read(request, max_file_bytes=limit, max_files=uploads.MOST_AT_ONCE)
    except GrcError:
        return RedirectResponse(error.location, status_code=303)
    posted.close()
    return page(request, 401, message=error.message, typed=posted.text("text"))


async def on_http(request: Request, error: Exception) -> Response:
    """Answers for the routes' own 404 and 405."""
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for this class alone
    if is_api(request.url.path):
        response = problem(request, error.status_code, detail=_own_words(error))
    else:
        response = page(request, error.status_code if error.status_code in _PAGES else 404)
    response.headers.update(error.headers or {})
    return response


async def on_unknown(request: Request, error: Exception) -> Response:
    """Answers for a fault of ours: a reference to say on the telephone, the same in the log."""
    incident = secrets.token_hex(4)
    log_failure(error, incident=incident)
    return page(request, 500, reference=incident)


def _own_words(error: HTTPException) -> str:
    """What our API says of its refusal; a refusal of the router says nothing of ours."""
    return error.detail if error.status_code == 406 else ""


def page(request: Request, status: int, *, message: str = "", reference: str = "", typed: str = "") -> Response:
    """The page of an error, in the authority's colours when it is known; for programs, the problem."""
    if is_api(request.url.path):
        return problem(request, status, detail=message, reference=reference)
    tenant: Tenant | None = request.scope.get("grc.tenant")
    shown = ErrorPage(
        status=status,
        message=message,
        reference=reference,
        typed=typed,
        telephone=tenant.authority.telephone if tenant else "",
        back=_back(request, tenant, status),
    )
    frame = _frame(request, tenant)
    return HTMLResponse(
        rendering.render(f"errors/{status}.html", frame=frame, page=shown),
        status_code=status,
        headers={"Cache-Control": "no-store"},
    )


def _frame(request: Request, tenant: Tenant | None) -> Frame:
    if tenant is None:
        return plain_frame()
    if _is_desk(request, tenant):
        return tenant_frame(tenant, space="Espace des agents", home=Links(tenant.root).agents())
    return tenant_frame(tenant)


def _back(request: Request, tenant: Tenant | None, status: int) -> Link:
    """Where to go on: the demande on which an act was refused, else the beginning."""
    if tenant is None:
        return Link("Revenir à l’accueil", "/")
    links, at_desk = Links(tenant.root), _is_desk(request, tenant)
    reference = request.path_params.get("reference", "") if status in _ON_A_DEMANDE else ""
    if reference:
        return Link("Revenir à la demande", (links.agent_submission if at_desk else links.submission)(reference))
    return Link("Revenir aux demandes", links.agents()) if at_desk else Link("Revenir à l’accueil", links.home())


def _is_desk(request: Request, tenant: Tenant) -> bool:
    return f"{request.url.path.removeprefix(tenant.root)}/".startswith("/agents/")


def log_failure(error: BaseException, *, incident: str) -> None:
    """One line with the kind of failure and where it happened; never its text, which may hold answers."""
    _LOG.error("failure %s incident=%s at %s", type(error).__name__, incident, " < ".join(_places(error.__traceback__)))


def _places(trace: TracebackType | None) -> list[str]:
    frames = traceback.extract_tb(trace)
    return [f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno}:{frame.name}" for frame in reversed(frames[-6:])]
