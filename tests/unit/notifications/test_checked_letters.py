"""Every letter passes an independent checker of PDF/UA-1 and PDF/A-2a, whatever an author or a person wrote in it."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from typing import Any

import page
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grc.notifications import letters
from grc.receipts import markdown
from tests.support.notices import AGENT, a_decision, a_message, an_erratum
from tests.unit.notifications.reading import pdf, pdf_text, plain
from tests.unit.notifications.test_letters import LETTERS, structure

_LENGTH = "PDFA2A-STREAM-LENGTH-001"
_STREAM = re.compile(rb"/Length (\d+)[^>]*>>\s*stream(?:\r\n|\n)")
SIGNS = "#*_-+.()[]{}<>\\`$@&%/\"'~=1 \nab«é\u202e"
HOSTILE = st.text(st.sampled_from(SIGNS), max_size=80)
KNOWN = st.sampled_from(
    ["#panic()", '#import "layout.typ"', '#include "/x"', "#{sys.inputs}", "$x^2$", "\\u{41}", "// x", "/* x", "@ref"]
)


def complaints(content: bytes, profile: str) -> set[str]:
    """The rules that the checker says are broken. It takes a last byte of 0D in a stream for an end of line: where the
    lengths are right to the byte, that one is passed over."""
    report = page.validate_pdf_bytes(content, profile=profile)
    assert report.rules.total >= 100
    broken = {failure.rule_id for failure in report.failures}
    return broken - {_LENGTH} if lengths_are_right(content) else broken


def lengths_are_right(content: bytes) -> bool:
    streams = list(_STREAM.finditer(content))
    return bool(streams) and all(
        content[found.end() + int(found.group(1)) :].startswith(b"\nendstream") for found in streams
    )


@cache
def rendered(name: str) -> bytes:
    return letters.render(LETTERS[name])


def resources(sheet: Any) -> Any:
    return sheet["/Resources"]


@pytest.mark.parametrize("profile", ["ua1", "2a"])
@pytest.mark.parametrize("name", LETTERS)
def test_the_checker_finds_nothing(name: str, profile: str) -> None:
    assert complaints(rendered(name), profile) == set()


def test_the_checker_can_find_something() -> None:
    content = rendered("written")
    assert complaints(content.replace(b"/Marked true", b"/Marked null"), "ua1")
    assert complaints(content.replace(b"<pdfaid:part>2", b"<pdfaid:part>3"), "2a")
    assert not lengths_are_right(content.replace(b"endstream", b" endstream", 1))


def test_a_letter_in_markdown_is_tagged_with_its_headings_and_lists() -> None:
    tags = structure(rendered("written"))
    assert tags.count("/H1") == 1
    assert tags.count("/H3") == 1
    assert {"/L", "/LI", "/LBody", "/Strong", "/Em"} <= set(tags)
    text = pdf_text(rendered("written"))
    assert "Elle est à vous le 4 avril" in text
    assert "1. Venez." in text


@pytest.mark.parametrize("name", LETTERS)
def test_every_font_is_embedded(name: str) -> None:
    fonts = [
        font.get_object() for sheet in pdf(rendered(name)).pages for font in resources(sheet).get("/Font", {}).values()
    ]
    assert fonts
    for font in fonts:
        inner: Any = font["/DescendantFonts"][0].get_object() if "/DescendantFonts" in font else font
        described = inner["/FontDescriptor"]
        assert {"/FontFile", "/FontFile2", "/FontFile3"} & set(described)
        assert "/ToUnicode" in font


@settings(max_examples=40, deadline=None)
@given(st.lists(HOSTILE | KNOWN, max_size=4).map("\n".join))
def test_no_markdown_becomes_code(text: str) -> None:
    content = letters.render(a_decision("accepted", letter=text))
    assert complaints(content, "ua1") == set()
    said = pdf_text(content)
    for block in markdown.blocks(text):
        for line in block["items"] if block["kind"] == "list" else [block["spans"]]:
            for word in plain("".join(span["text"] for span in line)).split(" "):
                assert word in said.replace(" ", "") or word in said


@settings(max_examples=20, deadline=None)
@given(HOSTILE | KNOWN)
def test_no_words_of_an_agent_become_code(text: str) -> None:
    agent = replace(AGENT, family_name=f"x{text}", capacity=f"x{text}", address=(f"x{text}",))
    for notice in (
        an_erratum(wrong=f"x{text}", right=f"x{text}", agent=agent),
        a_message(text=f"x{text}", agent=agent),
    ):
        content = letters.render(notice, to=(f"x{text}",))
        assert complaints(content, "ua1") == set()
        assert "x" in pdf_text(content)
