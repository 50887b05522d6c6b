"""What a sign-in says when it opens nothing, how one signs out, and what neither leaves behind."""

from __future__ import annotations

import logging
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.support.signing import Door, changed, doors, register

pytestmark = pytest.mark.anyio
NAME = "Jean Philippe EXEMPLE"
OURS = "impossible pour le moment"


@pytest.fixture(scope="module")
async def both(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[dict[str, Door]]:
    """The two communes of this module."""
    async with doors(tmp_path_factory.mktemp("attacks")) as made:
        yield made


@pytest.fixture(params=["ES256", "RS256"])
def door(both: dict[str, Door], request: pytest.FixtureRequest) -> Door:
    """One of them, its provider as new, our client without memory."""
    found: Door = both[request.param]
    found.partner.fail()
    found.partner.browser.cookies.clear()
    found.patient()
    return found


ERRORS = [
    ("access_denied", "User auth aborted", "cancelled", "Vous avez interrompu la connexion"),
    ("access_denied", "user authentication aborted", "not_confirmed", "n’a pas pu confirmer votre connexion"),
    ("server_error", "authentication aborted due to a technical error", "unavailable", "momentanément indisponible"),
    ("temporarily_unavailable", "zyx", "unavailable", "momentanément indisponible"),
    *((error, "zyx" + "é" * 300, "our_request", OURS) for error in ("invalid_request", "invalid_scope", "invalid_acr")),
    *((error, "zyx" + "é" * 300, "our_request", OURS) for error in ("invalid_idp_hint", "unsupported_response_type")),
    ("<script>alert(1)</script>", "<b>Payez ici</b>", "unknown_error", "a expiré. Recommencez."),
]


@pytest.mark.parametrize(("error", "description", "code", "sentence"), ERRORS)
async def test_an_error_is_told_in_our_own_words(
    door: Door, caplog: pytest.LogCaptureFixture, error: str, description: str, code: str, sentence: str
) -> None:
    caplog.set_level(logging.INFO, logger="grc")
    citizen = door.citizen()
    callback = await citizen.returning()
    told = changed(callback, code=None, error=error, error_description=description)
    answer = await citizen.comes_back(told)
    page = await citizen.browser.get(answer.headers["location"])
    assert sentence in page.text
    assert description not in page.text
    assert ('role="status"' in note_of(page.text)) is (code == "cancelled")
    assert ("aide.franceconnect.gouv.fr" in page.text) is (code == "not_confirmed")
    assert "S’identifier avec" in page.text
    trace = door.records()[0]
    assert (trace.means, trace.outcome) == ("franceconnect", code)
    assert len(trace.detail) <= 80
    assert trace.detail.isascii()
    alerts = [one for one in caplog.records if one.name == "grc.franceconnect" and one.levelno >= logging.ERROR]
    assert bool(alerts) is (code == "our_request"), "operators are told of our own faults, and of no others"


def note_of(page: str) -> str:
    """The note that tells the trouble."""
    found = re.search(r'<div class="app-note app-note--edge"[^>]*>', page)
    assert found, page
    return found.group()


async def test_sign_out_closes_both_sessions_and_comes_home(door: Door) -> None:
    citizen = door.citizen()
    await citizen.signs_in()
    answer = await citizen.browser.post(citizen.path("/deconnexion"))
    away = answer.headers["location"]
    assert away.startswith(f"{door.partner.provider.issuer}/session/end?")
    assert set(parse_qs(urlsplit(away).query)) == {"id_token_hint", "post_logout_redirect_uri", "state"}
    assert NAME not in await citizen.mine(), "our session is closed before the provider's"
    back = str((await door.partner.browser.get(away)).headers["location"])
    home = await citizen.comes_back(back)
    assert home.headers["location"] == citizen.path("/?fait=sortie")
    assert (await citizen.comes_back(back)).headers["location"] == citizen.path("/"), "its state serves once"
    page = await door.partner.visit(await door.citizen().leaves())
    assert "Continuer en tant que" not in page.text, "the next person at this screen is not taken for the last"


async def test_sign_out_needs_no_provider_and_no_other_site_can_ask_for_it(door: Door) -> None:
    citizen = door.citizen()
    await citizen.signs_in()
    del citizen.browser.client.headers["sec-fetch-site"]
    for headers in ({"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example"}):
        answer = await citizen.browser.client.post(citizen.path("/deconnexion"), headers=headers)
        assert answer.status_code == 403
        begun = await citizen.browser.client.post(citizen.path("/franceconnect/connexion"), headers=headers)
        assert begun.status_code == 403
    assert NAME in await citizen.mine()
    citizen.browser.client.headers["sec-fetch-site"] = "same-origin"
    door.patient()
    door.partner.fail("discovery.500")
    answer = await citizen.browser.post(citizen.path("/deconnexion"))
    assert answer.headers["location"] == citizen.path("/?fait=sortie")
    assert NAME not in await citizen.mine()


@pytest.mark.parametrize(
    "query", ["", "?state=x", "?state=&next=https://evil.example", "?post_logout_redirect_uri=//e"]
)
async def test_the_return_of_a_sign_out_is_no_redirector(door: Door, query: str) -> None:
    citizen = door.citizen()
    answer = await citizen.browser.client.get(citizen.path(f"/franceconnect/deconnexion{query}"))
    assert (answer.status_code, answer.headers["location"]) == (303, citizen.path("/"))
    await citizen.signs_in()
    await citizen.browser.client.get(citizen.path(f"/franceconnect/deconnexion{query}"))
    assert NAME in await citizen.mine(), "it ends no session"


async def test_nothing_of_a_sign_in_is_written_in_the_logs(door: Door, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    citizen = door.citizen()
    callback = await citizen.returning()
    await citizen.comes_back(callback)
    door.partner.fail("id.nonce")
    await door.citizen().tries("corse")
    said = "\n".join(record.getMessage() for record in caplog.records if record.name.startswith("grc"))
    assert f"sign-in {door.slug} franceconnect opened" in said
    assert f"sign-in {door.slug} refused: id.nonce" in said
    told = parse_qs(urlsplit(callback).query)
    for secret in (told["code"][0], told["state"][0], "EXEMPLE", "ESSAI", "courriel.example", citizen.cookie):
        assert secret not in said


async def test_a_fault_of_ours_at_the_token_endpoint_is_traced_with_the_provider_s_id(door: Door) -> None:
    register(door, secret="another-secret-of-more-than-32-characters")
    try:
        answer = await door.citizen().tries()
    finally:
        register(door)
    assert "souci=impossible" in answer.headers["location"]
    trace = door.records()[0]
    assert trace.outcome == "our_credentials"
    assert re.fullmatch(r"invalid_client code=Y\w+ id=\w+", trace.detail)
    platform = door.world.app._platform
    platform.config = replace(platform.config, operator_secret="o" * 32)
    page = await door.citizen().browser.get("/exploitation", auth=("x", "o" * 32))
    assert re.search(rf"refusées par notre faute \([^)]*{door.slug}", page.text)
    assert "grc franceconnect check" in page.text


BUTTON = (
    '<div class="fr-connect-group">\n<button class="fr-connect" type="submit"><span class="fr-connect__login">'
    'S’identifier avec</span> <span class="fr-connect__brand">FranceConnect</span></button>\n'
)
MORE = 'target="_blank" rel="noopener" title="Qu’est-ce que FranceConnect ? - nouvelle fenêtre">'
SENTENCE = "la solution proposée par l’État pour sécuriser et simplifier la connexion à vos services en ligne."


async def test_the_button_is_franceconnect_s_own_first_and_never_a_link_to_it(door: Door) -> None:
    citizen = door.citizen()
    page = (await citizen.browser.get(citizen.path("/demarches/acte-de-naissance/identification"))).text
    page = page.replace("\xa0", " ").replace("\u202f", " ")
    assert BUTTON in page
    assert MORE in page
    assert SENTENCE in page
    assert page.index(BUTTON) < page.index("Sans compte")
    assert door.partner.provider.issuer not in page, "nothing there to prefetch"
    here = citizen.path("/demarches/acte-de-naissance/identification")
    assert f'<form method="post" action="/{door.slug}/franceconnect/connexion?suite={here}">' in page.replace(
        "%2F", "/"
    )
    inside = await citizen.signs_in(following=here)
    assert inside.text.count(f'action="/{door.slug}/deconnexion"') == 1, "one button closes both sessions"
    assert "fr-connect" not in inside.text
