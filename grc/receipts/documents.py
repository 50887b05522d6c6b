"""The request for missing documents (CRPA L114-5): the list, the deadline, the rule and the moved date."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import ClassVar

from grc import clock
from grc.deadlines.silence import SilenceRule, reckon
from grc.deadlines.suspensions import Suspension
from grc.errors import Invalid, Problem
from grc.receipts import mentions, sentences
from grc.receipts.acknowledgement import stated_silence
from grc.receipts.parts import AgentContact, MissingDocument, ServiceContact, Silence, SilenceTerms, rule_of
from grc.receipts.wording import typeset


@dataclass(frozen=True)
class DocumentsRequested:
    """What the notice of an incomplete demande states.

    previous_due_on: the implicit decision date before this notice (None: silence decides nothing).
    silence: the date if the citizen answers on the last day; None when silence decides nothing.
    rule: the sentences of L114-5 al. 2 or 3, or of L114-5-1 when no document is indispensable. note: the agent's words.
    Source: CRPA L114-5 al. 4, R112-11-4, L111-2 (agent).
    """

    FORMAT: ClassVar[int] = 1
    KIND: ClassVar[str] = "documents_requested"

    reference: str
    authority: str
    procedure_title: str
    received_on: date
    noticed_at: datetime
    noticed_on: date
    zone: str
    service: ServiceContact
    agent: AgentContact
    items: tuple[MissingDocument, ...]
    deadline_on: date
    previous_due_on: date | None
    silence: Silence | None
    rule: tuple[str, ...]
    parameters: str
    note: str = ""

    @property
    def suspends(self) -> bool:
        """Whether this notice moves the date: at least one document is indispensable (CRPA L114-5-1)."""
        return any(item.indispensable for item in self.items)

    def missing_mentions(self) -> tuple[str, ...]:
        """The names in French of what the law wants and these facts lack; empty when all is there."""
        return (
            *mentions.of_pieces((item.required_by for item in self.items), self.rule),
            *mentions.of_agent(self.agent),
            *mentions.of_service(self.service),
        )


def build(
    *,
    reference: str,
    authority: str,
    procedure_title: str,
    received_on: date,
    noticed_at: datetime,
    zone: str,
    service: ServiceContact,
    agent: AgentContact,
    items: Sequence[MissingDocument],
    deadline_on: date,
    silence_terms: SilenceTerms,
    clock_started_on: date,
    parameters: str,
    suspensions: Sequence[Suspension] = (),
    note: str = "",
) -> DocumentsRequested:
    """The notice sent at that instant, with the date it moves.

    clock_started_on: the local day the clock of silence started (`silence.clock_starts_on`). suspensions: the requests
    before this one. parameters: the version the submission keeps. Raises Invalid when no piece is listed, when the
    deadline is not after the day of the notice, or when a piece has no text that requires it (CRPA L114-5 al. 1).
    """
    noticed_on = clock.day_in(zone, noticed_at)
    _check(items, noticed_on, deadline_on)
    rule = rule_of(silence_terms)
    before = reckon(rule, clock_started_on, suspensions)
    stops = any(item.indispensable for item in items)
    answered = (*suspensions, Suspension(noticed_on, deadline_on, deadline_on)) if stops else tuple(suspensions)
    if rule.kind == "acceptance":  # the date if everything still awaited comes on the last day
        answered = tuple(one if one.completed_on else replace(one, completed_on=deadline_on) for one in answered)
    after = reckon(rule, clock_started_on, answered)
    return DocumentsRequested(
        reference=reference,
        authority=authority,
        procedure_title=procedure_title,
        received_on=received_on,
        noticed_at=noticed_at,
        noticed_on=noticed_on,
        zone=zone,
        service=service,
        agent=agent,
        items=tuple(items),
        deadline_on=deadline_on,
        previous_due_on=before.due_on,
        silence=stated_silence(silence_terms, after),
        rule=_rule(rule, deadline_on, before.due_on, after.due_on) if stops else sentences.not_suspended(before.due_on),
        parameters=parameters,
        note=note,
    )


def _check(items: Sequence[MissingDocument], noticed_on: date, deadline_on: date) -> None:
    problems = []
    if not items:
        problems.append(Problem("items", "required", "Indiquez au moins une pièce ou information manquante."))
    problems += [
        Problem("items", "required_by", typeset(f"Indiquez le texte qui exige « {item.title} »."))
        for item in items
        if not item.required_by
    ]
    if deadline_on <= noticed_on:
        problems.append(Problem("deadline_on", "past", "Choisissez une date limite après aujourd’hui."))
    if problems:
        raise Invalid("La demande de pièces est incomplète.", problems)


def _rule(rule: SilenceRule, deadline_on: date, previous_on: date | None, due_on: date | None) -> tuple[str, ...]:
    """What an indispensable document does; due_on equal to previous_on: it was asked for too late, nothing moves."""
    if due_on is None:
        return sentences.awaited()
    if due_on == previous_on:
        return sentences.not_suspended(previous_on)
    if rule.kind == "acceptance" or previous_on is None:
        return sentences.restarted(
            deadline_on=deadline_on, due_on=due_on, period=sentences.period(rule.period, rule.unit)
        )
    return sentences.suspended(deadline_on=deadline_on, previous_on=previous_on, due_on=due_on)
