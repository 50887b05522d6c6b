"""The receipt of an envoi that is no demande: its day, its service, and nothing of what it says."""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime

import pytest

from grc.receipts import as_json, from_json
from tests.support.notices import SERVICE, an_envoi


@pytest.mark.law("R1")
@pytest.mark.parametrize(
    ("is_message", "files", "what"),
    [
        (True, 0, "votre message"),
        (True, 1, "votre message et un document"),
        (True, 2, "votre message et 2\u00a0documents"),
        (False, 1, "votre document"),
        (False, 3, "vos 3\u00a0documents"),
    ],
)
def test_it_says_in_generic_words_what_came(is_message: bool, files: int, what: str) -> None:
    receipt = an_envoi(is_message=is_message, files=files)
    assert (receipt.what, receipt.missing_mentions()) == (what, ())


@pytest.mark.law("R1")
def test_the_day_of_reception_is_that_of_the_commune() -> None:
    late = datetime(2026, 3, 24, 23, 30, tzinfo=UTC)
    assert an_envoi(received_at=late).received_on == date(2026, 3, 25)
    assert an_envoi(received_at=late, zone="America/Martinique").received_on == date(2026, 3, 24)


@pytest.mark.law("R1")
@pytest.mark.parametrize(
    ("lacks", "named"),
    [
        ({"name": " "}, "nom du service chargé de la demande"),
        ({"email": "", "postal_address": ()}, "adresse électronique ou postale du service"),
        ({"telephone": ""}, "téléphone du service"),
    ],
)
def test_it_is_whole_only_with_its_service(lacks: dict[str, object], named: str) -> None:
    service = dataclasses.replace(SERVICE, **lacks)  # type: ignore[arg-type]
    assert an_envoi(service=service).missing_mentions() == (named,)


@pytest.mark.law("R1")
def test_there_is_none_for_nothing() -> None:
    assert an_envoi(is_message=False, files=0).missing_mentions() == ("objet de l’envoi",)


def test_it_holds_nothing_of_silence_and_comes_back_as_it_was() -> None:
    receipt = an_envoi()
    names = {field.name for field in dataclasses.fields(receipt)}
    assert names.isdisjoint({"silence", "appeals", "text", "files", "agent"})
    assert from_json(as_json(receipt)) == receipt
