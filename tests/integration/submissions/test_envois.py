"""Whoever sends something more gets a receipt at once: a message, a document, the answer to a request."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update
from sqlmodel import col

from grc import clock
from grc.attachments.antivirus import Clamd
from grc.attachments.local import LocalStorage
from grc.authorities.models import Service
from grc.outbox.models import OutboxEntry
from grc.quarantine import Quarantine
from grc.receipts import EnvoiReceipt, from_json
from grc.submissions import commands, envois
from grc.submissions.commands import AskedDocument, DocumentsAsked
from grc.submissions.models import DocumentsRequest, Event, Notice, Submission, Task
from tests.support import cases, demandes
from tests.support.clamd import MARK, Daemon
from tests.support.demandes import Demande
from tests.support.world import PDF, Browser, World, a_world

pytestmark = pytest.mark.anyio
CITIZEN = "camille@exemple.example"
TELEPHONE = "01 99 00 12 34"
INFECTED = PDF.replace(b"%%EOF", b"% " + MARK + b"\n%%EOF")


@pytest.fixture
async def guarded(database_url: str, tmp_path: Path, clamd: Daemon) -> AsyncIterator[World]:
    """A world whose installation has an antivirus."""
    async with a_world(database_url, tmp_path, clamd=clamd.address) as made:
        yield made


def reached_by(world: World, telephone: str) -> None:
    authority = world.authority()
    with world.database.writing(scope=authority.id) as session:
        session.execute(update(Service).where(col(Service.authority_id) == authority.id).values(telephone=telephone))


async def opened(world: World, *, example: str = "passes-descendant-with-proof") -> tuple[Demande, Browser]:
    """A demande and the citizen's browser that opened it; its service has a telephone."""
    reached_by(world, TELEPHONE)
    demande = demandes.filed(world.database, email=CITIZEN, example=example)
    citizen = world.browser()
    await citizen.post("/tilleul/suivi", {"code": demande.code})
    return demande, citizen


async def write(citizen: Browser, demande: Demande, text: str, *names: str) -> None:
    files = [("files", (name, PDF, "application/pdf")) for name in names]
    sent = await citizen.post(f"/tilleul/demandes/{demande.reference}/messages", {"text": text}, files)
    assert sent.status_code == 303, sent.text


async def add(citizen: Browser, demande: Demande) -> None:
    files = [("document", ("secret-de-famille.pdf", PDF, "application/pdf"))]
    sent = await citizen.post(f"/tilleul/demandes/{demande.reference}/pieces", {}, files)
    assert sent.status_code == 303, sent.text


async def answer(citizen: Browser, demande: Demande, field: str, content: bytes = PDF) -> None:
    files = [(field, ("livret.pdf", content, "application/pdf"))]
    sent = await citizen.post(f"/tilleul/demandes/{demande.reference}/complements", {}, files)
    assert sent.status_code == 303, sent.text


def asked(world: World, demande: Demande, *, more: bool = False) -> None:
    """One document is asked for; more: and another."""
    authority, agent, now = world.authority(), world.agent(), clock.now()
    due_on = clock.day_in(authority.zone, now) + timedelta(days=30)
    wanted = DocumentsAsked([AskedDocument("proof_of_link", "unreadable")], due_on, "", 2)
    with world.database.writing(scope=authority.id) as session:
        commands.take_charge(session, authority, demande.reference, revision=1, by=agent, now=now)
        commands.request_documents(session, authority, demande.reference, wanted, by=agent, now=now)
    if more:
        with world.database.writing(scope=authority.id) as session:
            waiting = session.execute(select(DocumentsRequest)).scalar_one()
            waiting.items = [*waiting.items, {**waiting.items[0], "field": "other", "title": "Autre"}]


def given(world: World, demande: Demande) -> list[EnvoiReceipt]:
    """The receipts fixed for envois, each of which has one mail to the citizen."""
    every = [one for one in cases.rows(world.database, Notice, demande) if one.kind == EnvoiReceipt.KIND]
    mails = [one for one in cases.rows(world.database, OutboxEntry, demande) if one.kind == EnvoiReceipt.KIND]
    assert [(one.notice_id, one.recipient) for one in mails] == [(one.id, "citizen") for one in every]
    facts = [from_json(one.facts) for one in every]
    assert all(isinstance(one, EnvoiReceipt) and not one.missing_mentions() for one in facts)
    return facts  # type: ignore[return-value]


def words(receipts: list[EnvoiReceipt]) -> list[str]:
    return [one.what.replace("\u00a0", " ") for one in receipts]


def told(world: World, demande: Demande) -> list[str]:
    """The changes of state mailed to the citizen."""
    found = cases.rows(world.database, Notice, demande)
    return [one.facts["change"] for one in found if one.kind == "state" and one.facts["change"] != "taken_charge"]


@pytest.mark.law("R1")
async def test_a_message_is_acknowledged_at_once_and_once(world: World) -> None:
    demande, citizen = await opened(world)
    for _ in range(2):
        await write(citizen, demande, "Un secret de famille.", "plan-secret.pdf", "autre-secret.pdf")
    (receipt,) = given(world, demande)
    assert words([receipt]) == ["votre message et 2 documents"]
    (event,) = [one for one in cases.rows(world.database, Event, demande) if one.sequence == 2]
    assert receipt.received_at == event.at
    await world.deliver()
    mail = world.mail(CITIZEN, "nous avons reçu votre message")
    text = mail.text.replace("\u00a0", " ")
    assert demande.reference in mail.subject
    assert TELEPHONE in text
    assert receipt.service.name in text
    assert f"/demandes/{demande.reference}" in text
    assert "secret" not in mail.content.decode()


@pytest.mark.law("R1")
async def test_a_document_sent_of_one_s_own_accord_is_acknowledged(world: World) -> None:
    demande, citizen = await opened(world)
    await add(citizen, demande)
    assert words(given(world, demande)) == ["votre document"]
    await world.deliver()
    mail = world.mail(CITIZEN, "nous avons reçu votre document")
    assert TELEPHONE in mail.text.replace("\u00a0", " ")
    assert "secret" not in mail.content.decode()


@pytest.mark.law("R1")
async def test_each_part_of_an_answer_is_acknowledged_and_the_last_by_what_it_causes(world: World) -> None:
    demande, citizen = await opened(world)
    asked(world, demande, more=True)
    await answer(citizen, demande, "proof_of_link")
    assert (words(given(world, demande)), told(world, demande)) == (["votre document"], [])
    await answer(citizen, demande, "other")
    assert (len(given(world, demande)), told(world, demande)) == (1, ["documents_received"]), "never two for one envoi"
    await world.deliver()
    mail = world.mail(CITIZEN, "documents reçus")
    assert TELEPHONE in mail.text.replace("\u00a0", " ")
    assert "Vos documents sont arrivés le" in mail.text.replace("\u00a0", " ")


@pytest.mark.law("R1")
@pytest.mark.parametrize(("content", "then"), [(PDF, ["documents_received"]), (INFECTED, [])])
async def test_the_receipt_waits_for_no_antivirus(guarded: World, content: bytes, then: list[str]) -> None:
    demande, citizen = await opened(guarded)
    asked(guarded, demande)
    await answer(citizen, demande, "proof_of_link", content)
    assert (words(given(guarded, demande)), told(guarded, demande)) == (["votre document"], [])
    quarantine = Quarantine(guarded.database, LocalStorage(guarded.settings.storage), Clamd(guarded.settings.clamd))
    while await quarantine.round():
        pass
    assert told(guarded, demande) == then
    assert words(given(guarded, demande)) == ["votre document"], "what was infected came all the same"


@pytest.mark.law("R1")
@pytest.mark.parametrize("change", [{"contact_email": ""}, {"is_report": True}])
async def test_none_for_a_report_nor_without_an_address(world: World, change: dict[str, object]) -> None:
    demande, citizen = await opened(world)
    with world.database.writing(scope=world.authority().id) as session:
        session.execute(update(Submission).where(col(Submission.id) == demande.id).values(change))
    await write(citizen, demande, "Bonjour.")
    await add(citizen, demande)
    assert given(world, demande) == []
    assert cases.rows(world.database, Task, demande) == []


@pytest.mark.law("R1")
@pytest.mark.law("R4")
async def test_a_service_that_lacks_a_mention_stops_no_envoi_and_is_a_task_once(world: World) -> None:
    demande, citizen = await opened(world)
    reached_by(world, "")
    await write(citizen, demande, "Bonjour.")
    await add(citizen, demande)
    assert given(world, demande) == []
    (task,) = cases.rows(world.database, Task, demande)
    assert (task.title, task.closed_at) == (envois.OWED, None)
    assert len(cases.rows(world.database, Event, demande)) == 3
    agent = world.browser()
    await agent.sign_in_agent()
    page = (await agent.get(f"/tilleul/agents/demandes/{demande.reference}")).text
    assert "il manque des coordonnées au service" in page.replace("\u00a0", " ")
    reached_by(world, TELEPHONE)
    await write(citizen, demande, "Et maintenant ?")
    assert words(given(world, demande)) == ["votre message"]
