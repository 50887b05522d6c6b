"""What the pages of programs offer to tick: the authority's procedures; and a secret, shown for ten minutes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col
from starlette.responses import Response

from grc.access.actors import AgentActor
from grc.authorities import door
from grc.catalogue import queries as catalogue
from grc.catalogue.models import InstalledProcedure
from grc.web.bodies import Posted
from grc.web.framing import agent_frame
from grc.web.visit import Visit

EVERYTHING = "*"
"""The value of the box that stands for all the others."""
NOT_SENSITIVE = "Toutes, sauf les démarches sensibles"


@dataclass(frozen=True)
class Box:
    """A box to tick. is_alone: whether it is ticked without the others."""

    value: str
    label: str
    is_ticked: bool = False
    is_alone: bool = False


@dataclass(frozen=True)
class SecretPage:
    """A secret that nobody is shown again. secret: "" once its ten minutes are over."""

    title: str
    intro: str
    secret: str
    back: str
    back_text: str


def procedures(session: Session, authority_id: int) -> dict[str, str]:
    """The title of each published procedure by its slug; a sensitive one says so."""
    mine = select(col(InstalledProcedure.slug)).where(
        col(InstalledProcedure.authority_id) == authority_id, col(InstalledProcedure.is_sensitive)
    )
    sensitive = set(session.execute(mine).scalars())
    found = {each.procedure.slug: each.procedure.title for each in catalogue.all_published(session, authority_id)}
    return {slug: f"{title} (sensible)" if slug in sensitive else title for slug, title in found.items()}


def boxes(offered: Mapping[str, str], ticked: Sequence[str] | None, *, everything: str = "") -> list[Box]:
    """What may be ticked, in its order; what was ticked and is offered no more goes last.

    everything: label of a first box for all of it, which None ticks; "" for no such box.
    """
    said = [EVERYTHING] if ticked is None else ticked
    first = [Box(EVERYTHING, everything, EVERYTHING in said, is_alone=True)] if everything else []
    gone = [value for value in said if value not in offered and value != EVERYTHING]
    every = [*offered.items(), *zip(gone, gone, strict=True)]
    return [*first, *(Box(value, label, value in said) for value, label in every)]


def ticked(posted: Posted, name: str, offered: Collection[str]) -> list[str] | None:
    """What was ticked among what is offered; None for the box of everything alone.

    With others that box stays in the list: nobody can tell which was meant.
    """
    said = [value for value in posted.many(name) if value in offered or value == EVERYTHING]
    return None if said == [EVERYTHING] else said


def keep_secret(session: Session, by: AgentActor, purpose: str, secret: str, *, now: datetime) -> None:
    """Keeps a secret, sealed, to be shown in this session for ten minutes."""
    door.begin(session, by.authority_id, by.session_id, purpose=purpose, agent_id=by.id, state=secret, now=now)


async def show_secret(visit: Visit[AgentActor], purpose: str, **page: Any) -> Response:
    """The page of the secret just made in this session."""
    step = await visit.read(_step, purpose, visit.now)
    shown = SecretPage(secret="" if step is None else step.state, **page)
    return visit.page("admin/secret.html", frame=agent_frame(visit), page=shown)


def _step(session: Session, purpose: str, now: datetime, *, by: AgentActor) -> door.Step | None:
    return door.current(session, by.authority_id, by.session_id, purpose, now=now)
