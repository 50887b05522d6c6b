"""Guesses learn nothing: the same answer by the same statements, few of them, and none that a limit does not count."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event, update
from sqlmodel import col

from grc import clock, references
from grc.authorities.models import Agent
from grc.citizens import accounts
from grc.db import Database
from grc.db.prepared import Prepared
from grc.sessions import limits
from grc.sessions.limits import Limit
from grc.web import platform
from tests.support import demandes
from tests.support.world import PDF, Browser, World, a_world

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def _no_second_look(monkeypatch: pytest.MonkeyPatch) -> None:
    """The authority is looked up again every five seconds, which a slow machine puts between two guesses: not here."""
    monkeypatch.setattr(platform, "_FRESH_SECONDS", 3600.0)


@contextmanager
def statements(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What the database is asked, in order, without values: by SQLAlchemy and by prepared statements alike."""
    said: list[str] = []
    engines: set[Engine] = {value for value in vars(database).values() if isinstance(value, Engine)}

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        said.append(" ".join(statement.split()))

    real = Prepared._for

    def note_prepared(self: Prepared, link: Any, values: Any) -> Any:
        said.append(" ".join(str(self._statement).split()))
        return real(self, link, values)

    with monkeypatch.context() as patched:
        patched.setattr(Prepared, "_for", note_prepared)
        for engine in engines:
            event.listen(engine, "before_cursor_execute", note)
        yield said
        for engine in engines:
            event.remove(engine, "before_cursor_execute", note)


def shape(page: str, *values: str) -> str:
    """A page without what each guess puts in it."""
    for value in values:
        page = page.replace(value, "…")
    return page


async def test_an_unknown_reference_and_one_out_of_reach_are_alike(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    demande = demandes.filed(world.database)
    elsewhere = demandes.filed(world.database, slug="marronnier")
    browser = world.browser()
    await browser.begin()
    await browser.get("/tilleul/demandes/x")
    unknown = references.new_reference(2026)
    for act in ("", "/adresse", "/pieces", "/retrait", "/complements", "/courriers/1.pdf", "/fichiers/x"):
        seen = []
        for reference in (unknown, demande.reference, elsewhere.reference):
            with statements(world.database, monkeypatch) as said:
                answer = await browser.get(f"/tilleul/demandes/{reference}{act}")
            seen.append((answer.status_code, shape(answer.text, reference), tuple(said)))
        assert seen[0][0] == 404, act
        assert seen[0][2] != (), act
        assert seen[0] == seen[1] == seen[2], act


async def test_a_wrong_code_is_answered_alike_whatever_it_is(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    demande = demandes.filed(world.database)
    elsewhere = demandes.filed(world.database, slug="marronnier")
    almost = demande.code[:-1] + ("A" if demande.code[-1] != "A" else "B")
    browser = world.browser()
    await browser.post("/tilleul/suivi", {"code": ""})
    seen = []
    for code in (references.new_code(), almost, elsewhere.code, "AAAA", "", "x" * 5000, demande.reference):
        with statements(world.database, monkeypatch) as said:
            answer = await browser.post("/tilleul/suivi", {"code": code})
        typed = re.sub(r'\s*value="[^"]*"', "", answer.text)
        seen.append((answer.status_code, typed, tuple(said)))
    assert seen[0][0] == 404
    assert len(seen[0][2]) >= 2
    assert [one for one in seen if one != seen[0]] == []


async def test_a_wrong_password_and_an_unknown_agent_are_answered_alike(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.browser().get("/tilleul/agents/connexion")
    seen = []
    closed, without = "omar.fictif@tilleul.example", "ada.essai@tilleul.example"
    with world.database.writing(scope=world.authority().id) as session:
        session.execute(update(Agent).where(col(Agent.email) == closed).values(is_active=False))
        session.execute(update(Agent).where(col(Agent.email) == without).values(password_hash=""))
    strangers = ("personne@tilleul.example", "lise.exemple@marronnier.example")
    for email in ("claire.modele@tilleul.example", *strangers, closed, without):
        with statements(world.database, monkeypatch) as said:
            answer = await world.browser().post("/tilleul/agents/connexion", {"email": email, "password": "faux"})
        seen.append((answer.status_code, shape(answer.text, email), tuple(said)))
    assert seen[0][0] == 422
    assert [one for one in seen if one != seen[0]] == []


async def exhaust(browser: Browser, path: str, data: dict[str, str], limit: Limit) -> None:
    """Posts until the limit refuses; it must do so after exactly its hits."""
    for number in range(limit.hits):
        answer = await browser.post(path, data)
        assert answer.status_code != 429, number
    refused = await browser.post(path, data)
    assert refused.status_code == 429
    assert 0 < int(refused.headers["retry-after"]) <= limit.seconds
    assert "Attendez" in refused.text


async def test_codes_are_tried_so_often_and_no_more(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    few = Limit("tracking-code", 5, 600)
    monkeypatch.setattr(limits, "TRACKING_CODES", few)
    demande = demandes.filed(world.database)
    browser = world.browser()
    await exhaust(browser, "/tilleul/suivi", {"code": references.new_code()}, few)
    assert (await world.browser().post("/tilleul/suivi", {"code": demande.code})).status_code == 429
    elsewhere = world.browser(address="192.0.2.7")
    assert (await elsewhere.post("/tilleul/suivi", {"code": demande.code})).status_code == 303
    other = world.browser()
    assert (await other.post("/marronnier/suivi", {"code": demande.code})).status_code == 404


async def test_passwords_are_tried_so_often_and_no_more(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    few = Limit("agent-sign-in", 3, 600)
    monkeypatch.setattr(limits, "AGENT_SIGN_INS", few)
    claire = {"email": "claire.modele@tilleul.example", "password": "faux"}
    await exhaust(world.browser(), "/tilleul/agents/connexion", claire, few)
    assert (await world.browser().sign_in_agent()).status_code == 429
    upper = claire | {"email": " CLAIRE.modele@tilleul.example ", "password": "demonstration-2026"}
    assert (await world.browser().post("/tilleul/agents/connexion", upper)).status_code == 429
    assert (await world.browser(address="192.0.2.7").sign_in_agent()).status_code == 303
    assert (await world.browser().sign_in_agent("omar.fictif@tilleul.example")).status_code == 303


async def test_limits_are_shared_by_every_process(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = Limit("tracking-code", 4, 600)
    monkeypatch.setattr(limits, "TRACKING_CODES", few)
    async with a_world(world.settings.database_url, tmp_path / "other") as other:
        for number in range(few.hits):
            browser = (world if number % 2 else other).browser()
            assert (await browser.post("/tilleul/suivi", {"code": "x"})).status_code == 404
        for here in (world, other):
            assert (await here.browser().post("/tilleul/suivi", {"code": "x"})).status_code == 429


@pytest.fixture
async def proxied(database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    """A world behind a proxy that it trusts."""
    async with a_world(database_url, tmp_path, trusted_proxies=("10.0.0.1", "10.0.0.2")) as made:
        yield made


async def test_a_proxy_is_believed_only_when_it_is_trusted(proxied: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "TRACKING_CODES", Limit("tracking-code", 1, 600))

    async def guess(peer: str, said: str) -> int:
        browser = proxied.browser(address=peer)
        answer = await browser.post("/tilleul/suivi", {"code": "x"}, headers={"x-forwarded-for": said})
        return answer.status_code

    assert [await guess("203.0.113.5", f"198.51.100.{number}") for number in (1, 2)] == [404, 429]
    assert [await guess("10.0.0.1", f"198.51.100.{number}") for number in (1, 2, 1)] == [404, 404, 429]
    # what the client wrote itself stands before what the proxy saw
    assert [await guess("10.0.0.1", f"{made_up}, 198.51.100.9, 10.0.0.2") for made_up in ("a", "b")] == [404, 429]
    assert await guess("10.0.0.2", "198.51.100.1") == 429


async def test_files_sent_with_a_page_are_counted_like_those_sent_alone(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = world.browser()
    draft = await browser.fill("passes-descendant-with-proof")
    path, proof = f"/tilleul/brouillons/{draft}/justificatif", [("proof_of_link", ("a.pdf", PDF, "application/pdf"))]
    assert (await browser.post(path, {"then": "continue"}, proof)).status_code == 303
    monkeypatch.setattr(limits, "UPLOADS", Limit("upload", 1, 600))
    assert (await browser.post(path, {"then": "continue"}, proof)).status_code == 429
    assert (await browser.post(path, {"then": "continue"})).status_code == 303


async def test_nobody_learns_who_has_an_account(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    with world.database.writing(scope=world.authority().id) as session:
        accounts.local(session, world.authority().id, "known@exemple.example", now=clock.now())
    seen: dict[str, list[Any]] = {"lien": [], "mot-de-passe": []}
    for email in ("known@exemple.example", "other@exemple.example"):
        for act, found in seen.items():
            browser = world.browser()
            await browser.begin()
            said = {"email": email, "password": "not the right one"}
            with statements(world.database, monkeypatch) as asked:
                answer = await browser.post(f"/tilleul/connexion/{act}", said)
            location = answer.headers.get("location", "")
            found.append((answer.status_code, location, shape(answer.text, email), tuple(asked)))
    for act, found in seen.items():
        assert found[0] == found[1], act
        assert len(found[0][3]) > 2, act
