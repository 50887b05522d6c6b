"""An identity without account waits for an administrator, who is told its code; an e-mail attaches nothing."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlmodel import col

from grc import clock
from grc.authorities import attaching
from grc.authorities.models import AccountRelink, AgentArrival
from grc.demo import proconnect
from grc.errors import Conflict, Invalid, NotFound
from tests.support.agent_signing import AgentDoor, Somebody

pytestmark = pytest.mark.anyio
CLAIRE, OMAR = "claire.modele@tilleul.example", "omar.fictif@tilleul.example"
PROOF = "Venue à mon bureau"


@pytest.fixture
async def commune(tilleul: AgentDoor) -> AsyncIterator[AgentDoor]:
    """Tilleul, where Omar administrates and nobody waits."""
    with tilleul.world.database.writing(scope=tilleul.key) as session:
        attaching.purge(session, now=clock.now() + timedelta(days=30))
    tilleul.change(OMAR, role="administrator")
    tilleul.attach(OMAR, "omar")
    yield tilleul
    tilleul.change(OMAR, role="supervisor")


async def arrives(commune: AgentDoor, identity: str) -> tuple[Somebody, str]:
    """Somebody whose identity has no account here, and the code that the page shows."""
    somebody = commune.somebody()
    page = await somebody.browser.get((await somebody.tries(identity)).headers["location"])
    found = re.search(r"<code>([A-Z2-7]{4}-[A-Z2-7]{4})</code>", page.text)
    assert found is not None, page.text
    return somebody, found.group(1)


async def administrator(commune: AgentDoor) -> Somebody:
    omar = commune.somebody()
    await omar.signs_in("omar")
    return omar


def traces(commune: AgentDoor) -> list[AccountRelink]:
    with commune.world.database.reading(scope=commune.key) as session:
        return list(session.execute(select(AccountRelink).order_by(col(AccountRelink.id).desc())).scalars())


def attached(commune: AgentDoor, email: str, code: str, *, proof: str = PROOF) -> int:
    """The identity of this code attached by the operator's command."""
    agent_id = commune.account(email).id
    assert agent_id is not None
    with commune.world.database.writing(scope=commune.key) as session:
        return attaching.attach(
            session, commune.key, code=code, agent_id=agent_id, proof=proof, by=None, now=clock.now(), differs=True
        )


async def test_an_administrator_attaches_the_identity_of_the_code_that_is_said(commune: AgentDoor) -> None:
    """Clément was given the address that was Claire's: her account opens for him only once he is vouched for."""
    claire = commune.somebody()
    await claire.signs_in("claire")
    clement, code = await arrives(commune, "homonyme")
    omar = await administrator(commune)
    page = await omar.browser.get(omar.path("/identites"))
    assert "Clément MODÈLE" in page.text
    assert code not in page.text, "only the person says it"
    told = {"code": code.lower().replace("-", " "), "agent": str(commune.account(CLAIRE).id), "proof": PROOF}
    warned = await omar.browser.post(omar.path("/identites"), told)
    assert warned.status_code == 422, "the names differ"
    assert "Clément MODÈLE, claire.modele@tilleul.example" in warned.text.replace("\xa0", " ")
    seen = re.search(r'name="differs" type="radio" value="([^"]+)"', warned.text)
    assert seen is not None
    other = str(commune.account(OMAR).id)
    for agent, differs in ((told["agent"], "no"), (other, seen.group(1))):
        answer = await omar.browser.post(omar.path("/identites"), {**told, "agent": agent, "differs": differs})
        assert answer.status_code == 422, "seen of this account only"
    answer = await omar.browser.post(omar.path("/identites"), {**told, "differs": seen.group(1)})
    assert answer.headers["location"] == omar.path("/identites?fait=identite")
    assert not await claire.is_in(), "sessions of the former identity are over"
    assert (await claire.tries("claire")).headers["location"].endswith("/refus"), "and it opens nothing any more"
    await clement.signs_in("homonyme")
    trace = traces(commune)[0]
    assert (trace.kind, trace.agent_id, trace.proof) == ("agent", commune.account(OMAR).id, PROOF)
    assert trace.details["from"] == proconnect.subject("claire")
    assert trace.details["to"] == proconnect.subject("homonyme")
    assert "@" not in str(trace.details)
    assert (await omar.browser.post(omar.path("/identites"), told)).status_code == 422, "a code is good once"


async def test_what_is_wrong_keeps_what_was_typed(commune: AgentDoor) -> None:
    _, code = await arrives(commune, "nouvelle")
    omar = await administrator(commune)
    right = {"code": code, "agent": str(commune.account(CLAIRE).id), "proof": PROOF}
    for name, value in (("code", "AAAA-AAAA"), ("agent", ""), ("agent", "999999"), ("agent", "²"), ("proof", " ")):
        page = await omar.browser.post(omar.path("/identites"), {**right, name: value})
        assert page.status_code == 422, name
        assert f'href="#{name}"' in page.text
        assert f'value="{right["proof"] if name != "proof" else code}"' in page.text
    assert commune.account(CLAIRE).subject == proconnect.subject("claire")
    assert commune.count() == 1


async def test_guesses_are_counted(commune: AgentDoor) -> None:
    omar = await administrator(commune)
    wrong = {"code": "AAAA-AAAA", "agent": "1", "proof": PROOF}
    answers = [(await omar.browser.post(omar.path("/identites"), wrong)).status_code for _ in range(12)]
    assert answers[-1] == 429


async def test_only_administrators_attach(commune: AgentDoor) -> None:
    claire = commune.somebody()
    await claire.signs_in("claire")
    for method in ("GET", "POST"):
        assert (await claire.browser.client.request(method, claire.path("/identites"))).status_code == 403


async def test_a_new_arrival_makes_the_former_code_worthless(commune: AgentDoor) -> None:
    _, first = await arrives(commune, "nouvelle")
    _, second = await arrives(commune, "nouvelle")
    assert commune.count() == 1
    with pytest.raises(Invalid):
        attached(commune, CLAIRE, first)
    attached(commune, CLAIRE, second)
    assert traces(commune)[0].agent_id is None


async def test_a_code_lasts_seven_days(commune: AgentDoor) -> None:
    _, code = await arrives(commune, "nouvelle")
    with commune.world.database.writing(scope=commune.key) as session:
        session.execute(update(AgentArrival).values(at=clock.now() - timedelta(days=7, minutes=1)))
    with pytest.raises(Invalid):
        attached(commune, CLAIRE, code)
    with commune.world.database.writing(scope=commune.key) as session:
        assert attaching.waiting(session, commune.key, now=clock.now()) == []
        assert attaching.purge(session, now=clock.now()) == 1


async def test_an_identity_has_one_account(commune: AgentDoor) -> None:
    """Taken from an account that is closed, never from one that is open; and back with the trace of each step."""
    _, code = await arrives(commune, "nouvelle")
    commune.attach(OMAR, "nouvelle")
    with pytest.raises(Conflict):
        attached(commune, CLAIRE, code)
    commune.change(OMAR, is_active=False)
    attached(commune, CLAIRE, code)
    assert (commune.account(OMAR).subject, commune.account(CLAIRE).subject) == ("", proconnect.subject("nouvelle"))
    assert traces(commune)[0].details["released_from"] == commune.account(OMAR).id
    _, code = await arrives(commune, "claire")
    with pytest.raises(NotFound):
        attached(commune, OMAR, code)
    commune.change(OMAR, is_active=True)


async def test_an_identity_is_taken_away_with_a_trace(commune: AgentDoor) -> None:
    agent_id = commune.account(CLAIRE).id
    assert agent_id is not None
    with commune.world.database.writing(scope=commune.key) as session:
        attaching.detach(session, commune.key, agent_id=agent_id, proof=PROOF, by=None, now=clock.now())
    assert commune.account(CLAIRE).subject == ""
    assert traces(commune)[0].details["to"] == ""
    with commune.world.database.writing(scope=commune.key) as session, pytest.raises(Conflict):
        attaching.detach(session, commune.key, agent_id=agent_id, proof=PROOF, by=None, now=clock.now())
    with commune.world.database.writing(scope=commune.key) as session, pytest.raises(Invalid):
        attaching.detach(session, commune.key, agent_id=agent_id, proof="", by=None, now=clock.now())
    assert (await commune.somebody().tries("claire")).headers["location"].endswith("/refus")
