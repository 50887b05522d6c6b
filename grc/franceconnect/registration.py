"""A registration as an operator states it: what is usual at a named provider, and what its options change."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from grc.errors import Invalid, Problem
from grc.franceconnect.provider import AUTH_METHODS, USERINFO, Provider

FRANCECONNECT = "franceconnect"
PROCONNECT = "proconnect"
USUAL: Mapping[str, Mapping[str, Any]] = {
    FRANCECONNECT: {},
    PROCONNECT: {
        "scope": "openid given_name usual_name email siret",
        "acr": ["eidas0-mfa", "eidas1-mfa", "eidas2", "eidas3"],
        "essential_acr": True,
        "pkce": True,
    },
}
"""What a client of each provider is, where its options say nothing; FranceConnect's is Provider's own default.

Of ProConnect: what an administrator needs to recognise an agent, and the organisation; `roles` opens no right here.
"""
_OURS = frozenset({"response_type", "client_id", "redirect_uri", "state", "nonce", "code_challenge", "scope"})
_ORIGIN = re.compile(r"https?://[A-Za-z0-9.:\[\]-]+")
_SCOPE = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]+")


def provider(
    name: str,
    *,
    issuer: str,
    client_id: str,
    client_secret: str,
    redirect_uri: str,
    post_logout_redirect_uri: str,
    algorithm: str,
    options: Mapping[str, Any] | None,
) -> Provider:
    """The client that an authority registered at "franceconnect" or "proconnect", or at what stands for it.

    options: as `checked` gave them. Raises ValueError for an algorithm that is not accepted.
    """
    told = {**USUAL[name], **(options or {})}
    for ours in ("origins", "organisation", "label"):
        told.pop(ours, None)
    if "acr" in told:
        told["acr"] = frozenset(told["acr"])
    return Provider(
        issuer=issuer,
        client_id=client_id,
        client_secret=client_secret,
        redirect_uri=redirect_uri,
        post_logout_redirect_uri=post_logout_redirect_uri,
        algorithm=algorithm,
        **told,
    )


def checked(options: Mapping[str, Any]) -> dict[str, Any]:
    """The options that are said (None is not), each of its kind; raises Invalid with one problem for each fault."""
    said = {name: value for name, value in options.items() if value is not None}
    problems = [
        Problem(name, "option", _WRONG[name][1] if name in _WRONG else "Cette option n’existe pas.")
        for name, value in said.items()
        if name not in _WRONG or not _WRONG[name][0](value)
    ]
    if problems:
        raise Invalid("Les options de ce client ne conviennent pas.", problems)
    return said


def issuer_problem(issuer: str) -> str:
    """What is wrong with an issuer's address, in French; "" for nothing."""
    parts = urlsplit(issuer)
    is_here = parts.hostname in ("127.0.0.1", "::1", "localhost")
    if parts.scheme != "https" and not (is_here and parts.scheme == "http"):
        return "L’émetteur est une adresse en https."
    if not parts.hostname or parts.query or parts.fragment or "@" in parts.netloc:
        return "L’émetteur est une adresse sans paramètre, telle que le fournisseur l’écrit."
    return ""


def _is_scope(value: Any) -> bool:
    if not isinstance(value, str):
        return False
    words = value.split()
    return "openid" in words and all(_SCOPE.fullmatch(word) for word in words)


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) and one and " " not in one for one in value)


def _is_origins(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) and _ORIGIN.fullmatch(one) for one in value)


def _is_label(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value.strip()) <= 40 and value.isprintable()


def _is_extra(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and all(isinstance(name, str) and isinstance(text, str) for name, text in value.items())
        and not _OURS & set(value)
    )


def _is_flag(value: Any) -> bool:
    return isinstance(value, bool)


_WRONG: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    "scope": (_is_scope, "Des mots séparés par des espaces, dont « openid »."),
    "acr": (_is_texts, "Une liste de niveaux sans espace\u00a0; une liste vide n’en exige aucun."),
    "essential_acr": (_is_flag, "Vrai ou faux."),
    "pkce": (_is_flag, "Vrai ou faux."),
    "auth_method": (lambda value: value in AUTH_METHODS, "client_secret_post ou client_secret_basic."),
    "userinfo": (lambda value: value in USERINFO, "jwt, json ou any."),
    "requires_iss": (_is_flag, "Vrai ou faux."),
    "extra": (_is_extra, "Des paramètres de plus, autres que ceux du protocole."),
    "organisation": (
        lambda value: value in ("siret", "siren"),
        "siret (ses établissements) ou siren (toute la personne morale).",
    ),
    "label": (_is_label, "Un nom court, par exemple Connexion Exemple."),
    "origins": (_is_origins, "Des origines, par exemple https://connexion.commune.example."),
}
"""By option, whether a value is of its kind, and the sentence that says what is expected."""
