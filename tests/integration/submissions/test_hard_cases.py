"""The edges of the law: late documents, silence that nobody recorded yet, a recours on a recours, a report sent on."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlmodel import col

from grc import clock, resources
from grc.access.actors import System
from grc.authorities.models import Service
from grc.errors import Conflict, Invalid
from grc.receipts import Administration
from grc.submissions import (
    acknowledging,
    appeals,
    citizen_commands,
    commands,
    documents,
    implied,
    paper,
    reasons,
    transfers,
    withdrawing,
)
from grc.submissions.acts import Act
from grc.submissions.commands import AskedDocument, DecisionMade, DocumentsAsked
from grc.submissions.desk import Entry
from grc.submissions.documents import Marked
from grc.submissions.models import Decision, Notice, Submission
from grc.submissions.paper import PaperFiling
from grc.submissions.transfers import Transfer
from grc.submissions.withdrawing import Withdrawal
from grc.sweeping.forwarding import forward
from tests.integration.submissions.test_transfers import storage_of
from tests.support import cases, invented
from tests.support.world import World

pytestmark = pytest.mark.anyio
RECEIVED, BORN = date(2026, 11, 25), date(2027, 1, 25)
ASKED, DUE = date(2026, 12, 5), date(2027, 1, 5)
PROOF = {
    "title": "Une preuve",
    **json.loads((resources.folder("form_catalogue") / "blocks/proof/schema.json").read_text(encoding="utf-8")),
    "x-required-by": {"source": "Règlement du banc, article 1", "indispensable": True},
}
WITH_PROOF: dict[str, Any] = {
    "schema": invented.SCHEMA | {"properties": invented.SCHEMA["properties"] | {"proof": PROOF}},
    "ui": invented.UI
    | {
        "elements": [
            *invented.UI["elements"],
            {
                "type": "Category",
                "x-id": "preuve",
                "label": "La preuve",
                "elements": [{"type": "Control", "scope": "#/properties/proof"}],
            },
        ]
    },
}


def noon(day: date) -> Any:
    return cases.local(day, hour=12)


class Case:
    """A demande received on 25 November 2026 under a rule of silence of two months, in the hands of an agent."""

    def __init__(self, world: World, rule: str, **parts: Any) -> None:
        self.world, self.authority, self.agent = world, world.authority(), world.agent()
        cases.offered(world.database, rule, **{**WITH_PROOF, **parts})
        self.demande = cases.filed(world.database, at=noon(RECEIVED))
        self.citizen = self.demande.draft.visitor

    def does(self, unit: Callable[..., Any], *arguments: Any, on: date, by: Any = None, **named: Any) -> Any:
        with self.world.database.writing(scope=self.authority.id) as session:
            reference = self.demande.reference
            return unit(session, self.authority, reference, *arguments, by=by or self.agent, now=noon(on), **named)

    def asks_for_the_proof(self, on: date = ASKED, due_on: date = DUE) -> None:
        self.does(commands.take_charge, on=on, revision=self.row.revision)
        asked = DocumentsAsked([AskedDocument("proof", "missing")], due_on, "", self.row.revision)
        self.does(commands.request_documents, asked, on=on)

    def falls_silent(self, on: date = BORN) -> None:
        with self.world.database.writing(scope=self.authority.id) as session:
            at = cases.local(on + timedelta(days=1))
            assert implied.record_implied(session, self.authority.id, at) == 1

    @property
    def row(self) -> Submission:
        return cases.submission(self.world.database, self.demande)

    def decisions(self) -> list[Decision]:
        return cases.rows(self.world.database, Decision, self.demande)

    def notice(self, kind: str) -> dict[str, Any]:
        """The facts of the last notice of that kind."""
        found = [one.facts for one in cases.rows(self.world.database, Notice, self.demande) if one.kind == kind]
        return dict(found[-1])


@pytest.mark.law("R16")
@pytest.mark.law("R14")
async def test_documents_that_come_after_silence_decided_announce_no_date(world: World) -> None:
    case = Case(world, "rejection")
    case.asks_for_the_proof()
    case.falls_silent(date(2027, 2, 25))
    marked = Marked(["proof"], date(2027, 3, 10), case.row.revision)
    assert case.does(documents.mark_received, marked, on=date(2027, 3, 10)) == []
    assert (case.notice("state")["change"], case.notice("state")["silence"]) == ("documents_received", None)
    assert case.row.silence_on == date(2027, 2, 25)


@pytest.mark.law("R14")
@pytest.mark.parametrize(("rule", "outcome"), [("rejection", "refused"), ("acceptance", "accepted")])
async def test_a_demande_given_up_after_silence_decided_keeps_that_decision(
    world: World, rule: str, outcome: str
) -> None:
    case = Case(world, rule)
    case.does(citizen_commands.withdraw, on=BORN + timedelta(days=3), by=case.citizen, revision=1)
    assert [(one.kind, one.outcome, one.born_on) for one in case.decisions()] == [(f"implicit_{rule}", outcome, BORN)]
    assert (case.row.implied_on, case.row.phase) == (BORN, "closed")


@pytest.mark.law("R14")
async def test_a_demande_given_up_on_the_printed_day_is_not_decided_by_silence(world: World) -> None:
    case = Case(world, "rejection")
    case.does(citizen_commands.withdraw, on=BORN, by=case.citizen, revision=1)
    assert (case.decisions(), case.row.phase) == ([], "closed")


@pytest.mark.law("R28")
async def test_an_acceptance_that_only_confirms_silence_opens_no_new_four_months(world: World) -> None:
    case = Case(world, "acceptance")
    case.does(commands.take_charge, on=RECEIVED, revision=1)
    case.falls_silent()
    case.does(commands.decide, DecisionMade("accepted", "", case.row.revision), on=date(2027, 3, 1))
    made = Withdrawal("Contraire au règlement, article 2.", None, False, case.row.revision)
    with pytest.raises(Conflict, match="L242-1"):
        case.does(withdrawing.withdraw, made, on=date(2027, 5, 26))
    case.does(withdrawing.withdraw, made, on=date(2027, 5, 25))
    assert case.decisions()[-1].kind == "withdrawal"


@pytest.mark.law("R14")
async def test_a_decision_taken_in_time_is_followed_by_none_of_silence(world: World) -> None:
    case = Case(world, "rejection")
    case.does(commands.take_charge, on=RECEIVED, revision=1)
    case.does(commands.decide, DecisionMade("refused", "Motif.", 2), on=date(2027, 1, 10))
    with world.database.writing(scope=case.authority.id) as session:
        row = session.get_one(Submission, case.demande.id)
        act = Act(session, case.authority, row, by=case.agent, now=noon(date(2027, 3, 1)))
        assert act.replaced_by_a_decision() is None, "no implied decision was ever born"


@pytest.mark.law("R14")
@pytest.mark.parametrize(("on", "replaces"), [(BORN, None), (BORN + timedelta(days=1), BORN)])
async def test_a_refusal_on_the_printed_day_names_nothing_and_the_day_after_what_silence_decided(
    world: World, on: date, replaces: date | None
) -> None:
    case = Case(world, "rejection")
    case.does(commands.take_charge, on=RECEIVED, revision=1)
    shown = case.does(commands.preview_decision, DecisionMade("refused", "Motif.", 2), on=on)
    case.does(commands.decide, DecisionMade("refused", "Motif.", 2), on=on)
    named = case.notice("decision")["replaces"]
    assert (named and named["on"]) == (replaces and replaces.isoformat())
    assert (shown.replaces and shown.replaces.on) == replaces, "what is previewed is what is sent"


def lodged(case: Case, on: date) -> None:
    """A recours gracieux against the decision in force, received on that day."""
    (decision,) = case.decisions()
    with case.world.database.writing(scope=case.authority.id) as session:
        target = appeals.attacked(session, case.authority.id, int(decision.id or 0))
    filed = cases.filed(case.world.database, at=noon(on), attacks_id=target.decision.id)
    assert cases.submission(case.world.database, filed).reference


@pytest.mark.law("R27")
@pytest.mark.law("R12")
async def test_reasons_are_owed_as_long_as_a_recours_keeps_the_time_to_appeal_open(world: World) -> None:
    case = Case(world, "rejection")
    case.falls_silent()
    lodged(case, date(2027, 3, 20))
    case.does(reasons.ask, on=date(2027, 4, 15), by=case.citizen)  # alone, the time ended on 26 March
    assert cases.rows(world.database, Notice, case.demande)
    with pytest.raises(Conflict, match="L232-4"):
        late = Case(world, "rejection")
        late.falls_silent()
        late.does(reasons.ask, on=date(2027, 4, 15), by=late.citizen)


@pytest.mark.law("R12")
async def test_the_rejection_of_a_recours_is_for_the_court_not_for_another_recours(world: World) -> None:
    case = Case(world, "rejection")
    case.falls_silent()
    cases.offered(world.database, "rejection")
    (decision,) = case.decisions()
    recours = cases.filed(world.database, at=noon(date(2027, 2, 10)), attacks_id=decision.id)
    with world.database.writing(scope=case.authority.id) as session:
        assert implied.record_implied(session, case.authority.id, noon(date(2027, 6, 1))) == 1
    begin = partial(appeals.begin, client="127.0.0.1", by=recours.draft.visitor, now=noon(date(2027, 6, 2)))
    with world.database.writing(scope=case.authority.id) as session, pytest.raises(Conflict, match="tribunal"):
        begin(session, case.authority, recours.reference)


@pytest.mark.law("R4")
@pytest.mark.law("R2")
@pytest.mark.parametrize(
    ("rule", "due_on", "said"),
    [
        ("acceptance", "2027-03-05", "recommence le jour où nous recevons la dernière pièce"),
        ("rejection", "2027-02-25", "est suspendu jusqu’au jour où nous recevons tout"),
    ],
)
async def test_a_receipt_owed_while_documents_are_awaited_says_what_is_missing_and_the_date(
    world: World, rule: str, due_on: str, said: str
) -> None:
    with world.database.writing(scope=world.authority().id) as session:
        mine = col(Service.authority_id) == world.authority().id
        cases_service = update(Service).where(mine)
        session.execute(cases_service.values(telephone="01 99 00 00 00"))
    cases.offered(world.database, rule, **WITH_PROOF)
    with world.database.writing(scope=world.authority().id) as session:
        session.execute(cases_service.values(telephone=""))
    case = Case.__new__(Case)
    case.world, case.authority, case.agent = world, world.authority(), world.agent()
    case.demande = cases.filed(world.database, at=noon(RECEIVED))
    with world.database.writing(scope=case.authority.id) as session:
        session.execute(cases_service.values(telephone="01 99 00 00 00"))
    case.asks_for_the_proof()
    case.does(acknowledging.acknowledge, on=date(2026, 12, 7), revision=case.row.revision)
    facts = case.notice("acknowledgement")
    assert [item["title"] for item in facts["incomplete"]["items"]] == ["Votre justificatif (document manquant)"]
    assert facts["incomplete"]["deadline_on"] == DUE.isoformat()
    assert said in " ".join(facts["incomplete"]["rule"])
    assert (facts["silence"]["rule"], facts["silence"]["due_on"]) == (rule, due_on)


def sent_on(case: Case, on: date) -> None:
    there = case.world.authority("marronnier")
    made = Transfer(Administration(there.name, there.postal_address), there.id, "", case.row.revision)
    case.does(transfers.transfer, made, on=on)


async def arrived(case: Case, folder: Path, on: date) -> tuple[Submission, list[str]]:
    """The demande as it is there, and the kinds of its notices."""
    there = case.world.authority("marronnier")
    assert await forward(case.world.database, storage_of(folder), case.authority, now=noon(on)) == 1
    with case.world.database.reading(scope=there.id) as session:
        row = session.execute(select(Submission).where(col(Submission.authority_id) == there.id)).scalar_one()
        kinds = session.execute(select(Notice.kind).where(col(Notice.submission_id) == row.id)).scalars().all()
        session.expunge(row)
    return row, list(kinds)


@pytest.mark.law("R10")
@pytest.mark.law("R9")
async def test_what_a_sent_on_demande_is_told_here_and_there_is_one_date(world: World, tmp_path: Path) -> None:
    there = world.authority("marronnier")
    cases.offered(world.database, "rejection", slug="marronnier", **WITH_PROOF)
    case = Case(world, "rejection")
    case.asks_for_the_proof()
    sent_on(case, date(2026, 12, 10))
    told = case.notice("transfer")
    row, _ = await arrived(case, tmp_path, date(2026, 12, 10))
    assert told["silence"]["due_on"] == str(row.silence_on) == "2027-01-30", "suspended for five days, until it left"
    assert "Notre demande de pièces ne compte plus" in " ".join(told["rule"])
    with world.database.writing(scope=there.id) as session:
        act = Act(
            session, there, session.get_one(Submission, row.id), by=System(there.id), now=noon(date(2026, 12, 15))
        )
        stated = act.reckon([])
    assert stated is not None
    assert stated.due_on == row.silence_on, "what was announced holds there as well"


@pytest.mark.law("R10")
@pytest.mark.law("R20")
async def test_a_report_sent_on_stays_a_report(world: World, tmp_path: Path) -> None:
    whole = {"subject": "Un banc neuf", "who": "person", "person": {"email": "camille@exemple.example"}}
    for slug in ("tilleul", "marronnier"):
        cases.offered(world.database, "rejection", slug=slug, identification="optional")
    case = Case.__new__(Case)
    case.world, case.authority, case.agent = world, world.authority(), world.agent()
    case.demande = cases.filed(world.database, at=noon(RECEIVED), answers=whole)
    assert case.row.is_report
    sent_on(case, date(2026, 12, 10))
    told = case.notice("transfer")
    assert (told["silence"], "accusé de réception" in " ".join(told["rule"])) == (None, False)
    row, kinds = await arrived(case, tmp_path, date(2026, 12, 10))
    assert (row.is_report, row.silence_rule, row.silence_on, kinds) == (True, "none", None, ["report"])


@pytest.mark.law("R48")
async def test_a_recours_by_letter_is_recorded_as_a_recours(world: World) -> None:
    case = Case(world, "rejection")
    case.falls_silent()
    today = clock.now()
    received_on = clock.day_in("Europe/Paris", today)
    made = PaperFiling(
        entry=Entry(invented.SLUG, "paper", received_on, attacks=case.demande.reference),
        family_name="Exemple",
        given_names="Camille",
        line1="1 rue du Banc",
        postcode="99000",
        city="Exemple",
    )
    with world.database.writing(scope=case.authority.id) as session, pytest.raises(Invalid) as refused:
        paper.register(session, case.authority, made, by=case.agent, now=today)
    assert [one.field for one in refused.value.problems] == ["slug"]
