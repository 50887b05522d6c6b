"""What people and forged addresses can try around a sign-in: none of it opens, replaces or ends anything."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import update
from sqlmodel import col, select

from grc import clock
from grc.citizens.commands import begin_sign_in
from grc.citizens.models import SignIn
from grc.sessions.models import BrowserSession
from tests.support.signing import Door, changed, doors, is_refused, register

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


async def test_a_callback_that_this_browser_did_not_begin_changes_nothing(door: Door) -> None:
    attacker, victim, other = door.citizen(), door.citizen(), door.citizen()
    callback = await attacker.returning("corse")
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
    callback = await citizen.returning()
    await citizen.comes_back(callback)
    token = citizen.cookie
    again = await citizen.comes_back(callback)
    assert is_refused(again)
    assert "souci=" not in again.headers["location"]
    seen_before = await citizen.browser.get(citizen.path("/mes-demandes?souci=expire"))
    assert "a expiré" not in seen_before.text, "a page of another tab tells who is signed in of no trouble"
    assert door.partner.asked["token"] == 1, "a second use would revoke the first"
    assert (citizen.cookie, NAME in await citizen.mine()) == (token, True)


async def test_a_callback_sent_twice_at_once_opens_one_session(door: Door) -> None:
    citizen = door.citizen()
    callback = await citizen.returning()
    answers = await asyncio.gather(*(citizen.comes_back(callback) for _ in range(3)))
    assert sorted("set-cookie" in answer.headers for answer in answers) == [False, False, True]
    assert door.partner.asked["token"] == 1
    assert NAME in await citizen.mine()


async def test_the_code_of_another_login_is_refused(door: Door) -> None:
    attacker, victim = door.citizen(), door.citizen()
    theirs = parse_qs(urlsplit(await attacker.returning("corse")).query)["code"][0]
    answer = await victim.comes_back(changed(await victim.returning(), code=theirs))
    assert is_refused(answer)
    assert door.records()[0].outcome == "id.nonce"


async def test_who_is_signed_in_is_never_replaced(door: Door) -> None:
    citizen = door.citizen()
    pending = await citizen.returning("corse")
    await citizen.signs_in("prenoms")
    token = citizen.cookie
    assert (await citizen.leaves()).endswith("/mes-demandes"), "a sign-in does not begin"
    assert is_refused(await citizen.comes_back(pending)), "nor does one of before end"
    assert (citizen.cookie, NAME in await citizen.mine()) == (token, True)


async def test_several_attempts_may_be_pending_and_each_serves_once(door: Door) -> None:
    citizen = door.citizen()
    first, second = await citizen.returning("corse"), await citizen.returning("prenoms")
    assert "set-cookie" in (await citizen.comes_back(first)).headers
    assert "Ange D’ESSAI" in await citizen.mine()
    assert is_refused(await citizen.comes_back(second))
    assert "Ange D’ESSAI" in await citizen.mine()


async def test_a_pending_sign_in_ends_after_thirty_minutes_and_another_is_possible_meanwhile(door: Door) -> None:
    citizen = door.citizen()
    late = await citizen.returning()
    with door.world.database.writing(scope=door.key) as session:
        session.execute(update(SignIn).values(started_at=clock.now() - timedelta(minutes=31)))
    fresh = await citizen.returning()
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
    assert is_refused(await citizen.comes_back(changed(await citizen.returning(), **changes)))
    assert [row.outcome for row in door.records()][: len(door.records()) - traces] == ([code] if code else [])
    assert door.partner.asked["token"] == 0


async def test_the_provider_of_a_sign_in_is_that_of_its_return(both: dict[str, Door], door: Door) -> None:
    citizen = door.citizen()
    other = next(one for one in both.values() if one is not door)
    other.partner.fail()
    callback = await citizen.returning()
    register(door, issuer=other.partner.provider.issuer)
    try:
        assert is_refused(await citizen.comes_back(callback))
    finally:
        register(door)
    assert door.records()[0].outcome == "issuer"
    assert other.partner.asked["token"] == door.partner.asked["token"] == 0
    mine, state = citizen.session(), f"{door.slug:p<43}"
    assert mine is not None
    assert mine.id is not None
    with door.world.database.writing(scope=door.key) as session:
        begin_sign_in(
            session,
            authority_id=door.key,
            session_id=mine.id,
            provider="proconnect",
            issuer=door.partner.provider.issuer,
            state=state,
            nonce="n" * 43,
            next_path=citizen.path("/agents"),
            now=clock.now(),
        )
    assert is_refused(await citizen.comes_back(changed(await citizen.returning(), state=state)))
    with door.world.database.reading(scope=door.key) as session:
        theirs = col(SignIn.provider) == "proconnect", col(SignIn.authority_id) == door.key
        kept = session.execute(select(SignIn).where(*theirs)).scalars().all()
    assert len(kept) == 1, "a sign-in at ProConnect is none of this door's"


@pytest.mark.parametrize("public", ["/agents", "/agents/demandes", "/agents/compte"])
async def test_a_citizen_s_sign_in_opens_no_page_of_agents(door: Door, public: str) -> None:
    citizen = door.citizen()
    await citizen.signs_in()
    token = citizen.cookie
    citizen.browser.client.cookies.set(f"grc-agent-{door.slug}-8000", token, domain="127.0.0.1", path="/")
    answer = await citizen.browser.client.get(citizen.path(public))
    assert (answer.status_code in (303, 404), NAME in answer.text) == (True, False)


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
    "/OURS/\tx", "/OURS/\r\nLocation: x", "/THEIRS/mes-demandes", "/OURS/../THEIRS/",
    "http://127.0.0.1:8000@evil.example/", "evil.example", "/OURS/%2e%2e/THEIRS/",
)  # fmt: skip


@pytest.mark.parametrize("following", HOSTILE)
async def test_a_sign_in_leads_only_to_a_page_of_ours(both: dict[str, Door], door: Door, following: str) -> None:
    citizen = door.citizen()
    theirs = next(one.slug for one in both.values() if one is not door)
    answer = await citizen.tries(following=following.replace("OURS", door.slug).replace("THEIRS", theirs))
    assert answer.headers["location"] == citizen.path("/mes-demandes")


async def test_where_a_sign_in_leads_is_checked_again_at_its_return(door: Door) -> None:
    citizen = door.citizen()
    callback = await citizen.returning(following=citizen.path("/demarches/acte-de-naissance/identification"))
    with door.world.database.writing(scope=door.key) as session:
        session.execute(update(SignIn).values(next_path="https://evil.example/"))
    assert (await citizen.comes_back(callback)).headers["location"] == citizen.path("/mes-demandes")


async def test_a_sign_in_renews_the_session_and_carries_what_was_begun(door: Door) -> None:
    citizen = door.citizen()
    draft = await citizen.browser.begin(door.slug)
    before = citizen.cookie
    await citizen.signs_in(following=citizen.path(f"/brouillons/{draft}/reprise"))
    after = citizen.cookie
    assert before
    assert before != after
    assert (await citizen.browser.get(citizen.path(f"/brouillons/{draft}/suite"))).status_code == 200
    thief = door.citizen()
    thief.browser.client.cookies.set(f"grc-citizen-{door.slug}-8000", before, domain="127.0.0.1", path="/")
    assert (await thief.browser.get(thief.path(f"/brouillons/{draft}/suite"))).status_code != 200
    assert NAME not in await thief.mine()
    kept = citizen.session()
    assert kept is not None
    assert (kept.means, kept.acr, kept.shown_name) == ("franceconnect", "eidas1", NAME)


@pytest.mark.parametrize(("one", "other"), [("prenoms", "conjointe"), ("outre-mer", "homonyme")])
async def test_people_who_look_alike_stay_two(door: Door, one: str, other: str) -> None:
    counts = []
    for identity in (one, other, one, other):
        door.partner.browser.cookies.clear()
        await door.citizen().signs_in(identity)
        counts.append(door.count())
    opened = [row.citizen_id for row in door.records()[:4]]
    assert (opened[0], opened[1]) == (opened[2], opened[3])
    assert opened[0] != opened[1]
    assert counts[1:] == [counts[1]] * 3, "who comes back has the account of before"
