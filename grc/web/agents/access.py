"""Who may see a demande, and why: a page that every agent who sees it may open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from sqlmodel import Session
from starlette.responses import Response

from grc import clock
from grc.access.actors import AgentActor
from grc.access.permissions import Permission, require
from grc.authorities import api_keys, colleagues
from grc.journal.acts import LABELS, JournalAct
from grc.receipts import wording
from grc.submissions import readers
from grc.submissions.helpers import Helper
from grc.submissions.partner_models import Webhook
from grc.submissions.readers import Readers
from grc.web.agents import holding
from grc.web.framing import agent_frame
from grc.web.visit import Visit

PAGE = "acces"


@dataclass(frozen=True)
class Reader:
    """Somebody who may see it. reasons: why, a phrase each."""

    name: str
    about: str
    reasons: Sequence[str]


@dataclass(frozen=True)
class LookLine:
    """A line of the journal in words."""

    at: datetime
    who: str
    what: str


@dataclass(frozen=True)
class AccessPage:
    """Who may see a demande. looks: None where looks leave no line, the procedure being no sensitive one."""

    reference: str
    title: str
    back: str
    roles: str
    is_sensitive: bool
    agents: Sequence[Reader]
    citizen: Sequence[Reader]
    programs: Sequence[Reader]
    looks: Sequence[LookLine]


async def show(visit: Visit[AgentActor]) -> Response:
    """The agents with their reasons, the person's side, the programs, the last who looked."""
    require(visit.actor, Permission.SUBMISSION_READ)
    page = await visit.read(_page, visit)
    return visit.page("agents/submission/access.html", frame=agent_frame(visit), page=page)


def _page(session: Session, visit: Visit[AgentActor], *, by: AgentActor) -> AccessPage:
    found = readers.of(session, visit.path["reference"], by=by, now=visit.now)
    services = dict(colleagues.services(session, by.authority_id))
    titles = holding.procedures(session, by.authority_id)
    row, zone = found.submission, visit.authority.zone
    return AccessPage(
        reference=row.reference,
        title=titles.get(row.procedure_id, found.slug),
        back=visit.links.agent_submission(row.reference),
        roles=visit.links.agents("administration/roles"),
        is_sensitive=found.is_sensitive,
        agents=[
            Reader(
                agent.shown_name,
                agent.capacity,
                [*holding.reasons(rights, services, titles), *_guest(found, agent, zone)],
            )
            for agent, rights in found.agents
        ],
        citizen=_citizen(found),
        programs=[
            Reader(key.name, f"{key.prefix}…", [api_keys.SCOPES[scope] for scope in key.scopes if scope in _READING])
            for key in found.keys
        ]
        + [Reader(hook.name, urlsplit(hook.url).hostname or "", _told(hook)) for hook in found.webhooks],
        looks=[
            LookLine(clock.local(zone, look.at), look.agent or "Un programme", LABELS[JournalAct(look.act)])
            for look in found.looks
        ],
    )


def _told(hook: Webhook) -> list[str]:
    return [_TOLD if hook.is_active else f"{_TOLD} (en pause)"]


_TOLD = "Prévenu de ce qui lui arrive\u00a0: référence, état, dates ; jamais une réponse ni un nom"
_READING = (api_keys.READ, api_keys.DOCUMENTS)


def _guest(found: Readers, agent: AgentActor, zone: str) -> list[str]:
    """For a guest, whose, and until when."""
    if not agent.guest_from:
        return []
    until = found.guests.get(agent.id)
    end = "" if until is None else f", jusqu’au {wording.short_date(clock.day_in(zone, until))}"
    return [f"Accès temporaire de « {agent.guest_from} »{end} ; chaque lecture est notée"]


def _citizen(found: Readers) -> list[Reader]:
    """The person's side: no name that the demande does not already show."""
    row = found.submission
    helper = Helper.of(row.helper)
    said = [Reader("Qui a le code de suivi", "", ["Remis à l’usager à l’envoi de la demande"])]
    if row.citizen_id is not None:
        said.append(Reader("Le compte de l’usager", "", ["La demande y est rattachée"]))
    if helper is not None:
        said.append(Reader("L’aidant", helper.words, ["Il a déposé la demande pour la personne"]))
    return said
