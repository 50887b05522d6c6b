"""A private note and its files reach no citizen: by no page, download, query, export, event, notice or mail."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from sqlalchemy import select, update
from sqlmodel import col

from grc.access.actors import Visitor
from grc.authorities.models import Agent
from grc.errors import NotFound
from grc.outbox.models import Message
from grc.submissions import queries
from grc.submissions.models import Event, Notice
from grc.web.api.routes import routes as api_routes
from grc.web.citizen.routes import routes as citizen_routes
from tests.integration.web.test_exchange import both, files, ours, theirs
from tests.support.demandes import Demande
from tests.support.world import PDF, World

pytestmark = pytest.mark.anyio
SECRET = "Mot-que-nul-usager-ne-lit"
NAME = "avis-confidentiel"
A_NOTE = {"text": f"{SECRET} : dossier à surveiller."}
A_FILE = [("files", (f"{NAME}.pdf", PDF + SECRET.encode(), "application/pdf"))]


async def noted(world: World) -> tuple[Demande, str]:
    """A demande with a note, its file, and messages both ways around it; the public id of the file."""
    demande, citizen, agent = await both(world)
    await agent.post(ours(demande, "/prise-en-charge"), {"revision": "1"})
    await citizen.post(theirs(demande, "/messages"), {"text": "Bonjour."})
    assert (await agent.post(ours(demande, "/notes"), A_NOTE, A_FILE)).headers["location"].endswith("?fait=note")
    await agent.post(ours(demande, "/messages"), {"text": "Bonjour à vous."})
    (private,) = [file for file in files(world) if file.is_private]
    return demande, private.public_id


def addresses(demande: Demande, file_id: str) -> Iterator[str]:
    """Every page that a citizen or a program may ask for, about this demande and this file."""
    known = {
        "reference": demande.reference,
        "file": file_id,
        "slug": "acte-de-naissance",
        "draft": demande.draft.public_id,
    }
    for route in (*citizen_routes, *api_routes):
        if "GET" not in (route.methods or ()):
            continue
        for number in range(1, 9) if "{letter}" in route.path else (1,):
            yield "/tilleul" + _filled(route.path, known | {"letter": str(number)})


def _filled(path: str, names: dict[str, str]) -> str:
    return re.sub(r"\{(\w+)[^}]*\}", lambda found: names.get(found[1], "x"), path)


async def test_no_page_and_no_download_shows_it(world: World) -> None:
    demande, file_id = await noted(world)
    await world.deliver()
    citizen = world.browser()
    await citizen.post("/tilleul/suivi", {"code": demande.code})
    seen = 0
    for address in addresses(demande, file_id):
        answer = await citizen.get(address)
        assert SECRET not in answer.text, address
        assert NAME not in answer.text, address
        assert SECRET.encode() not in answer.content, address
        seen += answer.status_code == 200
    assert seen > 15
    assert (await citizen.get(theirs(demande, f"/fichiers/{file_id}"))).status_code == 404
    page = (await citizen.get(theirs(demande))).text
    assert "Bonjour à vous." in page
    assert "ote des agents" not in page


async def test_agents_read_it_and_its_file(world: World) -> None:
    demande, file_id = await noted(world)
    agent = world.browser()
    await agent.sign_in_agent("omar.fictif@tilleul.example")
    page = (await agent.get(ours(demande))).text
    assert SECRET in page
    assert "Notes des agents" in page
    assert (await agent.get(ours(demande, f"/fichiers/{file_id}"))).content == PDF + SECRET.encode()
    other = world.browser()
    await other.sign_in_agent("lise.exemple@marronnier.example", "marronnier")
    for path in ("", f"/fichiers/{file_id}"):
        answer = await other.get(ours(demande, path).replace("tilleul", "marronnier", 1))
        assert SECRET not in answer.text
        assert answer.status_code == 404


async def test_no_query_gives_it_to_a_citizen(world: World) -> None:
    demande, file_id = await noted(world)
    visitor = Visitor(world.authority().id, granted=frozenset({demande.id}))
    with world.database.reading(scope=world.authority().id) as session:
        found = queries.whole(session, demande.reference, by=visitor)
        with pytest.raises(NotFound):
            queries.attachment(session, demande.reference, file_id, by=visitor)
    assert {entry.kind for entry in found.entries} == {"message"}
    assert "note:written" not in {event.kind for event in found.events}
    assert SECRET not in repr(found)
    assert NAME not in repr(found)
    with world.database.reading(scope=world.authority().id) as session:
        assert SECRET in repr(queries.whole(session, demande.reference, by=world.agent()).entries)


async def test_no_export_event_notice_or_mail_holds_it(world: World) -> None:
    demande, _ = await noted(world)
    agent = world.browser()
    await agent.sign_in_agent()
    for export in ("csv", "json"):
        answer = await agent.get(ours(demande, f"/reponses.{export}"))
        assert answer.status_code == 200
        assert SECRET not in answer.text
        assert NAME not in answer.text
    await world.deliver()
    with world.database.reading(scope=world.authority().id) as session:
        held = [json.dumps(one) for one in session.execute(select(col(Event.data))).scalars()]
        held += [json.dumps(one) for one in session.execute(select(col(Notice.facts))).scalars()]
        mails = [bytes(raw) for raw in session.execute(select(col(Message.raw))).scalars() if raw]
    assert len(mails) > 4
    assert not [one for one in held if SECRET in one or NAME in one]
    assert not [raw for raw in mails if SECRET.encode() in raw or NAME.encode() in raw]


async def test_a_citizen_can_write_no_note_and_a_reader_may_only_read(world: World) -> None:
    demande, _, _ = await both(world)
    citizen, reader = world.browser(), world.browser()
    await citizen.post("/tilleul/suivi", {"code": demande.code})
    answer = await citizen.post(ours(demande, "/notes"), A_NOTE)
    assert "/agents/connexion" in answer.headers["location"]
    assert (await citizen.post(theirs(demande, "/notes"), A_NOTE)).status_code in (404, 405)
    with world.database.writing(scope=world.authority().id) as session:
        session.execute(update(Agent).values(role="reader"))
    await reader.sign_in_agent()
    assert "Garder la note" not in (await reader.get(ours(demande))).text
    for act in ("/notes", "/messages"):
        assert (await reader.post(ours(demande, act), A_NOTE)).status_code == 403
    assert files(world) == []
