"""What answers do not say, or say no more, takes nothing; what agents keep under a reference becomes the demande's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from grc import clock
from grc.access.actors import at_desk
from grc.bookings import keeping, queries, wanted
from grc.bookings.keeping import Kept
from grc.bookings.models import Booking
from grc.catalogue import queries as catalogue
from grc.catalogue.definition import Takes
from grc.db import Keyring, connect
from grc.errors import Invalid
from grc.journal.models import JournalEntry
from grc.lists import commands as lists
from grc.lists.commands import Facts
from grc.lists.models import ReferenceItem
from grc.submissions import citizen_commands, commands, filing, paper, retention
from grc.submissions.commands import DecisionMade
from grc.submissions.desk import Entry
from grc.submissions.models import Submission
from tests.integration.bookings.test_bookings import NOW, SLUG, WEEK_END, Desk, answers, draft, filed
from tests.support import demandes
from tests.support.world import SECRET, seeded

TAKES = Takes("room", days=("stay", "day"), hours="hours", part_of="part_of")
EARLIER = {"start": "2027-06-19", "end": "2027-06-20"}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    database = connect(seeded(tmp_path_factory.mktemp("unsaid")), Keyring([SECRET]))
    yield Desk(database)
    database.close()


def keep(desk: Desk, first: str, last: str, *, reason: str = "Fête", item: str = "foyer", weeks: int = 1) -> None:
    span = wanted.whole_days(date.fromisoformat(first), date.fromisoformat(last), desk.authority.zone)
    with desk.database.writing(scope=desk.authority.id) as session:
        kept = Kept(item, span, reason, weeks=weeks)
        keeping.keep(session, TAKES, "rooms", kept, desk.authority.zone, by=desk.by, now=NOW)


def told(desk: Desk, said: dict[str, Any], *, is_agent: bool = False) -> list[str]:
    """What the page of the hall says of these answers."""
    by = at_desk(desk.by) if is_agent else draft(desk.database).visitor
    with desk.database.reading(scope=desk.authority.id) as session:
        procedure = catalogue.published(session, desk.authority.id, SLUG).procedure
        page = procedure.form.page("salle")
        assert page is not None
        found = queries.on_page(session, desk.authority, procedure, page, said, NOW.date(), NOW, by=by)
        return [each.message.replace("\u00a0", " ") for each in found]


def on_paper(desk: Desk) -> Submission:
    """A demande of the hall whose answers stay on its scanned pages."""
    made = paper.PaperFiling(
        Entry(SLUG, "paper", NOW.date()), "Fictif", "Camille", "1 rue de l’Essai", "99000", "Exemple"
    )
    with desk.database.writing(scope=desk.authority.id) as session:
        reference = paper.register(session, desk.authority, made, by=desk.by, now=NOW)
        mine = select(Submission).where(col(Submission.reference) == reference)
        row: Submission = session.execute(mine).scalar_one()
        session.expunge(row)
        return row


def decide(desk: Desk, reference: str) -> None:
    with desk.database.writing(scope=desk.authority.id) as session:
        row = session.execute(select(Submission).where(col(Submission.reference) == reference)).scalar_one()
        made = DecisionMade("accepted", "", row.revision)
        commands.decide(session, desk.authority, reference, made, by=desk.by, now=NOW)


def take(desk: Desk, reference: str) -> None:
    with desk.database.writing(scope=desk.authority.id) as session:
        row = session.execute(select(Submission).where(col(Submission.reference) == reference)).scalar_one()
        commands.take_charge(session, desk.authority, reference, revision=row.revision, by=desk.by, now=NOW)


def test_the_page_judges_what_is_asked_now_and_never_what_the_desk_registers(desk: Desk) -> None:
    keep(desk, **{"first": WEEK_END["start"], "last": WEEK_END["end"]})
    days = answers()
    evening = {**days, "duration": "hours", "day": "2027-06-22", "hours": {"start": "18:00", "end": "22:00"}}
    assert len(told(desk, days)) == 1
    assert told(desk, evening) == []  # the days typed before are hidden, and taken
    assert len(told(desk, {**evening, "day": "2027-06-05"})) == 1
    assert told(desk, days, is_agent=True) == []
    beyond = {**days, "stay": {"start": "9999-12-30", "end": "9999-12-31"}}
    assert told(desk, beyond) == ["Cette année n’est pas possible. Vérifiez la date."]

    begun = draft(desk.database)
    with desk.database.writing(scope=desk.authority.id) as session:
        procedure = catalogue.published(session, desk.authority.id, SLUG).procedure
        assert filing.booking_commands.refusals(
            session, desk.authority, procedure, answers(), by=begun.visitor, now=NOW
        )
        assert not filing.booking_commands.refusals(
            session, desk.authority, procedure, answers(), by=at_desk(desk.by), now=NOW
        )


def test_a_paper_demande_takes_what_agents_keep_under_its_reference_and_nothing_else(desk: Desk) -> None:
    row = on_paper(desk)
    with desk.database.reading(scope=desk.authority.id) as session:
        procedure = catalogue.published(session, desk.authority.id, SLUG).procedure
        where = (session, desk.authority.id, row.id or 0, procedure, row.answers, desk.authority.zone)
        (standing,) = queries.standing(*where)
        assert "ni quoi ni quand" in standing.refused
    take(desk, row.reference)
    with pytest.raises(Invalid, match="gardez les jours dans l’agenda"):
        decide(desk, row.reference)
    keep(desk, "2027-08-07", "2027-08-08", reason=f"Demande {row.reference}")
    decide(desk, row.reference)
    assert (row.id, "foyer", True) in desk.held()
    with desk.database.reading(scope=desk.authority.id) as session:
        (standing,) = queries.standing(session, *where[1:])
        shown = (standing.label, standing.is_firm, standing.when.replace("\u00a0", " "))
        assert shown == ("Foyer", True, "du 7 août 2027 au 8 août 2027")
    silent = filed(desk.database, stay=EARLIER, room="salle-du-verger")
    with desk.database.reading(scope=desk.authority.id) as session:
        said = session.get_one(Submission, silent.id).answers
        assert not wanted.is_unsaid(procedure, said)


def test_what_the_list_does_not_have_is_not_taken(desk: Desk) -> None:
    demande = filed(desk.database, stay=EARLIER)
    take(desk, demande.reference)
    with desk.database.writing(scope=desk.authority.id) as session:
        row = session.get_one(Submission, demande.id)
        row.answers = {**row.answers, "room": {"id": "hall-of-elsewhere", "label": "Salle d’ailleurs"}}
        session.add(row)
    with pytest.raises(Invalid, match="n’est pas dans la liste"):
        decide(desk, demande.reference)


def test_a_part_is_named_by_its_label_too_and_what_is_lost_is_known(desk: Desk) -> None:
    with desk.database.writing(scope=desk.authority.id) as session:
        rows = select(ReferenceItem).where(col(ReferenceItem.slug) == "salle-du-verger")
        part = session.execute(rows).scalar_one()
        for typed, apart, lost in (("FOYER ", {"foyer"}, ""), ("foyr", set[str](), "foyr")):
            facts = Facts(part.label, {**part.attributes, "part_of": typed}, part.slug)
            lists.change(session, "rooms", part.slug, facts, revision=part.revision, by=desk.by, now=NOW)
            found = queries.things(session, desk.authority.id, TAKES, "rooms")["salle-du-verger"]
            assert (found.apart, found.lost) == (apart, lost)


def test_a_refusal_and_a_withdrawal_give_back_whatever_the_version_says(desk: Desk) -> None:
    two = [demandes.filed(desk.database, at=NOW) for _ in range(2)]
    span = wanted.whole_days(date(2027, 10, 2), date(2027, 10, 3), desk.authority.zone)
    for each in two:
        take(desk, each.reference)
        with desk.database.writing(scope=desk.authority.id) as session:
            facts = {"source": "rooms", "item": "foyer", "starts_at": span.starts_at, "ends_at": span.ends_at}
            session.add(Booking(authority_id=desk.authority.id, submission_id=each.id, made_at=NOW, **facts))
    with desk.database.writing(scope=desk.authority.id) as session:
        revision = session.get_one(Submission, two[0].id).revision
        made = DecisionMade("refused", "L’acte n’existe pas.", revision)
        commands.decide(session, desk.authority, two[0].reference, made, by=desk.by, now=NOW)
        visitor = replace(two[1].draft.visitor, granted=frozenset({two[1].id}))
        citizen_commands.withdraw(session, desk.authority, two[1].reference, revision=revision, by=visitor, now=NOW)
    assert not {each.id for each in two} & {submission for submission, *_ in desk.held()}


def test_what_agents_kept_is_told_by_the_journal_and_forgotten_a_year_after_it_is_over(desk: Desk) -> None:
    keep(desk, "2027-11-06", "2027-11-07", weeks=2)
    with desk.database.writing(scope=desk.authority.id) as session:
        rows = session.execute(select(Booking).where(col(Booking.starts_at) > datetime(2027, 11, 1, tzinfo=UTC)))
        first, second = rows.scalars()
        where = (session, "rooms", first.id or 0, desk.authority.zone)
        keeping.give_back(*where, by=desk.by, now=NOW)
        lines = session.execute(select(JournalEntry).where(col(JournalEntry.act) == "list:changed")).scalars().all()
        told = [each.data for each in lines[-2:]]
        kept = {"item": "foyer", "first_on": "2027-11-06", "booking": first.id}
        assert told == [{**kept, "kept": 2}, {**kept, "kept": -1}]
        a_year = timedelta(days=365)
        assert keeping.purge(session, desk.authority.id, now=second.ends_at + a_year) == 1  # the first of June
        assert keeping.purge(session, desk.authority.id, now=second.ends_at + a_year + timedelta(seconds=1)) == 1
    assert all(submission is not None for submission, *_ in desk.held())


def test_nothing_that_holds_an_evening_to_come_is_destroyed(desk: Desk) -> None:
    demande = filed(desk.database, room="salle-du-verger", stay={"start": "2027-09-04", "end": "2027-09-05"})
    take(desk, demande.reference)
    decide(desk, demande.reference)
    with desk.database.writing(scope=desk.authority.id) as session:
        row = session.get_one(Submission, demande.id)
        assert retention.term_of(session, desk.authority, row, NOW.date()).answers_until == date(2028, 9, 5)
        held = session.execute(select(Booking).where(col(Booking.submission_id) == demande.id)).scalar_one()
        assert clock.day_in(desk.authority.zone, held.ends_at) == date(2027, 9, 6)
        session.delete(held)
        session.flush()
        assert retention.term_of(session, desk.authority, row, NOW.date()).answers_until == date(2027, 11, 30)
