"""What the pages of programs offer to tick: the authority's procedures; and a secret, shown for ten minutes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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


@dataclass(frozen=True)
class Box:
    """A box to tick."""

    value: str
    label: str
    is_ticked: bool = False


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


def boxes(offered: Mapping[str, str], ticked: Sequence[str]) -> list[Box]:
    """What may be ticked, in its order; what was ticked and is offered no more goes last."""
    gone = [value for value in ticked if value not in offered]
    return [Box(value, label, value in ticked) for value, label in [*offered.items(), *zip(gone, gone, strict=True)]]


def ticked(posted: Posted, name: str, offered: Mapping[str, str]) -> list[str] | None:
    """What was ticked among what is offered; None when nothing was."""
    return [value for value in posted.many(name) if value in offered] or None


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
