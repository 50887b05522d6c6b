"""A refusal that nobody was notified of before silence accepted: pages, attestation and sweep give one answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update
from sqlmodel import col

from grc.errors import Conflict
from grc.submissions import attesting, commands, correcting, letters, queries, timelines, withdrawing
from grc.submissions.commands import DecisionMade
from grc.submissions.correcting import Correction
from grc.submissions.models import Decision, Event, Notice, Submission, Task
from grc.submissions.withdrawing import Withdrawal
from grc.sweeping.sweeps import SWEEPS
from tests.support import cases
from tests.support.world import World

pytestmark = pytest.mark.anyio
RECEIVED, BORN = date(2025, 6, 30), date(2025, 8, 30)
EVE = BORN - timedelta(days=1)
(SILENCE,) = (one for one in SWEEPS if one.name == "implied_decisions")


def at(day: date, hour: int = 9) -> datetime:
    return cases.local(day, hour=hour)


class Refused:
    """A demande that silence would accept, refused on the eve; its letter goes by post, or its mail left never."""

    def __init__(self, world: World, rule: str = "acceptance", *, on_paper: bool = True) -> None:
        self.world, self.authority, self.agent = world, world.authority(), world.agent()
        cases.offered(world.database, rule)
        self.demande = cases.filed(world.database, at=at(RECEIVED))
        self.citizen = self.demande.draft.visitor
        mine = update(Submission).where(col(Submission.id) == self.demande.id)
        self.writes(lambda session: session.execute(mine.values(on_paper=on_paper)))
        self.does(commands.take_charge, on=RECEIVED, revision=1)
        self.does(commands.decide, DecisionMade("refused", "Le banc est neuf.", 2), on=EVE)

    def writes(self, unit: Callable[..., Any]) -> Any:
        with self.world.database.writing(scope=self.authority.id) as session:
            return unit(session)

    def does(self, unit: Callable[..., Any], *arguments: Any, on: date, by: Any = None, **named: Any) -> Any:
        reference, by = self.demande.reference, by or self.agent
        return self.writes(
            lambda session: unit(session, self.authority, reference, *arguments, by=by, now=at(on), **named)
        )

    def swept(self, on: date) -> int:
        return int(self.writes(lambda session: SILENCE.unit(session, self.authority.id, at(on)).count))

    def told(self, **values: Any) -> None:
        """What an agent notes, or the mail server says, of the refusal."""
        mine = update(Decision).where(col(Decision.submission_id) == self.demande.id)
        self.writes(lambda session: session.execute(mine.where(col(Decision.kind) == "express").values(**values)))

    def posts(self, posted_on: date, *, on: date) -> None:
        """An agent prints the letter of the refusal, and notes the day of its posting."""
        (notice,) = (one.id for one in self.rows(Notice) if one.kind == "decision")
        self.does(letters.keep, notice, b"%PDF", on=on)
        revision = cases.submission(self.world.database, self.demande).revision
        self.does(letters.note_posted, notice, posted_on, on=on, revision=revision)

    def rows(self, table: Any) -> list[Any]:
        return cases.rows(self.world.database, table, self.demande)

    def tasks(self) -> list[str]:
        return [one.kind for one in self.rows(Task) if one.closed_at is None]

    def answers(self) -> tuple[bool, bool]:
        """What the page of dates says, and what the attestation depends on, on the printed day: accepted or not."""
        with self.world.database.reading(scope=self.authority.id) as session:
            found = queries.whole(session, self.demande.reference, by=self.agent)
            labels = [line.label for line in timelines.of_submission(found, self.authority)]
        open_to = attesting.may_attest(found.submission, list(found.decisions), BORN, zone=self.authority.zone)
        return "Attestation d’acceptation ouverte, refus impossible" in labels, open_to


@pytest.mark.law("R13")
@pytest.mark.law("R14")
@pytest.mark.law("R26")
async def test_a_letter_that_has_not_left_opens_a_task_and_one_posted_in_time_closes_it(world: World) -> None:
    case = Refused(world)
    assert case.swept(EVE) == 0
    assert case.tasks() == ["print_letter"]
    assert [case.swept(BORN), case.swept(BORN), case.swept(BORN + timedelta(days=9))] == [1, 0, 0]
    assert case.tasks() == ["print_letter", "refusal_late"]
    assert case.answers() == (True, True)
    agent, citizen = world.browser(), world.browser()
    await agent.sign_in_agent()
    citizen.client.cookies.set("grc-citizen-tilleul-8000", case.demande.draft.token)
    shown = (await agent.get(f"/tilleul/agents/demandes/{case.demande.reference}")).text.replace("\u00a0", " ")
    assert "Le refus n’a pas été notifié avant le 30 août 2025 : le silence a accepté (L231-1)." in shown
    assert "Demander mon attestation" in (await citizen.get(f"/tilleul/demandes/{case.demande.reference}")).text
    case.posts(EVE, on=BORN + timedelta(days=9))
    assert [case.swept(BORN + timedelta(days=9)), case.swept(BORN + timedelta(days=9))] == [1, 0]
    assert case.tasks() == []
    assert case.answers() == (False, False)
    assert "Demander mon attestation" not in (await citizen.get(f"/tilleul/demandes/{case.demande.reference}")).text
    with pytest.raises(Conflict, match="n’a pas accepté"):
        case.does(attesting.attest, on=BORN, by=case.citizen)
    assert [one.kind for one in case.rows(Decision)] == ["express"]


@pytest.mark.law("R14")
@pytest.mark.law("R26")
async def test_a_letter_posted_too_late_leaves_the_acceptance_recorded_and_told(world: World) -> None:
    case = Refused(world)
    assert case.swept(BORN) == 1
    case.posts(BORN, on=BORN)
    assert case.swept(BORN) == 0, "the printed day is not over"
    after = BORN + timedelta(days=1)
    assert [case.swept(after), case.swept(after)] == [1, 0]
    refusal, acceptance = case.rows(Decision)
    assert (refusal.kind, acceptance.kind, acceptance.born_on) == ("express", "implicit_acceptance", BORN)
    assert case.rows(Event)[-1].kind == "submission:implied"
    assert case.rows(Notice)[-1].kind == "implied_decision"
    assert case.tasks() == ["workflow"]
    assert case.answers() == (True, True)
    row = cases.submission(world.database, case.demande)
    made = Withdrawal("Contraire au règlement.", None, False, row.revision)
    case.does(withdrawing.withdraw, made, on=after)
    assert case.answers() == (False, False), "what was withdrawn is attested no more, and not withdrawn twice"


@pytest.mark.law("R14")
async def test_a_mail_that_left_too_late_or_came_back_is_watched(world: World) -> None:
    case = Refused(world, on_paper=False)
    assert case.swept(BORN) == 0, "it may still leave: nobody has failed yet"
    assert case.answers() == (True, True)
    await world.deliver()
    assert case.tasks() == ["refusal_late"]
    assert case.swept(BORN + timedelta(days=30)) == 1
    assert [one.kind for one in case.rows(Decision)] == ["express", "implicit_acceptance"]
    back = Refused(world, on_paper=False)
    lost = {"kind": "mail_undelivered", "opened_at": at(BORN)}
    back.writes(
        lambda session: session.add(Task(authority_id=back.authority.id, submission_id=back.demande.id, **lost))
    )
    assert back.swept(BORN) == 1
    assert back.tasks() == ["mail_undelivered", "refusal_late"]


@pytest.mark.law("R26")
async def test_an_agent_signs_what_may_turn_out_to_be_refused(world: World) -> None:
    case = Refused(world)
    case.does(attesting.attest, on=BORN, by=case.citizen)
    assert "attestation_owed" in case.tasks()
    case.does(attesting.attest, on=BORN)
    assert case.rows(Notice)[-1].kind == "attestation"


@pytest.mark.law("R14")
@pytest.mark.parametrize("rule", ["acceptance", "rejection"])
async def test_a_refusal_notified_in_time_stays_so_whatever_its_erratum(world: World, rule: str) -> None:
    case = Refused(world, rule)
    case.told(notified_at=at(EVE))
    case.does(correcting.correct, Correction("neuf", "récent", 3), on=BORN + timedelta(days=9))
    with world.database.writing(scope=case.authority.id) as session:
        later = update(Decision).where(col(Decision.corrects_id).is_not(None))
        session.execute(later.values(posted_on=BORN + timedelta(days=9)))
        found = queries.whole(session, case.demande.reference, by=case.agent)
        labels = [line.label for line in timelines.of_submission(found, case.authority)]
    assert not any("implicite" in label for label in labels), labels
    assert case.answers() == (False, False)
    assert case.swept(BORN + timedelta(days=20)) == 0
