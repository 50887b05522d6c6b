"""Access to administrative documents: one month, the CADA, two months again."""

from __future__ import annotations

from datetime import date

import pytest

from grc.deadlines import access, parameters
from grc.deadlines.holidays import Place

FIGURES = parameters.in_force(date(2026, 6, 1))


@pytest.mark.law("R35")
@pytest.mark.parametrize(
    ("received", "refused", "referred", "confirmed"),
    [
        ("2026-11-25", "2026-12-25", "2027-02-25", "2027-04-25"),  # a holiday, then a Sunday: not moved
        ("2027-01-31", "2027-02-28", "2027-04-28", "2027-06-28"),
    ],
)
def test_a_refusal_by_silence_leads_to_the_commission(
    received: str, refused: str, referred: str, confirmed: str
) -> None:
    here = {"place": Place.METROPOLE, "parameters": FIGURES}
    refusal = access.refusal(date.fromisoformat(received), **here)
    referral = access.commission_referral(refusal.on, **here)
    silence = access.commission_silence(referral.on, **here)
    assert [one.on.isoformat() for one in (refusal, referral, silence)] == [refused, referred, confirmed]
    assert refusal.articles == ("CRPA art. R*311-12 et R311-13",)
