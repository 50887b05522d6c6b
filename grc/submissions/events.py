"""The journal of a submission: one row at each change, with ids, codes and dates only."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session

from grc.access.actors import Actor
from grc.db import Prepared
from grc.submissions import telling
from grc.submissions.models import Event

_INSERT = Prepared(insert(Event.__table__))  # type: ignore[attr-defined]


class Kind(StrEnum):
    """What can happen to a submission: subject, then past fact."""

    RECEIVED = "submission:received"
    TAKEN_CHARGE = "submission:taken_charge"
    DOCUMENTS_REQUESTED = "documents:requested"
    DOCUMENTS_RECEIVED = "documents:received"
    PIECE_ADDED = "attachment:added"
    ADDRESS_CORRECTED = "address:corrected"
    DECIDED = "submission:decided"
    WITHDRAWN = "submission:withdrawn"
    MOVED = "submission:moved"
    EDITED = "answers:edited"
    IMPLIED = "submission:implied"
    ACKNOWLEDGED = "acknowledgement:issued"
    ATTESTED = "attestation:issued"
    REASONS_ASKED = "reasons:asked"
    REASONS_GIVEN = "reasons:given"
    ACCEPTANCE_WITHDRAWN = "acceptance:withdrawn"
    CORRECTED = "decision:corrected"
    APPEALED = "decision:appealed"
    TRANSFERRED = "submission:transferred"
    LETTER_POSTED = "letter:posted"
    PAPER_CHOSEN = "answers:on_paper"
    PAPER_LEFT = "answers:electronic"
    MESSAGE_SENT = "message:sent"
    NOTE_WRITTEN = "note:written"
    MESSAGES_READ = "messages:read"
    CONSULTED = "decision:consulted"
    CONSENT_GIVEN = "consent:given"
    CONSENT_WITHDRAWN = "consent:withdrawn"
    MIGRATED = "submission:migrated"
    DOCUMENTS_MARKED = "documents:marked"
    DOCUMENTS_REMINDED = "documents:reminded"
    DOCUMENTS_OVERDUE = "documents:overdue"
    DOCUMENT_DESTROYED = "attachment:destroyed"
    RIGHTS_ASKED = "rights:asked"
    HELPER_CONTESTED = "helper:contested"
    ANSWERS_DESTROYED = "answers:destroyed"
    RECEIPTS_DESTROYED = "receipts:destroyed"


LABELS: dict[str, str] = {
    Kind.RECEIVED: "Demande reçue",
    Kind.TAKEN_CHARGE: "Demande prise en charge",
    Kind.DOCUMENTS_REQUESTED: "Documents demandés",
    Kind.DOCUMENTS_RECEIVED: "Documents reçus",
    Kind.PIECE_ADDED: "Document ajouté",
    Kind.ADDRESS_CORRECTED: "Adresse électronique corrigée",
    Kind.DECIDED: "Décision prise",
    Kind.WITHDRAWN: "Demande retirée",
    Kind.EDITED: "Réponses modifiées",
    Kind.IMPLIED: "Le silence a décidé",
    Kind.ACKNOWLEDGED: "Accusé de réception complété",
    Kind.ATTESTED: "Attestation d’acceptation implicite demandée",
    Kind.REASONS_ASKED: "Motifs du refus demandés",
    Kind.REASONS_GIVEN: "Motifs du refus donnés",
    Kind.ACCEPTANCE_WITHDRAWN: "Acceptation retirée par la commune",
    Kind.CORRECTED: "Décision corrigée",
    Kind.APPEALED: "Décision contestée par un recours",
    Kind.TRANSFERRED: "Demande transmise à l’administration compétente",
    Kind.LETTER_POSTED: "Courrier posté",
    Kind.PAPER_CHOSEN: "Réponses sur papier demandées",
    Kind.PAPER_LEFT: "Réponses électroniques acceptées",
    Kind.MESSAGE_SENT: "Message envoyé",
    Kind.NOTE_WRITTEN: "Note des agents",
    Kind.MESSAGES_READ: "Messages de l’usager lus",
    Kind.CONSULTED: "Décision consultée pour la première fois",
    Kind.CONSENT_GIVEN: "Notification électronique des décisions acceptée",
    Kind.CONSENT_WITHDRAWN: "Notification électronique des décisions arrêtée",
    Kind.MIGRATED: "Demande passée à la nouvelle version de la démarche",
    Kind.DOCUMENTS_MARKED: "Documents reçus par courrier ou au guichet",
    Kind.DOCUMENTS_REMINDED: "Documents demandés : rappel",
    Kind.DOCUMENT_DESTROYED: "Document détruit : il contenait un virus",
    Kind.HELPER_CONTESTED: "Accord donné à l’aidant contesté : son accès est coupé",
    Kind.ANSWERS_DESTROYED: "Réponses, messages et fichiers détruits, sur visa des Archives",
    Kind.RECEIPTS_DESTROYED: "Accusés et lettres détruits, sur visa des Archives",
    Kind.DOCUMENTS_OVERDUE: "Documents demandés non reçus à temps",
    Kind.RIGHTS_ASKED: "Droit exercé sur les données personnelles",
}


TALK = frozenset(
    {
        Kind.MESSAGE_SENT,
        Kind.NOTE_WRITTEN,
        Kind.MESSAGES_READ,
        Kind.CONSULTED,
        Kind.CONSENT_GIVEN,
        Kind.CONSENT_WITHDRAWN,
        Kind.DOCUMENTS_REMINDED,
        Kind.RIGHTS_ASKED,
    }
)
"""What changes nothing that somebody decides or answers: a page seen before it still holds."""

PRIVATE = frozenset({Kind.NOTE_WRITTEN, Kind.MESSAGES_READ})
"""What only agents know of."""


_CAME = {
    "api": " par un logiciel",
    "desk": " au guichet, saisie par un agent",
    "telephone": " par téléphone, saisie par un agent",
    "paper": " par courrier, saisie par un agent",
}
_IMPLIED = {"acceptance": "Acceptation implicite, faute de réponse", "rejection": "Refus implicite, faute de réponse"}


def told(event: Event, state_label: str) -> str:
    """What happened, in words. state_label: of the state that it led to, which a decision or a move says."""
    if event.kind == Kind.RECEIVED:
        return LABELS[Kind.RECEIVED] + _CAME.get(str(event.data.get("channel")), "")
    if event.kind == Kind.IMPLIED:
        return _IMPLIED.get(str(event.data.get("rule")), LABELS[Kind.IMPLIED])
    if event.kind == Kind.DECIDED:
        return f"Demande {state_label.lower()}"
    if event.kind == Kind.MOVED and event.data.get("stays"):
        return "Demande mise à jour"
    if event.kind == Kind.MOVED:
        return f"Nouvel état : {state_label}"
    return LABELS.get(event.kind, event.kind)


def record(
    session: Session,
    kind: Kind,
    *,
    authority_id: int,
    submission_id: int,
    sequence: int,
    state: str,
    by: Actor,
    at: datetime,
    data: Mapping[str, Any] | None = None,
) -> None:
    """Adds the event. data: ids, codes and dates (as ISO text); raises ValueError for anything longer than a code."""
    values = {
        "authority_id": authority_id,
        "submission_id": submission_id,
        "sequence": sequence,
        "kind": str(kind),
        "at": at,
        "actor_kind": by.kind,
        "actor_id": by.id,
        "state": state,
        "data": {key: _code(value) for key, value in (data or {}).items()},
    }
    _INSERT.run(session, values)
    if kind not in PRIVATE:
        telling.tell(
            session, str(kind), authority_id=authority_id, submission_id=submission_id, sequence=sequence, at=at
        )


def _code(value: Any) -> Any:
    """The value if it is an id, a code, a date or a list of them: never an answer, never a name."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [_code(item) for item in value]
    if isinstance(value, str) and len(value) <= 60 and " " not in value and "@" not in value:
        return value
    raise ValueError("an event keeps ids, codes and dates only")
