"""The operators' page: closed without its secret, says what ails without a name, has dead letters tried again."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from click.testing import CliRunner
from sqlalchemy import update

from grc import clock
from grc.cli import main
from grc.demo.mailbox import Faults
from grc.errors import Unavailable
from grc.outbox import dead, signs
from grc.outbox.delivery import GIVEN_UP_AFTER
from grc.outbox.models import OutboxEntry
from tests.support import demandes, processes
from tests.support.demandes import Demande
from tests.support.outbox import entries, messages, tasks
from tests.support.world import Browser, World, a_world

pytestmark = pytest.mark.anyio
SECRET = "an-operator-of-the-tests-opens-this-page"
CITIZEN, SERVICE = "camille@exemple.example", "etat-civil@tilleul.example"
PATH = "/exploitation"


@pytest.fixture
async def world(database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    """An installation with an operator's secret."""
    async with a_world(database_url, tmp_path, operator_secret=SECRET) as made:
        yield made


def operator(world: World, secret: str = SECRET, *, address: str = "127.0.0.1") -> Browser:
    """A browser that gives a secret."""
    browser = world.browser(address=address)
    browser.client.auth = httpx2.BasicAuth("", secret)
    return browser


async def given_up(world: World) -> Demande:
    """A demande whose three mails were refused for good."""
    world.mailbox.faults = Faults(refused=frozenset({CITIZEN, SERVICE}))
    demande = demandes.filed(world.database)
    await world.deliver()
    world.mailbox.faults = Faults()
    return demande


async def test_without_the_secret_nothing_is_said(world: World) -> None:
    await given_up(world)
    stranger = world.browser()
    for answer in (await stranger.get(PATH), await operator(world, "x" * 40).get(PATH)):
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"].startswith("Basic ")
        assert "abandonné" not in answer.text
    acts = (f"{PATH}/reprises", f"{PATH}/envois/1/reprise", f"{PATH}/envois/1/abandon")
    assert [(await stranger.post(path)).status_code for path in acts] == [401, 401, 401]


async def test_without_a_secret_set_there_is_no_page(database_url: str, tmp_path: Path) -> None:
    async with a_world(database_url, tmp_path) as bare:
        for secret in ("", "x"):
            assert (await operator(bare, secret).get(PATH)).status_code == 404


async def test_wrong_secrets_are_counted_by_address(world: World) -> None:
    guessing = operator(world, "x" * 40, address="192.0.2.1")
    assert [(await guessing.get(PATH)).status_code for _ in range(11)] == [401] * 10 + [429]
    assert (await operator(world, address="192.0.2.1").get(PATH)).status_code == 429
    assert (await operator(world, address="192.0.2.2").get(PATH)).status_code == 200


@pytest.mark.parametrize("sent", ["Basic", "Basic é", "Basic !!!!", "Bearer x", "Basic " + "A" * 4000, "basic Og=="])
async def test_whatever_is_sent_as_a_secret_is_refused(world: World, sent: str) -> None:
    answer = await world.browser().get(PATH, headers={"authorization": sent.encode("latin-1")})
    assert answer.status_code == 401


async def test_it_is_served_on_every_host_and_never_kept(world: World) -> None:
    answer = await operator(world).get(PATH, headers={"host": "demarches.tilleul.example"})
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")


async def test_a_well_installation_says_so(world: World) -> None:
    await world.deliverer._sign()
    page = (await operator(world).get(PATH)).text
    assert "Aucun envoi abandonné" in page
    assert "Aucun processus" not in page
    assert "Go libres" in page
    assert "Attention" not in page


async def test_no_worker_is_an_alert(world: World) -> None:
    assert "Aucun processus d’envoi ne donne signe de vie" in (await operator(world).get(PATH)).text


async def test_dead_letters_are_told_without_anybody_s_data(world: World) -> None:
    demande = await given_up(world)
    with world.database.writing(scope=None) as session:
        told = "550 5.1.1 <camille@exemple.example> inconnu"
        session.execute(update(OutboxEntry).values(last_fault=told))
    page = (await operator(world).get(PATH)).text
    assert "3 envois sont abandonnés" in page.replace("\u202f", " ").replace("\u00a0", " ")
    for words in ("Accusé de réception", "à l’usager", "Annonce d’une demande", "tilleul", "[adresse]", "550 5.1.1"):
        assert words in page
    for secret in (CITIZEN, "camille", "Camille", demande.reference, demande.code):
        assert secret not in page


async def test_a_letter_tried_again_leaves_byte_for_byte(world: World) -> None:
    demande = await given_up(world)
    before = messages(world.database, demande)["acknowledgement"]
    entry = entries(world.database, demande)["acknowledgement"]
    with world.database.writing(scope=None) as session:  # given up long ago: it gets its hours again
        session.execute(update(OutboxEntry).values(created_at=clock.now() - 2 * GIVEN_UP_AFTER))
    browser = operator(world)
    answer = await browser.post(f"{PATH}/envois/{entry.id}/reprise")
    assert (answer.status_code, answer.headers["location"]) == (303, f"{PATH}?fait=envoi-repris")
    assert "L’envoi est repris" in (await browser.get(answer.headers["location"])).text
    assert (await world.browser().get("/readyz")).status_code == 200
    world.mailbox.faults = Faults(busy=True)
    await world.deliver()
    assert entries(world.database, demande)["acknowledgement"].state == "pending"
    world.mailbox.faults = Faults()
    with world.database.writing(scope=None) as session:
        session.execute(update(OutboxEntry).values(due_at=clock.now()))
    await world.deliver()
    assert [one.content for one in world.mailbox.to(CITIZEN)] == [before.raw]
    open_tasks = [task.outbox_id for task in tasks(world.database, demande) if task.closed_at is None]
    assert entry.id not in open_tasks
    assert (await browser.post(f"{PATH}/envois/{entry.id}/reprise")).status_code == 404


async def test_a_code_that_is_forgotten_cannot_leave_again(world: World) -> None:
    demande = await given_up(world)
    browser, entry = operator(world), entries(world.database, demande)["tracking_code"]
    assert f"{entry.id}/reprise" not in (await browser.get(PATH)).text
    assert (await browser.post(f"{PATH}/envois/{entry.id}/reprise")).status_code == 409
    assert (await browser.post(f"{PATH}/reprises")).status_code == 303
    states = {kind: row.state for kind, row in entries(world.database, demande).items()}
    assert states == {"acknowledgement": "pending", "tracking_code": "dead", "new_submission": "pending"}


async def test_what_is_abandoned_leaves_the_list_and_stays_told(world: World) -> None:
    demande = await given_up(world)
    browser, entry = operator(world), entries(world.database, demande)["new_submission"]
    assert (await browser.post(f"{PATH}/envois/{entry.id}/abandon")).status_code == 303
    assert f"{entry.id}/abandon" not in (await browser.get(PATH)).text
    assert "2 given up" in (await browser.get("/readyz")).text
    agent = world.browser()
    await agent.sign_in_agent()
    page = await agent.get(f"/tilleul/agents/demandes/{demande.reference}")
    assert "envoi abandonné" in page.text
    assert (await browser.post(f"{PATH}/envois/{entry.id}/abandon")).status_code == 404
    assert (await browser.post(f"{PATH}/envois/{10**30}/abandon")).status_code == 404


async def test_a_post_from_another_site_is_refused(world: World) -> None:
    crossing = {"sec-fetch-site": "cross-site"}
    assert (await operator(world).post(f"{PATH}/reprises", headers=crossing)).status_code == 403


async def test_a_worker_that_falls_silent_is_seen(world: World) -> None:
    now = clock.now()
    for holder, seen in (("une-machine:12:ab", now), ("autre-machine:34:cd", now - timedelta(minutes=20))):
        with world.database.writing(scope=None) as session:
            signs.give(session, holder, started_at=now - timedelta(hours=3), now=seen)
    page = (await operator(world).get(PATH)).text
    assert page.count("Muet depuis") == 1
    assert "Vu il y a" in page
    with world.database.writing(scope=None) as session:
        signs.leave(session, "autre-machine:34:cd")
        signs.give(session, "une-machine:12:ab", started_at=now, now=now)
    with world.database.reading(scope=None) as session:
        assert [one.holder for one in signs.every(session)] == ["une-machine:12:ab"]


class Away:
    """A database that does not answer."""

    async def read(self, _unit: Any, *, scope: Any) -> Any:
        raise Unavailable


async def test_the_page_outlives_the_database(world: World, caplog: pytest.LogCaptureFixture) -> None:
    browser = operator(world)
    world.app._platform.db = Away()
    world.app._platform._tenants[("127.0.0.1", "exploitation")] = (time.monotonic(), None)
    page = await browser.get(PATH)
    assert page.status_code == 200
    assert "La base de données ne répond pas" in page.text
    assert "Go libres" in page.text
    assert "Envois abandonnés" not in page.text


async def test_the_commands_say_the_same(world: World) -> None:
    demande = await given_up(world)
    environment = processes.environment(world.settings)
    rows = entries(world.database, demande)

    def run(*arguments: str) -> tuple[int, str]:
        done = CliRunner().invoke(main, ["outbox", *arguments], env=environment)
        return done.exit_code, done.output

    code, listed = run("list")
    assert (code, listed.splitlines()[0]) == (0, "0 en attente, 3 abandonné(s).")
    assert len(listed.splitlines()) == 4
    assert "camille" not in listed
    assert run("retry", str(rows["acknowledgement"].id)) == (0, f"Envoi {rows['acknowledgement'].id} repris.\n")
    assert run("retry", "--all-dead") == (0, "1 envoi(s) repris.\n")
    assert run("retry", str(rows["tracking_code"].id))[0] == 1
    assert run("retry")[0] == 2
    with world.database.reading(scope=None) as session:
        assert [each.kind for each in dead.letters(session)] == ["tracking_code"]
