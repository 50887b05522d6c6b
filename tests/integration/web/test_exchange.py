"""The exchange over HTTP: both sides write with files and read each other; nothing typed is lost or sent twice."""

from __future__ import annotations

import asyncio
import html
import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlmodel import col

from grc import clock
from grc.attachments.models import Attachment
from grc.sessions import limits
from grc.submissions.events import Kind
from grc.submissions.exchange_models import ThreadEntry
from grc.submissions.models import Event, Submission
from grc.submissions.thread import LONGEST_TEXT
from tests.support import demandes
from tests.support.demandes import Demande
from tests.support.world import PDF, Browser, World

pytestmark = pytest.mark.anyio
CITIZEN = "camille@exemple.example"
SERVICE = "etat-civil@tilleul.example"
A_FILE = [("files", ("plan.pdf", PDF, "application/pdf"))]


async def both(world: World) -> tuple[Demande, Browser, Browser]:
    """A demande, the citizen's browser that opened it, an agent's."""
    demande = demandes.filed(world.database, email=CITIZEN)
    citizen, agent = world.browser(), world.browser()
    await citizen.post("/tilleul/suivi", {"code": demande.code})
    await agent.sign_in_agent()
    return demande, citizen, agent


def theirs(demande: Demande, act: str = "") -> str:
    return f"/tilleul/demandes/{demande.reference}{act}"


def ours(demande: Demande, act: str = "") -> str:
    return f"/tilleul/agents/demandes/{demande.reference}{act}"


def said(page: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def entries(world: World) -> list[tuple[str, str, str]]:
    with world.database.reading(scope=world.authority().id) as session:
        columns = (col(ThreadEntry.kind), col(ThreadEntry.author_kind), col(ThreadEntry.text))
        return [tuple(row) for row in session.execute(select(*columns).order_by(col(ThreadEntry.id)))]


def files(world: World) -> list[Attachment]:
    with world.database.reading(scope=world.authority().id) as session:
        rows = list(session.execute(select(Attachment).order_by(col(Attachment.id))).scalars())
        session.expunge_all()
    return rows


def bytes_kept(world: World) -> int:
    return len([path for path in (world.settings.storage / "tilleul").rglob("*") if path.is_file()])


async def test_each_reads_what_the_other_wrote_with_its_files(world: World) -> None:
    demande, citizen, agent = await both(world)
    before = world.authority()
    sent = await citizen.post(theirs(demande, "/messages"), {"text": "Puis-je venir chercher l’acte ?"}, A_FILE)
    assert sent.headers["location"].endswith("?fait=message")
    page = (await agent.get(ours(demande))).text
    assert "Puis-je venir chercher l’acte ?" in page
    assert "plan.pdf" in page
    answered = await agent.post(ours(demande, "/messages"), {"text": "Oui, le matin."}, A_FILE)
    assert answered.headers["location"].endswith("?fait=message-usager")
    page = (await citizen.get(theirs(demande))).text
    assert "Vous" in said(page)
    assert "Claire Modèle, " in said(page)
    assert "Oui, le matin." in page
    links = re.findall(rf'href="({theirs(demande)}/fichiers/[^"]+)"', page)
    assert len(links) == 2
    for link in links:
        assert (await citizen.get(link)).content == PDF
    assert [file.sender for file in files(world)] == ["citizen", "agent"]
    with world.database.reading(scope=before.id) as session:
        row = session.get_one(Submission, demande.id)
        assert (row.state, row.phase) == ("received", "received")
        kinds = list(session.execute(select(col(Event.kind)).where(col(Event.submission_id) == demande.id)).scalars())
        data = list(session.execute(select(col(Event.data)).where(col(Event.kind) == Kind.MESSAGE_SENT)).scalars())
    assert kinds.count(Kind.MESSAGE_SENT) == 2
    assert all(set(one) == {"entry", "files"} for one in data), "an event keeps ids alone"


async def test_the_service_gets_a_link_without_a_word_and_the_citizen_the_words(world: World) -> None:
    demande, citizen, agent = await both(world)
    await world.deliver()
    await citizen.post(theirs(demande, "/messages"), {"text": "Un secret de famille."})
    await agent.post(ours(demande, "/messages"), {"text": "Bien reçu <b>ceci</b>."})
    await world.deliver()
    told = world.mailbox.to(SERVICE)[-1]
    content = told.content.decode()
    assert f"/agents/demandes/{demande.reference}" in told.text
    for never in ("secret", "Camille", "Andréa", CITIZEN):
        assert never not in content
    mail = world.mail(CITIZEN, "un message du service")
    assert "Bien reçu <b>ceci</b>." in mail.text
    assert "Claire Modèle" in mail.text
    assert demande.code not in mail.content.decode()


@pytest.mark.parametrize(
    ("text", "told"),
    [("", "Écrivez votre message"), (" \r\n\t ", "Écrivez"), ("x" * (LONGEST_TEXT + 1), "Raccourcissez")],
)
async def test_what_is_refused_stays_in_the_form(world: World, text: str, told: str) -> None:
    demande, citizen, agent = await both(world)
    for who, path in ((citizen, theirs(demande)), (agent, ours(demande))):
        answer = await who.post(f"{path}/messages", {"text": text}, A_FILE)
        assert answer.status_code == 422
        assert told in said(answer.text)
        assert text.strip() in answer.text
        assert "<title>Erreur" in answer.text
    assert (entries(world), bytes_kept(world)) == ([], 0)


async def test_hostile_words_and_files_are_shown_as_they_are_and_do_nothing(world: World) -> None:
    demande, citizen, agent = await both(world)
    hostile = "<script>alert(1)</script>{{7*7}}\x00\x07\u202e=cmd|' /C calc'!A0"
    hostile_file = [("files", ('../"<img src=x>.pdf', PDF, "application/pdf"))]
    assert (await citizen.post(theirs(demande, "/messages"), {"text": hostile}, hostile_file)).status_code == 303
    for who, path in ((citizen, theirs(demande)), (agent, ours(demande))):
        page = (await who.get(path)).text
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt;{{7*7}}" in page
        assert "\x07" not in page


async def test_a_file_that_is_refused_costs_no_word(world: World) -> None:
    demande, citizen, agent = await both(world)
    too_large = [("files", ("gros.pdf", PDF + b"x" * (world.settings.max_file_mb * 1_000_000), "application/pdf"))]
    program = [("files", ("programme.exe", b"MZ" + b"x" * 100, "application/pdf"))]
    for who, path in ((citizen, theirs(demande)), (agent, ours(demande))):
        for bad in (too_large, program, [*A_FILE, *program], A_FILE * 7):
            answer = await who.post(f"{path}/messages", {"text": "Des mots à garder."}, bad)
            assert answer.status_code == 422
            assert "Des mots à garder." in answer.text
    assert (entries(world), bytes_kept(world)) == ([], 0)


async def test_a_form_sent_twice_makes_one_message(world: World) -> None:
    demande, citizen, agent = await both(world)
    for who, path in ((citizen, theirs(demande)), (agent, ours(demande))):
        posts = [who.post(f"{path}/messages", {"text": "Une fois."}, A_FILE) for _ in range(3)]
        assert {answer.status_code for answer in await asyncio.gather(*posts)} == {303}
    assert [kind for kind, _, _ in entries(world)] == ["message", "message"]
    assert (len(files(world)), bytes_kept(world)) == (2, 2)
    await citizen.post(
        theirs(demande, "/messages"), {"text": "Une fois."}, [("files", ("b.pdf", PDF + b"\n", "application/pdf"))]
    )
    assert len(entries(world)) == 3, "other files make another message"
    with world.database.writing(scope=world.authority().id) as session:
        session.execute(update(ThreadEntry).values(at=clock.now() - timedelta(minutes=2)))
    await citizen.post(theirs(demande, "/messages"), {"text": "Une fois."}, A_FILE)
    assert len(entries(world)) == 4, "the same words later are said again"


async def test_a_closed_demande_takes_no_message_and_says_whom_to_write_to(world: World) -> None:
    demande, citizen, agent = await both(world)
    with world.database.writing(scope=world.authority().id) as session:
        session.execute(update(Submission).values(phase="decided"))
    assert (await citizen.post(theirs(demande, "/messages"), {"text": "Et maintenant ?"})).status_code == 303
    with world.database.writing(scope=world.authority().id) as session:
        session.execute(update(Submission).values(phase="closed"))
    page = await citizen.get(theirs(demande))
    assert "/messages" not in page.text
    assert SERVICE in said(page.text)
    answer = await citizen.post(theirs(demande, "/messages"), {"text": "Trop tard ?"})
    assert answer.status_code == 409
    assert "Trop tard ?" in answer.text
    assert (await agent.post(ours(demande, "/messages"), {"text": "Un dernier mot."})).status_code == 303
    assert [text for _, _, text in entries(world)] == ["Et maintenant ?", "Un dernier mot."]


async def test_too_many_messages_are_refused_with_their_words(world: World) -> None:
    demande, citizen, agent = await both(world)
    for number in range(limits.MESSAGES.hits):
        assert (await citizen.post(theirs(demande, "/messages"), {"text": f"Message {number}."})).status_code == 303
    answer = await citizen.post(theirs(demande, "/messages"), {"text": "Un de trop."}, A_FILE)
    assert answer.status_code == 429
    assert "Un de trop." in answer.text
    assert bytes_kept(world) == 0
    assert (await agent.post(ours(demande, "/messages"), {"text": "Nous avons bien lu."})).status_code == 303


async def test_words_posted_from_an_ended_session_come_back_with_the_code(world: World) -> None:
    demande, _, _ = await both(world)
    stranger = world.browser()
    answer = await stranger.post(theirs(demande, "/messages"), {"text": "Écrit pendant une heure."}, A_FILE)
    assert answer.status_code == 404
    assert "Écrit pendant une heure." in answer.text
    assert demande.reference not in answer.text.replace(theirs(demande), "")
    following = {"suite": theirs(demande), "message": "Écrit pendant une heure."}
    wrong = await stranger.post("/tilleul/suivi", following | {"code": "AAAA-BBBB-CCCC-DDDD"})
    assert wrong.status_code == 404
    assert "Écrit pendant une heure." in wrong.text
    opened = await stranger.post("/tilleul/suivi", following | {"code": demande.code})
    assert opened.status_code == 200
    assert "Écrit pendant une heure." in opened.text
    assert entries(world) == []
    sent = await stranger.post(theirs(demande, "/messages"), {"text": "Écrit pendant une heure."})
    assert sent.status_code == 303


async def test_agents_are_told_when_nobody_will_be(world: World) -> None:
    demande, _, agent = await both(world)
    await world.deliver()
    with world.database.writing(scope=world.authority().id) as session:
        session.execute(update(Submission).values(contact_email=""))
    assert "Aucun courriel ne préviendra l’usager" in said((await agent.get(ours(demande))).text)
    answer = await agent.post(ours(demande, "/messages"), {"text": "Appelez-nous."})
    assert answer.headers["location"].endswith("?fait=message-lu-en-ligne")
    assert await world.deliver() == 0


async def test_a_message_makes_no_page_old_but_a_word_unread_is_told_and_nothing_is_lost(world: World) -> None:
    demande, citizen, agent = await both(world)
    other = world.browser()
    await other.sign_in_agent("omar.fictif@tilleul.example")
    await agent.post(ours(demande, "/prise-en-charge"), {"revision": "1"})
    await other.post(ours(demande, "/messages"), {"text": "Nous regardons."})
    await other.post(ours(demande, "/notes"), {"text": "À vérifier."})
    decision = {"outcome": "refused", "reasons": "Un motif longuement écrit.", "revision": "2"}
    assert (await agent.post(ours(demande, "/decision"), decision | {"then": "preview"})).status_code == 200
    await citizen.post(theirs(demande, "/messages"), {"text": "J’ai retrouvé le livret."})
    unread = await agent.post(ours(demande, "/decision"), decision | {"then": "send"})
    assert unread.status_code == 409
    assert "J’ai retrouvé le livret." in unread.text
    assert "Un motif longuement écrit." in unread.text
    carried = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', unread.text))
    assert carried["then"] == "preview"
    again = await agent.post(ours(demande, "/decision"), carried)
    assert again.status_code == 200
    assert "Un motif longuement écrit." in again.text
    assert (await agent.post(ours(demande, "/decision"), carried | {"then": "send"})).status_code == 303


async def test_a_change_still_makes_a_page_old_whoever_talked_since(world: World) -> None:
    demande, citizen, agent = await both(world)
    other = world.browser()
    await other.sign_in_agent("omar.fictif@tilleul.example")
    await other.post(ours(demande, "/prise-en-charge"), {"revision": "1"})
    await citizen.post(theirs(demande, "/messages"), {"text": "Bonjour."})
    answer = await agent.post(ours(demande, "/prise-en-charge"), {"revision": "1"})
    assert answer.status_code == 409
    assert "Omar Fictif" in said(answer.text), "who changed it, not who talked"
    withdrawn = await citizen.post(theirs(demande, "/retrait"), {"revision": "2"})
    assert withdrawn.status_code == 303, "a message of one's own makes no page old"


async def test_what_an_agent_wrote_outlives_their_session(world: World) -> None:
    demande, _, _ = await both(world)
    out = world.browser()
    for act in ("/messages", "/notes"):
        answer = await out.post(ours(demande, act), {"text": "Écrit pendant une heure."}, A_FILE)
        assert answer.status_code == 401
        assert "Écrit pendant une heure." in answer.text
        assert ours(demande) in answer.text, "the way back, through the door"
        hasty = await out.post(ours(demande, act), {"text": "x"}, A_FILE, headers={"hx-request": "true"})
        assert (hasty.status_code, hasty.headers.get("hx-redirect")) == (401, None), "the page keeps the words"
    assert (entries(world), bytes_kept(world)) == ([], 0)
