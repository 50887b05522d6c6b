"""The timeline of a demande counts what other tables say of it: the recours against its decision, their rejection."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select
from sqlmodel import Session, col

from grc.receipts.course import Line
from grc.submissions import appeals, queries, timelines
from grc.submissions.exchange_models import SubmissionLink
from grc.submissions.models import Decision
from tests.support import demandes
from tests.support.world import World

pytestmark = pytest.mark.anyio

RECEIVED = datetime(2026, 6, 30, 9, 0, tzinfo=UTC)
"""Silence refuses on 30 August 2026, a Sunday; without a recours the last day of appeal is 2 November."""
LODGED = datetime(2026, 10, 15, 9, 0, tzinfo=UTC)


def refused(
    session: Session, authority_id: int, submission_id: int, decided_at: datetime, *, is_told: bool = True
) -> None:
    values = {"outcome": "refused", "reasons": "Non", "judged_revision": 1, "decided_at": decided_at}
    told_at = decided_at if is_told else None
    session.add(Decision(authority_id=authority_id, submission_id=submission_id, notified_at=told_at, **values))


def lines(world: World, reference: str) -> list[Line]:
    authority, agent = world.authority(), world.agent()
    with world.database.reading(scope=authority.id) as session:
        return list(timelines.of_submission(queries.whole(session, reference, by=agent), authority))


def attacked(world: World, *, rejected_at: datetime | None, is_told: bool = True) -> str:
    """A demande that silence refused, and a recours against it, rejected expressly or not."""
    demande, recours = (demandes.filed(world.database, at=at) for at in (RECEIVED, LODGED))
    authority = world.authority()
    with world.database.writing(scope=authority.id) as session:
        implied = Decision(
            authority_id=authority.id,
            submission_id=demande.id,
            outcome="refused",
            kind="implicit_rejection",
            born_on=date(2026, 8, 30),
            judged_revision=1,
            decided_at=datetime(2026, 8, 30, 22, 0, tzinfo=UTC),
        )
        session.add(implied)
        session.flush()
        link = {"kind": "appeal", "from_id": demande.id, "to_id": recours.id, "decision_id": implied.id, "at": LODGED}
        session.add(SubmissionLink(authority_id=authority.id, **link))
        if rejected_at is not None:
            refused(session, authority.id, recours.id, rejected_at, is_told=is_told)
    return demande.reference


@pytest.mark.law("R12")
@pytest.mark.parametrize(
    ("rejected_at", "is_told", "last_on"),
    [
        (None, True, date(2027, 2, 16)),  # silence rejects the recours on 15 December
        (datetime(2026, 11, 20, 9, 0, tzinfo=UTC), True, date(2027, 1, 21)),  # an express rejection comes first
        (datetime(2026, 11, 20, 9, 0, tzinfo=UTC), False, date(2027, 2, 16)),  # nobody was notified of it: silence
    ],
)
async def test_a_recours_interrupts_the_time_to_go_to_court(
    world: World, rejected_at: datetime | None, is_told: bool, last_on: date
) -> None:
    reference = attacked(world, rejected_at=rejected_at, is_told=is_told)
    found = {line.label: line.on for line in lines(world, reference)}
    assert found["Refus implicite, sans décision notifiée avant"] == date(2026, 8, 30)
    assert found["Recours gracieux formé"] == date(2026, 10, 15)
    assert found["Dernier jour du recours devant le juge"] == last_on
    authority = world.authority()
    with world.database.reading(scope=authority.id) as session:
        row = queries.find(session, world.agent(), reference)
        decision = session.execute(select(Decision).where(col(Decision.submission_id) == row.id)).scalar_one()
        place = {"zone": authority.zone, "holidays": authority.holidays}
        period = appeals.time_to_appeal(session, row, decision, **place)
    assert period is not None
    assert period.last_on == last_on, "the reasons may be asked for until the day that agents read"


@pytest.mark.law("R12")
async def test_a_refusal_counts_from_its_notification(world: World) -> None:
    demande = demandes.filed(world.database, at=RECEIVED)
    authority = world.authority()
    with world.database.writing(scope=authority.id) as session:
        refused(session, authority.id, demande.id, datetime(2026, 7, 20, 9, 0, tzinfo=UTC))
    found = {line.label: line.on for line in lines(world, demande.reference)}
    assert found["Dernier jour du recours devant le juge"] == date(2026, 9, 21)
    assert "Refus implicite, sans décision notifiée avant" not in found
