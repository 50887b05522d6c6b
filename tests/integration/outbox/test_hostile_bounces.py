"""What anybody may mail to the address of bounces, and what a folder may hold: nothing breaks, nobody is silenced."""

from __future__ import annotations

import os
import socket
import time as seconds
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select, update
from sqlmodel import col

from grc.cli import main
from grc.notifications import bounces as reading
from grc.notifications import returned
from grc.notifications.delivery import Deliverer
from grc.outbox.models import Message, OutboxEntry
from grc.submissions.models import Decision, Task
from tests.integration.outbox.test_bounces import a_report, bounces, delivered
from tests.support import cases, demandes
from tests.support.outbox import tasks
from tests.support.time import Clock
from tests.support.world import World

pytestmark = pytest.mark.anyio
OUTCOMES = {"not_ours", "unknown", "told", "again", "recorded"}


def nested(levels: int) -> bytes:
    raw = b"x"
    for level in range(levels):
        edge = f"b{level}".encode()
        head = b'Content-Type: multipart/report; report-type=delivery-status; boundary="%b"\n\n' % edge
        raw = head + b"--%b\n%b\n--%b--\n" % (edge, raw, edge)
    return raw


def rubbish(token: str) -> dict[str, bytes]:
    report = a_report(token)
    return {
        "empty": b"",
        "nul": b"\0" * 10_000,
        "nested": nested(50),
        "deep": nested(3_000),
        "large": report + b"x" * 50_000_000,
        "large first": b"Subject: " + b"x" * 5_000_000 + b"\n" + report,
        "parts": b'Content-Type: multipart/mixed; boundary="a"\n\n' + b"--a\n\nx\n" * 300_000,
        "charset": report.replace(b"text/plain", b"text/plain; charset=\xff\xfe"),
        "codec": report.replace(b"text/plain", b"text/plain; charset=idna"),
        "boundary": report.replace(b'boundary="limit"', b"boundary*0=li; boundary*1=mit"),
        "base64": report.replace(b"text/plain", b"text/plain\nContent-Transfer-Encoding: base64"),
        "encoding": report.replace(b"text/plain", b"text/plain\nContent-Transfer-Encoding: x-uuencode"),
        "dates": report.replace(b"Subject:", b"Date: Fri, 99 Foo 99999\nSubject:"),
        "headers": b"X: y\n" * 150_000 + report,
        "digits": report.replace(b"5.1.1", b"5." + b"1" * 5_000 + b".1"),
        "spaces": report.replace(b"Message-ID: ", b"Message-ID:" + b" " * 100_000),
        "regex": b"From: MAILER-DAEMON\n\n" + b"4.4." * 200_000,
        "regex again": b"From: MAILER-DAEMON\n\n" + b"Message-ID:" * 80_000,
        "entry": a_report("<999999999999999999.0123456789abcdef01234567@x>"),
        "entry far": a_report("<" + "9" * 18 + "." + "a" * 24 + "@x>"),
    }


async def test_rubbish_is_read_in_seconds_and_changes_nothing(world: World, worker: Deliverer, time: Clock) -> None:
    demande, sent = await delivered(world, worker, time)
    wrong = f"<{reading.token_of(sent['acknowledgement'].message_id)[:-8]}00000000@x>"
    for name, raw in rubbish(wrong).items():
        begun = seconds.process_time()
        assert returned.handle(world.database, raw, now=time.now()).outcome in OUTCOMES - {"recorded"}, name
        assert seconds.process_time() - begun < 5, name
    assert tasks(world.database, demande) == []


async def test_a_folder_full_of_junk_is_read_to_its_end(
    world: World, worker: Deliverer, time: Clock, tmp_path: Path
) -> None:
    _, sent = await delivered(world, worker, time)
    new = tmp_path / "maildir" / "new"
    for name in ("new", "cur", "tmp"):
        (tmp_path / "maildir" / name).mkdir(parents=True)
    (new / "a-folder").mkdir()
    (new / "b-dangling").symlink_to(tmp_path / "nowhere")
    (new / "b-outside").symlink_to("/etc/passwd")
    os.mkfifo(new / "c-pipe")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(new / "d-socket"))
    for name, raw in rubbish("<1.x@y>").items():
        (new / f"e-{name}").write_bytes(raw[:2_000_000])
    (new / "z-report").write_bytes(a_report(sent["acknowledgement"].message_id))
    (new / "z\udcff-name").write_bytes(b"x")
    done = bounces(world, str(tmp_path / "maildir"))
    assert done.exit_code == 0, done.output
    assert "1 revenu(s), noté(s)." in done.output
    assert bounces(world, str(tmp_path / "maildir")).output == ""


async def test_a_stranger_cannot_guess_and_a_recipient_touches_only_their_own(
    world: World, worker: Deliverer, time: Clock
) -> None:
    demande, sent = await delivered(world, worker, time)
    other = demandes.filed(world.database, at=time.now(), slug="marronnier", email="autre@exemple.example")
    while await worker.round():
        continue
    with world.database.reading(scope=world.authority("marronnier").id) as session:
        mine = select(OutboxEntry).where(col(OutboxEntry.submission_id) == other.id).limit(1)
        entry = session.execute(mine).scalar_one()
    token = reading.token_of(sent["acknowledgement"].message_id).partition(".")[2]
    assert returned.handle(world.database, a_report(f"<{entry.id}.{token}@x>"), now=time.now()).outcome == "unknown"
    assert tasks(world.database, demande) == []


@pytest.mark.law("R25")
async def test_a_bounce_long_after_or_of_what_was_read_takes_no_notification_back(world: World) -> None:
    """Who knows the Message-ID of a mail received it: a made-up bounce must not move the time to appeal."""
    cases.offered(world.database, "rejection")
    demande = cases.filed(world.database, at=cases.local(cases.date(2026, 1, 5), hour=9))
    here, now = world.authority(), cases.local(cases.date(2026, 1, 6), hour=9)
    with world.database.writing(scope=here.id) as session:
        decision = Decision(
            authority_id=here.id,
            submission_id=demande.id,
            outcome="refused",
            reasons="x",
            judged_revision=1,
            agent_id=cases.agent(session, here.id).id,
            decided_at=now,
            notified_at=now,
            first_consulted_at=now + timedelta(days=1),
        )
        session.add(decision)
        entry = (
            session.execute(select(OutboxEntry).where(col(OutboxEntry.submission_id) == demande.id)).scalars().first()
        )
        assert entry is not None
        message = Message(
            authority_id=here.id,
            submission_id=demande.id,
            notice_id=entry.notice_id,
            outbox_id=entry.id,
            to_address="camille@exemple.example",
            from_address="x@tilleul.example",
            message_id=f"<{entry.id}.{'a' * 24}@tilleul.example>",
            sha256="0" * 64,
            raw=b"x",
            frozen_at=now,
            sent_at=now,
        )
        session.add(message)
    report = a_report(f"<{entry.id}.{'a' * 24}@tilleul.example>")
    assert returned.handle(world.database, report, now=now + timedelta(days=2)).outcome == "recorded"
    (kept,) = cases.rows(world.database, Decision, demande)
    assert kept.notified_at == now, "it was consulted: it was received"
    with world.database.writing(scope=here.id) as session:
        session.execute(update(Decision).values(first_consulted_at=None))
        session.execute(update(Message).values(bounced_at=None))
    returned.handle(world.database, report, now=now + timedelta(days=40))
    (kept,) = cases.rows(world.database, Decision, demande)
    assert kept.notified_at == now, "no server gives a mail back after a month"
    assert [each.kind for each in cases.rows(world.database, Task, demande)] == ["mail_undelivered"]


async def test_the_command_says_nothing_of_who(world: World, worker: Deliverer, time: Clock, tmp_path: Path) -> None:
    _, sent = await delivered(world, worker, time)
    path = tmp_path / "one"
    path.write_bytes(a_report(sent["acknowledgement"].message_id, status="5.1.1 <camille@exemple.example>"))
    done = CliRunner().invoke(main, ["bounces", str(path)], env={"GRC_DATABASE_URL": "sqlite:////nowhere/x.db"})
    assert "camille" not in done.output
    told = bounces(world, str(path)).output
    assert "camille" not in told
