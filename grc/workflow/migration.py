"""A migration map: for each state of an old workflow its state in a new one; what is wrong with it, what it changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from grc.conditions import Faults, mapping
from grc.workflow import structure, words
from grc.workflow.definition import AFTER, Action, State, Workflow

Json = Any

_ENDED = ("decided", "closed")
_CLOCK = "clock."
_BESIDE = ("warning.", "appointment.")
"""The timers that follow a clock: the word given before it, and the clock itself where it runs to an appointment."""


@dataclass(frozen=True)
class MigrationMap:
    """From an old workflow to a new one. states: old name to new. events: of the timers that run, old to new or None.

    A state or an event that it does not name keeps its name.
    """

    states: Mapping[str, str]
    events: Mapping[str, str | None]

    def state(self, old: str) -> str:
        """The new state."""
        return self.states.get(old, old)

    def event(self, old: str) -> str | None:
        """The event that a timer raises from now on, None when it is stopped; a warning follows its clock."""
        for family in _BESIDE:
            if old.startswith(family):
                clock = self.event(_CLOCK + old.removeprefix(family))
                return None if clock is None else family + clock.removeprefix(_CLOCK)
        return self.events.get(old, old)


def parse(document: Mapping[str, Json], old: Workflow, new: Workflow, *, where: str, faults: Faults) -> MigrationMap:
    """The map of a document {"states": {…}, "events": {…}}, right for every state of the old workflow.

    What is wrong goes to faults: names that neither workflow has, states and timers left without a successor, and
    whatever would decide, reopen or forget: an open state stays open, an ended one ended, one that awaits documents so.
    """
    for key in document.keys() - {"states", "events"}:
        faults.unknown(f"{where}#/{key}", f"clé inconnue : « {key} ».", key, ("states", "events"))
    states = {str(one): str(other) for one, other in mapping(document.get("states")).items()}
    written = mapping(document.get("events"))
    events = {str(one): None if other is None else str(other) for one, other in written.items()}
    read = MigrationMap(states, events)
    for name in states.keys() - old.states.keys():
        faults.unknown(f"{where}#/states/{name}", f"l’ancien circuit n’a pas l’état « {name} ».", name, old.states)
    for state in old.states.values():
        _check_state(read, state, new, f"{where}#/states/{state.id}", faults)
    _check_events(read, old, new, where, faults)
    return read


def unheard(read: MigrationMap, old: Workflow, new: Workflow, state: str) -> tuple[str, ...]:
    """What could be done or could happen in that state of the old workflow and no longer in its new one, in words."""
    known = {each.event for each in structure.exits(new, new.state(read.state(state)))}
    gone = [
        each for each in structure.exits(old, old.state(state)) if each.event and read.event(each.event) not in known
    ]
    return tuple(dict.fromkeys(words.what(old, each) for each in gone))


def unrun(read: MigrationMap, old: Workflow, new: Workflow, state: str) -> tuple[Action, ...]:
    """The actions that a transition would run and a migration does not: exit of the old state, entry of the new."""
    entered = new.state(read.state(state))
    return () if entered.id == state else (*old.state(state).exit, *entered.entry)


def delays(workflow: Workflow, state: str) -> dict[str, str]:
    """The delays that run in a state, as the events that end them, with their lengths as ISO 8601 durations."""
    found = [each.event for each in workflow.state(state).transitions if each.event.startswith(AFTER)]
    return {event: workflow.delays[event.removeprefix(AFTER)] for event in found}


def _check_state(read: MigrationMap, state: State, new: Workflow, where: str, faults: Faults) -> None:
    name = read.state(state.id)
    after = new.states.get(name)
    if after is None:
        message = f"l’état « {state.id} » n’a pas de suite : le nouveau circuit n’a pas « {name} »."
        faults.unknown(where, message, name, new.states)
        return
    if (state.phase in _ENDED) != (after.phase in _ENDED):
        message = f"« {state.label} » ne peut devenir « {after.label} » : une migration ne décide ni ne rouvre rien."
        faults.add(where, message, "Choisissez un état dont l’étape s’accorde.")
    if state.waiting != after.waiting:
        message = f"« {state.label} » et « {after.label} » n’attendent pas tous deux l’usager."
        faults.add(where, message, "Une demande de pièces en cours ne doit ni naître ni se perdre.")
    if state.appointed and not after.appointed:
        message = f"« {after.label} » ne montrerait plus le rendez-vous que « {state.label} » montre."
        faults.add(where, message, "Un rendez-vous pris ne se perd pas.")
    if after.final and not state.final:
        faults.add(where, f"« {after.label} » est un état final, que l’on n’atteint que par son circuit.")


def _check_events(read: MigrationMap, old: Workflow, new: Workflow, where: str, faults: Faults) -> None:
    """Faults of the timers: each delay of a state, each clock, has its successor or is stopped by name (null)."""
    timed = {f"{_CLOCK}{name}" for name in old.clocks}
    for state in old.states.values():
        timed |= delays(old, state.id).keys()
        after = new.states.get(read.state(state.id))
        for event in delays(old, state.id) if after else ():
            followed = read.event(event)
            if after and followed is not None and followed not in delays(new, after.id):
                message = f"le délai « {event} » de « {state.label} » n’a pas de suite dans « {after.label} »."
                faults.unknown(f"{where}#/events/{event}", message, followed, delays(new, after.id))
    for name in old.clocks:
        followed = read.event(_CLOCK + name)
        if followed is not None and followed.removeprefix(_CLOCK) not in new.clocks:
            message = f"le délai « {name} » n’a pas de suite dans le nouveau circuit."
            faults.unknown(f"{where}#/events/{_CLOCK}{name}", message, followed, (_CLOCK + each for each in new.clocks))
        elif followed is not None and old.clocks[name].to != new.clocks[followed.removeprefix(_CLOCK)].to:
            message = f"le délai « {name} » court vers le rendez-vous dans un seul des deux circuits."
            faults.add(f"{where}#/events/{_CLOCK}{name}", message, "Donnez-lui une autre suite, ou arrêtez-le (null).")
    for event in read.events.keys() - timed:
        faults.unknown(f"{where}#/events/{event}", f"l’ancien circuit n’a pas le délai « {event} ».", event, timed)
