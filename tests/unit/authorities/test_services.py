"""What receipts and letters want of a service, said where services are listed and where a file changes them."""

from __future__ import annotations

from typing import Any

import pytest

from grc.authorities.services import lacking
from grc.authorities.views import ServiceView

LINES = ("1 place du Tilleul", "99990 Tilleul-sur-Exemple")
MAIL, TELEPHONE = "une adresse électronique ou postale", "un téléphone"
ADDRESS = "une adresse postale, du service ou de la collectivité"


@pytest.mark.law("R5")
@pytest.mark.parametrize(
    ("said", "of_authority", "expected"),
    [
        ({}, (), []),
        ({"postal_address": ()}, LINES, []),
        ({"postal_address": ()}, (), [ADDRESS]),
        ({"postal_address": (), "email": ""}, LINES, [MAIL]),
        ({"postal_address": (), "email": "", "telephone": ""}, (), [TELEPHONE, MAIL, ADDRESS]),
    ],
)
def test_the_address_of_the_authority_stands_in_for_letters_alone(
    said: dict[str, Any], of_authority: tuple[str, ...], expected: list[str]
) -> None:
    facts: dict[str, Any] = {"email": "mairie@tilleul.example", "telephone": "01 99 00 10 20", "postal_address": LINES}
    service = ServiceView(id=1, slug="accueil", name="Accueil", hours="", **{**facts, **said})
    assert lacking(service, of_authority) == expected
