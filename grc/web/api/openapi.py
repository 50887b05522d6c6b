"""The OpenAPI 3.1 document, made of the table of operations: an address that exists is in it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from grc import __version__
from grc.web.api.shapes import SHAPES, ref
from grc.web.api.site import Operation
from grc.web.problems import MEDIA_TYPE

Json = Any

_ABOUT = (
    "Ce que les programmes lisent des démarches d’une commune : les faits, le schéma des réponses, les pages, un "
    "exemple. Sans compte ni cookie, en lecture seule. Chaque réponse porte un ETag ; « If-None-Match » évite de la "
    "relire. « Document-SHA256 » est l’empreinte de la version publiée."
)
_HEADERS: dict[str, Json] = {
    "ETag": {"description": "L’étiquette de la réponse.", "schema": {"type": "string"}},
    "Cache-Control": {"description": "Combien de temps la garder.", "schema": {"type": "string"}},
    "Document-SHA256": {"description": "L’empreinte de la version publiée.", "schema": {"type": "string"}},
}
_FAULTS = {"404": "Rien à cette adresse.", "406": "Aucun des formats demandés.", "500": "Une panne de notre côté."}


def document(operations: Iterable[Operation], *, server: str, authority: str) -> dict[str, Json]:
    """The document for one authority. server: where its pages begin, as an absolute address."""
    return {
        "openapi": "3.1.1",
        "info": {"title": f"Démarches de {authority}", "version": __version__, "description": _ABOUT},
        "servers": [{"url": server, "description": authority}],
        "paths": {operation.path: {"get": _get(operation)} for operation in operations},
        "components": {"schemas": dict(SHAPES), "responses": _faults(), "headers": _HEADERS},
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
