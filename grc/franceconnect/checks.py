"""What is wrong with a registration, found from outside: nobody is signed in, nothing is changed at the provider."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx2

from grc import clock
from grc.errors import Unavailable
from grc.franceconnect import answers, tokens
from grc.franceconnect.client import FranceConnectClient, basic, is_loopback
from grc.franceconnect.provider import Provider

_ENDPOINTS = {
    "authorization_endpoint": "de connexion",
    "token_endpoint": "des jetons",
    "userinfo_endpoint": "de l’identité",
    "jwks_uri": "des clés",
    "end_session_endpoint": "de déconnexion",
}
_VISITED = ("authorization_endpoint", "end_session_endpoint")
"""Where a form of ours sends the browser: our policy must name their origins."""
_SANDBOXES = ("dev-franceconnect.fr", "dev-agentconnect.fr")
"""Where plain http and addresses of one's own machine may be registered."""
_UNREAL = frozenset({"local", "localhost", "test", "example", "invalid", "internal", "lan", "home"})
_CODE = re.compile(r"\bY[0-9A-F]{6,7}\b")
_PAGES = {
    "Y04EA6EF": (
        "ce fournisseur ne connaît pas ce client. Vérifiez l’identifiant, et l’émetteur\u00a0: ceux de l’intégration "
        "n’existent pas en production."
    ),
    "Y04C013C": "l’adresse de retour n’y est pas enregistrée, à l’octet près\u00a0: {redirect_uri}. Enregistrez-la.",
    "Y030007": "il refuse nos paramètres. Vérifiez les options du client (niveaux, PKCE, paramètres de plus).",
    "Y100009": "les options demandent une information que l’habilitation n’ouvre pas.",
    "Y04A8220": "les adresses de retour ont plusieurs hôtes\u00a0: il y faut un « sector_identifier_uri ».",
    "Y030111": "l’adresse de retour de déconnexion n’y est pas enregistrée\u00a0: {post_logout_redirect_uri}.",
}
_ERRORS = {
    "invalid_scope": "la portée « {scope} » demande plus que l’habilitation. Changez-la, ou faites-la élargir.",
    "invalid_acr": "il ne sert aucun des niveaux demandés. Retirez-les ou changez-les.",
    "unauthorized_client": "ce client n’a pas droit à la connexion par code.",
    "invalid_client": _PAGES["Y04EA6EF"],
    "invalid_redirect_uri": _PAGES["Y04C013C"],
    "redirect_uri_mismatch": _PAGES["Y04C013C"],
}
_DUMMY = "code-factice-de-verification"


@dataclass(frozen=True)
class Finding:
    """One thing looked at: True well, False to mend, None that cannot be told from here. text: in French."""

    is_well: bool | None
    text: str

    def __str__(self) -> str:
        mark = {True: "bien       ", False: "à corriger ", None: "à vérifier "}[self.is_well]
        return mark + self.text


@dataclass(frozen=True)
class _Asked:
    """The provider under check, its discovery, and how it is reached. origins: what our policy adds to its issuer's."""

    provider: Provider
    metadata: Mapping[str, Any]
    browser: httpx2.AsyncClient
    origins: Collection[str]
    now: Callable[[], datetime]

    def said(self, text: str) -> str:
        """A sentence with the addresses of the registration in their places."""
        return text.format(
            redirect_uri=self.provider.redirect_uri,
            post_logout_redirect_uri=self.provider.post_logout_redirect_uri,
            scope=self.provider.scope,
        )


async def check(
    provider: Provider,
    *,
    origins: Collection[str] = (),
    patience: float = 5.0,
    now: Callable[[], datetime] = clock.now,
) -> list[Finding]:
    """Every finding, in the order in which a sign-in would meet them; after a dead discovery nothing more can be told.

    origins: those that the client's options add to the issuer's. patience: seconds for each exchange.
    """
    found = [_returns(provider)]
    reached = not is_loopback(provider.issuer)
    async with httpx2.AsyncClient(
        timeout=patience, follow_redirects=False, trust_env=reached, **answers.reading()
    ) as browser:
        url = provider.issuer.rstrip("/") + "/.well-known/openid-configuration"
        answer = await _answer(browser.get(url))
        metadata = _document(answer)
        found.append(_discovery(provider, url, answer, metadata))
        if answer is None or not found[-1].is_well:
            return found
        asked = _Asked(provider, metadata, browser, origins, now)
        found += [_clock(asked, answer), *_endpoints(asked), *_announced(asked)]
        if all(one.is_well is not False for one in found[3:]):
            found += [await _keys(asked), await _authorize(asked), await _logout(asked), await _secret(asked)]
    return found


def _returns(provider: Provider) -> Finding:
    """Whether our own addresses can be registered: in production, https with a real domain."""
    host = urlsplit(provider.issuer).hostname or ""
    if is_loopback(provider.issuer) or host.endswith(_SANDBOXES):
        return Finding(True, f"adresses\u00a0: {provider.redirect_uri} et {provider.post_logout_redirect_uri}.")
    ours = urlsplit(provider.redirect_uri)
    last = (ours.hostname or "").rpartition(".")
    if ours.scheme != "https" or not last[1] or last[2] in _UNREAL or last[2].isdigit():
        text = "un fournisseur en production n’enregistre que du https sur un vrai nom de domaine."
        return Finding(False, f"adresses\u00a0: {provider.redirect_uri}\u00a0; {text} Corrigez GRC_BASE_URL.")
    return Finding(True, f"adresses\u00a0: {provider.redirect_uri} et {provider.post_logout_redirect_uri}.")


def _discovery(provider: Provider, url: str, answer: httpx2.Response | None, metadata: Mapping[str, Any]) -> Finding:
    if answer is None:
        return Finding(False, f"découverte\u00a0: {url} ne répond pas. Vérifiez l’émetteur, le réseau, le pare-feu.")
    if not metadata:
        text = f"découverte\u00a0: {url} répond {answer.status_code}, sans document. Vérifiez l’émetteur."
        return Finding(False, text)
    if metadata.get("issuer") != provider.issuer:
        text = f"découverte\u00a0: elle nomme l’émetteur « {str(metadata.get('issuer'))[:200]} ». Enregistrez celui-là."
        return Finding(False, text)
    return Finding(True, f"découverte\u00a0: {provider.issuer} répond.")


def _clock(asked: _Asked, answer: httpx2.Response) -> Finding:
    """Tokens live a minute and are refused at thirty seconds of difference."""
    try:
        theirs = parsedate_to_datetime(answer.headers.get("date", ""))
    except (TypeError, ValueError):
        return Finding(None, "horloge\u00a0: le fournisseur ne dit pas son heure.")
    away = abs((asked.now() - theirs).total_seconds())
    if away > tokens.LEEWAY:
        return Finding(False, f"horloge\u00a0: {away:.0f} secondes d’écart avec le fournisseur. Réglez l’heure (NTP).")
    return Finding(True, f"horloge\u00a0: {away:.0f} seconde(s) d’écart.")


def _endpoints(asked: _Asked) -> list[Finding]:
    """Each address of the discovery: there, as safe as the issuer, and on an origin to which our pages may lead."""
    found, issuer = [], urlsplit(asked.provider.issuer)
    for name, words in _ENDPOINTS.items():
        url = urlsplit(str(asked.metadata.get(name) or ""))
        if not url.netloc and name == "end_session_endpoint":
            found.append(Finding(None, "déconnexion\u00a0: ce fournisseur n’en a pas\u00a0; sa session reste ouverte."))
        elif not url.netloc:
            found.append(Finding(False, f"découverte\u00a0: l’adresse {words} manque."))
        elif url.scheme not in {issuer.scheme, "https"}:
            found.append(Finding(False, f"découverte\u00a0: l’adresse {words} n’est pas en https."))
        elif name in _VISITED and not _may_lead_to(asked, f"{url.scheme}://{url.netloc}"):
            text = f"l’adresse {words} est sur {url.scheme}://{url.netloc}. Ajoutez cette origine au client (--origin)."
            found.append(Finding(False, f"découverte\u00a0: {text}"))
    return found or [Finding(True, "découverte\u00a0: toutes les adresses y sont.")]


def _may_lead_to(asked: _Asked, origin: str) -> bool:
    issuer = urlsplit(asked.provider.issuer)
    return origin in {f"{issuer.scheme}://{issuer.netloc}", *asked.origins}


def _announced(asked: _Asked) -> list[Finding]:
    """What the registration counts on and the discovery, where it lists anything, leaves out."""
    provider, options = asked.provider, asked.metadata
    wanted = [
        ("id_token_signing_alg_values_supported", provider.algorithm, "l’algorithme", "--algorithm"),
        ("token_endpoint_auth_methods_supported", provider.auth_method, "la méthode", "--auth-method"),
    ]
    if provider.pkce:
        wanted.append(("code_challenge_methods_supported", "S256", "la méthode", "--no-pkce"))
    found = [
        Finding(False, f"découverte\u00a0: {words} {value} n’est pas dans {name}. Changez {option}.")
        for name, value, words, option in wanted
        if isinstance(options.get(name), list) and value not in options[name]
    ]
    levels = options.get("acr_values_supported")
    if provider.acr and isinstance(levels, list) and not provider.acr & set(map(str, levels)):
        text = f"aucun des niveaux {' '.join(sorted(provider.acr))} n’est servi. Changez --acr."
        found.append(Finding(False, f"découverte\u00a0: {text}"))
    if provider.requires_iss and options.get("authorization_response_iss_parameter_supported") is not True:
        text = (
            "elle ne promet pas le nom de l’émetteur au retour (RFC 9207). Si les connexions échouent\u00a0: --no-iss."
        )
        found.append(Finding(None, f"découverte\u00a0: {text}"))
    return found


async def _keys(asked: _Asked) -> Finding:
    document = _document(await _answer(asked.browser.get(str(asked.metadata["jwks_uri"]))))
    try:
        usable = tokens.signing_keys(document, asked.provider.algorithm)
    except ValueError:
        return Finding(False, "clés\u00a0: leur adresse ne donne pas de clés. Signalez-le au fournisseur.")
    if usable:
        return Finding(True, f"clés\u00a0: {len(usable)} pour {asked.provider.algorithm}.")
    others = [name for name in sorted(tokens.ALGORITHMS) if tokens.signing_keys(document, name)]
    there = f"\u00a0; il y en a pour {', '.join(others)}" if others else ""
    text = f"aucune pour {asked.provider.algorithm}{there}. Enregistrez le même algorithme des deux côtés."
    return Finding(False, f"clés\u00a0: {text}")


async def _authorize(asked: _Asked) -> Finding:
    """Our own authorize request, as a browser would send it; the page that answers is read and left."""
    try:
        begun = await FranceConnectClient(now=asked.now).authorization(asked.provider)
    except Unavailable:
        return Finding(False, "connexion\u00a0: la demande ne peut pas être écrite.")
    answer = await _answer(asked.browser.get(begun.url))
    if answer is None:
        return Finding(False, "connexion\u00a0: le fournisseur ne répond pas à la demande.")
    fault = _fault(asked, answer)
    if fault:
        return Finding(False, f"connexion\u00a0: {fault}")
    return Finding(True, "connexion\u00a0: le fournisseur accepte le client, l’adresse de retour et nos paramètres.")


async def _logout(asked: _Asked) -> Finding:
    """Without anybody's id_token only some providers look at the address; FranceConnect asks for the token first."""
    endpoint = asked.metadata.get("end_session_endpoint")
    uri = asked.provider.post_logout_redirect_uri
    unknown = f"déconnexion\u00a0: vérifiez chez le fournisseur que {uri} est enregistrée."
    if not endpoint:
        return Finding(None, "déconnexion\u00a0: rien à enregistrer.")
    query = urlencode({"client_id": asked.provider.client_id, "post_logout_redirect_uri": uri})
    answer = await _answer(asked.browser.get(f"{endpoint}?{query}"))
    if answer is None:
        return Finding(False, "déconnexion\u00a0: le fournisseur ne répond pas.")
    if "Y030111" in answer.text or "post_logout_redirect_uri not registered" in answer.text:
        return Finding(False, "déconnexion\u00a0: " + asked.said(_PAGES["Y030111"]))
    if answer.is_client_error:
        return Finding(None, unknown)
    return Finding(True, "déconnexion\u00a0: l’adresse de retour est acceptée.")


async def _secret(asked: _Asked) -> Finding:
    """A code that does not exist: who knows our secret says so (invalid_grant), who does not refuses the client."""
    form, headers = {"grant_type": "authorization_code", "code": _DUMMY}, {"Accept": "application/json"}
    form["redirect_uri"] = asked.provider.redirect_uri
    if asked.provider.pkce:
        form["code_verifier"] = "v" * 43
    if asked.provider.auth_method == "client_secret_basic":
        headers["Authorization"] = basic(asked.provider.client_id, asked.provider.client_secret)
    else:
        form |= {"client_id": asked.provider.client_id, "client_secret": asked.provider.client_secret}
    url = str(asked.metadata["token_endpoint"])
    answer = await _answer(asked.browser.post(url, data=form, headers=headers))
    error = str(_document(answer).get("error", "")) if answer is not None else ""
    if error == "invalid_grant":
        return Finding(True, "secret\u00a0: c’est le bon.")
    if error == "invalid_client":
        text = "le fournisseur ne le reconnaît pas. Enregistrez de nouveau le client (grc authority client)."
        return Finding(False, f"secret\u00a0: {text}")
    said = f"« {error[:60]} »" if error else "sans erreur connue"
    return Finding(
        False, f"secret\u00a0: l’adresse des jetons répond {said}. Réessayez, puis voyez avec le fournisseur."
    )


def _fault(asked: _Asked, answer: httpx2.Response) -> str:
    """What an answer to the authorize request refuses, in French; "" for nothing."""
    location = answer.headers.get("location", "")
    if location.startswith(asked.provider.redirect_uri):
        parts = urlsplit(location)
        error = parse_qs(parts.query or parts.fragment).get("error", [""])[0]
        return asked.said(_ERRORS.get(error, f"il refuse avec « {error[:60]} ».")) if error else ""
    if answer.is_redirect or answer.status_code < httpx2.codes.BAD_REQUEST:
        return ""
    code = _CODE.search(answer.text)
    if code is not None:
        said = _PAGES.get(code.group(), "voyez ce code dans la documentation du fournisseur.")
        return f"page d’erreur {code.group()}\u00a0: {asked.said(said)}"
    named = next((said for error, said in _ERRORS.items() if error in answer.text), "")
    return asked.said(named) or f"le fournisseur répond {answer.status_code} par une page d’erreur."


async def _answer(asking: Any) -> httpx2.Response | None:
    """The response, None where there is none in time."""
    try:
        answer: httpx2.Response = await asking
    except (httpx2.HTTPError, httpx2.InvalidURL):
        return None
    return answer


def _document(answer: httpx2.Response | None) -> dict[str, Any]:
    """The JSON object of an answer, whatever its status; {} for anything else."""
    try:
        document = None if answer is None else answer.json()
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}
