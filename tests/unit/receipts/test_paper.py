"""The receipt of a paper or desk filing, and when none is owed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from grc.errors import Invalid
from grc.receipts import Exemption, Incomplete, NamedDecision, appeal, paper, statements
from tests.support.notices import (
    ACCEPTANCE,
    AGENT,
    APPEALS,
    DECLARATION,
    REJECTION,
    SERVICE,
    Terms,
    a_paper_receipt,
    an_appeal,
)

SHORT = Terms("acceptance", 15, "day", "règlement")
REASON = "Copie remise au guichet."


@pytest.mark.law("R4")
@pytest.mark.law("R48")
def test_a_paper_receipt_states_what_silence_will_mean_and_when() -> None:
    refused, accepted = a_paper_receipt(), a_paper_receipt(ACCEPTANCE)
    assert refused.silence is not None
    assert accepted.silence is not None
    assert (refused.silence.rule, refused.silence.due_on) == ("rejection", date(2026, 5, 16))
    assert [one.kind for one in refused.appeals] == ["gracieux", "hierarchique", "contentieux"]
    assert (accepted.silence.rule, accepted.appeals) == ("acceptance", ())
    assert (a_paper_receipt(DECLARATION).silence, a_paper_receipt(DECLARATION).appeals) == (None, ())
    assert refused.missing_mentions() == accepted.missing_mentions() == ()
    assert (refused.received_on, refused.issued_on) == (date(2026, 3, 16), date(2026, 3, 17))


@pytest.mark.law("R9")
def test_first_seised_elsewhere_starts_the_clock_of_rejection_alone() -> None:
    first = date(2026, 3, 9)
    refused, accepted = a_paper_receipt(first_received_on=first), a_paper_receipt(ACCEPTANCE, first_received_on=first)
    assert refused.silence is not None
    assert accepted.silence is not None
    assert (refused.silence.due_on, accepted.silence.due_on) == (date(2026, 5, 9), date(2026, 5, 16))


@pytest.mark.law("R4")
@pytest.mark.law("R48")
@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({"service": replace(SERVICE, postal_address=())}, "adresse postale du service"),
        ({"service": replace(SERVICE, name="")}, "nom du service chargé de la demande"),
        ({"service": replace(SERVICE, telephone="")}, "téléphone du service"),
        ({"agent": replace(AGENT, capacity="")}, "prénom, nom et qualité de l’agent"),
        ({"agent": replace(AGENT, address=())}, "adresse administrative de l’agent"),
        ({"appeal_terms": APPEALS[:1]}, "recours devant le tribunal administratif"),
        ({"incomplete": Incomplete((), date(2026, 4, 20), ("Règle.",))}, "liste des pièces manquantes"),
    ],
)
def test_a_paper_receipt_that_lacks_a_mention_says_so(changes: dict[str, Any], missing: str) -> None:
    assert a_paper_receipt(**changes).missing_mentions() == (missing,)


def test_the_stamp_is_not_in_the_future() -> None:
    late = datetime(2026, 3, 16, 23, 30, tzinfo=UTC)
    assert a_paper_receipt(received_on=date(2026, 3, 17), issued_at=late).issued_on == date(2026, 3, 17)
    with pytest.raises(Invalid):
        a_paper_receipt(received_on=date(2026, 3, 18), issued_at=late)


@pytest.mark.law("R32")
@pytest.mark.parametrize(
    ("why", "said"), [("public_safety", "sécurité publique"), ("personal_safety", "sécurité des personnes")]
)
def test_an_agent_may_be_anonymous_for_the_reasons_of_the_law(why: Any, said: str) -> None:
    hidden = replace(AGENT, anonymity=why)
    assert "Exemple" not in hidden.name
    assert said in hidden.withheld
    assert a_paper_receipt(agent=hidden).missing_mentions() == ()
    assert AGENT.withheld == ""


@pytest.mark.law("R48")
@pytest.mark.parametrize(
    ("exemption", "terms", "is_appeal"),
    [
        (Exemption("short_period", REASON), SHORT, True),
        (Exemption("short_period", "  "), SHORT, False),
        (Exemption("short_period", REASON), REJECTION, False),
        (Exemption("short_period", REASON), Terms("acceptance", 16, "day", "règlement"), False),
        (Exemption("short_period", REASON), DECLARATION, False),
    ],
)
def test_a_receipt_is_owed_but_where_the_law_exempts(exemption: Exemption, terms: Terms, is_appeal: bool) -> None:
    with pytest.raises(Invalid):
        paper.require_exemption(exemption, terms, is_appeal=is_appeal)


@pytest.mark.law("R48")
def test_an_exemption_states_its_case_and_its_reason() -> None:
    for ground, terms, said in (
        ("short_period", SHORT, "quinze jours"),
        ("mere_issue", REJECTION, "seule délivrance"),
    ):
        exemption = Exemption(ground, REASON)  # type: ignore[arg-type]
        paper.require_exemption(exemption, terms)
        assert said in statements.exempted(exemption)
        assert statements.exempted(exemption).endswith(REASON)


def test_the_receipt_of_a_recours_names_the_decision_and_states_two_months_of_silence() -> None:
    receipt = an_appeal()
    assert receipt.silence is not None
    assert (receipt.silence.rule, receipt.silence.due_on) == ("rejection", date(2026, 5, 16))
    assert receipt.silence.source == "CRPA art. L411-7"
    assert [one.kind for one in receipt.appeals] == ["contentieux"]
    assert receipt.missing_mentions() == ()
    assert appeal.silence_terms(date(2026, 3, 16)).period == 2


@pytest.mark.parametrize(
    ("decision", "said"),
    [
        (NamedDecision("acceptance", date(2026, 4, 1)), "la décision d’acceptation du 1er avril 2026"),
        (NamedDecision("refusal", date(2026, 4, 2)), "la décision de refus du 2 avril 2026"),
        (
            NamedDecision("refusal", date(2026, 4, 2), "2026-1"),
            "la décision de refus du 2 avril 2026 (demande n° 2026-1)",
        ),
        (
            NamedDecision("implicit_acceptance", date(2026, 4, 2)),
            "la décision implicite d’acceptation née le 2 avril 2026",
        ),
        (NamedDecision("implicit_rejection", date(2026, 4, 2)), "la décision implicite de rejet née le 2 avril 2026"),
        (NamedDecision("withdrawal", date(2026, 4, 2)), "la décision du 2 avril 2026 qui retire une acceptation"),
    ],
)
def test_a_decision_is_named_by_its_kind_and_its_day(decision: NamedDecision, said: str) -> None:
    assert statements.named(decision).replace("\u00a0", " ") == said
    assert said in statements.interrupted(decision).replace("\u00a0", " ")
    # Only the first of its kind, in time, interrupts: a receipt promises no more (L411-2).
    assert "S’il est le premier et s’il nous est parvenu dans le délai" in statements.interrupted(decision)


def test_silence_that_decided_is_said_with_its_day() -> None:
    on = date(2026, 5, 16)
    assert "votre demande est acceptée" in statements.born("acceptance", on)
    assert "votre demande est refusée" in statements.born("rejection", on)
    assert "15\u00a0juin\u00a02026" in statements.heard(date(2026, 6, 15))
