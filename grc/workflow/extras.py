"""What the root of a workflow says in its `meta`, read: its clocks, the forms that agents fill, its appointment."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from grc.conditions import Faults, listed, mapping
from grc.workflow.definition import (
    APPOINTMENT,
    CLOCK_UNITS,
    FILED,
    LEGAL_CLOCKS,
    AgentForm,
    AppointmentPaths,
    Clock,
)

Json = Any

WORD = re.compile(r"[a-z][a-z0-9_]*")
DURATION = re.compile(
    r"P(?=.*\d)(?:(?P<years>\d{1,2})Y)?(?:(?P<months>\d{1,3})M)?(?:(?P<weeks>\d{1,3})W)?(?:(?P<days>\d{1,4})D)?"
    r"(?:T(?=\d)(?:(?P<hours>\d{1,4})H)?(?:(?P<minutes>\d{1,4})M)?)?",
    re.ASCII,
)
"""An ISO 8601 duration as workflows write it: its units in order, each once."""
LONGEST_PERIOD = 3660
_LONGEST_NAME = 40
"""Of a clock that runs to the appointment: its timer bears more than its name."""
_PATH = re.compile(r"(answers(\.[a-z0-9_]+){1,4}|agent(\.[a-z0-9_]+){2,5})")
_OF_PERIODS = ("period", "unit", "warn", "after")
"""What a clock that runs to the appointment does without."""
_DAYS = {"years": 366, "months": 31, "weeks": 7, "days": 1}


def is_duration(written: Json) -> bool:
    """Whether it is a duration that can be counted from any day: longer than nothing, ten years at most."""
    read = DURATION.fullmatch(written) if isinstance(written, str) else None
    if read is None:
        return False
    parts = {name: int(number or 0) for name, number in read.groupdict().items()}
    days = sum(parts[name] * length for name, length in _DAYS.items())
    return any(parts.values()) and days + parts["hours"] / 24 <= LONGEST_PERIOD


def clocks(
    table: Mapping[str, Json], *, events: Collection[str], guards: Collection[str], where: str, faults: Faults
) -> Iterator[Clock]:
    """The clocks in the order written; what is wrong goes to faults. events: those that the workflow waits for."""
    for name, written in table.items():
        place = f"{where}/{name}"
        clock = mapping(written)
        _name(name, place, faults)
        if name in LEGAL_CLOCKS:
            faults.add(place, f"« {name} » est un délai de la loi, que ce circuit ne peut redéfinir.")
        to = _to(name, clock, place, faults)
        for key in ("label",) if to else ("label", "source"):
            if not isinstance(clock.get(key), str) or not clock[key].strip():
                faults.add(f"{place}/{key}", f"il manque « {key} », que lisent les agents.")
        for number, event in enumerate(listed(clock.get("stops"))):
            _event(event, events, f"{place}/stops/{number}", faults)
        if "guard" in clock and str(clock["guard"]) not in guards:
            message = f"la condition « {clock['guard']} » n’est pas dans « guards »."
            faults.unknown(f"{place}/guard", message, str(clock["guard"]), guards)
        yield Clock(
            name=name,
            label=str(clock.get("label", "")),
            start=_start(clock.get("from"), events, f"{place}/from", faults),
            period=0 if to else _period(clock.get("period"), f"{place}/period", faults),
            unit="" if to else _unit(clock.get("unit"), f"{place}/unit", faults),
            source=str(clock.get("source", "")),
            warn=_warning(clock.get("warn"), f"{place}/warn", faults),
            stops=tuple(str(each) for each in listed(clock.get("stops"))),
            guard=str(clock.get("guard", "")),
            after="" if to else _after(clock.get("after"), table, f"{place}/after", faults),
            to=to,
            before=_warning(clock.get("before"), f"{place}/before", faults),
        )


def appointment(written: Json, *, where: str, faults: Faults) -> Iterator[AppointmentPaths]:
    """Where the appointment is read, in the order written; what is wrong with the shape of a path goes to faults."""
    for number, each in enumerate(listed(written)):
        one = mapping(each)
        for key in one:
            if not isinstance(one[key], str) or not _PATH.fullmatch(one[key]):
                advice = "Écrivez answers.<question> ou agent.<formulaire>.<question>."
                faults.add(f"{where}/{number}/{key}", f"« {one[key]} » ne nomme pas de réponse.", advice)
        for key in ("day", "start"):
            if key not in one:
                faults.add(f"{where}/{number}/{key}", f"il manque « {key} » au rendez-vous.")
        yield AppointmentPaths(**{key: str(one.get(key, "")) for key in ("day", "start", "end", "place")})


def forms(table: Mapping[str, Json], *, where: str, faults: Faults) -> Iterator[AgentForm]:
    """The forms as JSON, in the order written; what is wrong with their outside goes to faults."""
    for name, written in table.items():
        place = f"{where}/{name}"
        form = mapping(written)
        _name(name, place, faults)
        for key in ("schema", "ui"):
            if not isinstance(form.get(key), Mapping):
                faults.add(f"{place}/{key}", f"il manque « {key} », comme à tout formulaire.")
        yield AgentForm(name, mapping(form.get("schema")), mapping(form.get("ui")), str(form.get("shown", "")))


def _name(name: str, where: str, faults: Faults) -> None:
    if not WORD.fullmatch(name):
        faults.add(where, f"« {name} » : minuscules sans accent, chiffres et _.")


def _to(name: str, clock: Mapping[str, Json], where: str, faults: Faults) -> str:
    """APPOINTMENT where the clock runs to it, "" where it has a period; a fault where it has both, or neither."""
    to = clock.get("to")
    if to is None:
        if "before" in clock:
            faults.add(f"{where}/before", "« before » va avec « to ».", f'Écrivez "to": "{APPOINTMENT}".')
        return ""
    if to != APPOINTMENT:
        faults.unknown(f"{where}/to", f"« {to} » n’est pas ce vers quoi court un délai.", str(to), (APPOINTMENT,))
    if len(name) > _LONGEST_NAME:
        faults.add(where, "ce nom est trop long.", f"{_LONGEST_NAME} caractères au plus.")
    for key in _OF_PERIODS:
        if key in clock:
            faults.add(f"{where}/{key}", f"un délai qui court vers le rendez-vous n’a pas de « {key} ».", "Ôtez-le.")
    return APPOINTMENT


def _start(written: Json, events: Collection[str], where: str, faults: Faults) -> str:
    if written != FILED:
        _event(written, {FILED, *events}, where, faults)
    return str(written)


def _after(written: Json, table: Mapping[str, Json], where: str, faults: Faults) -> str:
    filed = [
        name
        for name, clock in ((name, mapping(each)) for name, each in table.items())
        if clock.get("from") == FILED and not clock.keys() & {"after", "to"}
    ]
    if written is not None and written not in filed:
        faults.unknown(where, f"« {written} » n’est pas un délai qui court de la réception.", str(written), filed)
    return str(written or "")


def _event(written: Json, events: Collection[str], where: str, faults: Faults) -> None:
    if not isinstance(written, str) or written not in events:
        faults.unknown(where, f"aucune transition n’attend l’événement « {written} ».", str(written), events)


def _period(written: Json, where: str, faults: Faults) -> int:
    """The number; digits too, which a parameter leaves in the place of its name."""
    if isinstance(written, str) and written.isdecimal():
        written = int(written)
    if isinstance(written, int) and not isinstance(written, bool) and 0 < written <= LONGEST_PERIOD:
        return written
    faults.add(where, f"« {written} » n’est pas une durée.", f"Un nombre entier, de 1 à {LONGEST_PERIOD}.")
    return 1


def _unit(written: Json, where: str, faults: Faults) -> str:
    if not isinstance(written, str) or written not in CLOCK_UNITS:
        faults.unknown(where, f"unité inconnue : « {written} ».", str(written), CLOCK_UNITS)
    return str(written)


def _warning(written: Json, where: str, faults: Faults) -> str:
    if written is not None and not is_duration(written):
        faults.add(where, f"« {written} » n’est pas une durée.", "Par exemple P2D pour deux jours.")
    return str(written or "")
