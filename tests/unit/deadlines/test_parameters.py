"""The figures of the law by their dates of effect."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from grc.deadlines import parameters
from grc.errors import Invalid


@pytest.mark.law("R47")
def test_each_version_is_in_force_from_its_date_of_effect_until_the_next() -> None:
    for earlier, later in zip(parameters.VERSIONS, parameters.VERSIONS[1:], strict=False):
        assert parameters.in_force(later.effective_on - timedelta(days=1)) == earlier
        assert parameters.in_force(later.effective_on) == later


@pytest.mark.law("R47")
def test_a_submission_finds_again_the_version_of_its_reception() -> None:
    for version in parameters.VERSIONS:
        assert parameters.of_version(version.version) is version
        assert version.version == version.effective_on.isoformat()


def test_mediation_interrupts_the_appeal_since_28_may_2026() -> None:
    assert not parameters.in_force(date(2026, 5, 27)).mediation_interrupts_appeal
    assert parameters.in_force(date(2026, 5, 28)).mediation_interrupts_appeal


def test_there_is_no_law_of_electronic_filing_before_it_existed() -> None:
    with pytest.raises(Invalid, match="7 novembre 2016"):
        parameters.in_force(date(2016, 11, 6))
    with pytest.raises(Invalid, match="n’existe pas"):
        parameters.of_version("1998-01-01")
