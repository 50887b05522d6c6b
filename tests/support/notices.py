"""One fictional demande and every receipt and notice that it may give."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from grc.deadlines.holidays import Place
from grc.deadlines.silence import Kind, Unit
from grc.receipts import (
    AcceptanceWithdrawn,
    AccountRelinked,
    AccountUnused,
    Acknowledgement,
    Administration,
    AgentContact,
    Appointment,
    DecisionNotice,
    DocumentsReminder,
    DocumentsRequested,
    DraftExpiring,
    EnvoiReceipt,
    Erratum,
    FiledForYou,
    ImpliedAcceptanceAttestation,
    ImpliedDecisionNotice,
    MissingDocument,
    NamedDecision,
    NewAddress,
    NewMessage,
    NewSubmissionNotice,
    Notice,
    OldAddress,
    PaperReceipt,
    ReasonsGiven,
    ReceiptCopy,
    RegistrationReceipt,
    ServiceContact,
    ServiceMessage,
    ServiceUpdate,
    SignInLink,
    SilenceTerms,
    StateNotice,
    TrackingCodeNotice,
    TransferNotice,
    acknowledgement,
    appeal,
    decision,
    documents,
    envoi,
    erratum,
    helping,
    implied,
    paper,
    reasons,
    registration,
    reminders,
    transfer,
    withdrawal,
)
from grc.receipts.parts import AppealKind
from grc.receipts.updates import StateChange


@dataclass(frozen=True)
class Terms:
    """A procedure's rule of silence, as the catalogue declares it."""

    rule: Kind = "rejection"
    period: int = 2
    unit: Unit = "month"
    source: str = "CRPA art. L231-4"


@dataclass(frozen=True)
class Way:
    """A procedure's appeal, as the catalogue declares it."""

    kind: AppealKind
    to: str
    delay_months: int = 2
    source: str = "CRPA art. L411-2"


REJECTION = Terms()
ACCEPTANCE = Terms("acceptance", source="CRPA art. L231-1")
DECLARATION = Terms("none", 0, source="")
APPEALS = (
    Way("gracieux", "la maire de Tilleul-sur-Exemple"),
    Way("hierarchique", "la préfète du département de l’Exemple"),
    Way("contentieux", "le tribunal administratif de Grandville", source="CJA art. R421-1 et R421-2"),
)
SERVICE = ServiceContact(
    name="État civil",
    email="etat-civil@tilleul.example",
    postal_address=("Mairie de Tilleul-sur-Exemple", "1 place du Tilleul", "99990 Tilleul-sur-Exemple"),
    telephone="01 99 00 12 34",
    hours="du lundi au vendredi, de 9 h à 17 h",
)
AGENT = AgentContact("Camille", "Exemple", "officière de l’état civil", ("1 place du Tilleul", "99990 Tilleul"))
REASONS = "Une copie intégrale est réservée aux proches.\nVous avez indiqué être voisin."
RECEIVED_AT = datetime(2026, 3, 16, 17, 42, tzinfo=UTC)
RECEIVED_ON = date(2026, 3, 16)
SUBMISSION: dict[str, Any] = {
    "reference": "2026-483-715-629",
    "authority": "Tilleul-sur-Exemple",
    "procedure_title": "Copie ou extrait d’acte de naissance",
    "zone": "Europe/Paris",
}


def an_acknowledgement(terms: SilenceTerms = REJECTION, **changes: Any) -> Acknowledgement:
    facts = {"received_at": RECEIVED_AT, "service": SERVICE, "silence_terms": terms, "appeal_terms": APPEALS}
    return acknowledgement.build(**{**SUBMISSION, **facts, **changes})


def a_registration(**changes: Any) -> RegistrationReceipt:
    return registration.build(**{**SUBMISSION, "received_at": RECEIVED_AT, "place": Place.METROPOLE, **changes})


def a_document_request(terms: Terms = REJECTION, **changes: Any) -> DocumentsRequested:
    facts = {
        "received_on": RECEIVED_ON,
        "noticed_at": datetime(2026, 3, 20, 9, tzinfo=UTC),
        "service": SERVICE,
        "agent": AGENT,
        "items": (
            MissingDocument("Une copie du livret de famille", "décret 2017-890, article 30"),
            MissingDocument("Le mandat de la personne concernée", "décret 2017-890, article 30"),
        ),
        "deadline_on": date(2026, 4, 20),
        "silence_terms": terms,
        "clock_started_on": RECEIVED_ON,
        "parameters": "2016-11-07",
        "note": "Une photo lisible suffit.",
    }
    return documents.build(**{**SUBMISSION, **facts, **changes})


def a_decision(outcome: str = "refused", **changes: Any) -> DecisionNotice:
    facts = {
        "received_on": RECEIVED_ON,
        "decided_at": datetime(2026, 4, 2, 9, tzinfo=UTC),
        "outcome": outcome,
        "reasons": REASONS if outcome == "refused" else "",
        "service": SERVICE,
        "agent": AGENT,
        "appeal_terms": APPEALS,
    }
    return decision.build(**{**SUBMISSION, **facts, **changes})


def a_state_notice(change: StateChange = "taken_charge", **changes: Any) -> StateNotice:
    facts = {
        "change": change,
        "received_on": RECEIVED_ON,
        "changed_at": datetime(2026, 3, 18, 8, tzinfo=UTC),
        "service": SERVICE,
        "agent": AGENT,
        "silence": an_acknowledgement().silence,
    }
    return StateNotice(**{**SUBMISSION, **facts, **changes})


def a_receipt_copy() -> ReceiptCopy:
    return ReceiptCopy(an_acknowledgement(), datetime(2026, 3, 17, 8, tzinfo=UTC))


LETTER = {"issued_at": datetime(2026, 3, 17, 8, tzinfo=UTC), "issued_on": date(2026, 3, 17)}


def a_tracking_code(**changes: Any) -> TrackingCodeNotice:
    facts = {name: SUBMISSION[name] for name in ("reference", "authority", "procedure_title")}
    return TrackingCodeNotice(**{**facts, "code": "K7PQ-2M4X-ABCD-EF23", "service": SERVICE, **LETTER, **changes})


def a_new_submission(**changes: Any) -> NewSubmissionNotice:
    facts = {"received_at": RECEIVED_AT, "service_name": "État civil", "answer_before": date(2026, 5, 16)}
    return NewSubmissionNotice(**{**SUBMISSION, **facts, **changes})


PLANNED = {
    "state": "Intervention prévue",
    "sentence": "Une intervention est prévue : sa date figure ci-dessous.",
    "note": "La semaine du 23 mars 2026.\nLe trottoir sera fermé.",
}
"""What the workflow and the agent say of a state."""
MEETING = Appointment(
    datetime(2026, 3, 24, 13, 30, tzinfo=UTC), datetime(2026, 3, 24, 14, tzinfo=UTC), "Mairie, salle du conseil"
)


def a_service_update(**changes: Any) -> ServiceUpdate:
    names = ("reference", "authority", "procedure_title", "zone")
    facts = {"state": "Retirée", "changed_at": datetime(2026, 3, 18, 8, tzinfo=UTC), "service_name": "État civil"}
    return ServiceUpdate(**{**{name: SUBMISSION[name] for name in names}, **facts, **changes})


def _case(**facts: Any) -> dict[str, Any]:
    return {**SUBMISSION, "received_on": RECEIVED_ON, "service": SERVICE, "agent": AGENT, **facts}


def a_paper_receipt(terms: Terms = REJECTION, **changes: Any) -> PaperReceipt:
    facts = _case(
        channel="desk",
        issued_at=datetime(2026, 3, 17, 9, tzinfo=UTC),
        silence_terms=terms,
        appeal_terms=APPEALS,
        addressee="Dominique Modèle",
    )
    return paper.build(**{**facts, **changes})


def a_transfer(terms: Terms = REJECTION, **changes: Any) -> TransferNotice:
    facts = _case(
        first_received_on=RECEIVED_ON,
        transferred_at=datetime(2026, 3, 19, 9, tzinfo=UTC),
        silence_terms=terms,
        to=Administration(
            "Commune de Saule-sur-Exemple",
            ("Mairie", "2 rue du Saule", "99991 Saule-sur-Exemple"),
            "mairie@saule.example",
            "01 99 00 56 78",
        ),
        addressee="Dominique Modèle",
    )
    del facts["received_on"]
    return transfer.build(**{**facts, **changes})


def an_implied_decision(terms: Terms = REJECTION, **changes: Any) -> ImpliedDecisionNotice:
    facts = _case(
        rule=terms.rule,
        source=terms.source,
        born_on=date(2026, 5, 16),
        told_at=datetime(2026, 5, 17, 6, tzinfo=UTC),
        appeal_terms=APPEALS,
        addressee="Dominique Modèle",
    )
    return implied.notice(**{**facts, **changes})


def an_attestation(**changes: Any) -> ImpliedAcceptanceAttestation:
    facts = _case(
        accepted_on=date(2026, 5, 16),
        asked_on=date(2026, 5, 20),
        issued_at=datetime(2026, 5, 21, 9, tzinfo=UTC),
        source=ACCEPTANCE.source,
        holder="Dominique Modèle",
    )
    return implied.attestation(**{**facts, **changes})


def some_reasons(**changes: Any) -> ReasonsGiven:
    facts = _case(
        rejected_on=date(2026, 5, 16),
        asked_on=date(2026, 5, 20),
        given_at=datetime(2026, 6, 2, 9, tzinfo=UTC),
        reasons=REASONS,
        appeal_terms=APPEALS,
        addressee="Dominique Modèle",
    )
    return reasons.build(**{**facts, **changes})


def a_withdrawal(**changes: Any) -> AcceptanceWithdrawn:
    facts = _case(
        withdraws=NamedDecision("implicit_acceptance", date(2026, 5, 16)),
        last_on=date(2026, 9, 16),
        withdrawn_at=datetime(2026, 7, 2, 9, tzinfo=UTC),
        reasons="Le règlement interdit cet usage (article 4).\nL’acceptation était donc illégale.",
        appeal_terms=APPEALS,
        heard_on=date(2026, 6, 15),
        addressee="Dominique Modèle",
    )
    return withdrawal.build(**{**facts, **changes})


def an_erratum(**changes: Any) -> Erratum:
    facts = _case(
        corrects=NamedDecision("refusal", date(2026, 4, 2)),
        outcome="refused",
        wrong="Vous avez demandé un acte de mariage.",
        right="Vous avez demandé un acte de naissance.",
        reasons=REASONS,
        corrected_at=datetime(2026, 4, 7, 9, tzinfo=UTC),
        appeal_terms=APPEALS,
        addressee="Dominique Modèle",
    )
    return erratum.build(**{**facts, **changes})


def an_appeal(**changes: Any) -> Acknowledgement:
    """The receipt of a recours gracieux against the refusal of another demande."""
    facts = {
        "procedure_title": "Recours gracieux",
        "attacked": NamedDecision("refusal", date(2026, 3, 2), "2026-111-222-333"),
        "appeal_terms": tuple(one for one in APPEALS if one.kind == "contentieux"),
    }
    return an_acknowledgement(appeal.silence_terms(RECEIVED_ON), **{**facts, **changes})


def a_reminder(**changes: Any) -> DocumentsReminder:
    return reminders.of_documents(
        a_document_request(), **{"reminded_at": datetime(2026, 4, 13, 6, tzinfo=UTC), **changes}
    )


def a_message(**changes: Any) -> NewMessage:
    facts = _case(
        sent_at=datetime(2026, 3, 24, 9, 5, tzinfo=UTC),
        text="La salle est libre le 4 avril.\nDites-nous si cette date vous convient.",
        files=1,
    )
    del facts["received_on"]
    return NewMessage(**{**facts, **changes})


def an_envoi(**changes: Any) -> EnvoiReceipt:
    facts = _case(received_at=datetime(2026, 3, 24, 9, 5, tzinfo=UTC), is_message=True, files=2)
    del facts["received_on"], facts["agent"]
    return envoi.build(**{**facts, **changes})


def a_filing_for_you(**changes: Any) -> FiledForYou:
    facts = _case(
        filed_at=datetime(2026, 3, 16, 17, 42, tzinfo=UTC),
        addressee="Camille Exemple",
        helper="Sacha Modèle",
        quality="conseiller France services",
        organisation="Maison de l’Exemple",
    )
    del facts["received_on"], facts["agent"]
    return helping.build(**{**facts, **changes})


def a_service_message(**changes: Any) -> ServiceMessage:
    facts = {**SUBMISSION, "sent_at": datetime(2026, 3, 24, 9, 5, tzinfo=UTC), "service_name": "État civil", "files": 2}
    return ServiceMessage(**{**facts, **changes})


LINK_ENDS = datetime(2026, 3, 16, 18, 13, tzinfo=UTC)


def every_notice() -> dict[str, Notice]:
    """One notice for each folder of templates/email, by its name."""
    return {
        "acknowledgement": an_acknowledgement(),
        "address_corrected": a_receipt_copy(),
        "registration": a_registration(),
        "documents_requested": a_document_request(),
        "accepted": a_decision("accepted"),
        "refused": a_decision("refused"),
        "taken_charge": a_state_notice("taken_charge"),
        "documents_received": a_state_notice("documents_received"),
        "withdrawn": a_state_notice("withdrawn", silence=None),
        "tracking_code": a_tracking_code(),
        "new_submission": a_new_submission(),
        "state_changed": a_state_notice("state_changed", **PLANNED),
        "reminder": a_state_notice("reminder", silence=None, appointment=MEETING),
        "service_update": a_service_update(),
        "sign_in_link": SignInLink("Tilleul-sur-Exemple", "camille@exemple.example", LINK_ENDS, "Europe/Paris"),
        "old_address": OldAddress(
            "Tilleul-sur-Exemple", "camille@exemple.example", "nouvelle@exemple.example", LINK_ENDS, "Europe/Paris"
        ),
        "new_address": NewAddress(
            "Tilleul-sur-Exemple", "nouvelle@exemple.example", "camille@exemple.example", LINK_ENDS, "Europe/Paris"
        ),
        "account_relinked": AccountRelinked(
            "Tilleul-sur-Exemple", "camille@exemple.example", date(2026, 3, 16), "01 99 00 12 34"
        ),
        "account_unused": AccountUnused(
            "Tilleul-sur-Exemple", "camille@exemple.example", date(2023, 3, 2), date(2026, 4, 1)
        ),
        "draft_expiring": DraftExpiring("Tilleul-sur-Exemple", "Inscription", date(2026, 3, 2), date(2026, 4, 1)),
        "appeal_registered": an_appeal(),
        "paper_receipt": a_paper_receipt(),
        "transfer": a_transfer(),
        "implied_decision": an_implied_decision(),
        "attestation": an_attestation(),
        "reasons": some_reasons(),
        "acceptance_withdrawn": a_withdrawal(),
        "erratum": an_erratum(),
        "documents_reminder": a_reminder(),
        "new_message": a_message(),
        "service_message": a_service_message(),
        "envoi": an_envoi(),
        "filed_for_you": a_filing_for_you(),
    }
