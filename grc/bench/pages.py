"""Pages of who is signed in, a citizen and an agent: what each costs, beside the least that a page can cost."""

from __future__ import annotations

import http.client
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select, update
from sqlmodel import Session, col

from grc import clock
from grc.access.actors import Visitor
from grc.authorities.models import Agent
from grc.bench.figures import Round, median_round
from grc.bench.installation import BASE_PORT, SLUG, Installation, authority_of, make_ready
from grc.bench.posts import NotKept, Served, create_bare_table, fill_bare_table, once_ready, send
from grc.bench.processes import free_port
from grc.citizens import accounts
from grc.sessions import commands as sessions
from grc.submissions import filing
from grc.submissions.models import Submission

BARE = "bare page: ten rows read, a bare template"
_EMAIL = "usager@exemple.example"
_MINE = 10
"""Demandes of the citizen; the inbox has them and the rest."""
_ALL = 60


@dataclass(frozen=True)
class Sizes:
    """rounds; many, few: requests a round at eight connections and at one."""

    rounds: int = 3
    many: int = 400
    few: int = 100


@dataclass(frozen=True)
class Page:
    """One page. size: bytes of its HTML. many, few: medians at eight connections and at one."""

    name: str
    size: int
    many: Round
    few: Round


@dataclass(frozen=True)
class _Asked:
    """A page to ask: its process, its address, what the browser sends."""

    name: str
    served: Served
    path: str
    cookie: str = ""

    @property
    def headers(self) -> Mapping[str, str]:
        return {"Host": f"127.0.0.1:{BASE_PORT}", "Cookie": self.cookie, "Accept": "text/html"}

    @property
    def request(self) -> str:
        """As it goes over the wire."""
        lines = "".join(f"{name}: {value}\r\n" for name, value in self.headers.items())
        return f"GET {self.path} HTTP/1.1\r\n{lines}\r\n"


def measure(made: Installation, sizes: Sizes) -> list[Page]:
    """The bare page first, then ours, round by round. Raises NotKept for an answer that is not a page."""
    create_bare_table(made)
    fill_bare_table(made, 10)
    port, bare_port = free_port(), free_port()
    kind = "sqlite" if made.kind == "sqlite" else "async"
    bare = once_ready(Served("bare", [made.bare(kind, bare_port)], [bare_port]))
    ours = once_ready(Served("pages", [made.serve(port)], [port]))
    pages = [_Asked(BARE, bare, "/page"), *_ours(made, ours)]
    sizes_of = {each.name: _size(each) for each in pages}
    rounds: dict[str, tuple[list[Round], list[Round]]] = {each.name: ([], []) for each in pages}
    for _ in range(sizes.rounds):
        for each in pages:
            many, few = rounds[each.name]
            many.append(send(each.served, [each.request] * sizes.many, connections=8, status="200"))
            few.append(send(each.served, [each.request] * sizes.few, connections=1, status="200"))
    made.stop()
    return [Page(name, sizes_of[name], median_round(many), median_round(few)) for name, (many, few) in rounds.items()]


def _ours(made: Installation, served: Served) -> list[_Asked]:
    """The pages, with the cookies of a citizen's account and of an agent."""
    database = made.database()
    authority, now = authority_of(database), clock.now()
    drafts = make_ready(made, _ALL)
    with database.writing(scope=authority.id) as session:
        account = accounts.local(session, authority.id, _EMAIL, now=now)
        for draft in drafts:
            held = sessions.find(session, authority_id=authority.id, public="citizen", token=draft.cookie, now=now)
            assert held is not None
            by = Visitor(authority.id, held.id)
            filing.submit(session, authority, draft.public_id, client=draft.address, by=by, now=now)
        references = session.execute(select(col(Submission.reference)).order_by(col(Submission.id))).scalars().all()
        mine = update(Submission).where(col(Submission.reference).in_(references[:_MINE]))
        session.execute(mine.values(citizen_id=account))
        citizen, agent = _cookies(session, authority.id, account)
    database.close()
    one, root = references[0], f"/{SLUG}"
    return [
        _Asked("a citizen's demande, followed", served, f"{root}/demandes/{one}", citizen),
        _Asked(f"a citizen's {_MINE} demandes", served, f"{root}/mes-demandes", citizen),
        _Asked(f"the agents' inbox, {_ALL} demandes", served, f"{root}/agents", agent),
        _Asked("a demande as an agent sees it", served, f"{root}/agents/demandes/{one}", agent),
    ]


def _cookies(session: Session, authority_id: int, account: int) -> tuple[str, str]:
    """Of the account's session and of an agent's."""
    agent = session.execute(
        select(col(Agent.id)).where(col(Agent.authority_id) == authority_id, col(Agent.role) == "supervisor").limit(1)
    ).scalar_one()
    now = clock.now() - timedelta(seconds=1)
    told: dict[str, Any] = {"authority_id": authority_id, "now": now, "shown_name": "Omar Fictif"}
    for_citizen = sessions.open_session(session, public="citizen", citizen_id=account, means="link", **told)
    for_agent = sessions.open_session(session, public="agent", agent_id=agent, means="password", **told)
    citizen, of_agent = (f"grc-{public}-{SLUG}-{BASE_PORT}=" for public in ("citizen", "agent"))
    return citizen + for_citizen.token, of_agent + for_agent.token


def _size(asked: _Asked) -> int:
    """The bytes of the page, once: an answer that is no page is no figure."""
    connection = http.client.HTTPConnection("127.0.0.1", asked.served.ports[0], timeout=60)
    connection.request("GET", asked.path, headers=dict(asked.headers))
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    if answer.status != 200 or b"<h1" not in body:
        raise NotKept(f"{asked.name}: {answer.status} {body[:300]!r}")
    return len(body)


def ratios(pages: Sequence[Page]) -> Mapping[str, float]:
    """How many bare pages are answered in the time of one, at eight connections."""
    bare = next(each.many.per_second for each in pages if each.name == BARE)
    return {each.name: bare / each.many.per_second for each in pages}
