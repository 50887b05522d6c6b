"""The receipt that cannot be complete: the registration instead, at once, then the receipt, with its first date."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select, update
from sqlmodel import col

from grc.authorities.models import Service
from grc.db import Database
from grc.errors import Conflict, Invalid
from grc.outbox.models import OutboxEntry
from grc.submissions import acknowledging
from grc.submissions.models import Event, Notice, Task
from tests.support import cases
from tests.support.demandes import commune
from tests.support.world import World

pytestmark = pytest.mark.anyio
RECEIVED = date(2025, 12, 23)
NOON = cases.local(RECEIVED, hour=12)


def telephone(database: Database, number: str) -> None:
    authority = commune(database)
    with database.writing(scope=authority.id) as session:
        session.execute(update(Service).where(col(Service.authority_id) == authority.id).values(telephone=number))


def swept(database: Database, as_of: datetime) -> int:
    authority = commune(database)
    with database.writing(scope=authority.id) as session:
        return acknowledging.acknowledgements_due(session, authority.id, as_of)


def late(database: Database, as_of: datetime) -> int:
    authority = commune(database)
    with database.writing(scope=authority.id) as session:
        return acknowledging.receipts_late(session, authority.id, as_of)


@pytest.mark.law("R4")
@pytest.mark.law("R2")
@pytest.mark.law("R3")
async def test_a_service_that_lost_its_telephone_gives_a_registration_then_the_receipt(world: World) -> None:
    database = world.database
    cases.offered(database, "rejection")
    telephone(database, "")
    demande = cases.filed(database, at=NOON)
    assert [one.name for one in cases.rows(database, Notice, demande)] == ["registration"]
    (task,) = cases.rows(database, Task, demande)
    assert (task.kind, task.due_on, task.closed_at) == ("acknowledgement_owed", date(2026, 1, 8), None)
    assert cases.submission(database, demande).silence_on == date(2026, 2, 23)
    await world.deliver()
    assert demande.reference in world.mail("camille@exemple.example", "enregistré").subject
    assert world.mail("camille@exemple.example", "code de suivi")
    assert swept(database, NOON + timedelta(days=2)) == 0
    telephone(database, "01 99 00 00 00")
    assert [swept(database, NOON + timedelta(days=5)) for _ in range(2)] == [1, 0]
    receipt = cases.rows(database, Notice, demande)[-1]
    assert (receipt.name, receipt.facts["received_on"]) == ("acknowledgement", "2025-12-23")
    assert receipt.facts["silence"]["due_on"] == "2026-02-23"
    assert cases.rows(database, Task, demande)[0].closed_at is not None
    assert cases.rows(database, Event, demande)[-1].kind == "acknowledgement:issued"
    await world.deliver()
    assert demande.reference in world.mail("camille@exemple.example", "demande reçue").subject


@pytest.mark.law("R4")
async def test_an_agent_sends_it_and_is_told_what_is_missing(world: World) -> None:
    cases.offered(world.database, "rejection")
    telephone(world.database, "")
    demande, agent, authority = cases.filed(world.database, at=NOON), world.agent(), world.authority()

    def send() -> None:
        with world.database.writing(scope=authority.id) as session:
            at = NOON + timedelta(days=1)
            acknowledging.acknowledge(session, authority, demande.reference, revision=1, by=agent, now=at)

    with pytest.raises(Invalid) as refused:
        send()
    assert "téléphone" in refused.value.problems[0].message
    telephone(world.database, "01 99 00 00 00")
    send()
    with pytest.raises(Conflict):
        with world.database.writing(scope=authority.id) as session:
            acknowledging.acknowledge(session, authority, demande.reference, revision=2, by=agent, now=NOON)


@pytest.mark.law("R2")
async def test_a_receipt_that_nobody_tried_to_send_opens_a_task_half_a_day_before_its_limit(world: World) -> None:
    database = world.database
    cases.offered(database, "rejection")
    demande = cases.filed(database, at=NOON)
    limit = cases.local(date(2025, 12, 24), hour=12)
    assert late(database, limit - timedelta(minutes=1)) == 0
    assert [late(database, limit), late(database, limit + timedelta(days=3))] == [1, 0]
    (task,) = cases.rows(database, Task, demande)
    with database.reading(scope=commune(database).id) as session:
        entry = session.execute(select(OutboxEntry).where(col(OutboxEntry.id) == task.outbox_id)).scalar_one()
    assert (task.kind, entry.kind, entry.state) == ("receipt_late", "acknowledgement", "pending")
