"""A demande sent on to the competent administration (L114-2, L114-3)."""

from __future__ import annotations

from datetime import date

import pytest

from grc.deadlines.silence import SilenceRule
from grc.deadlines.transfers import Reception

FIRST, COMPETENT = date(2026, 3, 16), date(2026, 3, 23)


@pytest.mark.law("R10")
@pytest.mark.law("R9")
def test_rejection_keeps_the_first_reception_and_acceptance_starts_at_the_competent_one() -> None:
    sent_on = Reception(FIRST, COMPETENT)
    assert sent_on.is_transferred
    assert sent_on.silence_starts_on(SilenceRule("rejection")) == FIRST
    assert sent_on.silence_starts_on(SilenceRule("acceptance")) == COMPETENT
    assert sent_on.receipts_start_on == COMPETENT


@pytest.mark.law("R9")
def test_until_the_competent_one_has_it_only_rejection_runs() -> None:
    elsewhere = Reception(FIRST, None)
    assert elsewhere.silence_starts_on(SilenceRule("rejection")) == FIRST
    assert elsewhere.silence_starts_on(SilenceRule("acceptance")) is None
    assert elsewhere.receipts_start_on is None


def test_a_demande_received_where_it_belongs_is_not_transferred() -> None:
    assert not Reception(FIRST, FIRST).is_transferred
    with pytest.raises(ValueError, match="before the first"):
        Reception(COMPETENT, FIRST)
