"""The notice to the person helped: who filed, on which day of the commune, and nothing sent that does not say who."""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime

from grc.receipts import as_json, from_json, helping
from grc.receipts.helping import FiledForYou
from tests.support.notices import SERVICE


def a_notice(
    *, helper: str = "Léo Aidant", filed_at: datetime = datetime(2026, 3, 24, 9, 0, tzinfo=UTC)
) -> FiledForYou:
    return helping.build(
        reference="2026-ABCD-EFGH",
        authority="Tilleul-sur-Exemple",
        procedure_title="Copie d’un acte de naissance",
        addressee="Odette Exemple",
        helper=helper,
        quality="un proche",
        organisation="",
        filed_at=filed_at,
        zone="Europe/Paris",
        service=SERVICE,
    )


def test_a_notice_that_does_not_say_who_helped_is_not_whole() -> None:
    assert a_notice().missing_mentions() == ()
    assert a_notice(helper=" ").missing_mentions() == ("nom de l’aidant",)


def test_a_service_without_telephone_holds_it_back_no_more_than_the_demande() -> None:
    bare = dataclasses.replace(a_notice(), service=dataclasses.replace(SERVICE, telephone=""))
    assert bare.missing_mentions() == ()


def test_the_day_is_that_of_the_commune_and_the_facts_read_back() -> None:
    late = a_notice(filed_at=datetime(2026, 3, 24, 23, 30, tzinfo=UTC))
    assert late.filed_on == date(2026, 3, 25)
    assert from_json(as_json(late)) == late
