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
        "procedure_title": "Acte de naissance",
        "service": SERVICE,
        "silence_terms": (REJECTION,),
        "appeal_terms": APPEALS,
    }
    return missing_mentions(**{**facts, **changes})


@pytest.mark.law("R4")
def test_a_procedure_whose_receipts_are_complete_lacks_nothing() -> None:
    assert lacking() == ()
    assert lacking(silence_terms=(ACCEPTANCE, DECLARATION), appeal_terms=()) == ()


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
