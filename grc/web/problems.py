"""Errors as programs read them: RFC 9457 problem details, in French, under /api/ alone."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

MEDIA_TYPE = "application/problem+json"
OPEN_TO_ALL = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}
"""What lets any site's page read an answer of the API: it holds nothing about a person."""

_API = re.compile(r"(/[^/]+)?/api(/|$)")
_TITLES = {
    400: "Requête incomprise",
    401: "Clé absente ou refusée",
    403: "Interdit",
    404: "Introuvable",
    405: "Méthode refusée",
    406: "Format indisponible",
    409: "Conflit",
    413: "Envoi trop lourd",
    415: "Type de contenu refusé",
    422: "Données refusées",
    429: "Trop de requêtes",
    500: "Panne",
    503: "Service indisponible",
}
_DETAILS = {
    403: "Cet envoi vient de la page d’un autre site : il est refusé. Une clé ne sert que d’un programme.",
    401: "Envoyez une clé qui vaut pour cette commune : « Authorization: Bearer grc_… ».",
    404: "Rien n’existe à cette adresse. Partez de « openapi.json », qui liste les adresses de l’API.",
    405: "Cette adresse ne prend pas cette méthode. L’en-tête « Allow » dit lesquelles.",
    500: "Une panne de notre côté empêche de répondre. Réessayez plus tard ; citez la référence à la mairie.",
    503: "Le service est arrêté pour un moment. Réessayez dans quelques minutes.",
}


def is_api(path: str) -> bool:
    """Whether the path belongs to an API, of an authority on its own domain or under its name."""
    return _API.match(path) is not None


def problem(
    request: Request, status: int, *, detail: str = "", reference: str = "", errors: Sequence[Mapping[str, str]] = ()
) -> Response:
    """The answer that says what went wrong. reference: of the incident, for a fault of ours.

    errors: what is wrong with each value, as "pointer", "code" and "detail".
    """
    told: dict[str, Any] = {
        "type": "about:blank",
        "title": _TITLES.get(status, "Erreur"),
        "status": status,
        "detail": detail or _DETAILS.get(status, "La requête n’a pas pu être traitée."),
        "instance": quote(request.url.path),
    }
    if reference:
        told["reference"] = reference
    if errors:
        told["errors"] = list(errors)
    return JSONResponse(
        told, status_code=status, media_type=MEDIA_TYPE, headers={**OPEN_TO_ALL, "Cache-Control": "no-store"}
    )
