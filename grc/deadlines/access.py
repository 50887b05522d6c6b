"""Access to administrative documents: silence of one month, the CADA, then the court."""

from __future__ import annotations

from datetime import date

from grc.deadlines.holidays import Place
from grc.deadlines.parameters import Parameters
from grc.deadlines.periods import Period, Term, term


def refusal(competent_received_on: date, *, place: Place, parameters: Parameters) -> Term:
    """The day on which silence refuses access to a document: one month after the competent authority received it.

    De quantième à quantième, not moved. Source: CRPA R*311-12 (refusal), R311-13 (one month).
    """
    period, articles = Period(parameters.documents_access_months, "month"), ("CRPA art. R*311-12 et R311-13",)
    return term("documents_access", period, competent_received_on, place=place, articles=articles)


def commission_referral(refused_on: date, *, place: Place, parameters: Parameters) -> Term:
    """The last day to refer a refusal to the CADA: two months after it was notified, or born of silence.

    Compulsory before the judge (L342-1). Neither franc nor moved here, since the texts do not say whether it is: of two
    readings this one ends first. Source: CRPA R311-15, R343-1, L342-1.
    """
    period, articles = Period(parameters.commission_referral_months, "month"), ("CRPA art. R311-15 et R343-1",)
    return term("commission_referral", period, refused_on, place=place, articles=articles)


def commission_silence(registered_on: date, *, place: Place, parameters: Parameters) -> Term:
    """The day on which silence confirms the refusal: two months after the CADA registered the referral.

    The time to go to court counts from there (`appeals.appeal_period`). Source: CRPA R343-5.
    """
    period, articles = Period(parameters.commission_silence_months, "month"), ("CRPA art. R343-5",)
    return term("commission_silence", period, registered_on, place=place, articles=articles)
