"""The simulator is as strict as FranceConnect v2, so that what passes here passes there."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx2
import pytest

from grc import clock
from grc.franceconnect.client import FranceConnectClient
from tests.support.partners import (
    CLIENT_ID,
    CLIENT_SECRET,
    POST_LOGOUT_URI,
    REDIRECT_URI,
    Partner,
    franceconnect,
    visible_text,
)

pytestmark = pytest.mark.anyio

LONG = "x" * 43
PARAMS = {
    "response_type": "code",
    "client_id": CLIENT_ID,
    "redirect_uri": REDIRECT_URI,
    "scope": "openid identite_pivot email",
    "state": LONG,
    "nonce": LONG,
    "acr_values": "eidas1",
}


def authorize(partner: Partner, *more: tuple[str, str], **changes: str | None) -> str:
    params = [(name, value) for name, value in (PARAMS | changes).items() if value is not None]
    return f"{partner.provider.issuer}/authorize?{urlencode([*params, *more])}"


async def code_for(partner: Partner, identity: str = "prenoms", **changes: str | None) -> str:
    location = await partner.choose(authorize(partner, **changes), identity=identity)
    return parse_qs(urlsplit(location).query)["code"][0]


async def exchange(partner: Partner, granted: str, **changes: Any) -> httpx2.Response:
    form = {
        "grant_type": "authorization_code",
        "code": granted,
        "redirect_uri": REDIRECT_URI,
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
    }
    return await partner.browser.post(f"{partner.provider.issuer}/token", data=form | changes)


async def userinfo(partner: Partner, token: str) -> httpx2.Response:
    return await partner.browser.get(
        f"{partner.provider.issuer}/userinfo", headers={"Authorization": f"Bearer {token}"}
    )


def unverified(token: str, part: int) -> dict[str, Any]:
    text = token.split(".")[part]
    return dict(json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))))


@pytest.mark.parametrize(
    ("more", "changes", "code"),
    [
        ([("code_challenge", "c" * 43)], {}, "Y030007"),
        ([("max_age", "0")], {}, "Y030007"),
        ([("login_hint", "a@b.example")], {}, "Y030007"),
        ([("state", LONG)], {}, "Y030007"),
        ([], {"nonce": "n" * 21}, "Y030007"),
        ([], {"nonce": None}, "Y030007"),
        ([], {"state": None}, "Y030007"),
        ([], {"state": "s" * 21}, "Y030007"),
        ([], {"acr_values": None}, "Y030007"),
        ([("prompt", "none")], {}, "Y030007"),
        ([], {"client_id": "somebody"}, "Y04EA6EF"),
        ([], {"redirect_uri": REDIRECT_URI + "/"}, "Y04C013C"),
        ([("claims", '{"id_token":{"amr":{"essential":true}}}')], {}, "Y100009"),
    ],
)
async def test_keeps_the_citizen_on_an_error_page(es256: Partner, more: Any, changes: Any, code: str):
    answer = await es256.visit(authorize(es256, *more, **changes))
    assert (answer.status_code, code in answer.text) == (400, True)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": "id_token"}, "unsupported_response_type"),
        ({"scope": "email"}, "invalid_request"),
        ({"scope": "openid birth"}, "invalid_scope"),
        ({"acr_values": "eidas2"}, "invalid_acr"),
    ],
)
async def test_sends_our_mistakes_back(es256: Partner, changes: Any, error: str):
    answer = await es256.browser.get(authorize(es256, **changes))
    parts = urlsplit(answer.headers["location"])
    sent = parse_qs(parts.query or parts.fragment)
    assert bool(parts.fragment) is (error == "unsupported_response_type")
    assert (sent["error"], sent["state"], sent["iss"]) == ([error], [LONG], [es256.provider.issuer])


@pytest.mark.parametrize("more", [("prompt", "login"), ("prompt", "consent"), ("ui_locales", "fr")])
async def test_accepts_the_optional_parameters(es256: Partner, more: tuple[str, str]):
    assert (await es256.visit(authorize(es256, more))).status_code == 200


async def test_ignores_an_unknown_scope(es256: Partner):
    code = await code_for(es256, scope="openid email wallet")
    assert (await exchange(es256, code)).json()["scope"] == "openid email"


async def test_answers_exactly_five_fields(es256: Partner):
    answer = await exchange(es256, await code_for(es256))
    assert sorted(answer.json()) == ["access_token", "expires_in", "id_token", "scope", "token_type"]
    assert answer.json()["expires_in"] == 60


async def test_the_id_token_holds_no_identity(es256: Partner):
    token = (await exchange(es256, await code_for(es256))).json()["id_token"]
    assert sorted(unverified(token, 0)) == ["alg", "kid"]
    claims = unverified(token, 1)
    assert sorted(claims) == ["acr", "aud", "auth_time", "exp", "iat", "iss", "nonce", "sub"]
    assert claims["exp"] - claims["iat"] == 60


async def test_userinfo_is_a_signed_token_with_the_scopes_claims(es256: Partner):
    answer = await exchange(es256, await code_for(es256, scope="openid email"))
    signed = await userinfo(es256, answer.json()["access_token"])
    assert signed.headers["content-type"] == "application/jwt"
    assert sorted(unverified(signed.text, 1)) == ["aud", "email", "exp", "iat", "iss", "sub"]


async def test_a_second_use_of_the_code_revokes_the_first(es256: Partner):
    code = await code_for(es256)
    token = (await exchange(es256, code)).json()["access_token"]
    second = await exchange(es256, code)
    assert (second.status_code, second.json()["error"]) == (400, "invalid_grant")
    refused = await userinfo(es256, token)
    assert (refused.status_code, "invalid_token" in refused.headers["www-authenticate"]) == (401, True)


@pytest.mark.parametrize(
    ("changes", "status", "error"),
    [
        ({"client_secret": "x" * 40}, 401, "invalid_client"),
        ({"client_id": "somebody"}, 401, "invalid_client"),
        ({"redirect_uri": REDIRECT_URI + "/"}, 400, "invalid_grant"),
        ({"code": "unknown"}, 400, "invalid_grant"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
    ],
)
async def test_refuses_a_bad_exchange(es256: Partner, changes: Any, status: int, error: str):
    answer = await exchange(es256, await code_for(es256), **changes)
    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert "code=Y" in answer.json()["error_uri"]


async def test_refuses_basic_authentication(es256: Partner):
    form = {"grant_type": "authorization_code", "code": await code_for(es256), "redirect_uri": REDIRECT_URI}
    answer = await es256.browser.post(
        f"{es256.provider.issuer}/token", data=form, auth=httpx2.BasicAuth(CLIENT_ID, CLIENT_SECRET)
    )
    assert answer.status_code == 401


@pytest.mark.parametrize(("seconds", "status"), [(29, 200), (32, 401)])
async def test_the_grant_dies_thirty_seconds_after_the_click(seconds: int, status: int):
    elapsed = timedelta()
    async with franceconnect(now=lambda: clock.now() + elapsed) as partner:
        token = (await exchange(partner, await code_for(partner))).json()["access_token"]
        elapsed = timedelta(seconds=seconds)
        assert (await userinfo(partner, token)).status_code == status


async def test_publishes_several_public_keys(partner: Partner):
    answer = await partner.browser.get(f"{partner.provider.issuer}/jwks")
    keys = answer.json()["keys"]
    assert answer.headers["cache-control"] == "max-age=600"
    assert len(keys) >= 2
    assert all("d" not in key for key in keys)


async def test_the_page_says_that_it_is_a_simulator(es256: Partner):
    page = await es256.visit(authorize(es256))
    assert "Simulateur de FranceConnect — identités inventées" in visible_text(page.text)
    assert "default-src 'none'" in page.headers["content-security-policy"]
    style = await es256.browser.get(f"{es256.provider.issuer}/demo.css")
    assert style.headers["content-type"].startswith("text/css")


async def test_a_session_offers_the_same_person_with_one_click(es256: Partner, client: FranceConnectClient):
    assert "Continuer en tant que" not in (await es256.visit(authorize(es256))).text
    signed_in = await es256.sign_in(client, "corse")
    assert "Continuer en tant que Ange D’ESSAI" in (await es256.visit(authorize(es256))).text
    await es256.browser.get(await client.logout_url(es256.provider, id_token=signed_in.id_token, state=LONG))
    assert "Continuer en tant que" not in (await es256.visit(authorize(es256))).text


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({}, "Y030007"),
        ({"id_token_hint": "x.y.z"}, "Y030007"),
        ({"id_token_hint": "GOOD", "next": "/"}, "Y030007"),
        ({"id_token_hint": "GOOD", "post_logout_redirect_uri": "http://elsewhere.example/"}, "Y030111"),
    ],
)
async def test_refuses_a_bad_logout(es256: Partner, client: FranceConnectClient, params: dict[str, str], code: str):
    good = (await es256.sign_in(client)).id_token
    sent = {name: good if value == "GOOD" else value for name, value in params.items()}
    answer = await es256.browser.get(f"{es256.provider.issuer}/session/end", params=sent)
    assert (answer.status_code, code in answer.text) == (400, True)


async def test_an_expired_id_token_still_closes_the_session():
    elapsed = timedelta()
    async with franceconnect(now=lambda: clock.now() + elapsed) as partner:
        token = (await exchange(partner, await code_for(partner))).json()["id_token"]
        elapsed = timedelta(hours=2)
        params = {"id_token_hint": token, "post_logout_redirect_uri": POST_LOGOUT_URI, "state": LONG}
        answer = await partner.browser.get(f"{partner.provider.issuer}/session/end", params=params)
        assert answer.headers["location"] == f"{POST_LOGOUT_URI}?state={LONG}"


async def test_relays_a_forged_error_without_a_session(es256: Partner):
    params = {"client_id": CLIENT_ID, "redirect_uri": REDIRECT_URI, "error": "x", "error_description": "<b>y</b>"}
    answer = await es256.browser.get(f"{es256.provider.issuer}/redirect-to-sp-with-error", params=params)
    assert parse_qs(urlsplit(answer.headers["location"]).query)["state"] == ["undefined"]


async def test_faults_are_switched_by_http(es256: Partner):
    root = es256.provider.issuer.removesuffix("/api/v2")
    answer = await es256.browser.post(f"{root}/_peer/faults", json=["ui.json", "id.nonce"])
    assert answer.json()["active"] == ["id.nonce", "ui.json"]
    assert (await es256.browser.post(f"{root}/_peer/faults", json=["unknown"])).status_code == 400
    assert (await es256.browser.post(f"{root}/_peer/faults", data={"a": "b"})).status_code == 400
    assert (await es256.browser.get(f"{root}/_peer/faults")).json()["active"] == ["id.nonce", "ui.json"]
    before = (await es256.browser.get(f"{es256.provider.issuer}/jwks")).json()["keys"]
    kids = (await es256.browser.post(f"{root}/_peer/rotate")).json()["kids"]
    assert len(kids) > len(before)


async def test_sub_is_one_per_entity(es256: Partner, client: FranceConnectClient):
    first, again = [(await es256.sign_in(client, "corse")).identity.sub for _ in range(2)]
    assert first == again
