"""What a visa of the archives lets destroy, and nothing else; what stays proves what happened."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlmodel import SQLModel, col

from grc.access.actors import AgentActor
from grc.attachments.commands import StoredFile, add, add_to_thread
from grc.authorities.views import AuthorityView
from grc.db import Database, Keyring, connect
from grc.errors import Conflict, Invalid
from grc.journal.models import JournalEntry
from grc.outbox.models import Message, OutboxEntry
from grc.submissions import citizen_commands, commands, destroying, replay, retention, visas
from grc.submissions.commands import DecisionMade
from grc.submissions.exchange_models import AgentAnswers, HttpCall, SubmissionLink, ThreadEntry
from grc.submissions.kept_models import Destruction, Visa
from grc.submissions.models import Decision, Event, Notice, Submission, SubmissionRevision, Task
from grc.submissions.visas import Granted
from tests.support import cases, invented
from tests.support.demandes import Demande, commune
from tests.support.world import SECRET

RECEIVED = cases.local(date(2026, 6, 30), hour=12)
DECIDED = cases.local(date(2026, 7, 31), hour=12)
AFTER = date(2027, 8, 1)
"""A year after the decision: the last day to keep the answers was the day before."""
GONE = date(2027, 10, 2)
"""The receipts were kept until the day before: the last day of appeal, 1 October 2026, and a year."""
MARK = "zzmarquezz"
"""In everything that a person wrote; found nowhere at the end."""
GRANTED = Granted("AD-2027-31", "La directrice des Archives départementales", AFTER)


@dataclass(frozen=True)
class House:
    """A database with a commune and its agent."""

    database: Database
    authority: AuthorityView
    agent: AgentActor

    def write(self, do: Any, *args: Any, **options: Any) -> Any:
        with self.database.writing(scope=self.authority.id) as session:
            return do(session, *args, **options)

    def read(self, do: Any, *args: Any, **options: Any) -> Any:
        with self.database.reading(scope=self.authority.id) as session:
            return do(session, *args, **options)

    def ended(self, outcome: Any = "accepted") -> Demande:
        """A demande received in June and decided in July."""
        person = {**invented.WHOLE_PERSON, "family_name": MARK, "email": f"{MARK}@exemple.example"}
        answers = {"subject": MARK, "who": "person", "person": person}
        demande = cases.filed(self.database, at=RECEIVED, answers=answers)
        taken = self.write(
            commands.take_charge, self.authority, demande.reference, revision=1, by=self.agent, now=DECIDED
        )
        made = DecisionMade(outcome, f"Un motif {MARK}.", taken.revision)
        self.write(commands.decide, self.authority, demande.reference, made, by=self.agent, now=DECIDED)
        self.write(_all_sent)
        return demande

    def proposed(self, day: date = AFTER) -> None:
        as_of = noon(day)
        for sweep in (retention.set_terms, retention.propose):
            self.write(sweep, self.authority.id, as_of)

    def destroyed(self, day: date = AFTER) -> tuple[int, list[str]]:
        """How many demandes the sweep destroyed that day, and the files that it gave up."""
        before, keys = self.count(Destruction), list[str]()
        for unit in (destroying.destroy_answers, destroying.destroy_receipts):
            for _ in range(10):
                gone = self.write(unit, self.authority.id, noon(day))
                keys += gone.keys
                if not gone.count:
                    break
            else:
                raise AssertionError("the sweep never ends")
        return self.count(Destruction) - before, keys

    def count(self, table: type[SQLModel], *where: Any) -> int:
        return int(
            self.read(
                lambda session: session.execute(select(func.count()).select_from(table).where(*where)).scalar_one()
            )
        )

    def change(self, demande: Demande, **values: Any) -> None:
        self.write(lambda s: s.execute(update(Submission).where(col(Submission.id) == demande.id).values(values)))

    def marked(self, *, but: frozenset[str] = frozenset()) -> set[str]:
        """The tables where the mark can still be read."""
        found = set()
        with self.database.reading(scope=self.authority.id) as session:
            for name, table in SQLModel.metadata.tables.items():
                if name not in but:
                    rows = session.execute(select(table)).all()
                    found |= {name for row in rows if MARK in str(tuple(row)) or MARK.encode() in b"".join(_bytes(row))}
        return found


def _bytes(row: Any) -> Iterator[bytes]:
    return (value for value in row if isinstance(value, bytes))


def _all_sent(session: Any) -> None:
    """Every mail has left, those that bring a decision too."""
    session.execute(update(OutboxEntry).values(state="sent", done_at=DECIDED, sealed_secret=None))
    session.execute(update(Decision).where(col(Decision.notified_at).is_(None)).values(notified_at=DECIDED))


def noon(day: date) -> datetime:
    return cases.local(day, hour=12)


@pytest.fixture
def house(database_url: str) -> Iterator[House]:
    database = connect(database_url, Keyring([SECRET]))
    cases.offered(database, "rejection")
    authority = commune(database)
    with database.reading(scope=authority.id) as session:
        agent = cases.agent(session, authority.id)
    yield House(database, authority, agent)
    database.close()


def listed(house: House, day: date = AFTER) -> Visa:
    """A list of what is proposed, its visa recorded."""
    visa = house.write(visas.draw_up, house.authority, invented.SLUG, by=house.agent, now=noon(day))
    return house.write(visas.record, house.authority, visa.id, GRANTED, by=house.agent, now=noon(day))


def written_about(house: House, demande: Demande) -> list[str]:
    """Everything that people and programs may leave about a demande; gives the keys of the files."""
    aid, ids = house.authority.id, {"authority_id": house.authority.id, "submission_id": demande.id}
    house.write(
        citizen_commands.correct_email,
        house.authority,
        demande.reference,
        f"autre.{MARK}@exemple.example",
        by=demande.draft.visitor,
        now=DECIDED,
    )
    keys = [f"tilleul/{MARK}-{number}" for number in range(3)]
    files = [StoredFile(key, f"{MARK}.pdf", "application/pdf", 10, str(n) * 64) for n, key in enumerate(keys)]

    def write(session: Any) -> None:
        for kind in ("message", "note"):
            row = ThreadEntry(**ids, at=DECIDED, kind=kind, author_kind="agent", text=MARK)
            session.add(row)
            session.flush()
        own = {"submission_id": demande.id, "sender": "agent", "is_private": True, "now": DECIDED}
        add_to_thread(session, files[:1], authority_id=aid, entry_id=row.id, **own)
        draft_id = session.execute(text("SELECT id FROM draft WHERE submission_id = :id"), {"id": demande.id}).scalar()
        add(session, files[1:2], authority_id=aid, field="left", now=DECIDED, draft_id=draft_id)
        add(session, files[2:], authority_id=aid, field="piece", now=DECIDED, submission_id=demande.id)
        session.add(AgentAnswers(**ids, form="avis", answers={"a": MARK}, at=DECIDED, agent_id=house.agent.id))
        entry = OutboxEntry(
            **ids, kind="call", channel="http", recipient="", state="sent", created_at=DECIDED, due_at=DECIDED
        )
        session.add(entry)
        session.flush()
        session.add(HttpCall(**ids, outbox_id=entry.id, name="n", endpoint="e", body=MARK, response=MARK))
        session.add(
            Message(
                **ids,
                outbox_id=entry.id,
                to_address=f"{MARK}@exemple.example",
                from_address="a@b.example",
                message_id=f"<{demande.id}@x>",
                sha256="e" * 64,
                raw=MARK.encode(),
                frozen_at=DECIDED,
            )
        )
        session.execute(
            update(Submission)
            .where(col(Submission.id) == demande.id)
            .values(helper={"name": MARK}, variables={"v": MARK}, edited={"subject": MARK}, redirect={"url": MARK})
        )
        _all_sent(session)

    house.write(write)
    return keys


@pytest.mark.law("R42")
@pytest.mark.law("R43")
def test_a_demande_goes_in_two_steps_and_leaves_its_hashes_its_dates_and_its_events(house: House) -> None:
    demande = house.ended()
    keys = written_about(house, demande)
    house.proposed()
    assert house.destroyed() == (0, []), "nothing goes without a visa"
    visa = house.write(visas.draw_up, house.authority, invented.SLUG, by=house.agent, now=noon(AFTER))
    assert house.destroyed() == (0, []), "a list is no visa"
    house.write(visas.record, house.authority, visa.id, GRANTED, by=house.agent, now=noon(AFTER))
    before, facts = house.count(Event), cases.submission(house.database, demande)

    count, gone = house.destroyed()
    assert (count, sorted(gone)) == (1, keys)
    left = {"notice", "message", "decision"}
    assert house.marked() <= left, "receipts and letters alone still say who asked"
    row = cases.submission(house.database, demande)
    assert (row.answers, row.applicant_name, row.contact_email, row.destroyed_at) == ({}, "", "", noon(AFTER))
    assert (row.received_at, row.state, row.first_received_on) == (
        facts.received_at,
        facts.state,
        facts.first_received_on,
    )
    (mark,) = cases.rows(house.database, Destruction, demande)
    assert (len(mark.answers_sha256), mark.receipts_until) == (64, GONE - timedelta(days=1))
    assert sorted(mark.files) == [str(number) * 64 for number in range(3)]
    assert house.count(Notice) and house.count(SubmissionRevision) == 0
    assert house.count(Event) == before + 1

    assert house.destroyed(GONE - timedelta(days=1)) == (0, []), "receipts have their own term"
    assert house.destroyed(GONE) == (1, [])
    assert house.marked() == set()
    assert house.count(Notice) == house.count(Message) == house.count(OutboxEntry) == 0
    assert [
        fault for _, faults in house.read(lambda s: list(replay.verified(s, house.authority.id))) for fault in faults
    ] == []
    of_visas = select(col(JournalEntry.act)).where(col(JournalEntry.subject_kind) == "visa")
    acts = house.read(lambda s: s.execute(of_visas.order_by(col(JournalEntry.id))).scalars().all())
    assert acts == ["visa:listed", "visa:recorded", "answers:destroyed", "receipts:destroyed"]


@pytest.mark.law("R43")
def test_what_changed_since_its_list_stays(house: House) -> None:
    demandes = [house.ended("refused") for _ in range(6)]
    house.proposed()
    visa = listed(house)
    reopened, closed_again, attacked, owing, sending, plain = demandes
    house.change(reopened, phase="examined")
    house.change(closed_again, state_since=noon(AFTER) + timedelta(minutes=1))
    ids = {"authority_id": house.authority.id}
    recours = cases.filed(house.database, at=DECIDED)

    def write(session: Any) -> None:
        session.add(SubmissionLink(**ids, kind="appeal", from_id=recours.id, to_id=attacked.id, at=DECIDED))
        session.add(Task(**ids, submission_id=owing.id, kind="task", due_on=AFTER, opened_at=DECIDED))
        mine = col(OutboxEntry.submission_id) == sending.id
        session.execute(update(OutboxEntry).where(mine).values(state="pending"))

    house.write(write)
    assert house.destroyed() == (1, [])
    assert [row.reference for row in _destroyed(house)] == [plain.reference]
    assert house.read(visas.find, house.authority.id, visa.id).done_at is not None
    house.change(reopened, phase="decided")
    assert house.destroyed() == (0, []), "a list serves once: what stayed waits for another"


def _destroyed(house: House) -> list[Submission]:
    wanted = select(Submission).where(col(Submission.destroyed_at).is_not(None))
    return list(house.read(lambda session: session.execute(wanted).scalars().all()))


@pytest.mark.law("R43")
def test_a_standing_visa_covers_its_procedure_until_its_end_or_its_withdrawal(house: House) -> None:
    one = house.ended()
    house.proposed()
    stand = {"by": house.agent, "now": noon(AFTER)}
    house.write(visas.stand, house.authority, "acte-de-naissance", GRANTED, None, **stand)
    over = house.write(visas.stand, house.authority, invented.SLUG, GRANTED, AFTER, **stand)
    assert house.destroyed(AFTER + timedelta(days=1)) == (0, []), "another procedure's, or over"
    visa = house.write(visas.stand, house.authority, invented.SLUG, GRANTED, None, **stand)
    house.write(visas.withdraw, house.authority, visa.id, **stand)
    house.write(visas.withdraw, house.authority, over.id, **stand)
    assert house.destroyed() == (0, [])
    last = house.write(visas.stand, house.authority, invented.SLUG, GRANTED, None, **stand)
    other = house.ended()
    house.proposed()
    house.change(one, state_since=noon(date(2027, 1, 1)))
    assert house.destroyed() == (1, []), "the term of one is reckoned once more, and has not come"
    assert [row.reference for row in _destroyed(house)] == [other.reference]
    assert cases.submission(house.database, one).retained_until == date(2028, 1, 1)
    house.write(visas.withdraw, house.authority, last.id, **stand)
    assert house.destroyed(GONE) == (0, []), "receipts go on a visa too"


def test_a_list_is_fixed_hashed_and_no_demande_is_on_two(house: House) -> None:
    first = house.ended()
    house.proposed()
    draw = {"by": house.agent, "now": noon(AFTER)}
    visa = house.write(visas.draw_up, house.authority, invented.SLUG, **draw)
    assert visas.references_of(visa) == [first.reference]
    assert visa.sha256 == hashlib.sha256(visas.as_csv(visa)).hexdigest()
    assert visas.as_csv(visa).decode().splitlines()[1] == (
        f"{first.reference};Service de l’état civil;Demande : Banc abîmé;2026-06-30;2026-07-31;2027-07-31;12;Essai;0;0"
    )
    with pytest.raises(Conflict):
        house.write(visas.draw_up, house.authority, invented.SLUG, **draw)
    count = next(each.count for each in house.read(visas.proposed, house.authority) if each.slug == invented.SLUG)
    assert count == 0
    early = Granted("", "", AFTER - timedelta(days=1))
    with pytest.raises(Invalid) as refused:
        house.write(visas.record, house.authority, visa.id, early, **draw)
    assert [each.field for each in refused.value.problems] == ["number", "granted_by", "granted_on"]
    house.write(visas.withdraw, house.authority, visa.id, **draw)
    with pytest.raises(Conflict):
        house.write(visas.record, house.authority, visa.id, GRANTED, **draw)
    assert house.destroyed() == (0, [])
    assert visas.references_of(house.write(visas.draw_up, house.authority, invented.SLUG, **draw)) == [first.reference]


@pytest.mark.law("R43")
def test_those_that_fail_keep_no_other_waiting_and_no_call_is_sent_empty(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(destroying, "_AT_ONCE", 2)
    demandes = [house.ended() for _ in range(3)]
    ids = {"authority_id": house.authority.id, "submission_id": demandes[2].id}
    call = {"kind": "call", "channel": "http", "recipient": "", "state": "dead", "due_at": DECIDED}
    house.write(lambda session: session.add(OutboxEntry(**ids, **call, created_at=DECIDED)))
    house.proposed()
    visa = listed(house)
    mark = {"stage": "answers", "visa_id": visa.id or 0, "receipts_until": GONE, "destroyed_at": DECIDED}
    broken = [  # a row that is there already refuses the one that comes first
        Destruction(authority_id=house.authority.id, submission_id=each.id, reference=each.reference, **mark)
        for each in demandes[:2]
    ]
    house.write(lambda session: session.add_all(broken))
    assert house.destroyed()[0] == 1
    assert [row.reference for row in _destroyed(house)] == [demandes[2].reference]
    states = select(col(OutboxEntry.state)).where(col(OutboxEntry.kind) == "call")
    assert house.read(lambda session: session.execute(states).scalar_one()) == "abandoned"
    assert house.read(visas.find, house.authority.id, visa.id).done_at is None, "what failed is tried again"


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_two_lists_drawn_up_at_once_have_no_demande_in_common(house: House) -> None:
    house.ended()
    house.proposed()
    draw = partial(house.write, visas.draw_up, house.authority, invented.SLUG, by=house.agent, now=noon(AFTER))
    waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    with ThreadPoolExecutor(1) as pool:
        with house.database.writing(scope=house.authority.id) as session:
            visas.draw_up(session, house.authority, invented.SLUG, by=house.agent, now=noon(AFTER))
            second = pool.submit(draw)
            while not (second.done() or session.execute(waiting).scalar_one()):
                time.sleep(0.01)
        with pytest.raises(Conflict):
            second.result()


@pytest.mark.law("R43")
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_the_serving_role_deletes_no_receipt_that_no_visa_gave_up(house: House) -> None:
    written_about(house, house.ended())
    for table in ("notice", "submission_revision"):
        before = house.write(lambda session, name=table: session.execute(text(f"DELETE FROM {name}")).rowcount)
        assert before == 0
    for change in ("UPDATE notice SET kind = ''", "UPDATE destruction SET visa_id = 0", "DELETE FROM destruction"):
        with pytest.raises(DBAPIError):
            house.write(lambda session, sql=change: session.execute(text(sql)))
    assert house.count(Notice) and house.count(SubmissionRevision) and house.count(Decision)
