"""« Pourquoi cette date ? » for every date of the law but that of silence: from which day, how long, by which text."""

from __future__ import annotations

from datetime import date

import pytest

from grc.deadlines import (
    access,
    acknowledgements,
    administrative_appeals,
    letters,
    parameters,
    reasons,
    withdrawals,
    works,
)
from grc.deadlines.appeals import Override, appeal_period, mediation, overridden
from grc.deadlines.holidays import Place
from grc.deadlines.letters import RegisteredLetter
from grc.deadlines.periods import Period, Term, term
from grc.deadlines.silence import SilenceRule, reckon
from grc.deadlines.transfers import Reception
from grc.deadlines.works import HalfDay
from grc.receipts import explanations

HERE = Place.METROPOLE
FIGURES = parameters.in_force(date(2026, 6, 1))


def plain(steps: tuple[str, ...]) -> list[str]:
    return [step.replace("\u00a0", " ").replace("\u202f", " ") for step in steps]


@pytest.mark.law("R3")
def test_a_receipt_names_its_working_days_and_the_holidays_passed_over() -> None:
    due = acknowledgements.acknowledgement(date(2026, 12, 23), place=HERE, parameters=FIGURES)
    assert plain(explanations.of_term(due)) == [
        "Demande reçue par l’autorité compétente le mercredi 23 décembre 2026 : ce jour ne compte pas.",
        "L’accusé de réception, s’il n’est pas immédiat, part sous dix jours ouvrés : au plus tard le vendredi 8 "
        "janvier 2027 (CRPA art. R112-11-2 al. 2).",
        "Les jours ouvrés vont du lundi au vendredi, jours fériés exclus.",
        "Jours fériés non comptés : vendredi 25 décembre 2026, Noël (C. trav. L3133-1) ; vendredi 1er janvier 2027, "
        "Jour de l’an (C. trav. L3133-1).",
    ]


@pytest.mark.law("R3")
def test_one_working_day_is_singular_and_good_friday_is_named_where_it_is_kept() -> None:
    place = Place.ALSACE_MOSELLE_GOOD_FRIDAY
    due = acknowledgements.registration(date(2027, 3, 25), place=place, parameters=FIGURES)
    steps = plain(explanations.of_term(due))
    assert "part sous un jour ouvré : au plus tard le mardi 30 mars 2027 (CRPA art. R112-11-2 al. 1)." in steps[1]
    assert "vendredi 26 mars 2027, Vendredi saint (C. trav. L3134-13)" in steps[3]


@pytest.mark.law("R36")
def test_works_count_week_ends_but_no_holiday() -> None:
    due = works.answer("dict", date(2027, 4, 28), online=True, place=HERE, parameters=FIGURES)
    assert plain(explanations.of_term(due)) == [
        "Déclaration d’intention de commencement de travaux reçue le mercredi 28 avril 2027 : ce jour ne compte pas.",
        "Le récépissé part sous sept jours : au plus tard le vendredi 7 mai 2027 (C. env. art. R554-22 et suivants).",
        "Les samedis et les dimanches comptent, les jours fériés non.",
        "Jours fériés non comptés : samedi 1er mai 2027, Fête du travail (C. trav. L3133-1) ; jeudi 6 mai 2027, "
        "Ascension (C. trav. L3133-1).",
    ]


@pytest.mark.law("R28")
def test_a_withdrawal_says_how_months_count_and_what_is_uncertain() -> None:
    limit = withdrawals.limit(date(2026, 10, 31), place=HERE, parameters=FIGURES)
    assert plain(explanations.of_term(limit)) == [
        "Acceptation prise, ou née du silence, le samedi 31 octobre 2026 : ce jour ne compte pas.",
        "Illégale, elle peut être retirée pendant quatre mois : jusqu’au dimanche 28 février 2027 inclus (CRPA art. "
        "L242-1).",
        "Les mois se comptent de date à date ; la fin n’est pas reportée au jour ouvré suivant.",
        "Le mois n’a pas de jour de même numéro : le délai se termine son dernier jour, le dimanche 28 février 2027.",
        "Point incertain : la loi ne dit pas si ce délai est franc. Le jour retenu est le plus tôt des deux.",
    ]


EVERY = [
    (reasons.due(date(2026, 10, 20), place=HERE, parameters=FIGURES), "20 novembre 2026", "CRPA art. L232-4"),
    (
        administrative_appeals.silence(date(2026, 10, 15), place=HERE, parameters=FIGURES),
        "15 décembre 2026",
        "CRPA art. L411-7 et L231-4 2°",
    ),
    (access.refusal(date(2026, 11, 25), place=HERE, parameters=FIGURES), "25 décembre 2026", "R*311-12 et R311-13"),
    (
        access.commission_referral(date(2026, 12, 25), place=HERE, parameters=FIGURES),
        "25 février 2027",
        "R311-15 et R343-1",
    ),
    (access.commission_silence(date(2027, 2, 25), place=HERE, parameters=FIGURES), "25 avril 2027", "R343-5"),
    (
        works.answer("dt", date(2027, 6, 1), online=True, measured=True, place=HERE, parameters=FIGURES),
        "25 juin 2027",
        "C. env. art. R554-22",
    ),
    (works.reminder_answer(date(2027, 5, 14), place=HERE, parameters=FIGURES), "19 mai 2027", "R554-22"),
    (
        letters.consultation_limit(RegisteredLetter(date(2026, 12, 20)), place=HERE, parameters=FIGURES),
        "4 janvier 2027",
        "R112-20",
    ),
    (letters.third_party(date(2026, 12, 20), place=HERE, parameters=FIGURES), "28 décembre 2026", "CASF art. R121-2"),
]


@pytest.mark.parametrize(("found", "day", "article"), EVERY, ids=lambda value: getattr(value, "code", None))
def test_every_date_says_its_day_its_article_and_how_it_counts(found: Term, day: str, article: str) -> None:
    steps = plain(explanations.of_term(found))
    assert day in steps[1]
    assert article in steps[1]
    assert "ce jour ne compte pas" in steps[0]
    assert steps[2].endswith(".")


def test_the_clock_of_a_workflow_has_its_own_words() -> None:
    counted = term("clock", Period(8, "day"), date(2026, 12, 20), place=HERE, articles=())
    assert plain(explanations.of_term(counted, since="Enquête commencée", rule="Rapport")) == [
        "Enquête commencée le dimanche 20 décembre 2026 : ce jour ne compte pas.",
        "Rapport : huit jours, donc lundi 28 décembre 2026.",
        "Tous les jours comptent, samedis, dimanches et jours fériés compris.",
    ]


@pytest.mark.law("R12")
def test_an_agents_day_of_appeal_says_why() -> None:
    period = appeal_period(date(2026, 8, 30), 2, place=HERE)
    engaged = mediation(date(2027, 1, 15), "Médiation engagée le 3 octobre 2026", parameters=FIGURES)
    assert plain(explanations.of_appeal(overridden(period, engaged)))[-1] == (
        "Un agent a fixé ce dernier jour au vendredi 15 janvier 2027 (CRPA art. L421-3). Son motif : « Médiation "
        "engagée le 3 octobre 2026 »."
    )
    agreed = overridden(period, Override(date(2027, 1, 15), "Accord"))
    assert "2027. Son motif : « Accord »." in plain(explanations.of_appeal(agreed))[-1]


@pytest.mark.law("R13")
def test_the_last_day_to_notify_is_the_day_before_silence_decides() -> None:
    assert plain(explanations.of_last_day_to_notify(reckon(SilenceRule("rejection"), date(2026, 3, 16)))) == [
        "Le silence décide le 16 mai 2026 : une décision se notifie la veille au plus tard, avant l’expiration du "
        "délai (CRPA art. L112-12)."
    ]
    assert explanations.of_last_day_to_notify(reckon(SilenceRule("none", 0), date(2026, 3, 16))) == ()


@pytest.mark.law("R10")
def test_a_transfer_says_which_clock_starts_when() -> None:
    first, competent = date(2026, 3, 16), date(2026, 3, 23)
    both = plain(explanations.of_reception(Reception(first, competent)))
    assert "vaut refus part de ce jour (CRPA art. L114-2 et L114-3)" in both[0]
    assert "L’autorité compétente l’a reçue le 23 mars 2026" in both[1]
    assert len(explanations.of_reception(Reception(first, None))) == 1
    assert explanations.of_reception(Reception(first, first)) == ()


@pytest.mark.law("R31")
@pytest.mark.parametrize(
    ("consulted", "as_of", "said"),
    [
        ("2026-12-29", "2026-12-30", "Première consultation le 29 décembre 2026 : elle est notifiée ce jour-là"),
        (None, "2027-01-05", "réputée notifiée le jour de sa mise à disposition, le 20 décembre 2026"),
        (None, "2027-01-04", "sa date se saura au plus tard le lendemain du 4 janvier 2027"),
    ],
)
def test_a_registered_letter_says_when_it_is_notified(consulted: str | None, as_of: str, said: str) -> None:
    letter = RegisteredLetter(date(2026, 12, 20), date.fromisoformat(consulted) if consulted else None)
    limit = letters.consultation_limit(letter, place=HERE, parameters=FIGURES)
    day = letters.notified_on(letter, as_of=date.fromisoformat(as_of), place=HERE, parameters=FIGURES)
    steps = plain(explanations.of_notification(letter, limit, day))
    assert "dans les 15 jours, jusqu’au lundi 4 janvier 2027" in steps[1]
    assert said in steps[-1]


@pytest.mark.law("R36")
def test_urgent_works_say_half_days() -> None:
    starts = HalfDay(date(2027, 6, 7), "morning")
    steps = plain(explanations.of_urgent_works(starts, works.urgent_answer(starts, place=HERE)))
    assert steps[0] == "Travaux urgents prévus le lundi 7 juin 2027, le matin."
    assert "au plus tard le vendredi 4 juin 2027, le matin (C. env. art. R554-32)." in steps[1]
    assert "Point incertain" in steps[2]
