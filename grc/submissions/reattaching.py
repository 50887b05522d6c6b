"""Attaches an account to another identity of the same person: an agent compares both, with a proof before them.

The demandes and drafts of the account of before go to the new one, and it is closed. Nothing of it is undone but by
another attachment, with its own trace.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlmodel import Session, col

from grc import references
from grc.access.actors import AgentActor
from grc.access.permissions import Permission, require
from grc.authorities.models import AccountRelink
from grc.citizens import accounts, links, relinking
from grc.citizens.models import Citizen, EmailLink
from grc.citizens.relinking import Pair
from grc.errors import Forbidden, Invalid, Problem
from grc.journal.acts import JournalAct
from grc.journal.recording import record
from grc.sessions import limits
from grc.submissions import watched
from grc.submissions.helpers import Helper
from grc.submissions.models import Draft, Submission
from grc.submissions.queries import within

SHORTEST_PROOF, LONGEST_PROOF = 10, 500
_SHOWN = 5
_BEYOND = (
    "Ce compte a aussi des demandes que vous ne pouvez pas lire. Demandez ce rattachement à un collègue qui les lit "
    "toutes, ou ce droit à l’administrateur de la commune."
)


@dataclass(frozen=True)
class Asked:
    """What an agent types: the code that the person tells, and a demande or the address of the account of before."""

    code: str
    former: str


@dataclass(frozen=True)
class Demande:
    """A demande of the account of before, as the agent compares it. helper: who filed it for its applicant, or ""."""

    reference: str
    applicant: str
    helper: str


@dataclass(frozen=True)
class Comparison:
    """Both accounts and what would move. demandes: the last within reach; counts: of all; beyond: out of reach."""

    pair: Pair
    demandes: Sequence[Demande]
    submissions: int
    drafts: int
    beyond: int = 0


def compare(session: Session, asked: Asked, *, by: AgentActor, now: datetime) -> Comparison:
    """Both accounts side by side; changes nothing. Raises Invalid with what does not match, TooMany."""
    require(by, Permission.ACCOUNT_RELINK)
    limits.hit(session, (limits.RELINK_CODES, str(by.id)), authority_id=by.authority_id, now=now)
    _, old, new = _found(session, asked, by=by, now=now)
    mine = (col(Submission.authority_id) == by.authority_id, col(Submission.citizen_id) == old.id)
    rows = session.execute(
        select(col(Submission.reference), col(Submission.applicant_name), col(Submission.helper))
        .where(*mine, within(by))
        .order_by(col(Submission.received_at).desc())
        .limit(_SHOWN)
    ).all()
    watched.note_listed(session, "rattachements", [row.reference for row in rows], by=by, now=now)
    counted = select(func.count()).select_from(Submission).where(*mine)
    count = session.execute(counted).scalar_one()
    return Comparison(
        pair=relinking.compare(old, new),
        demandes=[Demande(row.reference, row.applicant_name, _helper(row.helper)) for row in rows],
        submissions=count,
        drafts=len(_drafts_of(session, by.authority_id, old)),
        beyond=count - session.execute(counted.where(within(by))).scalar_one(),
    )


def attach(
    session: Session, asked: Asked, *, seen: tuple[int, int], proof: str, is_same: bool, by: AgentActor, now: datetime
) -> Comparison:
    """What moved, once the account of before is closed into the new one; the code is used up.

    seen: both accounts as the agent compared them. proof: what the agent was shown, in words; no copy is kept.
    is_same: their word that it is one person. Raises Invalid with what is wrong, and where another was quicker;
    Forbidden where a demande that the agent may not read would move along.
    """
    compared = compare(session, asked, by=by, now=now)
    if compared.beyond:
        raise Forbidden(_BEYOND)
    problems = _unsure(proof, is_same=is_same)
    if (compared.pair.old_id, compared.pair.new_id) != seen:
        problems = [Problem("code", "stale", "Les comptes ne sont plus les mêmes. Comparez-les de nouveau.")]
    if problems:
        raise Invalid("Le rattachement est incomplet.", problems)
    link, old, new = _found(session, asked, by=by, now=now, lock=True)
    link.used_at = now
    session.add(link)
    addresses = [address for address in dict.fromkeys((old.email, new.email)) if address]
    moved = {"submissions": _move(session, Submission, old, new), "drafts": _drafts_of(session, by.authority_id, old)}
    _move(session, Draft, old, new)
    assert old.id is not None and new.id is not None  # noqa: S101 - read from the database
    accounts.close(session, by.authority_id, old.id, now=now)
    old.merged_into_id = new.id
    session.add(old)
    trace = {"authority_id": by.authority_id, "from_id": old.id, "to_id": new.id, "agent_id": by.id}
    session.add(AccountRelink(**trace, kind="citizen", proof=proof.strip(), at=now, details=moved))
    data = {"from": old.id, "submissions": len(moved["submissions"])}
    record(session, by.authority_id, JournalAct.CITIZEN_RELINKED, ("citizen", new.id), by=by, now=now, data=data)
    for address in addresses:
        links.send(
            session,
            by.authority_id,
            purpose=links.RELINKED,
            email=address,
            lasts=links.CHANGE_LASTS,
            citizen_id=new.id,
            now=now,
        )
    session.flush()
    return compared


def latest(session: Session, *, by: AgentActor, most: int = 20) -> Sequence[AccountRelink]:
    """The last attachments of citizens' accounts, newest first."""
    require(by, Permission.ACCOUNT_RELINK)
    mine = (col(AccountRelink.authority_id) == by.authority_id, col(AccountRelink.kind) == "citizen")
    statement = select(AccountRelink).where(*mine).order_by(col(AccountRelink.at).desc(), col(AccountRelink.id).desc())
    return list(session.execute(statement.limit(most)).scalars())


def _found(
    session: Session, asked: Asked, *, by: AgentActor, now: datetime, lock: bool = False
) -> tuple[EmailLink, Citizen, Citizen]:
    """The code, the account of before, and the new one; raises Invalid."""
    if not asked.code.strip():
        raise Invalid("Le code manque.", [Problem("code", "required", "Saisissez le code que la personne vous donne.")])
    link = relinking.of_code(session, by.authority_id, asked.code, now=now, lock=lock)
    new = None if link is None else _open(session, by.authority_id, link.citizen_id, lock=lock)
    if link is None or new is None:
        message = "Ce code n’est pas bon, a déjà servi, ou n’est plus valable. La personne peut en demander un autre."
        raise Invalid("Le code ne convient pas.", [Problem("code", "unknown", message)])
    old = _open(session, by.authority_id, _former(session, asked.former, by=by, new=new), lock=lock)
    if old is None or old.id == new.id:
        message = "Cette demande est à un compte fermé, ou déjà à celui du code."
        raise Invalid("Le compte ne convient pas.", [Problem("former", "same", message)])
    return link, old, new


def _former(session: Session, typed: str, *, by: AgentActor, new: Citizen) -> int | None:
    """The key of the account that a demande's number or an address names; raises Invalid."""
    reference = references.read_reference(typed)
    if reference is not None:
        mine = (col(Submission.authority_id) == by.authority_id, col(Submission.reference) == reference)
        key: int | None = session.execute(select(col(Submission.citizen_id)).where(*mine)).scalar_one_or_none()
        if key is not None:
            return key
        message = "Aucun compte n’a de demande de ce numéro. Une demande faite sans compte s’ouvre avec son code."
        raise Invalid("Le compte ne convient pas.", [Problem("former", "unknown", message)])
    found = relinking.of_address(session, by.authority_id, typed, but=new.id or 0)
    if len(found) == 1:
        return found[0]
    message = "Aucun compte n’a confirmé cette adresse. Demandez le numéro d’une ancienne demande."
    if found:
        message = "Plusieurs comptes ont cette adresse. Demandez le numéro d’une ancienne demande."
    raise Invalid("Le compte ne convient pas.", [Problem("former", "unknown", message)])


def _open(session: Session, authority_id: int, key: int | None, *, lock: bool) -> Citizen | None:
    mine = (col(Citizen.authority_id) == authority_id, col(Citizen.id) == key, col(Citizen.closed_at).is_(None))
    statement = select(Citizen).where(*mine)
    found: Citizen | None = session.execute(statement.with_for_update() if lock else statement).scalar_one_or_none()
    return found


def _unsure(proof: str, *, is_same: bool) -> list[Problem]:
    problems = []
    if not SHORTEST_PROOF <= len(proof.strip()) <= LONGEST_PROOF:
        message = "Écrivez quelle preuve vous avez vue, par exemple une décision de changement de prénom et sa date."
        problems.append(Problem("proof", "required", message))
    if not is_same:
        problems.append(Problem("same", "required", "Cochez la case si c’est la même personne. Sinon, arrêtez ici."))
    return problems


def _drafts_of(session: Session, authority_id: int, old: Citizen) -> list[int]:
    mine = (col(Draft.authority_id) == authority_id, col(Draft.citizen_id) == old.id)
    return list(session.execute(select(col(Draft.id)).where(*mine, col(Draft.submission_id).is_(None))).scalars())


def _move(session: Session, table: type[Any], old: Citizen, new: Citizen) -> list[int]:
    """The keys of the rows of an account that are another's from now on."""
    mine = (col(table.authority_id) == old.authority_id, col(table.citizen_id) == old.id)
    moved = update(table).where(*mine).values(citizen_id=new.id).returning(col(table.id))
    return sorted(session.execute(moved.execution_options(synchronize_session=False)).scalars())


def _helper(stored: Any) -> str:
    helper = Helper.of(stored)
    return "" if helper is None else helper.words
