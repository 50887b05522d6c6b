"""Who is visited by a passage: whoever has something due, for every sweep there is, and nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlmodel import Session, col

from grc import references
from grc.attachments.local import LocalStorage
from grc.authorities import queries as authorities
from grc.authorities.models import Service
from grc.catalogue import queries as catalogue
from grc.citizens import accounts
from grc.citizens.models import Citizen
from grc.db import Database, Keyring, connect
from grc.outbox.models import OutboxEntry
from grc.receipts import Administration
from grc.sessions import commands as sessions
from grc.submissions import drafts, transfers, visas
from grc.submissions.models import Decision, Draft, Submission
from grc.submissions.transfers import Transfer
from grc.submissions.visas import Granted
from grc.sweeping import Sweeper, due
from grc.sweeping.sweeps import SWEEPS, Done, Sweep
from tests.support import cases
from tests.support.demandes import commune
from tests.support.histories import PIECES, History, an_agent, offer
from tests.support.time import Clock
from tests.support.world import SECRET, World

START = cases.local(date(2026, 6, 30), hour=12)
EVERYBODY = {"figures"}
"""What is counted anew each night, in every authority."""


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    made = connect(database_url, Keyring([SECRET]))
    offer(made)
    yield made
    made.close()


def test_whatever_is_due_in_any_sweep_is_named(database: Database) -> None:
    """A commune's life in which each sweep has something to do; `History` holds the question to it each time."""
    life = History(START, database)
    write(life, telephone, "")
    life.file("silence-refuse")
    write(life, telephone, "01 99 00 00 00")
    life.file("silence-tacite")
    life.file("silence-refuse")
    life.take_charge(2)
    life.ask(2, PIECES, 31)
    write(life, an_account)
    write(life, a_draft, life.now)
    for days in (0, 3, 8, 16, 2, 3, 30, 5):  # late receipts, a clock, drafts, reminders, documents, silence
        life.to(life.now + timedelta(days=days))
        life.sweep()
    life.take_charge(0)
    life.decide(0, "accepted")
    write(life, all_sent)
    for days in (0, 400):
        life.to(life.now + timedelta(days=days))
        life.sweep()
    write(life, a_visa, life)
    life.sweep()
    write(life, all_sent)
    life.to(life.now + timedelta(days=1200))
    life.sweep()
    assert life.did == {one.name for one in SWEEPS}, "each sweep, and a new one too, needs something to do here"
    assert {one.name for one in SWEEPS if one.due is None} == EVERYBODY


def test_what_is_on_its_way_is_named(database: Database) -> None:
    here, there = commune(database), commune(database, "marronnier")
    life = History(START, database)
    life.file("silence-refuse")
    with database.writing(scope=here.id) as session:
        to = Administration("Marronnier", ("Mairie",))
        row = session.execute(select(Submission)).scalar_one()
        sent = Transfer(to, there.id, "C’est leur banc.", row.revision)
        assert asked(database, START) == set()
        transfers.transfer(session, here, row.reference, sent, by=an_agent(database), now=START)
    assert asked(database, START) == {here.id}


def asked(database: Database, as_of: datetime) -> set[int]:
    with database.reading(scope=None) as session:
        every = authorities.every_authority(session)
        return due.who(session, due.transfers_on_their_way, every, as_of=as_of)


@pytest.mark.anyio
async def test_a_passage_visits_those_who_have_something_due_and_only_them(world: World) -> None:
    """The expired draft of one commune: its neighbours get no unit of work, and a failed question hides nothing."""
    offer(world.database)
    here, visited = world.authority().id, list[int]()
    with world.database.writing(scope=here) as session:
        a_draft(session, here, START)
    (drafts_sweep,) = (one for one in SWEEPS if one.name == "drafts")

    def noted(session: Session, authority_id: int, as_of: datetime) -> Done:
        visited.append(authority_id)
        return drafts_sweep.unit(session, authority_id, as_of)

    time = Clock(START + timedelta(days=400))
    for what, expected, fault in (
        (drafts_sweep.due, {here}, ""),
        (drafts_sweep.due, set[int](), ""),
        (no_question, everybody(world), "LookupError"),
    ):
        visited.clear()
        sweep: Sweep = replace(drafts_sweep, unit=noted, due=what)
        storage = LocalStorage(world.settings.storage)
        passage = await Sweeper(world.database, storage, now=time.now, sweeps=[sweep]).round()
        assert set(visited) == expected
        assert passage.runs[-1].fault == fault


def no_question(_authority: Any, _as_of: datetime, _day: date) -> Any:
    raise LookupError("Camille")


def everybody(world: World) -> set[int]:
    with world.database.reading(scope=None) as session:
        return set(authorities.every_key(session))


def write(life: History, do: Any, *args: Any) -> None:
    with life.writing() as session:
        do(session, life.authority.id, *args)


def telephone(session: Session, authority_id: int, number: str) -> None:
    session.execute(update(Service).where(col(Service.authority_id) == authority_id).values(telephone=number))


def all_sent(session: Session, authority_id: int) -> None:
    mine = col(OutboxEntry.authority_id) == authority_id
    session.execute(update(OutboxEntry).where(mine).values(state="sent", done_at=START, sealed_secret=None))
    decided = update(Decision).where(col(Decision.authority_id) == authority_id)
    session.execute(decided.values(notified_at=col(Decision.decided_at)))


def an_account(session: Session, authority_id: int) -> None:
    key = accounts.local(session, authority_id, "camille@exemple.example", now=START)
    session.execute(update(Citizen).where(col(Citizen.id) == key).values(signed_in_at=START - timedelta(days=1094)))


def a_draft(session: Session, authority_id: int, now: datetime) -> None:
    """One that nobody sends."""
    opened = sessions.open_session(session, authority_id=authority_id, public="citizen", now=now)
    offered = catalogue.published(session, authority_id, "silence-refuse")
    session.add(
        Draft(
            authority_id=authority_id,
            public_id=references.new_public_id(),
            procedure_id=offered.procedure_id,
            version_id=offered.version_id,
            session_id=opened.id,
            answers=dict(cases.ANSWERS),
            created_at=now,
            saved_at=now,
            expires_at=now + drafts.LIFE,
        )
    )


def a_visa(session: Session, authority_id: int, life: History) -> None:
    granted = Granted("AD-2027-31", "La directrice des Archives départementales", life.today)
    visas.stand(session, life.authority, "silence-refuse", granted, None, by=an_agent(life.database), now=life.now)
