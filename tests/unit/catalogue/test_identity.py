"""Every path of a form that requires identification asks for it: a person's, or an organisation's."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from grc.catalogue import coherence, loading
from grc.conditions import Faults
from tests.support import invented
from tests.support.invented import SCHEMA, UI, document, required_of

pytestmark = pytest.mark.law("R20")
EVERYONE = ("person", "company", "association")


def faults(**parts: Any) -> list[str]:
    procedure, found = loading.from_document(document(identification="required", **parts)), Faults()
    coherence.check(procedure.slug, procedure.document["procedure"], procedure.form, found)
    return [str(fault).replace("\u00a0", " ").replace("\u202f", " ") for fault in found]


def test_alternatives_that_cover_every_path_are_accepted() -> None:
    assert faults(schema=required_of(SCHEMA, *EVERYONE)) == []


def test_a_path_that_asks_without_requiring_is_named() -> None:
    found = faults(schema=required_of(SCHEMA, "person", "company"))
    assert len(found) == 3
    for name, fault in zip(("rna", "name", "email"), sorted(found, key=_order), strict=True):
        assert f"« association.{name} »" in fault
        assert "quand « who » vaut « association »" in fault
        assert "obligatoire" in fault


def _order(fault: str) -> int:
    return next(at for at, name in enumerate(("rna", "name", "email")) if f"association.{name} " in fault)


def test_a_path_that_asks_nobody_is_named() -> None:
    schema = required_of(SCHEMA, *EVERYONE)
    schema["properties"]["who"]["oneOf"].append({"const": "nobody", "title": "Personne"})
    found = faults(schema=schema)
    assert len(found) == 4
    assert all("quand « who » vaut « nobody »" in fault and "il manque" in fault for fault in found)


def test_a_choice_that_may_be_left_out_opens_no_way_round() -> None:
    schema = required_of(SCHEMA, *EVERYONE)
    schema["required"] = ["subject"]
    assert len(faults(schema=schema)) == 4


def test_an_identity_that_depends_on_endless_answers_is_refused() -> None:
    ui = deepcopy(dict(UI))
    ui["elements"][1]["rule"] = {
        "effect": "SHOW",
        "condition": {"scope": "#/properties/subject", "schema": {"minLength": 3}, "failWhenUndefined": True},
    }
    (fault,) = faults(schema=required_of(SCHEMA, *EVERYONE), ui=ui)
    assert "« subject »" in fault
    assert "ne peut pas être vérifié" in fault


def test_a_report_may_leave_everything_out() -> None:
    assert loading.from_document(document()).slug == invented.SLUG
