"""A phone's photograph is accepted as it is and kept as a JPEG: the stand-alone schema says the second."""

from __future__ import annotations

import pytest

from grc.conditions import Faults
from grc.forms.expansion import accepted_extensions, expand_schema


@pytest.mark.parametrize(
    ("accepted", "kept"),
    [
        (["application/pdf", "image/heic"], ["application/pdf", "image/jpeg"]),
        (["image/jpeg", "image/png", "image/heic"], ["image/jpeg", "image/png"]),
    ],
)
def test_the_answer_to_a_file_question_names_the_type_that_is_kept(accepted: list[str], kept: list[str]) -> None:
    schema = {"type": "array", "items": {"x-file": {"types": accepted, "max_bytes": 1000}}}
    once = expand_schema(schema, where="form", blocks={}, faults=Faults())
    assert once["items"]["properties"]["type"] == {"enum": kept}
    assert expand_schema(once, where="form", blocks={}, faults=Faults()) == once


def test_a_phones_photographs_may_be_chosen() -> None:
    assert accepted_extensions(("application/pdf", "image/heic")) == (".pdf", ".heic", ".heif")
