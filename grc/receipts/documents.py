"""The request for missing documents (CRPA L114-5): the list, the deadline, the rule and the moved date."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import ClassVar

from grc import clock
from grc.deadlines.silence import Reckoning, SilenceRule, reckon
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
    silence: the date if the citizen answers on the last day; None when silence decides nothing. Of a letter that is not
    posted yet, the date that still stands: see `posted`.
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
    by_post: bool = False,
) -> DocumentsRequested:
    """The notice sent at that instant, with the date it moves.

    clock_started_on: the local day the clock of silence started (`silence.clock_starts_on`). suspensions: the requests
    before this one. parameters: the version the submission keeps. Raises Invalid when no piece is listed, when the
    deadline is not after the day of the notice, or when a piece has no text that requires it (CRPA L114-5 al. 1).
    by_post: whether it goes by post, and moves no date before it is posted.
    """
    noticed_on = clock.day_in(zone, noticed_at)
    _check(items, noticed_on, deadline_on)
    stops = any(item.indispensable for item in items)
    before = reckon(rule_of(silence_terms), clock_started_on, suspensions)
    after = _answered_last(before.rule, clock_started_on, suspensions, noticed_on, deadline_on) if stops else before
    told = _rule_by_post if by_post else _rule
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
        silence=stated_silence(silence_terms, before if by_post else after),
        rule=told(before, after, deadline_on) if stops else sentences.not_suspended(before.due_on),
        parameters=parameters,
        note=note,
    )


def posted(
    request: DocumentsRequested,
    posted_on: date,
    *,
    silence_terms: SilenceTerms,
    clock_started_on: date,
    suspensions: Sequence[Suspension] = (),
) -> DocumentsRequested:
    """The request as it holds since its letter was posted, with the date that this moves.

    posted_on: a local day, the deadline at the latest. suspensions: the requests before this one. Source: CRPA L114-5.
    """
    before = reckon(rule_of(silence_terms), clock_started_on, suspensions)
    after = _answered_last(before.rule, clock_started_on, suspensions, posted_on, request.deadline_on)
    return replace(
        request,
        noticed_on=posted_on,
        previous_due_on=before.due_on,
        silence=stated_silence(silence_terms, after),
        rule=_rule(before, after, request.deadline_on),
    )


def _answered_last(
    rule: SilenceRule, started_on: date, suspensions: Sequence[Suspension], noticed_on: date, deadline_on: date
) -> Reckoning:
    """The date if everything still awaited comes on the last day of this notice."""
    answered = (*suspensions, Suspension(noticed_on, deadline_on, deadline_on))
    if rule.kind == "acceptance":
        answered = tuple(one if one.completed_on else replace(one, completed_on=deadline_on) for one in answered)
    return reckon(rule, started_on, answered)


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


def _rule(before: Reckoning, after: Reckoning, deadline_on: date) -> tuple[str, ...]:
    """What an indispensable document does; the same date before and after: it was asked for too late, nothing moves."""
    rule, previous_on, due_on = after.rule, before.due_on, after.due_on
    if due_on is None:
        return sentences.awaited()
    if due_on == previous_on:
        return sentences.not_suspended(previous_on)
    if rule.kind == "acceptance" or previous_on is None:
        return sentences.restarted(
            deadline_on=deadline_on, due_on=due_on, period=sentences.period(rule.period, rule.unit)
        )
    return sentences.suspended(deadline_on=deadline_on, previous_on=previous_on, due_on=due_on)


def _rule_by_post(before: Reckoning, after: Reckoning, deadline_on: date) -> tuple[str, ...]:
    """The same of a letter to post: a rejection moves by days that nobody knows yet."""
    if before.rule.kind != "rejection" or before.due_on is None or before.due_on == after.due_on:
        return _rule(before, after, deadline_on)
    return sentences.suspended_once_posted(deadline_on=deadline_on, previous_on=before.due_on)
