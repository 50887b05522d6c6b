"""The JSON Schemas of what the API answers, as the OpenAPI document names them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Json = Any

_TEXT: Mapping[str, Json] = {"type": "string"}
_KEPT: Mapping[str, Json] = {"months": {"type": "integer"}, "source": _TEXT, "basis": _TEXT}
_TEXTS: Mapping[str, Json] = {"type": "array", "items": {"type": "string"}}
_ADDRESS: Mapping[str, Json] = {"type": "string", "format": "uri"}


def ref(name: str) -> dict[str, Json]:
    """A reference to one of the shapes."""
    return {"$ref": f"#/components/schemas/{name}"}


def _object(
    properties: Mapping[str, Json], *, optional: tuple[str, ...] = (), description: str = ""
) -> dict[str, Json]:
    """A closed object whose properties are all required but those named."""
    return {
        "type": "object",
        **({"description": description} if description else {}),
        "properties": dict(properties),
        "required": [name for name in properties if name not in optional],
        "additionalProperties": False,
    }


_SHORT: Mapping[str, Json] = {
    "slug": {"type": "string", "description": "Son nom dans les adresses."},
    "title": _TEXT,
    "description": _TEXT,
    "audience": _TEXT,
    "category": _TEXT,
    "open": {"type": "boolean", "description": "Si une demande peut être faite aujourd’hui."},
    "links": _object(dict.fromkeys(("self", "page", "schema", "ui", "example", "lists"), _ADDRESS)),
}

_NOTICE = (
    "purpose",
    "legal_basis",
    "recipients",
    "retention",
    "rights",
    "obligation",
    "transfers",
    "automated_decision",
)

_REFERENCE: Mapping[str, Json] = {"type": "string", "pattern": "^[0-9]{4}(-[0-9]{3}){3}$"}
_INSTANT: Mapping[str, Json] = {"type": "string", "format": "date-time"}
_DAY: Mapping[str, Json] = {"type": "string", "format": "date"}
_DAY_OR_NONE: Mapping[str, Json] = {"type": ["string", "null"], "format": "date"}
_RULE: Mapping[str, Json] = {"enum": ["acceptance", "rejection", "none"]}
_PHASE: Mapping[str, Json] = {"enum": ["received", "examined", "waiting", "decided", "closed"]}

_OF_DEMANDES: Mapping[str, Json] = {
    "Deposit": _object(
        {
            "answers": {
                "type": "object",
                "description": "Les réponses, comme schema.json les décrit, sans les fichiers.",
            }
        },
        description="Une demande à déposer.",
    ),
    "Deposited": _object(
        {
            "reference": _REFERENCE,
            "tracking_code": {
                "type": ["string", "null"],
                "description": "Le code de suivi, pendant une heure ; null ensuite. Seule la personne le reçoit aussi.",
            },
            "received_at": _INSTANT,
            "is_report": {"type": "boolean", "description": "Sans identité : aucun accusé n’est dû (R112-9-1)."},
            "silence": _object({"rule": _RULE, "due_on": _DAY_OR_NONE}),
            "links": _object({"self": _ADDRESS, "tracking": _ADDRESS}),
        },
        description="Une demande déposée.",
    ),
    "SubmissionList": _object(
        {
            "submissions": {"type": "array", "items": ref("SubmissionSummary")},
            "next": {"type": ["string", "null"], "format": "uri", "description": "La suite ; null à la fin."},
        }
    ),
    "SubmissionSummary": _object(
        {
            "reference": _REFERENCE,
            "procedure": _TEXT,
            "state": _TEXT,
            "phase": _PHASE,
            "received_at": _INSTANT,
            "state_since": _INSTANT,
            "links": _object({"self": _ADDRESS}),
        }
    ),
    "Submission": _object(
        {
            "reference": _REFERENCE,
            "procedure": _object({"slug": _TEXT, "title": _TEXT}),
            "state": _object({"id": _TEXT, "label": _TEXT}),
            "phase": _PHASE,
            "state_since": _INSTANT,
            "received_at": _INSTANT,
            "received_on": {**_DAY, "description": "Le jour de la première réception, d’où comptent les délais."},
            "is_report": {"type": "boolean"},
            "silence": _object({"rule": _RULE, "due_on": _DAY_OR_NONE, "decided_on": _DAY_OR_NONE}),
            "documents_requested": {"oneOf": [{"type": "null"}, ref("DocumentsRequested")]},
            "decisions": {"type": "array", "items": ref("Decision")},
            "documents": {"type": "array", "items": ref("SubmissionDocument")},
        },
        description="Une demande, telle que la personne qui l’a faite la suit.",
    ),
    "DocumentsRequested": _object(
        {
            "requested_on": _DAY,
            "due_on": _DAY,
            "documents": {"type": "array", "items": _object({"question": _TEXT, "title": _TEXT})},
        }
    ),
    "Decision": _object(
        {
            "kind": _TEXT,
            "outcome": _TEXT,
            "decided_at": _INSTANT,
            "born_on": _DAY_OR_NONE,
            "notified_at": {"type": ["string", "null"], "format": "date-time"},
        }
    ),
    "SubmissionDocument": _object(
        {
            "id": {"type": "string", "pattern": "^(letter|file)-[A-Za-z0-9_-]+$"},
            "kind": {
                "type": "string",
                "description": "Le genre du courrier, ou la question à laquelle répond le fichier.",
            },
            "media_type": _TEXT,
            "at": _INSTANT,
            "href": _ADDRESS,
        }
    ),
}

SHAPES: Mapping[str, Json] = {
    **_OF_DEMANDES,
    "ProcedureList": _object({"procedures": {"type": "array", "items": ref("ProcedureSummary")}}),
    "ProcedureSummary": _object(_SHORT, description="Une démarche, en bref."),
    "Procedure": _object(
        {
            **_SHORT,
            "keywords": _TEXTS,
            "who": {**_TEXTS, "description": "Qui peut demander."},
            "prepare": {**_TEXTS, "description": "Ce qu’il faut avoir sous la main."},
            "minutes": {"type": "integer", "description": "Temps pour remplir."},
            "price": _TEXT,
            "target_delay": {"type": "string", "description": "Le délai visé ; jamais le délai légal."},
            "franceconnect": {"enum": ["offered", "none"]},
            "identification": {"enum": ["required", "optional"]},
            "service": ref("Service"),
            "silence": {
                "type": "array",
                "minItems": 1,
                "description": "La première règle dont « if » est vrai s’applique.",
                "items": ref("SilenceRule"),
            },
            "appeal": {"type": "array", "items": ref("Appeal")},
            "documents": {"type": "array", "items": ref("Document")},
            "retention": _object(
                {
                    **_KEPT,
                    "since": {"enum": ["request", "end"]},
                    "cases": {"type": "array", "items": ref("RetentionCase")},
                },
                optional=("cases",),
            ),
            "notice": _object(dict.fromkeys(_NOTICE, _TEXT), optional=("transfers", "automated_decision")),
            "version": ref("Version"),
        },
        description="Une démarche telle que la commune l’a publiée.",
    ),
    "Service": _object({**dict.fromkeys(("name", "email", "telephone", "hours"), _TEXT), "postal_address": _TEXTS}),
    "SilenceRule": _object(
        {
            "if": {"type": ["object", "boolean"], "description": "Un JSON Schema sur les réponses."},
            "rule": {"enum": ["acceptance", "rejection", "none"]},
            "period": {"type": "integer", "minimum": 1},
            "unit": {"enum": ["month", "day"]},
            "source": _TEXT,
        },
        optional=("if", "period", "unit"),
    ),
    "Appeal": _object(
        {
            "if": {"type": "object", "description": "Un JSON Schema sur les réponses."},
            "kind": {"enum": ["gracieux", "hierarchique", "cada", "contentieux"]},
            "to": _TEXT,
            "delay_months": {"type": "integer"},
            "source": _TEXT,
        },
        optional=("if",),
    ),
    "RetentionCase": _object(
        {"state": _TEXT, **_KEPT},
        description="Une autre durée, pour ce qui a fini dans cette étape du circuit.",
    ),
    "Document": _object(
        {"field": _TEXT, "title": _TEXT, "required_by": _TEXT, "indispensable": {"type": "boolean"}},
        description="Une pièce, et le texte qui l’exige.",
    ),
    "Version": _object(
        {
            "number": {"type": "integer", "minimum": 1},
            "sha256": {"type": "string", "pattern": "^[0-9a-f]{64}$", "description": "Empreinte du document publié."},
            "published_at": {"type": "string", "format": "date-time"},
        }
    ),
    "Example": _object(
        {
            "description": {"type": "string", "description": "Ce que l’exemple montre."},
            "as_of": {"type": "string", "format": "date", "description": "Le jour où il passe."},
            "answers": {"type": "object", "description": "Des réponses conformes à schema.json."},
        }
    ),
    "Lists": _object(
        {
            "lists": {
                "type": "object",
                "description": "Par question, ce qui est proposé : id, label, et ce que le formulaire veut en savoir.",
                "additionalProperties": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "properties": {"id": _TEXT, "label": _TEXT},
                        "required": ["id", "label"],
                    },
                },
            }
        }
    ),
    "Problem": {
        "type": "object",
        "description": "Une erreur (RFC 9457).",
        "properties": {
            "type": {"type": "string", "format": "uri-reference"},
            "title": _TEXT,
            "status": {"type": "integer", "minimum": 400, "maximum": 599},
            "detail": {"type": "string", "description": "Ce qui ne va pas et que faire, en français."},
            "instance": {"type": "string", "format": "uri-reference"},
            "reference": {"type": "string", "description": "Numéro de l’incident, pour une panne de notre côté."},
            "errors": {
                "type": "array",
                "description": "Chaque valeur à corriger.",
                "items": _object(
                    {
                        "pointer": {"type": "string", "description": "Où, dans le corps envoyé (RFC 6901)."},
                        "code": {"type": "string", "description": "Stable, pour un programme."},
                        "detail": {"type": "string", "description": "Que faire, en français."},
                    }
                ),
            },
        },
        "required": ["type", "title", "status", "detail", "instance"],
    },
}
