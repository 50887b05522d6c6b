"""Every state that a demande may be led to, by the shortest way, found by the engine alone: nothing is filed here."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice, product
from typing import Any

from grc.catalogue.definition import Procedure
from grc.demo import durations, wording
from grc.errors import TransitionRefused
from grc.forms import answers as form_answers
from grc.forms.definition import Field, Form
from grc.submissions import beginnings
from grc.workflow import assigning, engine, structure
from grc.workflow.definition import ALWAYS, FILED, FUNCTIONS, Transition

MOST_VARIANTS = 48
_MOST_TRIES = 400
_SAMPLES: Mapping[str, Any] = {
    **dict.fromkeys(("integer", "money", "number"), 2),
    "yes_no": True,
    "statement": True,
    "email": "accueil@exemple.example",
    "phone": "0199001234",
}


@dataclass(frozen=True)
class Deed:
    """One step. answers: of the agent to the form of the transition, as on the day of planning; None where it has none.

    state: where it leads, all that follows at once included.
    """

    transition: Transition
    answers: Mapping[str, Any] | None
    state: str

    @property
    def event(self) -> str:
        return self.transition.event

    @property
    def is_of_system(self) -> bool:
        """Whether nobody presses it: time brings it."""
        return not {"handler", "supervisor", "citizen"} & set(self.transition.by)

    @property
    def is_of_agents(self) -> bool:
        return bool({"handler", "supervisor"} & set(self.transition.by))


Way = tuple[Deed, ...]


@dataclass(frozen=True)
class _Spot:
    """Where a demande stands. context: what guards read there."""

    state: str
    context: Mapping[str, Any]
    deeds: Way = ()

    @property
    def key(self) -> str:
        told = {name: each for name, each in self.context.items() if name not in ("answers", "channel")}
        return f"{self.state} {json.dumps(told, sort_keys=True, default=str)}"


def ways(
    procedure: Procedure, answers: Mapping[str, Any], *, without: Collection[str] = (), as_of: date
) -> dict[str, Way]:
    """By state, the shortest way there of a demande with these answers; people's deeds are tried before the system's.

    without: events that are never to happen. A state that is left at once by itself is no place to be: it is left out.
    """
    begun = _first(procedure, answers)
    found: dict[str, Way] = {}
    waiting, seen = deque([begun]), {begun.key}
    while waiting:
        here = waiting.popleft()
        found.setdefault(here.state, here.deeds)
        for there in _steps(procedure, here, as_of):
            if there.key not in seen and there.deeds[-1].event not in without:
                seen.add(there.key)
                waiting.append(there)
    return found


def state_after(procedure: Procedure, answers: Mapping[str, Any], deeds: Sequence[Deed]) -> str | None:
    """The state after these deeds one by one, None where one of them is not open or leads elsewhere than it says."""
    spot = _first(procedure, answers)
    for deed in deeds:
        after = _after(procedure, spot, deed.event, deed.transition.form, deed.answers)
        if after is None or after.state != deed.state:
            return None
        spot = after
    return spot.state


def detours(
    procedure: Procedure, answers: Mapping[str, Any], way: Way, *, without: Collection[str] = (), as_of: date
) -> list[Way]:
    """The same way made longer by what leads back where it was: documents asked for that came, a word on the way."""
    found = []
    spot = _first(procedure, answers)
    for place in range(len(way) + 1):
        for there in _steps(procedure, spot, as_of):
            first = there.deeds[-1]
            if not first.is_of_agents or first.event in without:
                continue
            backs = [there] if there.state == spot.state else list(_steps(procedure, there, as_of))
            for back in backs:
                added = back.deeds[len(spot.deeds) :]
                longer = (*way[:place], *added, *way[place:])
                is_back = back.state == spot.state and not any(each.is_of_system for each in added)
                if is_back and state_after(procedure, answers, longer) == (way[-1].state if way else spot.state):
                    found.append(longer)
        if place < len(way):
            spot = _after(procedure, spot, way[place].event, way[place].transition.form, way[place].answers) or spot
    return found


def _first(procedure: Procedure, answers: Mapping[str, Any]) -> _Spot:
    context: Mapping[str, Any] = beginnings.context(answers)
    step = engine.initial(procedure.workflow, context)
    return _Spot(step.state, _changed(context, step))


def _steps(procedure: Procedure, here: _Spot, as_of: date) -> Iterator[_Spot]:
    """Where each event leads from here, with each kind of answer to its form."""
    known = structure.exits(procedure.workflow, procedure.workflow.state(here.state))
    waited = sorted((each for each in known if each.event != ALWAYS), key=lambda each: "system" in each.by)
    for event, form in {(each.event, each.form): None for each in waited if _may_come(procedure, here, each.event)}:
        answers = variants(procedure.agent_forms[form], as_of) if form else [None]
        for said in answers:
            after = _after(procedure, here, event, form, said)
            if after is not None:
                yield after


def _may_come(procedure: Procedure, here: _Spot, event: str) -> bool:
    """Whether the clock of that event was started on the way here, where an event starts it."""
    clock = procedure.workflow.clocks.get(event.removeprefix("clock."))
    return clock is None or clock.start in (FILED, *(deed.event for deed in here.deeds))


def _after(procedure: Procedure, here: _Spot, event: str, form: str, said: Mapping[str, Any] | None) -> _Spot | None:
    context = here.context
    if said is not None:
        context = {**context, "agent": {**context.get("agent", {}), form: said}}
    try:
        step = engine.step(procedure.workflow, here.state, event, functions=FUNCTIONS, context=context)
    except TransitionRefused:
        return None
    if step.transition is None or step.transition.form != form:
        return None
    return _Spot(step.state, _changed(context, step), (*here.deeds, Deed(step.transition, said, step.state)))


def _changed(context: Mapping[str, Any], step: engine.Step) -> Mapping[str, Any]:
    for action in step.actions:
        context = assigning.after(action, context)
    return context


def variants(form: Form, as_of: date) -> list[Mapping[str, Any]]:
    """Right answers of an agent to a form, one of each kind: each choice, each yes or no, with and without the rest."""
    found: dict[str, Mapping[str, Any]] = {}
    fields = [each for each in form.fields if each.computed is None]
    for chosen in islice(product(*(_values(each, as_of) for each in fields)), _MOST_TRIES):
        answers: dict[str, Any] = {}
        for each, value in zip(fields, chosen, strict=True):
            answers = form_answers.with_value(answers, each.path, value)
        settled, problems = form_answers.settled(form, answers, as_of=as_of)
        if not problems:
            found.setdefault(json.dumps(settled, sort_keys=True, default=str), settled)
        if len(found) >= MOST_VARIANTS:
            break
    return list(found.values())


def _values(each: Field, as_of: date) -> Sequence[Any]:
    """The values to try for a field, None to leave it out."""
    if each.kind == "yes_no":
        tried: tuple[Any, ...] = (True, False)
    elif each.kind == "choice":
        tried = tuple(choice.value for choice in each.choices)
    elif each.kind == "choices":
        tried = ([each.choices[0].value],)
    elif each.kind == "date":
        ahead = (0, durations.AHEAD) if each.name.endswith("_on") else (durations.AHEAD, 0)
        tried = tuple((as_of + timedelta(days=days)).isoformat() for days in ahead)
    elif each.kind == "time":
        tried = ("14:30", "15:00") if each.name.endswith(("end", "until", "to")) else ("14:30",)
    elif each.kind in ("text", "longtext"):
        tried = (wording.answer(each.name),)
    else:
        tried = (_SAMPLES[each.kind],) if each.kind in _SAMPLES else ()
    return (*tried, *(() if each.required else (None,)))
