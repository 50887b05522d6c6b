"""A workflow as frozen values: states, transitions between them, and the actions that follow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from grc.conditions import Expression

Json = Any

PHASES = ("received", "examined", "decided", "closed")
"""Where a state stands on the line that citizens are shown."""

FUNCTIONS = frozenset({"handler", "supervisor", "citizen", "system"})
"""Who may be named by a transition; an authority binds the first two to its services and roles."""

ALWAYS = ""
"""The event of a transition that waits for nothing."""

KNOWN_EVENTS = frozenset(
    {"take_charge", "request_documents", "complete", "accept", "refuse", "withdraw", "transfer", "edited"}
)
"""The events that have a command of their own; an agent takes any other by its button."""

AFTER = "after."
"""What the event of a delay begins with: "after.<delay>"."""

OUTSIDE = ("clock.", "signal.", "call.")
"""What the events begin with that nobody presses: a clock's due date, a signed outside signal, the end of a call."""

LEGAL_CLOCKS = ("silence", "documents")
"""The clocks that the law sets, beside those that a workflow names: the implied decision, a request for documents."""

CLOCK_UNITS = ("day", "business_day", "day_without_holidays", "month")
"""How a clock counts, as `grc.deadlines.periods` does."""

APPOINTMENT = "appointment"
"""What a clock may run to in place of a period: the appointment of the demande."""

FILED = "received"
"""The start of a clock that counts from the day of receipt."""

STATE_CHANGED = "state_changed"
"""The message that tells of a new state in the words of the workflow."""

REMINDER = "reminder"
"""The message that reminds of an appointment."""


@dataclass(frozen=True)
class Action:
    """What follows a transition. name: its key in the workflow's table. type: one of a closed set, params its own."""

    name: str
    type: str
    params: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True)
class Transition:
    """One way out of a state. id: stable. target: None stays in the state, without leaving it.

    event: what is done or happens; "" at once (`always`); "after.<delay>" once that delay has passed.
    by: the functions to which it is open. label, confirm: what agents or citizens read.
    asks: "text" where the agent types a message to the citizen, else ""; question: its label.
    form: the name of the form that an agent fills on the way, or "".
    """

    id: str
    event: str
    source: str
    target: str | None
    guard: str | None = None
    actions: tuple[Action, ...] = ()
    label: str = ""
    by: tuple[str, ...] = ()
    confirm: str = ""
    asks: str = ""
    question: str = ""
    form: str = ""


@dataclass(frozen=True)
class Clock:
    """A due date that agents see, and that raises "clock.<name>" when it comes; it outlives the states.

    start: FILED, or the event from which it counts. after: the clock from whose last day it counts instead, start only
    setting it going, or "". period, unit: its length, in one of CLOCK_UNITS.
    source: the text that sets it. warn: how long before it agents are told, an ISO 8601 duration, or "".
    stops: the events that end it. guard: the condition under which it runs, or "".
    to: APPOINTMENT where it runs to the appointment, by as much as `before` (an ISO 8601 duration, or ""): without
    period, unit or warn, and without a task for agents; else "".
    """

    name: str
    label: str
    start: str
    period: int
    unit: str
    source: str
    warn: str = ""
    stops: tuple[str, ...] = ()
    guard: str = ""
    after: str = ""
    to: str = ""
    before: str = ""


@dataclass(frozen=True)
class AppointmentPaths:
    """Where an appointment is read: "answers.<question>" or "agent.<form>.<question>", of an item "….<attribute>".

    day, start: a date and an hour. end, place: an hour and a text, or "" where nothing says them.
    """

    day: str
    start: str
    end: str = ""
    place: str = ""


@dataclass(frozen=True)
class AgentForm:
    """A form for agents, as JSON: schema and ui, like those of a procedure. shown: "citizen" where they read it too."""

    name: str
    schema: Mapping[str, Json]
    ui: Mapping[str, Json]
    shown: str = ""


@dataclass(frozen=True)
class State:
    """label: for agents and the line of states. citizen_sentence: what it means for the citizen.

    phase: one of PHASES. waiting: something is awaited from the citizen. final: nothing leaves it.
    ongoing: decided, and what was granted still runs (a subscription): no term of retention comes meanwhile.
    appointed: the appointment of the demande stands there.
    """

    id: str
    label: str
    citizen_sentence: str
    phase: str
    final: bool = False
    waiting: bool = False
    ongoing: bool = False
    appointed: bool = False
    transitions: tuple[Transition, ...] = ()
    entry: tuple[Action, ...] = ()
    exit: tuple[Action, ...] = ()


@dataclass(frozen=True, eq=False)
class Workflow:
    """states in the order written. anywhere: the transitions of the root, tried after a state's own.

    delays: length of each named delay as an ISO 8601 duration. guards: expressions by name. description: for agents.
    clocks, forms: by name. appointment: where it is read, the first that has a day and an hour.
    """

    id: str
    label: str
    initial: str
    states: Mapping[str, State]
    anywhere: tuple[Transition, ...] = ()
    guards: Mapping[str, Expression] = field(default_factory=dict)
    delays: Mapping[str, str] = field(default_factory=dict)
    description: str = ""
    clocks: Mapping[str, Clock] = field(default_factory=dict)
    forms: Mapping[str, AgentForm] = field(default_factory=dict)
    appointment: tuple[AppointmentPaths, ...] = ()

    def state(self, name: str) -> State:
        """The state of that name; raises KeyError."""
        return self.states[name]

    def runs(self, clock: Clock, context: Mapping[str, Json]) -> bool:
        """Whether that clock runs for a submission of which guards read this context."""
        return not clock.guard or self.guards[clock.guard].holds(context)

    @cached_property
    def transitions(self) -> tuple[Transition, ...]:
        """All of them: those of each state in order, then those of the root."""
        return (*(each for state in self.states.values() for each in state.transitions), *self.anywhere)

    @cached_property
    def events(self) -> frozenset[str]:
        """The events that some transition waits for."""
        return frozenset(each.event for each in self.transitions) - {ALWAYS}

    @cached_property
    def messages(self) -> frozenset[str]:
        """The names of the messages that its actions send."""
        return frozenset(str(each.params["message"]) for each in self.actions if "message" in each.params)

    @cached_property
    def decides(self) -> bool:
        """Whether it ends with a decision in law, to be notified with its reasons and appeals."""
        return any(each.type == "decision" for each in self.actions)

    @cached_property
    def actions(self) -> tuple[Action, ...]:
        """Every action it may cause, each place it stands."""
        inside = (each for state in self.states.values() for each in (*state.entry, *state.exit))
        return (*inside, *(action for each in self.transitions for action in each.actions))
