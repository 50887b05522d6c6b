"""What a receipt says of a demande that another administration had first."""

from __future__ import annotations

from datetime import date

import pytest

from grc.deadlines.silence import Kind
from grc.receipts import statements
from tests.support.notices import a_transfer

FIRST = date(2026, 3, 16)


@pytest.mark.law("R10")
@pytest.mark.law("R9")
@pytest.mark.parametrize(
    ("rule", "first_on", "day", "clock"),
    [
        ("rejection", FIRST, " le 16 mars 2026", " Le délai de réponse court depuis ce jour."),
        ("rejection", None, "", ""),
        ("acceptance", FIRST, " le 16 mars 2026", " Le délai de réponse court depuis le jour où nous l’avons reçue."),
        ("none", FIRST, " le 16 mars 2026", ""),
    ],
)
def test_a_receipt_tells_where_the_demande_came_first_and_which_clock_runs(
    rule: Kind, first_on: date | None, day: str, clock: str
) -> None:
    said = statements.came_from("Saule-sur-Exemple", first_on, rule).replace("\u00a0", " ")
    assert said == (
        f"Votre demande est d’abord arrivée{day} à une autre administration : Saule-sur-Exemple. Celle-ci n’est "
        f"pas compétente pour y répondre et nous l’a transmise.{clock}"
    )


def test_a_demande_that_came_here_first_says_nothing_of_it() -> None:
    assert statements.came_from("", FIRST, "rejection") == ""


@pytest.mark.law("R10")
def test_documents_that_were_awaited_are_asked_for_again_by_who_is_competent() -> None:
    waiting, none = a_transfer(was_waiting=True).rule, a_transfer().rule
    assert [one for one in waiting if one not in none] == [
        "Notre demande de pièces ne compte plus\u00a0: cette administration vous dira ce qui manque."
    ]
