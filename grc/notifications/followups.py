"""What the notices show that follow the receipt: transfer, silence that decided, reasons, withdrawal, messages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from grc import clock
from grc.notifications import shown
from grc.notifications.shown import Shown
from grc.receipts import (
    AcceptanceWithdrawn,
    Administration,
    DocumentsReminder,
    EnvoiReceipt,
    Erratum,
    FiledForYou,
    ImpliedAcceptanceAttestation,
    ImpliedDecisionNotice,
    NewMessage,
    PaperReceipt,
    ReasonsGiven,
    ServiceMessage,
    TransferNotice,
    sentences,
    statements,
    wording,
)


def _paper_receipt(notice: PaperReceipt) -> Shown:
    return {
        **_unsigned(notice, notice.issued_on),
        "agent": None if notice.agent is None else shown.agent(notice.agent),
        "facts": shown.received(notice, wording.long_date(notice.received_on)),
        "the_service": wording.the_service(notice.service.name),
        "silence": shown.silence(notice.silence, is_appeal=notice.attacked is not None),
        **_contested(notice),
        "incomplete": shown.incomplete(notice.incomplete),
        "came_from": shown.came_from(notice),
        "attacked": "" if notice.attacked is None else statements.interrupted(notice.attacked),
    }


def _transfer(notice: TransferNotice) -> Shown:
    first = ("Première réception le", wording.long_date(notice.received_on))
    sent = ("Transmise le", wording.long_date(notice.transferred_on))
    return {
        **_signed(notice, notice.transferred_on, first, sent),
        "to": wording.plain(notice.to.name),
        "recipient": _administration(notice.to),
        "rule": list(notice.rule),
        "note": list(wording.paragraphs(notice.note)),
    }


def _implied_decision(notice: ImpliedDecisionNotice) -> Shown:
    born = "Acceptée sans réponse le" if notice.rule == "acceptance" else "Refusée sans réponse le"
    rows = (_received(notice), (born, wording.long_date(notice.born_on)))
    return {
        **_unsigned(notice, notice.told_on, *rows),
        "contact": shown.contact(notice.service, notice.agent),
        "rule": notice.rule,
        "sentence": statements.born(notice.rule, notice.born_on),
        "source_text": shown.source(notice.source),
        "afterwards": statements.ATTESTATION_CAN_BE_ASKED
        if notice.rule == "acceptance"
        else statements.REASONS_CAN_BE_ASKED,
        **_contested(notice),
    }


def _attestation(notice: ImpliedAcceptanceAttestation) -> Shown:
    accepted = ("Acceptée sans réponse le", wording.long_date(notice.accepted_on))
    asked = ("Attestation demandée le", wording.long_date(notice.asked_on))
    return {
        **_signed(notice, notice.issued_on, ("Demande de", notice.holder), _received(notice), accepted, asked),
        "holder": wording.plain(notice.holder),
        "received": wording.short_date(notice.received_on),
        "accepted": wording.short_date(notice.accepted_on),
        "source_text": shown.source(notice.source),
    }


def _reasons(notice: ReasonsGiven) -> Shown:
    rejected = ("Refusée sans réponse le", wording.long_date(notice.rejected_on))
    asked = ("Motifs demandés le", wording.long_date(notice.asked_on))
    return {
        **_signed(notice, notice.given_on, _received(notice), rejected, asked),
        "reasons": list(wording.paragraphs(notice.reasons)),
        **_contested(notice),
    }


def _withdrawn(notice: AcceptanceWithdrawn) -> Shown:
    decided = ("Retrait du", wording.long_date(notice.withdrawn_on))
    return {
        **_signed(notice, notice.withdrawn_on, _received(notice), decided),
        "withdraws": statements.named(notice.withdraws),
        "at_holder_request": notice.at_holder_request,
        "heard": "" if notice.heard_on is None else statements.heard(notice.heard_on),
        "reasons": list(wording.paragraphs(notice.reasons)),
        **_contested(notice),
    }


def _erratum(notice: Erratum) -> Shown:
    corrected = ("Correction du", wording.long_date(notice.corrected_on))
    return {
        **_signed(notice, notice.corrected_on, _received(notice), corrected),
        "corrects": statements.named(notice.corrects),
        "outcome": notice.outcome,
        "wrong": list(wording.paragraphs(notice.wrong)),
        "right": list(wording.paragraphs(notice.right)),
        "reasons": list(wording.paragraphs(notice.reasons)),
        **_contested(notice),
    }


def _documents_reminder(notice: DocumentsReminder) -> Shown:
    deadline = wording.long_date(notice.deadline_on)
    asked = ("Documents demandés le", wording.long_date(notice.requested_on))
    return {
        **_signed(notice, notice.reminded_on, asked, ("Réponse attendue au plus tard le", deadline)),
        "documents": shown.documents(notice.items),
        "deadline": deadline,
        "deadline_short": wording.short_date(notice.deadline_on),
        "rule": list(notice.rule),
    }


def _new_message(notice: NewMessage) -> Shown:
    sent = ("Message du", wording.moment(notice.sent_at, notice.zone))
    return {
        "facts": _facts(notice, sent),
        "day": wording.long_date(clock.day_in(notice.zone, notice.sent_at)),
        "service": wording.plain(notice.service.name),
        "the_service": wording.the_service(notice.service.name),
        "contact": shown.contact(notice.service, None),
        "agent": None if notice.agent is None else shown.agent(notice.agent),
        "note": list(wording.paragraphs(notice.text)),
        "files": _files(notice.files),
    }


def _service_message(notice: ServiceMessage) -> Shown:
    sent = ("Message du", wording.moment(notice.sent_at, notice.zone))
    return {
        "facts": _facts(notice, sent),
        "service": wording.plain(notice.service_name),
        "files": _files(notice.files),
    }


def _envoi(notice: EnvoiReceipt) -> Shown:
    came = wording.moment_with_zone(notice.received_at, notice.zone)
    return {
        "facts": _facts(notice, ("Ce que nous avons reçu", notice.what), ("Reçu le", came)),
        "what": wording.plain(notice.what),
        "service": wording.plain(notice.service.name),
        "contact": shown.contact(notice.service, None),
    }


def _filed_for_you(notice: FiledForYou) -> Shown:
    filed = wording.moment_with_zone(notice.filed_at, notice.zone)
    by = ("Déposée par", notice.helper)
    quality = ("À quel titre", ", ".join(part for part in (notice.quality, notice.organisation) if part))
    return {
        **_unsigned(notice, notice.filed_on, ("Déposée le", filed), by, quality),
        "helper": wording.plain(notice.helper),
        "filed": wording.long_date(notice.filed_on),
        "code": wording.plain(notice.code),
        "the_service": wording.the_service(notice.service.name),
    }


SHOWN_AS: Mapping[type[Any], Callable[[Any], Shown]] = {
    PaperReceipt: _paper_receipt,
    TransferNotice: _transfer,
    ImpliedDecisionNotice: _implied_decision,
    ImpliedAcceptanceAttestation: _attestation,
    ReasonsGiven: _reasons,
    AcceptanceWithdrawn: _withdrawn,
    Erratum: _erratum,
    DocumentsReminder: _documents_reminder,
    NewMessage: _new_message,
    ServiceMessage: _service_message,
    EnvoiReceipt: _envoi,
    FiledForYou: _filed_for_you,
}


def _unsigned(notice: Any, day: date, *rows: tuple[str, str]) -> Shown:
    """What every letter shows: facts, service, its day, its addressee."""
    return {
        "facts": _facts(notice, *rows),
        "service": wording.plain(notice.service.name),
        "contact": shown.contact(notice.service, None),
        "day": wording.long_date(day),
        "addressee": wording.plain(getattr(notice, "addressee", "")),
    }


def _signed(notice: Any, day: date, *rows: tuple[str, str]) -> Shown:
    return {**_unsigned(notice, day, *rows), "agent": shown.agent(notice.agent)}


def _facts(notice: Any, *rows: tuple[str, str]) -> list[shown.Fact]:
    return shown.facts(notice, *((label, [words]) for label, words in rows))


def _received(notice: Any) -> tuple[str, str]:
    return "Reçue le", wording.long_date(notice.received_on)


def _contested(notice: Any) -> Shown:
    return {"appeals": shown.appeals(notice.appeals), "interruption": sentences.interruption(notice.appeals)}


def _administration(to: Administration) -> list[shown.Fact]:
    return shown.rows(
        ("Administration", [to.name]),
        ("Adresse", to.postal_address),
        ("Adresse électronique", [to.email]),
        ("Téléphone", [wording.unbroken(to.telephone)]),
        ("Numéro de la demande chez elle", [to.reference]),
    )


def _files(count: int) -> str:
    """ "Un fichier est joint.", "3 fichiers sont joints.", or ""."""
    if not count:
        return ""
    return "Un fichier est joint." if count == 1 else f"{count}{wording.NBSP}fichiers sont joints."
