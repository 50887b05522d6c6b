"""Does with a demande of the demonstration what agents and citizens do, by the commands of their pages."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from grc import clock
from grc.access.actors import AgentActor
from grc.access.permissions import Permission, functions_of, may
from grc.attachments.storage import Storage
from grc.authorities.views import AuthorityView
from grc.bookings import queries as bookings
from grc.deadlines import business_days
from grc.deadlines.holidays import Place
from grc.demo import durations, editing, examples, papers, wording
from grc.demo.filing import Demande
from grc.demo.paths import Deed
from grc.errors import GrcError, Invalid, NotFound
from grc.receipts import Administration
from grc.receipts import wording as receipts_wording
from grc.submissions import choosing, citizen_commands, commands, documents, edits, moves, tasks, thread, transfers
from grc.submissions.commands import AskedDocument, DecisionMade, DocumentsAsked
from grc.submissions.models import DocumentsRequest, Submission, Task
from grc.submissions.moves import Move
from grc.submissions.thread import Written
from grc.submissions.transfers import Transfer

_ELSEWHERE = Administration(
    "Communauté de communes du Val-d’Exemple",
    ("1 place du Modèle", "99000 Exemple"),
    "accueil@val-exemple.example",
    "01 99 00 70 80",
)
_AHEAD = timedelta(days=durations.AHEAD)
_CLIENT = "2001:db8::1"


@dataclass
class Hands:
    """Who acts in one commune. agents: everybody who works on demandes, those who administer last."""

    authority: AuthorityView
    storage: Storage
    chance: random.Random
    agents: Sequence[AgentActor]
    usual: Mapping[int, Sequence[int]]
    """By service, the agents who usually work there."""

    def do(self, session: Session, demande: Demande, deed: Deed, as_of: date, now: datetime) -> bool:
        """Whether the deed was done: not where nobody may, nor where the product refuses it. as_of: when planned."""
        row = session.get_one(Submission, demande.id)
        session.refresh(row)
        try:
            with session.begin_nested():
                if deed.is_of_agents:
                    self._agents(session, demande, row, deed, as_of, now)
                else:
                    self._citizens(session, demande, row, deed.event, now)
        except GrcError:
            return False
        session.refresh(row)
        return row.state == deed.state

    def say(self, session: Session, demande: Demande, now: datetime, *, is_agent: bool) -> None:
        """A message of one side to the other, where it may still be written."""
        row = session.get_one(Submission, demande.id)
        try:
            with session.begin_nested():
                if is_agent:
                    words = Written(wording.one_of(wording.FROM_AGENTS, self.chance))
                    agent = self._agent(row, Permission.SUBMISSION_HANDLE)
                    thread.answer(session, self.authority, row.reference, words, by=agent, now=now)
                else:
                    words = Written(wording.one_of(wording.FROM_CITIZENS, self.chance))
                    thread.send(
                        session, self.authority, row.reference, words, client=_CLIENT, by=demande.visitor, now=now
                    )
        except GrcError:
            return

    def note(self, session: Session, demande: Demande, now: datetime) -> None:
        """A note among agents; and what a task asked is noted as done."""
        row = session.get_one(Submission, demande.id)
        try:
            with session.begin_nested():
                agent = self._agent(row, Permission.SUBMISSION_HANDLE)
                words = Written(wording.one_of(wording.NOTES, self.chance))
                thread.note(session, self.authority, row.reference, words, by=agent, now=now)
                mine = (col(Task.submission_id) == row.id, col(Task.closed_at).is_(None))
                for key, kind in session.execute(select(col(Task.id), col(Task.kind)).where(*mine)).all():
                    if kind in tasks.BY_HAND:
                        tasks.close(session, self.authority, row.reference, int(key), by=agent, now=now)
        except GrcError:
            return

    def _agent(self, row: Submission, permission: Permission, functions: frozenset[str] = frozenset()) -> AgentActor:
        """Who does it: who has the demande in charge, else somebody of the service; NotFound without anybody."""
        able = [
            agent
            for agent in self.agents
            if may(agent, permission, row) and (not functions or functions & functions_of(agent, row))
        ]
        in_charge = next((agent for agent in able if agent.id == row.case_agent_id), None)
        if in_charge is not None and self.chance.random() < 0.9:
            return in_charge
        near = [agent for agent in able if agent.id in self.usual.get(row.service_id, ())]
        found = near or [agent for agent in able if agent.role != "administrator"] or able
        if not found:
            raise NotFound("Personne ne traite cette démarche.")
        return self.chance.choice(found)

    def _agents(
        self, session: Session, demande: Demande, row: Submission, deed: Deed, as_of: date, now: datetime
    ) -> None:
        where = session, self.authority, row.reference
        by = self._agent(row, Permission.SUBMISSION_HANDLE, frozenset(deed.transition.by))
        event = deed.event
        given: dict[str, Any] = {"by": by, "now": now}
        if event == "take_charge":
            commands.take_charge(*where, revision=row.revision, **given)
        elif event in ("accept", "refuse"):
            self._decide(session, row, event, by, now)
        elif event == "request_documents":
            asked = self._asked(demande)
            due_on = clock.day_in(self.authority.zone, now) + timedelta(days=durations.ANSWER_WITHIN)
            commands.request_documents(*where, DocumentsAsked(asked, due_on, "", row.revision), **given)
        elif event == "transfer":
            transfers.transfer(*where, Transfer(_ELSEWHERE, None, "", row.revision), **given)
        else:
            moves.move(*where, self._move(row, deed, as_of, now), **given)

    def _decide(self, session: Session, row: Submission, event: str, by: AgentActor, now: datetime) -> None:
        refused = event == "refuse"
        reasons = wording.one_of(wording.REFUSALS, self.chance) if refused else ""
        made = DecisionMade("refused" if refused else "accepted", reasons, row.revision)
        commands.decide(session, self.authority, row.reference, made, by=by, now=now)

    def _asked(self, demande: Demande) -> list[AskedDocument]:
        pieces = demande.procedure.pieces[: self.chance.choice((1, 1, 2))]
        return [
            AskedDocument(piece.field, self.chance.choice(("missing", "unreadable", "outdated"))) for piece in pieces
        ]

    def _move(self, row: Submission, deed: Deed, as_of: date, now: datetime) -> Move:
        today = clock.day_in(self.authority.zone, now)
        place = Place(self.authority.holidays)
        ahead = receipts_wording.long_date(business_days.first_business_day(today + _AHEAD, place=place))
        each = deed.transition
        text = wording.to_citizen(each.question or each.label, ahead) if each.asks else ""
        answers = None if deed.answers is None else examples.moved_days(deed.answers, today - as_of)
        return Move(each.event, text, row.revision, answers)

    def _citizens(self, session: Session, demande: Demande, row: Submission, event: str, now: datetime) -> None:
        where = session, self.authority, row.reference
        if event == "withdraw":
            citizen_commands.withdraw(*where, revision=row.revision, by=demande.visitor, now=now)
        elif event == "complete":
            self._complete(session, demande, row, now)
        elif event == edits.EVENT:
            self._edit(session, demande, row, now)
        else:
            choosing.choose(*where, event, revision=row.revision, by=demande.visitor, now=now)

    def _complete(self, session: Session, demande: Demande, row: Submission, now: datetime) -> None:
        """Sends what was asked for; who has no address brings it, and an agent notes it."""
        mine = (col(DocumentsRequest.submission_id) == row.id, col(DocumentsRequest.answered_at).is_(None))
        request = session.execute(select(DocumentsRequest).where(*mine)).scalars().one()
        fields = [str(item["field"]) for item in request.items]
        if not row.contact_email:
            by = self._agent(row, Permission.SUBMISSION_HANDLE)
            came = documents.Marked(fields, clock.day_in(self.authority.zone, now), row.revision)
            documents.mark_received(session, self.authority, row.reference, came, by=by, now=now)
            return
        slug = self.authority.slug
        files = {
            name: [papers.stored(self.storage, slug, f"{number}-justificatif.pdf", "application/pdf", self.chance)]
            for number, name in enumerate(fields, start=1)
        }
        citizen_commands.answer_request(session, self.authority, row.reference, files, by=demande.visitor, now=now)

    def _edit(self, session: Session, demande: Demande, row: Submission, now: datetime) -> None:
        """Corrects an answer of the pages that are open, the first that may be another, as a browser posts them."""
        given: dict[str, Any] = {"revision": row.revision, "by": demande.visitor, "now": now}
        lists = bookings.offered(session, self.authority.id, demande.procedure, but=row.id)
        for posted in editing.corrections(row, demande.procedure, lists):
            try:
                with session.begin_nested():
                    edits.edit(session, self.authority, row.reference, posted, **given)
                    return
            except Invalid:
                continue
        raise Invalid("Rien à corriger.")
