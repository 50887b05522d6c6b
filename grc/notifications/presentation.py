"""A notice as the words and facts that its mail and its letter both show: one set of data, three renderings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from grc import clock
from grc.deadlines.silence import last_day_to_notify
from grc.notifications import followups, of_accounts, shown
from grc.notifications.shown import Shown
from grc.receipts import (
    AccountRelinked,
    AccountUnused,
    Acknowledgement,
    DecisionNotice,
    DocumentsRequested,
    DraftExpiring,
    NewAddress,
    NewSubmissionNotice,
    Notice,
    OldAddress,
    ReceiptCopy,
    RegistrationReceipt,
    ServiceUpdate,
    SignInLink,
    StateNotice,
    TrackingCodeNotice,
    markdown,
    sentences,
    statements,
    wording,
)


def present(notice: Notice) -> Shown:
    """The values that the templates of this notice show, as JSON values.

    Every text that a person wrote is stripped of controls and line breaks (`wording.plain`); escaping is left to each
    template. facts and contact: [{label, lines}]; appeals: [{name, text, source}]; silence: None or {rule, sentence,
    afterwards, source}; other values by kind of notice.
    """
    if isinstance(notice, ReceiptCopy):
        return {
            **present(notice.receipt),
            "kind": notice.KIND,
            "copied": wording.moment(notice.copied_at, notice.receipt.zone),
        }
    if isinstance(notice, AccountRelinked | AccountUnused | NewAddress | OldAddress | SignInLink):
        return of_accounts.SHOWN_AS[type(notice)](notice)
    if isinstance(notice, DraftExpiring):
        return _draft_expiring(notice)
    common = {
        "kind": notice.KIND,
        "reference": wording.plain(notice.reference),
        "authority": wording.plain(notice.authority),
        "procedure": wording.plain(notice.procedure_title),
    }
    return {**common, **_SHOWN_AS[type(notice)](notice)}


def _draft_expiring(notice: DraftExpiring) -> Shown:
    """Of what is no demande yet: no reference, and nobody's name."""
    deleted = wording.long_date(notice.deleted_on)
    return {
        "kind": notice.KIND,
        "authority": wording.plain(notice.authority),
        "procedure": wording.plain(notice.procedure_title),
        "deleted": deleted,
        "facts": shown.rows(
            ("Démarche", [notice.procedure_title]),
            ("Enregistrée le", [wording.long_date(notice.saved_on)]),
            ("Effacée le", [deleted]),
        ),
    }


def _acknowledgement(notice: Acknowledgement) -> Shown:
    received = wording.moment_with_zone(notice.received_at, notice.zone)
    return {
        "facts": shown.received(notice, received),
        "service": wording.plain(notice.service.name),
        "the_service": wording.the_service(notice.service.name),
        "contact": shown.contact(notice.service, notice.agent),
        "silence": shown.silence(notice.silence, is_appeal=notice.attacked is not None),
        "appeals": shown.appeals(notice.appeals),
        "interruption": sentences.interruption(notice.appeals),
        "incomplete": shown.incomplete(notice.incomplete),
        "came_from": shown.came_from(notice),
        "attacked": "" if notice.attacked is None else statements.interrupted(notice.attacked),
    }


def _registration(notice: RegistrationReceipt) -> Shown:
    received = wording.moment_with_zone(notice.received_at, notice.zone)
    return {
        "facts": shown.facts(notice, ("Reçue le", [received])),
        "acknowledgement_due": wording.long_date(notice.acknowledgement_due_on),
    }


def _documents_requested(notice: DocumentsRequested) -> Shown:
    received = ("Reçue le", [wording.long_date(notice.received_on)])
    deadline = wording.long_date(notice.deadline_on)
    return {
        "facts": shown.facts(notice, received, ("Réponse attendue au plus tard le", [deadline])),
        "service": wording.plain(notice.service.name),
        "contact": shown.contact(notice.service, None),
        "agent": shown.agent(notice.agent),
        "noticed": wording.long_date(notice.noticed_on),
        "documents": shown.documents(notice.items),
        "deadline": deadline,
        "deadline_short": wording.short_date(notice.deadline_on),
        "rule": list(notice.rule),
        "silence": shown.silence(notice.silence),
        "note": list(wording.paragraphs(notice.note)),
    }


def _decision(notice: DecisionNotice) -> Shown:
    received = ("Reçue le", [wording.long_date(notice.received_on)])
    decided = wording.long_date(notice.decided_on)
    return {
        "facts": shown.facts(notice, received, ("Décision du", [decided])),
        "service": wording.plain(notice.service.name),
        "contact": shown.contact(notice.service, None),
        "agent": shown.agent(notice.agent),
        "outcome": notice.outcome,
        "decided": decided,
        "letter": markdown.blocks(notice.letter),
        "reasons": list(wording.paragraphs(notice.reasons)),
        "appeals": shown.appeals(notice.appeals),
        "interruption": sentences.interruption(notice.appeals),
        "replaces": shown.replaces(notice.replaces),
        "addressee": wording.plain(notice.addressee),
    }


def _state(notice: StateNotice) -> Shown:
    received = ("Reçue le", [wording.long_date(notice.received_on)])
    return {
        "facts": shown.facts(notice, received),
        "change": notice.change,
        "day": wording.long_date(clock.day_in(notice.zone, notice.changed_at)),
        "service": wording.plain(notice.service.name),
        "the_service": wording.the_service(notice.service.name),
        "contact": shown.contact(notice.service, notice.agent),
        "agent": None if notice.agent is None else shown.agent(notice.agent),
        "changed": wording.moment(notice.changed_at, notice.zone),
        "silence": shown.silence(notice.silence),
        "state": wording.plain(notice.state),
        "sentence": wording.typeset(wording.plain(notice.sentence)),
        "note": list(wording.paragraphs(notice.note)),
        "appointment": shown.appointment(notice.appointment, notice.zone),
    }


def _service_update(notice: ServiceUpdate) -> Shown:
    changed = wording.moment(notice.changed_at, notice.zone)
    rows = (("Nouvel état", [notice.state]), ("Depuis le", [changed]))
    return {"facts": shown.facts(notice, *rows), "service": wording.plain(notice.service_name)}


def _tracking_code(notice: TrackingCodeNotice) -> Shown:
    return {
        "facts": shown.facts(notice, ("Code de suivi", [wording.plain(notice.code)])),
        "service": wording.plain(notice.service.name),
        "contact": shown.contact(notice.service, None),
        "code": wording.plain(notice.code),
        "day": None if notice.issued_on is None else wording.long_date(notice.issued_on),
        "is_report": notice.is_report,
    }


def _new_submission(notice: NewSubmissionNotice) -> Shown:
    received = ("Reçue le", [wording.moment_with_zone(notice.received_at, notice.zone)])
    last = None if notice.answer_before is None else last_day_to_notify(notice.answer_before)
    rows = () if last is None else (("Décision à notifier au plus tard le", [wording.long_date(last)]),)
    facts = shown.facts(notice, received, *rows)
    return {"facts": facts, "service": wording.plain(notice.service_name), "is_report": notice.is_report}


_SHOWN_AS: Mapping[type[Any], Callable[[Any], Shown]] = {
    Acknowledgement: _acknowledgement,
    RegistrationReceipt: _registration,
    DocumentsRequested: _documents_requested,
    DecisionNotice: _decision,
    StateNotice: _state,
    TrackingCodeNotice: _tracking_code,
    NewSubmissionNotice: _new_submission,
    ServiceUpdate: _service_update,
    **followups.SHOWN_AS,
}
