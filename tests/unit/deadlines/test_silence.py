"""When silence decides: the worked dates of the law, and what holds for every date."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grc.deadlines.silence import (
    SilenceRule,
    clock_starts_on,
    implicit_decision_date,
    is_forestalled,
    last_day_to_notify,
    reckon,
)
from grc.deadlines.suspensions import Suspension

REJECTION = SilenceRule("rejection")
ACCEPTANCE = SilenceRule("acceptance")
NOTHING = SilenceRule("none", 0)
DAYS = st.dates(date(2017, 1, 1), date(2060, 12, 31))
RULES = st.builds(SilenceRule, st.sampled_from(["acceptance", "rejection"]), st.integers(1, 12), st.just("month"))


@pytest.mark.law("R9")
def test_rejection_counts_from_the_first_reception_anywhere_acceptance_from_the_competent_one() -> None:
    first, competent = date(2026, 3, 16), date(2026, 3, 23)
    assert clock_starts_on(REJECTION, first_received_on=first, competent_received_on=competent) == first
    assert clock_starts_on(ACCEPTANCE, first_received_on=first, competent_received_on=competent) == competent
    assert clock_starts_on(REJECTION, first_received_on=first, competent_received_on=None) == first
    assert clock_starts_on(ACCEPTANCE, first_received_on=first, competent_received_on=None) is None


@pytest.mark.law("R13")
def test_an_express_decision_is_notified_the_day_before_at_the_latest() -> None:
    assert last_day_to_notify(date(2026, 5, 16)) == date(2026, 5, 15)
    told = (date(2026, 5, 15), date(2026, 5, 16), None)
    assert [is_forestalled(date(2026, 5, 16), day) for day in told] == [True, False, False]


def test_silence_decides_nothing_where_the_procedure_says_so() -> None:
    assert implicit_decision_date(NOTHING, date(2026, 3, 16)) is None
    assert reckon(NOTHING, date(2026, 3, 16)).steps == ()


@pytest.mark.parametrize(
    ("rule", "decided_on"),
    [
        (SilenceRule("rejection", 4), date(2026, 7, 16)),
        (SilenceRule("rejection", 1), date(2026, 4, 16)),
        (SilenceRule("acceptance", 15, "day"), date(2026, 3, 31)),
    ],
)
def test_a_text_may_set_another_period(rule: SilenceRule, decided_on: date) -> None:
    reckoned = reckon(rule, date(2026, 3, 16))
    assert reckoned.due_on == decided_on
    assert reckoned.steps[1].articles == ("CRPA art. L231-6",)


def test_a_period_lasts_at_least_a_day() -> None:
    with pytest.raises(ValueError, match="at least one day"):
        SilenceRule("rejection", 0)


@pytest.mark.parametrize("rule", [REJECTION, ACCEPTANCE], ids=["rejection", "acceptance"])
def test_a_notice_sent_on_the_day_of_the_decision_comes_too_late(rule: SilenceRule) -> None:
    due_on = date(2026, 5, 16)
    late = Suspension(due_on, due_on + timedelta(days=30))
    assert implicit_decision_date(rule, date(2026, 3, 16), [late]) == due_on
    assert [step.code for step in reckon(rule, date(2026, 3, 16), [late]).steps][2] == "too_late"


def test_days_that_two_suspensions_share_count_once() -> None:
    first = Suspension(date(2026, 3, 20), date(2026, 4, 20))
    second = Suspension(date(2026, 4, 10), date(2026, 4, 30))
    inside = Suspension(date(2026, 3, 25), date(2026, 4, 1))
    alone = implicit_decision_date(REJECTION, date(2026, 3, 16), [Suspension(date(2026, 3, 20), date(2026, 4, 30))])
    assert implicit_decision_date(REJECTION, date(2026, 3, 16), [first, second]) == alone
    assert implicit_decision_date(REJECTION, date(2026, 3, 16), [second, inside, first]) == alone


def test_acceptance_restarts_from_the_last_arrival_of_all() -> None:
    early = Suspension(date(2026, 3, 20), date(2026, 4, 20), date(2026, 4, 15))
    later = Suspension(date(2026, 3, 25), date(2026, 4, 20), date(2026, 4, 1))
    assert implicit_decision_date(ACCEPTANCE, date(2026, 3, 16), [early, later]) == date(2026, 6, 15)


@given(RULES, DAYS, st.integers(0, 40), st.integers(1, 60), st.integers(0, 90))
@pytest.mark.law("R16")
def test_a_suspension_never_brings_the_date_forward(
    rule: SilenceRule, received_on: date, wait: int, room: int, answer: int
) -> None:
    noticed_on = received_on + timedelta(days=wait)
    deadline_on = noticed_on + timedelta(days=room)
    base = implicit_decision_date(rule, received_on)
    answered = Suspension(noticed_on, deadline_on, noticed_on + timedelta(days=answer))
    silent = Suspension(noticed_on, deadline_on)
    moved = implicit_decision_date(rule, received_on, [answered])
    assert base is not None
    assert moved is not None
    assert moved >= base
    if rule.kind == "rejection":
        unanswered = implicit_decision_date(rule, received_on, [silent])
        assert unanswered is not None
        assert moved <= unanswered
        days = min(answer, room) if noticed_on < base else 0
        assert moved - base == timedelta(days=days)


@pytest.mark.law("R11")
@given(RULES, DAYS)
def test_the_last_step_explains_the_date(rule: SilenceRule, received_on: date) -> None:
    reckoned = reckon(rule, received_on)
    assert reckoned.steps[-1].on == reckoned.due_on
    assert reckoned.steps[0].on == received_on
