"""The timeline of a demande: every date in order, with its steps, from what happened."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grc.deadlines import parameters
from grc.deadlines.administrative_appeals import AdministrativeAppeal
from grc.deadlines.appeals import Override
from grc.deadlines.holidays import Place
from grc.deadlines.periods import Period
from grc.deadlines.silence import Kind, Unit
from grc.deadlines.transfers import Reception
from grc.receipts import timeline
from grc.receipts.course import Asked, Clock, Decided, Facts, Line, Terms
from grc.receipts.parts import AppealKind

FIGURES = parameters.in_force(date(2026, 11, 25))
RECEIVED = date(2026, 11, 25)
ASKED = Asked(date(2026, 12, 5), date(2027, 1, 5))


@dataclass(frozen=True)
class Rule:
    rule: Kind = "rejection"
    period: int = 2
    unit: Unit = "month"
    source: str = "CRPA art. L231-4"


@dataclass(frozen=True)
class Way:
    kind: AppealKind = "contentieux"
    to: str = "le tribunal administratif"
    delay_months: int = 2
    source: str = "CJA art. R421-1"


TERMS = Terms(Rule(), (Way("gracieux", "le maire"), Way()), 12, "Tableau de gestion")
ACCEPTANCE = replace(TERMS, silence=Rule("acceptance", source="CRPA art. L231-1"))
NOTHING = replace(TERMS, silence=Rule("none", 0, source="Une déclaration"), appeals=())


def facts(**known: Any) -> Facts:
    return Facts(reception=Reception(RECEIVED, RECEIVED), **known)


def lines(terms: Terms, known: Facts, place: Place = Place.METROPOLE) -> list[Line]:
    return list(timeline.lines(terms, known, place=place, parameters=FIGURES))


def shown(found: list[Line]) -> list[tuple[str, str, str]]:
    return [(line.on.isoformat() if line.on else "", line.label, line.kind) for line in found]


@pytest.mark.law("R11")
@pytest.mark.law("R16")
def test_the_worked_example_of_an_incomplete_demande() -> None:
    assert shown(lines(TERMS, facts(asked=(replace(ASKED, completed_on=date(2026, 12, 20)),)))) == [
        ("2026-11-25", "Demande reçue", "event"),
        ("2026-11-26", "Accusé d’enregistrement, si l’accusé de réception n’est pas parti", "limit"),
        ("2026-12-05", "Pièces demandées", "event"),
        ("2026-12-09", "Dernier jour pour l’accusé de réception", "limit"),
        ("2026-12-20", "Dernière pièce demandée reçue", "event"),
        ("2027-01-05", "Dernier jour pour envoyer les pièces demandées", "limit"),
        ("2027-02-08", "Dernier jour pour notifier une décision", "limit"),
        ("2027-02-09", "Refus implicite, sans décision notifiée avant", "event"),
        ("2027-04-12", "Dernier jour du recours devant le juge", "limit"),
        ("", "Fin de la conservation", "limit"),
    ]


@pytest.mark.law("R16")
@pytest.mark.parametrize(
    ("terms", "completed", "label", "on"),
    [
        (TERMS, None, "Refus implicite, sans décision notifiée avant", "2027-02-25"),
        (ACCEPTANCE, "2026-12-20", "Acceptation implicite, sans décision notifiée avant", "2027-02-20"),
        (ACCEPTANCE, None, "Acceptation implicite : aucune tant que la demande est incomplète ou non transmise", ""),
    ],
)
def test_documents_move_the_implied_decision(terms: Terms, completed: str | None, label: str, on: str) -> None:
    answered = replace(ASKED, completed_on=date.fromisoformat(completed) if completed else None)
    assert (on, label, "event") in shown(lines(terms, facts(asked=(answered,))))


@pytest.mark.law("R17")
def test_a_document_that_is_not_indispensable_moves_nothing() -> None:
    found = shown(lines(TERMS, facts(asked=(replace(ASKED, suspends=False),))))
    assert ("2027-01-25", "Refus implicite, sans décision notifiée avant", "event") in found
    assert ("2026-12-05", "Pièces demandées, sans effet sur le délai", "event") in found


@pytest.mark.law("R26")
@pytest.mark.law("R28")
def test_an_implied_acceptance_opens_the_attestation_and_can_be_withdrawn_for_four_months() -> None:
    assert shown(lines(ACCEPTANCE, facts()))[3:7] == [
        ("2027-01-24", "Dernier jour pour notifier une décision", "limit"),
        ("2027-01-25", "Acceptation implicite, sans décision notifiée avant", "event"),
        ("2027-01-25", "Attestation d’acceptation ouverte, refus impossible", "event"),
        ("2027-05-25", "Dernier jour pour retirer une acceptation illégale", "uncertain"),
    ]


@pytest.mark.law("R26")
@pytest.mark.law("R28")
@pytest.mark.parametrize("told_on", [date(2027, 3, 2), None])
def test_an_acceptance_that_was_withdrawn_is_attested_no_more_nor_withdrawn_again(told_on: date | None) -> None:
    withdrawn = Decided(
        date(2027, 3, 1),
        "refused",
        told_on,
        is_notified=told_on is not None,
        first_notified_on=told_on,
        is_withdrawal=True,
    )
    found = shown(lines(ACCEPTANCE, facts(decided=withdrawn)))
    assert ("2027-01-25", "Acceptation implicite, sans décision notifiée avant", "event") in found
    assert ("2027-03-01", "Retrait de l’acceptation", "event") in found
    assert not any("ttestation" in label or "pour retirer" in label for _, label, _ in found)


@pytest.mark.law("R14")
def test_silence_looks_at_the_first_notification_and_the_appeal_at_the_last() -> None:
    corrected = Decided(date(2027, 1, 10), "refused", date(2027, 2, 1), first_notified_on=date(2027, 1, 12))
    found = shown(lines(TERMS, facts(decided=corrected)))
    assert not any("implicite" in label for _, label, _ in found)
    assert ("2027-04-02", "Dernier jour du recours devant le juge", "limit") in found


@pytest.mark.law("R12")
@pytest.mark.parametrize(
    ("decided", "last_on"),
    [
        (Decided(date(2027, 1, 10), "refused", date(2027, 1, 12)), "2027-03-15"),  # the 13th is a Saturday
        (Decided(date(2027, 2, 1), "refused"), "2027-04-02"),  # after silence had decided: the period starts again
        (Decided(date(2027, 6, 1), "refused"), "2027-03-26"),  # after the period: it only confirms
    ],
)
def test_a_refusal_is_contested_from_its_notification(decided: Decided, last_on: str) -> None:
    found = shown(lines(TERMS, facts(decided=decided)))
    assert (last_on, "Dernier jour du recours devant le juge", "limit") in found


def test_a_decision_in_time_leaves_silence_nothing_to_decide() -> None:
    found = shown(lines(TERMS, facts(decided=Decided(date(2027, 1, 10), "refused", date(2027, 1, 12)))))
    assert [label for _, label, _ in found if "implicite" in label or "notifier" in label] == []
    assert ("2027-01-12", "Décision notifiée", "event") in found


@pytest.mark.law("R14")
def test_a_decision_notified_on_the_day_of_silence_comes_too_late() -> None:
    found = shown(lines(TERMS, facts(decided=Decided(date(2027, 1, 25), "refused"))))
    assert ("2027-01-25", "Refus implicite, sans décision notifiée avant", "event") in found


@pytest.mark.law("R13")
@pytest.mark.law("R48")
def test_a_decision_that_reached_nobody_stops_no_silence_and_starts_no_appeal() -> None:
    unsent = Decided(date(2027, 1, 10), "refused", is_notified=False)
    found = shown(lines(ACCEPTANCE, facts(decided=unsent)))
    assert ("", "Décision pas encore notifiée", "limit") in found
    assert ("2027-01-24", "Dernier jour pour notifier une décision", "limit") in found
    assert ("2027-01-25", "Acceptation implicite, sans décision notifiée avant", "event") in found
    assert not any("recours" in label for _, label, _ in shown(lines(NOTHING, facts(decided=unsent))))


def test_an_accepted_demande_has_no_appeal_and_a_limit_of_withdrawal() -> None:
    found = shown(lines(TERMS, facts(decided=Decided(date(2027, 1, 10), "accepted"))))
    assert ("2027-05-10", "Dernier jour pour retirer une acceptation illégale", "uncertain") in found
    assert not any("recours" in label for _, label, _ in found)


@pytest.mark.law("R27")
@pytest.mark.parametrize(
    ("asked", "given", "expected"),
    [
        (
            "2027-02-10",
            "2027-03-05",
            [
                ("2027-02-10", "Motifs du refus implicite demandés", "event"),
                ("2027-03-05", "Motifs donnés", "event"),
                ("2027-03-10", "Dernier jour pour donner les motifs du refus implicite", "limit"),
                ("2027-05-07", "Dernier jour du recours devant le juge", "limit"),  # the 6th is Ascension
            ],
        ),
        (
            "2027-02-10",
            None,
            [
                ("2027-02-10", "Motifs du refus implicite demandés", "event"),
                ("2027-03-10", "Dernier jour pour donner les motifs du refus implicite", "limit"),
                ("", "Dernier jour du recours : pas encore connu", "limit"),
            ],
        ),
        (
            "2027-03-30",
            None,
            [
                ("2027-03-26", "Dernier jour du recours devant le juge", "limit"),
                ("2027-03-30", "Motifs demandés trop tard : ils ne sont plus dus", "event"),
            ],
        ),
    ],
)
def test_reasons_asked_for_lengthen_the_time_to_appeal(
    asked: str, given: str | None, expected: list[tuple[str, str, str]]
) -> None:
    known = facts(
        reasons_asked_on=date.fromisoformat(asked), reasons_given_on=date.fromisoformat(given) if given else None
    )
    found = [line for line in shown(lines(TERMS, known)) if "otifs" in line[1] or "recours" in line[1]]
    assert found == expected


@pytest.mark.law("R35")
def test_a_document_refused_has_a_last_day_for_the_commission_and_none_yet_for_the_court() -> None:
    terms = replace(TERMS, appeals=(Way("cada", "la CADA"), Way()))
    found = shown(lines(terms, facts(decided=Decided(date(2027, 1, 10), "refused", date(2027, 1, 12)))))
    assert ("2027-03-12", "Dernier jour pour saisir la CADA", "uncertain") in found
    assert not any("juge" in label for _, label, _ in found)


@pytest.mark.law("R12")
def test_an_appeal_to_the_mayor_interrupts_the_time_to_go_to_court() -> None:
    found = shown(lines(TERMS, facts(appeals=(AdministrativeAppeal("gracieux", date(2027, 2, 15)),))))
    assert found[5:8] == [
        ("2027-02-15", "Recours gracieux formé", "event"),
        ("2027-04-15", "Rejet implicite de ce recours, sans réponse avant", "uncertain"),
        ("2027-06-16", "Dernier jour du recours devant le juge", "limit"),
    ]


@pytest.mark.law("R27")
def test_reasons_asked_while_a_recours_is_examined_are_owed() -> None:
    known = facts(appeals=(AdministrativeAppeal("gracieux", date(2027, 2, 15)),), reasons_asked_on=date(2027, 3, 1))
    found = shown(lines(TERMS, known))
    assert ("2027-04-01", "Dernier jour pour donner les motifs du refus implicite", "limit") in found
    assert ("", "Dernier jour du recours : pas encore connu", "limit") in found


@pytest.mark.law("R12")
def test_an_agent_sets_the_last_day_after_a_mediation() -> None:
    known = facts(override=Override(date(2027, 9, 1), "Médiation"))
    assert ("2027-09-01", "Dernier jour du recours devant le juge", "limit") in shown(lines(TERMS, known))


@pytest.mark.law("R9")
@pytest.mark.law("R10")
@pytest.mark.parametrize(
    ("terms", "competent", "decides"),
    [
        (TERMS, date(2026, 12, 10), "2027-01-25"),
        (ACCEPTANCE, date(2026, 12, 10), "2027-02-10"),
        (TERMS, None, "2027-01-25"),
        (ACCEPTANCE, None, ""),
    ],
)
def test_a_demande_sent_on_counts_from_the_right_reception(terms: Terms, competent: date | None, decides: str) -> None:
    found = lines(terms, Facts(reception=Reception(RECEIVED, competent)))
    assert shown(found)[0] == ("2026-11-25", "Demande reçue par une autre administration", "event")
    assert decides in [on for on, label, _ in shown(found) if "implicite" in label]
    due = [on for on, label, _ in shown(found) if "accusé de réception" in label]
    assert due == (["2026-12-11", "2026-12-24"] if competent else [])
    assert found[0].steps != ()


def test_a_report_has_neither_receipt_nor_silence() -> None:
    found = shown(lines(replace(NOTHING, has_receipts=False), facts()))
    assert [label for _, label, _ in found] == ["Demande reçue", "Fin de la conservation"]


@pytest.mark.law("R36")
def test_the_clocks_of_the_workflow_stand_among_the_dates_of_the_law() -> None:
    answer = Clock(
        "Récépissé", Period(7, "day_without_holidays"), date(2027, 4, 28), "Demande reçue", "C. env. R554-22"
    )
    report = Clock("Rapport", Period(1, "month"), None, "Contrôle fait", "Règlement")
    known = Facts(Reception(date(2027, 4, 28), date(2027, 4, 28)), clocks=(answer, report))
    found = lines(NOTHING, known)
    assert ("2027-05-07", "Récépissé", "limit") in shown(found)
    assert ("", "Rapport : le délai ne court pas encore", "limit") in shown(found)
    stopped = lines(NOTHING, replace(known, clocks=(replace(answer, stopped_on=date(2027, 5, 3)),)))
    (line,) = [line for line in stopped if line.label == "Récépissé"]
    assert line.steps[-1].replace("\u00a0", " ") == "Fait le 3 mai 2027 : ce délai ne court plus."


@pytest.mark.parametrize(
    ("known", "until"),
    [
        ({"closed_on": date(2027, 1, 31)}, "2028-01-31"),
        ({"closed_on": date(2027, 1, 31), "retained_until": date(2029, 1, 1)}, "2029-01-01"),
        ({"retained_until": date(2029, 1, 1)}, "2029-01-01"),
    ],
)
def test_a_demande_is_kept_as_long_as_its_procedure_says(known: dict[str, Any], until: str) -> None:
    (line,) = [line for line in shown(lines(TERMS, facts(**known))) if "conservation" in line[1]]
    assert line[0] == until


def test_a_demande_withdrawn_in_time_is_not_decided_by_silence() -> None:
    found = shown(lines(TERMS, facts(withdrawn_on=date(2026, 12, 1), closed_on=date(2026, 12, 1))))
    assert ("2026-12-01", "Demande retirée par l’usager", "event") in found
    assert not any("implicite" in label or "recours" in label for _, label, _ in found)


def test_what_the_law_leaves_open_is_marked() -> None:
    found = lines(replace(TERMS, silence_doubt="Classement à vérifier.", appeal_doubt="Quel juge."), facts())
    assert {line.label: line.steps[-1].replace("\u00a0", " ") for line in found if line.kind == "uncertain"} == {
        "Refus implicite, sans décision notifiée avant": "À confirmer : Classement à vérifier.",
        "Dernier jour du recours devant le juge": "À confirmer : Quel juge.",
    }


def test_a_procedure_without_a_court_takes_the_period_of_the_code() -> None:
    found = shown(lines(replace(NOTHING, appeals=()), facts(decided=Decided(date(2027, 1, 12), "refused"))))
    assert ("2027-03-15", "Dernier jour du recours devant le juge", "limit") in found


def test_a_line_is_told_in_one_sentence() -> None:
    assert timeline.told(Line(date(2026, 12, 25), "Refus implicite", "event")).replace("\u00a0", " ") == (
        "vendredi 25 décembre 2026 – Refus implicite"
    )
    assert timeline.told(Line(None, "Rapport", "limit")) == "Sans date – Rapport"


@given(
    st.sampled_from([TERMS, ACCEPTANCE, NOTHING]),
    st.dates(date(2026, 11, 25), date(2040, 1, 1)),
    st.integers(0, 30),
    st.sampled_from(list(Place)),
)
def test_lines_are_in_order_and_each_computed_date_has_its_steps(
    terms: Terms, received_on: date, later: int, place: Place
) -> None:
    first = received_on.replace(day=1) if later else received_on
    found = lines(terms, Facts(Reception(first, received_on)), place)
    days = [line.on or date.max for line in found]
    assert days == sorted(days)
    assert all(line.steps for line in found if line.kind != "event")
