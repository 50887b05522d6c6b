"""The end of a draft: told a week before, once, to the right address and without a word of what it holds."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from grc import clock
from grc.attachments.local import LocalStorage
from grc.attachments.models import Attachment
from grc.catalogue.models import ProcedureVersion
from grc.demo.mailbox import Faults
from grc.notifications.delivery import Deliverer
from grc.notifications.smtp import SmtpSender
from grc.outbox.models import Message, OutboxEntry
from grc.sessions import limits
from grc.submissions.models import Draft
from grc.sweeping import Sweeper
from tests.support import demandes
from tests.support.accounts import sign_in
from tests.support.time import Clock
from tests.support.world import World

pytestmark = pytest.mark.anyio

EMAIL = "camille@exemple.example"


@pytest.fixture
def time() -> Clock:
    return Clock()


async def sweep_and_deliver(world: World, time: Clock) -> int:
    """A round of the sweeper, then of a worker, both at that time; gives the number of entries tried."""
    sweeper = Sweeper(world.database, LocalStorage(world.settings.storage), now=time.now)
    await sweeper.round(is_confirmed=True)  # weeks pass between two rounds
    smtp = SmtpSender(world.settings.smtp_url, timeout=5)
    worker = Deliverer(world.database, smtp, base_url=world.settings.base_url, now=time.now)
    try:
        return await worker.round()
    finally:
        await worker.close()


def told(world: World, email: str = EMAIL) -> int:
    """How many notices that address got."""
    return sum("sera effacé" in one.subject for one in world.mailbox.to(email))


def stored(world: World, table: Any) -> list[Any]:
    with world.database.reading(scope=world.authority().id) as session:
        return list(session.execute(select(table)).scalars())


async def test_a_week_before_its_end_a_mail_tells_once(world: World, time: Clock) -> None:
    demandes.begun(world.database, demandes.answers_with(EMAIL), at=time.now())
    time.forward(timedelta(days=22, hours=23))
    assert await sweep_and_deliver(world, time) == 0
    time.forward(timedelta(hours=2))
    assert await sweep_and_deliver(world, time) == 1
    assert await sweep_and_deliver(world, time) == 0
    time.forward(timedelta(days=2))
    assert await sweep_and_deliver(world, time) == 0
    assert told(world) == 1


async def test_the_mail_says_the_day_and_nothing_of_the_answers(world: World, time: Clock) -> None:
    begun = demandes.begun(world.database, demandes.answers_with(EMAIL), at=time.now())
    time.forward(timedelta(days=24))
    await sweep_and_deliver(world, time)
    mail = world.mail(EMAIL, "votre brouillon sera effacé le")
    whole = mail.content.decode() + mail.text
    assert "Copie ou extrait d’acte de naissance" in mail.text
    assert "/tilleul/mes-demandes" in mail.text
    for secret in ("Camille", "Exemple", begun.public_id):
        assert secret not in whole.replace("Tilleul-sur-Exemple", ""), secret


async def test_what_is_saved_again_lives_and_is_told_again(world: World, time: Clock) -> None:
    browser = world.browser()
    draft = await browser.begin()
    with world.database.writing(scope=world.authority().id) as session:
        row = session.execute(select(Draft)).scalar_one()
        row.answers = demandes.answers_with(EMAIL)
        row.expires_at = clock.now() + timedelta(days=2)
        session.add(row)
    assert await sweep_and_deliver(world, time) == 1
    await browser.post(f"/tilleul/brouillons/{draft}/acte", {"then": "later"})
    (row,) = stored(world, Draft)
    assert row.notified_at is None
    assert row.expires_at > clock.now() + timedelta(days=29)
    assert await sweep_and_deliver(world, time) == 0


async def test_a_mail_that_waits_does_not_leave_for_a_draft_saved_since(world: World, time: Clock) -> None:
    browser = world.browser()
    draft = await browser.begin()
    with world.database.writing(scope=world.authority().id) as session:
        row = session.execute(select(Draft)).scalar_one()
        row.answers = demandes.answers_with(EMAIL)
        row.expires_at = clock.now() + timedelta(days=2)
        session.add(row)
    await Sweeper(world.database, LocalStorage(world.settings.storage), now=time.now).round()
    await browser.post(f"/tilleul/brouillons/{draft}/acte", {"then": "autosave"})
    await world.deliver()
    assert told(world) == 0
    assert [entry.state for entry in stored(world, OutboxEntry)] == ["dropped"]


async def test_nor_does_one_that_an_outage_held_back(world: World, time: Clock) -> None:
    browser = world.browser()
    draft = await browser.begin()
    with world.database.writing(scope=world.authority().id) as session:
        row = session.execute(select(Draft)).scalar_one()
        row.answers = demandes.answers_with(EMAIL)
        row.expires_at = clock.now() + timedelta(days=2)
        session.add(row)
    world.mailbox.faults = Faults(busy=True)
    assert await sweep_and_deliver(world, time) == 1
    assert [entry.state for entry in stored(world, OutboxEntry)] == ["pending"]
    await browser.post(f"/tilleul/brouillons/{draft}/acte", {"then": "autosave"})
    world.mailbox.faults = Faults()
    time.forward(timedelta(minutes=10))
    assert await sweep_and_deliver(world, time) == 1
    assert told(world) == 0
    assert [entry.state for entry in stored(world, OutboxEntry)] == ["dropped"]


async def test_without_a_typed_address_the_account_s_is_told(world: World, time: Clock) -> None:
    browser = world.browser()
    sign_in(world, browser)
    await browser.begin()
    with world.database.writing(scope=world.authority().id) as session:
        row = session.execute(select(Draft)).scalar_one()
        row.answers = {}
        session.add(row)
    time.forward(timedelta(days=24))
    assert await sweep_and_deliver(world, time) == 1
    assert told(world, "andrea@exemple.example") == 1


async def test_without_any_address_the_end_comes_without_notice(world: World, time: Clock) -> None:
    await world.browser().begin()
    time.forward(timedelta(days=24))
    assert await sweep_and_deliver(world, time) == 0
    time.forward(timedelta(days=7))
    await sweep_and_deliver(world, time)
    assert stored(world, Draft) == []


async def test_one_address_is_not_flooded(world: World, time: Clock) -> None:
    most = limits.DRAFT_NOTICES_PER_ADDRESS.hits
    for _ in range(most + 3):
        demandes.begun(world.database, demandes.answers_with(EMAIL), at=time.now())
    time.forward(timedelta(days=24))
    assert await sweep_and_deliver(world, time) == most
    assert await sweep_and_deliver(world, time) == 0


async def test_at_the_end_nothing_is_left_neither_files_nor_mails(world: World, time: Clock) -> None:
    await world.browser().fill("passes-descendant-with-proof")
    storage = LocalStorage(world.settings.storage)
    (file,) = stored(world, Attachment)
    assert storage.exists(file.key)
    time.forward(timedelta(days=24))
    assert await sweep_and_deliver(world, time) == 1
    time.forward(timedelta(days=7))
    await sweep_and_deliver(world, time)
    for table in (Draft, Attachment, OutboxEntry, Message):
        assert stored(world, table) == [], table
    assert not storage.exists(file.key)


async def test_a_draft_that_cannot_be_told_of_keeps_no_other_beyond_its_end(world: World, time: Clock) -> None:
    other = world.authority("marronnier").id
    await world.browser().begin("marronnier")
    with world.database.reading(scope=other) as session:
        theirs = select(ProcedureVersion.id).where(col(ProcedureVersion.authority_id) == other)
        elsewhere = session.execute(theirs).scalars().first()
    for _ in range(2):
        await world.browser().begin()
    mine = world.authority().id
    with world.database.writing(scope=mine) as session:
        odd = session.execute(select(Draft).where(col(Draft.authority_id) == mine)).scalars().all()[0]
        odd.version_id, odd.expires_at = elsewhere, clock.now() + timedelta(days=33)
        session.add(odd)
    time.forward(timedelta(days=31))
    await sweep_and_deliver(world, time)
    for authority, left in ((mine, 1), (other, 0)):
        with world.database.reading(scope=authority) as session:
            rows = session.execute(select(Draft).where(col(Draft.authority_id) == authority)).scalars().all()
        assert len(rows) == left


async def test_what_is_sent_is_not_told(world: World, time: Clock) -> None:
    demandes.filed(world.database, at=time.now(), email=EMAIL)
    time.forward(timedelta(days=24))
    await sweep_and_deliver(world, time)
    assert told(world) == 0
