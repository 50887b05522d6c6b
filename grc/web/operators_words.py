"""What the operators' page calls things: mails, sweeps, what came of them. A code stands where no word is known."""

from __future__ import annotations

MAILS = {
    "acceptance_withdrawn": "Retrait d’une acceptation",
    "accepted": "Acceptation",
    "account_relinked": "Compte rattaché",
    "account_unused": "Fin d’un compte inutilisé",
    "acknowledgement": "Accusé de réception",
    "address_corrected": "Adresse corrigée",
    "appeal_registered": "Recours enregistré",
    "attestation": "Attestation",
    "decision": "Décision",
    "documents_received": "Pièces reçues",
    "documents_reminder": "Rappel de pièces",
    "documents_requested": "Demande de pièces",
    "draft_expiring": "Fin d’un brouillon",
    "envoi": "Accusé d’un envoi",
    "erratum": "Correction d’une décision",
    "filed_for_you": "Demande faite par un aidant",
    "implied_decision": "Décision née du silence",
    "new_address": "Nouvelle adresse à confirmer",
    "new_message": "Nouveau message",
    "new_submission": "Annonce d’une demande",
    "old_address": "Ancienne adresse à prévenir",
    "paper_receipt": "Accusé sur papier",
    "reasons": "Motifs d’une décision",
    "receipt_copy": "Copie de l’accusé de réception",
    "refused": "Refus",
    "registration": "Accusé d’enregistrement",
    "reminder": "Rappel d’un rendez-vous",
    "service_message": "Mot au service",
    "service_update": "Suite pour le service",
    "sign_in_link": "Lien de connexion",
    "state_changed": "Changement d’état",
    "taken_charge": "Prise en charge",
    "tracking_code": "Code de suivi",
    "transfer": "Transmission",
    "withdrawn": "Retrait d’une demande",
}
SWEEPS = {
    "destruction_lists": "Listes à détruire",
    "documents_overdue": "Documents en retard",
    "documents_reminders": "Rappels de documents",
    "destructions": "Destructions sur visa des Archives",
    "draft_notices": "Annonces de fin de brouillon",
    "drafts": "Brouillons expirés",
    "figures": "Chiffres du mois",
    "implied_decisions": "Décisions nées du silence",
    "journal_seals": "Lignes du journal d’administration enchaînées et scellées",
    "old_receipts": "Accusés et lettres détruits à leur terme",
    "passage": "Le passage entier",
    "receipts_late": "Accusés en retard",
    "receipts_owed": "Accusés dus",
    "retention_terms": "Durées de conservation",
    "sessions": "Sessions, connexions et compteurs expirés",
    "timers": "Échéances des circuits",
    "unused_accounts": "Comptes inutilisés",
}
_REFUSED = {
    "clock_ahead": "Rien n’est fait : l’horloge est loin après le dernier passage",
    "clock_behind": "Rien n’est fait : l’horloge est avant le dernier passage",
}


def outcome(done: int, fault: str, *, is_stuck: bool) -> str:
    """What came of a passage: what it did, why it was refused, or the kind of failure, as logs name it."""
    if fault:
        return _REFUSED.get(fault, f"Échec : {fault}")
    if is_stuck:
        return "Commencé, pas terminé"
    if not done:
        return "Rien à faire"
    return "1 élément traité" if done == 1 else f"{done} éléments traités"


def held(count: int) -> str:
    """ "2 documents en quarantaine"."""
    return "aucun document en quarantaine" if not count else f"{count} document{'s' * (count > 1)} en quarantaine"
