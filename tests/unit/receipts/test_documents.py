"""A request for documents: what it must list, and the date it moves."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from grc.deadlines.suspensions import Suspension
from grc.errors import Invalid
from grc.receipts import AgentContact, MissingDocument, documents
from tests.support.notices import ACCEPTANCE, DECLARATION, REJECTION, Terms, a_document_request

MANDATE = MissingDocument("Mandat", "décret 2017-890, article 30")
PHOTO = MissingDocument("Photo", "règlement du 3 mars 2025", indispensable=False)


@pytest.mark.law("R16")
@pytest.mark.parametrize(
    ("terms", "previous", "due_on"),
    [
        (REJECTION, date(2027, 1, 25), date(2027, 2, 25)),
        (ACCEPTANCE, date(2027, 1, 25), date(2027, 3, 5)),
        (DECLARATION, None, None),
    ],
)
def test_the_date_moves_by_the_rule_of_silence(terms: Terms, previous: date | None, due_on: date | None) -> None:
    notice = a_document_request(
        terms,
        noticed_at=datetime(2026, 12, 5, 9, tzinfo=UTC),
        deadline_on=date(2027, 1, 5),
        clock_started_on=date(2026, 11, 25),
    )
    assert notice.previous_due_on == previous
    assert (notice.silence.due_on if notice.silence else None) == due_on
    assert notice.missing_mentions() == ()


WORKED: dict[str, Any] = {
    "noticed_at": datetime(2026, 12, 5, 9, tzinfo=UTC),
    "deadline_on": date(2027, 1, 5),
    "clock_started_on": date(2026, 11, 25),
}


@pytest.mark.law("R16")
@pytest.mark.parametrize(
    ("terms", "before", "after"),
    [
        (REJECTION, date(2027, 1, 25), date(2027, 2, 15)),
        (ACCEPTANCE, date(2027, 1, 25), date(2027, 3, 5)),
        (DECLARATION, None, None),
    ],
)
def test_a_letter_moves_the_date_once_it_is_posted(terms: Terms, before: date | None, after: date | None) -> None:
    letter = a_document_request(terms, **WORKED, by_post=True)
    assert (letter.silence and letter.silence.due_on) == letter.previous_due_on == before
    restated = documents.posted(letter, date(2026, 12, 15), silence_terms=terms, clock_started_on=date(2026, 11, 25))
    assert (restated.previous_due_on, restated.silence and restated.silence.due_on) == (before, after)
    assert (restated.noticed_on, restated.noticed_at) == (date(2026, 12, 15), letter.noticed_at)
    assert restated.missing_mentions() == ()


@pytest.mark.law("R16")
def test_a_letter_that_rejection_waits_for_says_the_rule_and_no_new_date() -> None:
    letter = a_document_request(REJECTION, **WORKED, by_post=True)
    assert [sentence.replace("\u00a0", " ") for sentence in letter.rule] == [
        "Le délai de réponse est suspendu du jour où la demande de pièces est postée au jour où nous recevons tout, et "
        "au plus tard jusqu’au 5 janvier 2027.",
        "La date du 25 janvier 2027 recule d’autant de jours. Le service vous dit la nouvelle date, si vous la "
        "demandez.",
        "Sans réponse de la commune à cette nouvelle date, votre demande est refusée : c’est une décision implicite de "
        "rejet.",
    ]


@pytest.mark.law("R16")
def test_an_earlier_request_already_counts() -> None:
    earlier = Suspension(date(2026, 3, 17), date(2026, 4, 1), date(2026, 3, 19))
    notice = a_document_request(suspensions=[earlier])
    assert notice.previous_due_on == date(2026, 5, 18)
    assert notice.silence is not None
    assert notice.silence.due_on == date(2026, 6, 18)


@pytest.mark.law("R17")
def test_a_document_that_is_not_indispensable_moves_nothing() -> None:
    notice = a_document_request(items=(PHOTO,))
    assert not notice.suspends
    assert notice.silence is not None
    assert notice.silence.due_on == notice.previous_due_on == date(2026, 5, 16)
    assert notice.rule == (
        "L’examen de votre demande continue sans attendre\u00a0: la date du 16\u00a0mai\u00a02026 ne change pas.",
    )
    assert a_document_request(items=(PHOTO, MANDATE)).suspends


@pytest.mark.law("R17")
def test_where_silence_decides_nothing_the_examination_waits_for_what_is_indispensable_alone() -> None:
    assert a_document_request(DECLARATION).rule == ("Nous attendons ces pièces pour examiner votre demande.",)
    assert a_document_request(DECLARATION, items=(PHOTO,)).rule == (
        "L’examen de votre demande continue sans attendre.",
    )


@pytest.mark.law("R16")
def test_a_second_request_while_the_first_waits_still_says_that_the_acceptance_waits() -> None:
    waiting = Suspension(date(2026, 3, 17), date(2026, 4, 1))
    notice = a_document_request(ACCEPTANCE, suspensions=[waiting])
    assert (notice.previous_due_on, notice.silence and notice.silence.due_on) == (None, date(2026, 6, 20))
    assert "recommence le jour où nous recevons la dernière pièce" in " ".join(notice.rule)
    assert "continue sans attendre" not in " ".join(notice.rule)


@pytest.mark.law("R16")
def test_a_request_that_comes_too_late_says_that_the_date_does_not_move() -> None:
    notice = a_document_request(noticed_at=datetime(2026, 5, 20, 9, tzinfo=UTC), deadline_on=date(2026, 6, 20))
    assert notice.previous_due_on == date(2026, 5, 16)
    assert notice.rule == (
        "L’examen de votre demande continue sans attendre\u00a0: la date du 16\u00a0mai\u00a02026 ne change pas.",
    )


@pytest.mark.law("R15")
def test_a_document_without_a_text_that_requires_it_is_refused() -> None:
    with pytest.raises(Invalid) as refusal:
        a_document_request(items=(MANDATE, MissingDocument("Carte d’identité", "")))
    assert [problem.code for problem in refusal.value.problems] == ["required_by"]
    assert "Carte d’identité" in refusal.value.problems[0].message


@pytest.mark.law("R15")
def test_a_request_lists_something_and_leaves_time_to_answer() -> None:
    with pytest.raises(Invalid) as refusal:
        a_document_request(items=(), deadline_on=date(2026, 3, 20))
    assert [problem.code for problem in refusal.value.problems] == ["required", "past"]


@pytest.mark.law("R32")
def test_a_letter_without_its_agent_lacks_a_mention() -> None:
    assert a_document_request(agent=AgentContact("", "", "", ())).missing_mentions() == (
        "prénom, nom et qualité de l’agent",
        "adresse administrative de l’agent",
    )
