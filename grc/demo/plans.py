"""What is to happen in a commune before today: who files what, when, and how far each demande goes.

Nothing names a procedure: a new entry of the catalogue gets its demandes, one for each of its states.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal

from grc.catalogue.definition import Procedure
from grc.demo import durations, examples, paths
from grc.demo.examples import Example
from grc.demo.paths import Deed, Way
from grc.demo.people import Person, Regular
from grc.forms import answers as form_answers
from grc.submissions import applicants
from grc.workflow.definition import AFTER, FILED

Channel = Literal["online", "desk", "telephone", "paper"]
_CHANNELS: Sequence[Channel] = ("online",) * 7 + ("desk", "telephone", "paper")
_NOTIFIED: frozenset[str] = frozenset({"accept", "refuse", "request_documents", "transfer"})
"""What is closed to a report without an address: nobody could be told."""
_LONGEST_OPEN, _LONGEST_ENDED, _OLDEST = 40, 110, 400
_DECIDED_BY_SILENCE, _NEARLY_SILENT = 0.12, 0.6
"""For how many of the procedures."""
_MADE_LONGER = 0.6
"""How many ways are made longer, of those that are not the only one to their state."""
_ROUNDING = 4
"""Days that weekends and evenings may add to a way."""


@dataclass(frozen=True)
class Plan:
    """A demande to come. gaps: days before each deed of the way. words: how many messages go to and fro.

    person: None for anybody. turn: a number of its own, for what is chosen from lists and lent.
    """

    slug: str
    example: Example
    way: Way
    gaps: tuple[float, ...]
    filed_at: datetime
    channel: Channel = "online"
    person: Person | None = None
    words: int = 0
    has_note: bool = False
    turn: int = 0
    goal: str = ""
    is_draft: bool = False
    """Whether it is left after its first page."""
    spare: Plan | None = None
    """What is tried in its place where it does not come to its goal: another example, or other days."""


@dataclass
class Planner:
    """Plans of one commune. is_small: a village, which has fewer."""

    now: datetime
    chance: random.Random
    is_small: bool
    _turns: dict[str, int] = field(default_factory=dict)

    def plans(self, procedures: Sequence[Procedure], regulars: Sequence[Regular]) -> list[Plan]:
        """All that happens, by the instant of filing."""
        found = [plan for procedure in procedures for plan in self._of_procedure(procedure)]
        for regular in regulars:
            found = self._given(found, regular)
        drafts = [self._left(procedures, regular) for regular in regulars]
        return sorted([*found, *drafts], key=lambda plan: plan.filed_at)

    def _left(self, procedures: Sequence[Procedure], regular: Regular) -> Plan:
        """A form that they began and left."""
        procedure = self.chance.choice(procedures)
        example = self.chance.choice(examples.of_procedure(procedure.slug))
        filed_at = self.now - timedelta(days=self.chance.choice((1, 6, 24)), hours=3)
        return Plan(procedure.slug, example, (), (), filed_at, person=regular.person, is_draft=True)

    def _of_procedure(self, procedure: Procedure) -> Iterator[Plan]:
        known = _Known(procedure, self.now)
        states = sorted(known.states(), key=list(procedure.workflow.states).index)
        for state in self._some(states):
            yield from self._towards(known, state, is_first=True)
        for _ in range(1 if self.is_small else 3):
            yield from self._towards(known, self.chance.choice(states))
        yield from self._fresh(known)
        yield from self._silent(known)

    def _some(self, states: Sequence[str]) -> Sequence[str]:
        """Every state in a town, a few in a village."""
        return self.chance.sample(states, min(2, len(states))) if self.is_small else states

    def _towards(self, known: _Known, state: str, *, is_first: bool = False) -> Iterator[Plan]:
        starts = known.leading_to(state)
        example = starts[0] if is_first else self.chance.choice(starts)
        way = known.ways(example)[state]
        if not is_first and self.chance.random() < _MADE_LONGER:
            answers, closed = known.answers(example), known.closed(example)
            longer = paths.detours(known.procedure, answers, way, without=closed, as_of=example.as_of)
            way = self.chance.choice(longer) if longer else way
        plan = self._timed(known, example, way, state)
        spare = next((each for each in starts if each is not example), example) if is_first else None
        yield plan if spare is None else replace(plan, spare=self._timed(known, spare, known.ways(spare)[state], state))

    def _timed(self, known: _Known, example: Example, way: Way, state: str) -> Plan:
        """The plan of that way, which ends so long ago that the demande still stands there today."""
        gaps = tuple(self._gap(known, deed, example) for deed in way)
        lasted = sum(gaps) + (_ROUNDING if way else 0) * (1 + any(deed.is_of_system for deed in way))
        stays = durations.stays(known.procedure, state, example.answers, lasted=lasted, now=self.now)
        is_open = known.workflow.state(state).phase not in ("decided", "closed")
        most = min(stays, _LONGEST_OPEN if is_open else _LONGEST_ENDED)
        since = self.chance.choice((0.2, 0.5, 0.8, 1)) * self.chance.random() * max(most, 0)
        filed_at = self.now - timedelta(days=min(lasted + since, _OLDEST), hours=self.chance.random() * 9)
        is_closed = known.workflow.state(state).phase == "closed"
        return Plan(
            known.procedure.slug,
            example,
            way,
            gaps,
            filed_at,
            channel=self._channel(known, example, way),
            words=0 if is_closed else self.chance.choice((0, 0, 0, 1, 1, 2)),
            has_note=self.chance.random() < 0.15,
            turn=self._turn(known.procedure.slug),
            goal=state,
        )

    def _gap(self, known: _Known, deed: Deed, example: Example) -> float:
        if deed.is_of_system:
            return durations.until(known.procedure, deed.event, example.answers, self.now) + 1
        return self.chance.choice((0.3, 1, 2, 3) if deed.is_of_agents else (0.5, 2, 5))

    def _channel(self, known: _Known, example: Example, way: Way) -> Channel:
        """Most come online; what only a person signed in can do does too."""
        online_only = any(deed.event in ("edited", "withdraw") for deed in way) or known.is_report(example)
        return "online" if online_only else self.chance.choice(_CHANNELS)

    def _fresh(self, known: _Known) -> Iterator[Plan]:
        """Some that have just arrived."""
        for _ in range(0 if self.is_small else self.chance.choice((0, 1, 1, 2))):
            example = self.chance.choice(known.starts)
            filed_at = self.now - timedelta(minutes=10 + self.chance.random() * 300)
            yield Plan(known.procedure.slug, example, (), (), filed_at, turn=self._turn(known.procedure.slug), goal="")

    def _silent(self, known: _Known) -> Iterator[Plan]:
        """For some procedures, one that nobody answers until silence decides, or one of which the day is near."""
        left = [each for each in known.starts if known.falls_silent(each)]
        if not left:
            return
        if self.chance.random() < _DECIDED_BY_SILENCE:
            yield self._before(known, left[0], (), 4 + self.chance.randrange(30))
        if self.chance.random() < _NEARLY_SILENT:
            example = self.chance.choice(left)
            way = self.chance.choice(known.examined(example))
            yield self._before(known, example, way, -2 - self.chance.randrange(9))

    def _before(self, known: _Known, example: Example, way: Way, more: int) -> Plan:
        """The plan of a demande of which silence decides so many days ago; to come, where that is below zero."""
        rule = known.procedure.silence_for(known.answers(example))
        filed_at = self.now - timedelta(days=durations.of_period(rule.period, rule.unit) + more)
        gaps = tuple(self._gap(known, deed, example) for deed in way)
        return Plan(known.procedure.slug, example, way, gaps, filed_at, turn=self._turn(known.procedure.slug))

    def _turn(self, slug: str) -> int:
        """The number of the next demande of that procedure."""
        self._turns[slug] = self._turns.get(slug, -1) + 1
        return self._turns[slug]

    def _given(self, found: list[Plan], regular: Regular) -> list[Plan]:
        """The same plans, some of which are that person's: of as many procedures as there are, all online."""
        free = [place for place, plan in enumerate(found) if plan.person is None and plan.channel == "online"]
        self.chance.shuffle(free)
        by_procedure: dict[str, list[int]] = {}
        for place in free:
            by_procedure.setdefault(found[place].slug, []).append(place)
        rounds = [places[at] for at in range(max(map(len, by_procedure.values()), default=0))
                  for places in by_procedure.values() if at < len(places)]  # fmt: skip
        theirs = set(rounds[: regular.demandes])
        return [replace(plan, person=regular.person) if place in theirs else plan for place, plan in enumerate(found)]


class _Known:
    """What may become of a procedure's demandes, worked out once. starts: its examples, those with a name first."""

    def __init__(self, procedure: Procedure, now: datetime) -> None:
        self.procedure, self.workflow = procedure, procedure.workflow
        self.now = now
        found = examples.of_procedure(procedure.slug)
        self._answers = {
            each.name: form_answers.prune(procedure.form, each.answers, as_of=each.as_of) for each in found
        }
        self.starts: Sequence[Example] = sorted(found, key=self.is_report)
        self._ways: dict[str, Mapping[str, Way]] = {}

    def answers(self, example: Example) -> Mapping[str, object]:
        """What guards read of it."""
        return self._answers[example.name]

    def is_report(self, example: Example) -> bool:
        """Whether nobody could be told: neither name nor address."""
        answers = self._answers[example.name]
        return applicants.is_report(self.procedure, answers, "online") or not self.procedure.form.email_of(answers)

    def ways(self, example: Example) -> Mapping[str, Way]:
        """By state, the way of that example there."""
        if example.name not in self._ways:
            answers, without = self.answers(example), self.closed(example)
            self._ways[example.name] = paths.ways(self.procedure, answers, without=without, as_of=example.as_of)
        return self._ways[example.name]

    def closed(self, example: Example) -> frozenset[str]:
        """The events that cannot happen: nobody to tell, no piece to ask for, what was chosen is still to come."""
        told: frozenset[str] = _NOTIFIED if self.is_report(example) else frozenset()
        told |= {f"clock.{each.name}" for each in self.workflow.clocks.values() if each.to and each.start == FILED}
        return told if self.procedure.pieces else told | {"request_documents"}

    def states(self) -> set[str]:
        """Where some example is led."""
        reached = {state for example in self.starts for state in self.ways(example)}
        return {state for state in reached if self.leading_to(state)}

    def leading_to(self, state: str) -> Sequence[Example]:
        """The examples that come there, never by another way than people's where one of them needs none."""
        found = [each for each in self.starts if state in self.ways(each) and self._lasts(each, state) < _OLDEST]
        return sorted(
            found, key=lambda each: (self.is_report(each), self._lasts(each, state), len(self.ways(each)[state]))
        )

    def _lasts(self, example: Example, state: str) -> float:
        """How long the system waits on the way there."""
        events = [deed.event for deed in self.ways(example)[state] if deed.is_of_system]
        return sum(durations.until(self.procedure, event, example.answers, self.now) for event in events)

    def falls_silent(self, example: Example) -> bool:
        """Whether silence decides on a demande of that example that nobody touches, in a year at most."""
        rule = self.procedure.silence_for(self.answers(example))
        first = next(state for state, way in self.ways(example).items() if not way)
        is_moved = any(each.event.startswith(AFTER) for each in self.workflow.state(first).transitions)
        return rule.rule != "none" and not self.is_report(example) and not is_moved

    def examined(self, example: Example) -> Sequence[Way]:
        """The ways to the states in which somebody works on it, by people's deeds alone; none at all where none is."""
        found = [
            way
            for state, way in self.ways(example).items()
            if self.workflow.state(state).phase == "examined" and not any(deed.is_of_system for deed in way)
        ]
        return found or [()]
