"""Random histories of demandes over a real database, by the real commands, in a time that only they move."""

from __future__ import annotations

import itertools
import json
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from copy import deepcopy
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import select, update
from sqlmodel import Session, col

from grc import clock, references, resources
from grc.access import actors
from grc.access.actors import AgentActor, Visitor
from grc.access.reach import of_role
from grc.attachments.commands import StoredFile
from grc.authorities import queries as authorities
from grc.catalogue import loading, publishing
from grc.catalogue import queries as catalogue
from grc.db import Database, Keyring, connect
from grc.errors import GrcError
from grc.receipts import Administration
from grc.sessions import commands as sessions
from grc.submissions import (
    citizen_commands,
    commands,
    correcting,
    desk,
    documents,
    drafts,
    filing,
    letters,
    reasons,
    transfers,
    withdrawing,
)
from grc.submissions.commands import AskedDocument, DecisionMade, DocumentsAsked
from grc.submissions.models import Draft, Submission, Task
from grc.submissions.notices import PRINT_LETTER
from grc.sweeping import due
from grc.sweeping.sweeps import SWEEPS, Sweep, named
from tests.support import cases, invented
from tests.support.demandes import commune
from tests.support.world import SECRET, seeded

_PROOF = json.loads((resources.folder("form_catalogue") / "blocks/proof/schema.json").read_text(encoding="utf-8"))
MEMORY = Path("/dev/shm")
"""Where a commit costs nothing: these histories are about the law, not about durability."""
PIECES = ("proof", "plan")
"""The first is indispensable, the second is not (L114-5-1)."""
PROCEDURES = ("silence-accepte", "silence-refuse", "silence-tacite")
"""Acceptance; rejection; rejection where the workflow handles the clocks, with a delay and a due date of its own."""


def document_of(slug: str) -> dict[str, Any]:
    """The invented procedure of that slug, with two pieces."""
    texts = {"proof": "Règlement du banc, article 1", "plan": "Règlement du banc, article 2"}
    pieces = {
        name: {**_PROOF, "title": f"Pièce {name}", "x-required-by": {"source": text, "indispensable": name == "proof"}}
        for name, text in texts.items()
    }
    controls = [{"type": "Control", "scope": f"#/properties/{name}"} for name in pieces]
    schema = invented.required_of(invented.SCHEMA, "person")
    page = {"type": "Category", "x-id": "pieces", "label": "Les pièces", "elements": controls}
    rule = "acceptance" if slug == "silence-accepte" else "rejection"
    unit = {"period": 30, "unit": "day"} if slug == "silence-tacite" else {"period": 2, "unit": "month"}
    made = invented.document(
        schema=schema | {"properties": schema["properties"] | pieces},
        ui=invented.UI | {"elements": [*invented.UI["elements"], page], "x-desk": {"optional": ["person.email"]}},
        workflow="standard",
        identification="required",
        silence=[{"rule": rule, "source": cases.ARTICLES[rule], **unit}],
        appeal=[cases.GRACIEUX, cases.CONTENTIEUX],
    )
    made["slug"] = slug
    if slug == "silence-tacite":
        made["workflow"] = timed(made["workflow"])
    return made


def timed(workflow: dict[str, Any]) -> dict[str, Any]:
    """The workflow with a state of silence, a deadline that sends back to the agent, a delay that gives up, a clock."""
    made = deepcopy(workflow)
    by_itself = {"meta": {"by": ["system"]}}
    made["states"]["silent"] = {"meta": {"label": "Tacite", "sentence": "Le silence a décidé.", "phase": "decided"}}
    made["states"]["given_up"] = {"meta": {"label": "Sans suite", "sentence": "Sans suite.", "phase": "closed"}}
    made["states"]["waiting_for_documents"]["after"] = {"patience": {"target": "given_up", **by_itself}}
    made["delays"] = {"patience": "P3M"}
    made["on"] = {
        "clock.silence": {"target": ".silent", **by_itself},
        "clock.documents": {"target": ".in_progress", **by_itself},
    }
    made["meta"]["clocks"] = {
        "answer": {
            "label": "Réponse attendue",
            "from": "received",
            "period": 9,
            "unit": "day_without_holidays",
            "source": "Essai",
            "warn": "P2D",
            "stops": ["accept", "refuse"],
        }
    }
    return made


@cache
def template() -> Path:
    """A seeded SQLite file where Tilleul offers the procedures."""
    folder = Path(tempfile.mkdtemp(prefix="grc-histories-"))
    database = connect(seeded(folder), Keyring([SECRET]))
    offer(database)
    database.close()
    return folder / "grc.db"


def offer(database: Database) -> None:
    """Publishes the procedures in Tilleul."""
    authority = commune(database)
    for slug in PROCEDURES:
        with database.writing(scope=authority.id) as session:
            publishing.publish(
                session,
                authority.id,
                loading.from_document(document_of(slug)),
                service_slug="etat-civil",
                confirmed={"silence", "appeal", "lint"},
                by="test",
                now=clock.now(),
            )


def an_agent(database: Database) -> AgentActor:
    """An agent of Tilleul."""
    authority = commune(database)
    with database.reading(scope=authority.id) as session:
        row = authorities.agent_of_email(session, authority.id, "claire.modele@tilleul.example")
        assert row is not None
        return authorities.actor_of(row, reach=of_role(row.role, frozenset()))


class History:
    """One installation and its time, which only this history moves. Refusals of the product are part of it.

    Whatever a sweep does there, the question of who has anything due had named the commune: see `_swept`.
    """

    def __init__(self, start: datetime, database: Database | None = None) -> None:
        """database: where the procedures are offered; a fresh one when none is given."""
        self.folder = Path(tempfile.mkdtemp(prefix="grc-history-", dir=MEMORY if MEMORY.is_dir() else None))
        if database is None:
            shutil.copy(template(), self.folder / "grc.db")
            database = connect(f"sqlite:///{self.folder / 'grc.db'}", Keyring([SECRET]))
        self.database: Database = database
        self.authority = commune(self.database)
        self.now = start
        self.demandes: list[tuple[int, str, Visitor]] = []
        self.told: list[str] = []
        self.did: set[str] = set()
        self._numbers = itertools.count()

    def close(self) -> None:
        """Forgets everything."""
        self.database.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A unit of work; what the product refuses is undone and leaves no trace."""
        try:
            with self.database.writing(scope=self.authority.id) as session:
                yield session
        except GrcError as error:
            self.told.append(f"    refused: {type(error).__name__}")

    def reading(self, read: Callable[[Session], Any]) -> Any:
        """What the function reads."""
        with self.database.reading(scope=self.authority.id) as session:
            return read(session)

    @property
    def today(self) -> date:
        """The legal day."""
        return clock.day_in(self.authority.zone, self.now)

    def row(self, which: int) -> Submission:
        """The demande as it is now."""
        key = self.demandes[which % len(self.demandes)][0]
        found: Submission = self.reading(lambda session: session.get_one(Submission, key))
        return found

    def to(self, instant: datetime) -> None:
        """Moves the time on to that instant, if it lies ahead."""
        self.now = max(self.now, instant)

    def to_day(self, day: date, *, hour: int = 0) -> None:
        """Moves the time on to that hour of that day in the commune."""
        self.to(cases.local(day, zone=self.authority.zone, hour=hour))

    def file(self, slug: str, *, at_desk: bool = False) -> None:
        """A demande is filed now: by its author, or at the desk for somebody who has no e-mail address."""
        self._type(slug) if at_desk else self._send(slug)

    def _type(self, slug: str) -> None:
        agent, answers = an_agent(self.database), deepcopy(cases.ANSWERS)
        del answers["person"]["email"]
        by = actors.at_desk(agent)
        with self.writing() as session:
            begun = desk.begin(session, self.authority, desk.Entry(slug, "desk", self.today), by=agent, now=self.now)
            mine = update(Draft).where(col(Draft.public_id) == begun.public_id)
            session.execute(mine.values(answers=answers))
            session.expire_all()
            done = filing.submit(session, self.authority, begun.public_id, client="::1", by=by, now=self.now)
            assert done.submission_id is not None, done.problems
            row = session.get_one(Submission, done.submission_id)
            granted = Visitor(self.authority.id, granted=frozenset({done.submission_id}))
            self.demandes.append((done.submission_id, row.reference, granted))

    def post_a_letter(self, which: int, ago: int) -> None:
        """An agent prints the oldest letter that waits for it, and notes that it was posted so many days ago."""
        row, by = self.row(which), an_agent(self.database)
        mine = (col(Task.submission_id) == row.id, col(Task.kind) == PRINT_LETTER, col(Task.closed_at).is_(None))
        waiting = select(col(Task.notice_id)).where(*mine).order_by(col(Task.id)).limit(1)
        number = self.reading(lambda session: session.execute(waiting).scalar_one_or_none())
        if number is None:
            return
        with self.writing() as session:
            letters.keep(session, self.authority, row.reference, number, b"%PDF-", by=by, now=self.now)
        day = self.today - timedelta(days=ago)
        with self.writing() as session:
            letters.note_posted(
                session, self.authority, row.reference, number, day, revision=row.revision, by=by, now=self.now
            )

    def _send(self, slug: str) -> None:
        begun = self.now - timedelta(minutes=5)
        with self.writing() as session:
            opened = sessions.open_session(session, authority_id=self.authority.id, public="citizen", now=begun)
            offered = catalogue.published(session, self.authority.id, slug)
            draft = Draft(
                authority_id=self.authority.id,
                public_id=references.new_public_id(),
                procedure_id=offered.procedure_id,
                version_id=offered.version_id,
                session_id=opened.id,
                answers=dict(cases.ANSWERS),
                created_at=begun,
                saved_at=begun,
                expires_at=begun + drafts.LIFE,
            )
            session.add(draft)
            session.flush()
            by = Visitor(self.authority.id, opened.id)
            done = filing.submit(session, self.authority, draft.public_id, client="::1", by=by, now=self.now)
            assert done.submission_id is not None, done.problems
            row = session.get_one(Submission, done.submission_id)
            granted = Visitor(self.authority.id, opened.id, granted=frozenset({done.submission_id}))
            self.demandes.append((done.submission_id, row.reference, granted))

    def take_charge(self, which: int) -> None:
        """An agent takes the demande."""
        row, by = self.row(which), an_agent(self.database)
        with self.writing() as session:
            commands.take_charge(session, self.authority, row.reference, revision=row.revision, by=by, now=self.now)

    def ask(self, which: int, pieces: Sequence[str], days: int) -> None:
        """An agent asks for pieces."""
        row, by = self.row(which), an_agent(self.database)
        items = [AskedDocument(name, "missing") for name in pieces]
        asked = DocumentsAsked(items, self.today + timedelta(days=days), "", row.revision)
        with self.writing() as session:
            commands.request_documents(session, self.authority, row.reference, asked, by=by, now=self.now)

    def send(self, which: int, pieces: Sequence[str]) -> None:
        """The citizen sends pieces for the request that is open."""
        _key, reference, by = self.demandes[which % len(self.demandes)]
        files = {name: [self._file()] for name in pieces}
        with self.writing() as session:
            citizen_commands.answer_request(session, self.authority, reference, files, by=by, now=self.now)

    def add_piece(self, which: int) -> None:
        """The citizen sends a piece of their own accord."""
        _key, reference, by = self.demandes[which % len(self.demandes)]
        with self.writing() as session:
            citizen_commands.add_piece(
                session, self.authority, reference, [self._file()], client="::1", by=by, now=self.now
            )

    def decide(self, which: int, outcome: Any) -> None:
        """An agent decides."""
        row, by = self.row(which), an_agent(self.database)
        made = DecisionMade(outcome, "Un motif.", row.revision)
        with self.writing() as session:
            commands.decide(session, self.authority, row.reference, made, by=by, now=self.now)

    def withdraw(self, which: int) -> None:
        """The citizen withdraws."""
        row, by = self.row(which), self.demandes[which % len(self.demandes)][2]
        with self.writing() as session:
            citizen_commands.withdraw(
                session, self.authority, row.reference, revision=row.revision, by=by, now=self.now
            )

    def note_received(self, which: int, pieces: Sequence[str], ago: int) -> None:
        """An agent notes pieces that came by post so many days ago."""
        row, by = self.row(which), an_agent(self.database)
        marked = documents.Marked(pieces, self.today - timedelta(days=ago), row.revision)
        with self.writing() as session:
            documents.mark_received(session, self.authority, row.reference, marked, by=by, now=self.now)

    def ask_reasons(self, which: int) -> None:
        """The citizen asks why silence refused."""
        _key, reference, by = self.demandes[which % len(self.demandes)]
        with self.writing() as session:
            reasons.ask(session, self.authority, reference, by=by, now=self.now)

    def withdraw_acceptance(self, which: int) -> None:
        """An agent takes an acceptance back."""
        row, by = self.row(which), an_agent(self.database)
        made = withdrawing.Withdrawal("Acte illégal.", None, at_holder_request=False, revision=row.revision)
        with self.writing() as session:
            withdrawing.withdraw(session, self.authority, row.reference, made, by=by, now=self.now)

    def correct(self, which: int) -> None:
        """An agent corrects the text of a decision."""
        row, by = self.row(which), an_agent(self.database)
        made = correcting.Correction(row.applicant_name, "lire", row.revision)
        with self.writing() as session:
            correcting.correct(session, self.authority, row.reference, made, by=by, now=self.now)

    def send_on(self, which: int) -> None:
        """An agent sends the demande on to an administration elsewhere."""
        row, by = self.row(which), an_agent(self.database)
        there = Administration("Syndicat d’Exemple", ("1 rue des Essais", "99000 Exemple"))
        made = transfers.Transfer(there, None, "C’est leur banc.", row.revision)
        with self.writing() as session:
            transfers.transfer(session, self.authority, row.reference, made, by=by, now=self.now)

    def sweep(self, name: str = "", *, as_of: datetime | None = None) -> int:
        """A sweep, or all of them in their order, as of now or of another instant; how many things it did."""
        one = named(name)
        wanted: Sequence[Sweep] = SWEEPS if one is None else [one]
        return sum(self._swept(each, as_of or self.now) for each in wanted)

    def is_due(self, sweep: Sweep, as_of: datetime) -> bool:
        """Whether the question of that sweep names this commune."""
        if sweep.due is None:
            return True
        with self.database.reading(scope=None) as session:
            return bool(due.who(session, sweep.due, [self.authority], as_of=as_of))

    def _swept(self, sweep: Sweep, as_of: datetime) -> int:
        done = 0
        while True:
            is_named = self.is_due(sweep, as_of)
            with self.database.writing(scope=self.authority.id) as session:
                made = sweep.unit(session, self.authority.id, as_of)
            assert made.faults == (), (sweep.name, made.faults)
            assert is_named or not made.count, f"{sweep.name} had something to do, and nobody was told"
            self.did |= {sweep.name} if made.count else set()
            done += made.count
            assert done < 1000, f"{sweep.name} never ends"
            if not made.count:
                return done

    def _file(self) -> StoredFile:
        number = next(self._numbers)
        return StoredFile(f"tilleul/aa/bb/{number}", f"piece-{number}.pdf", "application/pdf", 10, f"{number:064d}")


def starts() -> list[datetime]:
    """Instants that a calendar makes hard: month ends, year ends, leap days, both changes of the hour, midnight."""
    days = (
        "2026-06-30",
        "2026-12-30",
        "2026-12-31",
        "2027-01-31",
        "2027-12-29",
        "2028-02-29",
        "2027-03-27",
        "2026-10-24",
    )
    paris = [cases.local(date.fromisoformat(day), hour=hour) for day in days for hour in (0, 12, 23)]
    return [*paris, datetime(2026, 11, 30, 23, 30, tzinfo=UTC)]
