"""What every change of a submission shares: the step of the workflow, its actions, the event, the revision."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from grc import clock, receipts
from grc.access.actors import Actor, AgentActor
from grc.access.permissions import functions_of
from grc.authorities import queries as authorities
from grc.authorities.views import AuthorityView, ServiceView
from grc.bookings import commands as bookings
from grc.catalogue import queries as catalogue
from grc.catalogue.definition import Procedure
from grc.catalogue.publishing import contact
from grc.deadlines import silence
from grc.deadlines.suspensions import Suspension
from grc.errors import Conflict, TransitionRefused
from grc.receipts import mentions
from grc.receipts.acknowledgement import stated_silence
from grc.receipts.parts import rule_of
from grc.submissions import appointments, contexts, events, notices, phases, timers
from grc.submissions.effects import EFFECTS, Told
from grc.submissions.effects.agents import leave_state
from grc.submissions.events import Kind
from grc.submissions.models import DocumentsRequest, Submission
from grc.submissions.queries import carried, suspensions
from grc.workflow import engine
from grc.workflow.definition import ALWAYS, REMINDER, STATE_CHANGED, Action
from grc.workflow.engine import Step

_NO_ADDRESS = (
    "Cette personne n’a pas donné d’adresse électronique : rien ne peut lui être notifié ici. Utilisez les autres "
    "boutons de la demande."
)

_READ_BY_GUARDS = frozenset({"set", "label"})
"""The actions after which a guard may hold that did not."""
_MOST_STEPS = 20


class Act:
    """One change under way: the submission locked, its procedure and service, who acts and when."""

    def __init__(
        self, session: Session, authority: AuthorityView, submission: Submission, *, by: Actor, now: datetime
    ) -> None:
        assert submission.id is not None  # noqa: S101 - it was read from the database
        if submission.destroyed_at is not None:
            raise Conflict("Le contenu de cette demande est détruit, sur visa des Archives : rien n’y change plus.")
        self.session, self.authority, self.submission, self.by, self.now = session, authority, submission, by, now
        self.id = submission.id
        self.event, self.settled = "", 0
        self.procedure: Procedure = catalogue.version(session, submission.authority_id, submission.version_id)
        self.service: ServiceView = authorities.service(session, submission.authority_id, submission.service_id)

    @property
    def service_contact(self) -> receipts.ServiceContact:
        return contact(self.service)

    def requests(self) -> list[DocumentsRequest]:
        """The requests for documents made so far, in order."""
        table, mine = DocumentsRequest, col(DocumentsRequest.submission_id) == self.id
        statement = select(table).where(col(table.authority_id) == self.authority.id, mine).order_by(col(table.id))
        return list(self.session.execute(statement).scalars())

    def case_agent(self) -> receipts.AgentContact | None:
        """The agent in charge, as letters name them; None before anyone is, or while a mention of L111-2 is empty."""
        if self.submission.case_agent_id is None:
            return None
        agent = authorities.agent_actor(self.session, self.authority.id, self.submission.case_agent_id)
        named = None if agent is None else notices.agent_contact(agent, self.service, self.authority)
        return None if named is None or mentions.of_agent(named) else named

    def actor_contact(self) -> receipts.AgentContact:
        """The agent who acts, as letters name them."""
        assert isinstance(self.by, AgentActor)  # noqa: S101 - agents' commands only
        return notices.agent_contact(self.by, self.service, self.authority)

    def clock_started_on(self) -> Any:
        """The legal day on which the clock of silence started (L114-3)."""
        row = self.submission
        rule = rule_of(self.procedure.silence_for(row.answers))
        return silence.clock_starts_on(
            rule, first_received_on=row.first_received_on, competent_received_on=row.competent_received_on
        )

    def suspensions(self, requests: Sequence[DocumentsRequest]) -> tuple[Suspension, ...]:
        """What stops or restarts the clock: these requests, and what came with a demande that was sent on."""
        rule = rule_of(self.procedure.silence_for(self.submission.answers))
        return (*carried(self.submission, rule), *suspensions(requests))

    def reckon(self, requests: list[DocumentsRequest]) -> receipts.Silence | None:
        """The date of implicit decision with these requests for documents, stored as the one last announced.

        Once silence has decided nothing moves its day any more.
        """
        terms = self.procedure.silence_for(self.submission.answers)
        reckoning = silence.reckon(rule_of(terms), self.clock_started_on(), self.suspensions(requests))
        if self.submission.implied_on is None:
            self.submission.silence_on = reckoning.due_on
        return stated_silence(terms, reckoning)

    def replaced_by_a_decision(self) -> receipts.ReplacedDecision | None:
        """The implied rejection that an express decision comes after, which it must name (R14, R48), or None."""
        row = self.submission
        if row.silence_rule != "rejection" or row.silence_on is None or not self._is_left_to_silence():
            return None
        is_born = row.implied_on is not None or self.today() > row.silence_on
        return receipts.ReplacedDecision("implicit_rejection", row.silence_on) if is_born else None

    def is_accepted_by_silence(self) -> bool:
        """Whether silence has accepted the demande: from the printed day on (L231-1; refusing would withdraw it)."""
        row = self.submission
        is_come = row.silence_on is not None and self.today() >= row.silence_on
        return row.silence_rule == "acceptance" and is_come and self._is_left_to_silence()

    def _is_left_to_silence(self) -> bool:
        """Whether nobody decided or ended the demande before silence could."""
        return self.submission.implied_on is not None or self.submission.phase in phases.OPEN

    def is_decided_by_silence(self) -> bool:
        """Whether the printed day has come: a notice of incompleteness then changes nothing."""
        return self.submission.silence_on is not None and self.today() >= self.submission.silence_on

    def require_address(self) -> None:
        """Raises Conflict when nobody can be notified: a report without an e-mail address, the others get letters."""
        if self.submission.is_report and not self.submission.contact_email:
            raise Conflict(_NO_ADDRESS)

    def today(self) -> date:
        """The legal day of the act."""
        return self.day_of(self.now)

    def day_of(self, instant: datetime) -> date:
        """The legal day of an instant."""
        return clock.day_in(self.authority.zone, instant)

    def context(self) -> dict[str, Any]:
        """What guards and expressions read."""
        return contexts.of(self.session, self.submission, self.procedure.workflow)

    def appointment(self) -> receipts.Appointment | None:
        """The appointment that stands now."""
        if not self.procedure.workflow.appointment:
            return None
        return appointments.standing(self.submission, self.procedure, self.context(), self.authority.zone)

    def advance(self, event: str, kind: Kind, data: Mapping[str, Any] | None = None) -> tuple[Action, ...]:
        """Takes the workflow's step, records the event; gives the actions to perform. Raises TransitionRefused."""
        functions = functions_of(self.by, self.submission)
        workflow, context = self.procedure.workflow, self.context()
        if phases.is_sent_on(workflow, self.submission.state, self.submission.phase):
            raise TransitionRefused("Cette demande est transmise à une autre administration : rien ne s’y décide ici.")
        step = engine.step(workflow, self.submission.state, event, functions=functions, context=context)
        self.take(step, event, kind, data)
        return step.actions

    def hear(self, event: str, data: Mapping[str, Any] | None = None) -> bool:
        """Whether a transition took the event, with all that follows; nothing changes when none does."""
        try:
            actions = self.advance(event, Kind.MOVED, {"event": event, **(data or {})})
        except TransitionRefused:
            return False
        self.perform(actions, {})
        return True

    def take(self, step: Step, event: str, kind: Kind, data: Mapping[str, Any] | None = None) -> None:
        """The submission where the step leads, the event recorded, the timers that it stops and starts.

        What a state opened to the citizen (a page to edit, a link) closes when it is left.
        """
        self.event = event
        stays = {"stays": True} if kind == Kind.MOVED and step.state == self.submission.state else {}
        if step.entered:
            self.submission.state_since = self.now
            self.submission.redirect = self.submission.editable = None
            leave_state(self)
        self.submission.state = step.state
        self.submission.phase = phases.of_state(self.procedure.workflow, step.state)
        self.record(kind, {**(data or {}), **stays})
        timers.follow(self, event, entered=step.entered)

    def record(self, kind: Kind, data: Mapping[str, Any] | None = None) -> None:
        """One more revision and its event, in the state where the submission now is."""
        self.submission.revision += 1
        self.session.add(self.submission)
        self.session.flush()
        events.record(
            self.session,
            kind,
            authority_id=self.authority.id,
            submission_id=self.id,
            sequence=self.submission.revision,
            state=self.submission.state,
            by=self.by,
            at=self.now,
            data=data,
        )

    def perform(self, actions: tuple[Action, ...], messages: Mapping[str, receipts.Notice], *, note: str = "") -> None:
        """Does what the step asks, each once, then what follows at once from it.

        messages: the facts of each mail that this command has. note: the agent's words, for the mail of a new state.
        """
        told = Told(messages, note)
        for action in {(each.type, json.dumps(each.params, sort_keys=True)): each for each in actions}.values():
            EFFECTS[action.type](self, action, told)
        if any(each.type in _READ_BY_GUARDS for each in actions):
            self.settle()

    def settle(self) -> None:
        """Takes the `always` that what was just kept opens, with all that follows."""
        step = engine.settle(self.procedure.workflow, self.submission.state, self.context())
        if not step.entered:
            return
        self.settled += 1
        if self.settled > _MOST_STEPS:
            raise TransitionRefused("Le circuit de cette demande ne s’arrête pas. Prévenez l’administrateur.")
        self.take(step, ALWAYS, Kind.MOVED, {"event": "always"})
        self.perform(step.actions, {})

    def give_back(self) -> None:
        """What the demande holds is free again: refused, withdrawn, sent on, or no more accepted.

        Whatever its version says: a demande that was moved to another may hold what that one does not take.
        """
        bookings.release(self.session, self.authority.id, self.id)

    def service_update(self) -> receipts.ServiceUpdate:
        """The new state, for the service's mailbox."""
        return receipts.ServiceUpdate(
            reference=self.submission.reference,
            authority=self.authority.name,
            procedure_title=self.procedure.title,
            state=self.procedure.workflow.state(self.submission.state).label,
            changed_at=self.now,
            zone=self.authority.zone,
            service_name=self.service.name,
        )

    def state_notice(
        self, change: Any, stated: receipts.Silence | None = None, *, note: str = ""
    ) -> receipts.StateNotice:
        """A change of state to tell the citizen, in the words of the workflow and of the agent."""
        agent = self.actor_contact() if isinstance(self.by, AgentActor) else self.case_agent()
        state = self.procedure.workflow.state(self.submission.state)
        return receipts.StateNotice(
            reference=self.submission.reference,
            authority=self.authority.name,
            procedure_title=self.procedure.title,
            change=change,
            received_on=self.submission.first_received_on,
            changed_at=self.now,
            zone=self.authority.zone,
            service=self.service_contact,
            agent=agent,
            silence=stated,
            state=state.label,
            sentence=state.citizen_sentence,
            note=note,
            appointment=self.appointment() if change in (STATE_CHANGED, REMINDER) else None,
        )
