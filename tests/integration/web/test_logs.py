"""Logs carry codes, ids and patterns of routes: never a name, an address, an answer, a code or a reference."""

from __future__ import annotations

import logging
import re
from typing import Any

import httpx2
import pytest

from grc.demo.mailbox import Faults
from grc.sessions import limits
from grc.sessions.limits import Limit
from grc.submissions import filing
from tests.support import demandes
from tests.support.world import BASE, PDF, World, code_in, reference_in

pytestmark = pytest.mark.anyio
WORDS = (
    "Camille",
    "Dominique",
    "Claude",
    "Alix",
    "Modèle",
    "camille@exemple.example",
    "exemple.example",
    "0199001234",
    "1 rue du Tilleul",
    "35000",
    "1987",
    "full_copy",
    "demonstration-2026",
    "claire.modele",
    "livret",
    "filiation",
)


def said(caplog: pytest.LogCaptureFixture) -> str:
    """Everything logged, with the text of exceptions, but for the tests' own browser and mailbox."""
    formatter = logging.Formatter("%(name)s %(message)s")
    ours = (record for record in caplog.records if record.name not in {"httpx2", "mail.log"})
    return "\n".join(map(formatter.format, ours))


def assert_silent(log: str, *more: str) -> None:
    found = [word for word in (*WORDS, *more) if word.lower() in log.lower()]
    assert found == [], [line for line in log.splitlines() if any(word.lower() in line.lower() for word in found)]


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """Everything that ours say, and what an installation's own level lets through of others."""
    caplog.set_level(logging.INFO)
    caplog.set_level(logging.DEBUG, logger="grc")
    return caplog


async def test_a_whole_journey_leaves_no_word_of_it(world: World, log: pytest.LogCaptureFixture) -> None:
    citizen, other, agent = world.browser(), world.browser(), world.browser()
    draft = await citizen.fill("passes-descendant-with-proof")
    later = await citizen.post(f"/tilleul/brouillons/{draft}/reprise")
    resume = code_in(later.text)
    sent = await citizen.post(f"/tilleul/brouillons/{draft}/envoi")
    page = await citizen.get(sent.headers["location"])
    reference, code = reference_in(page.text), code_in(page.text)
    await world.deliver()
    await citizen.get("/tilleul/?q=naissance+Camille")
    await other.post("/tilleul/suivi", {"code": code})
    await other.post("/tilleul/suivi", {"code": "AAAA-BBBB-CCCC-DDDD"})
    path = f"/tilleul/demandes/{reference}"
    await other.post(f"{path}/adresse", {"email": "camille@autre.example"})
    await other.post(f"{path}/pieces", {}, [("document", ("livret Camille.pdf", PDF, "application/pdf"))])
    await agent.sign_in_agent()
    await agent.post(
        "/tilleul/agents/connexion", {"email": "claire.modele@tilleul.example", "password": "faux Camille"}
    )
    await agent.get("/tilleul/agents?q=Camille")
    desk = f"/tilleul/agents/demandes/{reference}"
    await agent.post(f"{desk}/prise-en-charge", {"revision": "3"})
    stale = {"outcome": "refused", "reasons": "La filiation manque.", "revision": "1", "then": "send"}
    assert (await agent.post(f"{desk}/decision", stale)).status_code == 409
    world.mailbox.faults = Faults(refused=frozenset({"camille@autre.example"}))
    refusal = {"outcome": "refused", "reasons": "La filiation manque.", "revision": "4", "then": "send"}
    assert (await agent.post(f"{desk}/decision", refusal)).status_code == 303
    await world.deliver()
    await citizen.get(f"{path}/x?email=camille@exemple.example")
    text = said(log)
    assert_silent(text, reference, code, resume, draft, "autre.example", "AAAA", "BBBB")
    tokens = [cookie.value or "" for browser in world.browsers for cookie in browser.client.cookies.jar]
    assert len(tokens) >= 3
    assert_silent(text, *tokens)
    lines = [record.getMessage() for record in log.records if record.name == "grc.access"]
    assert len(lines) > 20
    assert "tilleul POST /brouillons/{draft}/envoi 303" in "\n".join(lines)
    assert re.search(r"tilleul GET /agents 200 \d+\.\d ms", "\n".join(lines))
    assert "outbox entry" in text


async def test_a_refusal_leaves_a_line_with_its_route(
    world: World, log: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "TRACKING_CODES", Limit("tracking-code-test", 1, 600_000))
    agent = world.browser()
    await agent.sign_in_agent()
    refused = [
        await agent.client.get("/tilleul/agents/collegues"),
        await agent.client.get("/tilleul/agents/demandes/TIL-0000-AAAAA"),
        *[await agent.post("/tilleul/suivi", {"code": "AAAA-BBBB-CCCC-DDDD"}) for _ in range(2)],
    ]
    assert [answer.status_code for answer in refused] == [403, 404, 404, 429]
    lines = "\n".join(record.getMessage() for record in log.records if record.name == "grc.access")
    for said_of_it in (
        "tilleul GET /agents/collegues 403",
        "tilleul GET /agents/demandes/{reference} 404",
        "tilleul POST /suivi 429",
    ):
        assert said_of_it in lines


async def test_a_fault_of_ours_is_logged_by_its_place_and_not_by_its_words(
    world: World, log: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any, **__: Any) -> int:
        raise ValueError("Camille Exemple, camille@exemple.example, 1987")

    monkeypatch.setattr(filing, "_store", broken)
    draft = demandes.begun(world.database, demandes.answers_with("camille@exemple.example"))
    transport = httpx2.ASGITransport(world.app, raise_app_exceptions=True)
    headers = {"sec-fetch-site": "same-origin", "cookie": f"grc-citizen-tilleul-8000={draft.token}"}
    async with httpx2.AsyncClient(transport=transport, base_url=BASE, headers=headers) as client:
        answer = await client.post(f"/tilleul/brouillons/{draft.public_id}/envoi")
    assert answer.status_code == 500
    text = said(log)
    assert_silent(text, draft.public_id, draft.token)
    failure = re.search(r"failure ValueError incident=([0-9a-f]{8}) at ", text)
    assert failure is not None
    assert failure.group(1) in answer.text
    assert_silent(answer.text.replace("Tilleul-sur-Exemple", ""), draft.public_id)
    assert "Traceback" not in answer.text


async def test_a_fault_of_the_database_is_logged_without_its_values(
    world: World, log: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = filing._insert

    def twice(*arguments: Any, **options: Any) -> int:
        real(*arguments, **options)
        return real(*arguments, **options)

    monkeypatch.setattr(filing, "_insert", twice)
    draft = demandes.begun(world.database, demandes.answers_with("camille@exemple.example"))
    browser = world.browser()
    browser.client.cookies.set("grc-citizen-tilleul-8000", draft.token)
    answer = await browser.post(f"/tilleul/brouillons/{draft.public_id}/envoi")
    assert answer.status_code == 500
    assert "failure IntegrityError" in said(log)
    assert_silent(said(log), draft.public_id, draft.token)


async def test_a_fault_of_ours_in_a_mail_is_logged_without_its_words(
    world: World, log: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    from grc.notifications import emails

    def broken(*_: Any, **__: Any) -> bytes:
        raise ValueError("Camille Exemple, camille@exemple.example")

    demande = demandes.filed(world.database)
    monkeypatch.setattr(emails, "compose", broken)
    await world.deliver()
    text = said(log)
    assert "ValueError" in text
    assert_silent(text, demande.reference, demande.code)
