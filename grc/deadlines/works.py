"""Declarations of works near networks: when an operator answers a DT, a DICT, a reminder or urgent works (ATU)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from grc.deadlines.business_days import before, is_business_day
from grc.deadlines.holidays import Place
from grc.deadlines.parameters import Parameters
from grc.deadlines.periods import Period, Term, term

Declaration = Literal["dt", "dict", "joint"]
"""The project's declaration, that of the start of works, or both in one."""


def answer(
    declaration: Declaration,
    received_on: date,
    *,
    online: bool,
    measured: bool = False,
    place: Place,
    parameters: Parameters,
) -> Term:
    """The last day to send the récépissé: calendar days without public holidays, the day of reception excluded.

    online: sent through the téléservice. measured: the operator measures on site and has told the declarant so, which
    adds days; for a DT or a joint declaration only, else raises ValueError. Independent of the accusé de réception.
    Source: C. env. R554-22 ff (DT, joint: 9 or 15, 15 more; DICT: 7 or 9); arrêté of 15 February 2012.
    """
    figures = parameters.works
    if declaration == "dict":
        if measured:
            raise ValueError("measures on site lengthen the answer to a DT or to a joint declaration only")
        days = figures.start_online if online else figures.start_on_paper
        period, articles = Period(days, "day_without_holidays"), ("C. env. art. R554-22 et suivants",)
        return term("start_answer", period, received_on, place=place, articles=articles)
    days = (figures.project_online if online else figures.project_on_paper) + figures.project_measured * measured
    period, articles = Period(days, "day_without_holidays"), ("C. env. art. R554-22",)
    return term("project_answer", period, received_on, place=place, articles=articles)


def reminder_answer(received_on: date, *, place: Place, parameters: Parameters) -> Term:
    """The last day to answer a declarant who, without an answer, wrote again by registered letter: 2 jours ouvrés.

    Source: C. env. R554-22 ff.
    """
    period = Period(parameters.works.reminder, "business_day")
    return term("works_reminder", period, received_on, place=place, articles=("C. env. art. R554-22 et suivants",))


@dataclass(frozen=True)
class HalfDay:
    """The morning or the afternoon of a day."""

    on: date
    part: Literal["morning", "afternoon"]


def urgent_answer(starts: HalfDay, *, place: Place) -> HalfDay:
    """The last half-day in which to answer about urgent works (ATU): one whole half-day stands between it and them.

    Half-days of jours ouvrés: the text says half a day before, not of which days; this one is the surest for the works.
    Source: C. env. R554-32.
    """
    return _earlier(_earlier(starts, place), place)


def is_asked_in_time(asked_on: date, starts_on: date, *, place: Place, parameters: Parameters) -> bool:
    """Whether the operator must answer before urgent works: asked at least one jour ouvré before they start.

    Asked later, the declarant telephones the operator's emergency number. Source: C. env. R554-32.
    """
    return asked_on <= before(starts_on, parameters.works.urgent_notice, place=place)


def _earlier(half: HalfDay, place: Place) -> HalfDay:
    if half.part == "afternoon" and is_business_day(half.on, place=place):
        return HalfDay(half.on, "morning")
    return HalfDay(before(half.on, 1, place=place), "afternoon")
