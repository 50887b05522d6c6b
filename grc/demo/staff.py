"""More agents for the demonstration than its first worlds need, so that demandes are in several hands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlmodel import Session

from grc.access.actors import AgentActor
from grc.access.permissions import Permission, may
from grc.access.reach import Scope
from grc.authorities import commands, granting
from grc.authorities import queries as authorities
from grc.authorities.views import AuthorityView
from grc.catalogue import queries as catalogue
from grc.demo import seed
from grc.demo.seed import Colleague

COLLEAGUES: Mapping[str, Sequence[Colleague]] = {
    "tilleul": (
        Colleague("karim.temoin@tilleul.example", "Karim", "Témoin", "responsable des services techniques", "handler"),
        Colleague("sonia.maquette@tilleul.example", "Sonia", "Maquette", "chargée de la vie locale", "handler"),
    ),
}
"""Agents of the whole commune, beside those of `grc.demo.seed`; the password is the same."""


_USUAL: Mapping[str, Sequence[str]] = {
    "claire.modele@tilleul.example": ("etat-civil",),
    "omar.fictif@tilleul.example": ("etat-civil", "petite-enfance", "action-sociale"),
    "karim.temoin@tilleul.example": ("services-techniques", "urbanisme"),
    "sonia.maquette@tilleul.example": ("vie-locale", "ressources-humaines"),
}
"""In which services who usually works; where nobody is named, anybody does."""


def usual(session: Session, authority_id: int) -> Mapping[int, Sequence[int]]:
    """By key of service, the keys of the agents who usually work there."""
    found: dict[int, list[int]] = {}
    for email, services in _USUAL.items():
        agent = authorities.agent_of_email(session, authority_id, email)
        kept = [authorities.service_of_slug(session, authority_id, slug) for slug in services]
        for service in kept if agent is not None else ():
            if service is not None and agent is not None and agent.id is not None:
                found.setdefault(service.id, []).append(agent.id)
    return found


def everyone() -> list[tuple[str, str, str]]:
    """Who can sign in where: slug of the commune, address, capacity."""
    added = [(slug, each.email, each.capacity) for slug, colleagues in COLLEAGUES.items() for each in colleagues]
    return sorted([*seed.agents(), *added], key=lambda one: (*seed.COMMUNES, seed.SYNDICATE).index(one[0]))


def complete(session: Session, authority: AuthorityView, *, now: datetime) -> Sequence[AgentActor]:
    """Everybody who has an account there, once the colleagues are added and each procedure has somebody to work on it.

    A sensitive procedure is open to rights that name it alone: the first supervisor gets one where nobody has any.
    """
    for each in COLLEAGUES.get(authority.slug, ()):
        commands.add_agent(session, authority.id, password=seed.PASSWORD, now=now, **vars(each))
    agents = authorities.everyone(session, authority.id, now=now)
    supervisor = next(agent for agent in agents if agent.role == "supervisor")
    for offered in catalogue.all_published(session, authority.id):
        there = Scope(offered.service.id, offered.procedure_id)
        if not any(may(agent, Permission.SUBMISSION_HANDLE, there) for agent in agents):
            given = granting.Given("supervisor", procedure_id=offered.procedure_id)
            granting.grant(session, authority.id, supervisor.id, given, by=None, today=now.date(), now=now)
    return authorities.everyone(session, authority.id, now=now)


def acting(agents: Sequence[AgentActor]) -> Sequence[AgentActor]:
    """Those who work on demandes, who administers last."""
    found = [agent for agent in agents if may(agent, Permission.SUBMISSION_HANDLE)]
    return sorted(found, key=lambda agent: (agent.role == "administrator", agent.id))


def clerks(agents: Sequence[AgentActor]) -> Sequence[AgentActor]:
    """Who may be at the desk, the agents of the reception first."""
    able = [agent for agent in agents if may(agent, Permission.SUBMISSION_FILE)]
    return sorted(able, key=lambda agent: (agent.role != "front_desk", agent.role == "administrator", agent.id))
