"""The accusé de réception states what the law wants, by the type of silence."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from grc.receipts import Incomplete, MissingDocument, ServiceContact
from tests.support.notices import ACCEPTANCE, APPEALS, DECLARATION, REJECTION, SERVICE, Terms, Way, an_acknowledgement


@pytest.mark.law("R4")
def test_a_demande_that_silence_refuses_has_every_mention() -> None:
    receipt = an_acknowledgement(REJECTION)
    assert receipt.missing_mentions() == ()
    assert receipt.received_on == date(2026, 3, 16)
    assert receipt.silence is not None
    assert (receipt.silence.rule, receipt.silence.due_on) == ("rejection", date(2026, 5, 16))
    assert [appeal.kind for appeal in receipt.appeals] == ["gracieux", "hierarchique", "contentieux"]


@pytest.mark.law("R4")
@pytest.mark.law("R7")
def test_a_demande_that_silence_accepts_states_no_appeal() -> None:
    receipt = an_acknowledgement(ACCEPTANCE)
    assert receipt.missing_mentions() == ()
    assert receipt.silence is not None
    assert receipt.silence.rule == "acceptance"
    assert receipt.appeals == ()


@pytest.mark.law("R4")
def test_an_envoi_on_which_silence_decides_nothing_states_neither_silence_nor_appeal() -> None:
    receipt = an_acknowledgement(DECLARATION)
    assert (receipt.silence, receipt.appeals, receipt.missing_mentions()) == (None, (), ())


@pytest.mark.law("R5")
@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({"name": ""}, "nom du service chargé de la demande"),
        ({"telephone": ""}, "téléphone du service"),
        ({"email": "", "postal_address": ()}, "adresse électronique ou postale du service"),
    ],
)
def test_a_service_without_its_contact_leaves_a_mention_missing(changes: dict[str, object], missing: str) -> None:
    service: ServiceContact = replace(SERVICE, **changes)  # type: ignore[arg-type]
    assert an_acknowledgement(service=service).missing_mentions() == (missing,)


@pytest.mark.law("R5")
def test_one_of_the_two_addresses_is_enough() -> None:
    assert an_acknowledgement(service=replace(SERVICE, email="")).missing_mentions() == ()
    assert an_acknowledgement(service=replace(SERVICE, postal_address=())).missing_mentions() == ()


@pytest.mark.law("R6")
@pytest.mark.law("R7")
@pytest.mark.parametrize(
    ("terms", "appeals", "missing"),
    [
        (Terms(source=""), APPEALS, "source légale de la règle de silence"),
        (Terms("acceptance", source=""), APPEALS, "source légale de la règle de silence"),
        (REJECTION, APPEALS[:1], "recours devant le tribunal administratif"),
        (REJECTION, (*APPEALS, Way("gracieux", "")), "destinataire et texte de chaque recours"),
    ],
)
def test_a_rule_without_source_or_appeal_leaves_a_mention_missing(
    terms: Terms, appeals: tuple[Way, ...], missing: str
) -> None:
    assert an_acknowledgement(terms, appeal_terms=appeals).missing_mentions() == (missing,)


@pytest.mark.parametrize("name", ["reference", "authority", "procedure_title"])
def test_a_receipt_names_the_demande_and_the_authority(name: str) -> None:
    changes: dict[str, Any] = {name: ""}
    assert len(an_acknowledgement(**changes).missing_mentions()) == 1


@pytest.mark.law("R4")
def test_an_incomplete_demande_lists_what_is_missing_with_the_text_that_requires_it() -> None:
    complete = Incomplete(
        (MissingDocument("Mandat", "décret 2017-890"),), date(2026, 4, 20), ("Le délai est suspendu.",)
    )
    assert an_acknowledgement(incomplete=complete).missing_mentions() == ()
    bare = Incomplete((MissingDocument("Mandat", ""),), date(2026, 4, 20), ())
    assert an_acknowledgement(incomplete=bare).missing_mentions() == (
        "texte qui exige chaque pièce",
        "règle du délai pendant l’attente des pièces",
    )


@pytest.mark.law("R11")
@pytest.mark.parametrize(
    ("zone", "received_on", "due_on"),
    [
        ("Europe/Paris", date(2026, 12, 1), date(2027, 2, 1)),
        ("America/Guadeloupe", date(2026, 11, 30), date(2027, 1, 30)),
    ],
)
def test_the_legal_day_is_that_of_the_commune(zone: str, received_on: date, due_on: date) -> None:
    receipt = an_acknowledgement(zone=zone, received_at=datetime(2026, 11, 30, 23, 30, tzinfo=UTC))
    assert receipt.silence is not None
    assert (receipt.received_on, receipt.silence.due_on) == (received_on, due_on)


@pytest.mark.law("R9")
def test_a_demande_sent_on_keeps_its_first_reception_for_rejection_only() -> None:
    first = date(2026, 3, 2)
    refused = an_acknowledgement(REJECTION, first_received_on=first, transferred_from="la préfecture")
    accepted = an_acknowledgement(ACCEPTANCE, first_received_on=first, transferred_from="la préfecture")
    assert refused.silence is not None
    assert accepted.silence is not None
    assert refused.silence.due_on == date(2026, 5, 2)
    assert accepted.silence.due_on == date(2026, 5, 16)
    assert refused.first_received_on == first  # a receipt that shows one date of reception alone contradicts itself


@pytest.mark.law("R47")
def test_a_receipt_keeps_the_version_of_the_figures_in_force_at_reception() -> None:
    assert an_acknowledgement().parameters == "2016-11-07"
    assert an_acknowledgement(received_at=datetime(2026, 5, 28, 9, tzinfo=UTC)).parameters == "2026-05-28"
