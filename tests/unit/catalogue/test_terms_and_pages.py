"""How long an authority keeps demandes, and in which order it shows pages: within what a text and the form allow."""

from __future__ import annotations

from typing import Any

import pytest

from grc.catalogue import differences, lint, overlaying, shelf
from grc.errors import Misconfigured
from tests.support.overlays import plain, room

KEPT = {
    "retention_months": 24,
    "retention_source": "Tableau de gestion du 3 mars 2026, ligne 12",
    "retention_words": "Deux ans après la fin de la réservation.",
}
PAGES = [page.id for page in room().form.pages]


def overlaid(slug: str, **written: Any) -> Any:
    procedure = shelf.entry(slug)
    return overlaying.overlaid(procedure, overlaying.stated(procedure, {"procedure": written}))


def faults(slug: str, **written: Any) -> str:
    with pytest.raises(Misconfigured) as refused:
        overlaid(slug, **written)
    return plain([str(each) for each in refused.value.faults])


def test_a_retention_that_the_authority_sets_is_said_wherever_it_is_read() -> None:
    made = overlaid("reservation-salle", **KEPT)
    kept = made.retention
    assert (kept.months, kept.source) == (24, KEPT["retention_source"])
    assert kept.basis == made.notice.retention_text == KEPT["retention_words"]
    assert lint.faults_of(made) == ()
    keys = {each.key: (each.before, each.after) for each in differences.between(room(), made)}
    assert keys["procedure#retention_months"] == (12, 24)
    assert keys.keys() == {f"procedure#{name}" for name in KEPT}


@pytest.mark.parametrize(
    ("slug", "written", "told"),
    [
        ("reservation-salle", {"retention_months": 24}, "le texte qui la fixe"),
        ("reservation-salle", {**KEPT, "retention_months": 1}, "un nombre de 2 à 1200"),
        ("reservation-salle", {**KEPT, "retention_months": True}, "nombre entier"),
        ("acte-de-naissance", {**KEPT, "retention_months": 6}, "un texte fixe cette durée (Décret n° 2017-890"),
        ("candidature", KEPT, "dépend de l’issue de la demande"),
    ],
    ids=["unsaid", "before the end of appeals", "no number", "of a decree", "by outcome"],
)
@pytest.mark.law("R33")
def test_a_retention_stays_within_the_appeals_and_what_a_text_fixes(
    slug: str, written: dict[str, Any], told: str
) -> None:
    assert told in faults(slug, **written)


def test_pages_change_places_as_long_as_each_reads_what_was_asked_before_it() -> None:
    turned = [*PAGES[:-2], PAGES[-1], PAGES[-2]]
    made = overlaid("reservation-salle", pages=turned)
    assert [page.id for page in made.form.pages] == turned
    (change,) = differences.between(room(), made)
    assert (change.key, change.after[-1]) == ("procedure#pages", room().form.pages[-2].title)
    assert "demandé plus loin" in faults("reservation-salle", pages=[PAGES[1], PAGES[0], *PAGES[2:]])
    assert "les mêmes choix" in faults("reservation-salle", pages=PAGES[1:])
