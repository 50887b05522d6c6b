"""Typed by an agent: its clock from the stamp, its receipt on paper or mailed, one demande however often it is sent."""

from __future__ import annotations

from copy import deepcopy
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlmodel import col

from grc.access.actors import Visitor, at_desk
from grc.errors import Conflict, Forbidden, Invalid, NotFound
from grc.outbox.models import OutboxEntry
from grc.receipts import Exemption
from grc.sessions.models import BrowserSession
from grc.submissions import citizen_commands, desk, drafts, duplicates, expiry, filing
from grc.submissions.desk import Entry
from grc.submissions.exchange_models import ThreadEntry
from grc.submissions.models import Draft, Event, Notice, Submission, Task
from tests.support import cases, invented
from tests.support.demandes import Begun, Demande
from tests.support.world import World

pytestmark = pytest.mark.anyio
STAMP, TYPED = date(2026, 6, 30), datetime(2026, 7, 8, 9, 0, tzinfo=UTC)
UI = {**invented.UI, "x-desk": {"optional": ["person.email"]}}
SCHEMA = invented.required_of(invented.SCHEMA, "person")


def said(**changes: Any) -> dict[str, Any]:
    """The answers of somebody without an e-mail address."""
    answers = deepcopy(cases.ANSWERS)
    answers["person"] = {key: value for key, value in (answers["person"] | changes).items() if value and key != "email"}
    return answers if "email" not in changes else answers | {"person": answers["person"] | {"email": changes["email"]}}


def begun(world: World, answers: Any, *, channel: str = "desk", stamp: date = STAMP) -> str:
    """A draft of Claire's with these answers."""
    authority, agent = world.authority(), world.agent()
    entry = Entry(invented.SLUG, channel, stamp)  # type: ignore[arg-type]
    with world.database.writing(scope=authority.id) as session:
        started = desk.begin(session, authority, entry, by=agent, now=TYPED)
        mine = update(Draft).where(col(Draft.public_id) == started.public_id)
        session.execute(mine.values(answers=answers))
        return started.public_id


def submit(world: World, public_id: str, *, by: Visitor | None = None, **options: Any) -> filing.Filed:
    authority, agent = world.authority(), world.agent()
    with world.database.writing(scope=authority.id) as session:
        options = {"client": "127.0.0.1", "by": by or at_desk(agent), "now": TYPED, **options}
        return filing.submit(session, authority, public_id, **options)


def demande(done: filing.Filed) -> Demande:
    assert done.submission_id is not None, done.problems
    return Demande(done.submission_id, "", "", "", Begun("", Visitor(0), ""))


def kinds(world: World, made: Demande) -> set[str]:
    return {one.kind for one in cases.rows(world.database, OutboxEntry, made)}


@pytest.mark.law("R9")
@pytest.mark.law("R48")
async def test_a_stamp_in_the_past_moves_the_date_of_silence_and_the_receipt_is_printed(world: World) -> None:
    """Received on 30 June 2026: rejected by silence on 30 August (docs/deadlines.md), whatever the day of typing."""
    cases.offered(world.database, "rejection", ui=UI, schema=SCHEMA)
    draft = begun(world, said())
    done, again = submit(world, draft), submit(world, draft)
    assert (done.is_new, again.is_new, again.submission_id) == (True, False, done.submission_id)
    made, agent = demande(done), world.agent()
    row = cases.submission(world.database, made)
    assert (row.silence_on, row.first_received_on, row.competent_received_on) == (date(2026, 8, 30), STAMP, STAMP)
    assert (row.received_at, row.recorded_at) == (datetime(2026, 6, 30, 10, tzinfo=UTC), TYPED)
    assert (row.channel, row.entered_by_id, row.on_paper, row.contact_email) == ("desk", agent.id, True, "")
    (event,) = cases.rows(world.database, Event, made)
    assert (event.actor_kind, event.actor_id, event.data["channel"]) == ("agent", agent.id, "desk")
    assert (event.data["received_on"], event.data["exempt"]) == ("2026-06-30", None)
    (receipt,) = cases.rows(world.database, Notice, made)
    assert (receipt.kind, receipt.facts["silence"]["due_on"]) == ("paper_receipt", "2026-08-30")
    assert (receipt.facts["addressee"], receipt.facts["agent"]["family_name"]) == ("Exemple Camille", "Modèle")
    (task,) = cases.rows(world.database, Task, made)
    assert (task.kind, task.notice_id) == ("print_letter", receipt.id)
    assert kinds(world, made) == {"new_submission"}
    with world.database.reading(scope=world.authority().id) as session:
        assert session.execute(select(BrowserSession).where(col(BrowserSession.granted) != [])).first() is None


@pytest.mark.law("R48")
async def test_with_an_address_the_receipt_and_the_code_go_by_mail(world: World) -> None:
    cases.offered(world.database, "rejection", ui=UI, schema=SCHEMA)
    made = demande(submit(world, begun(world, said(email="camille@exemple.example"), channel="telephone")))
    row = cases.submission(world.database, made)
    assert (row.channel, row.on_paper, row.contact_email) == ("telephone", False, "camille@exemple.example")
    assert cases.rows(world.database, Task, made) == []
    assert kinds(world, made) == {"paper_receipt", "tracking_code", "new_submission"}
    await world.deliver()
    mail = world.mail("camille@exemple.example", "demande reçue")
    assert "par téléphone" in mail.text
    assert [each.name[:19] for each in mail.attachments] == ["accuse-de-reception"]
    citizen = Visitor(row.authority_id, granted=frozenset({made.id}))
    with world.database.writing(scope=row.authority_id) as session:
        mistyped = citizen_commands.correct_email(
            session, world.authority(), row.reference, "alix@exemple.example", by=citizen, now=TYPED
        )
    assert mistyped is None
    await world.deliver()
    again = world.mail("alix@exemple.example", "demande reçue")
    assert [each.content for each in again.attachments] == [each.content for each in mail.attachments]


@pytest.mark.law("R48")
async def test_no_receipt_where_the_law_owes_none_and_the_reason_is_kept_for_agents(world: World) -> None:
    cases.offered(world.database, "rejection", ui=UI, schema=SCHEMA)
    draft = begun(world, said())
    for ground, reason in (("mere_issue", " "), ("short_period", "Vite fait.")):
        with pytest.raises(Invalid):
            submit(world, draft, exemption=Exemption(ground, reason))  # type: ignore[arg-type]
    made = demande(submit(world, draft, exemption=Exemption("mere_issue", "Copie remise au guichet.")))
    assert cases.rows(world.database, Task, made) == []
    assert kinds(world, made) == {"new_submission"}
    (event,) = cases.rows(world.database, Event, made)
    assert event.data["exempt"] == "mere_issue"
    (note,) = cases.rows(world.database, ThreadEntry, made)
    assert (note.kind, "R112-4" in note.text, note.text.endswith("Copie remise au guichet.")) == ("note", True, True)


async def test_the_draft_is_the_agent_s_alone_and_online_nothing_is_relaxed(world: World) -> None:
    cases.offered(world.database, "rejection", ui=UI, schema=SCHEMA)
    draft, authority, claire = begun(world, said()), world.authority(), world.agent()
    omar = world.agent("omar.fictif@tilleul.example")
    strangers = (at_desk(omar), Visitor(authority.id), Visitor(authority.id, claire.session_id))
    for stranger in strangers:
        with pytest.raises(NotFound):
            submit(world, draft, by=stranger)
    with world.database.writing(scope=authority.id) as session:
        assert [one.public_id for one in desk.mine(session, by=claire)] == [draft]
        assert desk.mine(session, by=omar) == []
        for stranger in strangers:
            with pytest.raises(NotFound):
                drafts.find(session, draft, by=stranger)
        assert expiry.warn(session, authority.id, now=TYPED + timedelta(days=25)) == 0, "nobody is written to"
        assert expiry.purge(session, authority.id, now=TYPED + timedelta(days=31)).drafts == 1
    with pytest.raises(AssertionError, match=r"person\.email"):
        cases.filed(world.database, at=TYPED, answers=said())


async def test_what_an_agent_says_first_is_checked(world: World) -> None:
    cases.offered(world.database, "rejection", ui=UI, schema=SCHEMA)
    for stamp in (TYPED.date() + timedelta(days=1), TYPED.date() - timedelta(days=367)):
        with pytest.raises(Invalid):
            begun(world, {}, stamp=stamp)
    with pytest.raises(Invalid):
        begun(world, {}, channel="online")
    authority, agent = world.authority(), world.agent()
    reader = type(agent)(authority.id, agent.id, "reader", "Claire", "Modèle", "")
    with world.database.writing(scope=authority.id) as session, pytest.raises(Forbidden):
        desk.begin(session, authority, Entry(invented.SLUG, "desk", STAMP), by=reader, now=TYPED)


async def test_a_service_that_lacks_a_mention_keeps_the_draft(world: World) -> None:
    cases.offered(world.database, "rejection", ui=UI, schema=SCHEMA)
    draft, authority = begun(world, said()), world.authority()
    cases.without_address(world.database)
    with pytest.raises(Conflict, match="adresse postale"):
        submit(world, draft)
    with world.database.reading(scope=authority.id) as session:
        assert session.execute(select(Submission)).first() is None
        assert drafts.find(session, draft, by=at_desk(world.agent())).stamped_on == STAMP


LIKELY = (
    (said(), True),
    (said(family_name="EXEMPLE", given_names="camille"), True),
    (said(family_name="Autre", email="CAMILLE@exemple.example"), True),
    (said(given_names="Alix"), False),
    (said(family_name="Autre"), False),
)


async def test_the_same_person_thirty_days_before_is_shown(world: World) -> None:
    cases.offered(world.database, "rejection", ui=UI, schema=SCHEMA)
    cases.filed(world.database, at=TYPED - timedelta(days=29))
    cases.filed(world.database, at=TYPED - timedelta(days=31))
    authority, agent = world.authority(), world.agent()
    for answers, is_found in LIKELY:
        draft = begun(world, answers)
        with world.database.reading(scope=authority.id) as session:
            view = drafts.find(session, draft, by=at_desk(agent))
            likely = duplicates.of_draft(session, authority, view, view.answers, by=agent, now=TYPED)
        assert [one.received_on for one in likely] == ([date(2026, 6, 9)] if is_found else []), answers
