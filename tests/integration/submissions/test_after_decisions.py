"""What follows a decision: attestation, reasons, withdrawal of an acceptance, erratum, letters on paper."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update
from sqlmodel import col

from grc.errors import Conflict, Invalid
from grc.outbox.models import OutboxEntry
from grc.submissions import attesting, commands, correcting, implied, reasons, withdrawing
from grc.submissions.commands import DecisionMade
from grc.submissions.correcting import Correction
from grc.submissions.models import Decision, Event, Notice, Submission, Task
from grc.submissions.reasons import Answer
from grc.submissions.withdrawing import Withdrawal
from tests.support import cases
from tests.support.demandes import Demande
from tests.support.world import World

pytestmark = pytest.mark.anyio
RECEIVED, BORN = date(2025, 6, 30), date(2025, 8, 30)
NOON = cases.local(RECEIVED, hour=12)
MIDNIGHT = cases.local(BORN + timedelta(days=1))


class Case:
    """A demande under a rule of silence, and who acts on it."""

    def __init__(self, world: World, rule: str, **parts: Any) -> None:
        self.world, self.authority, self.agent = world, world.authority(), world.agent()
        cases.offered(world.database, rule, **parts)
        self.demande: Demande = cases.filed(world.database, at=NOON)
        self.citizen = self.demande.draft.visitor

    def does(self, unit: Callable[..., Any], *arguments: Any, at: datetime, by: Any = None, **named: Any) -> Any:
        """One unit of work on the demande."""
        with self.world.database.writing(scope=self.authority.id) as session:
            reference = self.demande.reference
            return unit(session, self.authority, reference, *arguments, by=by or self.agent, now=at, **named)

    def takes_charge(self, at: datetime = NOON) -> None:
        self.does(commands.take_charge, at=at, revision=1)

    def falls_silent(self) -> None:
        with self.world.database.writing(scope=self.authority.id) as session:
            assert implied.record_implied(session, self.authority.id, MIDNIGHT) == 1

    def rows(self, table: Any) -> list[Any]:
        return cases.rows(self.world.database, table, self.demande)

    @property
    def now(self) -> Submission:
        return cases.submission(self.world.database, self.demande)

    def kinds(self) -> list[str]:
        return [one.kind for one in self.rows(Notice)]

    def open_tasks(self) -> list[tuple[str, date | None]]:
        return [(one.kind, one.due_on) for one in self.rows(Task) if one.closed_at is None]


@pytest.mark.law("R26")
async def test_the_attestation_opens_on_the_printed_day_and_is_made_once(world: World) -> None:
    case = Case(world, "acceptance")
    case.takes_charge()
    with pytest.raises(Conflict):
        case.does(attesting.attest, at=cases.local(BORN) - timedelta(seconds=1), by=case.citizen)
    case.does(attesting.attest, at=cases.local(BORN), by=case.citizen)
    case.falls_silent()
    case.does(attesting.attest, at=MIDNIGHT + timedelta(days=40), by=case.citizen)
    made = [one for one in case.rows(Notice) if one.kind == "attestation"]
    assert len(made) == 1
    facts = made[0].facts
    assert (facts["accepted_on"], facts["asked_on"], facts["received_on"]) == ("2025-08-30", "2025-08-30", "2025-06-30")
    assert facts["agent"]["family_name"] == "Modèle"


@pytest.mark.law("R26")
async def test_nobody_in_charge_signs_nothing_until_an_agent_does(world: World) -> None:
    case = Case(world, "acceptance")
    case.falls_silent()
    case.does(attesting.attest, at=MIDNIGHT, by=case.citizen)
    case.does(attesting.attest, at=MIDNIGHT, by=case.citizen)
    assert (case.open_tasks(), "attestation" in case.kinds()) == (
        [("attestation_owed", BORN + timedelta(days=1))],
        False,
    )
    case.does(attesting.attest, at=MIDNIGHT + timedelta(days=2))
    (made,) = (one for one in case.rows(Notice) if one.kind == "attestation")
    assert (made.facts["asked_on"], made.facts["issued_on"]) == ("2025-08-31", "2025-09-02")
    assert case.open_tasks() == []


@pytest.mark.law("R26")
async def test_a_demande_that_silence_refuses_has_no_attestation(world: World) -> None:
    case = Case(world, "rejection")
    case.falls_silent()
    with pytest.raises(Conflict):
        case.does(attesting.attest, at=MIDNIGHT, by=case.citizen)


@pytest.mark.law("R27")
async def test_reasons_asked_in_time_are_owed_within_a_month_and_given_once(world: World) -> None:
    case = Case(world, "rejection")
    case.falls_silent()
    last = cases.local(date(2025, 10, 31), hour=23)
    case.does(reasons.ask, at=last, by=case.citizen)
    case.does(reasons.ask, at=last, by=case.citizen)
    assert case.open_tasks() == [("reasons_owed", date(2025, 11, 30))]
    with pytest.raises(Invalid):
        case.does(reasons.give, Answer("  ", case.now.revision), at=last)
    case.does(reasons.give, Answer("Le banc est déjà neuf.", case.now.revision), at=last + timedelta(days=3))
    facts = case.rows(Notice)[-1].facts
    assert (facts["kind"], facts["rejected_on"], facts["asked_on"]) == ("reasons", "2025-08-30", "2025-10-31")
    assert case.open_tasks() == []
    with pytest.raises(Conflict):
        case.does(reasons.give, Answer("Encore.", case.now.revision), at=last + timedelta(days=4))


@pytest.mark.law("R27")
async def test_reasons_asked_after_the_time_to_appeal_are_not_owed(world: World) -> None:
    case = Case(world, "rejection")
    case.falls_silent()
    with pytest.raises(Conflict, match="L232-4"):
        case.does(reasons.ask, at=cases.local(date(2025, 11, 1)), by=case.citizen)
    assert case.open_tasks() == []


@pytest.mark.law("R28")
@pytest.mark.parametrize("is_implied", [True, False])
async def test_an_acceptance_is_withdrawn_within_four_months_and_never_after(world: World, is_implied: bool) -> None:
    case = Case(world, "acceptance")
    case.takes_charge()
    if is_implied:
        case.falls_silent()
    else:
        case.does(commands.decide, DecisionMade("accepted", "", 2), at=cases.local(BORN, hour=1))
    made = Withdrawal("Contraire au règlement, article 2.", date(2025, 12, 1), False, case.now.revision)
    with pytest.raises(Conflict, match="L242-1"):
        case.does(withdrawing.withdraw, made, at=cases.local(date(2025, 12, 31)))
    with pytest.raises(Invalid):
        case.does(withdrawing.withdraw, Withdrawal(" ", None, False, made.revision), at=cases.local(date(2025, 12, 30)))
    case.does(withdrawing.withdraw, made, at=cases.local(date(2025, 12, 30), hour=23))
    first, last = case.rows(Decision)[0], case.rows(Decision)[-1]
    assert (last.kind, last.outcome, last.replaces_id) == ("withdrawal", "refused", first.id)
    row, facts = case.now, case.rows(Notice)[-1].facts
    assert (row.state, row.phase, facts["kind"], facts["heard_on"]) == (
        "refused",
        "decided",
        "acceptance_withdrawn",
        "2025-12-01",
    )
    kind = "implicit_acceptance" if is_implied else "acceptance"
    assert facts["withdraws"]["kind"] == kind
    with pytest.raises(Conflict):
        case.does(attesting.attest, at=MIDNIGHT + timedelta(days=200), by=case.citizen)


@pytest.mark.law("R28")
async def test_the_holder_may_ask_for_a_withdrawal_later(world: World) -> None:
    case = Case(world, "acceptance")
    case.falls_silent()
    made = Withdrawal("Vous y renoncez.", None, True, case.now.revision)
    case.does(withdrawing.withdraw, made, at=cases.local(date(2026, 6, 1)))
    assert case.rows(Decision)[-1].kind == "withdrawal"


@pytest.mark.law("R48")
async def test_an_erratum_names_the_decision_and_changes_no_outcome(world: World) -> None:
    case = Case(world, "rejection")
    case.takes_charge()
    with pytest.raises(Conflict):
        case.does(correcting.correct, Correction("rouge", "vert", 2), at=NOON)
    case.does(commands.decide, DecisionMade("refused", "Le banc est rouge.", 2), at=NOON + timedelta(days=1))
    before = case.now
    with pytest.raises(Invalid) as refused:
        case.does(correcting.correct, Correction("", "", before.revision), at=NOON + timedelta(days=2))
    assert [one.field for one in refused.value.problems] == ["wrong", "right"]
    case.does(correcting.correct, Correction("rouge", "vert", before.revision), at=NOON + timedelta(days=2))
    wrong, erratum = case.rows(Decision)
    assert (erratum.corrects_id, erratum.outcome, case.now.state) == (wrong.id, "refused", before.state)
    facts = case.rows(Notice)[-1].facts
    assert (facts["reasons"], facts["corrects"]) == (
        "Le banc est vert.",
        {"kind": "refusal", "on": "2025-07-01", "reference": ""},
    )
    assert case.rows(Event)[-1].kind == "decision:corrected"
    assert [one.notified_at for one in case.rows(Decision)] == [None, None]
    await world.deliver()
    assert all(one.notified_at is not None for one in case.rows(Decision))


@pytest.mark.law("R48")
async def test_a_second_erratum_keeps_what_the_first_corrected(world: World) -> None:
    case = Case(world, "rejection")
    case.takes_charge()
    case.does(commands.decide, DecisionMade("refused", "Le banc\nest rouge et petit.", 2), at=NOON + timedelta(days=1))

    def correct(wrong: str, right: str) -> str:
        case.does(correcting.correct, Correction(wrong, right, case.now.revision), at=NOON + timedelta(days=2))
        return str(case.rows(Notice)[-1].facts["reasons"])

    assert correct("banc est rouge", "banc est vert") == "Le banc est vert et petit."
    assert correct("petit", "grand") == "Le banc est vert et grand."
    assert correct(case.now.applicant_name, "Camille Modèle") == "Le banc est vert et grand.", "a name of its notice"
    assert [one.reasons for one in case.rows(Decision)][1:] == ["banc est vert", "grand", "Camille Modèle"]


@pytest.mark.law("R48")
async def test_an_erratum_quotes_what_the_decision_says_now(world: World) -> None:
    case = Case(world, "rejection")
    case.takes_charge()
    case.does(commands.decide, DecisionMade("refused", "Le banc est rouge.", 2), at=NOON + timedelta(days=1))
    case.does(correcting.correct, Correction("rouge", "vert", case.now.revision), at=NOON + timedelta(days=2))
    for nowhere in ("bleu", "rouge"):
        made = Correction(nowhere, "jaune", case.now.revision)
        with pytest.raises(Invalid) as refused:
            case.does(correcting.preview, made, at=NOON + timedelta(days=2))
        assert [(one.field, one.code) for one in refused.value.problems] == [("wrong", "absent")]
        assert "Recopiez-le mot pour mot." in refused.value.problems[0].message


@pytest.mark.law("R30")
@pytest.mark.law("R48")
@pytest.mark.parametrize("values", [{"contact_email": ""}, {"on_paper": True}])
async def test_decisions_are_printed_for_who_has_no_address_or_refuses_mail(
    world: World, values: dict[str, Any]
) -> None:
    case = Case(world, "rejection")
    case.takes_charge()
    with world.database.writing(scope=case.authority.id) as session:
        session.execute(update(Submission).where(col(Submission.id) == case.demande.id).values(values))
    before = len(case.rows(OutboxEntry))
    case.does(commands.decide, DecisionMade("refused", "Motif.", 2), at=NOON + timedelta(days=1))
    assert case.open_tasks() == [("print_letter", None)]
    assert len(case.rows(OutboxEntry)) == before
    notice = case.rows(Notice)[-1]
    assert (notice.kind, case.rows(Task)[-1].notice_id) == ("decision", notice.id)
