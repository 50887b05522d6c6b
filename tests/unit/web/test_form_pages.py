"""What a page of the form and the page of a procedure say, worked out before any template."""

from __future__ import annotations

import dataclasses

from grc.catalogue.definition import SilenceItem
from grc.web.citizen.form_views import FieldGroup, FormPage
from grc.web.citizen.wordings import silence_beforehand
from tests.unit.forms.world import a_form, birth_certificate


def test_a_question_that_opens_others_leaves_the_heading_to_the_page() -> None:
    field = a_form({"f": {"type": "boolean", "title": "Avez-vous un chien ?"}}).field("f")
    page = FormPage("Démarche", "Page", 1, 1, "/", [FieldGroup("", [field])])
    assert page.alone
    assert not dataclasses.replace(page, redraws=frozenset({"f"})).alone


def test_two_rules_of_the_same_length_are_said_once() -> None:
    rule = SilenceItem("rejection", 2, "month", "Un texte")
    longer = dataclasses.replace(rule, period=4)
    procedure = dataclasses.replace(birth_certificate(), silence=(rule, longer, rule))
    said = silence_beforehand(procedure)
    assert [text.count("Sans réponse") for text in said] == [1, 1, 0]
    assert "deux\u00a0mois" in said[0]
    assert "quatre\u00a0mois" in said[1]


def test_a_rule_of_some_demandes_says_which() -> None:
    rule = SilenceItem("rejection", 1, "month", "Un texte", when="Pour un document")
    said = silence_beforehand(
        dataclasses.replace(birth_certificate(), silence=(rule, SilenceItem("none", 0, "month", "")))
    )
    assert said[0].replace("\u00a0", " ").startswith("Pour un document : sans réponse de la commune après un mois")


def test_who_may_send_a_report_reads_first_what_makes_a_demande_of_it() -> None:
    procedure = dataclasses.replace(birth_certificate(), identification="optional")
    said = silence_beforehand(procedure)
    assert "c’est un signalement" in said[0]
    assert said[1:] == silence_beforehand(birth_certificate())
