"""A notice as the words and facts that its mail and its letter both show: one set of data, three renderings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from grc.deadlines.silence import last_day_to_notify
from grc.receipts import (
    Acknowledgement,
    AgentContact,
    Appeal,
    DecisionNotice,
    DocumentsRequested,
    DraftExpiring,
    MissingDocument,
    NewSubmissionNotice,
    Notice,
    ReceiptCopy,
    RegistrationReceipt,
    ReplacedDecision,
    ServiceContact,
    ServiceUpdate,
    Silence,
    StateNotice,
    TrackingCodeNotice,
    sentences,
    wording,
)

# What is shown is made of JSON values only: typst reads it as JSON, Jinja as variables.
Shown = dict[str, Any]
Fact = dict[str, Any]


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
    if isinstance(notice, DraftExpiring):
        return _draft_expiring(notice)
    common = {
        "kind": notice.KIND,
        "reference": wording.plain(notice.reference),
        "authority": wording.plain(notice.authority),
        "procedure": wording.plain(notice.procedure_title),
    }
    return {**common, **_BY_KIND[type(notice)](notice)}


def _draft_expiring(notice: DraftExpiring) -> Shown:
    """Of what is no demande yet: no reference, and nobody's name."""
    deleted = wording.long_date(notice.deleted_on)
    return {
        "kind": notice.KIND,
        "authority": wording.plain(notice.authority),
        "procedure": wording.plain(notice.procedure_title),
        "deleted": deleted,
        "facts": _rows(
            ("Démarche", [notice.procedure_title]),
            ("Enregistrée le", [wording.long_date(notice.saved_on)]),
            ("Effacée le", [deleted]),
        ),
    }


def _acknowledgement(notice: Acknowledgement) -> Shown:
    received = wording.moment_with_zone(notice.received_at, notice.zone)
    return {
        "facts": _facts(notice, ("Reçue le", [received])),
        "service": wording.plain(notice.service.name),
        "the_service": wording.the_service(notice.service.name),
        "contact": _contact(notice.service, notice.agent),
        "silence": _silence(notice.silence),
        "appeals": _appeals(notice.appeals),
        "interruption": sentences.interruption(notice.appeals),
        "incomplete": None
        if notice.incomplete is None
        else {
            "documents": _documents(notice.incomplete.items),
            "deadline": wording.long_date(notice.incomplete.deadline_on),
            "rule": list(notice.incomplete.rule),
        },
        "transferred_from": wording.plain(notice.transferred_from),
    }


def _registration(notice: RegistrationReceipt) -> Shown:
    received = wording.moment_with_zone(notice.received_at, notice.zone)
    return {
        "facts": _facts(notice, ("Reçue le", [received])),
        "acknowledgement_due": wording.long_date(notice.acknowledgement_due_on),
    }


def _documents_requested(notice: DocumentsRequested) -> Shown:
    received = ("Reçue le", [wording.long_date(notice.received_on)])
    deadline = wording.long_date(notice.deadline_on)
    return {
        "facts": _facts(notice, received, ("Réponse attendue au plus tard le", [deadline])),
        "service": wording.plain(notice.service.name),
        "contact": _contact(notice.service, None),
        "agent": _agent(notice.agent),
        "noticed": wording.long_date(notice.noticed_on),
        "documents": _documents(notice.items),
        "deadline": deadline,
        "deadline_short": wording.short_date(notice.deadline_on),
        "rule": list(notice.rule),
        "silence": _silence(notice.silence),
        "note": list(wording.paragraphs(notice.note)),
    }


def _decision(notice: DecisionNotice) -> Shown:
    received = ("Reçue le", [wording.long_date(notice.received_on)])
    decided = wording.long_date(notice.decided_on)
    return {
        "facts": _facts(notice, received, ("Décision du", [decided])),
        "service": wording.plain(notice.service.name),
        "contact": _contact(notice.service, None),
        "agent": _agent(notice.agent),
        "outcome": notice.outcome,
        "decided": decided,
        "reasons": list(wording.paragraphs(notice.reasons)),
        "appeals": _appeals(notice.appeals),
        "interruption": sentences.interruption(notice.appeals),
        "replaces": _replaces(notice.replaces),
        "addressee": wording.plain(notice.addressee),
    }


def _state(notice: StateNotice) -> Shown:
    received = ("Reçue le", [wording.long_date(notice.received_on)])
    return {
        "facts": _facts(notice, received),
        "service": wording.plain(notice.service.name),
        "the_service": wording.the_service(notice.service.name),
        "contact": _contact(notice.service, notice.agent),
        "agent": None if notice.agent is None else _agent(notice.agent),
        "changed": wording.moment(notice.changed_at, notice.zone),
        "silence": _silence(notice.silence),
        "state": wording.plain(notice.state),
        "sentence": wording.typeset(wording.plain(notice.sentence)),
        "note": list(wording.paragraphs(notice.note)),
    }


def _service_update(notice: ServiceUpdate) -> Shown:
    changed = wording.moment(notice.changed_at, notice.zone)
    rows = (("Nouvel état", [notice.state]), ("Depuis le", [changed]))
    return {"facts": _facts(notice, *rows), "service": wording.plain(notice.service_name)}


def _tracking_code(notice: TrackingCodeNotice) -> Shown:
    return {
        "facts": _facts(notice, ("Code de suivi", [wording.plain(notice.code)])),
        "contact": _contact(notice.service, None),
        "is_report": notice.is_report,
    }


def _new_submission(notice: NewSubmissionNotice) -> Shown:
    received = ("Reçue le", [wording.moment_with_zone(notice.received_at, notice.zone)])
    last = None if notice.answer_before is None else last_day_to_notify(notice.answer_before)
    rows = () if last is None else (("Décision à notifier au plus tard le", [wording.long_date(last)]),)
    facts = _facts(notice, received, *rows)
    return {"facts": facts, "service": wording.plain(notice.service_name), "is_report": notice.is_report}


_BY_KIND: Mapping[type[Any], Callable[[Any], Shown]] = {
    Acknowledgement: _acknowledgement,
    RegistrationReceipt: _registration,
    DocumentsRequested: _documents_requested,
    DecisionNotice: _decision,
    StateNotice: _state,
    TrackingCodeNotice: _tracking_code,
    NewSubmissionNotice: _new_submission,
    ServiceUpdate: _service_update,
}


def _facts(notice: Any, *more: tuple[str, Sequence[str]]) -> list[Fact]:
    return _rows(("Numéro de la demande", [notice.reference]), ("Démarche", [notice.procedure_title]), *more)


def _contact(service: ServiceContact, agent: AgentContact | None) -> list[Fact]:
    who = () if agent is None else ((agent.name, agent.capacity, *agent.address) if agent.name else ())
    return _rows(
        ("Service chargé de la demande", [service.name]),
        ("Agent chargé de la demande", who),
        ("Adresse", service.postal_address),
        ("Adresse électronique", [service.email]),
        ("Téléphone", [wording.unbroken(service.telephone)]),
        ("Horaires", [service.hours]),
    )


def _rows(*rows: tuple[str, Iterable[str]]) -> list[Fact]:
    """The rows that have something to say."""
    cleaned = ((label, [line for line in map(wording.plain, lines) if line]) for label, lines in rows)
    return [{"label": label, "lines": lines} for label, lines in cleaned if lines]


def _agent(agent: AgentContact) -> Shown:
    return {
        "name": wording.plain(agent.name),
        "capacity": wording.plain(agent.capacity),
        "address": [wording.plain(line) for line in agent.address],
    }


def _silence(silence: Silence | None) -> Shown | None:
    if silence is None:
        return None
    return {
        "rule": silence.rule,
        "sentence": sentences.silence(silence),
        "afterwards": sentences.afterwards(silence),
        "source": _source(silence.source),
    }


def _appeals(appeals: Iterable[Appeal]) -> list[Shown]:
    """Each appeal with its name apart from the rest of its sentence, so that the name can stand out."""
    return [
        {
            "name": sentences.appeal_name(appeal.kind),
            "text": wording.plain(appeal.text).removeprefix(sentences.appeal_name(appeal.kind)),
            "source": _source(appeal.source),
        }
        for appeal in appeals
    ]


def _source(text: str) -> str:
    return wording.source(wording.plain(text))


def _documents(items: Iterable[MissingDocument]) -> list[Shown]:
    return [{"title": wording.plain(item.title), "required_by": _source(item.required_by)} for item in items]


def _replaces(replaced: ReplacedDecision | None) -> str:
    if replaced is None:
        return ""
    day = wording.short_date(replaced.on)
    match replaced.kind:
        case "implicit_rejection":
            what = f"la décision implicite de rejet née le {day}"
        case "implicit_acceptance":
            what = f"la décision implicite d’acceptation née le {day}"
        case _:
            what = f"la décision du {day}"
    return f"Cette décision remplace {what}."
