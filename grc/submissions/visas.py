"""Visas of elimination: a list drawn up for the archives, their answer recorded; or a standing visa of a procedure.

Nothing is destroyed here. Source: code du patrimoine L212-2, L212-3, R212-14: public archives are destroyed on the
visa of the archives alone; the visa is given on a list that says what, of which years, how much.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, col

from grc import clock
from grc.access.actors import AgentActor
from grc.attachments.models import Attachment
from grc.authorities import checking
from grc.authorities import queries as authorities
from grc.authorities.views import AuthorityView
from grc.catalogue import queries as catalogue
from grc.catalogue.models import InstalledProcedure
from grc.errors import Conflict, Invalid, NotFound, Problem
from grc.forms import export
from grc.journal.acts import JournalAct
from grc.journal.recording import record as record_in_journal
from grc.submissions import phases, retention
from grc.submissions.kept_models import Destruction, Visa
from grc.submissions.models import PROPOSED, Submission

MOST_LINES = 1000
"""Of one list; the next list has the rest."""
COLUMNS = (
    "demande",
    "service",
    "description",
    "première date",
    "dernière date",
    "à garder jusqu’au",
    "durée (mois)",
    "texte",
    "fichiers",
    "octets",
)
_CELLS = (
    "reference",
    "service",
    "description",
    "first_on",
    "last_on",
    "kept_until",
    "months",
    "source",
    "files",
    "bytes",
)


@dataclass(frozen=True)
class Granted:
    """The archives' answer. number, by: as they wrote it. on: None where no day was written."""

    number: str
    by: str
    on: date | None


@dataclass(frozen=True)
class Proposed:
    """An installed procedure: how long its demandes are kept, by which text, and how many wait for a list."""

    slug: str
    title: str
    months: int
    source: str
    count: int


def proposed(session: Session, authority: AuthorityView) -> list[Proposed]:
    """Every installed procedure with how many of its demandes may be put on a list; by slug."""
    ours = (col(InstalledProcedure.authority_id) == authority.id, col(InstalledProcedure.version_id).is_not(None))
    wanted = select(InstalledProcedure).where(*ours).order_by(col(InstalledProcedure.slug))
    found = []
    for installed in session.execute(wanted).scalars():
        theirs = (*_waiting(authority.id), col(Submission.procedure_id) == installed.id)
        on_a_list = col(Submission.reference).in_(_listed(session, authority.id, installed.slug))
        statement = select(func.count()).select_from(Submission).where(*theirs, ~on_a_list)
        count = int(session.execute(statement).scalar_one())
        procedure = catalogue.version(session, authority.id, installed.version_id or 0)
        kept = procedure.retention
        found.append(Proposed(installed.slug, procedure.title, kept.longest, kept.source, count))
    return found


def draw_up(session: Session, authority: AuthorityView, slug: str, *, by: AgentActor | None, now: datetime) -> Visa:
    """A list of what is proposed in that procedure and on no other list, at most 1000 lines; Conflict when empty.

    Its lines are fixed, and hashed as the archives will see them. by: None for a command of the operator.
    """
    _turn(session, authority.id, slug)
    listed = _listed(session, authority.id, slug)
    statement = (
        select(Submission)
        .join(InstalledProcedure, col(InstalledProcedure.id) == col(Submission.procedure_id))
        .where(*_waiting(authority.id), col(InstalledProcedure.slug) == slug)
        .order_by(col(Submission.retained_until), col(Submission.id))
    )
    rows = [row for row in session.execute(statement).scalars() if row.reference not in listed][:MOST_LINES]
    if not rows:
        raise Conflict("Aucune demande de cette démarche n’attend une liste.")
    volumes = _volumes(session, authority.id, rows)
    lines = [_line(session, authority, row, volumes) for row in rows]
    visa = Visa(
        authority_id=authority.id,
        procedure_slug=slug,
        listed=lines,
        sha256=hashlib.sha256(_written(lines)).hexdigest(),
        made_by_id=None if by is None else by.id,
        made_at=now,
    )
    return _keep(session, visa, JournalAct.VISA_LISTED, by=by, now=now, data={"count": len(lines)})


def record(
    session: Session, authority: AuthorityView, key: int, granted: Granted, *, by: AgentActor | None, now: datetime
) -> Visa:
    """The visa of a list, recorded: what it names is destroyed by the next passage of the sweeps.

    Raises Invalid with what is missing or impossible, NotFound, Conflict for a list that has its visa or is withdrawn.
    """
    visa = find(session, authority.id, key, lock=True)
    if visa.listed is None or visa.recorded_at is not None or visa.withdrawn_at is not None:
        raise Conflict("Cette liste n’attend plus de visa.")
    drawn_up_on = clock.day_in(authority.zone, visa.made_at)
    problems = _problems(granted, today=clock.day_in(authority.zone, now), since=drawn_up_on)
    if problems:
        raise Invalid("Le visa n’est pas enregistré.", problems)
    _grant(visa, granted, by=by, now=now)
    return _keep(session, visa, JournalAct.VISA_RECORDED, by=by, now=now, data={"sha256": visa.sha256})


def stand(
    session: Session,
    authority: AuthorityView,
    slug: str,
    granted: Granted,
    until_on: date | None,
    *,
    by: AgentActor | None,
    now: datetime,
) -> Visa:
    """A standing visa: what that procedure proposes is destroyed without a list, until that day or its withdrawal.

    Raises Invalid with what is missing or impossible, NotFound for no procedure of the authority.
    """
    mine = (col(InstalledProcedure.authority_id) == authority.id, col(InstalledProcedure.slug) == slug)
    if session.execute(select(col(InstalledProcedure.id)).where(*mine)).scalar_one_or_none() is None:
        raise NotFound("Cette démarche n’existe pas ici.")
    today = clock.day_in(authority.zone, now)
    problems = _problems(granted, today=today, since=None)
    if until_on is not None and until_on < today:
        problems.append(Problem("until_on", "past", "Ce visa est déjà fini. Vérifiez son dernier jour."))
    if problems:
        raise Invalid("Le visa n’est pas enregistré.", problems)
    visa = Visa(
        authority_id=authority.id,
        procedure_slug=slug,
        until_on=until_on,
        made_by_id=None if by is None else by.id,
        made_at=now,
    )
    _grant(visa, granted, by=by, now=now)
    return _keep(session, visa, JournalAct.VISA_RECORDED, by=by, now=now, data={"procedure": slug, "until": until_on})


def withdraw(session: Session, authority: AuthorityView, key: int, *, by: AgentActor | None, now: datetime) -> Visa:
    """The visa, or the list that waits for one, withdrawn: nothing more is destroyed on it. NotFound, Conflict."""
    visa = find(session, authority.id, key, lock=True)
    if visa.withdrawn_at is not None:
        raise Conflict("Ce visa est déjà retiré.")
    visa.withdrawn_at = now
    return _keep(session, visa, JournalAct.VISA_WITHDRAWN, by=by, now=now)


def find(session: Session, authority_id: int, key: int, *, lock: bool = False) -> Visa:
    """That list or visa of the authority; raises NotFound."""
    statement = select(Visa).where(col(Visa.authority_id) == authority_id, col(Visa.id) == key)
    found: Visa | None = session.execute(statement.with_for_update() if lock else statement).scalar_one_or_none()
    if found is None:
        raise NotFound("Cette liste n’existe pas.")
    return found


def every(session: Session, authority_id: int, *, limit: int = 100) -> list[tuple[Visa, int]]:
    """The lists and visas, newest first, each with how many demandes were destroyed on it."""
    gone = (
        select(func.count())
        .where(
            col(Destruction.authority_id) == col(Visa.authority_id),
            col(Destruction.visa_id) == col(Visa.id),
            col(Destruction.stage) == "answers",
        )
        .correlate(Visa)
        .scalar_subquery()
    )
    statement = select(Visa, gone).where(col(Visa.authority_id) == authority_id).order_by(col(Visa.id).desc())
    return [(visa, int(count)) for visa, count in session.execute(statement.limit(limit)).all()]


def destroyed_on(session: Session, visa: Visa) -> int:
    """How many demandes were destroyed on it."""
    table, mine = Destruction, col(Destruction.visa_id) == visa.id
    theirs = (col(table.authority_id) == visa.authority_id, mine, col(table.stage) == "answers")
    return int(session.execute(select(func.count()).select_from(table).where(*theirs)).scalar_one())


def title_of(session: Session, visa: Visa) -> str:
    """The title of its procedure today; its slug once nothing of it is published."""
    try:
        return catalogue.published(session, visa.authority_id, visa.procedure_slug).procedure.title
    except NotFound:
        return visa.procedure_slug


def is_in_force(visa: Visa, today: date) -> bool:
    """Whether something may be destroyed on it that day."""
    is_over = visa.until_on is not None and today > visa.until_on
    return visa.recorded_at is not None and visa.withdrawn_at is None and visa.done_at is None and not is_over


def as_csv(visa: Visa) -> bytes:
    """The list as the archives see it: UTF-8 with its mark, semicolons; its SHA-256 is the visa's."""
    return _written(visa.listed or [])


def references_of(visa: Visa) -> list[str]:
    """The demandes of the list, in its order."""
    return [str(line["reference"]) for line in visa.listed or []]


def _waiting(authority_id: int) -> tuple[Any, ...]:
    """What is proposed for destruction and not destroyed."""
    return (
        col(Submission.authority_id) == authority_id,
        PROPOSED,
        col(Submission.phase).in_(phases.ENDED),
        ~retention.linked_with_an_open_one(),
    )


def _listed(session: Session, authority_id: int, slug: str) -> set[str]:
    """The demandes that wait on a list of that procedure, or for its destruction."""
    mine = (col(Visa.authority_id) == authority_id, col(Visa.procedure_slug) == slug)
    statement = select(Visa).where(*mine, col(Visa.withdrawn_at).is_(None), col(Visa.done_at).is_(None))
    return {each for visa in session.execute(statement).scalars() for each in references_of(visa)}


def _turn(session: Session, authority_id: int, slug: str) -> None:
    """Waits for whoever draws up a list of that procedure: two at once would take the same demandes."""
    mine = (col(InstalledProcedure.authority_id) == authority_id, col(InstalledProcedure.slug) == slug)
    session.execute(select(col(InstalledProcedure.id)).where(*mine).with_for_update(key_share=True))


def _volumes(session: Session, authority_id: int, rows: Sequence[Submission]) -> dict[int, tuple[int, int]]:
    """How many files each has, and their bytes."""
    table = Attachment
    statement = (
        select(col(table.submission_id), func.count(), func.sum(col(table.size_bytes)))
        .where(col(table.authority_id) == authority_id, col(table.submission_id).in_([row.id for row in rows]))
        .group_by(col(table.submission_id))
    )
    return {key: (int(count), int(size)) for key, count, size in session.execute(statement).all()}


def _line(
    session: Session, authority: AuthorityView, row: Submission, volumes: Mapping[int, tuple[int, int]]
) -> dict[str, Any]:
    """A line of the list: ids, days and volumes; nothing of it names a person."""
    published = catalogue.version(session, authority.id, row.version_id)
    files, size = volumes.get(row.id or 0, (0, 0))
    kept = published.retention_in(row.state)
    assert row.retained_until is not None  # noqa: S101 - it was proposed
    return {
        "reference": row.reference,
        "service": authorities.service(session, authority.id, row.service_id).name,
        "description": f"Demande : {published.title}",
        "first_on": row.first_received_on.isoformat(),
        "last_on": clock.day_in(authority.zone, row.state_since).isoformat(),
        "kept_until": row.retained_until.isoformat(),
        "months": kept.months,
        "source": kept.source,
        "files": files,
        "bytes": size,
    }


def _written(lines: Sequence[Mapping[str, Any]]) -> bytes:
    written = io.StringIO()
    writer = csv.writer(written, delimiter=";", lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows([export.defused(str(line[cell])) for cell in _CELLS] for line in lines)
    return ("\ufeff" + written.getvalue()).encode()


def _problems(granted: Granted, *, today: date, since: date | None) -> list[Problem]:
    found = checking.length("number", granted.number, 100) + checking.length("granted_by", granted.by, 200)
    if not granted.number.strip():
        found.append(Problem("number", "required", "Saisissez le numéro du visa, comme les Archives l’ont écrit."))
    if not granted.by.strip():
        found.append(Problem("granted_by", "required", "Dites qui a donné le visa."))
    if granted.on is None:
        found.append(Problem("granted_on", "day", "Écrivez le jour du visa, par exemple 24/12/2026."))
    elif granted.on > today:
        found.append(Problem("granted_on", "future", "Ce jour est à venir. Vérifiez la date du visa."))
    elif since is not None and granted.on < since:
        found.append(Problem("granted_on", "before", "Ce visa est d’avant la liste. Vérifiez sa date."))
    return found


def _grant(visa: Visa, granted: Granted, *, by: AgentActor | None, now: datetime) -> None:
    visa.number, visa.granted_by, visa.granted_on = granted.number.strip(), granted.by.strip(), granted.on
    visa.recorded_by_id, visa.recorded_at = None if by is None else by.id, now


def _keep(
    session: Session,
    visa: Visa,
    act: JournalAct,
    *,
    by: AgentActor | None,
    now: datetime,
    data: Mapping[str, Any] | None = None,
) -> Visa:
    session.add(visa)
    session.flush()
    record_in_journal(session, visa.authority_id, act, ("visa", visa.id or 0), by=by, now=now, data=data)
    return visa
