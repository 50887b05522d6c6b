"""An application that nobody answers has an end: silence refuses it, and it is proposed for destruction in its time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import pytest

from grc.catalogue import loading
from grc.catalogue.definition import Procedure
from grc.db import Keyring, connect
from grc.submissions import phases, retention
from tests.support import cases, walks, world
from tests.support.walking import Walker
from tests.support.walks import Start

FILED = date(2026, 11, 30)
REFUSED = date(2027, 1, 31)
"""The day after the two months of silence."""


@cache
def application() -> Procedure:
    return next(each for each in loading.load_folder(walks.CATALOGUE) if each.slug == "candidature")


def start(name: str) -> Start:
    return next(each for each in walks.starts(application()) if each.name == f"passes-{name}")


@pytest.fixture
def walker(tmp_path: Path) -> Iterator[Walker]:
    database = connect(world.seeded(tmp_path), Keyring([world.SECRET]))
    yield Walker(database)
    database.close()


def proposed(walker: Walker, day: date) -> list[str]:
    """The procedures of what is proposed once the sweeps of that day have passed."""
    as_of = cases.local(day, hour=12)
    with walker.database.writing(scope=walker.authority.id) as session:
        retention.set_terms(session, walker.authority.id, as_of)
        retention.propose(session, walker.authority.id, as_of)
    with walker.database.reading(scope=walker.authority.id) as session:
        return [each.procedure for each in retention.proposals(session, walker.authority.id)]


@pytest.mark.law("R42")
@pytest.mark.law("R43")
@pytest.mark.parametrize(
    ("name", "state", "until"),
    [
        ("offer-with-cv", "unanswered", date(2027, 4, 30)),
        ("spontaneous-in-words", "in_pool", date(2029, 1, 31)),
    ],
)
def test_what_nobody_answered_is_proposed_for_destruction_in_its_time(
    walker: Walker, name: str, state: str, until: date
) -> None:
    """Three months after the refusal that silence made, two years where its author agreed."""
    filed, silent = walker.fall_silent(application(), start(name))
    assert (filed.on, filed.state) == (FILED, "received")
    assert silent is not None
    assert (silent.on, silent.state, silent.phase) == (REFUSED, state, "followed")
    assert proposed(walker, until) == []
    assert proposed(walker, until + timedelta(days=1)) == [application().title]


@pytest.mark.law("R14")
@pytest.mark.parametrize(
    ("name", "transition", "state"),
    [
        ("offer-with-cv", "unanswered.accept", "hired"),
        ("offer-with-cv", "unanswered.refuse", "refused"),
        ("spontaneous-in-words", "in_pool.accept", "hired"),
        ("spontaneous-in-words", "in_pool.refuse", "in_pool"),
    ],
)
def test_who_was_refused_by_silence_may_still_be_answered(
    walker: Walker, name: str, transition: str, state: str
) -> None:
    deeds = walks.walk(application(), start(name)).along[transition].deeds
    *_, silent, answered = walker.follow(application(), walks.Path(transition, start(name), deeds))
    assert silent.phase == "followed"
    assert (answered.state, answered.phase) == (state, phases.of_state(application().workflow, state))
    assert [each.template for each in answered.mails] == ["accepted" if state == "hired" else "refused"]
