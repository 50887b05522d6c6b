"""Every address of the route table, walked with what no browser sends: a page of ours each time, in French."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence

import pytest

from tests.house.rules import inline_code, third_party
from tests.integration.crawl.ground import (
    AGENTS,
    CITIZEN,
    EVERYBODY,
    HOLDER,
    OPERATOR,
    STRANGER,
    VISITOR,
    Ground,
    a_ground,
)
from tests.integration.crawl.recipes import Place, framed, places, unknown
from tests.integration.crawl.walk import Walk, walkers
from tests.integration.crawl.wire import Answer
from tests.support import campaign
from tests.support.postgres import Cluster
from tests.support.world import BASE, seeded

pytestmark = pytest.mark.anyio
REFUSED = (401, 403, 404)
NO_ACCOUNT = ("/brouillons/{draft}/compte", "/brouillons/{draft}/coordonnees")
"""Where a visitor is told 409, in the same words for every draft: an account is needed first."""
PARTS = range(campaign.size(1, 40))
"""In how many pieces the table is walked: a whole campaign takes longer than one test may."""
SHOWN = 25
"""How many findings a failure tells."""


@pytest.fixture(scope="module")
async def ground(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Ground]:
    folder = tmp_path_factory.mktemp("crawl")
    async with a_ground(seeded(folder), folder) as made:
        yield made


async def test_every_address_has_a_recipe(ground: Ground) -> None:
    """For a new address: who is admitted (recipes.py), what stands for its parameters (ground.py)."""
    nothing(unknown(ground))
    assert len(places(ground)) >= 130


async def test_every_address_answers_as_it_should(ground: Ground) -> None:
    """The recipes are right: each page is shown to who is admitted, before anything hostile is asked of it."""
    found, walk = [], Walk(ground)
    for place in places(ground):
        if place.method == "GET":
            target = place.filled(ground.scenes[place.scene])
            answer = await walk.ask(place, ground.ask("GET", target, ground.cookie(place.who)))
            if answer.status not in place.told:
                found.append(f"{place}: {answer.status} {answer.header('location')}")
            if answer.header("content-type").startswith("text/html"):
                found += [f"{place}: {each}" for each in alien(answer.text)]
    nothing(found)
    nothing(walk.found)


def alien(page: str) -> list[str]:
    """What a page holds of code and of other machines, which none may."""
    return [*inline_code(page), *(one for one in third_party(page.replace(BASE, "")) if "127.0.0.1" not in one)]


@pytest.mark.campaign
@pytest.mark.parametrize("part", PARTS)
async def test_nothing_asked_by_get_is_a_fault_of_ours(ground: Ground, part: int) -> None:
    walk = Walk(ground)
    for place in _by("GET", ground, part):
        for who in walkers(place):
            await walk.read(place, who, share=campaign.size(8, 1))
    nothing(walk.found)
    assert walk.asked > 100


@pytest.mark.campaign
@pytest.mark.parametrize("part", PARTS)
async def test_nothing_posted_is_a_fault_of_ours(ground: Ground, part: int) -> None:
    walk = Walk(ground)
    for place in _by("POST", ground, part):
        for who in walkers(place):
            await walk.post(place, who, share=campaign.size(16, 1))
    nothing(walk.found)
    assert walk.asked > 100


@pytest.mark.campaign
async def test_the_frame_of_another_site_is_no_softer(ground: Ground) -> None:
    walk = Walk(ground)
    for place in framed(ground):
        await walk.sample(place)
    nothing(walk.found)


@pytest.mark.campaign
async def test_the_same_on_postgresql(postgres_cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A sample: what columns take, what numbers hold, what JSONB keeps."""
    folder = tmp_path_factory.mktemp("crawl-postgresql")
    try:
        async with a_ground(seeded(folder, postgres=postgres_cluster, name="crawl"), folder) as ground:
            walk = Walk(ground)
            for place in places(ground):
                await walk.sample(place)
            nothing(walk.found)
    finally:
        postgres_cluster.drop("crawl")


def nothing(found: Sequence[str]) -> None:
    """Fails with the first findings, a line each."""
    if found:
        pytest.fail("\n".join([f"{len(found)} findings", *found[:SHOWN]]), pytrace=False)


def _by(method: str, ground: Ground, part: int) -> list[Place]:
    return [place for place in places(ground) if place.method == method][part :: len(PARTS)]


async def test_everybody_else_is_turned_away(ground: Ground) -> None:
    """Visitors, others' accounts, agents without the right: by the door, or by a refusal that shows nothing."""
    walk, found = Walk(ground), []
    async for who, place, answer in _bare(walk, lambda who, place: who not in place.whom and _is_public_of(place, who)):
        location = answer.header("location")
        is_known = who in AGENTS and place.path.startswith("/agents")
        at_the_door = not is_known and answer.status == 303 and "/connexion" in location
        is_refused = answer.status in REFUSED or (answer.status == 409 and place.path in NO_ACCOUNT)
        if not is_refused and not at_the_door:
            found.append(f"{who} at {place}: {answer.status} {location}")
    nothing(found)
    nothing(walk.found)
    assert walk.asked > 100


async def test_who_is_admitted_is_not_refused(ground: Ground) -> None:
    walk, found = Walk(ground), []
    async for who, place, answer in _bare(
        walk, lambda who, place: who in place.whom and (who in AGENTS or place.method == "GET")
    ):
        if answer.status in (401, 403):
            found.append(f"{who} at {place}: {answer.status}")
    nothing(found)
    nothing(walk.found)


async def _bare(walk: Walk, asks: Callable[[str, Place], bool]) -> AsyncIterator[tuple[str, Place, Answer]]:
    """Each address asked by whoever asks it, with nothing in the body."""
    ground = walk.ground
    for who in EVERYBODY:
        session = ground.cookie(who)
        for place in places(ground):
            if asks(who, place):
                target = place.filled(ground.scenes[place.scene])
                answer = await walk.ask(place, ground.ask(place.method, target, session))
                yield who, place, answer
                if place.method == "POST" and (answer.header("set-cookie") or "/compte" in place.path):
                    session = ground.cookie(who)


def _is_public_of(place: Place, who: str) -> bool:
    """Whether the question has a meaning: an agent is but a visitor to citizens' pages, by their own cookie."""
    if place.path.startswith("/agents"):
        return who != OPERATOR
    if place.path.startswith("/exploitation"):
        return who in (VISITOR, CITIZEN, AGENTS[-1])
    return who in (VISITOR, STRANGER, HOLDER, AGENTS[-1]) and VISITOR not in place.whom
