"""What a procedure's receipts would lack is known before it is published."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from grc.receipts.publishing import missing_mentions
from tests.support.notices import ACCEPTANCE, APPEALS, DECLARATION, REJECTION, SERVICE, Terms


def lacking(**changes: Any) -> tuple[str, ...]:
    facts: dict[str, Any] = {
        "authority": "Tilleul-sur-Exemple",
        "authority_address": (),
        "procedure_title": "Acte de naissance",
        "service": SERVICE,
        "silence_terms": (REJECTION,),
        "appeal_terms": APPEALS,
    }
    return missing_mentions(**{**facts, **changes})


@pytest.mark.law("R4")
def test_a_procedure_whose_receipts_are_complete_lacks_nothing() -> None:
    assert lacking() == ()
    assert lacking(silence_terms=(ACCEPTANCE,)) == lacking(silence_terms=(DECLARATION,), appeal_terms=()) == ()


@pytest.mark.law("R4")
@pytest.mark.law("R5")
def test_agents_are_written_to_at_the_service_or_else_at_the_authority() -> None:
    nowhere = replace(SERVICE, postal_address=())
    told = ("adresse administrative de l’agent",)
    assert lacking(service=nowhere) == lacking(service=nowhere, silence_terms=(DECLARATION,)) == told
    assert lacking(service=nowhere, authority_address=("1 place du Tilleul",)) == ()


@pytest.mark.law("R48")
def test_what_silence_accepts_may_be_refused_and_says_how_to_contest_it() -> None:
    assert lacking(silence_terms=(ACCEPTANCE,), appeal_terms=()) == ("recours devant le tribunal administratif",)


@pytest.mark.law("R4")
@pytest.mark.law("R6")
def test_every_rule_of_silence_is_tried_and_each_lack_is_named_once() -> None:
    rules = (DECLARATION, Terms("acceptance", source=""), REJECTION, REJECTION)
    assert lacking(silence_terms=rules, appeal_terms=(), service=replace(SERVICE, telephone="")) == (
        "téléphone du service",
        "source légale de la règle de silence",
        "recours devant le tribunal administratif",
    )


@pytest.mark.law("R6")
def test_a_procedure_without_a_rule_of_silence_lacks_one() -> None:
    assert lacking(silence_terms=()) == ("règle de silence (acceptation, refus ou aucune)",)
