"""The addresses of the API: the one table, and the OpenAPI document that is made of it."""

from __future__ import annotations

from grc.web.api import openapi, procedures, shapes, signals
from grc.web.api.programs import KEYED
from grc.web.api.site import JSON, Answer, Asked, Operation

SCHEMA_JSON = "application/schema+json"
_SLUG = {"slug": "Le nom de la démarche dans les adresses, par exemple acte-de-naissance."}


async def describe(asked: Asked) -> Answer:
    """The OpenAPI document of this table, for the authority asked."""
    document = openapi.document(OPERATIONS, KEYED, server=asked.site, authority=asked.authority.name)
    document["paths"][signals.PATH] = {"post": signals.described()}
    return Answer(document)


OPERATIONS = (
    Operation(
        "/api/v1/procedures",
        "procedures",
        procedures.every,
        "Les démarches publiées",
        "Toutes les démarches que cette commune a publiées, ouvertes ou fermées, dans l’ordre de leur nom.",
        shapes.ref("ProcedureList"),
    ),
    Operation(
        "/api/v1/procedures/{slug}",
        "procedure",
        procedures.facts,
        "Une démarche",
        "Pour qui, avec quels documents, à quel prix, ce que vaut le silence, combien de temps tout est gardé.",
        shapes.ref("Procedure"),
        parameters=_SLUG,
    ),
    Operation(
        "/api/v1/procedures/{slug}/schema.json",
        "schema",
        procedures.json_schema,
        "Le schéma des réponses",
        "Un JSON Schema 2020-12 qui se suffit : ce que le moteur accepte, il l’accepte.",
        {"type": "object", "description": "Un JSON Schema 2020-12."},
        media_types=(SCHEMA_JSON, JSON),
        parameters=_SLUG,
    ),
    Operation(
        "/api/v1/procedures/{slug}/ui.json",
        "ui",
        procedures.ui_schema,
        "Les pages du formulaire",
        "Un UI schema de JSON Forms, blocs écrits en entier.",
        {"type": "object", "description": "Un UI schema de JSON Forms.", "required": ["type", "elements"]},
        parameters=_SLUG,
    ),
    Operation(
        "/api/v1/procedures/{slug}/example.json",
        "example",
        procedures.example,
        "Un exemple qui passe",
        "Des réponses inventées que le formulaire accepte le jour dit par « as_of ».",
        shapes.ref("Example"),
        parameters=_SLUG,
    ),
    Operation(
        "/api/v1/procedures/{slug}/lists.json",
        "lists",
        procedures.lists,
        "Ce que proposent les listes",
        "Par question, les éléments que les agents proposent aujourd’hui ; chacun est la réponse à donner.",
        shapes.ref("Lists"),
        parameters=_SLUG,
    ),
    Operation(
        "/api/v1/openapi.json",
        "openapi",
        describe,
        "Ce document",
        "La description de l’API, faite de la table de ses adresses.",
        {"type": "object", "description": "Un document OpenAPI 3.1.", "required": ["openapi", "info", "paths"]},
    ),
)

routes = [*(each.route() for each in (*OPERATIONS, *KEYED)), signals.route]
