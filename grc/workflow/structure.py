"""What is wrong with a workflow as a whole: states out of reach, dead ends, loops that never rest, names of no use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from grc.conditions import Faults
from grc.workflow.definition import (
    ALWAYS,
    KNOWN_EVENTS,
    LEGAL_CLOCKS,
    OUTSIDE,
    REMINDER,
    STATE_CHANGED,
    Action,
    State,
    Transition,
    Workflow,
)

OPEN_PHASES = ("received", "examined")
"""Where a submission still awaits its decision: such a state must lead somewhere."""

_TOLD: Mapping[str, str] = {
    "take_charge": "taken_charge",
    "request_documents": "documents_requested",
    "complete": "documents_received",
    "accept": "accepted",
    "refuse": "refused",
    "withdraw": "withdrawn",
}
"""The message that each known event has the facts of; any event has those of a new state."""

_AGENTS = frozenset({"handler", "supervisor"})
_ENDS = ("done", "failed")
_COMMANDED = ("request_documents", "transfer")
"""The actions that a command of agents carries out: each goes by the event of its name."""
_OUTCOMES = {"accept": "accepted", "refuse": "refused"}


def check(workflow: Workflow, *, where: str, tells: bool, faults: Faults) -> None:
    """Faults, each naming its state; a workflow whose initial state is unknown is not walked.

    tells: whether its messages are those of this software, so that each must fit its event. A published workflow, of
    which they are not known, is read as it was judged: a rule thought of since would lock the demandes under way.
    """
    if tells:
        _check_transitions(workflow, where, faults)
        _check_reach(workflow, where, faults)
        _check_marks(workflow, where, faults)
        _check_appointment(workflow, where, faults)
    if workflow.initial not in workflow.states:
        return
    reached = reachable(workflow)
    for name, state in workflow.states.items():
        place = f"{where}/states/{name}"
        if name not in reached:
            advice = "Ajoutez une transition qui y mène, ou ôtez-le."
            faults.add(place, f"aucun chemin ne mène à l’état « {name} ».", advice)
        if state.final and state.transitions:
            faults.add(place, f"l’état final « {name} » a des transitions.", 'Ôtez-les, ou ôtez "type": "final".')
        if state.phase in OPEN_PHASES and not state.final and not exits(workflow, state):
            faults.add(place, f"rien ne sort de l’état « {name} ».", 'Ajoutez une transition, ou "type": "final".')
    for circle in _restless(workflow):
        faults.add(where, f"« always » tourne en rond : {circle}.", "Ajoutez une condition (« guard »).")


def _check_marks(workflow: Workflow, where: str, faults: Faults) -> None:
    """`waiting` keeps a demande open, so that silence decides it; `ongoing` keeps a decided one until it is left."""
    for name, state in workflow.states.items():
        place = f"{where}/states/{name}/meta"
        if state.waiting and state.phase not in OPEN_PHASES:
            message = f"l’état « {name} » attend l’usager alors que la demande est décidée ou close."
            faults.add(f"{place}/waiting", message, "Ôtez « waiting » : sinon, le silence décide encore.")
        leads = any(each.target for each in exits(workflow, state))
        if state.ongoing and not (leads and state.phase == "decided"):
            message = f"l’état « {name} » dure sans être décidé, ou sans fin."
            faults.add(f"{place}/ongoing", message, "« ongoing » va avec la phase « decided » et une sortie.")


def _check_appointment(workflow: Workflow, where: str, faults: Faults) -> None:
    for place, message, advice in _of_appointment(workflow):
        faults.add(f"{where}/{place}", message, advice)


def _of_appointment(workflow: Workflow) -> Iterator[tuple[str, str, str]]:
    """Faults of what speaks of an appointment where none is read or stands: place, message, advice."""
    advice = "Dites dans « meta.appointment » où il se lit."
    appointed = [name for name, state in workflow.states.items() if state.appointed]
    for name in appointed if not workflow.appointment else ():
        yield f"states/{name}/meta/appointed", f"l’état « {name} » montre un rendez-vous que rien ne donne.", advice
    for clock in workflow.clocks.values():
        if clock.to and not workflow.appointment:
            yield (
                f"meta/clocks/{clock.name}/to",
                f"« {clock.name} » court vers un rendez-vous que rien ne donne.",
                advice,
            )
    if workflow.appointment and not appointed:
        yield "meta/appointment", "aucun état ne montre ce rendez-vous.", 'Écrivez "appointed": true dans le sien.'
    for each in workflow.transitions:
        target = workflow.states.get(each.target or each.source)
        tells = any(action.params.get("message") == REMINDER for action in caused(workflow, each))
        if tells and target is not None and not target.appointed:
            message = f"l’état « {target.id} », où le rappel part, ne montre pas de rendez-vous."
            yield f"{each.id}/actions", message, 'Écrivez "appointed": true dans cet état.'


def _check_transitions(workflow: Workflow, where: str, faults: Faults) -> None:
    for each in workflow.transitions:
        follows, place = caused(workflow, each), f"{where}/{each.id}"
        _check_acts(each, follows, place, faults)
        _check_messages(each, follows, place, faults)

        _check_kind(workflow, each, place, faults)


def _check_kind(workflow: Workflow, each: Transition, where: str, faults: Faults) -> None:
    """What only people, only the system or nobody may do; where it goes at once; the form that it names."""
    if each.event.startswith(OUTSIDE) and each.by != ("system",):
        faults.add(f"{where}/meta/by", f"« {each.event} » n’arrive que par le système.", 'Écrivez "by": ["system"].')
    family, _, name = each.event.partition(".")
    if family == "clock" and name not in (*LEGAL_CLOCKS, *workflow.clocks):
        faults.unknown(where, f"délai inconnu : « {name} ».", name, (*LEGAL_CLOCKS, *workflow.clocks))
    calls = [
        f"{action.params.get('name')}.{end}" for action in workflow.actions if action.type == "call" for end in _ENDS
    ]
    if family == "call" and name not in calls:
        faults.unknown(where, f"aucune action n’a pour suite « {each.event} ».", name, calls)
    if each.event == ALWAYS and each.target in (None, each.source):
        faults.add(where, "« always » doit mener à un autre état.", "Donnez-lui une cible, ou ôtez-le.")
    if each.form and each.form not in workflow.forms:
        faults.unknown(f"{where}/meta/form", f"formulaire inconnu : « {each.form} ».", each.form, workflow.forms)
    if "citizen" in each.by and each.event not in KNOWN_EVENTS and not each.label:
        faults.add(f"{where}/meta/label", "l’usager ne peut pas choisir ce qui n’a pas de nom.", "Ajoutez « label ».")
    if each.form and not _AGENTS & frozenset(each.by):
        faults.add(f"{where}/meta/form", "un formulaire se remplit par un agent.", 'Ajoutez "handler" à « by ».')


def _check_reach(workflow: Workflow, where: str, faults: Faults) -> None:
    """Candidates that one without a guard hides, or of the same name; what a final state would never do."""
    sure: set[tuple[str, str]] = set()
    known: set[str] = set()
    for each in workflow.transitions:
        if each.id in known:
            faults.add(f"{where}/{each.id}", "deux transitions ont cet identifiant.", "Changez « id ».")
        known.add(each.id)
        if (each.source, each.event) in sure:
            message = "cette transition ne sert jamais : la précédente n’a pas de condition."
            faults.add(f"{where}/{each.id}", message, "Ajoutez un « guard » à la précédente, ou ôtez celle-ci.")
        if each.guard is None:
            sure.add((each.source, each.event))
    for name, state in workflow.states.items():
        if state.final and state.exit:
            faults.add(f"{where}/states/{name}/exit", f"rien ne sort de l’état final « {name} ».", "Ôtez « exit ».")


def _check_acts(each: Transition, caused: Sequence[Action], where: str, faults: Faults) -> None:
    """A decision and a request for documents go by the events of their commands, which notify as the law wants."""
    decided = [str(action.params.get("outcome")) for action in caused if action.type == "decision"]
    if decided != ([_OUTCOMES[each.event]] if each.event in _OUTCOMES else []):
        advice = "« accept » décide « accepted », « refuse » décide « refused », les autres événements rien."
        faults.add(where, "l’événement et l’action « decision » ne vont pas ensemble.", advice)
    for name in _COMMANDED:
        if any(action.type == name for action in caused) != (each.event == name):
            message = f"l’action « {name} » va avec l’événement du même nom, et lui avec elle."
            faults.add(where, message, "Ajoutez-la, ôtez-la, ou renommez l’événement.")


def _check_messages(each: Transition, caused: Sequence[Action], where: str, faults: Faults) -> None:
    """A mail tells only what its event has the facts of; what an agent types goes in the mail of a new state."""
    told = [str(action.params.get("message")) for action in caused if action.params.get("to") == "citizen"]
    for name in told:
        reminds = name == REMINDER and each.event.startswith("clock.")
        if not reminds and name not in (STATE_CHANGED, _TOLD.get(each.event)):
            message = f"l’événement « {each.event} » n’a pas de quoi écrire le message « {name} »."
            faults.add(where, message, f"Prenez « {STATE_CHANGED} ».")
    if each.asks and (STATE_CHANGED not in told or "handler" not in each.by or each.event in KNOWN_EVENTS):
        message = f"« asks » sert à un agent qui écrit à l’usager, par le message « {STATE_CHANGED} »."
        faults.add(f"{where}/meta/asks", message, "Ajoutez l’action de courriel, ou ôtez « asks ».")


def caused(workflow: Workflow, each: Transition) -> tuple[Action, ...]:
    """The actions of a transition, with those of the states that it leaves and enters."""
    source, target = workflow.states.get(each.source), workflow.states.get(each.target or "")
    if target is None or target is source:
        return each.actions
    return (*(source.exit if source else ()), *each.actions, *target.entry)


def reachable(workflow: Workflow) -> frozenset[str]:
    """The states to which some path of transitions leads from the initial one, guards apart."""
    found: set[str] = set()
    waiting = [workflow.initial]
    while waiting:
        name = waiting.pop()
        if name in found or name not in workflow.states:
            continue
        found.add(name)
        waiting.extend(each.target for each in exits(workflow, workflow.states[name]) if each.target is not None)
    return frozenset(found)


def exits(workflow: Workflow, state: State) -> tuple[Transition, ...]:
    """The transitions that may be taken from a state, its own first; none from a final one."""
    return () if state.final else (*state.transitions, *workflow.anywhere)


def _restless(workflow: Workflow) -> tuple[str, ...]:
    """The circles made only of `always` without a guard: they would never come to rest."""
    following: Mapping[str, str] = {
        name: target
        for name, state in workflow.states.items()
        if (
            target := next((each.target for each in state.transitions if each.event == ALWAYS and not each.guard), None)
        )
    }
    circles: set[str] = set()
    for start in following:
        path = [start]
        while (name := following.get(path[-1])) and name not in path:
            path.append(name)
        if name == start and start == min(path):
            circles.add(" → ".join([*path, start]))
    return tuple(sorted(circles))
