"""Letters whose date the law sets: the registered electronic one, and the one to the third party of the registry."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from grc.deadlines.holidays import Place
from grc.deadlines.parameters import Parameters
from grc.deadlines.periods import Period, Term, term


@dataclass(frozen=True)
class RegisteredLetter:
    """An electronic letter that stands for a registered one, with its addressee's consent (CRPA L112-15).

    Local days: when it was made available, and when it was first consulted, None as long as it was not.
    """

    available_on: date
    consulted_on: date | None = None

    def __post_init__(self) -> None:
        if self.consulted_on is not None and self.consulted_on < self.available_on:
            raise ValueError("a letter can't be consulted before it is made available")


def consultation_limit(letter: RegisteredLetter, *, place: Place, parameters: Parameters) -> Term:
    """The last day on which a first consultation is the date of notification: 15 days, every day counted.

    Source: CRPA R112-20.
    """
    period = Period(parameters.registered_letter_days, "day")
    return term("registered_letter", period, letter.available_on, place=place, articles=("CRPA art. R112-20",))


def notified_on(letter: RegisteredLetter, *, as_of: date, place: Place, parameters: Parameters) -> date | None:
    """The day on which the letter is notified: its first consultation within 15 days, else the day it was available.

    None while neither is known: not consulted, and the 15 days still run on that day. The second case looks back: on
    the sixteenth day the letter is notified since the first. Source: CRPA R112-20.
    """
    limit_on = consultation_limit(letter, place=place, parameters=parameters).on
    if letter.consulted_on is not None and letter.consulted_on <= min(limit_on, as_of):
        return letter.consulted_on
    return letter.available_on if as_of > limit_on else None


def third_party(received_on: date, *, place: Place, parameters: Parameters) -> Term:
    """The last day to answer a third party who asks to enter somebody in the registry of vulnerable persons: 8 days.

    Every day counts. It comes besides the accusé de réception. Source: CASF R121-2 ff (décret 2004-926).
    """
    period = Period(parameters.third_party_letter_days, "day")
    articles = ("CASF art. R121-2 et suivants",)
    return term("third_party_letter", period, received_on, place=place, articles=articles)
