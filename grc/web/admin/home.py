"""What an agent may set: the first page of administration."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session
from starlette.responses import Response

from grc.access.actors import AgentActor
from grc.access.permissions import Permission, may
from grc.authorities import profile
from grc.authorities.models import Authority
from grc.errors import Forbidden
from grc.web import tiles
from grc.web.admin import statements
from grc.web.admin.statements import StatementRow
from grc.web.framing import agent_frame
from grc.web.visit import Visit


@dataclass(frozen=True)
class TileLink:
    """A tile with its address."""

    title: str
    href: str
    text: str


@dataclass(frozen=True)
class TileGroup:
    """Tiles under a heading."""

    title: str
    tiles: Sequence[TileLink]


@dataclass(frozen=True)
class HomePage:
    """What the agent may set, by group. todo: what the law wants and the authority has not stated, or not for long."""

    groups: Sequence[TileGroup]
    todo: Sequence[StatementRow] = ()


async def show(visit: Visit[AgentActor]) -> Response:
    """The tiles that the agent's rights open; 403 where there is none."""
    opened = tiles.tiles_of(visit.actor)
    if not opened:
        raise Forbidden("Votre rôle n’ouvre aucune page d’administration. Demandez-la à l’administrateur.")
    names = dict.fromkeys(tile.group for tile in sorted(opened, key=lambda tile: _ORDER.index(tile.group)))
    groups = [TileGroup(name, [_link(visit, tile) for tile in opened if tile.group == name]) for name in names]
    todo: Sequence[StatementRow] = ()
    if may(visit.actor, Permission.AUTHORITY_CHANGE):
        row = await visit.read(_row)
        todo = [one for one in statements.rows(visit, row) if one.due]
    return visit.page("admin/home.html", frame=agent_frame(visit), page=HomePage(groups, todo))


_ORDER = tiles.Group.__args__  # type: ignore[attr-defined]


def _row(session: Session, *, by: AgentActor) -> Authority:
    return profile.one(session, by.authority_id)


def _link(visit: Visit[AgentActor], tile: tiles.Tile) -> TileLink:
    return TileLink(tile.title, visit.links.agents(tile.path), tile.text)
