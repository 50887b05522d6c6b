"""Every way through a workflow, found by the engine alone: what its transitions do, the shortest path to each end."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import product
from typing import Any

from grc import resources
from grc.catalogue import loading
from grc.catalogue.definition import Procedure
from grc.errors import Problem, TransitionRefused
from grc.forms import answers as form_answers
from grc.forms.definition import Field, Form
from grc.forms.definition import Item as ListItem
from grc.submissions import applicants, beginnings
from grc.workflow import assigning, engine, structure
from grc.workflow.definition import ALWAYS, FUNCTIONS, Action, State, Transition, Workflow

CATALOGUE = resources.folder("form_catalogue")
_MOST_VARIANTS = 64
_AHEAD = timedelta(days=60)
"""From the day of the example to an appointment that agents propose: longer than any path before it."""
_OF_DOCUMENTS = frozenset({"request_documents", "complete"})
"""What the path of documents shows, where any are known of."""
_SAMPLES: Mapping[str, Any] = {
    **dict.fromkeys(("text", "longtext"), "Un essai"),
    **dict.fromkeys(("integer", "money", "number"), 1),
    "yes_no": True,
    "statement": True,
    "email": "essai@exemple.example",
    "phone": "0199001234",
    "time": "14:30",
}


@dataclass(frozen=True)
class Start:
    """A demande to file: an example of the catalogue that passes."""

    name: str
    as_of: date
    answers: Mapping[str, Any]
    lists: Mapping[str, Sequence[ListItem]]


@dataclass(frozen=True)
class Deed:
    """One step of a path. answers: of the agent who fills the form of the transition, None where it has none."""

    transition: Transition
    answers: Mapping[str, Any] | None
    state: str
    """Where it leads, all that follows at once included."""
    context: Mapping[str, Any]
    """What guards read when it is done."""


@dataclass(frozen=True)
class Path:
    """How an example comes to an end. title: of what the path shows. setting: the procedure, a parameter changed."""

    title: str
    start: Start
    deeds: tuple[Deed, ...]
    setting: Procedure | None = None

    @property
    def contexts(self) -> list[Mapping[str, Any]]:
        """What guards read when each deed is done."""
        return [each.context for each in self.deeds]


@dataclass(frozen=True)
class _Spot:
    state: str
    context: Mapping[str, Any]
    deeds: tuple[Deed, ...] = ()

    @property
    def key(self) -> str:
        told = {name: each for name, each in self.context.items() if name not in ("answers", "channel")}
        return f"{self.state} {json.dumps(told, sort_keys=True, default=str)}"


@dataclass
class Walked:
    """What was found from one start. taken: ids of transitions. first: the shortest path to each state."""

    taken: set[str] = field(default_factory=set)
    first: dict[str, tuple[Deed, ...]] = field(default_factory=dict)
    after: dict[str, _Spot] = field(default_factory=dict)
    """By event, the first spot that it led to."""
    along: dict[str, _Spot] = field(default_factory=dict)
    """By transition, the same, without a clock on the way where there is such a way."""


def starts(procedure: Procedure) -> list[Start]:
    """The examples that pass, those first in which somebody is named who can be written to."""
    found = [_start(path) for path in sorted((CATALOGUE / procedure.slug / "examples").glob("passes-*.json"))]
    return sorted(found, key=lambda each: _unnamed(procedure, each))


def otherwise(procedure: Procedure) -> list[tuple[Procedure, Start]]:
    """What more may be filed where an authority sets a yes or no parameter the other way: any example right there."""
    parameters = procedure.source["procedure"].get("parameters", {})
    found: list[tuple[Procedure, Start]] = []
    for name, each in parameters.items():
        if each["type"] == "boolean":
            source = deepcopy(dict(procedure.source))
            source["procedure"]["parameters"][name]["default"] = not each["default"]
            set_so = loading.from_source(source)
            read = [_start(path) for path in sorted((CATALOGUE / procedure.slug / "examples").glob("*.json"))]
            settled = [(start, *_settled(set_so, start)) for start in read]
            found += [(set_so, replace(start, answers=said)) for start, said, wrong in settled if not wrong]
    return found


def _settled(procedure: Procedure, start: Start) -> tuple[Mapping[str, Any], Sequence[Problem]]:
    lists = {source: tuple(items) for source, items in start.lists.items()}
    return form_answers.settled(procedure.form, start.answers, as_of=start.as_of, lists=lists)


def _start(path: Any) -> Start:
    document = json.loads(path.read_text(encoding="utf-8"))
    lists = {source: tuple(ListItem(**item) for item in items) for source, items in document.get("lists", {}).items()}
    return Start(path.stem, date.fromisoformat(document["as_of"]), document["answers"], lists)


def _unnamed(procedure: Procedure, each: Start) -> tuple[bool, bool]:
    answers = form_answers.prune(procedure.form, each.answers, as_of=each.as_of)
    is_report = applicants.is_report(procedure, answers, "online")
    return is_report, not procedure.form.email_of(answers)


def ends(workflow: Workflow) -> list[str]:
    """The states that no transition leaves for another, in the order written."""
    return [each.id for each in workflow.states.values() if not _leaving(workflow, each)]


def reachable_ends(workflow: Workflow, state: str) -> list[str]:
    """The ends to which some transitions lead from that state, guards apart."""
    found, waiting = {state}, [state]
    while waiting:
        for each in _leaving(workflow, workflow.state(waiting.pop())):
            if each.target is not None and each.target not in found:
                found.add(each.target)
                waiting.append(each.target)
    return [end for end in ends(workflow) if end in found]


def _leaving(workflow: Workflow, state: State) -> list[Transition]:
    return [each for each in structure.exits(workflow, state) if each.target not in (None, state.id)]


def walk(procedure: Procedure, start: Start, spot: _Spot | None = None) -> Walked:
    """Everything that may happen to the demande of that example, from the first state or from a spot on."""
    workflow, found = procedure.workflow, Walked()
    begun = _first(procedure, start)
    entry = workflow.state(workflow.initial).entry
    found.taken.update(_settling(workflow, workflow.initial, beginnings.context(begun.context["answers"]), entry))
    waiting = deque([spot or begun])
    seen = {waiting[0].key}
    while waiting:
        here = waiting.popleft()
        found.first.setdefault(here.state, here.deeds)
        for deed, there in _steps(procedure, here, start.as_of):
            found.taken.update(_all_taken(workflow, here.state, deed))
            found.after.setdefault(deed.transition.event, there)
            if _is_awaited(found.along.get(deed.transition.id)):
                found.along[deed.transition.id] = there
            if there.key not in seen:
                seen.add(there.key)
                waiting.append(there)
    return found


def paths(procedure: Procedure) -> list[Path]:
    """The shortest path to each end, then one on which documents are asked for and come, where there are any.

    An end to which no example leads is looked for where an authority sets a yes or no parameter the other way.
    Then as many as are needed for each mail that somebody's act sends to be on one.
    """
    found: dict[str, Path] = {}
    workflow, again = procedure.workflow, None
    for start in starts(procedure):
        walked = walk(procedure, start)
        for end in ends(workflow):
            if end in walked.first:
                found.setdefault(end, Path(workflow.state(end).label, start, walked.first[end]))
        if again is None and procedure.pieces and "complete" in walked.after:
            again = _after_documents(procedure, start, walked.after["complete"])
    for setting, start in otherwise(procedure):
        for end, deeds in walk(setting, start).first.items():
            if end in ends(workflow):
                title = f"{workflow.state(end).label}, par un autre réglage"
                found.setdefault(end, Path(title, start, deeds, setting))
    ordered = [*(found[end] for end in ends(workflow) if end in found), *([again] if again else [])]
    return [*ordered, *_writing(procedure, ordered)]


def _writing(procedure: Procedure, known: Sequence[Path]) -> Iterator[Path]:
    """A path by each transition that writes what no path before writes, the longest first, on to the nearest end."""
    told = {_news(deed) for path in known for deed in path.deeds}
    for start in starts(procedure):
        for spot in reversed(walk(procedure, start).along.values()):
            last = spot.deeds[-1]
            if last.transition.event in _OF_DOCUMENTS or _news(last) in told or not _writes(last) or _is_awaited(spot):
                continue
            first = walk(procedure, start, spot).first
            end = next(each for each in first if each in ends(procedure.workflow))
            title = f"{procedure.workflow.state(end).label}, par « {last.transition.label or last.transition.event} »"
            path = Path(title, start, first[end])
            told.update(_news(deed) for deed in path.deeds)
            yield path


def _is_awaited(spot: _Spot | None) -> bool:
    """Whether it is yet to be found but by a clock or another system: it may not run for the example, or too late."""
    return spot is None or any("system" in deed.transition.by for deed in spot.deeds)


def _writes(deed: Deed) -> bool:
    return any(each.type == "mail" for each in deed.transition.actions)


def _news(deed: Deed) -> tuple[str, str]:
    """What tells the mails of one deed from those of another: what is done, and the state that they tell."""
    return deed.transition.event, deed.state


def _after_documents(procedure: Procedure, start: Start, spot: _Spot) -> Path:
    """The path on from the spot where the documents came to the first end that the workflow writes."""
    first = walk(procedure, start, spot).first
    end = next(each for each in ends(procedure.workflow) if each in first)
    return Path(f"{procedure.workflow.state(end).label}, après des pièces demandées", start, first[end])


def _first(procedure: Procedure, start: Start) -> _Spot:
    answers = form_answers.prune(procedure.form, start.answers, as_of=start.as_of)
    context = beginnings.context(answers)
    step = engine.initial(procedure.workflow, context)
    return _Spot(step.state, _changed(context, step))


def _steps(procedure: Procedure, here: _Spot, as_of: date) -> Iterator[tuple[Deed, _Spot]]:
    """Each event that some transition waits for here, with each answer to its form; people's before the system's."""
    workflow = procedure.workflow
    known = structure.exits(workflow, workflow.state(here.state))
    events = {each.event: each for each in sorted(known, key=lambda each: "system" in each.by) if each.event != ALWAYS}
    for event, each in events.items():
        day = (
            as_of + _AHEAD if any(one.day.startswith(f"agent.{each.form}.") for one in workflow.appointment) else as_of
        )
        forms = variants(procedure.agent_forms[each.form], day) if each.form else (None,)
        for answers in forms:
            context = here.context if answers is None else _told(here.context, each.form, answers)
            try:
                step = engine.step(workflow, here.state, event, functions=FUNCTIONS, context=context)
            except TransitionRefused:
                continue
            assert step.transition is not None
            deed = Deed(step.transition, answers, step.state, context)
            yield deed, _Spot(step.state, _changed(context, step), (*here.deeds, deed))


def _told(context: Mapping[str, Any], form: str, answers: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**context, "agent": {**context.get("agent", {}), form: answers}}


def _changed(context: Mapping[str, Any], step: engine.Step) -> Mapping[str, Any]:
    for action in step.actions:
        context = assigning.after(action, context)
    return context


def _all_taken(workflow: Workflow, here: str, deed: Deed) -> Iterator[str]:
    """The transition itself, then each `always` that follows."""
    each = deed.transition
    yield each.id
    stays = each.target is None or each.target == each.source
    left = () if stays else workflow.state(here).exit
    entered = () if stays else workflow.state(each.target or "").entry
    yield from _settling(workflow, each.target or here, deed.context, (*left, *each.actions, *entered))


def _settling(workflow: Workflow, here: str, context: Mapping[str, Any], actions: Sequence[Action]) -> Iterator[str]:
    """Each `always` taken from that state, after these actions, until it rests."""
    for _ in range(_MOST_VARIANTS):
        for action in actions:
            context = assigning.after(action, context)
        known = structure.exits(workflow, workflow.state(here))
        open_ones = (each for each in known if each.guard is None or workflow.guards[each.guard].holds(context))
        following = next((each for each in open_ones if each.event == ALWAYS), None)
        if following is None or following.target is None:
            return
        yield following.id
        left, entered = workflow.state(here), workflow.state(following.target)
        here, actions = following.target, (*left.exit, *following.actions, *entered.entry)


def variants(form: Form, as_of: date) -> list[dict[str, Any]]:
    """Right answers of an agent to a form: each choice, each yes or no, what may be left out with and without."""
    found: dict[str, dict[str, Any]] = {}
    fields = [each for each in form.fields if each.computed is None]
    values = list(product(*(_values(each, as_of) for each in fields)))[:_MOST_VARIANTS]
    for chosen in values:
        answers: dict[str, Any] = {}
        for each, value in zip(fields, chosen, strict=True):
            if value is None:
                continue
            node = answers
            for step in each.path[:-1]:
                node = node.setdefault(step, {})
            node[each.path[-1]] = value
        settled, problems = form_answers.settled(form, answers, as_of=as_of)
        if not problems:
            found.setdefault(json.dumps(settled, sort_keys=True, default=str), dict(settled))
    assert found, f"no answer to the form fits: {[each.name for each in fields]}"
    return list(found.values())


def _values(each: Field, as_of: date) -> Sequence[Any]:
    """The values to try for a field, None to leave it out."""
    return (*_filled(each, as_of), *(() if each.required else (None,)))


def _filled(each: Field, as_of: date) -> Sequence[Any]:
    if each.kind == "yes_no":
        return (True, False)
    if each.kind == "choice":
        return tuple(choice.value for choice in each.choices)
    if each.kind == "choices":
        return ([each.choices[0].value],)
    if each.kind == "date":
        return (as_of.isoformat(),)
    return (_SAMPLES[each.kind],)
