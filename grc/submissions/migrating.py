"""Moving open submissions to the published version by a migration map: first told, then done one by one.

Nothing legal moves: the day of receipt, the parameters and the date of silence are those of the filing. No action is
run and nobody is written to.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from grc.access.actors import System
from grc.authorities.views import AuthorityView
from grc.catalogue import queries as catalogue
from grc.catalogue.definition import Procedure
from grc.conditions import Faults
from grc.errors import Conflict
from grc.forms import judging
from grc.forms.summary import sections
from grc.receipts.parts import rule_of
from grc.submissions import phases, timers
from grc.submissions.acts import Act
from grc.submissions.events import Kind
from grc.submissions.exchange_models import Timer
from grc.submissions.models import Submission
from grc.workflow import migration, words
from grc.workflow.migration import MigrationMap

Json = Any


@dataclass(frozen=True)
class Change:
    """What a migration does to one submission: the numbers of the versions, the labels of the states, and the rest.

    unrun: the actions that it does not run. lost: what would no longer be possible or shown. timers: what happens to
    each delay that runs, in words. blocked: why it may not be moved, or "".
    """

    reference: str
    version_before: int
    version_after: int
    state_before: str
    state_after: str
    unrun: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    timers: tuple[str, ...] = ()
    blocked: str = ""


def plan(
    session: Session, authority: AuthorityView, slug: str, document: Mapping[str, Json], *, where: str
) -> list[Change]:
    """What would change, for each open submission of another version, the oldest first; nothing is written.

    Raises NotFound without a published procedure of that slug, Misconfigured with every fault of the map.
    """
    target = catalogue.published(session, authority.id, slug)
    rows = _open(session, authority.id, target.procedure_id, target.version_id)
    maps = _maps(session, authority.id, rows, target.procedure, document, where)
    return [_Move(session, authority, row, target.version_id, maps[row.version_id]).change() for row in rows]


def migrate(
    session: Session,
    authority: AuthorityView,
    reference: str,
    document: Mapping[str, Json],
    *,
    by: System,
    now: datetime,
) -> Change:
    """Moves one submission, with its event and one more revision.

    Raises Conflict when it may not be moved, or was closed or moved meanwhile; Misconfigured for a wrong map.
    """
    mine = (col(Submission.authority_id) == authority.id, col(Submission.reference) == reference)
    row = session.execute(select(Submission).where(*mine).with_for_update()).scalar_one()
    before = catalogue.version(session, authority.id, row.version_id)
    target = catalogue.published(session, authority.id, before.slug)
    if row.phase not in phases.OPEN or row.version_id == target.version_id:
        raise Conflict(f"La demande {reference} n’est plus à déplacer.")
    read = _maps(session, authority.id, [row], target.procedure, document, "map")[row.version_id]
    move = _Move(session, authority, row, target.version_id, read)
    change = move.change()
    if change.blocked:
        raise Conflict(f"{reference} : {change.blocked}")
    move.apply(by, now)
    return change


def _open(session: Session, authority_id: int, procedure_id: int, version_id: int) -> Sequence[Submission]:
    mine = (col(Submission.authority_id) == authority_id, col(Submission.procedure_id) == procedure_id)
    elsewhere = (col(Submission.phase).in_(phases.OPEN), col(Submission.version_id) != version_id)
    return session.execute(select(Submission).where(*mine, *elsewhere).order_by(col(Submission.id))).scalars().all()


def _maps(
    session: Session,
    authority_id: int,
    rows: Sequence[Submission],
    target: Procedure,
    document: Mapping[str, Json],
    where: str,
) -> dict[int, MigrationMap]:
    """The map read against each old version that some submission has; raises Misconfigured."""
    faults = Faults()
    found: dict[int, MigrationMap] = {}
    for version_id in dict.fromkeys(row.version_id for row in rows):
        old = catalogue.version(session, authority_id, version_id).workflow
        found[version_id] = migration.parse(document, old, target.workflow, where=where, faults=faults)
    faults.raise_any()
    return found


class _Move:
    """One submission on its way from its version to another."""

    def __init__(
        self, session: Session, authority: AuthorityView, row: Submission, version_id: int, read: MigrationMap
    ) -> None:
        self._session, self._authority, self._row, self._read = session, authority, row, read
        self._version_id = version_id
        self._before = catalogue.version(session, authority.id, row.version_id)
        self._after = catalogue.version(session, authority.id, version_id)
        self._state = read.state(row.state)

    def change(self) -> Change:
        old, new, state = self._before.workflow, self._after.workflow, self._row.state
        facts = (catalogue.version_facts(self._session, self._authority.id, key) for key in self._versions())
        before, after = (each.number for each in facts)
        unrun = migration.unrun(self._read, old, new, state)
        delays = (f"{event} compte depuis l’entrée dans l’état" for event in self._started())
        return Change(
            reference=self._row.reference,
            version_before=before,
            version_after=after,
            state_before=old.state(state).label,
            state_after=new.state(self._state).label,
            unrun=tuple(dict.fromkeys(words.ACTION_WORDS[each.type] for each in unrun)),
            lost=(*migration.unheard(self._read, old, new, state), *self._answers()),
            timers=(*(self._told(each) for each in self._timers()), *delays),
            blocked=self._blocked(),
        )

    def apply(self, by: System, now: datetime) -> None:
        row, (before, after) = self._row, self._versions()
        data = {"from_version": before, "to_version": after, "from_state": row.state}
        started = self._started()
        row.version_id, row.state = after, self._state
        row.phase = phases.of_state(self._after.workflow, self._state)
        row.editable = [page for page in row.editable or [] if self._after.form.page(page)] or None
        for timer in self._timers():
            followed = self._read.event(timer.event)
            if followed is None:
                timer.state, timer.ended_at = "stopped", now
            timer.event = followed or timer.event
            self._session.add(timer)
        act = Act(self._session, self._authority, row, by=by, now=now)
        act.record(Kind.MIGRATED, data)
        for event, due_at in started.items():
            self._session.add(
                Timer(
                    authority_id=self._authority.id,
                    submission_id=act.id,
                    event=event,
                    started_at=row.state_since,
                    started_at_revision=row.revision,
                    due_at=due_at,
                )
            )

    def _versions(self) -> tuple[int, int]:
        return self._row.version_id, self._version_id

    def _blocked(self) -> str:
        """The legal period was announced at filing: a version that reckons otherwise would move it."""
        answers = self._row.answers
        terms = [rule_of(each.silence_for(answers)) for each in (self._before, self._after)]
        if terms[0] != terms[1]:
            return "le délai légal de la nouvelle version n’est pas celui annoncé au dépôt"
        return ""

    def _answers(self) -> tuple[str, ...]:
        """What the new form refuses of the answers, and what it no longer asks."""
        row, form = self._row, self._after.entered_by(self._row.channel).form
        problems = judging.check(form, row.current_answers, as_of=row.first_received_on)
        known = {field.name for field in form.fields}
        lines = [line for part in sections(self._before.form, row.current_answers) for line in part.lines]
        unseen = [line.label for line in lines if line.field.name not in known and not line.missing]
        refused = [f"réponse que le nouveau formulaire refuse, « {each.field} » : {each.message}" for each in problems]
        return (*refused, *(f"réponse qui ne se montrera plus : {label}" for label in unseen))

    def _timers(self) -> list[Timer]:
        assert self._row.id is not None  # noqa: S101 - it was read from the database
        found = timers.of_submission(self._session, self._authority.id, self._row.id)
        return [each for each in found if each.state == "running"]

    def _started(self) -> dict[str, datetime]:
        """The delays of the new state that did not run, counted from the entry of the old one."""
        running = {self._read.event(each.event) for each in self._timers()}
        lengths = migration.delays(self._after.workflow, self._state)
        return {
            event: timers.later(self._row.state_since, length, zone=self._authority.zone)
            for event, length in lengths.items()
            if event not in running
        }

    def _told(self, timer: Timer) -> str:
        followed = self._read.event(timer.event)
        return f"{timer.event} s’arrête" if followed is None else f"{timer.event} devient {followed}"
