"""What people and forged addresses can try around a sign-in: none of it opens, replaces or ends anything."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx2
import pytest
from sqlalchemy import update
from sqlmodel import col, select

from grc import clock
from grc.citizens.commands import begin_sign_in
from grc.citizens.models import SignIn
from grc.sessions.models import BrowserSession
from tests.support.signing import Citizen, Door, doors, register

pytestmark = pytest.mark.anyio
NAME = "Jean Philippe EXEMPLE"
OURS = "impossible pour le moment"


@pytest.fixture(scope="module")
async def both(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[dict[str, Door]]:
    """The two communes of this module."""
    async with doors(tmp_path_factory.mktemp("attacks")) as made:
        yield made


@pytest.fixture
def door(both: dict[str, Door]) -> Door:
    """What does not depend on the algorithm, its provider as new."""
    found: Door = both["ES256"]
    found.partner.fail()
    found.partner.browser.cookies.clear()
    found.patient()
    return found


async def returning(citizen: Citizen, identity: str = "prenoms", following: str = "") -> str:
    """The callback that a sign-in of this citizen would bring, not yet asked for."""
    return await citizen.door.partner.choose(await citizen.leaves(following), identity=identity)


def changed(location: str, **params: str | None) -> str:
    """A callback with other parameters; None takes one away."""
    parts = urlsplit(location)
    kept = {name: values[0] for name, values in parse_qs(parts.query).items()} | params
    return parts._replace(query=urlencode({name: text for name, text in kept.items() if text is not None})).geturl()


def is_refused(answer: httpx2.Response) -> bool:
    return answer.status_code == 303 and "set-cookie" not in answer.headers


async def test_a_callback_that_this_browser_did_not_begin_changes_nothing(door: Door) -> None:
    attacker, victim, other = door.citizen(), door.citizen(), door.citizen()
    callback = await returning(attacker, "corse")
    accounts, sessions, traces = door.count(), door.count(BrowserSession), len(door.records())
    assert is_refused(await victim.comes_back(callback))
    assert (victim.cookie, door.count(), door.count(BrowserSession)) == ("", accounts, sessions)
    await other.signs_in("prenoms")
    token = other.cookie
    assert is_refused(await other.comes_back(callback))
    assert (other.cookie, NAME in await other.mine()) == (token, True)
    assert len(door.records()) == traces + 1, "anybody can send such callbacks: only the sign-in left a trace"
    assert door.partner.asked["token"] == 1


async def test_the_callback_seen_again_keeps_the_first_session(door: Door) -> None:
    citizen = door.citizen()
    callback = await returning(citizen)
    await citizen.comes_back(callback)
    token = citizen.cookie
    again = await citizen.comes_back(callback)
    assert is_refused(again)
    assert "souci=" not in again.headers["location"]
    assert door.partner.asked["token"] == 1, "a second use would revoke the first"
    assert (citizen.cookie, NAME in await citizen.mine()) == (token, True)


async def test_a_callback_sent_twice_at_once_opens_one_session(door: Door) -> None:
    citizen = door.citizen()
    callback = await returning(citizen)
    answers = await asyncio.gather(*(citizen.comes_back(callback) for _ in range(3)))
    assert sorted("set-cookie" in answer.headers for answer in answers) == [False, False, True]
    assert door.partner.asked["token"] == 1
    assert NAME in await citizen.mine()


async def test_the_code_of_another_login_is_refused(door: Door) -> None:
    attacker, victim = door.citizen(), door.citizen()
    theirs = parse_qs(urlsplit(await returning(attacker, "corse")).query)["code"][0]
    answer = await victim.comes_back(changed(await returning(victim), code=theirs))
    assert is_refused(answer)
    assert door.records()[0].outcome == "id.nonce"


async def test_who_is_signed_in_is_never_replaced(door: Door) -> None:
    citizen = door.citizen()
    pending = await returning(citizen, "corse")
    await citizen.signs_in("prenoms")
    token = citizen.cookie
    assert (await citizen.leaves()).endswith("/mes-demandes"), "a sign-in does not begin"
    assert is_refused(await citizen.comes_back(pending)), "nor does one of before end"
    assert (citizen.cookie, NAME in await citizen.mine()) == (token, True)


async def test_several_attempts_may_be_pending_and_each_serves_once(door: Door) -> None:
    citizen = door.citizen()
    first, second = await returning(citizen, "corse"), await returning(citizen, "prenoms")
    assert "set-cookie" in (await citizen.comes_back(first)).headers
    assert "Ange D’ESSAI" in await citizen.mine()
    assert is_refused(await citizen.comes_back(second))
    assert "Ange D’ESSAI" in await citizen.mine()


async def test_a_pending_sign_in_ends_after_thirty_minutes_and_another_is_possible_meanwhile(door: Door) -> None:
    citizen = door.citizen()
    late = await returning(citizen)
    with door.world.database.writing(scope=door.key) as session:
        session.execute(update(SignIn).values(started_at=clock.now() - timedelta(minutes=31)))
    fresh = await returning(citizen)
    answer = await citizen.comes_back(late)
    assert is_refused(answer)
    assert "a expiré. Recommencez." in (await citizen.browser.get(answer.headers["location"])).text
    assert (door.records()[0].outcome, door.partner.asked["token"]) == ("transaction_expired", 0)
    await citizen.comes_back(fresh)
    assert NAME in await citizen.mine()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"state": "s" * 43}, None),
        ({"state": None}, None),
        ({"code": None}, "no_code"),
        ({"code": ""}, "no_code"),
        ({"iss": "https://other.example/api/v2"}, "issuer"),
        ({"iss": None}, "issuer"),
    ],
)
async def test_a_callback_that_lacks_what_it_needs_opens_nothing(
    door: Door, changes: dict[str, str | None], code: str | None
) -> None:
    citizen, traces = door.citizen(), len(door.records())
    assert is_refused(await citizen.comes_back(changed(await returning(citizen), **changes)))
    assert [row.outcome for row in door.records()][: len(door.records()) - traces] == ([code] if code else [])
    assert door.partner.asked["token"] == 0


async def test_the_provider_of_a_sign_in_is_that_of_its_return(both: dict[str, Door], door: Door) -> None:
    citizen = door.citizen()
    callback = await returning(citizen)
    register(door, issuer=both["RS256"].partner.provider.issuer)
    try:
        assert is_refused(await citizen.comes_back(callback))
    finally:
        register(door)
    assert door.records()[0].outcome == "issuer"
    assert both["RS256"].partner.asked["token"] == door.partner.asked["token"] == 0
    mine = citizen.session()
    assert mine is not None
    assert mine.id is not None
    with door.world.database.writing(scope=door.key) as session:
        begin_sign_in(
            session,
            authority_id=door.key,
            session_id=mine.id,
            provider="proconnect",
            issuer=door.partner.provider.issuer,
            state="p" * 43,
            nonce="n" * 43,
            next_path="/tilleul/agents",
            now=clock.now(),
        )
    assert is_refused(await citizen.comes_back(changed(await returning(citizen), state="p" * 43)))
    with door.world.database.reading(scope=door.key) as session:
        kept = session.execute(select(SignIn).where(col(SignIn.provider) == "proconnect")).scalars().all()
    assert len(kept) == 1, "a sign-in at ProConnect is none of this door's"


@pytest.mark.parametrize("public", ["/tilleul/agents", "/tilleul/agents/demandes", "/tilleul/agents/compte"])
async def test_a_citizen_s_sign_in_opens_no_page_of_agents(door: Door, public: str) -> None:
    citizen = door.citizen()
    await citizen.signs_in()
    token = citizen.cookie
    citizen.browser.client.cookies.set("grc-agent-tilleul-8000", token, domain="127.0.0.1", path="/")
    answer = await citizen.browser.client.get(public)
    assert (answer.status_code in (303, 404), NAME in answer.text) == (True, False)


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
    callback = await returning(citizen)
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


async def test_a_forged_error_ends_nothing(door: Door) -> None:
    citizen = door.citizen()
    await citizen.signs_in()
    token = citizen.cookie
    relay = f"{door.partner.provider.issuer}/redirect-to-sp-with-error"
    asked = {
        "client_id": door.partner.provider.client_id,
        "redirect_uri": door.partner.provider.redirect_uri,
        "error": "access_denied",
        "error_description": "Appelez le 01 99 00 00 00",
    }
    forged = str((await door.partner.browser.get(relay, params=asked)).headers["location"])
    assert "state=undefined" in forged
    answer = await citizen.comes_back(forged)
    assert is_refused(answer)
    page = await citizen.browser.get(answer.headers["location"])
    assert (citizen.cookie, NAME in page.text, "01 99 00 00 00" in page.text) == (token, True, False)


HOSTILE = (
    "//evil.example", "/\\evil.example", "https://evil.example/", "javascript:alert(1)",
    "/tilleul/\tx", "/tilleul/\r\nLocation: x", "/marronnier/mes-demandes", "/tilleul/../marronnier/",
    "http://127.0.0.1:8000@evil.example/", "evil.example", "/tilleul/%2e%2e/marronnier/",
)  # fmt: skip


@pytest.mark.parametrize("following", HOSTILE)
async def test_a_sign_in_leads_only_to_a_page_of_ours(door: Door, following: str) -> None:
    citizen = door.citizen()
    answer = await citizen.tries(following=following)
    assert answer.headers["location"] == "/tilleul/mes-demandes"


async def test_where_a_sign_in_leads_is_checked_again_at_its_return(door: Door) -> None:
    citizen = door.citizen()
    callback = await returning(citizen, following="/tilleul/demarches/acte-de-naissance/identification")
    with door.world.database.writing(scope=door.key) as session:
        session.execute(update(SignIn).values(next_path="https://evil.example/"))
    assert (await citizen.comes_back(callback)).headers["location"] == "/tilleul/mes-demandes"


async def test_a_sign_in_renews_the_session_and_carries_what_was_begun(door: Door) -> None:
    citizen = door.citizen()
    draft = await citizen.browser.begin()
    before = citizen.cookie
    await citizen.signs_in(following=f"/tilleul/brouillons/{draft}/reprise")
    after = citizen.cookie
    assert before
    assert before != after
    assert (await citizen.browser.get(f"/tilleul/brouillons/{draft}/suite")).status_code == 200
    thief = door.citizen()
    thief.browser.client.cookies.set("grc-citizen-tilleul-8000", before, domain="127.0.0.1", path="/")
    assert (await thief.browser.get(f"/tilleul/brouillons/{draft}/suite")).status_code != 200
    assert NAME not in await thief.mine()
    kept = citizen.session()
    assert kept is not None
    assert (kept.means, kept.acr, kept.shown_name) == ("franceconnect", "eidas1", NAME)


@pytest.mark.parametrize(("one", "other"), [("prenoms", "conjointe"), ("outre-mer", "homonyme")])
async def test_people_who_look_alike_stay_two(door: Door, one: str, other: str) -> None:
    accounts = door.count()
    for identity in (one, other, one):
        door.partner.browser.cookies.clear()
        await door.citizen().signs_in(identity)
    assert door.count() - accounts in (1, 2), "one of them may have signed in before"
    opened = [row.citizen_id for row in door.records()[:3]]
    assert (opened[0] == opened[2], opened[0] == opened[1]) == (True, False)


async def test_sign_out_closes_both_sessions_and_comes_home(door: Door) -> None:
    citizen = door.citizen()
    await citizen.signs_in()
    answer = await citizen.browser.post("/tilleul/deconnexion")
    away = answer.headers["location"]
    assert away.startswith(f"{door.partner.provider.issuer}/session/end?")
    assert set(parse_qs(urlsplit(away).query)) == {"id_token_hint", "post_logout_redirect_uri", "state"}
    assert NAME not in await citizen.mine(), "our session is closed before the provider's"
    back = str((await door.partner.browser.get(away)).headers["location"])
    home = await citizen.comes_back(back)
    assert home.headers["location"] == "/tilleul/?fait=sortie"
    assert (await citizen.comes_back(back)).headers["location"] == "/tilleul/", "its state serves once"
    page = await door.partner.visit(await door.citizen().leaves())
    assert "Continuer en tant que" not in page.text, "the next person at this screen is not taken for the last"


async def test_sign_out_needs_no_provider_and_no_other_site_can_ask_for_it(door: Door) -> None:
    citizen = door.citizen()
    await citizen.signs_in()
    del citizen.browser.client.headers["sec-fetch-site"]
    for headers in ({"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example"}):
        answer = await citizen.browser.client.post("/tilleul/deconnexion", headers=headers)
        assert answer.status_code == 403
        begun = await citizen.browser.client.post("/tilleul/franceconnect/connexion", headers=headers)
        assert begun.status_code == 403
    assert NAME in await citizen.mine()
    citizen.browser.client.headers["sec-fetch-site"] = "same-origin"
    door.patient()
    door.partner.fail("discovery.500")
    answer = await citizen.browser.post("/tilleul/deconnexion")
    assert answer.headers["location"] == "/tilleul/?fait=sortie"
    assert NAME not in await citizen.mine()


@pytest.mark.parametrize(
    "query", ["", "?state=x", "?state=&next=https://evil.example", "?post_logout_redirect_uri=//e"]
)
async def test_the_return_of_a_sign_out_is_no_redirector(door: Door, query: str) -> None:
    citizen = door.citizen()
    answer = await citizen.browser.client.get(f"/tilleul/franceconnect/deconnexion{query}")
    assert (answer.status_code, answer.headers["location"]) == (303, "/tilleul/")
    await citizen.signs_in()
    await citizen.browser.client.get(f"/tilleul/franceconnect/deconnexion{query}")
    assert NAME in await citizen.mine(), "it ends no session"


async def test_nothing_of_a_sign_in_is_written_in_the_logs(door: Door, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    citizen = door.citizen()
    callback = await returning(citizen)
    await citizen.comes_back(callback)
    door.partner.fail("id.nonce")
    await door.citizen().tries("corse")
    said = "\n".join(record.getMessage() for record in caplog.records if record.name.startswith("grc"))
    assert "sign-in tilleul franceconnect opened" in said
    assert "sign-in tilleul refused: id.nonce" in said
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
    assert "refusées par notre faute (tilleul" in page.text
    assert "grc franceconnect check" in page.text


BUTTON = (
    '<div class="fr-connect-group">\n<button class="fr-connect" type="submit"><span class="fr-connect__login">'
    'S’identifier avec</span> <span class="fr-connect__brand">FranceConnect</span></button>\n'
)
MORE = 'target="_blank" rel="noopener" title="Qu’est-ce que FranceConnect ? - nouvelle fenêtre">'
SENTENCE = "la solution proposée par l’État pour sécuriser et simplifier la connexion à vos services en ligne."


async def test_the_button_is_franceconnect_s_own_first_and_never_a_link_to_it(door: Door) -> None:
    citizen = door.citizen()
    page = (await citizen.browser.get("/tilleul/demarches/acte-de-naissance/identification")).text
    page = page.replace("\xa0", " ").replace("\u202f", " ")
    assert BUTTON in page
    assert MORE in page
    assert SENTENCE in page
    assert page.index(BUTTON) < page.index("Sans compte")
    assert door.partner.provider.issuer not in page, "nothing there to prefetch"
    here = "/tilleul/demarches/acte-de-naissance/identification"
    assert f'<form method="post" action="/tilleul/franceconnect/connexion?suite={here}">' in page.replace("%2F", "/")
    inside = await citizen.signs_in(following=here)
    assert inside.text.count('action="/tilleul/deconnexion"') == 1, "one button closes both sessions"
    assert "fr-connect" not in inside.text
