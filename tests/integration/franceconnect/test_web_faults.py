"""Section by section of the contract: each fault of a provider, through the whole web front, for both algorithms."""

from __future__ import annotations

import asyncio
import html
from collections.abc import AsyncIterator

import pytest

from grc.demo.franceconnect.faults import FAULTS
from grc.franceconnect.callback import Ending
from tests.support.partners import visible_text
from tests.support.signing import Door, doors

pytestmark = pytest.mark.anyio

CHECKLIST = """
    cb.state cb.no_state id.nonce id.no_nonce id.alg_none id.hs256_secret id.hs256_pubkey ui.alg_none ui.hs256_pubkey
    id.bad_sig id.unknown_kid ui.bad_sig ui.unknown_kid id.aud id.iss ui.aud ui.iss id.expired id.iat_future ui.expired
    token.no_id_token id.acr id.no_acr ui.sub ui.no_sub ui.json id.sub cb.iss cb.no_iss jwks.500 jwks.slow token.slow
    token.500 token.html ui.slow ui.500 ui.401 discovery.500
"""
"""The faults that FranceConnect's contract wants refused."""

EXPIRED = {
    "cb.state": "",
    "cb.no_state": "",
    "cb.iss": "issuer",
    "cb.no_iss": "issuer",
}
HUGE = ["jwks.huge", "token.huge", "ui.huge"]
UNAVAILABLE = ["jwks.500", "jwks.slow", "token.slow", "token.500", "token.html", "ui.slow", "ui.500", *HUGE]
REFUSED = {
    "token.no_id_token": "id_token_missing",
    "id.nonce": "id.nonce",
    "id.no_nonce": "id.nonce",
    "id.aud": "id.aud",
    "id.aud_several": "id.aud",
    "id.iss": "id.iss",
    "id.expired": "id.exp",
    "id.iat_future": "id.iat",
    "id.acr": "id.acr",
    "id.no_acr": "id.acr",
    "id.sub": "ui.sub",
    "ui.aud": "ui.aud",
    "ui.iss": "ui.iss",
    "ui.expired": "ui.exp",
    "ui.iat_future": "ui.iat",
    "ui.sub": "ui.sub",
    "ui.no_sub": "ui.sub",
    "ui.json": "userinfo_format",
    "ui.401": "userinfo_refused",
} | {
    f"{kind}.{fault}": f"{kind}.{reason}"
    for kind in ("id", "ui")
    for fault, reason in {
        "alg_none": "algorithm",
        "hs256_secret": "algorithm",
        "hs256_pubkey": "algorithm",
        "bad_sig": "signature",
        "unknown_kid": "key",
    }.items()
}
OUTCOMES = [
    *((fault, code, Ending.EXPIRED) for fault, code in EXPIRED.items()),
    *((fault, "unavailable", Ending.UNAVAILABLE) for fault in UNAVAILABLE),
    *((fault, code, Ending.NOT_CONFIRMED) for fault, code in REFUSED.items()),
]
"""Fault, what the trace says ("" where no sign-in of this browser can be named), what the citizen is told."""
ELSEWHERE = {"discovery.500", "discovery.slow", "discovery.huge", "ui.500_once"}
"""Faults with a test of their own: no sign-in begins, and one that is mended by asking again."""


@pytest.fixture(scope="module")
async def both(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[dict[str, Door]]:
    """The two communes of this module."""
    async with doors(tmp_path_factory.mktemp("faults"), slow_seconds=3) as made:
        yield made


@pytest.fixture(params=["ES256", "RS256"])
def door(both: dict[str, Door], request: pytest.FixtureRequest) -> Door:
    """One of them, its provider as new, our client without memory."""
    found: Door = both[request.param]
    found.partner.fail()
    found.partner.browser.cookies.clear()
    found.patient()
    return found


def test_every_fault_of_the_checklist_has_a_switch_and_a_test() -> None:
    assert set(CHECKLIST.split()) - FAULTS == set()
    assert {fault for fault, _, _ in OUTCOMES} | ELSEWHERE == FAULTS


@pytest.mark.parametrize(("fault", "code", "ending"), OUTCOMES)
async def test_a_fault_opens_nothing(door: Door, fault: str, code: str, ending: Ending) -> None:
    citizen, accounts, traces = door.citizen(), door.count(), len(door.records())
    door.patient(1.0 if fault.endswith(".slow") else 5.0)
    away = await citizen.leaves()
    before = citizen.cookie
    door.partner.fail(fault)
    callback = await door.partner.choose(away, identity="prenoms")
    answer = await citizen.comes_back(callback)
    assert answer.status_code == 303
    assert (answer.headers["referrer-policy"], answer.headers["cache-control"]) == ("no-referrer", "no-store")
    assert "set-cookie" not in answer.headers
    assert citizen.cookie == before
    assert door.count() == accounts
    assert door.partner.asked["token"] <= 1, "a code is never sent twice"
    page = await citizen.browser.get(answer.headers["location"])
    assert html.unescape(ending.value).replace("\u202f", " ") in visible_text(page.text).replace("\xa0", " ")
    assert "S’identifier avec" in page.text, "another attempt is possible"
    assert "Suivre une demande" in page.text, "and another way in"
    asked = dict(door.partner.asked)
    assert "set-cookie" not in (await citizen.comes_back(callback)).headers
    assert dict(door.partner.asked) == asked, "the sign-in is used up, whatever became of it"
    made = door.records()
    assert [row.outcome for row in made[: len(made) - traces]] == ([code] if code else [])


@pytest.mark.parametrize("fault", ["discovery.500", "discovery.huge"])
async def test_no_sign_in_begins_without_discovery(door: Door, fault: str) -> None:
    citizen = door.citizen()
    door.partner.fail(fault)
    location = await citizen.leaves()
    page = await citizen.browser.get(location)
    assert "momentanément indisponible" in page.text
    assert citizen.cookie == "", "nothing is kept of a sign-in that did not begin"
    assert door.records()[0].outcome == "unavailable", "but its trace"


async def test_a_crowd_at_a_dead_provider_is_told_after_one_wait(door: Door) -> None:
    door.patient(1.0)
    door.partner.fail("discovery.slow")
    crowd = [door.citizen() for _ in range(20)]
    told = await asyncio.gather(*(one.leaves() for one in crowd))
    assert all("souci=indisponible" in location for location in told), told
    assert door.partner.asked["discovery"] == 1, "nobody waits for the wait of another"
    door.partner.fail()
    assert "Jean Philippe EXEMPLE" in (await crowd[0].signs_in()).text, "and the next attempt asks anew"


async def test_a_userinfo_that_fails_once_is_asked_again_once(door: Door) -> None:
    door.partner.fail("ui.500_once")
    page = await door.citizen().signs_in()
    assert "Jean Philippe EXEMPLE" in page.text
    assert (door.partner.asked["token"], door.partner.asked["userinfo"]) == (1, 2)


async def test_a_rotation_of_keys_is_followed_and_a_flood_of_unknown_ones_asks_once(door: Door) -> None:
    await door.citizen().signs_in()
    door.partner.peer.keys.rotate()
    await door.citizen().signs_in()
    assert door.partner.asked["jwks"] == 2
    door.partner.fail("id.unknown_kid")
    for _ in range(4):
        answer = await door.citizen().tries()
        assert "souci=non-confirme" in answer.headers["location"]
    assert door.partner.asked["jwks"] == 0, "less than a minute after the last one"
