"""Every address, asked by every role of another authority for what is ours: nothing shows, nothing moves.

Both ways: the commune beside and the syndicate ask Tilleul, then Tilleul asks each of them; at the address of who asks,
then at the address of who is asked. Read from the route table, on both databases.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlencode
from zlib import crc32

import pytest

from grc.demo.seed import SYNDICATE
from grc.web.problems import is_api
from tests.integration.crawl.ground import MAYOR, VISITOR, Ground, Scene, a_ground
from tests.integration.crawl.neighbours import GUISES, Guise, People, settled
from tests.integration.crawl.recipes import Place, framed, places
from tests.integration.crawl.targets import (
    OF_EVERYBODY,
    SHARED,
    Target,
    changed,
    marked,
    number_of,
    ours,
    strays,
    words_in,
)
from tests.integration.crawl.test_crawl import nothing
from tests.integration.crawl.walk import Walk
from tests.integration.crawl.wire import Answer, Ask
from tests.support.postgres import Cluster
from tests.support.world import seeded

pytestmark = pytest.mark.anyio
NEIGHBOUR = "marronnier"
OURS, OTHERS = "tilleul", (NEIGHBOUR, SYNDICATE)
FORM = {"content-type": b"application/x-www-form-urlencoded"}
CALL = {"content-type": b"application/json", "idempotency-key": b"the-call-of-a-neighbour"}
DOORS = ("/agents/connexion", "/connexion/mot-de-passe")
"""Where a password is tried, by work that is slow on purpose, whoever holds whatever session: once is enough."""
KINDS = ("sqlite", "postgresql")


@dataclass
class Town:
    """Three authorities that share a database. ours: what Tilleul keeps. forms: what our own people would post."""

    ground: Ground
    ours: Target
    forms: Mapping[str, bytes]
    people: Mapping[str, People]

    def asked(self, place: Place, target: str, headers: Mapping[str, bytes]) -> Ask:
        """The address with the form or the call that our own people would send there."""
        if place.method == "GET":
            return self.ground.ask("GET", target, headers)
        more = CALL if is_api(place.path) else FORM
        return self.ground.ask("POST", target, {**headers, **more}, body=self.forms.get(str(place), b""))


@asynccontextmanager
async def _town(kind: str, cluster: Cluster, folder: Path) -> AsyncIterator[Town]:
    url = seeded(folder, postgres=cluster if kind == "postgresql" else None, name="partition_walk")
    try:
        async with a_ground(url, folder) as ground:
            walk = Walk(ground)
            forms = {str(place): await _form(walk, place) for place in places(ground) if place.method == "POST"}
            target = ours(ground)
            people = {slug: settled(ground, slug, granted=target.granted) for slug in OTHERS}
            people[OURS] = settled(ground, OURS, granted=tuple(number_of(ground, slug) for slug in OTHERS))
            target.learn()
            yield Town(ground, target, forms, people)
    finally:
        if kind == "postgresql":
            cluster.drop("partition_walk")


@pytest.fixture(scope="module", params=KINDS)
async def town(
    request: pytest.FixtureRequest, postgres_cluster: Cluster, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Town]:
    async with _town(request.param, postgres_cluster, tmp_path_factory.mktemp("partition")) as made:
        yield made


async def _form(walk: Walk, place: Place) -> bytes:
    """What the form of this address would post, were it our own agent's or citizen's."""
    if is_api(place.path):
        return b'{"answers": {}}'
    _, kept = await walk._form(place, walk.ground.scenes[place.scene], walk.ground.cookie(place.who))
    return urlencode([(name, value) for name, values in dict(kept).items() for value in values]).encode()


@pytest.mark.parametrize("slug", OTHERS)
async def test_nobody_of_another_authority_reaches_what_is_ours(town: Town, slug: str) -> None:
    walk, people, before = Walk(town.ground), town.people[slug], town.ours.state()
    found = await _at_their_own_address(town, walk, people, [town.ours])
    found += await _in_their_own_frame(town, walk, people, [town.ours])
    nothing([*found, *walk.found, *changed(before, town.ours.state()), *strays(town.ground, people.authority_id)])
    assert walk.asked > 1000


@pytest.mark.parametrize("slug", OTHERS)
async def test_a_session_of_another_authority_opens_nothing_here(town: Town, slug: str) -> None:
    """With paths all communes share one origin: a cookie carried over is nobody's, and so is a key."""
    walk = Walk(town.ground)
    found = await _at_the_address_of(town, walk, town.people[slug], town.ours)
    nothing([*found, *walk.found])
    assert walk.asked > 1000


async def test_nobody_of_ours_reaches_what_the_others_keep(town: Town) -> None:
    targets = [marked(town.ground, slug) for slug in OTHERS]
    for target in targets:
        target.learn()
    walk, people = Walk(town.ground), town.people[OURS]
    before = [target.state() for target in targets]
    found = await _at_their_own_address(town, walk, people, targets)
    found += await _in_their_own_frame(town, walk, people, targets)
    for target, was in zip(targets, before, strict=True):
        found += changed(was, target.state())
        found += await _at_the_address_of(town, walk, people, target)
    nothing([*found, *walk.found, *strays(town.ground, people.authority_id)])
    assert walk.asked > 1000


async def _at_their_own_address(town: Town, walk: Walk, people: People, targets: Sequence[Target]) -> list[str]:
    """What is wrong when each of them asks their own authority's pages for rows of the targets, a line each."""
    found: list[str] = []
    for guise in GUISES:
        carried = people.carried(guise, at=people.slug)
        for place in _asked_by(guise, town.ground):
            there = replace(place, base=f"/{people.slug}" if place.base else "")
            for target, scene in _filled(guise, place, targets, town.ground):
                asked = town.asked(there, there.filled(scene), carried)
                answer = await walk.ask(there, asked)
                wrong = [*_shown(asked, answer, targets), *(_opened(answer) if target is not None else ())]
                found += [f"{guise} at {asked.method} {asked.target}: {each}" for each in wrong]
                if answer.header("set-cookie"):
                    carried = people.carried(guise, at=people.slug)
        found += [] if people.are_still_in(carried) else [f"{guise}: no longer in"]
    return found


def _filled(
    guise: Guise, place: Place, targets: Sequence[Target], ground: Ground
) -> Iterator[tuple[Target | None, Scene]]:
    """An address with the rows of a target, and as it stands where it names none, or may name one of its own.

    Who may do most asks for those of each target; the others for those of one, now one and now another.
    """
    owned = [target for target in targets if target.is_own(place)]
    if owned and guise.agent != MAYOR:
        owned = [owned[crc32(f"{guise}{place}".encode()) % len(owned)]]
    yield from ((target, target.scene(place)) for target in owned)
    may_be_theirs = place.method == "GET" and {*SHARED, *OF_EVERYBODY}.issuperset(place.names)
    if not owned or (may_be_theirs and guise.agent == MAYOR):
        yield None, ground.scenes[""]


async def _in_their_own_frame(town: Town, walk: Walk, people: People, targets: Sequence[Target]) -> list[str]:
    """The same in the page of another site, where a visitor is answered the same."""
    found: list[str] = []
    carried = people.framed(at=people.slug)
    for target in targets:
        for place in framed(town.ground):
            there = replace(place, base=f"/{people.slug}/cadre")
            if place.method == "GET" or target.is_own(place):
                plain = await _asked_plainly(town, walk, target, there)
                asked = town.asked(there, there.filled(target.scene(there)), carried)
                wrong = _unlike(plain, await walk.ask(there, asked), target, asked)
                found += [f"in a frame, {there} of {target.slug}: {each}" for each in wrong]
    return found


async def _at_the_address_of(town: Town, walk: Walk, people: People, target: Target) -> list[str]:
    """What is wrong when each of them asks the target's pages: a visitor would be answered the same."""
    here = [replace(place, base=f"/{target.slug}") for place in places(town.ground) if place.base]
    plain = {str(each): await _asked_plainly(town, walk, target, each) for each in here if not _is_a_door(each)}
    before, found = target.state(), []
    for is_open in (False, True):
        for guise in GUISES:
            carried = people.carried(guise, at=target.slug)
            for place in _asked_by(guise, town.ground):
                if place.base and (VISITOR in place.whom) is is_open:
                    there = replace(place, base=f"/{target.slug}")
                    asked = town.asked(there, there.filled(target.scene(there)), carried)
                    answer = await walk.ask(there, asked)
                    wrong = _unlike(plain.get(str(there), (asked, answer)), answer, target, asked)
                    found += [f"{guise} at {there} of {target.slug}: {each}" for each in wrong]
            found += [] if people.are_still_in(carried) else [f"{guise}: signed out by {target.slug}"]
        found += [] if is_open else changed(before, target.state())
    return found


async def _asked_plainly(town: Town, walk: Walk, target: Target, place: Place) -> tuple[Ask, Answer]:
    """What a visitor is answered."""
    asked = town.asked(place, place.filled(target.scene(place)), {})
    return asked, await walk.ask(place, asked)


def _unlike(plain: tuple[Ask, Answer], answer: Answer, target: Target, asked: Ask) -> Iterator[str]:
    """In what an answer differs from a visitor's."""
    wanted = plain[1]
    if answer.status != wanted.status:
        yield f"{answer.status} {answer.header('location')}, a visitor gets {wanted.status}"
    for word in sorted(target.told(words_in(answer), asked) - target.told(words_in(wanted), plain[0])):
        yield f"{answer.status} tells {word.decode()}"


def _opened(answer: Answer) -> Iterator[str]:
    """That an answer is neither a refusal nor the way to a door."""
    if answer.status == 200 or (answer.status < 400 and "/connexion" not in answer.header("location")):
        yield f"{answer.status} {answer.header('location')}"


def _shown(asked: Ask, answer: Answer, targets: Sequence[Target]) -> Iterator[str]:
    words = words_in(answer)
    for target in targets:
        for word in sorted(target.told(words, asked)):
            yield f"{answer.status} tells {word.decode()} of {target.slug}"


def _asked_by(guise: Guise, ground: Ground) -> list[Place]:
    """Every address that asks who this is: pages first, then what is posted to a row, then what may change who asks.

    The pages of citizens and the API read no session of an agent: the first two guises are every kind of citizen.
    """
    mine = [place for place in places(ground) if place.path.startswith("/agents") or guise in GUISES[:2]]
    mine = [place for place in mine if guise is GUISES[0] or not _is_a_door(place)]
    return sorted(mine, key=lambda place: (place.method != "GET", OF_EVERYBODY.issuperset(place.names)))


def _is_a_door(place: Place) -> bool:
    return place.method == "POST" and place.path in DOORS
