"""What the journal records, named subject first, with the words that people read."""

from __future__ import annotations

from enum import StrEnum


class JournalAct(StrEnum):
    """An access or an act of administration."""

    SUBMISSION_READ = "submission:read"
    SUBMISSION_EXPORTED = "submission:exported"
    AGENT_OPENED = "agent:opened"
    AGENT_CHANGED = "agent:changed"
    AGENT_CLOSED = "agent:closed"
    AGENT_REOPENED = "agent:reopened"
    FACTORS_RESET = "agent:factors_reset"
    SESSIONS_ENDED = "agent:sessions_ended"
    PASSWORD_LINK_MADE = "agent:password_link"  # noqa: S105 - the name of an act
    IDENTITY_ATTACHED = "agent:identity_attached"
    GUEST_ADMITTED = "guest:admitted"
    GUEST_ENDED = "guest:ended"
    RIGHT_GRANTED = "right:granted"
    RIGHT_TAKEN_BACK = "right:taken_back"
    ABSENCE_STATED = "absence:stated"
    ABSENCE_CANCELLED = "absence:cancelled"
    AUTHORITY_IMPORTED = "authority:imported"


LABELS: dict[JournalAct, str] = {
    JournalAct.SUBMISSION_READ: "Demande consultée",
    JournalAct.SUBMISSION_EXPORTED: "Demande exportée",
    JournalAct.AGENT_OPENED: "Compte d’agent ouvert",
    JournalAct.AGENT_CHANGED: "Compte d’agent modifié",
    JournalAct.AGENT_CLOSED: "Compte d’agent fermé",
    JournalAct.AGENT_REOPENED: "Compte d’agent rouvert",
    JournalAct.FACTORS_RESET: "Moyens de connexion d’un agent remis à zéro",
    JournalAct.SESSIONS_ENDED: "Sessions d’un agent terminées",
    JournalAct.PASSWORD_LINK_MADE: "Lien de mot de passe fait pour un agent",
    JournalAct.IDENTITY_ATTACHED: "Identité ProConnect rattachée à un agent",
    JournalAct.GUEST_ADMITTED: "Accès temporaire accordé au syndicat",
    JournalAct.GUEST_ENDED: "Accès temporaire du syndicat retiré",
    JournalAct.RIGHT_GRANTED: "Droit accordé",
    JournalAct.RIGHT_TAKEN_BACK: "Droit retiré",
    JournalAct.ABSENCE_STATED: "Absence déclarée",
    JournalAct.ABSENCE_CANCELLED: "Absence annulée",
    JournalAct.AUTHORITY_IMPORTED: "Collectivité créée ou modifiée par un fichier",
}
