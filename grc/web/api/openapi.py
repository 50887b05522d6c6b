"""The OpenAPI 3.1 document, made of the table of operations: an address that exists is in it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from grc import __version__
from grc.web.api.keyed import SCHEME, Keyed
from grc.web.api.shapes import SHAPES, ref
from grc.web.api.site import Operation
from grc.web.problems import MEDIA_TYPE

Json = Any

_ABOUT = (
    "Ce que les programmes lisent des démarches d’une commune : les faits, le schéma des réponses, les pages, un "
    "exemple, sans compte ni cookie. Avec une clé que la commune donne, ils déposent des demandes et en lisent l’état. "
    "Une réponse publique porte un ETag ; « If-None-Match » évite de la relire. « Document-SHA256 » est l’empreinte de "
    "la version publiée."
)
_HEADERS: dict[str, Json] = {
    "ETag": {"description": "L’étiquette de la réponse.", "schema": {"type": "string"}},
    "Cache-Control": {"description": "Combien de temps la garder.", "schema": {"type": "string"}},
    "Document-SHA256": {"description": "L’empreinte de la version publiée.", "schema": {"type": "string"}},
}
_KEY = "Une clé « grc_… » que la commune crée, pour des droits et des démarches qu’elle choisit."
_FAULTS = {"404": "Rien à cette adresse.", "406": "Aucun des formats demandés.", "500": "Une panne de notre côté."}


def document(
    operations: Iterable[Operation], keyed: Iterable[Keyed], *, server: str, authority: str
) -> dict[str, Json]:
    """The document for one authority. server: where its pages begin, as an absolute address."""
    paths: dict[str, Json] = {operation.path: {"get": _get(operation)} for operation in operations}
    for each in keyed:
        paths.setdefault(each.path, {})[each.method.lower()] = each.described()
    return {
        "openapi": "3.1.1",
        "info": {"title": f"Démarches de {authority}", "version": __version__, "description": _ABOUT},
        "servers": [{"url": server, "description": authority}],
        "paths": paths,
        "components": {
            "schemas": dict(SHAPES),
            "responses": _faults(),
            "headers": _HEADERS,
            "securitySchemes": {SCHEME: {"type": "http", "scheme": "bearer", "description": _KEY}},
        },
    }


def _get(operation: Operation) -> dict[str, Json]:
    return {
        "operationId": operation.name,
        "summary": operation.summary,
        "description": operation.description,
        "parameters": [
            {"name": name, "in": "path", "required": True, "description": meaning, "schema": {"type": "string"}}
            for name, meaning in operation.parameters.items()
        ],
        "responses": {
            "200": {
                "description": operation.summary,
                "headers": {name: {"$ref": f"#/components/headers/{name}"} for name in _HEADERS},
                "content": {media_type: {"schema": dict(operation.schema)} for media_type in operation.media_types},
            },
            "304": {"description": "Rien n’a changé depuis l’étiquette donnée."},
            **{code: {"$ref": f"#/components/responses/{code}"} for code in _FAULTS},
        },
    }


def _faults() -> dict[str, Json]:
    return {
        code: {"description": text, "content": {MEDIA_TYPE: {"schema": ref("Problem")}}}
        for code, text in _FAULTS.items()
    }
