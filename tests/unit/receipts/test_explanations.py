"""« Pourquoi cette date ? » says every step with its article."""

from __future__ import annotations

from datetime import date

import pytest

from grc.deadlines.appeals import appeal_period
from grc.deadlines.holidays import Place
from grc.deadlines.silence import SilenceRule, reckon
from grc.deadlines.suspensions import Suspension
from grc.receipts import explanations

REJECTION, ACCEPTANCE = SilenceRule("rejection"), SilenceRule("acceptance")
ASKED = Suspension(date(2026, 12, 5), date(2027, 1, 5))
ANSWERED = Suspension(date(2026, 12, 5), date(2027, 1, 5), date(2026, 12, 20))


def steps(rule: SilenceRule, received_on: date, *suspensions: Suspension, source: str = "") -> list[str]:
    reckoned = reckon(rule, received_on, suspensions)
    return [step.replace("\u00a0", " ") for step in explanations.of_silence(reckoned, source=source)]


@pytest.mark.law("R11")
def test_a_date_on_a_weekend_says_why_it_is_not_moved() -> None:
    assert steps(REJECTION, date(2026, 6, 30)) == [
        "Demande reçue par la première administration saisie le 30 juin 2026 (CRPA art. L114-3).",
        "Le silence vaut refus au bout de deux mois : le 30 août 2026 (CRPA art. L231-4).",
        "Cette date est un dimanche : elle n’est pas reportée au jour ouvré suivant. Point incertain : aucun arrêt du "
        "Conseil d’État n’a été trouvé.",
    ]


def test_a_saturday_is_not_moved_either_and_a_weekday_needs_no_word() -> None:
    assert steps(REJECTION, date(2026, 3, 16))[-1].startswith("Cette date est un samedi")
    assert len(steps(REJECTION, date(2026, 3, 18))) == 2


@pytest.mark.law("R11")
def test_a_month_without_that_day_says_so_and_cites_the_procedures_own_text() -> None:
    assert steps(ACCEPTANCE, date(2026, 7, 31), source="décret 2015-1460")[1] == (
        "Le silence vaut acceptation au bout de deux mois : le 30 septembre 2026, dernier jour du mois, car le "
        "mois n’a "
        "pas de jour de même numéro (décret 2015-1460)."
    )


@pytest.mark.law("R16")
@pytest.mark.parametrize(
    ("rule", "suspension", "said"),
    [
        (
            REJECTION,
            ANSWERED,
            "Pièces demandées le 5 décembre 2026 : délai suspendu jusqu’au 20 décembre 2026, 15 jours de plus, "
            "donc 9 février 2027 (CRPA art. L114-5 al. 3).",
        ),
        (
            REJECTION,
            ASKED,
            "Pièces demandées le 5 décembre 2026 : délai suspendu jusqu’au 5 janvier 2027, 31 jours de plus, "
            "donc 25 février 2027 (CRPA art. L114-5 al. 3).",
        ),
        (
            ACCEPTANCE,
            ANSWERED,
            "Dernière pièce reçue le 20 décembre 2026 : le délai de deux mois recommence et se termine le 20 "
            "février 2027 (CRPA art. L114-5 al. 2).",
        ),
        (
            ACCEPTANCE,
            ASKED,
            "Pièces demandées le 5 décembre 2026 et pas encore reçues : aucune acceptation ne peut naître du "
            "silence (CRPA art. L114-5 al. 2).",
        ),
        (
            REJECTION,
            Suspension(date(2027, 1, 25), date(2027, 2, 1)),
            "Pièces demandées le 25 janvier 2027, trop tard : la date du 25 janvier 2027 ne change pas (CRPA "
            "art. L114-5).",
        ),
        (
            REJECTION,
            Suspension(date(2026, 12, 5), date(2026, 12, 9), date(2026, 12, 5)),
            "Pièces demandées le 5 décembre 2026 : délai suspendu jusqu’au 5 décembre 2026, aucun jour de plus, "
            "donc 25 janvier 2027 (CRPA art. L114-5 al. 3).",
        ),
    ],
)
def test_each_request_for_documents_is_a_step(rule: SilenceRule, suspension: Suspension, said: str) -> None:
    assert steps(rule, date(2026, 11, 25), suspension)[2] == said


@pytest.mark.law("R12")
def test_an_appeal_explains_the_franc_day_and_the_move() -> None:
    moved = explanations.of_appeal(appeal_period(date(2026, 8, 30), 2, place=Place.METROPOLE))
    assert [step.replace("\u00a0", " ") for step in moved] == [
        "Le délai de recours de deux mois commence le 30 août 2026 et se compte de date à date, jusqu’au 30 "
        "octobre 2026 "
        "(CJA art. R421-1 et R421-2).",
        "Ce délai est franc : un jour de plus, le 31 octobre 2026 (CE, 3 décembre 2018, n° 417292).",
        "Le samedi 31 octobre 2026 n’est pas un jour ouvré : le délai court jusqu’au lundi 2 novembre 2026 "
        "(CE, 19 septembre 2014, n° 362568).",
    ]
    assert len(explanations.of_appeal(appeal_period(date(2017, 8, 23), 2, place=Place.METROPOLE))) == 2
