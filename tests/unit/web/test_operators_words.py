"""Every mail and every sweep has its French name on the operators' page, and every outcome its sentence."""

from __future__ import annotations

import pytest

from grc import resources
from grc.notifications import emails
from grc.sweeping import runs
from grc.sweeping.sweeps import SWEEPS
from grc.web import operators_words as words


def test_every_mail_has_its_name() -> None:
    folders = {each.name for each in (resources.folder("templates") / "email").iterdir() if each.is_dir()}
    assert folders | emails.MESSAGES | {"decision", "receipt_copy"} == set(words.MAILS)


def test_every_sweep_has_its_name() -> None:
    assert {one.name for one in SWEEPS} | {runs.WHOLE} == set(words.SWEEPS)


@pytest.mark.parametrize(
    ("done", "fault", "is_stuck", "said"),
    [
        (0, "", False, "Rien à faire"),
        (1, "", False, "1 élément traité"),
        (3, "", False, "3 éléments traités"),
        (0, "OperationalError", False, "Échec : OperationalError"),
        (0, "clock_ahead", False, "Rien n’est fait : l’horloge est loin après le dernier passage"),
        (2, "", True, "Commencé, pas terminé"),
    ],
)
def test_an_outcome_is_a_sentence(done: int, fault: str, *, is_stuck: bool, said: str) -> None:
    assert words.outcome(done, fault, is_stuck=is_stuck) == said


def test_what_waits_for_the_antivirus_is_counted_in_words() -> None:
    assert [words.held(count) for count in (0, 1, 2)] == [
        "aucun document en quarantaine",
        "1 document en quarantaine",
        "2 documents en quarantaine",
    ]
