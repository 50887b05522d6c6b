"""Sessions: one token, one public, one authority, and an end that nothing pushes back for ever."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlmodel import col

from grc import clock
from grc.authorities.models import Agent
from grc.db import Database, Keyring, connect
from grc.errors import TooMany
from grc.sessions import commands as sessions
from grc.sessions import limits
from grc.sessions.commands import NewSession, OpenSession
from grc.sessions.limits import Limit
from grc.sessions.models import BrowserSession, RateCounter
from tests.support import counters
from tests.support.world import SECRET

NOW = clock.now().replace(microsecond=0)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = connect(database_url, Keyring([SECRET]))
    yield opened
    opened.close()


@pytest.fixture
def tilleul(database: Database) -> int:
    return counters.authority_id(database)


class Door:
    """Opens and finds sessions of one authority as its pages do, at any hour."""

    def __init__(self, database: Database, authority_id: int) -> None:
        self.database, self.authority_id = database, authority_id

    def open(self, *, at: timedelta = timedelta(0), public: str = "citizen", **facts: object) -> NewSession:
        with self.database.writing(scope=self.authority_id) as session:
            return sessions.open_session(
                session,
                authority_id=self.authority_id,
                public=public,
                now=NOW + at,
                **facts,  # type: ignore[arg-type]
            )

    def agent_id(self) -> int:
        with self.database.reading(scope=self.authority_id) as session:
            return int(session.execute(select(Agent.id).order_by(col(Agent.id))).scalars().first() or 0)

    def find(self, token: str, *, at: timedelta = timedelta(0), public: str = "citizen") -> OpenSession | None:
        with self.database.reading(scope=self.authority_id) as session:
            return sessions.find(session, authority_id=self.authority_id, public=public, token=token, now=NOW + at)

    def visit(self, token: str, *, at: timedelta, public: str = "citizen") -> OpenSession | None:
        """What a request does: finds, and renews when it is time."""
        found = self.find(token, at=at, public=public)
        if found is not None and sessions.needs_renewal(found, NOW + at):
            with self.database.writing(scope=self.authority_id) as session:
                sessions.renew(session, found, now=NOW + at)
        return found


@pytest.fixture
def door(database: Database, tilleul: int) -> Door:
    return Door(database, tilleul)


def test_a_token_opens_its_own_session_and_no_other(door: Door, database: Database) -> None:
    new = door.open()
    found = door.find(new.token)
    assert found is not None
    assert found.id == new.id
    other = Door(database, counters.authority_id(database, "marronnier"))
    assert [door.find(new.token + "x"), door.find(""), door.find(new.token, public="agent")] == [None] * 3
    assert other.find(new.token) is None
    assert Door(database, door.authority_id + 1).find(new.token) is None


def test_the_database_never_holds_a_token(door: Door, database: Database) -> None:
    new = door.open()
    with database.reading(scope=door.authority_id) as session:
        row = session.get_one(BrowserSession, new.id)
        assert new.token not in str(row.model_dump())
        assert len(row.token_hash) == 64


@pytest.mark.parametrize("hours", [0, 1, 2.5])
def test_an_agent_s_session_ends_after_two_idle_hours(door: Door, hours: float) -> None:
    new = door.open(public="agent", agent_id=door.agent_id())
    found = door.find(new.token, at=HOUR * hours, public="agent")
    assert (found is not None) is (hours < 2)


def test_an_agent_s_session_ends_after_twelve_hours_whatever_is_done(door: Door) -> None:
    new = door.open(public="agent", agent_id=door.agent_id())
    for minutes in range(0, 12 * 60, 30):
        assert door.visit(new.token, at=MINUTE * minutes, public="agent") is not None, minutes
    assert door.visit(new.token, at=12 * HOUR, public="agent") is None


def test_a_visitor_s_session_lasts_as_long_as_the_draft(door: Door) -> None:
    new = door.open()
    assert door.find(new.token, at=30 * DAY - MINUTE) is not None
    assert door.find(new.token, at=30 * DAY) is None
    again = door.open()
    for day in range(0, 60, 10):
        assert door.visit(again.token, at=DAY * day) is not None, day
    assert door.visit(again.token, at=95 * DAY) is None


def test_what_a_code_opened_closes_after_an_hour_and_never_comes_back(door: Door) -> None:
    """Even once somebody else has used the same computer for days."""
    new = door.open(granted=(7,))
    assert door.visit(new.token, at=59 * MINUTE).granted == (7,)  # type: ignore[union-attr]
    assert door.visit(new.token, at=118 * MINUTE).granted == (7,)  # type: ignore[union-attr]
    for later in (3.2 * HOUR, 30 * HOUR, 30 * HOUR + MINUTE, 31 * HOUR, 60 * HOUR, 61 * HOUR):
        found = door.visit(new.token, at=later)
        assert found is not None
        assert found.granted == (), later


def test_a_session_is_renewed_once_a_minute_at_most(door: Door) -> None:
    new = door.open(public="agent", agent_id=door.agent_id())
    found = door.find(new.token, at=59 * timedelta(seconds=1), public="agent")
    assert found is not None
    assert not sessions.needs_renewal(found, NOW + timedelta(seconds=59))
    assert sessions.needs_renewal(found, NOW + MINUTE)


def test_a_session_closed_meanwhile_stays_closed(door: Door, database: Database) -> None:
    new = door.open(public="agent", agent_id=door.agent_id())
    found = door.find(new.token, public="agent")
    assert found is not None
    with database.writing(scope=door.authority_id) as session:
        sessions.close(session, new.id)
    with database.writing(scope=door.authority_id) as session:
        sessions.renew(session, found, now=NOW + MINUTE)
    assert door.find(new.token, public="agent") is None


def test_a_rotated_session_has_a_new_token_and_the_old_one_nothing(door: Door, database: Database) -> None:
    new = door.open()
    with database.writing(scope=door.authority_id) as session:
        rotated = sessions.rotate(session, new.id, granted=tuple(range(30)), now=NOW)
    assert door.find(new.token) is None
    found = door.find(rotated.token)
    assert found is not None
    assert (found.id, found.granted) == (new.id, tuple(range(10, 30)))


def test_a_demande_is_taken_back_from_every_browser_but_one(door: Door, database: Database) -> None:
    keeper, loser, other = door.open(granted=(1, 11)), door.open(granted=(1, 11, 111)), door.open(granted=(11,))
    with database.writing(scope=door.authority_id) as session:
        sessions.revoke(session, door.authority_id, 1, but=keeper.id)
    granted = [door.find(one.token).granted for one in (keeper, loser, other)]  # type: ignore[union-attr]
    assert granted == [(1, 11), (11, 111), (11,)]


def test_every_session_of_an_agent_ends_at_once(door: Door, database: Database) -> None:
    both = [door.open(public="agent", agent_id=door.agent_id()) for _ in range(2)]
    citizen = door.open()
    with database.writing(scope=door.authority_id) as session:
        sessions.close_of_agent(session, door.agent_id())
    assert [door.find(one.token, public="agent") for one in both] == [None, None]
    assert door.find(citizen.token) is not None


def test_only_what_has_expired_is_purged(door: Door, database: Database) -> None:
    old, young = door.open(at=-31 * DAY), door.open()
    with database.writing(scope=door.authority_id) as session:
        assert sessions.purge(session, now=NOW) == 1
    assert door.find(young.token) is not None
    with database.reading(scope=door.authority_id) as session:
        assert session.get(BrowserSession, old.id) is None


FEW = Limit("few", 3, 600)


def count(database: Database, authority_id: int, subject: str = "a", limit: Limit = FEW, *, at: int = 0) -> int:
    with database.writing(scope=authority_id) as session:
        now = NOW.replace(minute=0, second=0) + timedelta(seconds=at)
        return limits.count(session, limit, subject, authority_id=authority_id, now=now)


def test_hits_are_counted_by_limit_subject_authority_and_window(database: Database, tilleul: int) -> None:
    marronnier = counters.authority_id(database, "marronnier")
    assert [count(database, tilleul) for _ in range(4)] == [1, 2, 3, 4]
    assert count(database, tilleul, "b") == 1
    assert count(database, tilleul, limit=Limit("other", 3, 600)) == 1
    assert count(database, marronnier) == 1
    assert [count(database, tilleul, at=second) for second in (599, 600, 1200)] == [5, 1, 1]


def test_a_full_window_says_how_long_to_wait_and_is_not_emptied_by_trying(database: Database, tilleul: int) -> None:
    begin = NOW.replace(minute=0, second=0)

    def hit(at: int) -> None:
        with database.writing(scope=tilleul) as session:
            limits.hit(session, (FEW, "a"), authority_id=tilleul, now=begin + timedelta(seconds=at))

    for _ in range(FEW.hits):
        hit(10)
    for at in (10, 20, 599):
        with pytest.raises(TooMany) as refused:
            hit(at)
        assert refused.value.retry_after == 600 - at
    hit(600)


def test_a_subject_is_never_stored_in_clear(database: Database, tilleul: int) -> None:
    count(database, tilleul, "camille@exemple.example")
    with database.reading(scope=tilleul) as session:
        rows = session.execute(select(RateCounter)).scalars().all()
    assert len(rows) == 1
    assert "camille" not in str(rows[0].model_dump())


@pytest.mark.anyio
async def test_hits_at_the_same_moment_are_all_counted(database: Database, tilleul: int) -> None:
    def one(session: object) -> int:
        return limits.count(session, FEW, "a", authority_id=tilleul, now=NOW)  # type: ignore[arg-type]

    found = await asyncio.gather(*(database.write(one, scope=tilleul) for _ in range(40)))
    assert sorted(found) == list(range(1, 41))


def test_counters_of_the_day_before_are_purged(database: Database, tilleul: int) -> None:
    count(database, tilleul)
    count(database, tilleul, at=90_000)
    with database.writing(scope=tilleul) as session:
        assert limits.purge(session, now=NOW.replace(minute=0, second=0) + timedelta(seconds=90_000)) == 1
    assert count(database, tilleul, at=90_000) == 2
