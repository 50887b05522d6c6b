"""Reading workflow.json (a subset of XState v5) into a Workflow, with every fault at once."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any

from grc.conditions import Expression, Faults, listed, mapping, parse_expression
from grc.workflow import actions, extras, structure
from grc.workflow.definition import AFTER, ALWAYS, FUNCTIONS, PHASES, Action, State, Transition, Workflow
from grc.workflow.extras import WORD, is_duration

Json = Any

_NAME = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)*")
_RESERVED = (AFTER, "xstate.")
CONTEXT_NAMES = frozenset({"channel", "labels"})
"""What guards may read of any submission: by which channel it came, and its labels."""


def parse(
    document: Mapping[str, Json],
    *,
    where: str,
    messages: Collection[str] | None = None,
    names: Collection[str] = CONTEXT_NAMES,
) -> Workflow:
    """The workflow; raises Misconfigured with all its faults. where: the file, named in each fault.

    messages: the names that mail may send; None: not checked. names: what guards may read.
    """
    faults = Faults()
    workflow = read(document, where=where, messages=messages, names=names, faults=faults)
    faults.raise_any()
    return workflow


def read(
    document: Mapping[str, Json],
    *,
    where: str,
    messages: Collection[str] | None,
    names: Collection[str],
    faults: Faults,
) -> Workflow:
    """The workflow as far as it can be read; what is wrong goes to faults."""
    reader = _Reader(document, f"{where}#", messages, names, faults)
    workflow = reader.workflow()
    structure.check(workflow, where=f"{where}#", tells=messages is not None, faults=faults)
    return workflow


class _Reader:
    def __init__(
        self,
        document: Mapping[str, Json],
        where: str,
        messages: Collection[str] | None,
        names: Collection[str],
        faults: Faults,
    ) -> None:
        self._document = document
        self._where = where
        self._messages = messages
        self._names = names
        self._faults = faults
        self._states = mapping(document.get("states"))
        self._guards: dict[str, Expression] = {}
        self._actions: dict[str, Action] = {}

    def workflow(self) -> Workflow:
        document = self._document
        self._guards = dict(self._read_guards(mapping(document.get("guards"))))
        table = mapping(document.get("actions"))
        self._actions = dict(
            actions.read(table, where=f"{self._where}/actions", messages=self._messages, faults=self._faults)
        )
        states = {name: self._state(name, mapping(state)) for name, state in self._states.items()}
        if not states:
            self._faults.add(f"{self._where}/states", "il manque les états.", "Ajoutez « states ».")
        self._known_state(document.get("initial"), f"{self._where}/initial")
        if "always" in document:
            message = "« always » n’a pas sa place à la racine : rien ne l’arrêterait."
            self._faults.add(f"{self._where}/always", message, "Écrivez-le dans les états.")
        meta = mapping(document.get("meta"))
        workflow = Workflow(
            id=str(document.get("id", "")),
            label=str(meta.get("label", "")),
            description=str(meta.get("description", "")),
            initial=str(document.get("initial", "")),
            states=states,
            anywhere=tuple(self._on("", mapping(document.get("on")), f"{self._where}/on")),
            guards=self._guards,
            delays=dict(self._read_delays(mapping(document.get("delays")))),
        )
        return self._with_extras(workflow, meta)

    def _with_extras(self, workflow: Workflow, meta: Mapping[str, Json]) -> Workflow:
        where = f"{self._where}/meta"
        clocks = extras.clocks(
            mapping(meta.get("clocks")),
            events=workflow.events,
            guards=mapping(self._document.get("guards")),
            where=f"{where}/clocks",
            faults=self._faults,
        )
        forms = extras.forms(mapping(meta.get("forms")), where=f"{where}/forms", faults=self._faults)
        paths = extras.appointment(meta.get("appointment"), where=f"{where}/appointment", faults=self._faults)
        return replace(
            workflow,
            clocks={each.name: each for each in clocks},
            forms={each.name: each for each in forms},
            appointment=tuple(paths),
        )

    def _read_guards(self, table: Mapping[str, Json]) -> Iterator[tuple[str, Expression]]:
        for name, source in table.items():
            where = f"{self._where}/guards/{name}"
            self._check_name(name, where)
            read = parse_expression(str(source), known=self._names, where=where, faults=self._faults)
            if read:
                yield name, read

    def _read_delays(self, table: Mapping[str, Json]) -> Iterator[tuple[str, str]]:
        for name, length in table.items():
            where = f"{self._where}/delays/{name}"
            self._check_name(name, where)
            if not is_duration(length):
                self._faults.add(where, f"« {length} » n’est pas une durée.", "Par exemple P15D pour quinze jours.")
            yield name, str(length)

    def _check_name(self, name: str, where: str) -> None:
        if not WORD.fullmatch(name):
            self._faults.add(where, f"« {name} » : minuscules sans accent, chiffres et _.")

    def _state(self, name: str, state: Mapping[str, Json]) -> State:
        where = f"{self._where}/states/{name}"
        self._check_name(name, where)
        meta = mapping(state.get("meta"))
        phase = meta.get("phase")
        if not isinstance(phase, str) or phase not in PHASES:
            self._faults.unknown(f"{where}/meta/phase", f"étape inconnue : « {phase} ».", str(phase), PHASES)
        for key in ("label", "sentence"):
            if not isinstance(meta.get(key), str) or not meta[key].strip():
                self._faults.add(f"{where}/meta/{key}", f"il manque « {key} », que lisent les personnes.")
        return State(
            id=name,
            label=str(meta.get("label", "")),
            citizen_sentence=str(meta.get("sentence", "")),
            phase=str(phase),
            final=state.get("type") == "final",
            waiting=meta.get("waiting") is True,
            ongoing=meta.get("ongoing") is True,
            appointed=meta.get("appointed") is True,
            transitions=tuple(self._leaving(name, state, where)),
            entry=self._named_actions(state.get("entry"), f"{where}/entry"),
            exit=self._named_actions(state.get("exit"), f"{where}/exit"),
        )

    def _leaving(self, name: str, state: Mapping[str, Json], where: str) -> Iterator[Transition]:
        yield from self._on(name, mapping(state.get("on")), f"{where}/on")
        if "always" in state:
            yield from self._candidates(name, ALWAYS, state["always"], f"{where}/always")
        delays = mapping(self._document.get("delays"))
        for delay, candidates in mapping(state.get("after")).items():
            if delay not in delays:
                self._faults.unknown(f"{where}/after/{delay}", f"délai inconnu : « {delay} ».", delay, delays)
            yield from self._candidates(name, AFTER + delay, candidates, f"{where}/after/{delay}")

    def _on(self, source: str, table: Mapping[str, Json], where: str) -> Iterator[Transition]:
        for event, candidates in table.items():
            if not _NAME.fullmatch(event):
                self._faults.add(f"{where}/{event}", f"« {event} » : minuscules sans accent, chiffres, _ et points.")
            if event.startswith(_RESERVED):
                message = f"le nom « {event} » est réservé."
                self._faults.add(f"{where}/{event}", message, "Un délai s’écrit dans « after ».")
            yield from self._candidates(source, event, candidates, f"{where}/{event}")

    def _candidates(self, source: str, event: str, written: Json, where: str) -> Iterator[Transition]:
        """One transition, or several of which the first whose guard holds is taken."""
        several = isinstance(written, list)
        for number, each in enumerate(written if several else [written]):
            place = f"{where}/{number}" if several else where
            if not isinstance(each, str | Mapping):
                self._faults.add(place, f"« {each} » n’est pas une transition.", "Une cible, ou un objet.")
            config: Mapping[str, Json] = {"target": each} if isinstance(each, str) else mapping(each)
            meta = mapping(config.get("meta"))
            identifier = str(meta.get("id", ""))
            if several and len(written) > 1 and not identifier:
                self._faults.add(f"{place}/meta/id", "il manque l’identifiant de cette transition.", "Ajoutez « id ».")
            yield self._transition(source, event, config, place, identifier or f"{source}.{event or 'always'}")

    def _transition(self, source: str, event: str, config: Mapping[str, Json], where: str, name: str) -> Transition:
        meta = mapping(config.get("meta"))
        by = tuple(str(each) for each in listed(meta.get("by")))
        spontaneous = event == ALWAYS or event.startswith(AFTER)
        if not by and not spontaneous:
            self._faults.add(f"{where}/meta/by", "il manque qui peut le faire.", 'Par exemple "by": ["handler"].')
        for function in by:
            if function not in FUNCTIONS:
                self._faults.unknown(f"{where}/meta/by", f"fonction inconnue : « {function} ».", function, FUNCTIONS)
        if not spontaneous and by != ("system",) and not str(meta.get("label") or "").strip():
            self._faults.add(f"{where}/meta/label", "il manque le libellé du bouton.", "Ajoutez « label ».")
        return Transition(
            id=name,
            event=event,
            source=source,
            target=self._target(source, config.get("target"), f"{where}/target"),
            guard=self._guard(config.get("guard"), f"{where}/guard"),
            actions=self._named_actions(config.get("actions"), f"{where}/actions"),
            label=str(meta.get("label", "")),
            by=by or ("system",),
            confirm=str(meta.get("confirm", "")),
            asks=str(meta.get("asks", "")),
            question=str(meta.get("question", "")),
            form=str(meta.get("form", "")),
        )

    def _target(self, source: str, target: Json, where: str) -> str | None:
        """A sibling by its name; from the root a child, which XState writes with a leading dot."""
        if target is None:
            return None
        name = str(target)
        if not source and not name.startswith("."):
            self._faults.add(where, f"à la racine, « {name} » s’écrit « .{name} ».")
        name = name if source else name.removeprefix(".")
        self._known_state(name, where)
        return name

    def _known_state(self, name: Json, where: str) -> None:
        if not isinstance(name, str) or name not in self._states:
            self._faults.unknown(where, f"l’état « {name} » n’existe pas.", str(name), self._states)

    def _guard(self, name: Json, where: str) -> str | None:
        if name is None:
            return None
        table = mapping(self._document.get("guards"))
        if not isinstance(name, str) or name not in table:
            self._faults.unknown(where, f"la condition « {name} » n’est pas dans « guards ».", str(name), table)
        return str(name)

    def _named_actions(self, names: Json, where: str) -> tuple[Action, ...]:
        listed = names if isinstance(names, list) else [] if names is None else [names]
        found: list[Action] = []
        for number, name in enumerate(listed):
            action = self._actions.get(name) if isinstance(name, str) else None
            if action is None:
                message = f"l’action « {name} » n’est pas dans « actions »."
                self._faults.unknown(f"{where}/{number}", message, str(name), self._actions)
            else:
                found.append(action)
        return tuple(found)
