"""What the citizen's browser meets on the simulator: the choice of an identity, errors, logout."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from grc.demo import pages
from grc.demo.franceconnect.authorize import RefusedHere, SentBack, back_to, closed_list, read
from grc.demo.franceconnect.identities import IDENTITIES, Identity, find
from grc.demo.franceconnect.peer import Login, Peer

_FAILURES = {
    "cancel": ("access_denied", "User auth aborted"),
    "not_confirmed": ("access_denied", "user authentication aborted"),
    "outage": ("server_error", "authentication aborted due to a technical error on the authorization server"),
}


class Browser:
    """The handlers of the pages; all of them work without JavaScript. Another provider overrides what it does apart.

    people: who can be chosen. templates: the folder of its pages, with a final "/", or "". failures: by name, the
    error that leads back and its description.
    """

    name = "franceconnect"
    people: Sequence[Identity] = IDENTITIES
    templates = ""
    failures: Mapping[str, tuple[str, str]] = _FAILURES

    def __init__(self, peer: Peer) -> None:
        self._peer = peer
        self._settings = peer.settings
        self._cookie = f"{self.name}-simule-{urlsplit(peer.settings.issuer).port or 443}"

    def read(self, params: Iterable[tuple[str, str]]) -> Login:
        """The login asked for; raises RefusedHere or SentBack."""
        return read(params, self._settings)

    async def authorize(self, request: Request) -> Response:
        """A login begun, an error page, or an error sent back."""
        self._peer.asked["authorize"] += 1
        try:
            login = self.read(await _params(request))
        except RefusedHere as refused:
            return self._refused(refused)
        except SentBack as sent:
            back = self._error(sent.error, sent.description, sent.state)
            return _redirect(back_to(sent.redirect_uri, back, in_fragment=sent.in_fragment))
        return _redirect(f"{self._settings.base}/interaction/{self._peer.begin(login)}")

    async def choose(self, request: Request) -> Response:
        """The identities on offer; who is already signed in here comes first (single sign-on)."""
        login = self._peer.login(request.path_params["key"])
        if login is None:
            return self._refused(RefusedHere("Y190001", "session expirée ou inconnue"))
        session = self._peer.session(request.cookies.get(self._cookie))
        return self._page(
            "identities.html",
            csp=f"form-action 'self' {_origin(login.redirect_uri)}",
            identities=self.people,
            service=login.client.name,
            signed_in=session.identity if session else None,
        )

    async def chosen(self, request: Request) -> Response:
        """Back to the client, with a code or with the error asked for."""
        login = self._peer.login(request.path_params["key"])
        if login is None:
            return self._refused(RefusedHere("Y190001", "session expirée ou inconnue"))
        posted = await request.form()
        failure = self.failures.get(str(posted.get("failure", "")))
        if failure:
            return _redirect(back_to(login.redirect_uri, self._error(*failure, login.state)))
        identity = find(str(posted.get("identity", "")), self.people)
        if identity is None:
            return self._refused(RefusedHere("Y030007", "identité inconnue"))
        return self._signed_in(login, identity)

    async def forged_error(self, request: Request) -> Response:
        """FranceConnect relays any error_description without a session, and writes state=undefined when it has none."""
        query = request.query_params
        client = self._settings.client(query.get("client_id", ""))
        redirect_uri = query.get("redirect_uri", "")
        if client is None or redirect_uri not in client.redirect_uris:
            return self._refused(RefusedHere("Y04C013C", "redirect_uri non enregistrée pour ce client"))
        error, description = query.get("error", "server_error"), query.get("error_description", "")
        return _redirect(back_to(redirect_uri, self._error(error, description, query.get("state", "undefined"))))

    async def end_session(self, request: Request) -> Response:
        """The provider's session closed, then the registered return address, with its state."""
        self._peer.asked["session/end"] += 1
        try:
            given = closed_list(
                request.query_params.multi_items(),
                required=("id_token_hint",),
                optional=("post_logout_redirect_uri", "state", "client_id", "logout_hint", "ui_locales"),
            )
            target = self._after_logout(given)
        except RefusedHere as refused:
            return self._refused(refused)
        self._peer.sessions.pop(request.cookies.get(self._cookie, ""), None)
        answer = _redirect(target) if target else self._page("signed_out.html")
        answer.delete_cookie(self._cookie, path=self._settings.base or "/")
        return answer

    def _after_logout(self, given: Mapping[str, str]) -> str:
        claims = self._peer.keys.is_ours(given["id_token_hint"])
        client = self._settings.client(str(claims.get("aud"))) if claims else None
        if client is None:
            raise RefusedHere("Y030007", "id_token_hint invalide")
        uri = given.get("post_logout_redirect_uri")
        if uri is None:
            return ""
        if uri not in client.post_logout_redirect_uris:
            raise RefusedHere("Y030111", "post_logout_redirect_uri non enregistrée")
        return back_to(uri, {"state": given["state"]}) if "state" in given else uri

    def _signed_in(self, login: Login, identity: Identity) -> Response:
        params = {
            "code": self._peer.grant(login, identity),
            "state": login.state,
            "iss": self._settings.issuer,
        }
        answer = _redirect(back_to(login.redirect_uri, self._spoilt(params)))
        answer.set_cookie(
            self._cookie,
            self._peer.open_session(identity),
            path=self._settings.base or "/",
            httponly=True,
            samesite="lax",
        )
        return answer

    def _error(self, error: str, description: str, state: str) -> dict[str, str]:
        params = {"error": error, "error_description": description, "state": state, "iss": self._settings.issuer}
        return self._spoilt(params)

    def _spoilt(self, params: dict[str, str]) -> dict[str, str]:
        faults = self._peer.faults
        if "cb.state" in faults:
            params["state"] = "another-state-of-more-than-22-characters"
        if "cb.iss" in faults:
            params["iss"] = "https://other.example/api/v2"
        absent = {name for name in ("state", "iss") if f"cb.no_{name}" in faults}
        return {name: value for name, value in params.items() if name not in absent}

    def _refused(self, refused: RefusedHere) -> Response:
        return self._page("refused.html", status=400, code=refused.code, reason=refused.reason)

    def _page(self, name: str, *, status: int = 200, csp: str = "form-action 'none'", **context: Any) -> Response:
        return pages.page(self.templates + name, status=status, csp=csp, base=self._settings.base, **context)


async def _params(request: Request) -> list[tuple[str, str]]:
    if request.method == "GET":
        return request.query_params.multi_items()
    return [(name, str(value)) for name, value in (await request.form()).multi_items()]


def _redirect(url: str) -> RedirectResponse:
    return RedirectResponse(url, 303, {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"})


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
