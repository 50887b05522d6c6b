"""The table of roles, read only: what each may do, people who are no agents included."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.responses import Response

from grc.access.actors import AgentActor
from grc.access.permissions import LABELS, NARROW, ON_SUBMISSIONS, TABLE, Role
from grc.web.framing import agent_frame
from grc.web.tiles import PATH as ADMINISTRATION
from grc.web.tiles import administers
from grc.web.visit import Visit

PATH = f"{ADMINISTRATION}/roles"


@dataclass(frozen=True)
class RoleLine:
    """A role in words. may: what it holds, a phrase each. narrow: what it gives over a part alone."""

    label: str
    says: str
    may: Sequence[str]
    narrow: str = ""


@dataclass(frozen=True)
class RolesPage:
    """The table. back_text: the name of the page before."""

    back: str
    back_text: str
    agents: Sequence[RoleLine]
    others: Sequence[RoleLine]


async def show(visit: Visit[AgentActor]) -> Response:
    """The table, for every agent: rights are no secret."""
    is_set = administers(visit.actor)
    page = page_of(
        visit.links.agents(ADMINISTRATION if is_set else "compte"), "Administration" if is_set else "Mon compte"
    )
    return visit.page("admin/roles.html", frame=agent_frame(visit), page=page)


def page_of(back: str, back_text: str) -> RolesPage:
    """The page from the one table."""
    lines = [(role.is_agents, RoleLine(role.label, role.says, _may(role.permissions), _narrow(role))) for role in TABLE]
    return RolesPage(
        back,
        back_text,
        agents=[line for is_agents, line in lines if is_agents],
        others=[line for is_agents, line in lines if not is_agents],
    )


def _narrow(role: Role) -> str:
    if role.name not in NARROW:
        return "Non"
    return "Oui, pour les demandes" if role.permissions & ON_SUBMISSIONS else "Oui, pour une démarche"


def _may(permissions: frozenset[object]) -> list[str]:
    return [label for permission, label in LABELS.items() if permission in permissions]
