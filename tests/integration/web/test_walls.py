"""Who may come in, from where: other sites, other communes, other publics, other people."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest
from sqlalchemy import func, select, update
from sqlmodel import col

from grc.authorities.models import Agent, Authority
from grc.sessions.models import BrowserSession
from grc.submissions.models import Submission
from tests.support import demandes
from tests.support.world import BASE, Browser, World, a_world

pytestmark = pytest.mark.anyio
CITIZEN, AGENT = "grc-citizen-tilleul-8000", "grc-agent-tilleul-8000"
EVIL = "evil.example"


def row_count(world: World, table: type = BrowserSession) -> int:
    with world.database.reading(scope=world.authority().id) as session:
        return int(session.execute(select(func.count()).select_from(table)).scalar_one())


def token_in(answer: httpx2.Response) -> str:
    """The token of the session's cookie that an answer sets."""
    return answer.headers["set-cookie"].partition(";")[0].partition("=")[2]


def give(browser: Browser, name: str, token: str) -> Browser:
    browser.client.cookies.set(name, token)
    return browser


FOREIGN: tuple[dict[str, str], ...] = (
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
    {"sec-fetch-site": "cross-site", "origin": BASE},
    {"origin": f"https://{EVIL}"},
    {"origin": "null"},
    {"origin": "http://[::1"},
    {"referer": f"{BASE}/tilleul/"},
    {},
)


async def test_a_post_from_elsewhere_changes_nothing(world: World) -> None:
    browser = world.browser()
    reference = await browser.file()
    del browser.client.headers["sec-fetch-site"]
    withdrawal = f"/tilleul/demandes/{reference}/retrait"
    others = ("/tilleul/deconnexion", "/tilleul/demarches/acte-de-naissance/brouillons", "/tilleul/x", "/x", "/")
    for headers in FOREIGN:
        for path in (withdrawal, *others):
            answer = await browser.client.post(path, data={"revision": "1"}, headers=headers)
            assert answer.status_code == 403, (path, headers)
            assert "autre site" in answer.text
    with world.database.reading(scope=world.authority().id) as session:
        assert session.execute(select(Submission.state)).scalar_one() == "received"
    allowed = await browser.client.post(withdrawal, data={"revision": "1"}, headers={"origin": BASE})
    assert allowed.status_code == 303


async def test_a_session_of_one_commune_opens_nothing_in_another(world: World) -> None:
    browser, thief = world.browser(), world.browser()
    reference = await browser.file()
    token = browser.client.cookies[CITIZEN]
    assert (await browser.get(f"/marronnier/demandes/{reference}")).status_code == 404
    give(thief, "grc-citizen-marronnier-8000", token)
    assert (await thief.get(f"/marronnier/demandes/{reference}")).status_code == 404
    assert reference not in (await thief.get("/marronnier/mes-demandes")).text
    give(thief, CITIZEN, token)
    assert (await thief.get(f"/tilleul/demandes/{reference}")).status_code == 200


async def test_a_code_of_one_commune_opens_nothing_in_another(world: World) -> None:
    demande = demandes.filed(world.database)
    browser = world.browser()
    assert (await browser.post("/marronnier/suivi", {"code": demande.code})).status_code == 404
    assert (await browser.post("/tilleul/suivi", {"code": demande.code})).status_code == 303


async def test_a_citizen_s_cookie_opens_no_page_of_agents_nor_the_other_way(world: World) -> None:
    citizen, agent, thief = world.browser(), world.browser(), world.browser()
    await citizen.file()
    await agent.sign_in_agent()
    give(thief, AGENT, citizen.client.cookies[CITIZEN])
    answer = await thief.client.get("/tilleul/agents")
    assert (answer.status_code, answer.headers["location"]) == (303, "/tilleul/agents/connexion?suite=/tilleul/agents")
    give(thief, CITIZEN, agent.client.cookies[AGENT])
    page = await thief.get("/tilleul/mes-demandes")
    assert "Claire" not in page.text
    assert re.findall(r"\d{4}-\d{3}-\d{3}-\d{3}", page.text) == []


async def test_an_agent_reaches_the_own_commune_s_demandes_only(world: World) -> None:
    elsewhere = demandes.filed(world.database, slug="marronnier")
    claire, lise = world.browser(), world.browser()
    await claire.sign_in_agent()
    await lise.sign_in_agent("lise.exemple@marronnier.example", "marronnier")
    assert (await lise.get(f"/marronnier/agents/demandes/{elsewhere.reference}")).status_code == 200
    for act in ("", "/decision", "/pieces-manquantes", "/fichiers/x", "/courriers/1.pdf"):
        assert (await claire.get(f"/tilleul/agents/demandes/{elsewhere.reference}{act}")).status_code == 404, act
        answer = await claire.client.get(f"/marronnier/agents/demandes/{elsewhere.reference}{act}")
        assert answer.headers["location"].startswith("/marronnier/agents/connexion?"), act
    for act in ("prise-en-charge", "decision", "pieces-manquantes"):
        fields = {"revision": "1", "outcome": "accepted", "then": "send"}
        answer = await claire.post(f"/tilleul/agents/demandes/{elsewhere.reference}/{act}", fields)
        assert answer.status_code in (404, 422), act
    assert (
        await claire.post("/marronnier/agents/connexion", {"email": "claire.modele@tilleul.example"})
    ).status_code == 422
    with world.database.reading(scope=world.authority("marronnier").id) as session:
        assert session.execute(select(Submission.revision)).scalar_one() == 1


async def test_a_closed_account_is_out_at_once(world: World) -> None:
    claire = world.browser()
    await claire.sign_in_agent()
    assert (await claire.client.get("/tilleul/agents")).status_code == 200
    with world.database.writing(scope=world.authority().id) as session:
        session.execute(update(Agent).where(col(Agent.email).startswith("claire")).values(is_active=False))
    assert (await claire.client.get("/tilleul/agents")).status_code == 303
    assert (await claire.sign_in_agent()).status_code == 422


async def test_a_reader_sees_and_does_nothing(world: World) -> None:
    demande = demandes.filed(world.database)
    with world.database.writing(scope=world.authority().id) as session:
        session.execute(update(Agent).where(col(Agent.email).startswith("claire")).values(role="reader"))
    claire = world.browser()
    await claire.sign_in_agent()
    path = f"/tilleul/agents/demandes/{demande.reference}"
    assert (await claire.get(path)).status_code == 200
    assert (await claire.get(f"{path}/decision")).status_code == 403
    answer = await claire.post(f"{path}/prise-en-charge", {"revision": "1"})
    assert answer.status_code == 403
    assert "responsable" in answer.text


async def test_signing_in_gives_a_new_token_and_signing_out_ends_it(world: World) -> None:
    claire, thief = world.browser(), world.browser()
    first = token_in(await claire.sign_in_agent())
    second = token_in(await claire.sign_in_agent())
    assert second != first
    assert (await give(thief, AGENT, first).client.get("/tilleul/agents")).status_code == 303
    assert (await claire.post("/tilleul/agents/deconnexion")).status_code == 303
    assert (await give(thief, AGENT, second).client.get("/tilleul/agents")).status_code == 303


async def test_an_agent_who_is_a_citizen_too_keeps_the_draft(world: World) -> None:
    browser = world.browser()
    draft = await browser.begin()
    await browser.sign_in_agent()
    assert (await browser.get(f"/tilleul/brouillons/{draft}/acte")).status_code == 200
    await browser.post("/tilleul/agents/deconnexion")
    assert (await browser.get(f"/tilleul/brouillons/{draft}/acte")).status_code == 200


async def test_a_code_gives_the_browser_a_new_token(world: World) -> None:
    demande = demandes.filed(world.database)
    browser, thief = world.browser(), world.browser()
    await browser.begin()
    before = browser.client.cookies[CITIZEN]
    await browser.post("/tilleul/suivi", {"code": demande.code})
    assert browser.client.cookies[CITIZEN] != before
    give(thief, CITIZEN, before)
    assert (await thief.get(f"/tilleul/demandes/{demande.reference}")).status_code == 404
    assert "acte de naissance" in (await browser.get("/tilleul/mes-demandes")).text.lower()


async def test_somebody_else_s_draft_is_nobody_s(world: World) -> None:
    owner, other = world.browser(), world.browser()
    draft = await owner.fill()
    await other.begin()
    for path in ("suite", "acte", "verification", "reprise", "confirmation"):
        assert (await other.get(f"/tilleul/brouillons/{draft}/{path}")).status_code == 404, path
    for path in ("envoi", "reprise", "suppression", "acte", "fichiers/x/suppression"):
        assert (await other.post(f"/tilleul/brouillons/{draft}/{path}", {"a": "b"})).status_code == 404, path
    assert (await owner.get(f"/tilleul/brouillons/{draft}/verification")).status_code == 200


WAYS_OUT = (
    f"https://{EVIL}/",
    f"//{EVIL}/tilleul/agents",
    f"/\\{EVIL}",
    f"/tilleul/..//{EVIL}",
    "/marronnier/agents",
    "/tilleul/agents\r\nSet-Cookie: a=b",
    "javascript:alert(1)",
)


async def test_no_way_out_of_the_site(world: World) -> None:
    for target in WAYS_OUT:
        claire = world.browser()
        fields = {"email": "claire.modele@tilleul.example", "password": "demonstration-2026", "next": target}
        answer = await claire.post("/tilleul/agents/connexion", fields)
        assert (answer.status_code, answer.headers["location"]) == (303, "/tilleul/agents")
        shown = await claire.get("/tilleul/agents/connexion", params={"suite": target})
        assert shown.status_code == 200
        assert not re.search(rf'(href|action)="[^"]*{re.escape(EVIL)}', shown.text)
        out = await claire.client.get("/tilleul/franceconnect/deconnexion", params={"state": target})
        assert (out.status_code, out.headers["location"].startswith("/tilleul/")) == (303, True)


async def test_the_page_first_asked_for_comes_after_the_door(world: World) -> None:
    demande = demandes.filed(world.database)
    claire = world.browser()
    asked = f"/tilleul/agents/demandes/{demande.reference}"
    door = await claire.get(asked)
    following = re.search(r'name="next"[^>]*value="([^"]*)"|value="([^"]*)"[^>]*name="next"', door.text)
    assert following is not None
    fields = {"email": "claire.modele@tilleul.example", "password": "demonstration-2026"}
    answer = await claire.post("/tilleul/agents/connexion", fields | {"next": following.group(1) or following.group(2)})
    assert answer.headers["location"] == asked


async def test_a_made_up_host_is_never_repeated(world: World) -> None:
    browser = world.browser()
    for path in ("/tilleul/", "/tilleul", "/tilleul/suivi/", "/tilleul/agents/", "/", "/x", "/static/x/y", "/healthz/"):
        for header in ("host", "x-forwarded-host", "x-forwarded-proto", "x-original-url", "forwarded"):
            value = f"host={EVIL}" if header == "forwarded" else EVIL
            answer = await browser.client.get(path, headers={header: value})
            assert EVIL not in answer.text, (path, header)
            assert [name for name, value in answer.headers.items() if EVIL in value] == [], (path, header)


async def test_mails_never_write_the_host_that_was_asked(world: World) -> None:
    browser = world.browser()
    browser.client.headers["host"] = EVIL
    browser.client.headers["x-forwarded-host"] = EVIL
    browser.client.cookies.set("x", "y")
    demandes.filed(world.database)
    await browser.get("/tilleul/")
    await world.deliver()
    assert world.mailbox.messages
    for mail in world.mailbox.messages:
        assert EVIL.encode() not in mail.content
        assert BASE in mail.text


async def test_the_domain_names_the_authority_before_the_path_does(world: World) -> None:
    with world.database.writing(scope=world.authority().id) as session:
        session.execute(
            update(Authority).where(col(Authority.slug) == "tilleul").values(domain="demarches.tilleul.example")
        )
    browser = world.browser()
    home = await browser.client.get("/", headers={"host": "demarches.tilleul.example"})
    assert "Tilleul-sur-Exemple" in home.text
    assert 'href="/demarches/acte-de-naissance"' in home.text
    other = await browser.client.get("/marronnier/", headers={"host": "demarches.tilleul.example:443"})
    assert (other.status_code, "Marronnier" in other.text) == (404, False)


async def test_unknown_pages_and_wrong_methods_say_so_in_the_commune_s_colours(world: World) -> None:
    browser = world.browser()
    for path in ("/tilleul/nulle-part", "/tilleul/demarches/inconnue", "/tilleul/%00", "/tilleul/" + "x" * 3000):
        answer = await browser.get(path)
        assert answer.status_code == 404, path
    known = await browser.get("/tilleul/nulle-part")
    assert "Tilleul-sur-Exemple" in known.text
    assert "01 99 00 10 20" in known.text.replace("\u00a0", " ")
    nowhere = await browser.get("/nulle-part")
    assert (nowhere.status_code, "Tilleul" in nowhere.text) == (404, False)
    for method, path in (("POST", "/tilleul/aide"), ("PUT", "/tilleul/suivi"), ("DELETE", "/tilleul/"), ("PATCH", "/")):
        wrong = await browser.client.request(method, path)
        assert wrong.status_code == 405, (method, path)
        assert "GET" in wrong.headers["allow"]
    assert (await browser.client.get("/tilleul/deconnexion")).status_code == 405
    head = await browser.client.head("/tilleul/")
    assert (head.status_code, head.content) == (200, b"")


async def test_names_from_addresses_reach_no_statement_with_nul(world: World) -> None:
    claire = world.browser()
    await claire.sign_in_agent()
    for path in (
        "/tilleul/?q=%00",
        "/tilleul/agents?q=%00",
        "/tilleul/agents?demarche=%00&vue=closes",
        "/tilleul/agents?apres=%00",
        "/tilleul/demarches/a%00b",
        "/tilleul/brouillons/%00/acte",
        "/tilleul/demandes/%00",
        "/tilleul/agents/connexion?suite=%00",
        "/%00/",
    ):
        answer = await claire.get(path)
        assert answer.status_code in (200, 400, 404), (path, answer.status_code)
    posted = await world.browser().post(
        "/tilleul/agents/connexion", {"email": "a\x00b", "password": "\x00", "next": "\x00"}
    )
    assert posted.status_code == 422
    assert (await claire.post("/tilleul/suivi", {"code": "\x00"})).status_code == 404


@pytest.fixture
async def https(database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    """A world that browsers reach by https."""
    async with a_world(database_url, tmp_path, base_url="https://demarches.exemple.example") as made:
        yield made


async def test_on_https_cookies_belong_to_their_host_and_are_never_sent_in_clear(https: World) -> None:
    transport = httpx2.ASGITransport(https.app)
    async with httpx2.AsyncClient(transport=transport, base_url="https://demarches.exemple.example") as client:
        answer = await client.post(
            "/tilleul/demarches/acte-de-naissance/brouillons", headers={"sec-fetch-site": "same-origin"}
        )
        cookie = answer.headers["set-cookie"]
        home = await client.get("/tilleul/")
    assert cookie.startswith("__Host-grc-citizen-tilleul=")
    properties = {part.strip().lower() for part in cookie.split(";")[1:]}
    assert {"httponly", "secure", "samesite=lax", "path=/"} <= properties
    assert not [part for part in properties if part.startswith("domain")]
    assert "max-age=63072000" in home.headers["strict-transport-security"]


async def test_on_plain_http_cookies_are_set_apart_by_their_port(world: World) -> None:
    browser = world.browser()
    answer = await browser.post("/tilleul/demarches/acte-de-naissance/brouillons")
    assert answer.headers["set-cookie"].startswith("grc-citizen-tilleul-8000=")
    assert "secure" not in answer.headers["set-cookie"].lower().split("samesite")[0].split(";")
    assert "strict-transport-security" not in answer.headers


async def test_a_page_about_a_person_is_kept_nowhere(world: World) -> None:
    citizen, agent = world.browser(), world.browser()
    reference = await citizen.file()
    await agent.sign_in_agent()
    draft = await citizen.begin()
    for browser, path in (
        (citizen, f"/tilleul/demandes/{reference}"),
        (citizen, f"/tilleul/brouillons/{draft}/acte"),
        (citizen, "/tilleul/mes-demandes"),
        (agent, "/tilleul/agents"),
        (agent, f"/tilleul/agents/demandes/{reference}"),
    ):
        page = await browser.get(path)
        assert page.status_code == 200
        assert "no-store" in page.headers["cache-control"], path
