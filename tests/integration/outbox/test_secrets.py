"""The tracking code is in one mail and on one page; the database holds its hash, and nothing that opens it."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlmodel import SQLModel

from grc import references
from grc.attachments.local import LocalStorage
from grc.demo.mailbox import Faults
from grc.notifications.delivery import Deliverer
from grc.submissions.models import Draft
from grc.sweeping import Sweeper
from tests.support import demandes
from tests.support.demandes import Demande
from tests.support.outbox import entries, messages
from tests.support.time import Clock
from tests.support.world import World, code_in

pytestmark = pytest.mark.anyio
CITIZEN = "camille@exemple.example"


def spellings(code: str) -> list[str]:
    plain = references.read_code(code) or ""
    return [code, plain, plain.lower()]


def everything(world: World) -> Iterator[tuple[str, object]]:
    """Every value of every column of every table, as Tilleul sees them."""
    with world.database.reading(scope=world.authority().id) as session:
        for name, table in SQLModel.metadata.tables.items():
            for row in session.execute(select(table)).mappings():
                yield from ((f"{name}.{column}", value) for column, value in row.items())


def holds(value: object, code: str) -> bool:
    if isinstance(value, bytes):
        parts = email.message_from_bytes(value, policy=email.policy.default).walk()
        texts = [str(part.get_content()) for part in parts if part.get_content_maintype() == "text"]
        return any(spelling in text for spelling in spellings(code) for text in [*texts, value.decode("latin-1")])
    return any(spelling in str(value) for spelling in spellings(code))


def where(world: World, code: str) -> list[str]:
    return [place for place, value in everything(world) if holds(value, code)]


def assert_nowhere(world: World, code: str) -> None:
    assert where(world, code) == []
    if world.database.is_sqlite:
        file = Path(world.settings.database_url.removeprefix("sqlite:///"))
        for path in file.parent.glob("grc.db*"):
            found = [spelling for spelling in spellings(code) if spelling.encode() in path.read_bytes()]
            assert found == [], path.name


def test_the_search_finds_a_code_in_a_mail() -> None:
    head = b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    raw = head + b"SzdQUS0yTTRYLUFCQ0QtRUYyMw==\r\n"
    assert holds(raw, "K7PQ-2M4X-ABCD-EF23")
    assert holds({"a": "K7PQ-2M4X-ABCD-EF23"}, "K7PQ-2M4X-ABCD-EF23")
    assert not holds(raw, "K7PQ-2M4X-ABCD-EF24")


async def test_it_is_nowhere_once_delivered(world: World, worker: Deliverer, time: Clock) -> None:
    demande = demandes.filed(world.database, at=time.now())
    assert_nowhere(world, demande.code)
    assert await worker.round() == 3
    sent = world.mail(CITIZEN, "code")
    assert code_in(sent.text) == demande.code.replace("-", "") or code_in(sent.text) == demande.code
    assert holds(sent.content, demande.code)
    assert [one for one in world.mailbox.messages if holds(one.content, demande.code)] == [sent]
    assert_nowhere(world, demande.code)
    assert entries(world.database, demande)["tracking_code"].sealed_secret is None
    assert messages(world.database, demande)["tracking_code"].raw is None


async def test_it_is_nowhere_while_its_mail_waits(world: World, worker: Deliverer, time: Clock) -> None:
    world.mailbox.faults.busy = True
    demande = demandes.filed(world.database, at=time.now())
    await worker.round()
    assert messages(world.database, demande)["tracking_code"].raw is not None
    assert_nowhere(world, demande.code)
    world.mailbox.clear()
    time.forward(timedelta(minutes=2))
    await worker.round()
    assert holds(world.mail(CITIZEN, "code").content, demande.code)
    assert_nowhere(world, demande.code)


async def test_nothing_is_left_that_opens_it_when_its_mail_is_given_up(
    world: World, worker: Deliverer, time: Clock
) -> None:
    world.mailbox.faults = Faults(refused=frozenset({CITIZEN}))
    demande = demandes.filed(world.database, at=time.now())
    await worker.round()
    dead = entries(world.database, demande)["tracking_code"]
    assert (dead.state, dead.sealed_secret) == ("dead", None)
    assert messages(world.database, demande)["tracking_code"].raw is None
    assert messages(world.database, demande)["acknowledgement"].raw is not None


async def test_nothing_is_left_that_opens_it_when_another_mail_takes_its_place(
    world: World, worker: Deliverer, time: Clock
) -> None:
    world.mailbox.faults.busy = True
    demande = demandes.filed(world.database, at=time.now())
    await worker.round()
    citizen = world.browser()
    await citizen.post("/tilleul/suivi", {"code": demande.code})
    path = f"/tilleul/demandes/{demande.reference}/adresse"
    assert (await citizen.post(path, {"email": "juste@exemple.example"})).status_code == 303
    with world.database.reading(scope=world.authority().id) as session:
        statement = "SELECT e.sealed_secret, m.raw FROM outbox_entry e JOIN message m ON m.outbox_id = e.id"
        rows = session.connection().exec_driver_sql(f"{statement} WHERE e.kind = 'tracking_code'").all()
    assert [tuple(row) for row in rows] == [(None, None)]


async def test_the_page_s_own_copy_is_forgotten_after_an_hour(world: World, time: Clock) -> None:
    demande = demandes.filed(world.database, at=time.now())
    sweeper = Sweeper(world.database, LocalStorage(world.settings.storage), now=time.now)
    for minutes, kept in ((59, True), (2, False)):
        time.forward(timedelta(minutes=minutes))
        await sweeper.round()
        assert sealed_copy(world, demande) is kept


async def test_a_reload_of_the_confirmation_after_that_hour_still_confirms(world: World, time: Clock) -> None:
    """Never « begin again »: whoever reads that files twice."""
    citizen = world.browser()
    draft = await citizen.fill()
    sent = await citizen.post(f"/tilleul/brouillons/{draft}/envoi")
    time.forward(timedelta(hours=2))
    await Sweeper(world.database, LocalStorage(world.settings.storage), now=time.now).round()
    page = await citizen.get(sent.headers["location"])
    assert page.status_code == 200
    again = await citizen.post(f"/tilleul/brouillons/{draft}/envoi")
    assert (again.status_code, again.headers.get("location")) == (303, sent.headers["location"])
    time.forward(timedelta(days=31))
    await Sweeper(world.database, LocalStorage(world.settings.storage), now=time.now).round(is_confirmed=True)
    assert (await citizen.get(sent.headers["location"])).status_code == 404


def sealed_copy(world: World, demande: Demande) -> bool:
    with world.database.reading(scope=world.authority().id) as session:
        rows = session.execute(select(Draft.sealed_code).where(Draft.submission_id == demande.id)).scalars().all()
    return any(row is not None for row in rows)
