"""The names and properties of our cookies: one per public and authority, nothing else in a browser."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from grc.web.platform import Tenant, WebConfig

_FRAMED = "Path=/; Secure; HttpOnly; SameSite=None; Partitioned"


def name(config: WebConfig, tenant: Tenant, public: str) -> str:
    """`__Host-…` where browsers come by https; on a plain-http demo another name, set apart by its port.

    With paths all authorities share one origin: the slug keeps their cookies apart. In the frame of another site it is
    a cookie of its own: what a person holds on our pages counts for nothing there.
    """
    own = f"{'embed' if tenant.is_framed else f'grc-{public}'}-{tenant.authority.slug}"
    return f"__Host-{own}" if config.is_secure else f"{own}-{config.port}"


def read(request: Request, config: WebConfig, tenant: Tenant, public: str) -> str:
    """The token of the session's cookie, or ""."""
    return request.cookies.get(name(config, tenant, public), "")


def write(response: Response, config: WebConfig, tenant: Tenant, public: str, token: str, *, seconds: int) -> None:
    """Sets the session's cookie: unreadable by scripts, Lax (Strict would lose the return from FranceConnect).

    In a frame: kept for that site alone (Partitioned, which needs None and Secure), until the browser is closed.
    """
    if tenant.is_framed:
        _append(response, f"{name(config, tenant, public)}={token}; {_FRAMED}")
        return
    response.set_cookie(
        name(config, tenant, public),
        token,
        max_age=seconds,
        path="/",
        secure=config.is_secure,
        httponly=True,
        samesite="lax",
    )


def forget(response: Response, config: WebConfig, tenant: Tenant, public: str) -> None:
    """Takes the session's cookie back."""
    if tenant.is_framed:
        _append(response, f"{name(config, tenant, public)}=; Max-Age=0; {_FRAMED}")
        return
    response.delete_cookie(
        name(config, tenant, public), path="/", secure=config.is_secure, httponly=True, samesite="lax"
    )


def _append(response: Response, cookie: str) -> None:
    """By hand: the cookies of Python 3.11 know no `Partitioned`."""
    response.headers.append("set-cookie", cookie)
