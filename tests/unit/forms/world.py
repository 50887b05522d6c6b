"""The real birth-certificate form, answers that pass it, and a way to make small forms."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

from grc import resources
from grc.catalogue import loading
from grc.catalogue.definition import Procedure
from grc.forms import parsing
from grc.forms.definition import Form

TODAY = date(2026, 11, 30)
CATALOGUE = resources.folder("form_catalogue")
EXAMPLES = sorted((CATALOGUE / "acte-de-naissance" / "examples").glob("*.json"))


@cache
def birth_certificate() -> Procedure:
    """The procedure as the catalogue has it."""
    return next(each for each in loading.load_folder(CATALOGUE) if each.slug == "acte-de-naissance")


def an_example(name: str) -> dict[str, Any]:
    """One of the procedure's examples, by the name of its file."""
    path = CATALOGUE / "acte-de-naissance" / "examples" / f"{name}.json"
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return document


def answers_that_pass() -> dict[str, Any]:
    """A descendant's full copy with its proof: every page is shown."""
    return copy.deepcopy(an_example("passes-descendant-with-proof")["answers"])


def a_form(
    properties: Mapping[str, Any],
    *,
    required: tuple[str, ...] = (),
    rules: Mapping[str, Any] | None = None,
    **options: Any,
) -> Form:
    """A form of one page with these properties in order. rules: condition by property. options: of each control."""
    controls = [
        {
            "type": "Control",
            "scope": f"#/properties/{name}",
            "options": options.get(name, {}),
            **({"rule": {"effect": "SHOW", "condition": rules[name]}} if rules and name in rules else {}),
        }
        for name in properties
    ]
    schema = {"type": "object", "required": list(required), "properties": dict(properties)}
    page = {"type": "Category", "x-id": "page", "label": "Page", "elements": controls}
    return parsing.parse(schema, {"type": "Categorization", "elements": [page]}, where="test", blocks={})
