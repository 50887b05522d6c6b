"""The authorize request judged as FranceConnect v2 does: a page of its own, an error sent back, or a login begun."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from grc.demo.franceconnect.peer import Login
from grc.demo.franceconnect.registry import SCOPES, Client, Settings

REQUIRED = ("response_type", "client_id", "redirect_uri", "scope", "state", "nonce", "acr_values")
OPTIONAL = ("prompt", "claims", "idp_hint", "ui_locales")
_SHORTEST = 22
_KNOWN_ACR = ("eidas1", "eidas2", "eidas3")


@dataclass(eq=False)
class RefusedHere(Exception):
    """An error page of the provider's own: the citizen never comes back. code: such as Y030007."""

    code: str
    reason: str


@dataclass(eq=False)
class SentBack(Exception):
    """An error that the browser carries to the client's redirect_uri."""

    redirect_uri: str
    error: str
    description: str
    state: str
    in_fragment: bool = False


def read(params: Iterable[tuple[str, str]], settings: Settings) -> Login:
    """The login asked for; raises RefusedHere or SentBack."""
    given = closed_list(
        params, required=(*REQUIRED[3:], "response_type"), optional=("client_id", "redirect_uri", *OPTIONAL)
    )
    _check_shapes(given)
    client = settings.client(given.get("client_id", ""))
    if client is None:
        raise RefusedHere("Y04EA6EF", "client_id inconnu de cette plateforme")
    if given.get("redirect_uri") not in client.redirect_uris:
        raise RefusedHere("Y04C013C", "redirect_uri non enregistrée pour ce client")
    _check_protocol(given, client)
    return Login(
        client=client,
        redirect_uri=given["redirect_uri"],
        state=given["state"],
        nonce=given["nonce"],
        scopes=tuple(dict.fromkeys(scope for scope in given["scope"].split() if scope in SCOPES)),
        wants_amr=_wants_amr(given.get("claims"), client),
        begun_at=settings.now(),
    )


def closed_list(
    params: Iterable[tuple[str, str]], *, required: Iterable[str], optional: Iterable[str]
) -> dict[str, str]:
    """The parameters by name; raises RefusedHere for an unknown, repeated or missing one."""
    given: dict[str, str] = {}
    allowed = {*required, *optional}
    for name, value in params:
        if name not in allowed or name in given:
            raise RefusedHere("Y030007", f"paramètre refusé\u00a0: {name[:40]}")
        given[name] = value
    for name in required:
        if not given.get(name):
            raise RefusedHere("Y030007", f"paramètre manquant\u00a0: {name}")
    return given


def back_to(redirect_uri: str, params: dict[str, str], *, in_fragment: bool = False) -> str:
    """The address of the client with these parameters added."""
    mark = "#" if in_fragment else "&" if urlsplit(redirect_uri).query else "?"
    return redirect_uri + mark + urlencode(params)


def _check_shapes(given: dict[str, str]) -> None:
    for name in ("state", "nonce"):
        if len(given[name]) < _SHORTEST:
            raise RefusedHere("Y030007", f"{name} de moins de {_SHORTEST} caractères")
    if "prompt" in given and not {"login", "consent"} & set(given["prompt"].split()):
        raise RefusedHere("Y030007", "prompt sans login ni consent")


def _check_protocol(given: dict[str, str], client: Client) -> None:
    def sent_back(error: str, description: str, *, in_fragment: bool = False) -> SentBack:
        return SentBack(given["redirect_uri"], error, description, given["state"], in_fragment)

    response_type, scopes = given["response_type"], given["scope"].split()
    if response_type != "code":
        in_fragment = "token" in response_type
        raise sent_back("unsupported_response_type", "unsupported response_type requested", in_fragment=in_fragment)
    if "openid" not in scopes:
        raise sent_back("invalid_request", "openid scope must be requested when using the acr_values parameter")
    if any(scope in SCOPES and scope not in client.scopes for scope in scopes):
        raise sent_back("invalid_scope", "requested scope is not allowed")
    if "idp_hint" in given:
        raise sent_back("invalid_idp_hint", "An idp_hint was provided but is not allowed")
    known = [acr for acr in _KNOWN_ACR if acr in given["acr_values"].split()]
    if known and known[0] != "eidas1":
        raise sent_back("invalid_acr", "acr_value is not valid, should be equal one of these values, expected eidas1")


def _wants_amr(claims: str | None, client: Client) -> bool:
    if claims is None:
        return False
    try:
        asked = json.loads(claims).get("id_token", {})
        wanted = "amr" in asked
    except (ValueError, AttributeError, TypeError) as error:
        raise RefusedHere("Y030007", "claims illisible") from error
    if wanted and "amr" not in client.scopes:
        raise RefusedHere("Y100009", "amr hors de l’habilitation")
    return wanted
