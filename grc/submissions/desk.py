"""A demande that an agent types for a citizen, at the desk, on the telephone or from a paper: its clock, its receipt.

Source: CRPA L112-3 and R112-5 (the receipt of what did not come electronically), R112-4 (when none is owed), L112-6.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from sqlalchemy import select, update
from sqlmodel import Session, col

from grc import clock, references
from grc.access.actors import AgentActor, Visitor, at_desk
from grc.access.permissions import Permission, may, require
from grc.access.reach import Scope
from grc.authorities.views import AuthorityView
from grc.catalogue import queries as catalogue
from grc.catalogue.definition import DESK_CHANNELS, Procedure
from grc.catalogue.queries import Published
from grc.errors import Conflict, Invalid, Problem
from grc.receipts import AgentContact, Exemption, PaperReceipt, statements
from grc.receipts import paper as receipts
from grc.receipts.paper import PaperChannel
from grc.receipts.parts import ServiceContact
from grc.submissions import appeals, drafts, notices, watched
from grc.submissions.conversation import NOTE
from grc.submissions.drafts import DraftView, Started
from grc.submissions.exchange_models import ThreadEntry
from grc.submissions.models import Decision, Draft, Submission
from grc.submissions.naming import standing
from grc.submissions.queries import within

OLDEST = timedelta(days=366)
"""An older stamp is a mistake of typing, or a case for a lawyer."""
GROUNDS: tuple[Literal["mere_issue", "short_period"], ...] = ("mere_issue", "short_period")
_DAY = "Saisissez le jour de la réception : ni dans le futur, ni il y a plus d’un an."
_TABLE = Draft.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Entry:
    """What an agent says first. received_on: the day of the stamp, of the call or of the visit; None: none was read.

    attacks: the reference of the demande whose decision a recours attacks, or "".
    """

    slug: str
    channel: PaperChannel
    received_on: date | None
    attacks: str = ""


def begin(session: Session, authority: AuthorityView, entry: Entry, *, by: AgentActor, now: datetime) -> Started:
    """A new draft that this agent alone reaches; raises Invalid with what is wrong, NotFound, TooMany, Forbidden.

    The channel and the day stay the draft's.
    """
    require(by, Permission.SUBMISSION_FILE)
    check(entry, clock.day_in(authority.zone, now))
    require(by, Permission.SUBMISSION_FILE, scope_of(catalogue.published(session, authority.id, entry.slug)))
    decision_id = attacked_by(session, authority, entry.attacks, by=by, now=now)
    started = drafts.start(session, entry.slug, client=f"agent:{by.id}", by=at_desk(by), now=now)
    mine = (_TABLE.c.authority_id == authority.id, _TABLE.c.public_id == started.public_id)
    session.execute(
        update(_TABLE)
        .where(*mine)
        .values(
            session_id=None,
            agent_id=by.id,
            channel=entry.channel,
            stamped_on=entry.received_on,
            attacks_id=decision_id,
        )
    )
    return started


def scope_of(offered: Published) -> Scope:
    """Where a demande of this procedure will stand."""
    return Scope(offered.service.id, offered.procedure_id)


def may_take(agent: AgentActor, offered: Published) -> bool:
    """Whether the agent may file this procedure for a citizen."""
    return may(agent, Permission.SUBMISSION_FILE, scope_of(offered))


def problems_of(entry: Entry, today: date) -> list[Problem]:
    """What is wrong with the entry before any answer."""
    day = entry.received_on
    is_of_its_kind = not entry.attacks or entry.slug == appeals.PROCEDURE
    wanted = (
        ("slug", bool(entry.slug), "Choisissez la démarche."),
        ("slug", is_of_its_kind, "Choisissez la démarche du recours, ou effacez le numéro de la demande contestée."),
        ("channel", entry.channel in DESK_CHANNELS, "Dites comment la demande est venue."),
        ("received_on", day is not None and today - OLDEST <= day <= today, _DAY),
    )
    return [Problem(name, "required", message) for name, is_well, message in wanted if not is_well]


def check(entry: Entry, today: date) -> None:
    """Nothing, or Invalid."""
    problems = problems_of(entry, today)
    if problems:
        raise Invalid("La saisie est incomplète.", problems)


def attacked_by(
    session: Session, authority: AuthorityView, reference: str, *, by: AgentActor, now: datetime
) -> int | None:
    """The decision in force of the demande that a recours names, None where it names none.

    Raises Invalid with the same words for what is absent, undecided or out of the agent's reach.
    """
    if not reference:
        return None
    spelled = references.read_reference(reference) or ""
    statement = (
        select(Decision)
        .join(Submission, col(Submission.id) == col(Decision.submission_id))
        .where(within(by), col(Submission.authority_id) == authority.id, col(Submission.reference) == spelled)
        .order_by(col(Decision.id))
    )
    decision = standing(list(session.execute(statement).scalars()))
    if decision is None or decision.id is None:
        message = "Aucune demande décidée n’a ce numéro. Vérifiez-le, ou effacez-le."
        raise Invalid("La saisie est incomplète.", [Problem("attacks", "unknown", message)])
    watched.note_listed(session, "recours", [spelled], by=by, now=now)
    return decision.id


def mine(session: Session, *, by: AgentActor) -> list[DraftView]:
    """What this agent began, has not sent and may still file, last saved first."""
    require(by, Permission.SUBMISSION_FILE)
    statement = (
        select(Draft)
        .where(
            col(Draft.authority_id) == by.authority_id,
            col(Draft.agent_id) == by.id,
            col(Draft.submission_id).is_(None),
        )
        .order_by(col(Draft.saved_at).desc())
        .limit(50)
    )
    rows = list(session.execute(statement).scalars())
    open_still = {key for key in {row.procedure_id for row in rows} if drafts.may_type(session, key, by=by)}
    return [drafts.view_of(session, row, lists={}) for row in rows if row.procedure_id in open_still]


def received_at(zone: str, stamped_on: date | None, now: datetime) -> datetime:
    """When the demande counts as received: noon of the stamp's day there, never later than now."""
    if stamped_on is None:
        return now
    return min(datetime.combine(stamped_on, time(12), ZoneInfo(zone)).astimezone(now.tzinfo), now)


def receipt(agent: AgentActor, *, service: ServiceContact, **facts: Any) -> PaperReceipt:
    """The receipt with the mentions of R112-5; raises Conflict while the service lacks one: nothing is sent then.

    facts: what `grc.receipts.paper.build` asks beside the service and the agent.
    """
    contact = AgentContact(agent.given_name, agent.family_name, agent.capacity, service.postal_address)
    made = receipts.build(service=service, agent=contact, **facts)
    missing = made.missing_mentions()
    if missing:
        raise Conflict(
            f"L’accusé de réception n’aurait pas cette mention\u00a0: {missing[0]}. Faites compléter le service, puis "
            "envoyez\u00a0: votre saisie est gardée, avec le jour de la réception."
        )
    return made


def require_exemption(exemption: Exemption, procedure: Procedure, answers: Mapping[str, Any], *, recours: bool) -> None:
    """Nothing, or Invalid where R112-4 does not allow to leave this demande without a receipt."""
    receipts.require_exemption(exemption, procedure.silence_for(answers), is_appeal=recours)


def as_event(stamped_on: date | None, exemption: Exemption | None) -> dict[str, Any]:
    """What the journal keeps of an entry by an agent; {} of a demande filed online."""
    if stamped_on is None:
        return {}
    return {"received_on": stamped_on, "exempt": None if exemption is None else exemption.ground}


def hand_over(
    session: Session, submission_id: int, notice_id: int, *, exemption: Exemption | None, by: Visitor, now: datetime
) -> None:
    """Opens the task of printing the receipt, where no mail carries it; keeps, for agents, why none is owed.

    That note is all that shows it when time limits are discussed (L112-6).
    """
    row = session.get_one(Submission, submission_id)
    if exemption is not None:
        owner: dict[str, Any] = {"authority_id": row.authority_id, "submission_id": submission_id}
        author: dict[str, Any] = {"author_kind": by.author.kind, "author_id": by.author.id}
        session.add(ThreadEntry(**owner, **author, kind=NOTE, at=now, text=statements.exempted(exemption)))
    elif not row.contact_email:
        notices.print_later(session, row, notice_id, now=now)


def grounds_for(procedure: Procedure, answers: Mapping[str, Any], *, recours: bool) -> Sequence[str]:
    """The cases of R112-4 that this demande may fall under; none for a recours."""
    found = []
    for ground in GROUNDS:
        try:
            require_exemption(Exemption(ground, "…"), procedure, answers, recours=recours)
        except Invalid:
            continue
        found.append(ground)
    return found
