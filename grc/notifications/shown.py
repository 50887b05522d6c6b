"""The parts that several notices show alike: facts, contact, agent, silence, appeals, documents."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from grc import clock
from grc.receipts import (
    Acknowledgement,
    AgentContact,
    Appeal,
    Appointment,
    Incomplete,
    MissingDocument,
    PaperReceipt,
    ReplacedDecision,
    ServiceContact,
    Silence,
    sentences,
    statements,
    wording,
)

# What is shown is made of JSON values only: typst reads it as JSON, Jinja as variables.
Shown = dict[str, Any]
Fact = dict[str, Any]
_TO_COURT = "Vous pouvez alors saisir le tribunal administratif."


def facts(notice: Any, *more: tuple[str, Sequence[str]]) -> list[Fact]:
    """The rows that open every mail and letter: the number, the procedure, then these."""
    return rows(("Numéro de la demande", [notice.reference]), ("Démarche", [notice.procedure_title]), *more)


def received(notice: Acknowledgement | PaperReceipt, when: str) -> list[Fact]:
    """The rows of a receipt: the number, the procedure, the reception of what is a demande or a recours."""
    if notice.attacked is None:
        return facts(notice, ("Reçue le", [when]))
    return rows(("Numéro du recours", [notice.reference]), ("Démarche", [notice.procedure_title]), ("Reçu le", [when]))


def came_from(notice: Acknowledgement | PaperReceipt) -> str:
    """Which administration had the demande first, and since when its clock runs; "" for the others."""
    rule = "none" if notice.silence is None else notice.silence.rule
    return statements.came_from(notice.transferred_from, notice.first_received_on, rule)


def contact(service: ServiceContact, in_charge: AgentContact | None) -> list[Fact]:
    """How to reach the service and, where one is named, the agent."""
    who: tuple[str, ...] = ()
    if in_charge is not None and in_charge.name:
        who = (in_charge.name, wording.source(in_charge.withheld), in_charge.capacity, *in_charge.address)
    return rows(
        ("Service chargé de la demande", [service.name]),
        ("Agent chargé de la demande", who),
        ("Adresse", service.postal_address),
        ("Adresse électronique", [service.email]),
        ("Téléphone", [wording.unbroken(service.telephone)]),
        ("Horaires", [service.hours]),
    )


def rows(*labelled: tuple[str, Iterable[str]]) -> list[Fact]:
    """The rows that have something to say."""
    cleaned = ((label, [line for line in map(wording.plain, lines) if line]) for label, lines in labelled)
    return [{"label": label, "lines": lines} for label, lines in cleaned if lines]


def agent(who: AgentContact) -> Shown:
    """The agent who signs; `withheld`: why the name is not given (CRPA L111-2), or ""."""
    return {
        "name": wording.plain(who.name),
        "withheld": wording.source(who.withheld),
        "capacity": wording.plain(who.capacity),
        "address": [wording.plain(line) for line in who.address],
    }


def silence(stated: Silence | None, *, is_appeal: bool = False) -> Shown | None:
    """What silence becomes, in sentences. is_appeal: of a recours."""
    if stated is None:
        return None
    return {
        "rule": stated.rule,
        "sentence": sentences.silence_of_appeal(stated) if is_appeal else sentences.silence(stated),
        "afterwards": _TO_COURT if is_appeal else sentences.afterwards(stated),
        "source": source(stated.source),
    }


def appeals(ways: Iterable[Appeal]) -> list[Shown]:
    """Each appeal with its name apart from the rest of its sentence, so that the name can stand out."""
    return [
        {
            "name": sentences.appeal_name(appeal.kind),
            "text": wording.plain(appeal.text).removeprefix(sentences.appeal_name(appeal.kind)),
            "source": source(appeal.source),
        }
        for appeal in ways
    ]


def source(text: str) -> str:
    """A legal source as citizens read it."""
    return wording.source(wording.plain(text))


def documents(items: Iterable[MissingDocument]) -> list[Shown]:
    """Each missing document and the text that requires it."""
    return [{"title": wording.plain(item.title), "required_by": source(item.required_by)} for item in items]


def incomplete(missing: Incomplete | None) -> Shown | None:
    """What is missing on the day of reception, until when, under which rule."""
    if missing is None:
        return None
    return {
        "documents": documents(missing.items),
        "deadline": wording.long_date(missing.deadline_on),
        "rule": list(missing.rule),
    }


def appointment(fixed: Appointment | None, zone: str) -> Shown | None:
    """The day, and the rows that say when and where; None without one."""
    if fixed is None:
        return None
    day = wording.long_date(clock.day_in(zone, fixed.starts_at))
    hours = wording.hours(fixed.starts_at, fixed.ends_at, zone)
    return {
        "day": day,
        "hours": hours,
        "facts": rows(("Jour", [day]), ("Heure", [hours]), ("Lieu", [fixed.place])),
    }


def replaces(replaced: ReplacedDecision | None) -> str:
    """The sentence that names the decision replaced, or ""."""
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
