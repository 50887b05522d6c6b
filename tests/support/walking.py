"""Follows a path of a workflow for real: commands of agents and citizens, the clock moved, the mails as they leave."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlmodel import Session, col

from grc import clock, references
from grc.access.actors import AgentActor, System, Visitor
from grc.attachments import commands as attachments
from grc.attachments.commands import StoredFile
from grc.authorities import granting
from grc.authorities import queries as authorities
from grc.authorities.views import AuthorityView
from grc.bookings.models import Booking
from grc.catalogue import publishing
from grc.catalogue import queries as catalogue
from grc.catalogue.definition import Procedure
from grc.db import Database
from grc.lists.models import ReferenceItem
from grc.notifications import emails, mails
from grc.notifications.emails import Sender
from grc.outbox.delivery import Claimed
from grc.outbox.models import OutboxEntry
from grc.receipts import Administration
from grc.sessions import commands as sessions
from grc.sessions.models import RateCounter
from grc.submissions import (
    citizen_commands,
    commands,
    drafts,
    filing,
    firing,
    implied,
    moves,
    overdue,
    timers,
    transfers,
)
from grc.submissions.acts import Act
from grc.submissions.commands import AskedDocument, DecisionMade, DocumentsAsked
from grc.submissions.exchange_models import Timer
from grc.submissions.models import Draft, Submission
from grc.submissions.moves import Move
from grc.submissions.transfers import Transfer
from tests.support.demandes import commune
from tests.support.walks import Deed, Path, Start

AGENT = "omar.fictif@tilleul.example"
HOUR = 9
"""Of the day, in UTC, at which everything is done."""
_PIECE = StoredFile("walks/piece.pdf", "piece.pdf", "application/pdf", 1000, "0" * 64)
_ELSEWHERE = Administration(
    "Syndicat d’essai", ("1 rue de l’Essai", "99000 Exemple"), "syndicat@essai.example", "01 99 00 99 00"
)
_TEMPLATES = {"service": "service_update", "function": "service_update", "answer": "state_changed"}
_REFERENCE = re.compile(r"\d{4}-\d{3}-\d{3}-\d{3}")


@dataclass(frozen=True)
class Mail:
    """A mail as it would leave. to: the address. recipient: as the outbox has it. template: what it is written with."""

    recipient: str
    to: str
    template: str
    subject: str


@dataclass(frozen=True)
class Done:
    """What one deed left. silence_on: the day on which silence decides, as last announced.

    clocks: the last day of each timer that runs, by its event.
    """

    deed: Deed | None
    on: date
    state: str
    phase: str
    silence_on: date | None
    clocks: Mapping[str, date]
    mails: tuple[Mail, ...]


class Walker:
    """One installation in which the paths are followed, one demande each."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.authority: AuthorityView = commune(database)
        self.now = clock.now()
        self.granted: set[str] = set()

    def follow(self, procedure: Procedure, path: Path) -> Iterator[Done]:
        """What the filing left, then each deed, a day after the one before, or when the clock comes to it."""
        if path.setting is not None:
            self._publish(path.setting)
        walk = _Walk(self, procedure, path.start)
        yield walk.file()
        for deed in path.deeds:
            yield walk.do(deed)
        if path.setting is not None:
            self._publish(procedure)

    def _publish(self, procedure: Procedure) -> None:
        with self.database.writing(scope=self.authority.id) as session:
            service = catalogue.published(session, self.authority.id, procedure.slug).service
            told = {"confirmed": {"silence", "appeal", "lint", "dpia"}, "by": "test", "now": clock.now()}
            publishing.publish(session, self.authority.id, procedure, service_slug=service.slug, **told)

    def fall_silent(self, procedure: Procedure, start: Start) -> tuple[Done, Done | None]:
        """What the filing left, and what silence made of it on the day after the date announced; None without one."""
        walk = _Walk(self, procedure, start)
        first = walk.file()
        if first.silence_on is None:
            return first, None
        self.now = _morning(first.silence_on + timedelta(days=1))
        with self.database.writing(scope=self.authority.id) as session:
            implied.record_implied(session, self.authority.id, self.now)
        return first, walk.left(None)


class _Walk:
    """A demande under way. seen: the last mail that was read."""

    def __init__(self, walker: Walker, procedure: Procedure, start: Start) -> None:
        self.walker, self.procedure, self.start = walker, procedure, start
        self.authority, self.database = walker.authority, walker.database
        self.key, self.reference, self.seen = 0, "", 0
        walker.now = _morning(start.as_of)

    def file(self) -> Done:
        """The example is sent, on its own day."""
        with self.database.writing(scope=self.authority.id) as session:
            session.execute(delete(RateCounter))  # every example has the same address and files within the hour
            session.execute(delete(Booking))  # nor what the path before took
            self._offer(session)
            draft, visitor = self._draft(session)
            by = visitor
            done = filing.submit(session, self.authority, draft, client="127.0.0.1", by=by, now=self.walker.now)
            assert done.submission_id is not None, (self.procedure.slug, self.start.name, done.problems)
            self.key, self.session_id = done.submission_id, visitor.session_id
            self.reference = self._row(session).reference
        return self.left(None)

    def do(self, deed: Deed) -> Done:
        """The deed, by whoever may do it."""
        self.walker.now += timedelta(days=1)
        by = deed.transition.by
        with self.database.writing(scope=self.authority.id) as session:
            if "handler" in by or "supervisor" in by:
                self._agents(session, deed)
            elif "citizen" in by:
                self._citizens(session, deed.transition.event)
            else:
                self._systems(session, deed.transition.event)
        return self.left(deed)

    def left(self, deed: Deed | None) -> Done:
        """What is there now, and the mails since the last time."""
        zone = self.authority.zone
        with self.database.reading(scope=self.authority.id) as session:
            row = self._row(session)
            running = timers.of_submission(session, self.authority.id, self.key)
            clocks = {each.event: each for each in running if each.state == "running"}
            return Done(
                deed,
                clock.day_in(zone, self.walker.now),
                row.state,
                row.phase,
                row.silence_on,
                {name: _last_day(each, zone) for name, each in sorted(clocks.items())},
                tuple(self._mails(session)),
            )

    def _offer(self, session: Session) -> None:
        """Puts in the agents' lists what the example chooses from."""
        for source, items in self.start.lists.items():
            session.execute(delete(ReferenceItem).where(col(ReferenceItem.source) == source))
            for position, item in enumerate(items):
                row = ReferenceItem(
                    authority_id=self.authority.id,
                    source=source,
                    slug=item.id,
                    label=item.label,
                    attributes=dict(item.attributes),
                    position=position,
                    changed_at=self.walker.now,
                )
                session.add(row)

    def _draft(self, session: Session) -> tuple[str, Visitor]:
        """A draft of the example, begun five minutes ago, its files stored."""
        begun = self.walker.now - timedelta(minutes=5)
        opened = sessions.open_session(session, authority_id=self.authority.id, public="citizen", now=clock.now())
        offered = catalogue.published(session, self.authority.id, self.procedure.slug)
        row = Draft(
            authority_id=self.authority.id,
            public_id=references.new_public_id(),
            procedure_id=offered.procedure_id,
            version_id=offered.version_id,
            session_id=opened.id,
            answers={},
            created_at=begun,
            saved_at=begun,
            expires_at=begun + drafts.LIFE,
        )
        session.add(row)
        session.flush()
        row.answers = self._stored(session, deepcopy(dict(self.start.answers)), row.id or 0)
        session.flush()
        return row.public_id, Visitor(self.authority.id, opened.id)

    def _stored(self, session: Session, node: Any, draft_id: int, name: str = "") -> Any:
        """The answers with each file that they name stored with the draft."""
        if isinstance(node, dict):
            return {
                key: self._stored(session, each, draft_id, f"{name}.{key}" if name else key)
                for key, each in node.items()
            }
        if isinstance(node, list) and node and isinstance(node[0], dict) and "size" in node[0]:
            files = [StoredFile(f"walks/{each['name']}", each["name"], each["type"], 1000, "0" * 64) for each in node]
            ids = attachments.add(
                session, files, authority_id=self.authority.id, draft_id=draft_id, field=name, now=self.walker.now
            )
            return [{**each, "id": key} for each, key in zip(node, ids, strict=True)]
        return node

    def _agents(self, session: Session, deed: Deed) -> None:
        each, revision = deed.transition, self._row(session).revision
        given: dict[str, Any] = {"by": self._agent(session), "now": self.walker.now}
        where = session, self.authority, self.reference
        if each.event == "take_charge":
            commands.take_charge(*where, revision=revision, **given)
        elif each.event in ("accept", "refuse"):
            outcome: Any = "accepted" if each.event == "accept" else "refused"
            commands.decide(
                *where, DecisionMade(outcome, "Motif d’essai." * (each.event == "refuse"), revision), **given
            )
        elif each.event == "request_documents":
            asked = [AskedDocument(self.procedure.pieces[0].field, "missing")]
            due_on = clock.day_in(self.authority.zone, self.walker.now) + timedelta(days=30)
            commands.request_documents(*where, DocumentsAsked(asked, due_on, "", revision), **given)
        elif each.event == "transfer":
            transfers.transfer(*where, Transfer(_ELSEWHERE, None, "Message d’essai.", revision), **given)
        else:
            moves.move(*where, Move(each.event, "Message d’essai." * bool(each.asks), revision, deed.answers), **given)

    def _citizens(self, session: Session, event: str) -> None:
        by = Visitor(self.authority.id, self.session_id, granted=frozenset({self.key}))
        where, now = (session, self.authority, self.reference), self.walker.now
        if event == "withdraw":
            citizen_commands.withdraw(*where, revision=self._row(session).revision, by=by, now=now)
        elif event == "complete":
            citizen_commands.answer_request(*where, {self.procedure.pieces[0].field: [_PIECE]}, by=by, now=now)
        else:
            assert Act(session, self.authority, self._row(session), by=by, now=now).hear(event), event

    def _systems(self, session: Session, event: str) -> None:
        """What nobody presses: the clock is moved to where it happens, and the sweep of it passes."""
        row, key = self._row(session), self.authority.id
        if event == "clock.silence":
            assert row.silence_on is not None
            self.walker.now = _morning(row.silence_on + timedelta(days=1))
            implied.record_implied(session, key, self.walker.now)
        elif event == "clock.documents":
            self.walker.now += timedelta(days=31)
            overdue.documents(session, key, self.walker.now)
        elif event.startswith(("clock.", "after.")):
            running = timers.of_submission(session, key, self.key)
            due = [each for each in running if timers.heard(each) == event]
            self.walker.now = max(due[-1].due_at, self.walker.now)
            firing.fire(session, self.authority, due[-1], as_of=self.walker.now)
        else:
            assert Act(session, self.authority, row, by=System(key), now=self.walker.now).hear(event), event

    def _agent(self, session: Session) -> AgentActor:
        """An agent who may do everything with this procedure, a sensitive one too."""
        key, slug = self.authority.id, self.procedure.slug
        row = authorities.agent_of_email(session, key, AGENT)
        assert row is not None and row.id is not None
        if self.procedure.sensitive and slug not in self.walker.granted:
            self.walker.granted.add(slug)
            given = granting.Given("supervisor", procedure_id=catalogue.published(session, key, slug).procedure_id)
            granting.grant(session, key, row.id, given, by=None, today=clock.now().date(), now=clock.now())
        found = authorities.agent_actor(session, key, row.id)
        assert found is not None
        return found

    def _row(self, session: Session) -> Submission:
        return session.get_one(Submission, self.key)

    def _mails(self, session: Session) -> Iterator[Mail]:
        """The mails posted since the last time, as they are composed when they leave."""
        mine = (col(OutboxEntry.submission_id) == self.key, col(OutboxEntry.id) > self.seen)
        rows = session.execute(select(OutboxEntry).where(*mine).order_by(col(OutboxEntry.id))).scalars().all()
        for row in rows:
            self.seen = row.id or 0
            values = {name: getattr(row, name) for name in Claimed.__dataclass_fields__ if name != "lease_holder"}
            mail = mails.of_entry(session, Claimed(**values, lease_holder=""), base_url="http://127.0.0.1:8000")
            raw = emails.compose(
                mail.notice,
                sender=Sender(mail.authority.sender_address, mail.authority.name),
                to=mail.to,
                message_id="<1@tilleul.example>",
                date=self.walker.now,
                link=mail.link,
                theme_colour=mail.authority.colour,
            )
            subject = str(email.message_from_bytes(raw, policy=email.policy.default)["Subject"])
            template = emails.template_of(mail.notice)
            yield Mail(row.recipient, mail.to, template, _REFERENCE.sub("…", subject))


def _last_day(each: Timer, zone: str) -> date:
    """The last day of a clock; the day itself of a delay or of a warning."""
    if each.event.startswith(timers.CLOCK):
        return timers.due_on(each, zone)
    return clock.day_in(zone, each.due_at)


def _morning(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, HOUR, tzinfo=UTC)


def posted(actions: Sequence[Any]) -> list[tuple[str, str]]:
    """The mails that these actions of a step are to send: (to whom, template), in order, each once."""
    told: dict[tuple[str, str], None] = {}
    for each in actions:
        if each.type == "mail":
            to, _, _ = str(each.params.get("to", "citizen")).partition(":")
            told[(to, _TEMPLATES.get(to) or str(each.params["message"]))] = None
    return list(told)


def sent(found: Sequence[Mail]) -> list[tuple[str, str]]:
    """The same of mails that left: agents and services that hold a function are one recipient."""
    return list(dict.fromkeys((_recipient(each.recipient), each.template) for each in found))


def _recipient(name: str) -> str:
    return "function" if ":" in name else name
