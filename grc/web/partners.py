"""What a sign-in at an identity provider needs for either public: our address there, no leak, the way out."""

from __future__ import annotations

import hmac

from starlette.responses import Response

from grc import references
from grc.errors import Unavailable
from grc.franceconnect.provider import Provider
from grc.web import cookies
from grc.web.visit import A, Visit

_LEAVING_SECONDS = 600


def root_of(visit: Visit[A]) -> str:
    """The absolute address where the authority's pages begin, on which its registered addresses stand."""
    base = visit.platform.config.base_url
    if visit.authority.domain and not visit.tenant.outside:
        base = f"{base.split('://', 1)[0]}://{visit.authority.domain}"
    return base + visit.tenant.outside


def leak_nothing(response: Response) -> Response:
    """The response to an address that holds a code: nothing may repeat it or keep it."""
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    return response


async def leave(visit: Visit[A], provider: Provider, *, id_token: str, home: str, cookie: str) -> Response:
    """To the provider's logout, once our session is closed; home where it has none or does not answer.

    cookie: the name that keeps, for ten minutes, the state compared at the return.
    """
    state = references.new_token()
    try:
        url = await visit.platform.franceconnect.logout_url(provider, id_token=id_token, state=state)
    except Unavailable:
        return visit.without_session(visit.redirect(home))
    response = visit.without_session(visit.redirect(url))
    cookies.write(response, visit.platform.config, visit.tenant, cookie, state, seconds=_LEAVING_SECONDS)
    return response


def returned(visit: Visit[A], *, home: str, told: str, cookie: str) -> Response:
    """Back from the provider's logout: `told` when the state is the one that left, else home."""
    left = cookies.read(visit.request, visit.platform.config, visit.tenant, cookie)
    is_ours = bool(left) and hmac.compare_digest(left.encode(), visit.query.get("state", "").encode())
    response = visit.redirect(told if is_ours else home)
    cookies.forget(response, visit.platform.config, visit.tenant, cookie)
    return response
