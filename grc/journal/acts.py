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
    DEPUTY_LEFT = "absence:deputy_left"
    AUTHORITY_IMPORTED = "authority:imported"
    AUTHORITY_ARCHIVED = "authority:archived"
    AUTHORITY_RESTORED = "authority:restored"
    KEY_MADE = "key:made"
    KEY_REVOKED = "key:revoked"
    WEBHOOK_ADDED = "webhook:added"
    WEBHOOK_CHANGED = "webhook:changed"
    WEBHOOK_REMOVED = "webhook:removed"
    WEBHOOK_REPLAYED = "webhook:replayed"
    SUBMISSION_LISTED = "submission:listed"
    PASSWORD_CHANGED = "agent:password_changed"  # noqa: S105 - the name of an act
    OWN_FACTORS_CHANGED = "agent:own_factors"
    CITIZEN_RELINKED = "citizen:relinked"
    LIST_CHANGED = "list:changed"
    LIST_IMPORTED = "list:imported"
    PROCEDURE_PUBLISHED = "procedure:published"
    PROCEDURE_SET = "procedure:set"
    PROCEDURE_OPENED = "procedure:opened"
    PROCEDURE_CLOSED = "procedure:closed"
    SUBMISSIONS_MIGRATED = "procedure:migrated"
    CLIENT_SET = "client:set"
    ENDPOINT_SET = "endpoint:set"
    ENDPOINT_REMOVED = "endpoint:removed"
    AUTHORITY_ADDED = "authority:added"
    EMBED_SITES_SET = "authority:embed_sites"
    SECOND_FACTOR_SET = "authority:second_factor"
    UNUSED_ACCOUNTS_SET = "authority:unused_accounts"
    ESTABLISHMENTS_SET = "authority:establishments"
    KEYS_RESEALED = "keys:resealed"
    OUTBOX_RETRIED = "outbox:retried"
    OUTBOX_ABANDONED = "outbox:abandoned"
    IDENTITY_DETACHED = "agent:identity_detached"
    IDENTITIES_MOVED = "client:identities_moved"
    SUBMISSION_ACTED = "submission:acted"
    GUEST_VISITED = "guest:visited"
    JOURNAL_EXPORTED = "journal:exported"
    JOURNAL_PURGED = "journal:purged"
    SERVICE_ADDED = "service:added"
    SERVICE_CHANGED = "service:changed"
    SERVICE_CLOSED = "service:closed"
    SERVICE_REOPENED = "service:reopened"
    CLOSURE_STATED = "closure:stated"
    CLOSURE_REMOVED = "closure:removed"
    AUTHORITY_CHANGED = "authority:changed"
    COLOUR_CHANGED = "look:colour"
    LOGO_CHANGED = "look:logo"
    STATEMENT_CHANGED = "statement:changed"
    VISA_LISTED = "visa:listed"
    VISA_RECORDED = "visa:recorded"
    VISA_WITHDRAWN = "visa:withdrawn"
    ANSWERS_DESTROYED = "answers:destroyed"
    RECEIPTS_DESTROYED = "receipts:destroyed"


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
    JournalAct.DEPUTY_LEFT: "Fin d’un remplacement, le compte du remplaçant étant fermé",
    JournalAct.AUTHORITY_IMPORTED: "Collectivité créée ou modifiée par un fichier",
    JournalAct.AUTHORITY_ARCHIVED: "Archive complète de la collectivité écrite",
    JournalAct.AUTHORITY_RESTORED: "Collectivité restaurée depuis une archive",
    JournalAct.KEY_MADE: "Clé de logiciel créée",
    JournalAct.KEY_REVOKED: "Clé de logiciel révoquée",
    JournalAct.WEBHOOK_ADDED: "Notification d’un logiciel ajoutée",
    JournalAct.WEBHOOK_CHANGED: "Notification d’un logiciel modifiée",
    JournalAct.WEBHOOK_REMOVED: "Notification d’un logiciel supprimée",
    JournalAct.WEBHOOK_REPLAYED: "Notifications d’un logiciel renvoyées",
    JournalAct.SUBMISSION_LISTED: "Demandes vues dans une liste",
    JournalAct.PASSWORD_CHANGED: "Mot de passe d’un agent changé",
    JournalAct.OWN_FACTORS_CHANGED: "Second moyen de connexion changé par l’agent",
    JournalAct.CITIZEN_RELINKED: "Compte d’un usager rattaché à une autre identité",
    JournalAct.LIST_CHANGED: "Liste de référence modifiée",
    JournalAct.LIST_IMPORTED: "Liste de référence chargée d’un fichier",
    JournalAct.PROCEDURE_PUBLISHED: "Démarche publiée",
    JournalAct.PROCEDURE_SET: "Démarche réglée",
    JournalAct.PROCEDURE_OPENED: "Démarche ouverte",
    JournalAct.PROCEDURE_CLOSED: "Démarche fermée",
    JournalAct.SUBMISSIONS_MIGRATED: "Demandes passées à une autre version",
    JournalAct.CLIENT_SET: "Fournisseur d’identité réglé",
    JournalAct.ENDPOINT_SET: "Système appelé réglé",
    JournalAct.ENDPOINT_REMOVED: "Système appelé retiré",
    JournalAct.AUTHORITY_ADDED: "Collectivité créée",
    JournalAct.EMBED_SITES_SET: "Sites qui montrent les formulaires réglés",
    JournalAct.SECOND_FACTOR_SET: "Règle du second moyen de connexion changée",
    JournalAct.UNUSED_ACCOUNTS_SET: "Règle des comptes inutilisés changée",
    JournalAct.ESTABLISHMENTS_SET: "Établissements reconnus par ProConnect réglés",
    JournalAct.KEYS_RESEALED: "Secrets scellés à nouveau sous la clé du jour",
    JournalAct.OUTBOX_RETRIED: "Envoi tenté à nouveau",
    JournalAct.OUTBOX_ABANDONED: "Envoi abandonné",
    JournalAct.IDENTITY_DETACHED: "Identité ProConnect détachée d’un agent",
    JournalAct.IDENTITIES_MOVED: "Identités ProConnect déplacées avec leur fournisseur",
    JournalAct.SUBMISSION_ACTED: "Action sur une demande",
    JournalAct.GUEST_VISITED: "Page consultée par un agent du syndicat",
    JournalAct.JOURNAL_EXPORTED: "Journal exporté",
    JournalAct.JOURNAL_PURGED: "Mois du journal purgé à son terme",
    JournalAct.SERVICE_ADDED: "Service ajouté",
    JournalAct.SERVICE_CHANGED: "Service modifié",
    JournalAct.SERVICE_CLOSED: "Service fermé",
    JournalAct.SERVICE_REOPENED: "Service rouvert",
    JournalAct.CLOSURE_STATED: "Fermeture annoncée",
    JournalAct.CLOSURE_REMOVED: "Fermeture retirée",
    JournalAct.AUTHORITY_CHANGED: "Coordonnées ou réglages de la collectivité modifiés",
    JournalAct.COLOUR_CHANGED: "Couleur changée",
    JournalAct.LOGO_CHANGED: "Logo changé ou retiré",
    JournalAct.STATEMENT_CHANGED: "Déclaration de la loi modifiée",
    JournalAct.VISA_LISTED: "Liste de destruction dressée",
    JournalAct.VISA_RECORDED: "Visa des Archives enregistré",
    JournalAct.VISA_WITHDRAWN: "Visa ou liste de destruction retirés",
    JournalAct.ANSWERS_DESTROYED: "Réponses et fichiers détruits sur visa",
    JournalAct.RECEIPTS_DESTROYED: "Accusés et lettres détruits sur visa",
}
