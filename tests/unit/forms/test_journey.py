"""How far a citizen may go, and how many pages are announced."""

from __future__ import annotations

from typing import Any

import pytest

from grc.forms import journey
from tests.unit.forms.world import answers_that_pass, birth_certificate

FORM = birth_certificate().form


@pytest.mark.parametrize(
    ("answers", "pages"),
    [
        ({}, 6),
        ({"document": "extract_without_parents"}, 3),
        ({"document": "multilingual_extract"}, 4),
        ({"document": "full_copy"}, 6),
        ({"document": "full_copy", "quality": "self"}, 5),
        ({"document": "full_copy", "quality": "descendant"}, 6),
    ],
)
def test_pages_announced_never_become_more(answers: dict[str, Any], pages: int) -> None:
    assert journey.pages_ahead(FORM, answers) == pages
    assert pages >= len(journey.pages(FORM, answers))


def test_with_every_answer_the_pages_announced_are_those_shown() -> None:
    answers = answers_that_pass()
    assert journey.pages_ahead(FORM, answers) == len(journey.pages(FORM, answers)) == 6
