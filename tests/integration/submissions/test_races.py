"""An agent, a citizen, sweepers and silence on one demande in the same second: one history, each decision once."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from grc.access.actors import Visitor
from grc.authorities import queries as authorities
from grc.errors import GrcError
from grc.submissions import citizen_commands, commands, firing, implied, overdue
from grc.submissions.commands import DecisionMade
from grc.submissions.exchange_models import Timer
from grc.submissions.models import Decision, Event, Notice, Task
from tests.support import cases
from tests.support.circuits import Case
from tests.support.demandes import Demande
from tests.support.world import World

pytestmark = pytest.mark.anyio
RECEIVED = date(2025, 6, 30)
AFTER = cases.local(date(2025, 9, 2), hour=9)


async def at_once(world: World, *units: Callable[..., Any], scope: int) -> list[Any]:
    """What each unit gave, all of them begun together: a value, or the refusal."""
    return await asyncio.gather(*(world.database.write(each, scope=scope) for each in units), return_exceptions=True)


def history(world: World, demande: Demande) -> list[str]:
    events = cases.rows(world.database, Event, demande)
    assert [each.sequence for each in events] == list(range(1, len(events) + 1))
    assert cases.submission(world.database, demande).revision == len(events)
    return [each.kind for each in events]


@pytest.mark.parametrize("turn", range(3))
@pytest.mark.parametrize("rule", ["rejection", "acceptance"])
async def test_silence_an_agent_and_the_citizen_at_once(world: World, rule: str, turn: int) -> None:
    cases.offered(world.database, rule)
    demande = cases.filed(world.database, at=cases.local(RECEIVED, hour=9))
    here, agent = world.authority(), world.agent()
    visitor = Visitor(here.id, demande.draft.visitor.session_id, granted=frozenset({demande.id}))
    taken = cases.local(RECEIVED, hour=10)
    with world.database.writing(scope=here.id) as session:
        commands.take_charge(session, here, demande.reference, revision=1, by=agent, now=taken)
    made = DecisionMade("accepted", "", 2)
    decide = partial(commands.decide, authority=here, reference=demande.reference, made=made, by=agent, now=AFTER)
    leave = partial(
        citizen_commands.withdraw, authority=here, reference=demande.reference, revision=2, by=visitor, now=AFTER
    )
    sweep = partial(implied.record_implied, authority_id=here.id, as_of=AFTER)
    order = deque([sweep, decide, leave, decide, sweep, leave])
    order.rotate(-turn)
    done = await at_once(world, *order, scope=here.id)
    assert not [one for one in done if isinstance(one, Exception) and not isinstance(one, GrcError)], done
    await at_once(world, sweep, sweep, scope=here.id)
    kinds = history(world, demande)
    decided = cases.rows(world.database, Decision, demande)
    assert len([one for one in decided if one.kind.startswith("implicit")]) <= 1
    assert len([one for one in decided if one.kind == "express"]) <= 1
    assert kinds.count("submission:implied") == len([one for one in decided if one.kind.startswith("implicit")])
    names = [one.name for one in cases.rows(world.database, Notice, demande)]
    assert len(names) == len(set(names))


async def test_a_timer_fired_by_six_sweepers_fires_once(case: Case) -> None:
    here = case.world.authority()
    far = (await asyncio.to_thread(lambda: max(each.due_at for each in case.all(Timer)))) + timedelta(seconds=1)

    def fire(session: Any) -> int:
        return firing.fire_due(session, authorities.authority(session, here.id), as_of=far)

    done = await at_once(case.world, *([fire] * 6), scope=here.id)
    assert not [one for one in done if isinstance(one, Exception)], done
    await at_once(case.world, fire, fire, scope=here.id)
    timers = case.all(Timer)
    fired = [each.event for each in timers if each.state == "fired"]
    assert len(fired) == len(set(fired)) > 0
    kinds = [each.data.get("event") for each in case.all(Event)]
    assert kinds.count("after.patience") + kinds.count("clock.answer") <= 2
    assert len([task for task in case.all(Task) if task.kind == "deadline"]) == 1


async def test_what_a_sweep_does_late_it_does_once_whatever_instant_it_is_told(world: World) -> None:
    cases.offered(world.database, "rejection")
    demande = cases.filed(world.database, at=cases.local(RECEIVED, hour=9))
    here = world.authority().id
    for as_of in (AFTER, AFTER - timedelta(days=300), AFTER + timedelta(days=9000), AFTER):
        with world.database.writing(scope=here) as session:
            implied.record_implied(session, here, as_of)
            overdue.documents(session, here, as_of)
    assert [one.born_on for one in cases.rows(world.database, Decision, demande)] == [date(2025, 8, 30)]
    with world.database.reading(scope=here) as session:
        assert session.execute(select(col(Event.kind)).where(col(Event.kind) == "submission:implied")).all()
