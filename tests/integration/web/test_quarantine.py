"""With an antivirus, nobody opens a file before it is judged; a virus is destroyed and told; outages lose nothing."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO

import pytest
from sqlalchemy import select
from sqlmodel import col

from grc import clock
from grc.attachments import scanning
from grc.attachments.antivirus import Clamd, Verdict
from grc.attachments.local import LocalStorage
from grc.attachments.models import Attachment
from grc.checks import findings
from grc.quarantine import Quarantine
from grc.submissions.models import DocumentsRequest, Task
from tests.support.clamd import MARK, Daemon
from tests.support.world import PDF, Browser, World, a_deadline, a_world

pytestmark = pytest.mark.anyio
INFECTED = PDF.replace(b"%%EOF", b"% " + MARK + b"\n%%EOF")


@pytest.fixture
async def guarded(database_url: str, tmp_path: Path, clamd: Daemon) -> AsyncIterator[World]:
    """A world whose installation has an antivirus."""
    async with a_world(database_url, tmp_path, clamd=clamd.address) as made:
        yield made


def quarantine(world: World) -> Quarantine:
    return Quarantine(world.database, LocalStorage(world.settings.storage), Clamd(world.settings.clamd))


def at(world: World, now: datetime) -> Quarantine:
    """The quarantine at another hour."""
    return replace(quarantine(world), now=lambda: now)


def attachments(world: World) -> list[Attachment]:
    with world.database.reading(scope=world.authority().id) as session:
        rows = list(session.execute(select(Attachment).order_by(col(Attachment.id))).scalars())
        session.expunge_all()
    return rows


def open_tasks(world: World) -> list[str]:
    with world.database.reading(scope=world.authority().id) as session:
        return list(session.execute(select(col(Task.kind)).where(col(Task.closed_at).is_(None))).scalars())


def stored(world: World) -> list[Path]:
    return [path for path in (world.settings.storage / "tilleul").rglob("*") if path.is_file()]


async def add(browser: Browser, reference: str, content: bytes, name: str = "oubli.pdf") -> None:
    files = [("document", (name, content, "application/pdf"))]
    answer = await browser.post(f"/tilleul/demandes/{reference}/pieces", {}, files)
    assert answer.status_code == 303, answer.text


def link_of(page: str) -> str:
    found = re.search(r'href="([^"]+/fichiers/[^"]+)"', page)
    assert found is not None, "no file can be opened on this page"
    return found[1]


async def test_a_file_waits_then_may_be_opened(guarded: World) -> None:
    browser, agent = guarded.browser(), guarded.browser()
    reference = await browser.file()
    await add(browser, reference, PDF)
    await agent.sign_in_agent()
    page = (await agent.get(f"/tilleul/agents/demandes/{reference}")).text
    assert "Analyse antivirus en cours" in page
    (row,) = attachments(guarded)
    for who, path in ((agent, f"/tilleul/agents/demandes/{reference}"), (browser, f"/tilleul/demandes/{reference}")):
        refused = await who.get(f"{path}/fichiers/{row.public_id}")
        assert refused.status_code == 409
        assert "analyse" in refused.text
        assert "/fichiers/" not in (await who.get(path)).text
    assert await quarantine(guarded).round() == 1
    page = (await agent.get(f"/tilleul/agents/demandes/{reference}")).text
    assert "Analyse antivirus en cours" not in page
    opened = await agent.get(link_of(page))
    assert (opened.status_code, opened.content) == (200, PDF)
    assert await quarantine(guarded).round() == 0


async def test_a_virus_is_destroyed_and_told(guarded: World) -> None:
    browser, agent = guarded.browser(), guarded.browser()
    reference = await browser.file()
    await add(browser, reference, INFECTED)
    assert len(stored(guarded)) == 1
    assert await quarantine(guarded).round() == 1
    assert stored(guarded) == []
    (row,) = attachments(guarded)
    assert (row.scan, row.scan_due_at) == (scanning.INFECTED, None)
    assert row.scan_found.startswith("Exemple.Invente")
    await agent.sign_in_agent()
    for who, path in ((agent, f"/tilleul/agents/demandes/{reference}"), (browser, f"/tilleul/demandes/{reference}")):
        page = (await who.get(path)).text.replace("\u00a0", " ")
        assert "Contenait un virus : détruit" in page
        assert "/fichiers/" not in page
        gone = await who.get(f"{path}/fichiers/{row.public_id}")
        assert gone.status_code == 409
        assert "virus" in gone.text
    assert open_tasks(guarded) == ["file_infected"]
    assert "il est détruit" in (await agent.get(f"/tilleul/agents/demandes/{reference}")).text
    await add(browser, reference, PDF)
    assert open_tasks(guarded) == []


async def asked(world: World, citizen: Browser, agent: Browser) -> str:
    """A demande that waits for one document; gives its reference."""
    reference = await citizen.file("passes-descendant-with-proof")
    await quarantine(world).round()
    await agent.sign_in_agent()
    path = f"/tilleul/agents/demandes/{reference}"
    await agent.post(f"{path}/prise-en-charge", {"revision": "1"})
    wanted = {"piece": "proof_of_link", "reason-proof_of_link": "unreadable", "deadline": a_deadline(), "then": "send"}
    assert (await agent.post(f"{path}/pieces-manquantes", wanted | {"revision": "2"})).status_code == 303
    return reference


async def answer(citizen: Browser, reference: str, content: bytes) -> str:
    files = [("proof_of_link", ("livret.pdf", content, "application/pdf"))]
    sent = await citizen.post(f"/tilleul/demandes/{reference}/complements", {}, files)
    return sent.headers["location"].partition("fait=")[2]


def requests(world: World) -> DocumentsRequest:
    with world.database.reading(scope=world.authority().id) as session:
        found: DocumentsRequest = session.execute(select(DocumentsRequest)).scalar_one()
        session.expunge(found)
    return found


@pytest.mark.law("R16")
async def test_a_document_asked_for_counts_once_it_is_clean_as_of_the_day_it_was_sent(guarded: World) -> None:
    citizen, agent = guarded.browser(), guarded.browser()
    reference = await asked(guarded, citizen, agent)
    assert await answer(citizen, reference, PDF) == "analyse"
    waits = requests(guarded)
    assert (waits.answered_on, waits.answered_at) == (None, None)
    page = (await citizen.get(f"/tilleul/demandes/{reference}")).text
    assert "Envoyer ce document" not in page, "it is not asked for again meanwhile"
    two_days = clock.now() + timedelta(days=2)
    assert await at(guarded, two_days).round() == 1
    settled = requests(guarded)
    assert settled.answered_on == clock.day_in("Europe/Paris", clock.now()), "the scan came two days later"
    page = (await agent.get(f"/tilleul/agents/demandes/{reference}")).text
    assert "Documents reçus" in page
    assert "En cours d’examen" in (await citizen.get(f"/tilleul/demandes/{reference}")).text


async def test_an_infected_document_answers_nothing_and_is_asked_for_again(guarded: World) -> None:
    citizen, agent = guarded.browser(), guarded.browser()
    reference = await asked(guarded, citizen, agent)
    await guarded.deliver()
    await answer(citizen, reference, INFECTED)
    await quarantine(guarded).round()
    waits = requests(guarded)
    assert (waits.answered_on, waits.answered_at) == (None, None)
    assert open_tasks(guarded) == ["file_infected"]
    await guarded.deliver()
    mail = guarded.mail("camille@exemple.example", "un message du service")
    assert "contenait un virus" in mail.text
    assert "livret.pdf" not in mail.text, "no name of a file travels by mail"
    page = (await citizen.get(f"/tilleul/demandes/{reference}")).text
    assert "Envoyer ce document" in page
    assert "contenait un virus" in page
    await answer(citizen, reference, PDF)
    await quarantine(guarded).round()
    assert requests(guarded).answered_at is not None
    assert open_tasks(guarded) == []


async def test_a_virus_in_the_exchange_is_destroyed_whoever_sent_it(guarded: World) -> None:
    citizen, agent = guarded.browser(), guarded.browser()
    reference = await citizen.file()
    await agent.sign_in_agent()
    theirs, ours = f"/tilleul/demandes/{reference}", f"/tilleul/agents/demandes/{reference}"
    files = [("files", ("lettre.pdf", INFECTED, "application/pdf"))]
    await citizen.post(f"{theirs}/messages", {"text": "Voici."}, files)
    await agent.post(f"{ours}/notes", {"text": "Pour nous."}, files)
    assert "/fichiers/" not in (await agent.get(ours)).text, "nobody opens a file before it is judged"
    assert await quarantine(guarded).round() == 2
    assert stored(guarded) == []
    assert sorted(open_tasks(guarded)) == ["agent_file_infected", "file_infected"]
    page = (await citizen.get(theirs)).text
    assert page.count("Document détruit") == 1, "the citizen is not told of the note's"
    clean = [("files", ("lettre.pdf", PDF, "application/pdf"))]
    await citizen.post(f"{theirs}/messages", {"text": "Encore."}, clean)
    await agent.post(f"{ours}/notes", {"text": "Encore."}, clean)
    assert open_tasks(guarded) == []


async def test_a_virus_in_a_draft_takes_the_answer_back(guarded: World) -> None:
    browser = guarded.browser()
    draft = await browser.fill("passes-descendant-with-proof")
    page = f"/tilleul/brouillons/{draft}/justificatif"
    taken = re.search(r"/fichiers/([^/]+)/suppression", (await browser.get(page)).text)
    assert taken is not None
    await browser.post(f"/tilleul/brouillons/{draft}/fichiers/{taken[1]}/suppression")
    files = [("proof_of_link", ("livret.pdf", INFECTED, "application/pdf"))]
    assert (await browser.post(page, {"then": "continue"}, files)).status_code == 303
    await quarantine(guarded).round()
    guarded.age_drafts()
    refused = await browser.post(f"/tilleul/brouillons/{draft}/envoi")
    assert refused.status_code in (303, 422)
    assert "confirmation" not in refused.headers.get("location", "")
    shown = (await browser.get(page)).text.replace("\u00a0", " ")
    assert "livret.pdf" in shown
    assert "Contenait un virus : détruit" in shown
    assert 'type="file"' in shown
    assert (await browser.post(page, {"then": "continue"})).status_code == 422
    files = [("proof_of_link", ("livret.pdf", PDF, "application/pdf"))]
    assert (await browser.post(page, {"then": "continue"}, files)).status_code == 303
    await quarantine(guarded).round()
    sent = await browser.post(f"/tilleul/brouillons/{draft}/envoi")
    assert "confirmation" in sent.headers["location"]


@dataclass(frozen=True)
class Meanwhile(Clamd):
    """A clamd during whose scan something happens."""

    happens: Callable[[], Awaitable[object]] | None = None

    async def scan(self, file: IO[bytes]) -> Verdict:
        assert self.happens is not None
        await self.happens()
        return await super().scan(file)


async def test_a_virus_in_a_draft_sent_during_its_scan_is_told_to_the_agents(guarded: World) -> None:
    browser = guarded.browser()
    draft = await browser.fill("passes-descendant-with-proof")
    page = f"/tilleul/brouillons/{draft}/justificatif"
    files = [("proof_of_link", ("livret.pdf", INFECTED, "application/pdf"))]
    assert (await browser.post(page, {"then": "continue"}, files)).status_code == 303
    guarded.age_drafts()

    async def send() -> None:
        await browser.post(f"/tilleul/brouillons/{draft}/envoi")

    clamd = Meanwhile(guarded.settings.clamd, happens=send)
    await replace(quarantine(guarded), clamd=clamd).round()
    assert {row.submission_id is not None for row in attachments(guarded)} == {True}
    assert open_tasks(guarded) == ["file_infected"]


async def test_correcting_the_address_leaves_the_task_of_a_virus_open(guarded: World) -> None:
    browser = guarded.browser()
    reference = await browser.file()
    await add(browser, reference, INFECTED)
    await quarantine(guarded).round()
    corrected = await browser.post(f"/tilleul/demandes/{reference}/adresse", {"email": "juste@exemple.example"})
    assert corrected.status_code == 303
    assert open_tasks(guarded) == ["file_infected"]


async def test_an_outage_loses_nothing_and_lets_nothing_through(guarded: World, clamd: Daemon) -> None:
    browser = guarded.browser()
    reference = await browser.file()
    clamd.stop()
    await add(browser, reference, PDF)
    keeper = quarantine(guarded)
    assert await keeper.round() == 0
    (row,) = attachments(guarded)
    assert (row.scan, row.scan_tries) == (scanning.PENDING, 0), "an outage costs no try"
    assert "antivirus down" in (await browser.get("/readyz")).text
    said = [str(one) for one in await findings(guarded.settings) if "antivirus" in one.text]
    assert "1 document(s) en quarantaine" in said[0]
    assert said[0].startswith("à corriger")
    clamd.start()
    assert await keeper.round() == 1
    assert attachments(guarded)[0].scan == scanning.CLEAN
    assert "antivirus ok" in (await browser.get("/readyz")).text
    said = [str(one) for one in await findings(guarded.settings) if "antivirus" in one.text]
    assert said[0].startswith("bien")


async def test_a_file_that_gets_no_verdict_is_tried_later_and_later(guarded: World) -> None:
    browser = guarded.browser()
    reference = await browser.file()
    await add(browser, reference, PDF)
    (key,) = stored(guarded)
    content = key.read_bytes()
    key.unlink()
    began = clock.now()
    for hours in (0, 2, 4):
        keeper = at(guarded, began + timedelta(hours=hours))
        assert [await keeper.round(), await keeper.round()] == [0, 0]
    (row,) = attachments(guarded)
    assert (row.scan, row.scan_tries) == (scanning.PENDING, 3)
    key.write_bytes(content)
    assert await at(guarded, began + timedelta(hours=6)).round() == 1
    assert attachments(guarded)[0].scan == scanning.CLEAN


async def test_two_workers_never_take_the_same_file_and_a_late_one_changes_nothing(guarded: World) -> None:
    browser = guarded.browser()
    await add(browser, await browser.file(), PDF)
    authority, now = guarded.authority().id, clock.now()
    with guarded.database.writing(scope=authority) as session:
        (first,) = scanning.claim(session, authority, now=now, limit=5)
        assert scanning.claim(session, authority, now=now, limit=5) == []
    with guarded.database.writing(scope=authority) as session:
        (second,) = scanning.claim(session, authority, now=now + scanning.LEASE, limit=5)
        assert not scanning.record_clean(session, first)
        assert scanning.record_infected(session, second, found="x", now=now)
        assert not scanning.record_clean(session, second), "what is infected stays so"


async def test_bytes_left_by_a_crash_are_destroyed_at_the_next_round(guarded: World) -> None:
    browser = guarded.browser()
    await add(browser, await browser.file(), INFECTED)
    authority, now = guarded.authority().id, clock.now()
    with guarded.database.writing(scope=authority) as session:
        (file,) = scanning.claim(session, authority, now=now, limit=5)
        assert scanning.record_infected(session, file, found="x", now=now)
    assert len(stored(guarded)) == 1
    await at(guarded, now + 2 * scanning.LEASE).round()
    assert stored(guarded) == []
    assert attachments(guarded)[0].scan_due_at is None


async def test_without_an_antivirus_files_are_open_and_those_left_waiting_are_told(world: World) -> None:
    browser = world.browser()
    reference = await browser.file()
    await add(browser, reference, PDF)
    assert attachments(world)[0].scan == scanning.NONE
    opened = await browser.get(link_of((await browser.get(f"/tilleul/demandes/{reference}")).text))
    assert opened.content == PDF
    assert not [one for one in await findings(world.settings) if "antivirus" in one.text]
    authority = world.authority().id
    with world.database.writing(scope=authority) as session:
        row = session.execute(select(Attachment)).scalar_one()
        row.scan = scanning.PENDING
        session.add(row)
    (said,) = [one for one in await findings(world.settings) if "antivirus" in one.text]
    assert not said.is_well
    assert "GRC_CLAMD" in said.text
