"""Attaches an identity that ProConnect vouches for to an account: by an administrator, on a proof, with a trace."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from grc import references
from grc.authorities import queries, vouching
from grc.authorities.models import AccountRelink, Agent, AgentArrival, Authority, IdentityClient
from grc.authorities.vouching import Organisation, Vouched
from grc.db import dialect_of, keyring_of
from grc.db.hashes import hashes
from grc.errors import Conflict, Invalid, NotFound, Problem

PROVIDER = "proconnect"
KEPT = timedelta(days=7)
"""How long an identity waits for its administrator; it may always come back."""
_PURPOSE = "agent-arrival"
_LONGEST_PROOF = 500
_ARRIVALS = AgentArrival.__table__  # type: ignore[attr-defined]
_DIALECTS = {"postgresql": postgresql, "sqlite": sqlite}


@dataclass(frozen=True)
class Arrival:
    """An identity that waits, as its employer tells it. at: of its last arrival, aware."""

    id: int
    at: datetime
    given_name: str
    family_name: str
    email: str


@dataclass(frozen=True)
class Candidate:
    """An open account. is_attached: whether it has an identity, which another would replace."""

    id: int
    name: str
    email: str
    is_attached: bool


def organisation(session: Session, authority_id: int, client: IdentityClient) -> Organisation:
    """Whose agents the authority's client lets in."""
    row = session.get_one(Authority, authority_id)
    return vouching.organisation(row.siret, row.establishments, client.options)


def set_organisation(session: Session, authority_id: int, *, siret: str, establishments: Sequence[str]) -> None:
    """Says whose agents ProConnect may bring: the authority's own SIRET and those of its other establishments.

    Replaces what was said before. Raises Invalid with one problem for each number that cannot be a SIRET.
    """
    wrong = [number for number in (siret, *establishments) if not vouching.is_siret(number)]
    if wrong:
        message = "Un SIRET a quatorze chiffres, sans espace\u00a0; sa clé est fausse ou un chiffre manque."
        raise Invalid("Ces numéros ne conviennent pas.", [Problem(number[:20], "siret", message) for number in wrong])
    row = session.get_one(Authority, authority_id)
    row.siret, row.establishments = siret, list(establishments) or None
    session.add(row)
    session.flush()


def agent_of(session: Session, authority_id: int, issuer: str, subject: str) -> Agent | None:
    """The active agent of this identity, never looked up by e-mail: an address may be given to somebody else."""
    statement = _of_identity(authority_id, issuer, subject).where(queries.is_open())
    return session.exec(statement).one_or_none() if subject else None


def announce(session: Session, authority_id: int, person: Vouched, *, now: datetime) -> str:
    """Keeps an identity that no account has; gives the code that its person says to an administrator ("K7PQ-2M4X").

    The same for an identity whose account was closed: nothing is told of it. Each arrival makes a new code.
    """
    code = references.new_code()[:9]
    told = {
        "code_hash": keyring_of(session).hash(_PURPOSE, _plain(code)),
        "email": person.email,
        "given_name": person.given_name,
        "family_name": person.family_name,
        "at": now,
    }
    key = {"authority_id": authority_id, "issuer": person.issuer, "subject": person.subject}
    statement = _DIALECTS[dialect_of(session)].insert(_ARRIVALS).values(**key, **told)
    session.execute(statement.on_conflict_do_update(index_elements=list(key), set_=told))
    return code


def waiting(session: Session, authority_id: int, *, now: datetime, most: int = 100) -> Sequence[Arrival]:
    """The identities that wait, newest first."""
    statement = (
        select(AgentArrival)
        .where(AgentArrival.authority_id == authority_id, AgentArrival.at > now - KEPT)
        .order_by(col(AgentArrival.at).desc(), col(AgentArrival.id).desc())
        .limit(most)
    )
    return [Arrival(row.id or 0, row.at, row.given_name, row.family_name, row.email) for row in session.exec(statement)]


def candidates(session: Session, authority_id: int) -> Sequence[Candidate]:
    """The open accounts to which an identity may be attached, by name."""
    statement = select(Agent).where(Agent.authority_id == authority_id, queries.is_open())
    rows = session.exec(statement.order_by(col(Agent.family_name), col(Agent.given_name), col(Agent.id)))
    return [Candidate(row.id or 0, f"{row.given_name} {row.family_name}", row.email, bool(row.subject)) for row in rows]


def attach(
    session: Session,
    authority_id: int,
    *,
    code: str,
    agent_id: int,
    proof: str,
    by: int | None,
    now: datetime,
    differs: bool = False,
) -> int:
    """Attaches the identity of this code to an agent's account; gives the agent's id, for the caller to end sessions.

    by: the administrator, None for the operator's command. The account loses the identity that it had. differs: that
    the identity's name or address is not the account's was seen, and is right. Raises Invalid (no such code, no proof,
    a difference not seen), NotFound (no such active agent), Conflict (the identity has another active account).
    """
    arrival = _of_code(session, authority_id, code, now=now)
    problems = [] if proof.strip() else [_no_proof()]
    if arrival is None:
        problems.insert(0, _no_code())
    if arrival is None or problems:
        raise Invalid("Cette identité ne peut pas être rattachée.", problems)
    agent = _active(session, authority_id, agent_id)
    if not differs and not _alike(arrival, agent):
        raise Invalid("Cette identité n’est pas au nom du compte.", [_difference(arrival, agent)])
    details: dict[str, Any] = {"issuer": arrival.issuer, "from": agent.subject, "to": arrival.subject}
    details |= _released(session, authority_id, arrival, agent)
    agent.issuer, agent.subject = arrival.issuer, arrival.subject
    session.add(agent)
    _trace(session, agent, details, proof=proof, by=by, now=now)
    session.delete(arrival)
    session.flush()
    return agent_id


def detach(session: Session, authority_id: int, *, agent_id: int, proof: str, by: int | None, now: datetime) -> int:
    """Takes the identity of an agent's account away; gives the agent's id. Raises Invalid, NotFound or Conflict."""
    if not proof.strip():
        raise Invalid("Cette identité ne peut pas être détachée.", [_no_proof()])
    agent = _active(session, authority_id, agent_id)
    if not agent.subject:
        raise Conflict("Ce compte n’est rattaché à aucune identité ProConnect.")
    _trace(
        session,
        agent,
        {"issuer": agent.issuer, "from": agent.subject, "to": ""},
        proof=proof,
        by=by,
        now=now,
    )
    agent.issuer = agent.subject = ""
    session.add(agent)
    session.flush()
    return agent_id


def follow(session: Session, authority_id: int, *, former: str, issuer: str, proof: str, now: datetime) -> int:
    """Moves identities to the new address of the same provider, whose subjects stay; gives how many accounts moved.

    An identity that was attached anew meanwhile stays where it is. Raises Invalid without a proof.
    """
    if not proof.strip():
        raise Invalid("Ces identités ne peuvent pas être déplacées.", [_no_proof()])
    statement = select(Agent).where(Agent.authority_id == authority_id, col(Agent.subject) != "")
    rows = list(session.exec(statement.with_for_update()))
    taken = {row.subject for row in rows if row.issuer == issuer}
    moved = [row for row in rows if row.issuer == former and row.subject not in taken]
    for row in moved:
        details = {"issuer": issuer, "from_issuer": former, "from": row.subject, "to": row.subject}
        row.issuer = issuer
        session.add(row)
        _trace(session, row, details, proof=proof, by=None, now=now)
    session.flush()
    return len(moved)


def purge(session: Session, *, now: datetime) -> int:
    """Forgets the identities that waited too long; gives their number."""
    statement = delete(AgentArrival).where(too_late(now))
    return int(session.execute(statement).rowcount)  # type: ignore[attr-defined]


def too_late(now: datetime) -> ColumnElement[bool]:
    """That an identity waited too long."""
    return col(AgentArrival.at) <= now - KEPT


def _of_code(session: Session, authority_id: int, typed: str, *, now: datetime) -> AgentArrival | None:
    statement = select(AgentArrival).where(
        AgentArrival.authority_id == authority_id,
        AgentArrival.at > now - KEPT,
        col(AgentArrival.code_hash).in_(hashes(session, authority_id, _PURPOSE, _plain(typed))),
    )
    return session.exec(statement.with_for_update()).one_or_none()


def _active(session: Session, authority_id: int, agent_id: int) -> Agent:
    statement = select(Agent).where(Agent.authority_id == authority_id, Agent.id == agent_id, queries.is_open())
    row = session.exec(statement.with_for_update()).one_or_none()
    if row is None:
        raise NotFound("Cet agent n’existe pas, ou son compte est fermé.")
    return row


def _released(session: Session, authority_id: int, arrival: AgentArrival, agent: Agent) -> dict[str, int]:
    """Takes the identity from the closed account that may still hold it; an active one keeps it."""
    statement = _of_identity(authority_id, arrival.issuer, arrival.subject)
    holder = session.exec(statement).one_or_none()
    if holder is None or holder.id == agent.id:
        return {}
    if holder.is_active:
        raise Conflict("Cette identité est déjà rattachée à un autre compte.")
    holder.issuer = holder.subject = ""
    session.add(holder)
    session.flush()
    return {"released_from": holder.id or 0}


def _alike(arrival: AgentArrival, agent: Agent) -> bool:
    """Whether the employer's words name the person of the account: a question to ask, never a proof."""
    theirs = (_folded(arrival.given_name), _folded(arrival.family_name), arrival.email)
    return theirs == (_folded(agent.given_name), _folded(agent.family_name), agent.email)


def _folded(name: str) -> str:
    """Letters alone, without case nor accents."""
    return "".join(one for one in unicodedata.normalize("NFKD", name.casefold()) if one.isalpha())


def _of_identity(authority_id: int, issuer: str, subject: str) -> SelectOfScalar[Agent]:
    return select(Agent).where(Agent.authority_id == authority_id, Agent.issuer == issuer, Agent.subject == subject)


def _trace(
    session: Session, agent: Agent, details: dict[str, Any], *, proof: str, by: int | None, now: datetime
) -> None:
    key = agent.id or 0
    session.add(
        AccountRelink(
            authority_id=agent.authority_id,
            kind="agent",
            from_id=key,
            to_id=key,
            agent_id=by,
            proof=proof.strip()[:_LONGEST_PROOF],
            at=now,
            details=details,
        )
    )


def _plain(code: str) -> str:
    """The letters of a code, typed in any case and spacing."""
    return "".join(character for character in code.upper() if character.isalnum()).translate(
        str.maketrans("018", "OIB")
    )


def _no_code() -> Problem:
    message = "Ce repère n’existe pas ou n’est plus valable. L’agent en reçoit un autre en se connectant à nouveau."
    return Problem("code", "unknown", message)


def _difference(arrival: AgentArrival, agent: Agent) -> Problem:
    named = f"{arrival.given_name} {arrival.family_name}".strip() or "sans nom"
    theirs = f"{named}, {arrival.email or 'sans adresse'}"
    ours = f"{agent.given_name} {agent.family_name}, {agent.email}"
    message = (
        f"Ce repère est celui de «\u00a0{theirs}\u00a0», et le compte celui de «\u00a0{ours}\u00a0». "
        "Si c’est bien la même personne, dites-le."
    )
    return Problem("differs", "differs", message)


def _no_proof() -> Problem:
    return Problem("proof", "required", "Dites comment vous vous êtes assuré de l’identité de l’agent.")
