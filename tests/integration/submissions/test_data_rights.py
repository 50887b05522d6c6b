"""A right on one's data asked for as a procedure: one month, told in time; two more at most, with their reasons."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from grc import resources
from grc.access.actors import AgentActor, Visitor
from grc.authorities.views import AuthorityView
from grc.catalogue import loading, publishing
from grc.db import Database, Keyring, connect
from grc.errors import Misconfigured, TransitionRefused
from grc.receipts import Acknowledgement, DecisionNotice, StateNotice, from_json
from grc.submissions import citizen_commands, commands, firing, moves, queries, timelines
from grc.submissions.commands import DecisionMade
from grc.submissions.exchange_models import Timer
from grc.submissions.models import Notice, Task
from grc.submissions.moves import Move
from tests.support import cases, demandes, invented
from tests.support.demandes import Demande
from tests.support.world import SECRET, seeded

FILED = cases.local(date(2027, 1, 31), hour=10)
LAST = date(2027, 2, 28)
"""A month after 31 January."""
EXTENDED = date(2027, 4, 28)
"""Two months after the end of the first (GDPR art. 12, 3), whatever the day on which the agent extended."""


class Office:
    """Tilleul, its agent, and the procedure."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.authority: AuthorityView = demandes.commune(database)
        with database.reading(scope=self.authority.id) as session:
            self.agent: AgentActor = cases.agent(session, self.authority.id)

    def filed(self, slug: str = "donnees-personnelles", example: str = "passes-access") -> Demande:
        folder = resources.folder("form_catalogue") / slug / "examples"
        answers = json.loads((folder / f"{example}.json").read_text("utf-8"))["answers"]
        draft = demandes.begun(self.database, answers, at=FILED, procedure=slug)
        sent = demandes.sent(self.database, draft, email="camille@exemple.example", now=FILED)
        visitor = Visitor(self.authority.id, draft.visitor.session_id, granted=frozenset({sent.id}))
        return Demande(sent.id, sent.reference, sent.code, sent.email, demandes.Begun(draft.public_id, visitor, ""))

    def do(self, command: Any, demande: Demande, *args: Any, on: date, by: Any = None, **more: Any) -> Any:
        revision = cases.submission(self.database, demande).revision
        options = {"by": by or self.agent, "now": cases.local(on, hour=9), **more}
        with self.database.writing(scope=self.authority.id) as session:
            if command is commands.decide:
                made = DecisionMade(args[0], args[1], revision)
                return command(session, self.authority, demande.reference, made, **options)
            if command is moves.move:
                asked = Move(args[0], args[1], revision)
                return command(session, self.authority, demande.reference, asked, **options)
            return command(session, self.authority, demande.reference, *args, revision=revision, **options)

    def time_passes(self, day: date) -> None:
        with self.database.writing(scope=self.authority.id) as session:
            firing.fire_due(session, self.authority, as_of=cases.local(day, hour=9))

    def state(self, demande: Demande) -> str:
        return cases.submission(self.database, demande).state

    def told(self, demande: Demande) -> list[Any]:
        return [from_json(row.facts) for row in cases.rows(self.database, Notice, demande)]

    def tasks(self, demande: Demande) -> list[str]:
        return [task.title for task in cases.rows(self.database, Task, demande) if task.closed_at is None]

    def due(self, demande: Demande) -> list[tuple[str, date]]:
        with self.database.reading(scope=self.authority.id) as session:
            found = queries.whole(session, demande.reference, by=self.agent)
            lines = timelines.of_submission(found, self.authority)
        return [
            (line.label, line.on)
            for line in lines
            if line.label.startswith(("Réponse à la personne", "Réponse à la réclamation")) and line.on
        ]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    database = connect(seeded(tmp_path_factory.mktemp("rights")), Keyring([SECRET]))
    yield Office(database)
    database.close()


@pytest.mark.law("R42")
def test_the_receipt_says_no_decision_of_silence_and_agents_are_reminded_before_the_month_ends(office: Office) -> None:
    demande = office.filed()
    (receipt,) = (one for one in office.told(demande) if isinstance(one, Acknowledgement))
    row = cases.submission(office.database, demande)
    assert (row.silence_rule, row.silence_on, receipt.silence) == ("none", None, None)
    assert office.due(demande) == [("Réponse à la personne", LAST)]
    office.time_passes(LAST - timedelta(days=9))
    assert office.tasks(demande) == []
    office.time_passes(LAST - timedelta(days=6))
    assert len(office.tasks(demande)) == 1
    office.do(commands.take_charge, demande, on=LAST - timedelta(days=5))
    office.do(commands.decide, demande, "accepted", "", on=LAST)
    assert office.state(demande) == "granted"
    assert office.tasks(demande) == []
    (decision,) = (one for one in office.told(demande) if isinstance(one, DecisionNotice))
    assert decision.outcome == "accepted"


@pytest.mark.law("R42")
def test_it_is_extended_once_within_the_month_and_the_person_reads_why(office: Office) -> None:
    demande = office.filed()
    office.do(commands.take_charge, demande, on=date(2027, 2, 2))
    office.do(moves.move, demande, "ask", "Quelle année ?", on=date(2027, 2, 3))
    assert office.state(demande) == "in_progress"
    office.do(moves.move, demande, "extend", "Vos données sont dans dix services.", on=date(2027, 2, 20))
    told = [one for one in office.told(demande) if isinstance(one, StateNotice) and one.note]
    assert [one.note for one in told] == ["Quelle année ?", "Vos données sont dans dix services."]
    assert ("Réponse à la personne, délai prolongé", EXTENDED) in office.due(demande)
    with pytest.raises(TransitionRefused):
        office.do(moves.move, demande, "extend", "Encore.", on=date(2027, 2, 21))
    office.time_passes(EXTENDED - timedelta(days=14))
    assert office.tasks(demande) == []
    office.time_passes(EXTENDED - timedelta(days=13))
    assert len(office.tasks(demande)) == 1
    office.do(commands.decide, demande, "refused", "La loi oblige à garder ces données.", on=EXTENDED)
    assert office.state(demande) == "refused"
    (refusal,) = (one for one in office.told(demande) if isinstance(one, DecisionNotice))
    assert "CNIL" in refusal.letter
    assert [route.kind for route in refusal.appeals] == ["gracieux", "contentieux"]
    running = office.database.reading(scope=office.authority.id)
    with running as session:
        mine = (col(Timer.submission_id) == demande.id, col(Timer.state) == "running")
        assert session.execute(select(Timer).where(*mine)).all() == []


def test_once_the_month_is_over_it_is_no_longer_extended_and_the_person_may_still_withdraw(office: Office) -> None:
    demande = office.filed()
    office.do(commands.take_charge, demande, on=date(2027, 2, 2))
    office.time_passes(LAST + timedelta(days=1))
    assert office.tasks(demande)
    with pytest.raises(TransitionRefused):
        office.do(moves.move, demande, "extend", "Trop tard.", on=LAST + timedelta(days=1))
    office.do(citizen_commands.withdraw, demande, by=demande.draft.visitor, on=LAST + timedelta(days=2))
    assert (office.state(demande), office.tasks(demande)) == ("withdrawn", [])


@pytest.mark.law("R42")
def test_an_impact_assessment_that_is_needed_is_confirmed_before_the_procedure_is_published(office: Office) -> None:
    needed = {"needed": "yes", "why": "Des enfants, en grand nombre."}
    with pytest.raises(Misconfigured) as refused:
        invented.published(office.database, dpia=needed)
    assert "--confirm dpia" in str(refused.value)
    invented.published(office.database, dpia={**needed, "needed": "to-assess"})
    procedure = loading.from_document(invented.document(dpia=needed))
    with office.database.writing(scope=office.authority.id) as session:
        publishing.publish(
            session,
            office.authority.id,
            procedure,
            service_slug="etat-civil",
            confirmed={"silence", "appeal", "lint", "dpia"},
            by="test",
            now=FILED,
        )


@pytest.mark.law("R44")
def test_a_complaint_of_accessibility_is_given_more_time_within_the_week_and_is_still_followed(office: Office) -> None:
    in_time, late = (office.filed("accessibilite-numerique", "passes-button-by-keyboard") for _ in range(2))
    for demande in (in_time, late):
        office.do(commands.take_charge, demande, on=FILED.date())
    week = FILED.date() + timedelta(days=7)
    office.do(moves.move, in_time, "extend", "Le menu est à refaire.", on=week)
    named, until = office.due(in_time)[-1]
    assert (named, until > week) == ("Réponse à la réclamation, réparation complexe", True)
    office.time_passes(week + timedelta(days=1))
    assert (office.tasks(in_time), len(office.tasks(late))) == ([], 1)
    with pytest.raises(TransitionRefused):
        office.do(moves.move, late, "extend", "Trop tard.", on=week + timedelta(days=1))
    office.time_passes(until)
    assert len(office.tasks(in_time)) == 1
