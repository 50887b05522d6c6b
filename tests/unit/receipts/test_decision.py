"""An express decision: reasons, appeals, agent."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from grc.receipts import AgentContact
from tests.support.notices import AGENT, APPEALS, SERVICE, a_decision


@pytest.mark.law("R48")
def test_a_refusal_has_its_reasons_its_appeals_and_its_agent() -> None:
    decision = a_decision("refused")
    assert decision.missing_mentions() == ()
    assert decision.decided_on == date(2026, 4, 2)
    assert [appeal.kind for appeal in decision.appeals] == ["gracieux", "hierarchique", "contentieux"]
    assert all("(sa notification)" in appeal.text for appeal in decision.appeals)


@pytest.mark.law("R48")
@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({"reasons": " \n"}, "motifs du refus"),
        ({"appeal_terms": APPEALS[:2]}, "recours devant le tribunal administratif"),
        ({"agent": AgentContact("Camille", "Exemple", "", AGENT.address)}, "prénom, nom et qualité de l’agent"),
        ({"agent": replace(AGENT, address=())}, "adresse administrative de l’agent"),
        ({"service": replace(SERVICE, telephone="")}, "téléphone du service"),
    ],
)
def test_a_refusal_that_lacks_one_says_so(changes: dict[str, object], missing: str) -> None:
    assert a_decision("refused", **changes).missing_mentions() == (missing,)


@pytest.mark.law("R48")
def test_an_acceptance_needs_no_reasons_and_states_no_appeal() -> None:
    decision = a_decision("accepted")
    assert (decision.reasons, decision.appeals, decision.missing_mentions()) == ("", (), ())


def test_the_day_of_a_decision_is_that_of_the_commune() -> None:
    late = datetime(2026, 11, 30, 23, 30, tzinfo=UTC)
    assert a_decision(decided_at=late).decided_on == date(2026, 12, 1)
    assert a_decision(decided_at=late, zone="America/Guadeloupe").decided_on == date(2026, 11, 30)
