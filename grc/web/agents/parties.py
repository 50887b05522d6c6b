"""For whom a passkey is good on this page: the authority's own host, or that of the installation."""

from __future__ import annotations

from urllib.parse import urlsplit

from grc.authorities import passkeys
from grc.authorities.passkeys import Party
from grc.web.agents.account_views import PasskeyForm
from grc.web.visit import A, Visit

_LOOPBACK = "127.0.0.1"


def party(visit: Visit[A]) -> Party | None:
    """The party of this page, told by the settings and not by the browser; None where no passkey is possible.

    A demonstration on this machine is reached by its address in digits, for which browsers know no passkeys, and as
    localhost, for which they do: there alone the host asked for decides.
    """
    base = visit.platform.config.base_url
    scheme, port = urlsplit(base).scheme, urlsplit(base).port
    origin = base if visit.tenant.root else f"{scheme}://{visit.authority.domain}" + (f":{port}" if port else "")
    asked = visit.request.headers.get("host", "")
    if urlsplit(base).hostname == _LOOPBACK and asked == f"localhost:{port}":
        origin = f"{scheme}://{asked}"
    return passkeys.party(origin, visit.authority.name)


def form(visit: Visit[A], act: str, *, following: str = "") -> PasskeyForm | None:
    """The form that asks for a passkey and posts it to this act of the agents; None where none is possible."""
    if party(visit) is None:
        return None
    return PasskeyForm(visit.links.agents(act), visit.links.agents(f"{act}/defi"), following)
