"""docs/formats.md names all that the schemas and the parsers accept, and nothing drifts between these two."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from grc import resources
from grc.catalogue import overlaying, shelf, slots
from grc.catalogue.coherence import TEXT_NAMES
from grc.conditions.reading import CONDITION_KEYWORDS
from grc.conditions.values import FILTERS
from grc.forms.expansion import ADDRESS_PARTS, MEDIA_TYPES
from grc.forms.fieldreading import ROLES
from grc.forms.formats import FORMATS
from grc.forms.parsing import RESERVED_PAGE_IDS
from grc.workflow.actions import ACTION_PARAMS
from grc.workflow.definition import FUNCTIONS, PHASES
from grc.workflow.parsing import CONTEXT_NAMES

CATALOGUE = resources.folder("form_catalogue")
SCHEMAS = {
    path.name.split(".")[0]: json.loads(path.read_text(encoding="utf-8")) for path in CATALOGUE.glob("schemas/*.json")
}
DOCUMENT = (Path(__file__).parents[3] / "docs" / "formats.md").read_text(encoding="utf-8")
FENCES = re.compile(r"```.*?```", re.DOTALL)
CODE = " ".join(re.findall(r"`([^`]+)`", FENCES.sub("", DOCUMENT)))
WORDS = set(re.findall(r"[\w$./-]+", CODE))


def keywords(node: Any) -> Iterator[str]:
    """The names of the properties that a schema defines, and the values it lists, at any depth."""
    if isinstance(node, list):
        for each in node:
            yield from keywords(each)
    if not isinstance(node, dict):
        return
    yield from node.get("properties", ())
    yield from (value for value in node.get("enum", ()) if isinstance(value, str))
    for keyword, value in node.items():
        yield from keywords(list(value.values()) if keyword in ("properties", "$defs") else value)


@pytest.mark.parametrize("kind", sorted(SCHEMAS))
def test_each_keyword_of_a_schema_is_documented(kind: str) -> None:
    typed = {"string", "integer", "boolean", "array", "object", "Categorization"}
    assert set(keywords(SCHEMAS[kind])) - WORDS - typed == set()


@pytest.mark.parametrize(
    "names",
    [
        *(CONDITION_KEYWORDS, FILTERS, FORMATS, ROLES, ADDRESS_PARTS, MEDIA_TYPES),
        *(slots.PROPERTIES, [name for each in slots.PROPERTIES.values() for name in each]),
        *(RESERVED_PAGE_IDS, FUNCTIONS, PHASES, ACTION_PARAMS, CONTEXT_NAMES, TEXT_NAMES),
    ],
)
def test_each_word_of_the_parsers_is_documented(names: Any) -> None:
    assert set(names) - WORDS == set()


def test_schemas_and_parsers_list_the_same_words() -> None:
    form, ui, flow = SCHEMAS["form"]["$defs"], SCHEMAS["ui"]["$defs"], SCHEMAS["workflow"]["$defs"]
    answer = form["answer"]["properties"]
    assert set(answer["format"]["enum"]) == set(FORMATS)
    assert set(answer["x-role"]["enum"]) == ROLES
    assert set(form["file"]["properties"]["types"]["items"]["enum"]) == MEDIA_TYPES
    assert set(flow["action"]["properties"]["type"]["enum"]) == set(ACTION_PARAMS)
    assert set(flow["state"]["properties"]["meta"]["properties"]["phase"]["enum"]) == set(PHASES)
    transition = flow["transition"]["else"]["properties"]["meta"]["properties"]
    assert set(transition["by"]["items"]["enum"]) == FUNCTIONS
    assert ui["rule"]["properties"]["effect"] == {"const": "SHOW"}


def test_the_glossary_keeps_to_one_identifier_and_avoids_two_words() -> None:
    glossary = (Path(__file__).parents[3] / "docs" / "glossary.md").read_text(encoding="utf-8")
    rows = [line.split("|")[1:4] for line in glossary.splitlines() if line.startswith("| ") and "`" in line]
    identifiers = [word for row in rows for word in re.findall(r"`(\w+)`", row[1])]
    assert len(identifiers) == len(set(identifiers))
    assert not {"request", "application"} & set(identifiers)


def test_the_overlay_that_the_document_shows_may_be_stated() -> None:
    shown = next(each for each in FENCES.findall(DOCUMENT) if "parameter:" in each)
    written = overlaying.parse(shown.removeprefix("```json").removesuffix("```"), "docs/formats.md")
    assert overlaying.stated(shelf.entry("reservation-salle"), written)
