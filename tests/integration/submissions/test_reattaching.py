"""An account attached to another identity of its person: what an agent sees, what moves, what is refused."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlmodel import col

from grc import clock
from grc.access.actors import AgentActor
from grc.authorities.models import AccountRelink, Agent
from grc.catalogue.models import InstalledProcedure
from grc.citizens import relinking
from grc.citizens.models import Citizen, EmailLink
from grc.errors import Forbidden, Invalid
from grc.sessions.models import BrowserSession, SignInRecord
from grc.submissions import reattaching
from grc.submissions.models import Draft, Submission
from grc.submissions.reattaching import Asked
from tests.support.accounts import a_person, sign_in
from tests.support.world import World, a_world, seeded

pytestmark = pytest.mark.anyio

PROOF = "Décision de changement de prénom du 2 mars 2026"
PAGE = "/tilleul/agents/rattachements"
BEFORE = a_person(sub="before", given_name="Alix", given_names=("Alix",))
NOW_IS = a_person(sub="now", given_name="Camille", given_names=("Camille",), email="")


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[World]:
    async with a_world(seeded(tmp_path), tmp_path) as made:
        yield made


def supervisor(world: World) -> AgentActor:
    """Claire, at the head of her service."""
    agent = world.agent()
    with world.database.writing(scope=agent.authority_id) as session:
        session.execute(update(Agent).where(col(Agent.id) == agent.id).values(role="supervisor"))
    return world.agent()


def all_of(world: World, table: Any) -> list[Any]:
    with world.database.reading(scope=world.authority().id) as session:
        rows = list(session.execute(select(table).order_by(table.id)).scalars())
        session.expunge_all()
    return rows


def set_all(world: World, table: Any, **values: Any) -> None:
    with world.database.writing(scope=world.authority().id) as session:
        session.execute(update(table).values(**values))


def confirm(world: World, account: int, address: str) -> None:
    with world.database.writing(scope=world.authority().id) as session:
        session.execute(update(Citizen).where(col(Citizen.id) == account).values(email=address))


def a_code(world: World, account: int, *, by: str = "counter", late: timedelta = timedelta()) -> str:
    with world.database.writing(scope=world.authority().id) as session:
        mine = (session, world.authority().id, account)
        return relinking.give_code(*mine, by=by, session_id=None, now=clock.now() - late)[0]


def attach(world: World, by: AgentActor, asked: Asked, seen: tuple[int, int], **changes: Any) -> None:
    said = {"proof": PROOF, "is_same": True, **changes}
    with world.database.writing(scope=by.authority_id) as session:
        reattaching.attach(session, asked, seen=seen, **said, by=by, now=clock.now())


async def test_demandes_and_drafts_go_to_the_new_account_and_both_addresses_are_told(town: World) -> None:
    agent, old_browser, person, desk = supervisor(town), town.browser(), town.browser(), town.browser()
    old = sign_in(town, old_browser, BEFORE)
    reference = await old_browser.file()
    await old_browser.begin()
    new = sign_in(town, person, NOW_IS)
    confirm(town, old, "alix@exemple.example")
    confirm(town, new, "camille.new@exemple.example")
    assert (await person.get(f"/tilleul/demandes/{reference}")).status_code == 404
    shown = await person.post("/tilleul/compte/rattachement", {"by": "counter"})
    code = shown.text.split("<code>")[1].split("</code>")[0]

    await desk.sign_in_agent()
    asked = {"code": code.lower().replace("-", " "), "former": reference, "then": "compare"}
    compared = await desk.post(PAGE, asked)
    assert compared.status_code == 200
    assert compared.text.count("Différent") == 2  # first names, address
    assert "1\u00a0demande et 1\u00a0brouillon" in compared.text
    missing = await desk.post(PAGE, asked | {"then": "attach", "seen": f"{old}-{new}", "proof": "vue"})
    assert missing.status_code == 422 and "quelle preuve" in missing.text and ">vue</textarea>" in missing.text
    stale = await desk.post(PAGE, asked | {"then": "attach", "seen": f"{old}-{old}", "proof": PROOF, "same": "yes"})
    assert stale.status_code == 422 and "Comparez-les de nouveau" in stale.text
    assert not all_of(town, AccountRelink)
    records = len(all_of(town, SignInRecord))
    right = asked | {"then": "attach", "seen": f"{old}-{new}", "proof": PROOF, "same": "yes"}
    set_all(town, InstalledProcedure, is_sensitive=True)
    beyond = await desk.post(PAGE, right)
    assert beyond.status_code == 403 and "que vous ne pouvez pas lire" in beyond.text
    set_all(town, InstalledProcedure, is_sensitive=False)
    began = [row.created_at for row in all_of(town, BrowserSession)][-1]
    set_all(town, BrowserSession, created_at=began - timedelta(minutes=11))
    assert "/compte/confirmation" in (await desk.post(PAGE, right)).headers["location"]
    assert not all_of(town, AccountRelink)
    set_all(town, BrowserSession, created_at=began)
    done = await desk.post(PAGE, right)
    assert done.status_code == 303

    assert {row.citizen_id for row in all_of(town, Submission)} == {new}
    assert {row.citizen_id for row in all_of(town, Draft)} == {new}
    closed = next(row for row in all_of(town, Citizen) if row.id == old)
    assert (closed.merged_into_id, closed.email, closed.identity) == (new, "", {}) and closed.closed_at is not None
    assert old not in {row.citizen_id for row in all_of(town, BrowserSession)}
    (trace,) = all_of(town, AccountRelink)
    assert (trace.from_id, trace.to_id, trace.agent_id, trace.proof) == (old, new, agent.id, PROOF)
    assert "Alix" not in str(trace.details) and [len(trace.details[name]) for name in ("submissions", "drafts")] == [
        1,
        1,
    ]
    assert len(all_of(town, SignInRecord)) == records
    assert reference in (await person.get("/tilleul/mes-demandes")).text
    assert PROOF in (await desk.get(PAGE)).text
    await town.deliver()
    for address in ("alix@exemple.example", "camille.new@exemple.example"):
        assert reference not in town.mail(address, "nouvelle identité").text
    again = await desk.post(PAGE, asked)
    assert again.status_code == 422 and "a déjà servi" in again.text
    assert sign_in(town, old_browser, BEFORE) not in (old, new)  # the old identity opens an empty account


async def test_what_does_not_match_attaches_nothing(town: World) -> None:
    agent, browser = supervisor(town), town.browser()
    old = sign_in(town, browser, BEFORE)
    reference = await browser.file()
    new, twin = sign_in(town, town.browser(), NOW_IS), sign_in(town, town.browser(), a_person(sub="twin"))
    loose = await town.browser().file()
    confirm(town, old, "shared@exemple.example")
    confirm(town, twin, "shared@exemple.example")
    code, seen = a_code(town, new), (old, new)
    marronnier = town.agent("lise.exemple@marronnier.example", "marronnier")
    for asked, field in (
        (Asked("AAAAA-AAAAA", reference), "code"),
        (Asked("", reference), "code"),
        (Asked(code, ""), "former"),
        (Asked(code, loose), "former"),  # filed without account
        (Asked(code, "shared@exemple.example"), "former"),  # a couple's address names nobody
        (Asked(code, "nobody@exemple.example"), "former"),
        (Asked(a_code(town, old), reference), "former"),  # one account only
    ):
        with pytest.raises(Invalid) as refused:
            attach(town, agent, asked, seen)
        assert [problem.field for problem in refused.value.problems] == [field]
    for late, by in ((timedelta(minutes=16), "counter"), (timedelta(days=11), "post")):
        with pytest.raises(Invalid):
            attach(town, agent, Asked(a_code(town, new, by=by, late=late), reference), seen)
    posted = a_code(town, new, by="post", late=timedelta(days=9))
    with pytest.raises(Invalid):
        attach(town, agent, Asked(code, reference), seen)  # a newer code voids the former
    with pytest.raises(Invalid) as refused:
        attach(town, agent, Asked(posted, reference), seen, is_same=False)
    assert [problem.field for problem in refused.value.problems] == ["same"]
    with pytest.raises(Forbidden):
        attach(town, AgentActor(agent.authority_id, agent.id, "handler", "", "", ""), Asked(posted, reference), seen)
    elsewhere = AgentActor(marronnier.authority_id, marronnier.id, "administrator", "", "", "")
    with pytest.raises(Invalid):
        attach(town, elsewhere, Asked(posted, reference), seen)
    assert not all_of(town, AccountRelink)
    assert {row.citizen_id for row in all_of(town, Submission)} == {old, None}


async def test_two_agents_at_once_attach_once(world: World) -> None:
    agent, browser = supervisor(world), world.browser()
    old = sign_in(world, browser, BEFORE)
    reference = await browser.file()
    new = sign_in(world, world.browser(), NOW_IS)
    asked, outcomes = Asked(a_code(world, new), reference), []

    def try_it() -> None:
        try:
            attach(world, agent, asked, (old, new))
            outcomes.append("attached")
        except Invalid:
            outcomes.append("refused")

    threads = [threading.Thread(target=try_it) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["attached", "refused"]
    assert len(all_of(world, AccountRelink)) == 1
    assert [row.used_at is not None for row in all_of(world, EmailLink) if row.purpose == relinking.PURPOSE] == [True]


async def test_only_who_has_the_right_sees_the_page(town: World) -> None:
    desk = town.browser()
    await desk.sign_in_agent()
    inbox = await desk.get("/tilleul/agents")
    has_right = "Rattachements" in inbox.text
    assert (await desk.get(PAGE)).status_code == (200 if has_right else 403)
    supervisor(town)
    assert "Rattachements" in (await desk.get("/tilleul/agents")).text
    assert (await town.browser().get("/tilleul/compte/rattachement")).url.path.endswith("/connexion")
