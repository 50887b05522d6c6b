"""SMTP down or refusing: the demande stands, the mail is tried again, agents and operators are told."""

from __future__ import annotations

import hashlib
import re
from datetime import timedelta

import pytest
from sqlalchemy import text, update

from grc.demo.mailbox import Faults
from grc.notifications.delivery import Deliverer
from grc.outbox import delivery as outbox
from grc.outbox.models import OutboxEntry
from grc.submissions.models import Submission
from tests.support import demandes
from tests.support.outbox import entries, messages, tasks
from tests.support.time import Clock
from tests.support.world import World

pytestmark = pytest.mark.anyio
CITIZEN, SERVICE = "camille@exemple.example", "etat-civil@tilleul.example"


async def drain(worker: Deliverer) -> int:
    tried = 0
    while done := await worker.round():
        tried += done
    return tried


async def test_a_server_that_is_down_is_tried_again_until_it_answers(
    world: World, worker: Deliverer, time: Clock
) -> None:
    await world.mailbox.stop()
    demande = demandes.filed(world.database, at=time.now())
    pauses = []
    for number in range(1, 9):
        assert await drain(worker) == 3
        waiting = entries(world.database, demande)["acknowledgement"]
        assert (waiting.state, waiting.tries, waiting.lease_holder) == ("pending", number, None)
        assert waiting.last_fault == "SMTPConnectError"
        pauses.append(waiting.due_at - time.now())
        assert await drain(worker) == 0
        time.instant = max(row.due_at for row in entries(world.database, demande).values())
    floors = [timedelta(minutes=pause) for pause in (1, 2, 4, 8, 16, 32, 60, 60)]
    assert all(floor <= pause <= floor * 1.2 for floor, pause in zip(floors, pauses, strict=True)), pauses
    await world.mailbox.start(world.mailbox.port)
    assert await drain(worker) == 3
    assert {row.state for row in entries(world.database, demande).values()} == {"sent"}
    assert len(world.mailbox.to(CITIZEN)) == 2


async def test_after_72_hours_it_is_given_up_and_an_agent_gets_a_task(
    world: World, worker: Deliverer, time: Clock
) -> None:
    world.mailbox.faults.busy = True
    demande = demandes.filed(world.database, at=time.now())
    await drain(worker)
    time.forward(timedelta(hours=71, minutes=59))
    await drain(worker)
    assert {row.state for row in entries(world.database, demande).values()} == {"pending"}
    time.forward(timedelta(hours=1, minutes=30))
    await drain(worker)
    dead = entries(world.database, demande)
    assert {row.state for row in dead.values()} == {"dead"}
    assert dead["acknowledgement"].last_fault == "451 4.3.2"
    opened = [task for task in tasks(world.database, demande) if task.kind == "mail_undelivered"]
    assert {task.outbox_id for task in opened} == {dead["acknowledgement"].id, dead["tracking_code"].id}
    with world.database.reading(scope=world.authority().id) as session:
        assert session.get_one(Submission, demande.id).state == "received"
    world.mailbox.clear()
    time.forward(timedelta(days=3))
    assert await drain(worker) == 0


async def test_a_refusal_for_good_is_a_task_at_once(world: World, worker: Deliverer, time: Clock) -> None:
    world.mailbox.faults = Faults(refused=frozenset({CITIZEN}))
    demande = demandes.filed(world.database, at=time.now())
    assert await drain(worker) == 3
    rows = entries(world.database, demande)
    assert {kind: row.state for kind, row in rows.items()} == {
        "acknowledgement": "dead",
        "tracking_code": "dead",
        "new_submission": "sent",
    }
    assert rows["acknowledgement"].last_fault == "550 5.1.1"
    assert [task.kind for task in tasks(world.database, demande)] == ["mail_undelivered", "mail_undelivered"]
    agent = world.browser()
    await agent.sign_in_agent()
    page = await agent.get(f"/tilleul/agents/demandes/{demande.reference}")
    assert "Un courriel n’a pas pu être remis" in page.text
    inbox = await agent.get("/tilleul/agents")
    assert "Une tâche à faire" in inbox.text


async def test_a_corrected_address_gets_the_mails_that_the_old_one_refused(
    world: World, worker: Deliverer, time: Clock
) -> None:
    world.mailbox.faults = Faults(refused=frozenset({CITIZEN}))
    demande = demandes.filed(world.database, at=time.now())
    await drain(worker)
    citizen = world.browser()
    opened = await citizen.post("/tilleul/suivi", {"code": demande.code})
    assert opened.status_code == 303
    path = f"/tilleul/demandes/{demande.reference}/adresse"
    assert (await citizen.post(path, {"email": "juste@exemple.example"})).status_code == 303
    time.forward(timedelta(minutes=1))
    assert await drain(worker) == 2
    assert len(world.mailbox.to("juste@exemple.example")) == 2
    assert len(world.mailbox.to(CITIZEN)) == 0


async def test_operators_see_a_late_outbox(world: World, worker: Deliverer, time: Clock) -> None:
    operator = world.browser()
    world.mailbox.faults.drop = True
    demande = demandes.filed(world.database, at=time.now() - timedelta(minutes=14))
    await drain(worker)
    well = await operator.get("/readyz")
    assert (well.status_code, "outbox ok: 3 pending" in well.text) == (200, True)
    with world.database.writing(scope=world.authority().id) as session:
        session.execute(update(OutboxEntry).values(created_at=time.now() - timedelta(minutes=16)))
    late = await operator.get("/readyz")
    assert (late.status_code, "outbox late: 3 pending" in late.text) == (503, True)
    assert demande.reference not in late.text
    world.mailbox.clear()
    time.forward(timedelta(minutes=2))
    assert await drain(worker) == 3
    assert (await operator.get("/readyz")).status_code == 200


async def test_a_mailbox_that_puts_us_off_is_no_outage(world: World, worker: Deliverer, time: Clock) -> None:
    world.mailbox.faults.busy = True
    demandes.filed(world.database, at=time.now() - timedelta(minutes=20))
    await drain(worker)
    answer = await world.browser().get("/readyz")
    assert (answer.status_code, "3 pending" in answer.text) == (200, True)


async def test_a_receipt_near_its_legal_limit_is_a_task_before_it_is_given_up(
    world: World, worker: Deliverer, time: Clock
) -> None:
    """Received on Thursday 3 December 2026: the registration receipt is owed on Friday 4 (R112-11-2)."""
    world.mailbox.faults.busy = True
    time.instant = time.now().replace(year=2026, month=12, day=3, hour=9)
    demande = demandes.filed(world.database, at=time.now())
    time.instant = time.now().replace(day=4, hour=10, minute=59)  # a minute to noon in Paris
    await drain(worker)
    assert tasks(world.database, demande) == []
    time.forward(timedelta(minutes=3))
    await drain(worker)
    time.forward(timedelta(minutes=3))
    await drain(worker)
    assert [task.kind for task in tasks(world.database, demande)] == ["receipt_late"]
    world.mailbox.clear()
    time.forward(timedelta(hours=2))
    await drain(worker)
    assert [task.closed_at for task in tasks(world.database, demande)] == [time.now()]


async def test_an_answer_lost_on_the_way_repeats_the_same_bytes(world: World, worker: Deliverer, time: Clock) -> None:
    world.mailbox.faults.lose_answer = True
    demande = demandes.filed(world.database, at=time.now())
    await drain(worker)
    first = {message.message_id: message for message in world.mailbox.messages}
    assert len(first) == 3
    assert {row.state for row in entries(world.database, demande).values()} == {"pending"}
    with world.database.writing(scope=world.authority().id) as session:
        session.execute(text("UPDATE service SET telephone = '01 99 00 99 99', name = 'Autre service'"))
    world.mailbox.faults.lose_answer = False
    time.forward(timedelta(minutes=2))
    assert await drain(worker) == 3
    assert len(world.mailbox.messages) == 6
    for repeat in world.mailbox.messages[3:]:
        assert repeat.content == first[repeat.message_id].content
        assert (repeat.sender, repeat.recipients) == (
            first[repeat.message_id].sender,
            first[repeat.message_id].recipients,
        )


async def test_what_left_is_kept_with_its_hash_and_the_server_s_answer(
    world: World, worker: Deliverer, time: Clock
) -> None:
    demande = demandes.filed(world.database, at=time.now())
    await drain(worker)
    kept = messages(world.database, demande)
    receipt = kept["acknowledgement"]
    sent = world.mail(CITIZEN, "demande reçue")
    assert receipt.raw == sent.content
    assert receipt.sha256 == hashlib.sha256(sent.content).hexdigest()
    assert (receipt.smtp_code, receipt.smtp_answer) == (250, "2.0.0 OK")
    assert (receipt.message_id, receipt.to_address, receipt.from_address) == (
        sent.message_id,
        CITIZEN,
        "demarches@tilleul.example",
    )
    assert (receipt.frozen_at, receipt.sent_at) == (time.now(), time.now())
    assert re.fullmatch(r"<\d+\.[0-9a-f]{24}@tilleul\.example>", receipt.message_id)
    code = world.mail(CITIZEN, "code")
    assert kept["tracking_code"].sha256 == hashlib.sha256(code.content).hexdigest()
    assert kept["tracking_code"].raw is None
    assert {row.message_id for row in kept.values()} == {one.message_id for one in world.mailbox.messages}


async def test_a_fault_of_ours_in_one_mail_does_not_stop_the_others(
    world: World, worker: Deliverer, time: Clock
) -> None:
    broken = demandes.filed(world.database, at=time.now())
    well = demandes.filed(world.database, email="dominique@exemple.example", at=time.now())
    with world.database.writing(scope=world.authority().id) as session:
        session.execute(text("UPDATE outbox_entry SET sealed_secret = 'x' WHERE sealed_secret IS NOT NULL AND id <= 3"))
    assert await drain(worker) == 6
    row = entries(world.database, broken)["tracking_code"]
    assert (row.state, row.last_fault) == ("pending", "ValueError")
    assert {one.state for one in entries(world.database, well).values()} == {"sent"}


async def test_nothing_of_another_commune_is_in_a_mail(world: World, worker: Deliverer, time: Clock) -> None:
    demandes.filed(world.database, slug="marronnier", email="a@exemple.example", at=time.now())
    await drain(worker)
    for message in world.mailbox.messages:
        assert message.sender == "demarches@marronnier.example"
        assert b"illeul" not in message.content


@pytest.mark.parametrize(("tries", "minutes"), [(1, 1), (2, 2), (6, 32), (7, 60), (40, 60), (10_000, 60)])
def test_the_pause_doubles_from_a_minute_to_an_hour(tries: int, minutes: int) -> None:
    assert outbox.pause(tries, jitter=0) == timedelta(minutes=minutes)
    assert outbox.pause(tries, jitter=1) == timedelta(minutes=minutes) * 1.2
    assert timedelta(minutes=minutes) <= outbox.pause(tries) <= timedelta(minutes=minutes) * 1.2
