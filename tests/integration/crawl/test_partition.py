"""Every address, asked by every role of another authority for what is ours: nothing shows, nothing moves."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from sqlalchemy import select
from sqlmodel import SQLModel, col

from grc import clock
from grc.access.permissions import ROLES
from grc.attachments.models import Attachment
from grc.authorities.models import Agent
from grc.citizens import accounts as citizens
from grc.demo.seed import SYNDICATE
from grc.sessions import commands as sessions
from grc.submissions.models import Draft, Submission
from grc.web import cookies
from grc.web.platform import Tenant
from tests.integration.crawl.ground import AGENTS, CITIZEN, HOLDER, VISITOR, Ground, a_ground
from tests.integration.crawl.recipes import Place, places
from tests.integration.crawl.test_crawl import nothing
from tests.integration.crawl.walk import Walk
from tests.integration.crawl.wire import Answer
from tests.support.postgres import Cluster
from tests.support.world import seeded

pytestmark = pytest.mark.anyio
NEIGHBOUR = "marronnier"
OF_EVERYBODY = {
    "slug",
    "page",
    "part",
    "statement",
    "source",
    "item",
    "column",
    "row",
    "zoom",
    "colour",
    "digest",
    "event",
    "name",
}
"""Parameters whose values mean something in each authority: a slug, a page. The others name a row of this one."""
FORM = {"content-type": b"application/x-www-form-urlencoded"}
KINDS = ("sqlite", "postgresql")


@dataclass
class Neighbour:
    """Everybody of another authority: an agent of each role, a citizen with an account, one without."""

    ground: Ground
    slug: str
    authority_id: int
    agents: Mapping[str, int]
    citizen: int

    def cookie(self, who: str, *, at: str) -> Mapping[str, bytes]:
        """The headers of a new session of theirs, under the cookie that the authority of that slug reads."""
        if who == VISITOR:
            return {}
        public = "agent" if who in AGENTS else "citizen"
        rights: dict[str, Any] = {"agent_id": self.agents[who]} if who in AGENTS else {"granted": (1, 2, 3)}
        if who == CITIZEN:
            rights = {"citizen_id": self.citizen}
        now = clock.now()
        with self.ground.world.database.writing(scope=self.authority_id) as session:
            opened = sessions.open_session(
                session,
                authority_id=self.authority_id,
                public=public,
                now=now,
                second_factor_at=now if public == "agent" else None,
                **rights,
            )
        tenant = Tenant(self.ground.world.authority(at), f"/{at}")
        name = cookies.name(self.ground.world.app._platform.config, tenant, public)
        return {"cookie": f"{name}={opened.token}".encode()}


def a_neighbour(ground: Ground, slug: str) -> Neighbour:
    """The people of that authority, made."""
    database, authority, agents = ground.world.database, ground.world.authority(slug), {}
    with database.writing(scope=authority.id) as session:
        for role in ROLES:
            row = Agent(
                authority_id=authority.id,
                email=f"{role.replace('_', '-')}@voisin.example",
                given_name="Voisin",
                family_name="d’Essai",
                capacity="agent d’essai",
                role=role,
                password_hash="",
                created_at=clock.now(),
            )
            session.add(row)
            session.flush()
            agents[f"agent:{role}"] = row.id or 0
        citizen = citizens.local(session, authority.id, "andrea@exemple.example", now=clock.now())
    return Neighbour(ground, slug, authority.id, agents, citizen)


@asynccontextmanager
async def _ground(kind: str, cluster: Cluster, folder: Path) -> AsyncIterator[Ground]:
    url = seeded(folder, postgres=cluster if kind == "postgresql" else None, name="partition_walk")
    try:
        async with a_ground(url, folder) as ground:
            yield ground
    finally:
        if kind == "postgresql":
            cluster.drop("partition_walk")


@pytest.fixture(scope="module", params=KINDS)
async def ground(
    request: pytest.FixtureRequest, postgres_cluster: Cluster, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Ground]:
    async with _ground(request.param, postgres_cluster, tmp_path_factory.mktemp("partition")) as made:
        yield made


@pytest.mark.parametrize("slug", [NEIGHBOUR, SYNDICATE])
async def test_nobody_of_another_authority_reaches_what_is_ours(ground: Ground, slug: str) -> None:
    neighbour, walk, found = a_neighbour(ground, slug), Walk(ground), []
    forms = {str(place): await _form(walk, place) for place in _places(ground) if place.method == "POST"}
    ours, before = _secrets(ground), _fingerprint(ground)
    for who in (*AGENTS, CITIZEN, HOLDER):
        session = neighbour.cookie(who, at=slug)
        for place in _places(ground):
            there = replace(place, base=f"/{slug}" if place.base else "")
            asked = ground.ask(there.method, there.filled(ground.scenes[place.scene]), {**session, **FORM})
            answer = await walk.ask(there, replace(asked, body=forms.get(str(place), b"")))
            found += [f"{who} at {there}: {each}" for each in _shown(answer, asked.target, ours)]
            if place.method == "GET" and not OF_EVERYBODY.issuperset(place.names) and answer.status == 200:
                found.append(f"{who} at {there}: a page")
            if answer.header("set-cookie"):
                session = neighbour.cookie(who, at=slug)
    nothing([*found, *walk.found, *_changed(before, _fingerprint(ground))])
    assert walk.asked > 1000


async def test_a_session_of_another_authority_opens_nothing_here(ground: Ground) -> None:
    """With paths all communes share one origin: a cookie carried over is nobody's."""
    neighbour, walk, found = a_neighbour_once(ground), Walk(ground), []
    for who in (*AGENTS, CITIZEN, HOLDER):
        session = neighbour.cookie(who, at="tilleul")
        for place in _places(ground):
            if place.method == "GET" and place.base and VISITOR not in place.whom:
                target = place.filled(ground.scenes[place.scene])
                answer = await walk.ask(place, ground.ask("GET", target, session))
                if answer.status == 200 or (answer.status == 303 and "/connexion" not in answer.header("location")):
                    found.append(f"{who} at {place}: {answer.status} {answer.header('location')}")
    nothing(found)
    nothing(walk.found)


def a_neighbour_once(ground: Ground) -> Neighbour:
    """The neighbours that the walk before made, or new ones where this test runs alone."""
    authority = ground.world.authority(NEIGHBOUR)
    with ground.world.database.reading(scope=authority.id) as session:
        known = {row.role: row.id or 0 for row in session.execute(select(Agent)).scalars() if "voisin" in row.email}
    if not known:
        return a_neighbour(ground, NEIGHBOUR)
    with ground.world.database.writing(scope=authority.id) as session:
        citizen = citizens.local(session, authority.id, "andrea@exemple.example", now=clock.now())
    return Neighbour(ground, NEIGHBOUR, authority.id, {f"agent:{role}": key for role, key in known.items()}, citizen)


def _places(ground: Ground) -> list[Place]:
    """What an authority serves; signing out would end the walk."""
    return [place for place in places(ground) if place.base and not place.path.endswith("/deconnexion")]


async def _form(walk: Walk, place: Place) -> bytes:
    """What the form of this address would post, were it our own agent's or citizen's."""
    scene = walk.ground.scenes[place.scene]
    _, kept = await walk._form(place, scene, walk.ground.cookie(place.who))
    return urlencode([(name, value) for name, values in dict(kept).items() for value in values]).encode()


def _secrets(ground: Ground) -> frozenset[bytes]:
    """What only this authority knows: the references of demandes, the keys of files and drafts."""
    with ground.world.database.reading(scope=ground.authority_id) as session:
        columns = (Submission.reference, Attachment.public_id, Draft.public_id)
        told = [text for column in columns for text in session.execute(select(col(column))).scalars()]
    return frozenset(text.encode() for text in told)


def _shown(answer: Answer, target: str, ours: frozenset[bytes]) -> Iterator[str]:
    """The secrets that an answer tells, but for those that the address itself spelled."""
    for secret in ours:
        if secret in answer.body and secret.decode() not in target:
            yield f"{answer.status} tells {secret.decode()}"


def _fingerprint(ground: Ground) -> dict[str, str]:
    """A hash of every row of this authority, by table; limits count whoever asks, and sessions were ours to read."""
    found = {}
    with ground.world.database.reading(scope=ground.authority_id) as session:
        for name, table in SQLModel.metadata.tables.items():
            if "authority_id" in table.c and name not in ("rate_counter", "browser_session"):
                mine = select(table).where(table.c.authority_id == ground.authority_id).order_by(*table.primary_key)
                rows = [tuple(row) for row in session.execute(mine)]
                found[name] = f"{len(rows)} {hashlib.sha256(repr(rows).encode()).hexdigest()[:12]}"
    return found


def _changed(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    return [f"{name} changed: {before[name]} → {after[name]}" for name in before if before[name] != after[name]]
