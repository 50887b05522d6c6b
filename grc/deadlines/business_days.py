"""Jours ouvrés (Monday to Friday, holidays excluded) and the two delays of receipts that they measure."""

from __future__ import annotations

from datetime import date, timedelta

from grc.deadlines import holidays
from grc.deadlines.holidays import Place
from grc.deadlines.parameters import Parameters

_SATURDAY = 5


def is_business_day(day: date, *, place: Place) -> bool:
    """Whether that day is ouvré there: Monday to Friday, and no public holiday.

    Source: usage (the CRPA does not define it); holidays by code du travail L3133-1, L3134-13, L3422-2.
    """
    return day.weekday() < _SATURDAY and holidays.find(place, day) is None


def first_business_day(day: date, *, place: Place) -> date:
    """That day if it is ouvré, else the next one that is."""
    while not is_business_day(day, place=place):
        day += timedelta(days=1)
    return day


def after(day: date, count: int, *, place: Place) -> date:
    """The `count`-th jour ouvré after that day, itself excluded; raises ValueError below one."""
    if count < 1:
        raise ValueError("at least one business day")
    for _ in range(count):
        day = first_business_day(day + timedelta(days=1), place=place)
    return day


def before(day: date, count: int, *, place: Place) -> date:
    """The `count`-th jour ouvré before that day, itself excluded; raises ValueError below one."""
    if count < 1:
        raise ValueError("at least one business day")
    for _ in range(count):
        day -= timedelta(days=1)
        while not is_business_day(day, place=place):
            day -= timedelta(days=1)
    return day


def acknowledgement_due_on(received_on: date, *, place: Place, parameters: Parameters) -> date:
    """The last day to send the accusé de réception when it is not instantaneous: 10 jours ouvrés.

    received_on: local day of reception by the competent authority, itself excluded. Source: CRPA R112-11-2 al. 2.
    """
    return after(received_on, parameters.acknowledgement_business_days, place=place)


def registration_due_on(received_on: date, *, place: Place, parameters: Parameters) -> date:
    """The last day to send the accusé d’enregistrement when it can't be instantaneous: 1 jour ouvré.

    received_on: local day of reception, itself excluded. Source: CRPA R112-11-2 al. 1.
    """
    return after(received_on, parameters.registration_business_days, place=place)
