"""`grc simulate` prints a timeline: from the catalogue without a database, or as a commune publishes it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from grc.cli import main

EXAMPLE = """\
2026-11-25  fait          Demande reçue
2026-11-26  échéance      Accusé d’enregistrement, si l’accusé de réception n’est pas parti
2026-12-05  fait          Pièces demandées
2026-12-09  échéance      Dernier jour pour l’accusé de réception
2026-12-20  fait          Dernière pièce demandée reçue
2027-01-05  échéance      Dernier jour pour envoyer les pièces demandées
2027-02-08  échéance      Dernier jour pour notifier une décision
2027-02-09  à confirmer   Refus implicite, sans décision notifiée avant
2027-04-12  échéance      Dernier jour du recours devant le juge
-           échéance      Fin de la conservation
"""
INCOMPLETE = ["--received", "2026-11-25", "--notice", "2026-12-05", "--deadline", "2027-01-05"]


def simulate(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["simulate", *arguments])


def lines(*arguments: str) -> str:
    """What it prints after the three lines of its head, its no-break spaces made plain."""
    result = simulate(*arguments, "--brief")
    assert result.exit_code == 0, result.output
    return result.output.replace("\u00a0", " ").split("\n\n", 1)[1]


@pytest.fixture(autouse=True)
def without_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """No database can be reached."""
    monkeypatch.delenv("GRC_SECRET_KEY", raising=False)
    monkeypatch.delenv("GRC_DATABASE_URL", raising=False)


@pytest.mark.law("R16")
def test_the_worked_example_of_an_incomplete_demande_is_printed() -> None:
    assert lines("reservation-salle", *INCOMPLETE, "--pieces", "2026-12-20") == EXAMPLE


@pytest.mark.law("R16")
def test_without_pieces_the_date_moves_to_the_deadline() -> None:
    assert "2027-02-25  à confirmer   Refus implicite" in lines("reservation-salle", *INCOMPLETE)


@pytest.mark.law("R11")
def test_each_date_says_why() -> None:
    output = simulate("reservation-salle", *INCOMPLETE).output.replace("\u00a0", " ")
    assert "Silence : refus au bout de deux mois" in output
    assert "3. Pièces demandées le 5 décembre 2026 : délai suspendu jusqu’au 5 janvier 2027, 31 jours de plus" in output
    assert "3. Le samedi" not in output


@pytest.mark.law("R3")
def test_the_holidays_of_the_place_count() -> None:
    metropole = lines("reservation-salle", "--received", "2027-03-25")
    alsace = lines("reservation-salle", "--received", "2027-03-25", "--place", "alsace-moselle-vendredi-saint")
    assert "2027-03-26  échéance      Accusé d’enregistrement" in metropole
    assert "2027-04-09  échéance      Dernier jour pour l’accusé de réception" in metropole
    assert "2027-03-30  échéance      Accusé d’enregistrement" in alsace
    assert "2027-04-12  échéance      Dernier jour pour l’accusé de réception" in alsace


def test_the_answers_choose_the_rule_of_silence(tmp_path: Path) -> None:
    answers = tmp_path / "answers.json"
    answers.write_text(json.dumps({"answers": {"organisation": {"kind": "association"}}}), encoding="utf-8")
    found = lines("reservation-salle", "--received", "2026-11-25", "--answers", str(answers))
    assert "2027-01-25  fait          Refus implicite, sans décision notifiée avant" in found


@pytest.mark.law("R12")
@pytest.mark.law("R27")
def test_what_happens_afterwards_lengthens_the_time_to_appeal() -> None:
    received = ["acte-de-naissance", "--received", "2026-06-30"]
    assert "2026-11-02  à confirmer   Dernier jour du recours" in lines(*received)
    assert "2027-02-16  à confirmer   Dernier jour du recours" in lines(*received, "--appeal", "2026-10-15")
    assert "-           échéance      Dernier jour du recours" in lines(*received, "--reasons", "2026-10-15")
    given = lines(*received, "--reasons", "2026-10-15", "--given", "2026-11-10")
    assert "2027-01-11  à confirmer   Dernier jour du recours" in given


@pytest.mark.law("R28")
def test_an_acceptance_can_be_withdrawn_for_four_months() -> None:
    found = lines(
        "acte-de-naissance",
        *("--received", "2026-06-30", "--decided", "2026-08-01", "--outcome", "accepted", "--notified", "2026-08-03"),
    )
    assert "2026-12-01  à confirmer   Dernier jour pour retirer une acceptation illégale" in found
    assert "2026-08-03  fait          Décision notifiée" in found


@pytest.mark.law("R9")
def test_a_demande_sent_on_keeps_its_first_reception() -> None:
    found = lines("acte-de-naissance", "--received", "2026-06-30", "--first-received", "2026-06-20")
    assert "2026-06-20  fait          Demande reçue par une autre administration" in found
    assert "2026-08-20  à confirmer   Refus implicite" in found


@pytest.mark.law("R36")
@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("dict", "2027-05-07  échéance      Récépissé de DICT\n"),
        ("dt", "2027-05-10  échéance      Récépissé de DT ou de déclaration conjointe"),
        ("joint", "2027-05-10  échéance      Récépissé de DT ou de déclaration conjointe"),
    ],
)
def test_a_declaration_of_works_has_its_own_clock(tmp_path: Path, kind: str, expected: str) -> None:
    answers = tmp_path / "answers.json"
    answers.write_text(json.dumps({"kind": kind}), encoding="utf-8")
    found = lines("dict", "--received", "2027-04-28", "--answers", str(answers))
    assert expected in found
    assert found.count("Récépissé") == 1


@pytest.mark.law("R36")
@pytest.mark.parametrize("channel", ["paper", "desk", "telephone"])
def test_a_declaration_on_paper_has_the_longer_period_and_no_electronic_receipt(tmp_path: Path, channel: str) -> None:
    answers = tmp_path / "answers.json"
    answers.write_text(json.dumps({"kind": "dict"}), encoding="utf-8")
    found = lines("dict", "--received", "2027-04-28", "--channel", channel, "--answers", str(answers))
    assert "2027-05-10  échéance      Récépissé de DICT reçue hors ligne\n" in found
    assert found.count("Récépissé") == 1
    assert "Accusé" not in found
    assert "accusé" not in found


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nope", "--received", "2026-11-25"], "Pas de démarche « nope »"),
        (["dict", "--received", "25/11/2026"], "Écrivez par exemple 2026-11-25"),
        (["dict", "--received", "2010-01-01"], "existent depuis le 7 novembre 2016"),
        (
            ["reservation-salle", "--received", "2026-11-25", "--notice", "2026-12-05"],
            "un --deadline pour chaque --notice",
        ),
        (
            ["reservation-salle", "--received", "2026-11-25", "--notice", "2026-12-05", "--deadline", "2026-12-01"],
            "Ces dates ne se suivent pas",
        ),
        (["dict", "--received", "2026-11-25", "--first-received", "2026-11-26"], "Ces dates ne se suivent pas"),
    ],
)
def test_what_cannot_be_simulated_is_said(arguments: list[str], said: str) -> None:
    result = simulate(*arguments)
    assert result.exit_code != 0
    assert said in result.output


@pytest.mark.parametrize(("text", "said"), [("{", "n’est pas du JSON"), ("[]", "un objet JSON est attendu")])
def test_answers_that_are_not_answers_are_refused(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "answers.json"
    path.write_text(text, encoding="utf-8")
    result = simulate("dict", "--received", "2026-11-25", "--answers", str(path))
    assert result.exit_code != 0
    assert said in result.output
