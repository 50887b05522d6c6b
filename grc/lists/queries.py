"""What a form may offer of the lists of an authority, and what agents see of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func
from sqlalchemy import select as core_select
from sqlmodel import Session, col, select

from grc.access.actors import AgentActor
from grc.authorities.models import Agent
from grc.db import Prepared
from grc.errors import NotFound
from grc.forms.definition import Item
from grc.lists.models import ReferenceItem

_ITEM = ReferenceItem.__table__  # type: ignore[attr-defined]
_OPEN = Prepared(
    core_select(_ITEM.c.slug, _ITEM.c.label, _ITEM.c.attributes)
    .where(
        _ITEM.c.authority_id == bindparam("authority"),
        _ITEM.c.source == bindparam("list"),
        _ITEM.c.is_open.is_(True),
    )
    .order_by(_ITEM.c.position, _ITEM.c.id)
)


@dataclass(frozen=True)
class Row:
    """An item as agents see it. changed_by: a name, "" for the operator."""

    slug: str
    label: str
    attributes: Mapping[str, Any]
    is_open: bool
    revision: int
    changed_at: datetime
    changed_by: str


def of_authority(session: Session, authority_id: int, sources: Iterable[str]) -> dict[str, tuple[Item, ...]]:
    """By source, its open items in the agents' order; no statement at all when no source is asked for."""
    asked = {
        source: _OPEN.ask_all(session, {"authority": authority_id, "list": source}) for source in sorted(set(sources))
    }
    return {source: tuple(Item(*row) for row in rows()) for source, rows in asked.items()}


def rows(session: Session, source: str, *, by: AgentActor) -> list[Row]:
    """Every item of the list, closed ones included, in order."""
    statement = (
        select(ReferenceItem, Agent.given_name, Agent.family_name)
        .join(Agent, col(Agent.id) == col(ReferenceItem.changed_by_id), isouter=True)
        .where(ReferenceItem.authority_id == by.authority_id, ReferenceItem.source == source)
        .order_by(col(ReferenceItem.position), col(ReferenceItem.id))
    )
    return [_row(item, f"{given} {family}" if given else "") for item, given, family in session.exec(statement)]


def row(session: Session, source: str, slug: str, *, by: AgentActor) -> Row:
    """One item; raises NotFound."""
    found = next((each for each in rows(session, source, by=by) if each.slug == slug), None)
    if found is None:
        raise NotFound("Cet élément n’existe pas dans cette liste.")
    return found


def counts(session: Session, *, by: AgentActor) -> dict[str, int]:
    """By source, how many items are open."""
    statement = (
        select(ReferenceItem.source, func.count())
        .where(ReferenceItem.authority_id == by.authority_id, col(ReferenceItem.is_open))
        .group_by(ReferenceItem.source)
    )
    return dict(session.exec(statement).all())


def _row(item: ReferenceItem, changed_by: str) -> Row:
    return Row(
        slug=item.slug,
        label=item.label,
        attributes=item.attributes,
        is_open=item.is_open,
        revision=item.revision,
        changed_at=item.changed_at,
        changed_by=changed_by,
    )
