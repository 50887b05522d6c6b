"""Who may see one demande, and why: its agents, the person's side, programs, and the last who looked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from grc.access.actors import AgentActor
from grc.access.permissions import Permission, covering
from grc.access.reach import Right
from grc.authorities import api_keys
from grc.authorities import queries as authorities
from grc.authorities.models import Agent, ApiKey
from grc.catalogue.models import InstalledProcedure
from grc.journal.acts import JournalAct
from grc.journal.models import JournalEntry
from grc.submissions.models import Submission
from grc.submissions.partner_models import Webhook
from grc.submissions.queries import Actor, find

_LOOKS = 20


@dataclass(frozen=True)
class Look:
    """A line of the journal: somebody looked. agent: their name; "" for one who is no agent."""

    at: datetime
    act: str
    agent: str


@dataclass(frozen=True)
class Readers:
    """agents: each with the rights that reach it. guests: until when, by agent. keys: of the programs that read it.

    webhooks: of the programs that are told of it.
    """

    submission: Submission
    slug: str
    is_sensitive: bool
    agents: Sequence[tuple[AgentActor, tuple[Right, ...]]]
    guests: Mapping[int, datetime | None]
    keys: Sequence[ApiKey]
    webhooks: Sequence[Webhook]
    looks: Sequence[Look]


def of(session: Session, reference: str, *, by: Actor, now: datetime) -> Readers:
    """Everyone who may see the demande today; raises NotFound out of reach."""
    row = find(session, by, reference)
    mine = (col(InstalledProcedure.authority_id) == row.authority_id, col(InstalledProcedure.id) == row.procedure_id)
    procedure = session.execute(select(InstalledProcedure).where(*mine)).scalar_one()
    everyone = authorities.everyone(session, row.authority_id, now=now)
    reached = [(agent, covering(agent, Permission.SUBMISSION_READ, row)) for agent in everyone]
    return Readers(
        submission=row,
        slug=procedure.slug,
        is_sensitive=procedure.is_sensitive,
        agents=[(agent, rights) for agent, rights in reached if rights],
        guests=_guests(session, row.authority_id),
        keys=[
            key
            for key in api_keys.every(session, row.authority_id)
            if api_keys.is_good(key, now) and _covers(key, procedure)
        ],
        webhooks=[hook for hook in _hooks(session, row.authority_id) if _opens(hook.procedures, procedure)],
        looks=_looks(session, row),
    )


def _covers(key: ApiKey, procedure: InstalledProcedure) -> bool:
    if not {api_keys.READ, api_keys.DOCUMENTS} & set(key.scopes):
        return False
    return _opens(key.procedures, procedure)


def _opens(procedures: Sequence[str] | None, procedure: InstalledProcedure) -> bool:
    return api_keys.opens(procedures, procedure.slug, is_sensitive=procedure.is_sensitive)


def _hooks(session: Session, authority_id: int) -> Sequence[Webhook]:
    mine = select(Webhook).where(col(Webhook.authority_id) == authority_id)
    return session.execute(mine.order_by(col(Webhook.name), col(Webhook.id))).scalars().all()


def _guests(session: Session, authority_id: int) -> dict[int, datetime | None]:
    mine = (col(Agent.authority_id) == authority_id, col(Agent.guest_from) != "")
    return {
        key or 0: until for key, until in session.execute(select(col(Agent.id), col(Agent.expires_at)).where(*mine))
    }


def _looks(session: Session, row: Submission) -> list[Look]:
    """The last lines of the journal about the demande, newest first."""
    mine = (
        col(JournalEntry.authority_id) == row.authority_id,
        col(JournalEntry.subject_kind) == "submission",
        col(JournalEntry.subject) == row.reference,
        col(JournalEntry.act).in_([str(JournalAct.SUBMISSION_READ), str(JournalAct.SUBMISSION_EXPORTED)]),
    )
    last = select(JournalEntry).where(*mine).order_by(col(JournalEntry.id).desc()).limit(_LOOKS)
    names = authorities.agent_names(session, row.authority_id)
    return [
        Look(one.at, one.act, names.get(one.actor_id or 0, "") if one.actor_kind == "agent" else "")
        for one in session.execute(last).scalars()
    ]
