"""Files a demande of the demonstration as people do: the account, the draft, its files, then the last button."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import Session

from grc import clock
from grc.access.actors import AgentActor, Visitor, at_desk
from grc.attachments import commands as attachments
from grc.attachments.storage import Storage
from grc.authorities.views import AuthorityView
from grc.bookings import queries as bookings
from grc.catalogue import queries as catalogue
from grc.catalogue.definition import Procedure
from grc.citizens import accounts
from grc.citizens import commands as citizens
from grc.conditions import value_at
from grc.demo import examples, papers, people
from grc.demo.examples import Setting
from grc.demo.people import Person
from grc.demo.plans import Plan
from grc.forms import answers as form_answers
from grc.forms.definition import Answers, Form
from grc.sessions import commands as sessions
from grc.submissions import desk, drafts, filing
from grc.submissions.models import Submission
from grc.web.citizen import door

_FILLING = timedelta(minutes=12)
_MOST_TRIES = 6
_ADDRESSES = "2001:db8::{}"
"""Whence they file, for the limits: addresses of documentation (RFC 3849)."""
_WEEKS = 14
"""Over how many weeks what is lent is wanted."""
_DEVICE = "Navigateur de la démonstration"


@dataclass(frozen=True)
class Demande:
    """A demande filed. visitor: who filed it, or who has its code."""

    id: int
    reference: str
    visitor: Visitor
    procedure: Procedure
    person: Person


@dataclass
class Desk:
    """Where demandes of one commune come in. issuer: of the simulated FranceConnect."""

    authority: AuthorityView
    storage: Storage
    issuer: str
    chance: random.Random
    anybody: Iterator[Person]
    clerks: Sequence[AgentActor]
    _number: int = 0

    def file(self, session: Session, plan: Plan, now: datetime) -> Demande | None:
        """The demande of that plan; None where nobody may begin it, or its answers cannot be right there."""
        offered = catalogue.published(session, self.authority.id, plan.slug)
        if offered.closed_on(clock.day_in(self.authority.zone, now)):
            return None
        clerk = next((each for each in self.clerks if desk.may_take(each, offered)), None)
        if plan.channel != "online" and clerk is None:
            return None
        procedure, person = offered.procedure.entered_by(plan.channel), plan.person or next(self.anybody)
        for tried in range(_MOST_TRIES):
            with session.begin_nested() as point:
                done = self._filed(session, plan, procedure, person, clerk, tried, now)
                if done is not None:
                    return done
                point.rollback()
        return None

    def begin(self, session: Session, plan: Plan, now: datetime) -> None:
        """A draft of that plan, left after its first page."""
        offered = catalogue.published(session, self.authority.id, plan.slug)
        person = plan.person or next(self.anybody)
        answers = examples.dressed(offered.procedure.form, plan.example, self._setting(session, plan, person, 0, now))
        if answers is None:
            return
        visitor = self._visitor(session, person, now)
        started = drafts.start(session, plan.slug, client=self._client(), by=visitor, now=now)
        first = {each.path[0] for each in offered.procedure.form.pages[0].fields if each.kind != "file"}
        begun = {name: each for name, each in answers.items() if name in first}
        drafts.complete(session, started.public_id, lambda _form, said: {**said, **begun}, by=visitor, now=now)

    def _filed(
        self,
        session: Session,
        plan: Plan,
        procedure: Procedure,
        person: Person,
        clerk: AgentActor | None,
        tried: int,
        now: datetime,
    ) -> Demande | None:
        begun = now - _FILLING
        setting = self._setting(session, plan, person, tried, now)
        answers = examples.dressed(procedure.form, plan.example, setting)
        if answers is None:
            return None
        if plan.channel == "online" or clerk is None:
            visitor = self._visitor(session, person, begun)
        else:
            visitor = at_desk(clerk)
            answers = _without_address(procedure.form, answers) if self.chance.random() < 0.5 else answers
        public_id = self._begun(session, plan, visitor, begun)
        told = self._complete(session, public_id, procedure.form, answers, visitor, begun)
        sent = filing.submit(session, self.authority, told, client=self._client(), by=visitor, now=now)
        if sent.submission_id is None:
            return None
        row = session.get_one(Submission, sent.submission_id)
        who = Visitor(self.authority.id, visitor.session_id, visitor.citizen_id, granted=frozenset({row.id or 0}))
        return Demande(sent.submission_id, row.reference, who, procedure, person)

    def _begun(self, session: Session, plan: Plan, visitor: Visitor, now: datetime) -> str:
        """The public id of a new draft."""
        if plan.channel == "online":
            return drafts.start(session, plan.slug, client=self._client(), by=visitor, now=now).public_id
        entry = desk.Entry(plan.slug, plan.channel, self._day(plan, now))
        assert visitor.agent is not None
        return desk.begin(session, self.authority, entry, by=visitor.agent, now=now).public_id

    def _complete(
        self, session: Session, public_id: str, form: Form, answers: Answers, visitor: Visitor, now: datetime
    ) -> str:
        """The draft with these answers, the files that they name in the store."""
        draft = drafts.find(session, public_id, by=visitor)
        said = self._stored(session, form, answers, draft.id, now)
        drafts.complete(session, public_id, lambda _form, known: {**known, **said}, by=visitor, now=now)
        return public_id

    def _stored(self, session: Session, form: Form, answers: Answers, draft_id: int, now: datetime) -> Answers:
        for each in form.fields:
            found = value_at(answers, each.path)
            if each.kind != "file" or not found:
                continue
            kept = [
                papers.stored(self.storage, self.authority.slug, one["name"], one["type"], self.chance) for one in found
            ]
            owner = {"authority_id": self.authority.id, "draft_id": draft_id}
            ids = attachments.add(session, kept, field=each.name, now=now, **owner)
            told = [
                {"id": key, "name": one.name, "type": one.media_type, "size": one.size_bytes}
                for key, one in zip(ids, kept, strict=True)
            ]
            answers = form_answers.with_value(answers, each.path, told)
        return answers

    def _setting(self, session: Session, plan: Plan, person: Person, tried: int, now: datetime) -> Setting:
        offered = catalogue.published(session, self.authority.id, plan.slug)
        lists = bookings.offered(session, self.authority.id, offered.procedure)
        takes = offered.procedure.takes
        return Setting(
            person,
            self.authority.name,
            self._day(plan, now),
            lists,
            turn=plan.turn + tried if takes is not None or tried else 0,
            later=(plan.turn + 5 * tried) % _WEEKS if takes is not None and takes.days else tried,
        )

    def _day(self, plan: Plan, now: datetime) -> date:
        """The day on which it comes; a letter was stamped the day before it is typed."""
        return clock.day_in(self.authority.zone, now - timedelta(days=plan.channel == "paper"))

    def _visitor(self, session: Session, person: Person, now: datetime) -> Visitor:
        """Their browser, signed in where they have an account."""
        if not person.means:
            opened = sessions.open_session(session, authority_id=self.authority.id, public="citizen", now=now)
            return Visitor(self.authority.id, opened.id)
        citizen, name = self._account(session, person, now), f"{person.given_name} {person.family_name}"
        by = Visitor(self.authority.id)
        new = door.enter(session, citizen, means=person.means, shown_name=name, device=_DEVICE, by=by, now=now)
        return Visitor(self.authority.id, new.id, citizen)

    def _account(self, session: Session, person: Person, now: datetime) -> int:
        """The key of their account, opened if there is none: a filing that was refused took its own back."""
        if person.means == people.LINK:
            return accounts.local(session, self.authority.id, person.email, now=now)
        known = people.of_identity(person.identity, issuer=self.issuer, slug=self.authority.slug)
        return citizens.signed_in(session, self.authority.id, known, now=now).id or 0

    def _client(self) -> str:
        self._number += 1
        return _ADDRESSES.format(f"{self._number:x}")


def _without_address(form: Form, answers: Answers) -> Answers:
    """The answers of somebody who gives no e-mail address: they get letters."""
    for each in form.fields:
        if each.role in ("contact-email", "receipt-email"):
            answers = form_answers.with_value(answers, each.path, None)
    return answers
