"""Every date of a demande in order, each with its steps: what `grc simulate` prints and agents read on its page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from grc.deadlines import access, acknowledgements, administrative_appeals, appeals, reasons, silence, withdrawals
from grc.deadlines.appeals import AppealPeriod
from grc.deadlines.holidays import Place
from grc.deadlines.parameters import Parameters
from grc.deadlines.periods import Term, add_months, term
from grc.deadlines.silence import Reckoning
from grc.deadlines.suspensions import Suspension
from grc.receipts import explanations, wording
from grc.receipts.course import Facts, Kind, Line, Terms
from grc.receipts.parts import AppealTerms, rule_of
from grc.receipts.wording import typeset


@dataclass(frozen=True)
class _Case:
    """All that the lines are made of."""

    terms: Terms
    facts: Facts
    place: Place
    parameters: Parameters
    reckoning: Reckoning = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "reckoning", _reckon(self.terms, self.facts))

    @property
    def silence_on(self) -> date | None:
        """The day silence decides, or decided; None where a decision or a withdrawal came before, or nothing can."""
        born_on, decided = self.reckoning.due_on, self.facts.decided
        ended_on = self.facts.withdrawn_on if decided is None else decided.first_told_on
        return None if born_on is not None and silence.is_forestalled(born_on, ended_on) else born_on

    @property
    def is_rejected_by_silence(self) -> bool:
        return self.rule == "rejection" and self.silence_on is not None

    @property
    def rule(self) -> silence.Kind:
        return self.reckoning.rule.kind


def lines(terms: Terms, facts: Facts, *, place: Place, parameters: Parameters) -> tuple[Line, ...]:
    """The dates of a demande in order; those without a day come last.

    place: whose holidays count. parameters: the figures of the law that the demande keeps. The last day of appeal is
    for agents: a receipt prints the rule, never the day.
    """
    case = _Case(terms, facts, place, parameters)
    groups = (_receptions, _receipts, _requests, _silence, _decision, _acceptance, _rejection, _clocks, _retention)
    found = [line for group in groups for line in group(case)]
    return tuple(sorted(found, key=lambda line: line.on or date.max))


def months_to_court(ways: Iterable[AppealTerms], parameters: Parameters) -> int:
    """How many months one has to go to court: what the procedure states, else what the law says (CJA R421-1)."""
    return next((one.delay_months for one in ways if one.kind == "contentieux"), parameters.appeal_months)


KINDS: Mapping[Kind, str] = {"limit": "échéance", "event": "fait", "uncertain": "à confirmer"}
"""What people read of each kind."""


def told(line: Line) -> str:
    """The line as one sentence: "vendredi 25 décembre 2026 – Refus implicite…"."""
    return f"{wording.long_date(line.on)} – {line.label}" if line.on else f"Sans date – {line.label}"


def _reckon(terms: Terms, facts: Facts) -> Reckoning:
    rule = rule_of(terms.silence)
    starts_on = facts.reception.silence_starts_on(rule)
    if starts_on is None:
        return Reckoning(rule, None, ())
    stops = [Suspension(one.noticed_on, one.deadline_on, one.completed_on) for one in facts.asked if one.suspends]
    return silence.reckon(rule, starts_on, stops)


def _receptions(case: _Case) -> Iterator[Line]:
    reception = case.facts.reception
    steps = explanations.of_reception(reception)
    if reception.is_transferred:
        yield Line(
            reception.first_on, "Demande reçue par une autre administration", "event", steps, ("CRPA art. L114-2",)
        )
    if reception.competent_on is not None:
        yield Line(reception.competent_on, "Demande reçue", "event")


def _receipts(case: _Case) -> Iterator[Line]:
    """The two receipts, when the accusé de réception did not leave at once (CRPA R112-11-2)."""
    received_on = case.facts.reception.receipts_start_on
    if not case.terms.has_receipts or received_on is None:
        return
    registration = acknowledgements.registration(received_on, place=case.place, parameters=case.parameters)
    yield _of_term(registration, "Accusé d’enregistrement, si l’accusé de réception n’est pas parti")
    acknowledgement = acknowledgements.acknowledgement(received_on, place=case.place, parameters=case.parameters)
    yield _of_term(acknowledgement, "Dernier jour pour l’accusé de réception")


def _requests(case: _Case) -> Iterator[Line]:
    """Each request for documents, its deadline, its answer (CRPA L114-5, L114-5-1)."""
    for one in case.facts.asked:
        label = "Pièces demandées" if one.suspends else "Pièces demandées, sans effet sur le délai"
        articles = ("CRPA art. L114-5",) if one.suspends else ("CRPA art. L114-5", "CRPA art. L114-5-1")
        yield Line(one.noticed_on, label, "event", articles=articles)
        yield Line(one.deadline_on, "Dernier jour pour envoyer les pièces demandées", "limit", articles=articles)
        if one.completed_on is not None:
            yield Line(one.completed_on, "Dernière pièce demandée reçue", "event", articles=articles)


def _silence(case: _Case) -> Iterator[Line]:
    """What silence does, and the last day to come before it (CRPA L231-1, L231-4, L112-12)."""
    if case.rule == "none" or (case.reckoning.due_on is not None and case.silence_on is None):
        return
    source, born_on = case.terms.silence.source, case.silence_on
    label = "Acceptation implicite" if case.rule == "acceptance" else "Refus implicite"
    steps = explanations.of_silence(case.reckoning, source=source)
    if born_on is None:
        yield Line(None, f"{label} : aucune tant que la demande est incomplète ou non transmise", "event", steps)
        return
    last_on = silence.last_day_to_notify(born_on)
    notified = explanations.of_last_day_to_notify(case.reckoning)
    yield Line(last_on, "Dernier jour pour notifier une décision", "limit", notified, ("CRPA art. L112-12",))
    kind: Kind = "uncertain" if case.terms.silence_doubt else "event"
    steps = (*steps, *_doubt(case.terms.silence_doubt))
    yield Line(born_on, f"{label}, sans décision notifiée avant", kind, steps, (source,))


def _decision(case: _Case) -> Iterator[Line]:
    decided = case.facts.decided
    if case.facts.withdrawn_on is not None:
        yield Line(case.facts.withdrawn_on, "Demande retirée par l’usager", "event")
    if decided is None:
        return
    label = {"accepted": "Décision d’acceptation", "refused": "Décision de refus"}.get(decided.outcome, "Décision")
    label = "Retrait de l’acceptation" if decided.is_withdrawal else label
    yield Line(decided.on, label, "event")
    if decided.told_on is None:
        yield Line(None, "Décision pas encore notifiée", "limit", (_UNTOLD,), _ARTICLES)
    elif decided.told_on != decided.on:
        yield Line(decided.told_on, "Décision notifiée", "event")


def _acceptance(case: _Case) -> Iterator[Line]:
    """From when the attestation opens, until when it can be withdrawn; nothing once it was (CRPA L232-3, L242-1)."""
    decided, born_on = case.facts.decided, case.silence_on
    if decided is not None and decided.is_withdrawal:
        return
    if case.rule == "acceptance" and born_on is not None:
        text = (
            "L’acceptation est née : l’usager peut en demander l’attestation (CRPA art. L232-3), et une décision de "
            "refus serait un retrait (CRPA art. L242-1)."
        )
        label = "Attestation d’acceptation ouverte, refus impossible"
        yield Line(born_on, label, "event", (typeset(text),), ("CRPA art. L232-3",))
        accepted_on: date | None = born_on
    else:
        accepted_on = decided.on if decided is not None and decided.outcome == "accepted" else None
    if accepted_on is not None:
        limit = withdrawals.limit(accepted_on, place=case.place, parameters=case.parameters)
        yield _of_term(limit, "Dernier jour pour retirer une acceptation illégale", kind="uncertain")


def _rejection(case: _Case) -> Iterator[Line]:
    """The last day of appeal, with the appeals to the administration and the reasons asked for that lengthen it.

    For agents: a receipt prints the rule, never the day. Access to a document goes to the CADA first; the day of the
    court then depends on what only the CADA knows. Source: CJA R421-1, R421-2; CRPA L411-2, L232-4, L421-3, L342-1.
    """
    first, facts = _period_of_appeal(case), case.facts
    if first is None:
        return
    if any(one.kind == "cada" for one in case.terms.appeals):
        referral = access.commission_referral(first.started_on, place=case.place, parameters=case.parameters)
        yield _of_term(referral, "Dernier jour pour saisir la CADA", kind="uncertain")
        return
    for one in administrative_appeals.interrupting(facts.appeals, first):
        yield Line(one.lodged_on, _LODGED[one.kind], "event", articles=("CRPA art. L411-2",))
        born = administrative_appeals.silence(one.lodged_on, place=case.place, parameters=case.parameters)
        yield _of_term(born, "Rejet implicite de ce recours, sans réponse avant", kind="uncertain")
    period: AppealPeriod | None = administrative_appeals.appeal_after(
        facts.appeals, first, place=case.place, parameters=case.parameters
    )
    asked_on = facts.reasons_asked_on
    if asked_on is not None and period is not None and case.is_rejected_by_silence:
        yield from _reasons(case, asked_on, period)
        period = reasons.appeal_after(
            asked_on,
            facts.reasons_given_on,
            period,
            place=case.place,
            parameters=case.parameters,
            born_on=case.silence_on,
        )
    yield _last_of_appeal(case, period)


def _period_of_appeal(case: _Case) -> AppealPeriod | None:
    """The time to appeal against the rejection, implicit or express, before anything lengthened it."""
    months = months_to_court(case.terms.appeals, case.parameters)
    decided = case.facts.decided
    if decided is not None and decided.outcome != "refused":
        return None
    if case.rule == "rejection" and case.silence_on is not None:
        told_on = None if decided is None else decided.told_on
        return appeals.after_rejection(case.silence_on, told_on, months, place=case.place)
    told_on = None if decided is None else decided.told_on
    return None if told_on is None else appeals.appeal_period(told_on, months, place=case.place)


def _reasons(case: _Case, asked_on: date, period: AppealPeriod) -> Iterator[Line]:
    if not reasons.are_owed(asked_on, period, born_on=case.silence_on):
        yield Line(
            asked_on, "Motifs demandés trop tard : ils ne sont plus dus", "event", articles=("CRPA art. L232-4",)
        )
        return
    yield Line(asked_on, "Motifs du refus implicite demandés", "event", articles=("CRPA art. L232-4",))
    due = reasons.due(asked_on, place=case.place, parameters=case.parameters)
    yield _of_term(due, "Dernier jour pour donner les motifs du refus implicite")
    if case.facts.reasons_given_on is not None:
        yield Line(case.facts.reasons_given_on, "Motifs donnés", "event", articles=("CRPA art. L232-4",))


def _last_of_appeal(case: _Case, period: AppealPeriod | None) -> Line:
    if period is None:
        text = "Les motifs demandés ne sont pas donnés : le délai de recours court toujours (CRPA art. L232-4)."
        return Line(
            None, "Dernier jour du recours : pas encore connu", "limit", (typeset(text),), ("CRPA art. L232-4",)
        )
    if case.facts.override is not None:
        period = appeals.overridden(period, case.facts.override)
    kind: Kind = "uncertain" if case.terms.appeal_doubt else "limit"
    steps = (*explanations.of_appeal(period), *_doubt(case.terms.appeal_doubt))
    return Line(period.last_on, "Dernier jour du recours devant le juge", kind, steps, period.articles)


def _clocks(case: _Case) -> Iterator[Line]:
    """The due dates that the workflow declares, from the events that start them."""
    for one in case.facts.clocks:
        if one.since is None:
            yield Line(None, f"{one.label} : le délai ne court pas encore", "limit", articles=(one.source,))
            continue
        end = term("clock", one.period, one.since, place=case.place, articles=(one.source,))
        steps = explanations.of_term(end, since=one.started_by, rule=one.label)
        if one.stopped_on is not None:
            steps = (*steps, typeset(f"Fait le {wording.short_date(one.stopped_on)} : ce délai ne court plus."))
        yield Line(end.on, one.label, "limit", steps, end.articles)


def _retention(case: _Case) -> Iterator[Line]:
    """Until when the demande is kept: what its procedure says, from the day it was closed."""
    months, source = wording.months(case.terms.retention_months), case.terms.retention_source
    closed_on, until = case.facts.closed_on, case.facts.retained_until
    if closed_on is not None:
        until = until or add_months(closed_on, case.terms.retention_months)
        text = f"Close le {wording.short_date(closed_on)}, la demande est gardée {months} ({source})."
        yield Line(until, "Fin de la conservation : élimination à proposer", "limit", (typeset(text),), (source,))
    else:
        text = f"La demande est gardée {months} après sa clôture ({source})."
        yield Line(until, "Fin de la conservation", "limit", (typeset(text),), (source,))


def _doubt(why: str) -> tuple[str, ...]:
    """What is not settled about a date, as its last step."""
    return (typeset(f"À confirmer : {why}"),) if why else ()


def _of_term(one: Term, label: str, *, kind: Kind = "limit") -> Line:
    return Line(one.on, label, kind, explanations.of_term(one), one.articles)


_ARTICLES = ("CRPA art. L112-12",)
_UNTOLD = typeset(
    "Elle n’est pas encore partie, ou son courrier est revenu : tant qu’elle n’est pas notifiée, aucun délai de "
    "recours ne part d’elle (CRPA art. L112-12)."
)
_LODGED = {"gracieux": "Recours gracieux formé", "hierarchique": "Recours hiérarchique formé"}
