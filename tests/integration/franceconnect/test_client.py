"""Our client against a FranceConnect that behaves, and against each way in which one could misbehave."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from datetime import date, timedelta
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest

from grc import clock
from grc.errors import Unavailable
from grc.franceconnect.callback import LoginRefused, check_callback
from grc.franceconnect.client import FranceConnectClient
from grc.franceconnect.provider import Provider
from tests.support.partners import CLIENT_SECRET, POST_LOGOUT_URI, Partner, franceconnect

pytestmark = pytest.mark.anyio


async def refusal(partner: Partner, client: FranceConnectClient, *faults: str) -> str:
    partner.fail(*faults)
    with pytest.raises(LoginRefused) as caught:
        await partner.sign_in(client)
    return caught.value.code


async def test_signs_in(partner: Partner, client: FranceConnectClient):
    signed_in = await partner.sign_in(client, "prenoms")
    identity = signed_in.identity
    assert identity.given_names == ("Jean Philippe", "Pierre", "Louis")
    assert identity.birthdate == date(1976, 2, 29)
    assert (identity.iss, identity.acr) == (partner.provider.issuer, "eidas1")
    assert len(identity.sub) == 66
    assert signed_in.id_token.count(".") == 2
    assert signed_in.id_token not in repr(signed_in)


async def test_sends_the_closed_list_and_nothing_else(es256: Partner, client: FranceConnectClient):
    authorization = await client.authorization(es256.provider)
    sent = parse_qs(urlsplit(authorization.url).query)
    assert {name: len(values) for name, values in sent.items()} == dict.fromkeys(
        ["response_type", "client_id", "redirect_uri", "scope", "state", "nonce", "acr_values"], 1
    )
    assert sent["acr_values"] == ["eidas1"]
    assert (len(authorization.state), len(authorization.nonce)) == (43, 43)
    assert sent["state"] == [authorization.state]
    assert sent["nonce"] == [authorization.nonce]


async def test_state_and_nonce_are_new_each_time(es256: Partner, client: FranceConnectClient):
    first, second = [await client.authorization(es256.provider) for _ in range(2)]
    assert len({first.state, first.nonce, second.state, second.nonce}) == 4


async def test_keeps_no_secret_in_representations(es256: Partner, client: FranceConnectClient):
    authorization = await client.authorization(es256.provider)
    assert CLIENT_SECRET not in repr(es256.provider)
    assert authorization.state not in repr(authorization)


async def test_asks_token_and_userinfo_once(es256: Partner, client: FranceConnectClient):
    await es256.sign_in(client)
    await es256.sign_in(client)
    assert es256.asked["token"] == es256.asked["userinfo"] == 2
    assert es256.asked["discovery"] == es256.asked["jwks"] == 1


@pytest.mark.parametrize("key", ["etranger", "eidas", "nom-long", "nom-unique", "presumee", "corse", "non-precise"])
async def test_every_kind_of_person_can_sign_in(es256: Partner, client: FranceConnectClient, key: str):
    identity = (await es256.sign_in(client, key)).identity
    expected = {
        "etranger": (identity.birthplace, "", identity.birthcountry, "99351"),
        "eidas": (identity.email, "", identity.given_names, ()),
        "nom-long": (len(identity.family_name), 256, identity.gender, "female"),
        "nom-unique": (identity.given_name, "", identity.preferred_username, ""),
        "presumee": (identity.idp_birthdate, "1958-00-00", identity.birthdate, date(1958, 1, 1)),
        "corse": (identity.birthplace, "2A004", identity.birthdate_is_uncertain, False),
        "non-precise": (identity.gender, "unspecified", identity.birthdate_is_uncertain, False),
    }[key]
    assert expected[::2] == expected[1::2]


@pytest.mark.parametrize(("one", "other"), [("prenoms", "conjointe"), ("outre-mer", "homonyme")])
async def test_people_who_look_alike_stay_two(es256: Partner, client: FranceConnectClient, one: str, other: str):
    first, second = [(await es256.sign_in(client, key)).identity for key in (one, other)]
    assert first.email == second.email or first.family_name == second.family_name
    assert (first.iss, first.sub) != (second.iss, second.sub)


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("cb.state", "state"),
        ("cb.no_state", "state"),
        ("cb.iss", "issuer"),
        ("cb.no_iss", "issuer"),
        ("token.no_id_token", "id_token_missing"),
        ("id.nonce", "id.nonce"),
        ("id.no_nonce", "id.nonce"),
        ("id.aud", "id.aud"),
        ("id.aud_several", "id.aud"),
        ("id.iss", "id.iss"),
        ("id.expired", "id.exp"),
        ("id.iat_future", "id.iat"),
        ("id.acr", "id.acr"),
        ("id.no_acr", "id.acr"),
        ("id.sub", "ui.sub"),
        ("ui.aud", "ui.aud"),
        ("ui.iss", "ui.iss"),
        ("ui.expired", "ui.exp"),
        ("ui.sub", "ui.sub"),
        ("ui.no_sub", "ui.sub"),
        ("ui.json", "userinfo_format"),
        ("ui.401", "userinfo_refused"),
    ],
)
async def test_refuses(es256: Partner, client: FranceConnectClient, fault: str, code: str):
    assert await refusal(es256, client, fault) == code


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("alg_none", "algorithm"),
        ("hs256_secret", "algorithm"),
        ("hs256_pubkey", "algorithm"),
        ("bad_sig", "signature"),
        ("unknown_kid", "key"),
    ],
)
@pytest.mark.parametrize("kind", ["id", "ui"])
async def test_refuses_a_forged_signature(
    partner: Partner, client: FranceConnectClient, kind: str, fault: str, reason: str
):
    assert await refusal(partner, client, f"{kind}.{fault}") == f"{kind}.{reason}"


async def test_refuses_the_algorithm_that_was_not_registered(partner: Partner, client: FranceConnectClient):
    other = {"ES256": "RS256", "RS256": "ES256"}[partner.provider.algorithm]
    partner.provider = replace(partner.provider, algorithm=other)
    assert await refusal(partner, client) == "id.algorithm"


def test_knows_no_other_algorithm():
    with pytest.raises(ValueError, match="HS256"):
        Provider("https://fc.example", "id", "secret", "https://a.example/cb", "https://a.example/", algorithm="HS256")


async def test_asks_for_no_identity_when_the_id_token_is_bad(es256: Partner, client: FranceConnectClient):
    await refusal(es256, client, "id.nonce")
    assert es256.asked["userinfo"] == 0


@pytest.mark.parametrize("fault", ["token.slow", "token.500", "token.html", "ui.slow", "ui.500"])
async def test_a_failing_provider_is_unavailable(es256: Partner, hasty: FranceConnectClient, fault: str):
    es256.fail(fault)
    with pytest.raises(Unavailable, match="momentanément indisponible"):
        await es256.sign_in(hasty)
    assert es256.asked["token"] == 1, "the code is never sent twice"
    es256.fail()
    await es256.sign_in(hasty)


@pytest.mark.parametrize("place", ["discovery", "jwks", "token", "ui"])
async def test_a_huge_answer_is_not_read_to_its_end(es256: Partner, client: FranceConnectClient, place: str):
    es256.fail(f"{place}.huge")
    with pytest.raises(Unavailable):
        await es256.sign_in(client)
    assert 1_000_000 < es256.peer.sent[place] < 25_000_000, "what no buffer between us and it holds stays there"
    es256.fail()
    await es256.sign_in(client)


@pytest.mark.parametrize("fault", ["jwks.500", "jwks.slow"])
async def test_verification_is_never_skipped_without_keys(es256: Partner, hasty: FranceConnectClient, fault: str):
    es256.fail(fault)
    with pytest.raises(Unavailable):
        await es256.sign_in(hasty)
    assert es256.asked["token"] == 0, "the code is not spent for nothing"


async def test_no_login_begins_without_discovery(es256: Partner, client: FranceConnectClient):
    es256.fail("discovery.500")
    with pytest.raises(Unavailable):
        await client.authorization(es256.provider)


async def test_nobody_listening_is_unavailable(client: FranceConnectClient):
    provider = Provider("http://127.0.0.1:9", "id", "secret", "http://127.0.0.1:9/cb", "http://127.0.0.1:9/")
    with pytest.raises(Unavailable):
        await client.authorization(provider)


async def test_a_slow_provider_blocks_nobody_else(es256: Partner, hasty: FranceConnectClient):
    es256.fail("token.slow")
    slow = asyncio.create_task(es256.sign_in(hasty))
    while es256.asked["token"] == 0:
        await asyncio.sleep(0.01)
    es256.peer.faults.clear()
    await es256.sign_in(hasty)
    assert not slow.done()
    with pytest.raises(Unavailable):
        await slow


@pytest.mark.parametrize("fault", ["discovery.slow", "jwks.slow"])
async def test_many_at_once_wait_for_a_dead_provider_once(es256: Partner, hasty: FranceConnectClient, fault: str):
    es256.fail(fault)
    attempts = (hasty.exchange(es256.provider, code="c" * 43, nonce="n" * 43) for _ in range(20))
    told = await asyncio.gather(*attempts, return_exceptions=True)
    assert [type(one) for one in told] == [Unavailable] * 20
    assert (es256.asked[fault.partition(".")[0]], es256.asked["token"]) == (1, 0)


async def test_asks_userinfo_once_more_after_a_5xx(es256: Partner, client: FranceConnectClient):
    es256.fail("ui.500_once")
    assert (await es256.sign_in(client)).identity.family_name == "EXEMPLE"
    assert es256.asked["userinfo"] == 2


async def test_follows_a_rotation_of_keys(partner: Partner, client: FranceConnectClient):
    await partner.sign_in(client)
    partner.peer.keys.rotate()
    await partner.sign_in(client)
    assert partner.asked["jwks"] == 2


async def test_a_flood_of_unknown_kids_is_no_flood_of_requests(es256: Partner, client: FranceConnectClient):
    await es256.sign_in(client)
    es256.fail("id.unknown_kid")
    for _ in range(5):
        with pytest.raises(LoginRefused):
            await es256.sign_in(client)
    assert es256.asked["jwks"] == 1


async def test_a_rotation_while_keys_are_down_is_unavailable(es256: Partner, client: FranceConnectClient):
    await es256.sign_in(client)
    es256.peer.keys.rotate()
    es256.fail("jwks.500")
    with pytest.raises(Unavailable):
        await es256.sign_in(client)


async def test_a_code_serves_once(es256: Partner, client: FranceConnectClient):
    authorization = await client.authorization(es256.provider)
    code = check_callback(await es256.callback(authorization), es256.transaction(authorization), now=clock.now())
    await client.exchange(es256.provider, code=code, nonce=authorization.nonce)
    with pytest.raises(LoginRefused) as caught:
        await client.exchange(es256.provider, code=code, nonce=authorization.nonce)
    assert caught.value.code == "code_refused"


async def test_an_injected_code_of_another_login_is_refused(es256: Partner, client: FranceConnectClient):
    mine, theirs = [await client.authorization(es256.provider) for _ in range(2)]
    code = dict(await es256.callback(theirs))["code"]
    with pytest.raises(LoginRefused) as caught:
        await client.exchange(es256.provider, code=code, nonce=mine.nonce)
    assert caught.value.code == "id.nonce"


async def test_a_late_code_is_refused(client: FranceConnectClient):
    elapsed = timedelta()
    async with franceconnect(now=lambda: clock.now() + elapsed) as partner:
        authorization = await client.authorization(partner.provider)
        code = dict(await partner.callback(authorization))["code"]
        elapsed = timedelta(seconds=31)
        with pytest.raises(LoginRefused) as caught:
            await client.exchange(partner.provider, code=code, nonce=authorization.nonce)
    assert caught.value.code == "code_refused"


async def test_wrong_credentials_are_our_fault(
    es256: Partner, client: FranceConnectClient, caplog: pytest.LogCaptureFixture
):
    es256.provider = replace(es256.provider, client_secret="another-secret-of-more-than-32-characters")
    with pytest.raises(LoginRefused) as caught:
        await es256.sign_in(client)
    assert caught.value.code == "our_credentials"
    assert caught.value.alerts_operators
    assert re.fullmatch(r"invalid_client code=Y\w+ id=\w+", caught.value.detail)
    assert "another-secret" not in caplog.text + caught.value.detail


async def test_a_provider_that_names_another_issuer_is_refused(es256: Partner, client: FranceConnectClient):
    with pytest.raises(Unavailable):
        await client.authorization(replace(es256.provider, issuer=es256.provider.issuer + "/"))


async def test_logs_hold_no_identity(es256: Partner, client: FranceConnectClient, caplog: pytest.LogCaptureFixture):
    caplog.set_level("DEBUG", logger="grc")
    await es256.sign_in(client)
    await refusal(es256, client, "ui.sub")
    assert "EXEMPLE" not in caplog.text
    assert "courriel.example" not in caplog.text


@pytest.mark.parametrize(
    ("choice", "code"), [("cancel", "cancelled"), ("not_confirmed", "not_confirmed"), ("outage", "unavailable")]
)
async def test_a_citizen_may_come_back_without_identity(
    es256: Partner, client: FranceConnectClient, choice: str, code: str
):
    authorization = await client.authorization(es256.provider)
    location = await es256.choose(authorization.url, failure=choice)
    with pytest.raises(LoginRefused) as caught:
        check_callback(parse_qsl(urlsplit(location).query), es256.transaction(authorization), now=clock.now())
    assert caught.value.code == code


async def test_logout_goes_through_the_provider_and_comes_back(es256: Partner, client: FranceConnectClient):
    signed_in = await es256.sign_in(client)
    url = await client.logout_url(es256.provider, id_token=signed_in.id_token, state="s" * 43)
    assert set(parse_qs(urlsplit(url).query)) == {"id_token_hint", "post_logout_redirect_uri", "state"}
    answer = await es256.browser.get(url)
    assert answer.headers["location"] == f"{POST_LOGOUT_URI}?state={'s' * 43}"


async def test_logout_without_id_token_comes_straight_back(es256: Partner, client: FranceConnectClient):
    url = await client.logout_url(es256.provider, id_token="", state="abc")
    assert url == f"{POST_LOGOUT_URI}?state=abc"
