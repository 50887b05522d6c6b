"""The two delays of receipts, with how each was counted."""

from __future__ import annotations

from datetime import date

from grc.deadlines.holidays import Place
from grc.deadlines.parameters import Parameters
from grc.deadlines.periods import Period, Term, term


def registration(received_on: date, *, place: Place, parameters: Parameters) -> Term:
    """When the accusé d’enregistrement is due if it can't be instantaneous: 1 jour ouvré, reception excluded.

    received_on: local day of reception. Source: CRPA R112-11-2 al. 1.
    """
    period = Period(parameters.registration_business_days, "business_day")
    return term("registration", period, received_on, place=place, articles=("CRPA art. R112-11-2 al. 1",))


def acknowledgement(competent_received_on: date, *, place: Place, parameters: Parameters) -> Term:
    """When the accusé de réception is due if it is not instantaneous: 10 jours ouvrés, reception excluded.

    competent_received_on: local day of reception by the competent authority, where this limit starts even for a
    demande that another administration received first. Source: CRPA R112-11-2 al. 2, L114-4.
    """
    period = Period(parameters.acknowledgement_business_days, "business_day")
    return term("acknowledgement", period, competent_received_on, place=place, articles=("CRPA art. R112-11-2 al. 2",))
