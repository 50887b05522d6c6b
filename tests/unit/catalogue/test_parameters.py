"""The values that an authority may set: written out where they are read, judged where they are stated."""

from __future__ import annotations

from typing import Any

import pytest

from grc.catalogue import parameters
from grc.conditions import Faults
from tests.support import overlays

FACTS: dict[str, dict[str, Any]] = {
    "days": {"title": "Jours", "type": "integer", "minimum": 1, "maximum": 9, "default": 3},
    "place": {"title": "Lieu", "type": "string", "default": "la mairie"},
    "free": {"title": "Gratuit", "type": "boolean", "default": True},
}


def document(*texts: str, **facts: Any) -> dict[str, Any]:
    read = ["parameters.days", "parameters.place", "parameters.free", *texts]
    return {"slug": "essai", "procedure": {"parameters": {**FACTS, **facts}}, "schema": {"x-checks": read}}


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("answers.days <= parameters.days", "answers.days <= 3"),
        ("answers.at == parameters.place", "answers.at == 'la mairie'"),
        ("parameters.free and true", "true and true"),
        (
            "Dans {{ parameters.days }} jours, à {{parameters.place}} : {{ parameters.free }}.",
            "Dans 3 jours, à la mairie : oui.",
        ),
        ("P{{ parameters.days }}D", "P3D"),
        ("answers.parameters.days", "answers.parameters.days"),
    ],
)
def test_a_value_stands_in_the_place_of_its_name(written: str, told: str) -> None:
    found = Faults()
    made = parameters.written_out(document(written), found)
    assert made["schema"]["x-checks"][-1] == told
    assert list(found) == []


@pytest.mark.parametrize(
    ("made", "told"),
    [
        (document("parameters.dais"), "Vouliez-vous dire « days » ?"),
        (document(unused={"title": "Rien", "type": "boolean", "default": True}), "rien ne lit"),
        (document(days=FACTS["days"] | {"default": 12}), "de 1 à 9"),
        (document(place=FACTS["place"] | {"default": "l'église"}), "sans guillemet"),
        (document(free=FACTS["free"] | {"default": 1}), "vrai ou faux"),
    ],
)
def test_a_fault_says_which_and_why(made: dict[str, Any], told: str) -> None:
    found = Faults()
    parameters.written_out(made, found)
    assert [told in overlays.plain(fault) for fault in found] == [True]
