"""A form in the page of another site: for the sites listed, without identification, under a cookie of its own."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from grc.authorities import framing
from grc.authorities.models import Authority
from grc.cli import main
from grc.errors import Invalid
from grc.web import embedding
from grc.web.agents.routes import routes as agent_routes
from grc.web.citizen.routes import routes as citizen_routes
from grc.web.desk.routes import routes as desk_routes
from tests.support.world import World, a_world, seeded

pytestmark = pytest.mark.anyio
SITE = "https://www.tilleul.example"
HOME = "https://demarches.tilleul.example"
FRAME = "/tilleul/cadre"
OPEN = "probleme-voirie"
"""The one procedure of the demo that asks for no identification."""


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """Served by https, framed by one site: the database makes no difference."""
    async with a_world(seeded(tmp_path), tmp_path, base_url=HOME) as made:
        scope = made.authority().id
        with made.database.writing(scope=scope) as session:
            framing.allow(session, scope, [SITE])
        yield made


def ancestors(policy: str) -> str:
    found = re.search(r"frame-ancestors ([^;]+)", policy)
    assert found is not None
    return found.group(1)


async def test_a_form_is_filled_in_a_frame_under_a_cookie_of_its_own(world: World) -> None:
    browser = world.browser()
    first = await browser.client.get(f"{FRAME}/demarches/{OPEN}", headers={"sec-fetch-site": "cross-site"})
    assert first.status_code == 200
    assert ancestors(first.headers["content-security-policy"]) == SITE
    assert first.headers["cross-origin-resource-policy"] == "cross-origin"
    assert 'class="app-header"' not in first.text
    assert 'class="app-footer"' not in first.text
    assert f'href="/tilleul/demarches/{OPEN}" target="_top">Ouvrir en pleine page' in first.text
    assert f'data-sites="{SITE}" data-root="{FRAME}"' in first.text
    doors = await browser.client.get(f"{FRAME}/demarches/{OPEN}/identification")
    assert "FranceConnect" not in doors.text
    assert "/connexion" not in doors.text, "a frame keeps no account: what opens one leads out of it"
    assert "127.0.0.1:9" not in doors.headers["content-security-policy"]
    begun = await browser.post(f"{FRAME}/demarches/{OPEN}/brouillons")
    assert begun.status_code == 303
    assert begun.headers["location"].startswith(f"{FRAME}/brouillons/")
    (cookie,) = begun.headers.get_list("set-cookie")
    name, _, rest = cookie.partition("=")
    assert name == "__Host-embed-tilleul"
    assert set(rest.split("; ")[1:]) == {"Path=/", "Secure", "HttpOnly", "SameSite=None", "Partitioned"}
    inside = {"cookie": cookie.partition(";")[0]}
    page = await browser.client.get(begun.headers["location"], headers=inside)
    assert page.status_code == 200
    assert "Continuer en pleine page" in page.text
    # what the frame holds is nothing outside of it, and the other way round
    outside = begun.headers["location"].replace("/cadre", "")
    assert (await browser.client.get(outside, headers=inside)).status_code == 404
    ordinary = {"cookie": inside["cookie"].replace("embed", "grc-citizen")}
    assert (await browser.client.get(begun.headers["location"], headers=ordinary)).status_code == 404


async def test_posts_in_the_frame_are_our_own_or_refused(world: World) -> None:
    browser = world.browser()
    for said, status in (("same-origin", 303), ("cross-site", 403), ("same-site", 403)):
        answer = await browser.post(f"{FRAME}/demarches/{OPEN}/brouillons", headers={"sec-fetch-site": said})
        assert answer.status_code == status, said


async def test_the_way_out_of_a_frame_is_never_another_host(world: World) -> None:
    with world.database.writing(scope=world.authority().id) as session:
        session.get_one(Authority, world.authority().id).domain = HOME.removeprefix("https://")
    client = world.browser().client
    for path in ("//evil.example/x", "/%2Fevil.example/x", "///evil.example/x", "/%5C/evil.example/x"):
        for dest in ("document", "iframe"):
            answer = await client.get(f"{HOME}/cadre{path}", headers={"sec-fetch-dest": dest})
            told = answer.headers.get("location") or re.findall(r'href="([^"]+)"[^>]*>Ouvrir la page', answer.text)[0]
            assert told == "/evil.example/x", (path, dest)


async def test_everything_else_opens_in_the_whole_window(world: World) -> None:
    browser = world.browser()
    await browser.sign_in_agent()
    inside = 0
    for route in [*citizen_routes, *agent_routes, *desk_routes]:
        path = re.sub(r"\{[^}]+\}", OPEN, route.path)
        method = "POST" if "POST" in (route.methods or ()) else "GET"
        plain = await browser.client.request(method, f"/tilleul{path}")
        assert ancestors(plain.headers["content-security-policy"]) == "'none'", path
        answer = await browser.client.request(method, FRAME + path)
        if path.startswith((f"/demarches/{OPEN}", "/brouillons/", "/adresses", "/communes", "/cartes")):
            inside += 1
            continue
        assert answer.status_code == (200 if method == "GET" else 403), path
        assert "Cette page s’ouvre sur le site de la commune" in answer.text, path
        assert f'href="/tilleul{path if method == "GET" else "/"}" target="_top"' in answer.text, path
    assert inside >= 15
    for closed in ("compte", "coordonnees"):
        answer = await browser.post(f"{FRAME}/brouillons/x/{closed}")
        assert "s’ouvre sur le site" in answer.text, closed


async def test_a_procedure_with_identification_opens_in_the_whole_window(world: World) -> None:
    browser = world.browser()
    for act in ("", "/identification"):
        answer = await browser.get(f"{FRAME}/demarches/acte-de-naissance{act}")
        assert 'href="/tilleul/demarches/acte-de-naissance" target="_top"' in answer.text
    answer = await browser.post(f"{FRAME}/demarches/acte-de-naissance/brouillons", {"autre": "oui"})
    assert "s’ouvre sur le site" in answer.text
    assert "set-cookie" not in answer.headers


async def test_a_page_of_the_frame_opened_by_itself_leads_to_its_ordinary_address(world: World) -> None:
    browser = world.browser()
    top = {"sec-fetch-dest": "document"}
    answer = await browser.client.get(f"{FRAME}/demarches/{OPEN}?autre=oui", headers=top)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/tilleul/demarches/{OPEN}?autre=oui")
    for path in ("//evil.example", "/\\evil.example", "/%2e%2e//evil.example"):
        answer = await browser.client.get(FRAME + path, headers=top)
        assert answer.headers.get("location", "/tilleul/").startswith("/tilleul/"), path


async def test_without_a_listed_site_there_is_no_frame(world: World) -> None:
    browser = world.browser()
    answer = await browser.get(f"/marronnier/cadre/demarches/{OPEN}")
    assert answer.status_code == 404
    assert ancestors(answer.headers["content-security-policy"]) == "'none'"


async def test_the_script_is_small_and_open_to_other_sites(world: World) -> None:
    answer = await world.browser().get(embedding.SCRIPT)
    assert answer.status_code == 200
    assert len(answer.content) < 1000
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    assert answer.headers["content-type"].startswith("text/javascript")


async def test_the_command_lists_replaces_and_empties(world: World) -> None:
    variables = {"GRC_SECRET_KEY": world.settings.secret_key[0], "GRC_DATABASE_URL": world.settings.database_url}

    def said(*words: str, code: int = 0) -> str:
        answer = CliRunner().invoke(main, ["authority", "embed", "tilleul", *words], env=variables)
        assert answer.exit_code == code, answer.output
        return answer.output

    assert SITE in said()
    other = said("--site", "https://Mairie.Tilleul.example/", "--site", "https://office.example:8443")
    assert "https://mairie.tilleul.example\n" in other
    assert "/embed.js" in other
    assert SITE not in other
    said("--site", "https://*.example", code=2)
    said("--site", SITE, "--none", code=2)
    assert "office.example" in said()
    assert "Aucun site" in said("--none")


NO_SITES = (
    *("", "*", "https://*", "http://www.tilleul.example", "https://www.tilleul.example/page", "javascript:alert(1)"),
    *("https://a.example; script-src *", "https://a.example\nx", "//a.example", "https://a", "null", "data:"),
)


async def test_what_is_no_site_is_refused(world: World) -> None:
    scope = world.authority().id
    for site in NO_SITES:
        with world.database.writing(scope=scope) as session, pytest.raises(Invalid, match="ne peuvent pas"):
            framing.allow(session, scope, [site])
    assert world.authority().embed_sites == (SITE,)
