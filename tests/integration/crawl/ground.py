"""The ground that the crawler walks: demandes in every state, and a session of everybody who may come."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select, update
from sqlmodel import Session, col

from grc import clock
from grc.access.permissions import ROLES
from grc.attachments.models import Attachment
from grc.authorities import api_keys, framing, queries
from grc.authorities.models import Agent, IdentityClient, Service
from grc.calling import webhooks
from grc.citizens import accounts as citizens
from grc.citizens import commands as identities
from grc.outbox.models import Message, OutboxEntry
from grc.sessions import commands as sessions
from grc.sessions.models import RateCounter
from grc.submissions import desk, implied, visas
from grc.submissions.desk import Entry
from grc.submissions.exchange_models import SubmissionLink
from grc.submissions.models import Draft, Notice, Submission, Task
from grc.submissions.visas import Granted
from grc.web import cookies
from grc.web.platform import Tenant
from tests.integration.crawl.wire import Ask, Wire
from tests.support import accounts, appointed, cases, circuits, demandes, invented
from tests.support.circuits import Case
from tests.support.demandes import Demande
from tests.support.world import PDF, World, a_deadline, a_world, example_answers

SECRET = "an-operator-of-the-tests-opens-this-page"
VISITOR, HOLDER, CITIZEN, STRANGER, OPERATOR = "visitor", "holder", "citizen", "stranger", "operator"
PROGRAM = "program"
"""By a key that opens every procedure that is not sensitive."""
FRAMED = "framed"
"""A holder, in the page of another site: under a cookie of its own."""
SITE = "https://www.tilleul.example"
"""The site that may show the forms of the commune in a frame."""
AGENTS = tuple(f"agent:{role}" for role in ROLES)
MAYOR = "agent:administrator"
"""The agent who may do everything."""
EVERYBODY = (VISITOR, HOLDER, CITIZEN, STRANGER, *AGENTS, OPERATOR, PROGRAM)
PROOF = "passes-descendant-with-proof"


@dataclass
class Scene:
    """What stands in an address for each parameter, when the address speaks of this demande or draft."""

    names: Mapping[str, str]


@dataclass
class Ground:
    """A world with its scenes. wire: to its application. scenes: by name; "" is what every address may use.

    key: of the program that reads. spare: the number of another, which pages may revoke. colleague, annex: an agent and
    a service that pages may close, nobody's session nor demande being theirs.
    """

    world: World
    wire: Wire
    authority_id: int
    scenes: dict[str, Scene] = field(default_factory=dict)
    account: int = 0
    stranger: int = 0
    key: str = ""
    spare: int = 0
    colleague: int = 0
    annex: int = 0
    webhook: int = 0
    visa: int = 0
    _agents: dict[str, int] = field(default_factory=dict)
    _clients: int = 0

    def cookie(self, who: str) -> Mapping[str, bytes]:
        """The headers of a new session of that person; none for a visitor."""
        if who == OPERATOR:
            return {"authorization": b"Basic " + base64.b64encode(f":{SECRET}".encode())}
        if who == VISITOR:
            return {}
        if who == PROGRAM:
            return {"authorization": f"Bearer {self.key}".encode()}
        public, rights = "agent" if who.startswith("agent:") else "citizen", self._rights(who)
        with self.world.database.writing(scope=self.authority_id) as session:
            opened = sessions.open_session(
                session,
                authority_id=self.authority_id,
                public=public,
                now=clock.now(),
                second_factor_at=clock.now() if public == "agent" else None,
                **rights,
            )
            if who in (HOLDER, CITIZEN, FRAMED):  # citizens' drafts are handed to whoever comes
                account = self.account if who == CITIZEN else None
                mine = update(Draft).where(col(Draft.agent_id).is_(None))
                session.execute(mine.values(session_id=opened.id, citizen_id=account))
        name = self.cookie_name(public, is_framed=who == FRAMED)
        return {"cookie": f"{name}={opened.token}".encode()}

    def cookie_name(self, public: str, *, is_framed: bool = False) -> str:
        """The name of that public's cookie."""
        tenant = Tenant(self.world.authority(), "/tilleul", is_framed=is_framed)
        return cookies.name(self.world.app._platform.config, tenant, public)

    def ask(self, method: str, target: str, headers: Mapping[str, bytes], **more: Any) -> Ask:
        """A request of one of our own pages, from an address that no limit has seen."""
        self._clients += 1
        number = self._clients
        client = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
        return Ask(method, target, {"sec-fetch-site": b"same-origin", **headers}, client=client, **more)

    def fresh(self, *, at_desk: bool = False) -> Scene:
        """A demande and a draft that nobody has touched, in reach of the account and of the holder.

        at_desk: a draft that an agent types for a citizen.
        """
        if at_desk:
            return Scene({**self.scenes[""].names, "draft": self._typed()})
        sent = demandes.filed(self.world.database)
        begun = demandes.begun(self.world.database, example_answers("passes-own-full-copy"))
        self._own()
        return Scene({**self.scenes[""].names, "reference": sent.reference, "draft": begun.public_id})

    def forget_limits(self) -> None:
        """As if nobody had tried anything yet."""
        with self.world.database.writing(scope=self.authority_id) as session:
            session.execute(update(RateCounter).values(hits=0))

    def _rights(self, who: str) -> dict[str, Any]:
        if who in (HOLDER, FRAMED):
            with self.world.database.reading(scope=self.authority_id) as session:
                latest = select(col(Submission.id)).order_by(col(Submission.id).desc()).limit(sessions.MOST_GRANTED)
                return {"granted": tuple(session.execute(latest).scalars())}
        if who in (CITIZEN, STRANGER):
            self.open_accounts()
            return {
                "citizen_id": self.account if who == CITIZEN else self.stranger,
                "shown_name": "Andréa Modèle",
                "means": "link",
            }
        return {"agent_id": self._agents[who], "shown_name": "Agent d’Essai", "means": "password"}

    def open_accounts(self) -> None:
        """The accounts of the citizen (by e-mail) and of the stranger (by FranceConnect), opened again when closed."""
        before, now = self.account, clock.now()
        with self.world.database.writing(scope=self.authority_id) as session:
            self.account = citizens.local(session, self.authority_id, "andrea@exemple.example", now=now)
            other = identities.signed_in(session, self.authority_id, accounts.a_person(), now=now)
            self.stranger = other.id or 0
        if before != self.account:
            self._own()

    def _own(self) -> None:
        """Everything filed or begun belongs to the account."""
        with self.world.database.writing(scope=self.authority_id) as session:
            session.execute(update(Submission).values(citizen_id=self.account))

    def _typed(self) -> str:
        """A draft that the administrator types, ready to be sent."""
        authority, now = self.world.authority(), clock.now()
        with self.world.database.writing(scope=authority.id) as session:
            agent = queries.agent_actor(session, authority.id, self._agents[MAYOR], session_id=0)
            assert agent is not None
            entry = Entry("acte-de-naissance", "desk", clock.day_in(authority.zone, now))
            started = desk.begin(session, authority, entry, by=agent, now=now)
            mine = update(Draft).where(col(Draft.public_id) == started.public_id)
            session.execute(mine.values(answers=example_answers("passes-own-full-copy")))
            return started.public_id

    def _agent_rows(self) -> None:
        with self.world.database.writing(scope=self.authority_id) as session:
            known = session.execute(
                select(Agent).where(col(Agent.authority_id) == self.authority_id).order_by(col(Agent.id))
            )
            first = known.scalars().first()
            assert first is not None
            for role in ROLES:
                name = role.replace("_", "-")
                self._agents[f"agent:{role}"] = self._agent_row(session, name, role, first.password_hash)
            self.colleague = self._agent_row(session, "colleague", "reader", first.password_hash)
            annex = Service(authority_id=self.authority_id, slug="annexe", name="Mairie annexe")
            session.add(annex)
            session.flush()
            self.annex = annex.id or 0

    def _agent_row(self, session: Session, name: str, role: str, password_hash: str) -> int:
        row = Agent(
            authority_id=self.authority_id,
            email=f"{name}@tilleul.example",
            given_name="Agent",
            family_name="d’Essai",
            capacity="agent d’essai",
            role=role,
            password_hash=password_hash,
            created_at=clock.now(),
        )
        session.add(row)
        session.flush()
        assert row.id is not None
        return row.id


@asynccontextmanager
async def a_ground(url: str, folder: Path) -> AsyncIterator[Ground]:
    """The ground on a seeded database."""
    async with a_world(url, folder, operator_secret=SECRET) as world:
        ground = Ground(world, Wire(world.app), world.authority().id)
        with world.database.writing(scope=ground.authority_id) as session:  # no provider: none is waited for
            session.execute(update(IdentityClient).values(issuer="http://127.0.0.1:9/api/v2"))
            framing.allow(session, ground.authority_id, [SITE])
            wanted = api_keys.Wanted("Portail d’essai", list(api_keys.SCOPES))
            hook = webhooks.Wanted("Portail d’essai", "https://portail.example/news")
            ground.webhook = webhooks.add(session, ground.authority_id, hook, by=None, now=clock.now()).id
            granted = Granted("AD-1", "Les Archives", clock.day_in("Europe/Paris", clock.now()))
            stand = {"by": None, "now": clock.now()}
            ground.visa = visas.stand(session, world.authority(), "dict", granted, None, **stand).id or 0
            ground.spare = api_keys.make(session, ground.authority_id, wanted, by=None, now=clock.now()).id
            ground.key = api_keys.make(session, ground.authority_id, wanted, by=None, now=clock.now()).key
        ground.open_accounts()
        ground._agent_rows()
        await _furnished(ground)
        await _states(ground)
        ground._own()
        yield ground


async def _furnished(ground: Ground) -> None:
    """The demande of every address: with a file and letters, in charge of an agent; and a draft ready to be sent."""
    world = ground.world
    citizen, agent = world.browser(), world.browser()
    begun = await citizen.fill(PROOF)
    demande = await citizen.file(PROOF)
    world.age_drafts()
    await agent.sign_in_agent()
    await agent.post(f"/tilleul/agents/demandes/{demande}/prise-en-charge", {"revision": "1"})
    await world.deliver()
    with world.database.reading(scope=ground.authority_id) as session:
        row = session.execute(select(Submission).where(col(Submission.reference) == demande)).scalar_one()
        files = {
            each.submission_id: each.public_id for each in session.execute(select(Attachment)).scalars() if each.field
        }
        letters = select(col(Message.id)).where(col(Message.submission_id) == row.id, col(Message.has_letter))
        letter, entry = (
            session.execute(letters).scalars().first(),
            session.execute(select(col(OutboxEntry.id)).limit(1)),
        )
    ground.scenes[""] = Scene(
        {
            "reference": demande,
            "draft": begun,
            "page": "acte",
            "slug": "acte-de-naissance",
            "source": "rooms",
            "item": "foyer",
            "letter": str(letter),
            "file": files[row.id],
            "webhook": str(ground.webhook),
            "visa": str(ground.visa),
            "document": f"file-{files[row.id]}",
            "task": "1",
            "link": "1",
            "event": "x",
            "booking": "1",
            "name": "paid",
            "zoom": "1",
            "column": "0",
            "row": "0",
            "entry": str(entry.scalar_one()),
            "colour": "1f5f8b",
            "digest": "x",
            "extension": "png",
            "token": "x" * 43,
            "agent": str(ground.colleague),
            "session": "1",
            "service": str(ground.annex),
            "closure": "1",
            "part": "1",
            "guest": "1",
            "statement": "securite",
            "key": str(ground.spare),
            "right": "1",
            "absence": "1",
        }
    )


async def _states(ground: Ground) -> None:
    world, base = ground.world, ground.scenes[""].names
    agent = world.browser()
    await agent.sign_in_agent()
    path = "/tilleul/agents/demandes"

    waiting = demandes.filed(world.database).reference
    await agent.post(f"{path}/{waiting}/prise-en-charge", {"revision": "1"})
    asked = {"piece": "proof_of_link", "deadline": a_deadline(), "revision": "2", "then": "send"}
    done = await agent.post(f"{path}/{waiting}/pieces-manquantes", asked)
    assert done.status_code == 303, done.text
    ground.scenes["waiting"] = Scene({**base, "reference": waiting})

    case = await _circuit(world)
    for event in ("write", "offer", "reopen"):
        await case.does(event)
    with world.database.reading(scope=ground.authority_id) as session:
        link = session.execute(select(col(SubmissionLink.id)).where(col(SubmissionLink.kind) == "linked")).scalar_one()
    names = {"reference": case.reference, "event": "visit", "task": str(case.all(Task)[0].id), "link": str(link)}
    ground.scenes["circuit"] = Scene({**base, **names, "slug": invented.SLUG})

    ground.scenes["slots"] = Scene({**base, "source": "slots"})
    ground.scenes["appointed"] = Scene({**base, "reference": await _appointed(ground)})

    for name, rule in (("refused", "rejection"), ("accepted", "acceptance")):
        silent = _silent(ground, rule)
        ground.scenes[name] = Scene({**base, "reference": silent.reference})

    ground.scenes["paper"] = await _on_paper(ground)
    ground.scenes["desk"] = ground.fresh(at_desk=True)


async def _circuit(world: World) -> Case:
    circuits.published(world.database)
    citizen, agent = world.browser(), world.browser()
    answers = {"subject": "Le banc du square", "who": "person", "person": invented.WHOLE_PERSON}
    reference = await citizen.file_answers(answers, procedure=invented.SLUG)
    await agent.sign_in_agent()
    return Case(world, reference, citizen, agent)


async def _appointed(ground: Ground) -> str:
    """A demande with an appointment in ten days."""
    world, agent = ground.world, ground.world.browser()
    invented.published(world.database, workflow=appointed.WORKFLOW)
    reference = cases.filed(world.database, at=clock.now()).reference
    await agent.sign_in_agent()
    day = clock.day_in("Europe/Paris", clock.now()) + timedelta(days=10)
    await Case(world, reference, world.browser(), agent).does("propose", **appointed.typed(day, "14h30"))
    return reference


def _silent(ground: Ground, rule: str) -> Demande:
    """A demande that silence has decided."""
    cases.offered(ground.world.database, rule)
    demande = cases.filed(ground.world.database, at=clock.now() - timedelta(days=75))
    with ground.world.database.writing(scope=ground.authority_id) as session:
        assert implied.record_implied(session, ground.authority_id, clock.now()) == 1
    return demande


async def _on_paper(ground: Ground) -> Scene:
    """A demande recorded by an agent, its letter laid out."""
    world, agent = ground.world, ground.world.browser()
    await agent.sign_in_agent()
    stamp = clock.day_in("Europe/Paris", clock.now()) - timedelta(days=10)
    typed = {"slug": invented.SLUG, "channel": "paper", "received_on": stamp.isoformat(), "family_name": "Exemple"}
    typed |= {"given_names": "Jeanne", "line1": "1 rue du Tilleul", "postcode": "99000", "city": "Exemple"}
    files = [("files", ("page.pdf", PDF, "application/pdf"))]
    made = await agent.post("/tilleul/agents/demandes-papier", typed, files)
    assert made.status_code == 303, made.text
    reference = made.headers["location"].split("/demandes/")[1].split("?")[0]
    with world.database.reading(scope=ground.authority_id) as session:
        row = session.execute(select(Submission).where(col(Submission.reference) == reference)).scalar_one()
        notice = session.execute(select(col(Notice.id)).where(col(Notice.submission_id) == row.id)).scalars().first()
    laid = await agent.post(f"/tilleul/agents/demandes/{reference}/lettres/{notice}")
    assert laid.status_code == 303, laid.text
    return Scene({**ground.scenes[""].names, "reference": reference, "letter": str(notice)})
