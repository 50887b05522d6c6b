"""Documents asked for: noted when they come on paper, recalled once; the clock follows the day they came."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader
from sqlalchemy import select
from sqlmodel import col

from grc.errors import Conflict, Forbidden, Invalid, StaleSubmission
from grc.notifications import letters as layout
from grc.notifications import returned
from grc.notifications.bounces import Bounce, token_of
from grc.notifications.delivery import Deliverer
from grc.notifications.smtp import SmtpSender
from grc.outbox.models import Message, OutboxEntry
from grc.receipts import DocumentsReminder, DocumentsRequested, NewMessage, StateNotice, from_json
from grc.submissions import citizen_commands, commands, documents, implied, letters, queries, reminders, timelines
from grc.submissions.commands import AskedDocument, DocumentsAsked
from grc.submissions.documents import Marked
from grc.submissions.events import Kind
from grc.submissions.exchange_models import ThreadEntry
from grc.submissions.models import DocumentsRequest, Event, Notice, Submission, Task
from tests.support import demandes
from tests.support.demandes import Demande
from tests.support.world import World

pytestmark = pytest.mark.anyio
EMAIL, DUE = "camille@exemple.example", date(2027, 1, 5)
RECEIVED, ASKED = datetime(2026, 11, 25, 9, tzinfo=UTC), datetime(2026, 12, 5, 9, tzinfo=UTC)


def asked(world: World, *, due_on: date = DUE, email: str = EMAIL) -> Demande:
    """The worked example of a rejection: received on 25 November 2026, documents asked on 5 December for 5 January."""
    demande = demandes.filed(world.database, email=email, example="passes-descendant-with-proof", at=RECEIVED)
    authority, agent = world.authority(), world.agent()
    wanted = DocumentsAsked([AskedDocument("proof_of_link", "unreadable")], due_on, "", 2)
    with world.database.writing(scope=authority.id) as session:
        commands.take_charge(session, authority, demande.reference, revision=1, by=agent, now=ASKED)
        commands.request_documents(session, authority, demande.reference, wanted, by=agent, now=ASKED)
    return demande


def mark(
    world: World,
    demande: Demande,
    on: date | None,
    *,
    at: datetime,
    fields: Any = ("proof_of_link",),
    revision: int = 3,
) -> list[str]:
    with world.database.writing(scope=world.authority().id) as session:
        marked = Marked(fields, on, revision)
        return documents.mark_received(session, world.authority(), demande.reference, marked, by=world.agent(), now=at)


def remind(world: World, at: datetime, **options: Any) -> int:
    with world.database.writing(scope=world.authority().id) as session:
        return reminders.remind(session, world.authority().id, at, **options)


async def deliver(world: World, at: datetime) -> None:
    """Delivers what is due at that hour."""
    sender = SmtpSender(world.settings.smtp_url, timeout=5)
    deliverer = Deliverer(world.database, sender, base_url=world.settings.base_url, now=lambda: at)
    try:
        while await deliverer.round():
            pass
    finally:
        await deliverer.close()


def row(world: World, demande: Demande) -> Submission:
    with world.database.reading(scope=world.authority().id) as session:
        found = session.get_one(Submission, demande.id)
        session.expunge(found)
    return found


def request(world: World) -> DocumentsRequest:
    with world.database.reading(scope=world.authority().id) as session:
        found: DocumentsRequest = session.execute(select(DocumentsRequest)).scalar_one()
        session.expunge(found)
    return found


def stated(world: World, kind: str) -> list[Any]:
    with world.database.reading(scope=world.authority().id) as session:
        facts = session.execute(select(col(Notice.facts)).where(col(Notice.kind) == kind)).scalars()
        return [from_json(one) for one in facts]


def kinds(world: World, demande: Demande) -> list[str]:
    with world.database.reading(scope=world.authority().id) as session:
        statement = select(col(Event.kind)).where(col(Event.submission_id) == demande.id).order_by(col(Event.sequence))
        return list(session.execute(statement).scalars())


@pytest.mark.law("R16")
async def test_what_came_by_post_resumes_the_clock_from_the_day_it_came_and_everyone_is_told(world: World) -> None:
    demande = asked(world)
    assert row(world, demande).silence_on == date(2027, 2, 25)
    noted_later = datetime(2026, 12, 28, 9, tzinfo=UTC)
    assert mark(world, demande, date(2026, 12, 20), at=noted_later) == []
    after = row(world, demande)
    assert (after.state, after.silence_on) == ("in_progress", date(2027, 2, 9)), "+15 days, as the law's example has it"
    assert request(world).answered_on == date(2026, 12, 20)
    (told,) = [one for one in stated(world, StateNotice.KIND) if one.change == "documents_received"]
    assert told.silence.due_on == date(2027, 2, 9)
    await deliver(world, noted_later)
    mails = [" ".join(mail.text.split()) for mail in world.mailbox.to(EMAIL)]
    assert any("sont arrivés" in mail and "9 février 2027" in mail for mail in mails)
    assert kinds(world, demande)[-1] == Kind.DOCUMENTS_RECEIVED


@pytest.mark.parametrize(
    ("fields", "on", "field"),
    [
        ([], date(2026, 12, 20), "piece"),
        (["applicant"], date(2026, 12, 20), "piece"),
        (["proof_of_link"], None, "received_on"),
        (["proof_of_link"], date(2026, 12, 4), "received_on"),
        (["proof_of_link"], date(2026, 12, 22), "received_on"),
    ],
)
async def test_only_what_was_asked_and_within_the_wait(
    world: World, fields: list[str], on: date | None, field: str
) -> None:
    demande = asked(world)
    with pytest.raises(Invalid) as refused:
        mark(world, demande, on, at=datetime(2026, 12, 21, 9, tzinfo=UTC), fields=fields)
    assert [problem.field for problem in refused.value.problems] == [field]
    assert row(world, demande).revision == 3


async def test_a_mark_from_an_old_page_or_after_the_end_is_refused(world: World) -> None:
    demande = asked(world)
    later = datetime(2026, 12, 21, 9, tzinfo=UTC)
    with pytest.raises(StaleSubmission):
        mark(world, demande, date(2026, 12, 20), at=later, revision=2)
    mark(world, demande, date(2026, 12, 20), at=later)
    with pytest.raises(Conflict):
        mark(world, demande, date(2026, 12, 20), at=later, revision=4)


async def test_a_reminder_leaves_once_seven_days_before(world: World) -> None:
    demande = asked(world)
    assert remind(world, datetime(2026, 12, 28, 22, 59, tzinfo=UTC)) == 0, "28 December in Paris"
    assert remind(world, datetime(2026, 12, 28, 23, 1, tzinfo=UTC)) == 1, "29 December in Paris"
    assert remind(world, datetime(2026, 12, 30, 9, tzinfo=UTC)) == 0
    (told,) = stated(world, DocumentsReminder.KIND)
    assert (told.deadline_on, [item.required_by != "" for item in told.items]) == (DUE, [True])
    assert row(world, demande).silence_on == date(2027, 2, 25), "a reminder moves nothing"
    assert kinds(world, demande)[-1] == Kind.DOCUMENTS_REMINDED
    await deliver(world, datetime(2026, 12, 30, 9, tzinfo=UTC))
    mail = world.mail(EMAIL, "rappel")
    assert f"/demandes/{demande.reference}/complements" in mail.text


async def test_the_days_of_the_reminder_are_a_parameter_and_a_short_deadline_waits_for_its_second_half(
    world: World,
) -> None:
    asked(world, due_on=date(2026, 12, 9))
    assert remind(world, datetime(2026, 12, 6, 9, tzinfo=UTC)) == 0
    assert remind(world, datetime(2026, 12, 7, 9, tzinfo=UTC), days_before=1) == 0
    assert remind(world, datetime(2026, 12, 7, 9, tzinfo=UTC)) == 1


@pytest.mark.parametrize("how", ["came", "decided", "withdrawn", "late"])
async def test_nobody_is_reminded_of_what_is_over(world: World, how: str) -> None:
    demande = asked(world)
    authority, at = world.authority(), datetime(2026, 12, 29, 9, tzinfo=UTC)
    with world.database.writing(scope=authority.id) as session:
        if how == "withdrawn":
            by = demande.draft.visitor
            granted = type(by)(authority.id, granted=frozenset({demande.id}))
            citizen_commands.withdraw(session, authority, demande.reference, revision=3, by=granted, now=at)
        elif how == "decided":
            session.get_one(Submission, demande.id).phase = "decided"
    if how == "came":
        mark(world, demande, date(2026, 12, 20), at=at)
    assert remind(world, at + timedelta(days=9 if how == "late" else 0)) == 0
    assert stated(world, DocumentsReminder.KIND) == []


async def test_who_has_no_address_gets_a_letter_to_print(world: World) -> None:
    demande = asked(world)
    with world.database.writing(scope=world.authority().id) as session:
        session.get_one(Submission, demande.id).contact_email = ""
    assert remind(world, datetime(2026, 12, 29, 9, tzinfo=UTC)) == 1
    with world.database.reading(scope=world.authority().id) as session:
        tasks = list(session.execute(select(Task).where(col(Task.kind) == "print_letter")).scalars())
        kinds_printed = [session.get_one(Notice, task.notice_id).kind for task in tasks]
    assert kinds_printed == [DocumentsReminder.KIND]


async def test_a_reader_notes_nothing(world: World) -> None:
    demande = asked(world)
    reader = replace(world.agent(), role="reader", reach=None)
    with world.database.writing(scope=world.authority().id) as session, pytest.raises(Forbidden):
        marked = Marked(["proof_of_link"], date(2026, 12, 20), 3)
        documents.mark_received(session, world.authority(), demande.reference, marked, by=reader, now=ASKED)


@pytest.mark.law("R16")
@pytest.mark.parametrize("is_whole", [True, False])
async def test_the_new_date_is_a_letter_to_print_for_who_has_no_address(world: World, is_whole: bool) -> None:
    """When everything came, and when what is indispensable came alone."""
    demande = asked(world)
    with world.database.writing(scope=world.authority().id) as session:
        session.get_one(Submission, demande.id).contact_email = ""
        waiting = session.execute(select(DocumentsRequest)).scalar_one()
        rest = [] if is_whole else [{**waiting.items[0], "field": "other", "title": "Autre", "indispensable": False}]
        waiting.items = [*waiting.items, *rest]
    mark(world, demande, date(2026, 12, 20), at=datetime(2026, 12, 28, 9, tzinfo=UTC))
    with world.database.reading(scope=world.authority().id) as session:
        (task,) = session.execute(select(Task).where(col(Task.kind) == "print_letter")).scalars()
        told = letters.sheet(session, demande.reference, task.notice_id, by=world.agent()).facts
    assert isinstance(told, StateNotice if is_whole else NewMessage)
    assert layout.is_printable(told)
    text = PdfReader(BytesIO(layout.render(told))).pages[0].extract_text()
    assert "9 février 2027" in " ".join(text.split())


@pytest.mark.law("R16")
async def test_the_clock_waits_for_what_is_indispensable_alone_and_its_new_date_is_told(world: World) -> None:
    demande = asked(world)
    with world.database.writing(scope=world.authority().id) as session:
        waiting = session.execute(select(DocumentsRequest)).scalar_one()
        waiting.items = [
            *waiting.items,
            {**waiting.items[0], "field": "other", "title": "Autre", "indispensable": False},
        ]
    later = datetime(2026, 12, 28, 9, tzinfo=UTC)
    assert mark(world, demande, date(2026, 12, 20), at=later) == ["Autre"]
    after = row(world, demande)
    assert (after.phase, after.silence_on) == ("waiting", date(2027, 2, 9)), "the date moves, the wait goes on"
    (told,) = stated(world, NewMessage.KIND)
    assert "20 décembre 2026" in told.text.replace("\u00a0", " ")
    assert "9 février 2027" in told.text.replace("\u00a0", " ")
    assert kinds(world, demande)[-1] == Kind.DOCUMENTS_MARKED
    assert mark(world, demande, date(2026, 12, 27), at=later, fields=["other"], revision=4) == []
    assert row(world, demande).silence_on == date(2027, 2, 9), "what was not indispensable moves nothing"


def by_letter(world: World) -> tuple[Demande, int]:
    """The worked example of somebody without an address, the letter that asks for documents laid out: its notice."""
    demande = demandes.filed(world.database, email=EMAIL, example="passes-descendant-with-proof", at=RECEIVED)
    authority, agent = world.authority(), world.agent()
    wanted = DocumentsAsked([AskedDocument("proof_of_link", "unreadable")], DUE, "", 2)
    with world.database.writing(scope=authority.id) as session:
        session.get_one(Submission, demande.id).contact_email = ""
        commands.take_charge(session, authority, demande.reference, revision=1, by=agent, now=ASKED)
        commands.request_documents(session, authority, demande.reference, wanted, by=agent, now=ASKED)
        task = session.execute(select(Task).where(col(Task.kind) == "print_letter")).scalar_one()
        assert task.notice_id is not None
        letters.keep(session, authority, demande.reference, task.notice_id, b"%PDF-", by=agent, now=ASKED)
        return demande, task.notice_id


def post(world: World, demande: Demande, letter: int, on: date, *, at: datetime) -> None:
    authority, agent = world.authority(), world.agent()
    revision = row(world, demande).revision
    with world.database.writing(scope=authority.id) as session:
        letters.note_posted(session, authority, demande.reference, letter, on, revision=revision, by=agent, now=at)


def dated(world: World, demande: Demande) -> dict[str, date | None]:
    """The page of dates."""
    authority = world.authority()
    with world.database.reading(scope=authority.id) as session:
        found = queries.whole(session, demande.reference, by=world.agent())
        return {line.label: line.on for line in timelines.of_submission(found, authority)}


def last_event(world: World, demande: Demande) -> Event:
    with world.database.reading(scope=world.authority().id) as session:
        mine = select(Event).where(col(Event.submission_id) == demande.id).order_by(col(Event.sequence).desc())
        found: Event = session.execute(mine.limit(1)).scalar_one()
        session.expunge(found)
    return found


POSTED = datetime(2026, 12, 16, 9, tzinfo=UTC)
REJECTED = "Refus implicite, sans décision notifiée avant"


@pytest.mark.law("R16")
async def test_a_letter_that_asks_for_documents_moves_no_date_before_it_is_posted(world: World) -> None:
    demande, _letter = by_letter(world)
    after = row(world, demande)
    assert (after.phase, after.silence_on) == ("waiting", date(2027, 1, 25))
    assert last_event(world, demande).data["silence_on"] == "2027-01-25"
    (told,) = stated(world, DocumentsRequested.KIND)
    rule = " ".join(told.rule).replace("\u00a0", " ")
    assert "suspendu du jour où la demande de pièces est postée" in rule
    assert "La date du 25 janvier 2027 recule d’autant de jours" in rule
    assert "février" not in rule
    assert (told.silence.due_on, dated(world, demande)[REJECTED]) == (date(2027, 1, 25), date(2027, 1, 25))
    with world.database.writing(scope=world.authority().id) as session:
        late = datetime(2027, 1, 26, 9, tzinfo=UTC)
        assert implied.record_implied(session, world.authority().id, late) == 1, "never posted: nothing was asked for"


@pytest.mark.law("R16")
async def test_a_letter_stops_the_clock_from_the_day_it_was_posted_and_the_new_date_is_shown(world: World) -> None:
    demande, letter = by_letter(world)
    post(world, demande, letter, date(2026, 12, 15), at=POSTED)
    moved = date(2027, 2, 15)
    assert row(world, demande).silence_on == moved, "15 December to 5 January: 21 days, not 31"
    event = last_event(world, demande)
    assert (event.kind, event.data["silence_on"]) == (Kind.LETTER_POSTED, moved.isoformat())
    assert (request(world).requested_on, request(world).due_on) == (date(2026, 12, 15), DUE)
    told = stated(world, DocumentsRequested.KIND)[-1]
    assert (told.noticed_on, told.silence.due_on) == (date(2026, 12, 15), moved)
    assert "la date du 25 janvier 2027 devient celle du 15 février 2027" in " ".join(told.rule).replace("\u00a0", " ")
    assert (dated(world, demande)["Pièces demandées"], dated(world, demande)[REJECTED]) == (date(2026, 12, 15), moved)
    post(world, demande, letter, date(2026, 12, 16), at=POSTED)
    assert row(world, demande).silence_on == moved, "noted again, nothing moves twice"
    assert remind(world, datetime(2026, 12, 29, 9, tzinfo=UTC)) == 1
    assert stated(world, DocumentsReminder.KIND)[0].rule == told.rule
    assert mark(world, demande, date(2026, 12, 20), at=datetime(2026, 12, 30, 9, tzinfo=UTC), revision=6) == []
    assert row(world, demande).silence_on == date(2027, 1, 30), "five days"


@pytest.mark.law("R16")
@pytest.mark.parametrize("came", [True, False])
async def test_a_letter_posted_after_the_documents_or_after_its_deadline_stops_nothing(
    world: World, came: bool
) -> None:
    demande, letter = by_letter(world)
    if came:
        mark(world, demande, date(2026, 12, 8), at=POSTED)
        post(world, demande, letter, date(2026, 12, 9), at=POSTED)
    else:
        post(world, demande, letter, date(2027, 1, 6), at=datetime(2027, 1, 6, 9, tzinfo=UTC))
    assert row(world, demande).silence_on == date(2027, 1, 25)
    assert dated(world, demande)[REJECTED] == date(2027, 1, 25)
    assert "silence_on" not in last_event(world, demande).data


@pytest.mark.law("R16")
async def test_a_posting_noted_after_the_documents_came_counts_and_is_told(world: World) -> None:
    demande, letter = by_letter(world)
    mark(world, demande, date(2026, 12, 20), at=datetime(2026, 12, 21, 9, tzinfo=UTC))
    assert row(world, demande).silence_on == date(2027, 1, 25)
    post(world, demande, letter, date(2026, 12, 15), at=datetime(2026, 12, 22, 9, tzinfo=UTC))
    assert row(world, demande).silence_on == dated(world, demande)[REJECTED] == date(2027, 1, 30)
    with world.database.reading(scope=world.authority().id) as session:
        text = session.execute(select(col(ThreadEntry.text))).scalars().all()[-1].replace("\u00a0", " ")
    assert "postée le 15 décembre 2026" in text.replace("mardi ", "")
    assert "30 janvier 2027" in text


@pytest.mark.law("R16")
async def test_a_posting_noted_once_silence_has_decided_asks_an_agent_to_look(world: World) -> None:
    demande, letter = by_letter(world)
    late = datetime(2027, 1, 26, 9, tzinfo=UTC)
    with world.database.writing(scope=world.authority().id) as session:
        implied.record_implied(session, world.authority().id, late)
    post(world, demande, letter, date(2026, 12, 15), at=late)
    after = row(world, demande)
    assert (after.implied_on, after.silence_on) == (date(2027, 1, 25), date(2027, 1, 25))
    with world.database.reading(scope=world.authority().id) as session:
        tasks = session.execute(select(Task).where(col(Task.kind) == "deadline")).scalars().all()
    assert [task.title for task in tasks] == [
        "La demande de pièces était partie avant la décision implicite : vérifiez que celle-ci est née"
    ]


@pytest.mark.law("R16")
async def test_a_request_whose_mail_came_back_asks_agents_to_answer_by_the_first_date(world: World) -> None:
    demande = asked(world)
    await deliver(world, ASKED)
    mine = (col(OutboxEntry.kind) == DocumentsRequested.KIND, col(OutboxEntry.recipient) == "citizen")
    ours = select(Message).join(OutboxEntry, col(OutboxEntry.id) == col(Message.outbox_id)).where(*mine)
    with world.database.writing(scope=world.authority().id) as session:
        mail = session.execute(ours).scalar_one()
        bounce = Bounce(token_of(mail.message_id), mail.outbox_id, "failed", "5.1.1")
        for outcome in ("recorded", "again"):
            assert returned.record(session, bounce, authority_id=world.authority().id, now=POSTED) == outcome
    with world.database.reading(scope=world.authority().id) as session:
        (task,) = session.execute(select(Task).where(col(Task.kind) == "deadline")).scalars()
    assert task.title == "La demande de pièces n’est pas arrivée : répondez comme si le délai ne s’était pas arrêté"
    assert task.due_on == date(2027, 1, 24), "the eve of the day that the request moved"
    assert row(world, demande).silence_on == date(2027, 2, 25), "no date moves"


async def test_the_page_of_the_demande_says_that_the_clock_runs_until_the_letter_is_posted(world: World) -> None:
    demande, _letter = by_letter(world)
    agent = world.browser()
    await agent.sign_in_agent()
    page = (await agent.get(f"/tilleul/agents/demandes/{demande.reference}")).text
    assert "Le délai de réponse court tant que l’envoi n’est pas noté." in page
