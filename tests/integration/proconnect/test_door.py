"""The agents' door with ProConnect: what is asked of it, what opens, what never does."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import delete, update
from sqlmodel import col

from grc import clock
from grc.authorities.models import Authority, IdentityClient
from grc.citizens.models import Citizen, SignIn
from grc.demo import proconnect
from grc.demo.proconnect.authorize import read
from grc.sessions.commands import AGENT_LIFE
from grc.submissions.models import Submission
from tests.support import accounts
from tests.support.agent_signing import AgentDoor, a_proconnect, register
from tests.support.world import BASE

pytestmark = pytest.mark.anyio
CLAIRE = "claire.modele@tilleul.example"


async def test_an_agent_comes_in_under_a_new_token_and_leaves_both_sessions(door: AgentDoor) -> None:
    somebody = door.somebody()
    following = somebody.path("/circuits/acte-de-naissance")
    shown = await somebody.browser.get(f"{somebody.path('/connexion')}?suite={following}")
    assert shown.text.index("ProConnect") < shown.text.index("Mot de passe"), "before any local account"
    assert "Qu’est-ce que ProConnect" in shown.text
    assert 'href="https://www.proconnect.gouv.fr/"' in shown.text
    origin = door.partner.provider.issuer.removesuffix("/api/v2")
    assert origin in shown.headers["content-security-policy"], "the form leads there"
    away = await somebody.leaves(following)
    before = somebody.cookie
    page = await somebody.browser.get(
        (await somebody.comes_back(await door.partner.choose(away, identity=door.known))).headers["location"]
    )
    assert page.url.path == following
    assert somebody.cookie not in ("", before)
    stored = somebody.session()
    assert stored is not None
    assert (stored.means, stored.acr, stored.second_factor_at is None) == ("proconnect", "eidas1-mfa", False)
    assert stored.sealed_id_token is not None
    assert "." not in stored.sealed_id_token, "sealed"
    assert stored.expires_at <= stored.created_at + AGENT_LIFE
    (trace,) = door.records()[:1]
    assert (trace.outcome, trace.agent_id, trace.detail) == ("opened", stored.agent_id, "")
    answer = await somebody.browser.post(somebody.path("/deconnexion"))
    out = urlsplit(answer.headers["location"])
    assert f"{out.scheme}://{out.netloc}" == origin
    assert set(parse_qs(out.query)) == {"id_token_hint", "post_logout_redirect_uri", "state"}
    assert not await somebody.is_in(), "ours is closed before theirs"
    back = await door.partner.browser.get(answer.headers["location"])
    home = await somebody.comes_back(back.headers["location"])
    assert home.headers["location"] == somebody.path("/connexion?fait=sortie")


async def test_what_is_asked_is_what_the_contract_says(tilleul: AgentDoor) -> None:
    away = await tilleul.somebody().leaves()
    sent = parse_qs(urlsplit(away).query)
    assert {name: len(values) for name, values in sent.items()} == dict.fromkeys(
        [
            "response_type",
            "client_id",
            "redirect_uri",
            "scope",
            "state",
            "nonce",
            "claims",
            "code_challenge",
            "code_challenge_method",
        ],
        1,
    )
    assert sent["code_challenge_method"] == ["S256"]
    assert (len(sent["state"][0]), len(sent["nonce"][0]), len(sent["code_challenge"][0])) == (43, 43, 43)
    scopes = set(sent["scope"][0].split())
    assert {"openid", "given_name", "usual_name", "email", "siret"} <= scopes
    assert not {"profile", "family_name", "roles"} & scopes
    login = read([(name, values[0]) for name, values in sent.items()], tilleul.partner.settings)
    assert login.levels == {"eidas0-mfa", "eidas1-mfa", "eidas2", "eidas3"}, "required, not wished"


async def test_another_identity_may_be_asked_for(tilleul: AgentDoor) -> None:
    away = await tilleul.somebody().leaves(autre="oui")
    assert parse_qs(urlsplit(away).query)["prompt"] == ["login"]


@pytest.mark.parametrize(
    "following", ["https://evil.example/", "//evil.example", "/\\evil.example", "/marronnier/agents"]
)
async def test_it_leads_nowhere_else(tilleul: AgentDoor, following: str) -> None:
    answer = await tilleul.somebody().tries(following=following)
    assert answer.headers["location"] == "/tilleul/agents"


@pytest.mark.parametrize(
    ("choice", "code", "souci"),
    [
        ("cancel", "cancelled", "interrompu"),
        ("not_confirmed", "not_confirmed", "non-confirme"),
        ("one_factor", "second_factor", "second-facteur"),
        ("outage", "unavailable", "indisponible"),
    ],
)
async def test_coming_back_without_identity(tilleul: AgentDoor, choice: str, code: str, souci: str) -> None:
    somebody = tilleul.somebody()
    following = "/tilleul/agents/circuits/acte-de-naissance"
    location = await tilleul.partner.choose(await somebody.leaves(following), failure=choice)
    answer = await somebody.comes_back(location)
    assert parse_qs(urlsplit(answer.headers["location"]).query) == {"souci": [souci], "suite": [following]}
    assert tilleul.records()[0].outcome == code


async def test_one_factor_is_refused_by_the_provider_and_by_us(tilleul: AgentDoor) -> None:
    somebody = tilleul.somebody()
    answer = await somebody.tries("un-facteur")
    assert "souci=second-facteur" in answer.headers["location"]
    assert tilleul.partner.asked["token"] == 0, "there was no code"


async def test_a_callback_not_begun_here_changes_nothing(tilleul: AgentDoor) -> None:
    thief, victim = tilleul.somebody(), tilleul.somebody()
    location = await tilleul.partner.choose(await thief.leaves(), identity="claire")
    traces = len(tilleul.records())
    answer = await victim.comes_back(location)
    assert answer.headers["location"] == victim.path("/connexion?souci=expire")
    assert (victim.cookie, await victim.is_in()) == ("", False)
    await victim.browser.sign_in_agent()
    token = victim.cookie
    await victim.comes_back(location)
    forged = await victim.comes_back(
        f"{BASE}/tilleul/agents/proconnect/callback?error=access_denied&error_description=<b>x"
    )
    assert forged.headers["location"] == victim.path()
    assert victim.cookie == token, "a session is neither ended nor replaced"
    assert await victim.is_in()
    assert len(tilleul.records()) == traces, "anybody could send any number of them"
    assert tilleul.partner.asked["token"] == 0


async def test_a_code_serves_once_and_the_first_session_stays(tilleul: AgentDoor) -> None:
    somebody = tilleul.somebody()
    location = await tilleul.partner.choose(await somebody.leaves(), identity="claire")
    await somebody.comes_back(location)
    token = somebody.cookie
    again = await somebody.comes_back(location)
    assert (again.headers["location"], somebody.cookie) == (somebody.path(), token)
    assert tilleul.partner.asked["token"] == 1
    assert await somebody.is_in()


async def test_an_injected_code_fails_without_its_verifier(tilleul: AgentDoor) -> None:
    thief, victim = tilleul.somebody(), tilleul.somebody()
    stolen = parse_qs(urlsplit(await tilleul.partner.choose(await victim.leaves(), identity="claire")).query)
    mine = parse_qs(urlsplit(await tilleul.partner.choose(await thief.leaves(), identity="nouvelle")).query)
    query = f"code={stolen['code'][0]}&state={mine['state'][0]}&iss={mine['iss'][0]}"
    answer = await thief.comes_back(f"{BASE}{thief.path('/proconnect/callback')}?{query}")
    assert "souci=expire" in answer.headers["location"]
    assert tilleul.records()[0].outcome == "code_refused"
    tilleul.partner.fail("pkce.ignored")
    stolen = parse_qs(urlsplit(await tilleul.partner.choose(await victim.leaves(), identity="claire")).query)
    mine = parse_qs(urlsplit(await tilleul.partner.choose(await thief.leaves(), identity="nouvelle")).query)
    query = f"code={stolen['code'][0]}&state={mine['state'][0]}&iss={mine['iss'][0]}"
    await thief.comes_back(f"{BASE}{thief.path('/proconnect/callback')}?{query}")
    assert tilleul.records()[0].outcome == "id.nonce", "the nonce is the second wall"
    assert not await thief.is_in()


async def test_a_sign_in_that_took_too_long_is_refused(tilleul: AgentDoor) -> None:
    somebody = tilleul.somebody()
    location = await tilleul.partner.choose(await somebody.leaves(), identity="claire")
    with tilleul.world.database.writing(scope=tilleul.key) as session:
        session.execute(update(SignIn).values(started_at=clock.now() - timedelta(minutes=31)))
    assert "souci=expire" in (await somebody.comes_back(location)).headers["location"]
    assert tilleul.records()[0].outcome == "transaction_expired"


async def test_providers_are_not_mixed_up(tilleul: AgentDoor) -> None:
    """A return of one provider is worth nothing at the other's address, nor once the registration has changed."""
    somebody = tilleul.somebody()
    location = await tilleul.partner.choose(await somebody.leaves(), identity="claire")
    query = urlsplit(location).query
    answer = await somebody.browser.client.get(f"/tilleul/franceconnect/callback?{query}")
    assert "souci=expire" in answer.headers["location"]
    register(tilleul, issuer="http://127.0.0.1:9/api/v2")
    assert "souci=expire" in (await somebody.comes_back(location)).headers["location"]
    assert tilleul.records()[0].outcome == "issuer"
    assert tilleul.partner.asked["token"] == 0
    register(tilleul)


async def test_who_is_signed_in_is_not_replaced(tilleul: AgentDoor) -> None:
    somebody = tilleul.somebody()
    await somebody.signs_in("claire")
    token = somebody.cookie
    assert (
        await somebody.leaves("/tilleul/agents/circuits/acte-de-naissance")
        == "/tilleul/agents/circuits/acte-de-naissance"
    )
    assert somebody.cookie == token


async def test_the_organisation_is_asked_at_each_sign_in(tilleul: AgentDoor) -> None:
    tilleul.attach("omar.fictif@tilleul.example", "omar")
    await tilleul.somebody().signs_in("omar")
    with tilleul.world.database.writing(scope=tilleul.key) as session:
        session.execute(update(Authority).where(col(Authority.id) == tilleul.key).values(establishments=None))
    assert (await tilleul.somebody().tries("omar")).headers["location"].endswith("/refus")
    assert tilleul.records()[0].outcome == "organisation"
    register(tilleul, options={"organisation": "siren"})
    await tilleul.somebody().signs_in("omar")
    register(tilleul)
    with tilleul.world.database.writing(scope=tilleul.key) as session:
        session.execute(
            update(Authority).where(col(Authority.id) == tilleul.key).values(establishments=[proconnect.TILLEUL_SCHOOL])
        )
    await tilleul.somebody().signs_in("omar")


@pytest.mark.parametrize(
    ("identity", "code", "waits"),
    [
        ("nouvelle", "unknown_agent", True),
        ("homonyme", "unknown_agent", True),
        ("lise", "organisation", False),
        ("entreprise", "organisation", False),
        ("facteur", "organisation", False),
        ("sans-siret", "no_siret", False),
    ],
)
async def test_whoever_is_not_known_here_is_told_the_same(
    tilleul: AgentDoor, identity: str, code: str, waits: bool
) -> None:
    somebody = tilleul.somebody()
    answer = await somebody.tries(identity)
    assert answer.headers["location"] == somebody.path("/proconnect/refus")
    page = await somebody.browser.get(answer.headers["location"])
    assert "n’ouvre pas l’espace des agents" in page.text.replace("&#39;", "’")
    assert "01\u202f99" in page.text or "01 99 00 10 20" in page.text.replace("\xa0", " ").replace("\u202f", " ")
    assert ("Donnez ce repère" in page.text) is waits
    assert "@tilleul.example" not in page.text.replace("mairie@tilleul.example", ""), "no account is told"
    assert not await somebody.is_in()
    trace, kept = tilleul.records()[0], somebody.session()
    assert (trace.outcome, trace.agent_id) == (code, None)
    assert kept is not None
    assert (kept.agent_id, kept.expires_at - kept.created_at) == (None, timedelta(minutes=30))
    out = await somebody.browser.post(somebody.path("/proconnect/sortie"))
    assert "/session/end?id_token_hint=" in out.headers["location"], "their session can be closed too"


async def test_rights_are_ours(tilleul: AgentDoor) -> None:
    """A role here is not ProConnect's, and a closed account stays closed, whatever ProConnect vouches for."""
    somebody = tilleul.somebody()
    await somebody.signs_in("claire")
    for role, status in (("reader", 403), ("supervisor", 200)):
        tilleul.change(CLAIRE, role=role)
        assert (await somebody.browser.client.get(somebody.path("/listes"))).status_code == status
    tilleul.change(CLAIRE, role="handler", is_active=False)
    assert not await somebody.is_in()
    assert (await tilleul.somebody().tries("claire")).headers["location"].endswith("/refus")
    tilleul.change(CLAIRE, is_active=True)


async def test_an_agent_s_identity_files_nothing_and_a_citizen_s_opens_no_back_office(tilleul: AgentDoor) -> None:
    somebody = tilleul.somebody()
    await somebody.signs_in("claire")
    assert "Claire" not in (await somebody.browser.get("/tilleul/mes-demandes")).text
    assert tilleul.count(Citizen) == 0
    assert tilleul.count(Submission) == 0
    subject = proconnect.subject("claire")
    person = accounts.a_person(iss=tilleul.partner.provider.issuer, sub=subject)
    citizen = tilleul.world.browser()
    accounts.sign_in(tilleul.world, citizen, person)
    citizen.client.cookies.set("grc-agent-tilleul-8000", citizen.client.cookies[accounts.COOKIE])
    assert (await citizen.client.get("/tilleul/agents")).status_code == 303


async def test_plain_userinfo_is_refused_unless_the_client_says_so(tilleul: AgentDoor) -> None:
    async with a_proconnect("ES256", signed=False) as plain:
        signed, tilleul.partner = tilleul.partner, plain
        try:
            register(tilleul)
            tilleul.attach(CLAIRE, "claire")
            assert "souci=non-confirme" in (await tilleul.somebody().tries("claire")).headers["location"]
            assert tilleul.records()[0].outcome == "userinfo_format"
            register(tilleul, options={"userinfo": "json"})
            await tilleul.somebody().signs_in("claire")
            plain.fail("ui.no_sub")
        finally:
            tilleul.partner = signed
            register(tilleul)


async def test_sign_ins_are_limited_by_address(tilleul: AgentDoor) -> None:
    browser = tilleul.world.browser(address="10.9.9.9")
    answers = [
        (await browser.post("/tilleul/agents/proconnect/connexion", {"next": ""})).status_code for _ in range(122)
    ]
    assert answers[:60] == [303] * 60
    assert 429 in answers, "sixty in a window of ten minutes, which may end meanwhile"


async def test_the_logout_s_return_is_no_redirector(tilleul: AgentDoor) -> None:
    somebody = tilleul.somebody()
    for query in ("", "?state=x", "?state=x&next=https://evil.example"):
        answer = await somebody.browser.client.get(somebody.path(f"/proconnect/deconnexion{query}"))
        assert answer.headers["location"] == somebody.path("/connexion")


async def test_a_commune_without_proconnect_has_no_button(tilleul: AgentDoor) -> None:
    mine = (col(IdentityClient.authority_id) == tilleul.key, col(IdentityClient.provider) == "proconnect")
    with tilleul.world.database.writing(scope=tilleul.key) as session:
        session.execute(delete(IdentityClient).where(*mine))
    tilleul.world.app._platform._tenants.clear()
    somebody = tilleul.somebody()
    assert "ProConnect" not in (await somebody.browser.get(somebody.path("/connexion"))).text
    assert (await somebody.browser.post(somebody.path("/proconnect/connexion"))).status_code == 404
    register(tilleul)
