"""The table of the operations that want a key: what programs file, and what they read of demandes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from grc.authorities import api_keys
from grc.submissions import programs
from grc.web.api import deposits, following
from grc.web.api.keyed import JSON, Keyed
from grc.web.api.shapes import ref

Json = Any
Parameter = tuple[str, str, str, Mapping[str, Json], bool]
_TEXT: Mapping[str, Json] = {"type": "string"}
_BYTES: Mapping[str, Json] = {"type": "string", "format": "binary"}
_SLUG: Parameter = ("path", "slug", "Le nom de la démarche dans les adresses.", _TEXT, True)
_REFERENCE: Parameter = ("path", "reference", "La référence de la demande, par exemple 2026-483-715-629.", _TEXT, True)
_KEY: Parameter = (
    "header",
    deposits.HEADER,
    "Un texte à vous, le même à chaque renvoi de cet appel : une seule demande est déposée. Reconnu trente jours.",
    {"type": "string", "minLength": 1, "maxLength": 100, "pattern": "^[!-~]+$"},
    True,
)
_LISTED: tuple[Parameter, ...] = (
    ("query", "since", "Reçues depuis cet instant.", {"type": "string", "format": "date-time"}, False),
    (
        "query",
        "limit",
        f"Combien par page, {programs.MOST_LISTED} au plus.",
        {"type": "integer", "minimum": 1, "maximum": programs.MOST_LISTED},
        False,
    ),
    ("query", "after", "Celui du lien « next ».", _TEXT, False),
)
_PARTS: Mapping[str, Json] = {
    "type": "object",
    "required": ["submission"],
    "properties": {"submission": {"type": "string", "description": "Le JSON de Deposit, écrit en texte."}},
    "additionalProperties": {
        **_BYTES,
        "description": "Un fichier, dans une partie du nom de sa question, par exemple « documents.proof ».",
    },
}
_FILES: Mapping[str, Json] = dict.fromkeys(("application/pdf", "image/jpeg", "image/png"), _BYTES)

KEYED = (
    Keyed(
        "POST",
        "/api/v1/procedures/{slug}/submissions",
        "deposit",
        deposits.file,
        api_keys.FILE,
        "Déposer une demande",
        "Les réponses sont jugées comme celles du formulaire ; l’accusé part à la personne, comme par le site.",
        ("201", "Déposée, ou déjà déposée par le même appel : la même réponse."),
        {JSON: ref("Deposited")},
        parameters=(_SLUG, _KEY),
        body={JSON: ref("Deposit"), "multipart/form-data": _PARTS},
        headers={
            "Location": "Où lire la demande.",
            deposits.REPEATED: "« true » si cet appel avait déjà servi : rien de plus n’est fait.",
        },
        faults=("400", "404", "409", "413", "415", "422", "429", "503"),
    ),
    Keyed(
        "GET",
        "/api/v1/submissions",
        "submissions",
        following.every,
        api_keys.READ,
        "Les demandes",
        "Celles des démarches de la clé, dans l’ordre de leur réception, page par page.",
        ("200", "Une page de demandes."),
        {JSON: ref("SubmissionList")},
        parameters=_LISTED,
        faults=("400", "429", "503"),
    ),
    Keyed(
        "GET",
        "/api/v1/submissions/{reference}",
        "submission",
        following.status,
        api_keys.READ,
        "Une demande",
        "Où elle en est, ses dates, ses décisions et ses documents, comme la personne les suit ; jamais ses réponses.",
        ("200", "La demande."),
        {JSON: ref("Submission")},
        parameters=(_REFERENCE,),
        faults=("404", "429", "503"),
    ),
    Keyed(
        "GET",
        "/api/v1/submissions/{reference}/documents/{document}",
        "document",
        following.document,
        api_keys.DOCUMENTS,
        "Un document",
        "Un courrier tel qu’il est parti, ou un fichier de la demande.",
        ("200", "Le document."),
        _FILES,
        parameters=(_REFERENCE, ("path", "document", "Son « id » dans la demande.", _TEXT, True)),
        faults=("404", "409", "429", "503"),
    ),
)
"""Each address is in the document because it is in this table."""
