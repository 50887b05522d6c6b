"""How long a demande is kept once it has ended, and what is proposed for destruction: never one that is open."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update
from sqlmodel import col

from grc.access.actors import AgentActor
from grc.access.reach import of_role
from grc.authorities import queries as authorities
from grc.db import Database, Keyring, connect
from grc.submissions import citizen_commands, commands, implied, reasons, retention
from grc.submissions.commands import DecisionMade
from grc.submissions.exchange_models import SubmissionLink
from grc.submissions.models import Decision, Submission
from grc.submissions.reasons import Answer
from grc.submissions.retention import Proposal
from tests.support import cases, invented
from tests.support.demandes import Demande, commune
from tests.support.world import SECRET

RECEIVED = cases.local(date(2026, 6, 30), hour=12)
DECIDED = cases.local(date(2026, 7, 31), hour=12)
LAST_APPEAL = date(2026, 10, 1)
UNTIL = date(2027, 7, 31)
"""A year after the decision: the invented procedure is kept so long."""


@pytest.fixture
def database(database_url: str) -> Any:
    made = connect(database_url, Keyring([SECRET]))
    cases.offered(made, "rejection")
    yield made
    made.close()


def agent(database: Database) -> AgentActor:
    authority = commune(database)
    with database.reading(scope=authority.id) as session:
        row = authorities.agent_of_email(session, authority.id, "claire.modele@tilleul.example")
        assert row is not None
        return authorities.actor_of(row, reach=of_role(row.role, frozenset()))


def filed(database: Database) -> Demande:
    return cases.filed(database, at=RECEIVED)


def decided(
    database: Database, demande: Demande, outcome: Any = "accepted", *, at: datetime = DECIDED, is_told: bool = True
) -> None:
    """Decided then, and notified at once, or not."""
    authority, by = commune(database), agent(database)
    with database.writing(scope=authority.id) as session:
        taken = commands.take_charge(session, authority, demande.reference, revision=1, by=by, now=at)
        made = DecisionMade(outcome, "Un motif.", taken.revision)
        commands.decide(session, authority, demande.reference, made, by=by, now=at)
    if is_told:
        told(database, demande, at)


def told(database: Database, demande: Demande, at: datetime) -> None:
    """The mail of its decision left then."""
    with database.writing(scope=commune(database).id) as session:
        mine = update(Decision).where(col(Decision.submission_id) == demande.id)
        session.execute(mine.values(notified_at=at))


def swept(database: Database, day: date) -> list[Proposal]:
    """Both sweeps at noon of that day, until nothing is left; gives the list."""
    authority, as_of = commune(database), cases.local(day, hour=12)
    with database.writing(scope=authority.id) as session:
        for sweep in (retention.set_terms, retention.propose):
            assert sweep(session, authority.id, as_of) < 5
            assert sweep(session, authority.id, as_of) == 0
    with database.reading(scope=authority.id) as session:
        return list(retention.proposals(session, authority.id))


@pytest.mark.law("R42")
@pytest.mark.law("R43")
def test_what_has_ended_is_proposed_the_day_after_its_term_and_destroyed_by_nobody(database: Database) -> None:
    demande = filed(database)
    decided(database, demande)
    assert swept(database, UNTIL) == []
    assert cases.submission(database, demande).retained_until == UNTIL
    (line,) = swept(database, UNTIL + timedelta(days=1))
    assert (line.reference, line.procedure, line.months) == (demande.reference, "Banc abîmé", 12)
    assert (line.term.ended_on, line.term.appeal_until) == (date(2026, 7, 31), LAST_APPEAL)
    assert (line.term.answers_until, line.term.receipts_until) == (UNTIL, date(2027, 10, 1))
    assert line.proposed_on == UNTIL + timedelta(days=1)
    assert swept(database, UNTIL + timedelta(days=400)) == [line]
    assert cases.submission(database, demande).answers != {}


@pytest.mark.law("R43")
def test_where_the_cada_comes_first_the_time_of_appeal_is_its_own_its_silence_and_the_courts(
    database: Database,
) -> None:
    cada = {"kind": "cada", "to": "la CADA", "delay_months": 2, "source": "CRPA, art. L342-1"}
    cases.offered(database, "rejection", appeal=[cada, cases.CONTENTIEUX])
    demande = filed(database)
    decided(database, demande, "refused")
    swept(database, UNTIL)
    (line,) = swept(database, UNTIL + timedelta(days=1))
    assert line.term.appeal_until == date(2027, 2, 1)  # six months and a day
    assert line.term.receipts_until == date(2028, 2, 1)


@pytest.mark.law("R43")
def test_an_open_demande_is_never_proposed_even_decided_by_silence(database: Database) -> None:
    demande = filed(database)
    assert swept(database, date(2056, 1, 1)) == []
    assert cases.submission(database, demande).retained_until is None


def test_a_demande_reopened_since_loses_its_term_and_gets_a_new_one_at_its_end(database: Database) -> None:
    demande = filed(database)
    decided(database, demande)
    swept(database, UNTIL)
    change(database, demande, phase="examined")
    assert swept(database, UNTIL + timedelta(days=1)) == []
    assert cases.submission(database, demande).retained_until is None
    change(database, demande, phase="decided", state_since=cases.local(date(2027, 8, 31), hour=12))
    assert swept(database, date(2028, 8, 31)) == []
    assert len(swept(database, date(2028, 9, 1))) == 1


def test_a_demande_ended_again_since_is_judged_by_its_last_end(database: Database) -> None:
    demande = filed(database)
    decided(database, demande)
    swept(database, UNTIL)
    change(database, demande, state_since=cases.local(date(2026, 12, 24), hour=12))
    assert swept(database, UNTIL + timedelta(days=1)) == []
    assert cases.submission(database, demande).retained_until == date(2027, 12, 24)


@pytest.mark.parametrize(("ends", "is_proposed"), [("from", False), ("to", False), ("none", True)])
def test_a_recours_that_is_open_keeps_what_it_attacks(database: Database, ends: str, is_proposed: bool) -> None:
    demande, recours = filed(database), filed(database)
    decided(database, demande, "refused")
    pair = {"from_id": recours.id, "to_id": demande.id}
    link = pair if ends == "from" else {"from_id": demande.id, "to_id": recours.id}
    authority = commune(database)
    if ends != "none":
        with database.writing(scope=authority.id) as session:
            session.add(SubmissionLink(authority_id=authority.id, kind="appeal", at=DECIDED, **link))
    assert [one.reference for one in swept(database, date(2030, 1, 1))] == [demande.reference] * is_proposed


def test_the_delay_of_appeal_is_never_cut_short(database: Database) -> None:
    cases.offered(database, "rejection", retention={"months": 1, "source": "Essai", "basis": "Un mois."})
    demande = filed(database)
    decided(database, demande, "refused")
    assert swept(database, LAST_APPEAL) == []
    (line,) = swept(database, LAST_APPEAL + timedelta(days=1))
    assert line.term.answers_until == LAST_APPEAL


def short_lived(database: Database) -> Demande:
    """A demande that is kept for a month, so that the appeals decide."""
    cases.offered(database, "rejection", retention={"months": 1, "source": "Essai", "basis": "Un mois."})
    return filed(database)


@pytest.mark.law("R43")
def test_a_recours_that_was_rejected_lengthens_what_it_attacks_and_its_receipts(database: Database) -> None:
    demande = short_lived(database)
    decided(database, demande, "refused")
    (refusal,) = cases.rows(database, Decision, demande)
    recours = cases.filed(database, at=cases.local(date(2026, 9, 25), hour=12), attacks_id=refusal.id)
    rejected = cases.local(date(2026, 11, 10), hour=12)
    decided(database, recours, "refused", at=rejected)
    assert swept(database, date(2027, 1, 11)) == []
    assert cases.submission(database, demande).retained_until == date(2027, 1, 11)
    (line,) = (one for one in swept(database, date(2027, 1, 12)) if one.reference == demande.reference)
    assert (line.term.appeal_until, line.term.receipts_until) == (date(2027, 1, 11), date(2028, 1, 11))


@pytest.mark.law("R43")
def test_reasons_asked_for_lengthen_it_and_owed_they_keep_it(database: Database) -> None:
    demande, authority, by = short_lived(database), commune(database), agent(database)

    def does(unit: Any, *arguments: Any, on: date, by: Any) -> None:
        with database.writing(scope=authority.id) as session:
            unit(session, authority, demande.reference, *arguments, by=by, now=cases.local(on, hour=12))

    with database.writing(scope=authority.id) as session:
        assert implied.record_implied(session, authority.id, cases.local(date(2026, 9, 1))) == 1
    does(reasons.ask, on=date(2026, 10, 30), by=demande.draft.visitor)
    change(database, demande, phase="closed", state_since=cases.local(date(2026, 9, 1), hour=12))
    assert swept(database, date(2027, 9, 1)) == []
    answer = Answer("Un motif.", cases.submission(database, demande).revision)
    does(reasons.give, answer, on=date(2027, 9, 15), by=by)
    assert swept(database, date(2027, 11, 16)) == []
    assert [one.term.appeal_until for one in swept(database, date(2027, 11, 17))] == [date(2027, 11, 16)]


@pytest.mark.law("R43")
def test_a_decision_that_nobody_was_notified_of_is_kept_until_it_is(database: Database) -> None:
    demande = short_lived(database)
    decided(database, demande, "refused", is_told=False)
    for years in (0, 5, 40):
        assert swept(database, UNTIL.replace(year=UNTIL.year + years)) == []
    told(database, demande, cases.local(date(2068, 3, 1), hour=12))
    assert [one.term.appeal_until for one in swept(database, date(2068, 6, 1))] == [date(2068, 5, 2)]


@pytest.mark.law("R42")
def test_what_was_granted_and_still_runs_has_no_term_until_it_ends(database: Database) -> None:
    workflow = invented.document(workflow="standard")["workflow"]
    workflow["states"]["accepted"]["meta"]["ongoing"] = True
    workflow["states"]["accepted"]["on"] = {"end": {"target": "ended", "meta": {"label": "Finir", "by": ["handler"]}}}
    workflow["states"]["ended"] = {"meta": {"label": "Finie", "sentence": "C’est fini.", "phase": "closed"}}
    cases.offered(database, "rejection", workflow=workflow)
    demande = filed(database)
    decided(database, demande)
    for years in (1, 5, 40):
        assert swept(database, UNTIL.replace(year=UNTIL.year + years)) == []
    ended = cases.local(date(2070, 6, 1), hour=12)
    change(database, demande, state="ended", phase="closed", state_since=ended)
    assert swept(database, date(2071, 6, 1)) == []
    (line,) = swept(database, date(2071, 6, 2))
    assert (line.reference, line.term.ended_on) == (demande.reference, date(2070, 6, 1))


@pytest.mark.law("R33")
def test_months_counted_from_the_request_end_sooner_but_never_before_the_appeals(database: Database) -> None:
    kept = {"months": 2, "source": "Essai", "basis": "Deux mois.", "since": "request"}
    cases.offered(database, "rejection", retention=kept)
    soon, late = filed(database), filed(database)
    decided(database, soon, at=RECEIVED)
    with database.writing(scope=commune(database).id) as session:
        by = late.draft.visitor
        authority = commune(database)
        citizen_commands.withdraw(session, authority, late.reference, revision=1, by=by, now=DECIDED)
    swept(database, date(2026, 8, 1))
    assert cases.submission(database, late).retained_until == date(2026, 8, 30)
    assert cases.submission(database, soon).retained_until == date(2026, 8, 31)


def test_what_was_withdrawn_is_kept_its_period_from_that_day(database: Database) -> None:
    demande, authority = filed(database), commune(database)
    with database.writing(scope=authority.id) as session:
        by = demande.draft.visitor
        citizen_commands.withdraw(session, authority, demande.reference, revision=1, by=by, now=DECIDED)
    (line,) = swept(database, UNTIL + timedelta(days=1))
    assert (line.term.appeal_until, line.term.answers_until, line.term.receipts_until) == (None, UNTIL, UNTIL)


def change(database: Database, demande: Demande, **values: Any) -> None:
    authority = commune(database)
    with database.writing(scope=authority.id) as session:
        session.execute(update(Submission).where(col(Submission.id) == demande.id).values(values))
