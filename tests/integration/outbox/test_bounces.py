"""A mail comes back after the server took it: it is kept with the mail, an agent is told once, the citizen corrects."""

from __future__ import annotations

import mailbox
import os
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select, update
from sqlmodel import col

from grc.cli import main
from grc.notifications import returned
from grc.notifications.delivery import Deliverer
from grc.outbox.models import Message
from grc.submissions.models import Decision, Task
from tests.support import demandes, processes
from tests.support.demandes import Demande
from tests.support.outbox import messages, tasks
from tests.support.time import Clock
from tests.support.world import World

pytestmark = pytest.mark.anyio
CITIZEN = "camille@exemple.example"


def a_report(of: str, *, action: str = "failed", status: str = "5.1.1") -> bytes:
    """A report of delivery about the mail of this Message-ID."""
    return (
        "From: MAILER-DAEMON@exemple.example\nSubject: Undelivered\nMIME-Version: 1.0\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="limit"\n\n'
        "--limit\nContent-Type: text/plain\n\nSorry.\n"
        "--limit\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.exemple.example\n\n"
        f"Final-Recipient: rfc822; {CITIZEN}\nAction: {action}\nStatus: {status}\n\n"
        f"--limit\nContent-Type: text/rfc822-headers\n\nMessage-ID: {of}\n\n--limit--\n"
    ).encode()


async def delivered(world: World, worker: Deliverer, time: Clock) -> tuple[Demande, dict[str, Message]]:
    """A demande whose mails were all taken by the server."""
    demande = demandes.filed(world.database, at=time.now())
    while await worker.round():
        continue
    return demande, messages(world.database, demande)


@pytest.mark.law("R25")
async def test_a_receipt_that_comes_back_opens_one_task(world: World, worker: Deliverer, time: Clock) -> None:
    demande, sent = await delivered(world, worker, time)
    raw = a_report(sent["acknowledgement"].message_id)
    assert returned.handle(world.database, raw, now=time.now()).outcome == "recorded"
    assert returned.handle(world.database, raw, now=time.forward(timedelta(hours=1))).outcome == "again"
    kept = messages(world.database, demande)["acknowledgement"]
    assert (kept.bounced_at, kept.bounce_code) == (time.now() - timedelta(hours=1), "5.1.1")
    assert [(task.kind, task.outbox_id) for task in tasks(world.database, demande)] == [
        ("mail_undelivered", kept.outbox_id)
    ]
    agent = world.browser()
    await agent.sign_in_agent()
    page = await agent.get(f"/tilleul/agents/demandes/{demande.reference}")
    assert "n’a pas été transmis" in page.text
    assert "Revenu le" in page.text
    assert "l’adresse n’existe pas (5.1.1)" in page.text


async def test_a_delay_and_a_stranger_s_mail_change_nothing(world: World, worker: Deliverer, time: Clock) -> None:
    demande, sent = await delivered(world, worker, time)
    ours = sent["acknowledgement"].message_id
    entry, _, rest = ours.partition(".")
    cases = {
        a_report(ours, action="delayed", status="4.4.1"): "told",
        a_report(ours, action="delivered", status="2.0.0"): "told",
        a_report(f"{entry}.{'0' * 24}@tilleul.example>"): "unknown",
        a_report(f"<999999.{rest}"): "unknown",
        b"Subject: bonjour\n\n": "not_ours",
    }
    for raw, outcome in cases.items():
        assert returned.handle(world.database, raw, now=time.now()).outcome == outcome
    assert tasks(world.database, demande) == []
    assert {row.bounced_at for row in messages(world.database, demande).values()} == {None}


async def test_the_citizen_is_told_and_corrects_the_address(world: World, worker: Deliverer, time: Clock) -> None:
    demande, sent = await delivered(world, worker, time)
    citizen = world.browser()
    await citizen.post("/tilleul/suivi", {"code": demande.code})
    path = f"/tilleul/demandes/{demande.reference}"
    assert "ne reçoit pas nos courriels" not in (await citizen.get(path)).text
    returned.handle(world.database, a_report(sent["acknowledgement"].message_id), now=time.now())
    assert "ne reçoit pas nos courriels" in (await citizen.get(path)).text
    assert (await citizen.post(f"{path}/adresse", {"email": "juste@exemple.example"})).status_code == 303
    assert "ne reçoit pas nos courriels" not in (await citizen.get(path)).text
    time.forward(timedelta(minutes=1))
    while await worker.round():
        continue
    assert len(world.mailbox.to("juste@exemple.example")) == 2
    assert [task.closed_at is None for task in tasks(world.database, demande)] == [False]


async def test_a_request_that_came_back_goes_to_the_right_address(world: World, worker: Deliverer, time: Clock) -> None:
    demande, _ = await delivered(world, worker, time)
    with world.database.writing(scope=world.authority().id) as session:
        request = update(Message).where(col(Message.submission_id) == demande.id)
        session.execute(request.values(bounced_at=time.now(), bounce_code="5.1.1"))
        kind = "UPDATE outbox_entry SET kind = 'taken_charge' WHERE kind = 'acknowledgement'"
        session.connection().exec_driver_sql(kind)
    citizen = world.browser()
    await citizen.post("/tilleul/suivi", {"code": demande.code})
    path = f"/tilleul/demandes/{demande.reference}/adresse"
    for address, count in (("juste@exemple.example", 3), ("neuve@exemple.example", 2)):
        assert (await citizen.post(path, {"email": address})).status_code == 303
        time.forward(timedelta(minutes=1))
        while await worker.round():
            continue
        assert len(world.mailbox.to(address)) == count


async def test_a_mail_that_the_service_never_got_is_a_task_too(world: World, worker: Deliverer, time: Clock) -> None:
    demande, sent = await delivered(world, worker, time)
    raw = a_report(sent["new_submission"].message_id, status="5.2.2")
    assert returned.handle(world.database, raw, now=time.now()).outcome == "recorded"
    assert [task.kind for task in tasks(world.database, demande)] == ["service_unreachable"]
    agent = world.browser()
    await agent.sign_in_agent()
    page = await agent.get(f"/tilleul/agents/demandes/{demande.reference}")
    assert "La boîte du service ne reçoit pas" in page.text


async def test_a_service_that_refuses_for_good_is_a_task(world: World, worker: Deliverer, time: Clock) -> None:
    world.mailbox.faults.refused = frozenset({"etat-civil@tilleul.example"})
    demande, _ = await delivered(world, worker, time)
    assert [task.kind for task in tasks(world.database, demande)] == ["service_unreachable"]


async def test_a_decision_that_came_back_was_not_notified(world: World, worker: Deliverer, time: Clock) -> None:
    demande, sent = await delivered(world, worker, time)
    agent, scope = world.agent(), world.authority().id
    receipt, code = sent["acknowledgement"], sent["tracking_code"]
    with world.database.writing(scope=scope) as session:
        session.add(
            Decision(
                authority_id=scope,
                submission_id=demande.id,
                outcome="accepted",
                judged_revision=1,
                agent_id=agent.id,
                decided_at=time.now(),
                notified_at=receipt.sent_at,
            )
        )
        moved = update(Message).where(col(Message.id) == code.id)
        session.execute(moved.values(sent_at=time.now() + timedelta(seconds=1)))

    def notified() -> bool:
        with world.database.reading(scope=scope) as session:
            return session.execute(select(col(Decision.notified_at))).scalar_one() is not None

    returned.handle(world.database, a_report(code.message_id), now=time.now())
    assert notified()
    returned.handle(world.database, a_report(receipt.message_id), now=time.now())
    assert not notified()


async def test_another_commune_s_worker_is_not_asked(world: World, worker: Deliverer, time: Clock) -> None:
    demande = demandes.filed(world.database, slug="marronnier", at=time.now())
    while await worker.round():
        continue
    sent = messages(world.database, demande)["acknowledgement"]
    assert returned.handle(world.database, a_report(sent.message_id), now=time.now()).outcome == "recorded"
    with world.database.reading(scope=world.authority().id) as session:
        mine = select(Task).where(col(Task.authority_id) == world.authority().id)
        assert session.execute(mine).scalars().all() == []


def bounces(world: World, *arguments: str, typed: bytes = b"", **changes: str) -> Result:
    """The command in this process, under the settings of the world."""
    others = {name: None for name in os.environ if name.startswith("GRC_")}
    environment = {**others, **processes.environment(world.settings), **changes}
    return CliRunner().invoke(main, ["bounces", *arguments], env=environment, input=typed)


async def test_the_command_reads_a_pipe_a_file_an_mbox_and_a_maildir(
    world: World, worker: Deliverer, time: Clock, tmp_path: Path
) -> None:
    _, sent = await delivered(world, worker, time)
    raw = a_report(sent["acknowledgement"].message_id)
    done = bounces(world, "-", typed=raw)
    assert (done.exit_code, done.output) == (0, "1 revenu(s), noté(s).\n")
    (tmp_path / "one.eml").write_bytes(raw)
    assert bounces(world, str(tmp_path / "one.eml")).output == "1 déjà noté(s).\n"
    box = mailbox.mbox(tmp_path / "box")
    spam = EmailMessage()
    spam["Subject"] = "Gagnez"
    box.add(a_report(sent["tracking_code"].message_id))
    box.add(spam)
    box.close()
    assert bounces(world, str(tmp_path / "box")).output == "1 revenu(s), noté(s).\n1 sans rapport de remise.\n"
    folder = mailbox.Maildir(tmp_path / "maildir")
    folder.add(a_report(sent["new_submission"].message_id))
    assert bounces(world, str(tmp_path / "maildir")).output == "1 revenu(s), noté(s).\n"
    assert list((tmp_path / "maildir" / "new").iterdir()) == []
    assert len(list((tmp_path / "maildir" / "cur").iterdir())) == 1
    assert bounces(world, str(tmp_path / "maildir")).output == ""


async def test_a_pipe_is_told_to_come_back_while_the_database_is_away(
    world: World, worker: Deliverer, time: Clock, tmp_path: Path
) -> None:
    _, sent = await delivered(world, worker, time)
    folder = mailbox.Maildir(tmp_path / "maildir")
    folder.add(a_report(sent["acknowledgement"].message_id))
    away = {"GRC_DATABASE_URL": f"sqlite:///{tmp_path / 'nowhere' / 'grc.db'}"}
    assert bounces(world, str(tmp_path / "maildir"), **away).exit_code == 75
    assert len(list((tmp_path / "maildir" / "new").iterdir())) == 1
    assert bounces(world, "-", typed=a_report("<1.x@y>"), GRC_SECRET_KEY="short").exit_code == 75
    assert bounces(world, str(tmp_path / "absent")).exit_code == 75
