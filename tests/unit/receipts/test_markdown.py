"""Letters in Markdown: read into plain words, whatever is typed."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grc.conditions import Faults
from grc.errors import Misconfigured
from grc.receipts import letters, markdown

SIGNS = st.text(st.sampled_from("*_#-+.()[]\\`1 \nab$@<>&{}«é\u2028"), max_size=60)


def spans(text: str) -> list[tuple[str, str]]:
    (block,) = markdown.blocks(text)
    return [(span["text"], "b" * span["strong"] + "i" * span["emphasis"]) for span in block["spans"]]


def words(blocks: list[dict[str, Any]]) -> str:
    """All the words, a line for each block or item."""
    lines = [item for one in blocks for item in (one["items"] if one["kind"] == "list" else [one["spans"]])]
    return "\n".join("".join(span["text"] for span in line) for line in lines)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("un **deux** *trois*", [("un ", ""), ("deux", "b"), (" ", ""), ("trois", "i")]),
        ("__un__ _deux_", [("un", "b"), (" ", ""), ("deux", "i")]),
        ("***un***", [("un", "bi")]),
        ("**a *b** c*", [("a ", "b"), ("b", "bi"), (" c", "i")]),
        ("2 * 3 * 4", [("2 * 3 * 4", "")]),
        ("a_b_c", [("a_b_c", "")]),
        ("**ouvert", [("**ouvert", "")]),
        (r"\*un\* \\", [("*un* \\", "")]),
        (r"\é", [(r"\é", "")]),
        ("[le site](https://x.example/a)", [("le site (https://x.example/a)", "")]),
        ("[le site]", [("[le site]", "")]),
        ("un\ndeux", [("un deux", "")]),
        ("un\\\ndeux", [("un", ""), ("\n", ""), ("deux", "")]),
        ("<b>un</b> #let x = 1 $y$ @z", [("<b>un</b> #let x = 1 $y$ @z", "")]),
        ("un\x00\u202edeux", [("un deux", "")]),
    ],
)
def test_words_stand_out_as_they_are_marked(text: str, said: list[tuple[str, str]]) -> None:
    assert spans(text) == said


def test_blocks_are_headings_paragraphs_and_lists() -> None:
    found = markdown.blocks("# Un\nsuite\n\nautre\n- a\n  suite\n\n- b\n1. c\n2) d\n\nfin\n###### Bas\n#rien")
    assert [(one["kind"], one.get("level"), one.get("ordered")) for one in found] == [
        ("heading", 2, None),
        ("paragraph", None, None),
        ("paragraph", None, None),
        ("list", None, False),
        ("list", None, True),
        ("paragraph", None, None),
        ("heading", 3, None),
        ("paragraph", None, None),
    ]
    assert words(found) == "Un\nsuite\nautre\na suite\nb\nc\nd\nfin\nBas\n#rien"


def test_headings_never_skip_a_level_for_those_who_listen() -> None:
    levels = [one["level"] for one in markdown.blocks("### a\n\n# b\n\n### c\n\n## d\n\n### e\n\n#### f\n\n##### g")]
    assert levels == [2, 2, 3, 3, 4, 4, 4]


@pytest.mark.parametrize("text", ["", "\n \n", "****", "# ****", "- ****\n- ****", "\\\n"])
def test_what_says_nothing_is_no_block(text: str) -> None:
    assert words(markdown.blocks(text)).strip() in ("", "\\")
    assert all(one["kind"] != "heading" for one in markdown.blocks(text))


@given(SIGNS)
def test_whatever_is_typed_is_read_and_read_the_same(text: str) -> None:
    found = markdown.blocks(text)
    assert json.loads(json.dumps(found)) == found
    assert markdown.blocks(text) == found


@given(st.text(st.sampled_from("*_#-+.()[]\\`1ab$@<>&{}«é"), min_size=1, max_size=60))
def test_what_people_wrote_is_shown_as_they_wrote_it(text: str) -> None:
    assert words(markdown.blocks(f"x{markdown.escape(text)}x")) == f"x{text}x"
    (block,) = markdown.blocks(markdown.escape(text))
    assert block["kind"] == "paragraph"
    assert words([block]) == text


def test_the_lines_that_people_wrote_stay_lines_of_one_paragraph() -> None:
    (block,) = markdown.blocks(markdown.escape("un\r\n\n# deux\n- trois"))
    assert [span["text"] for span in block["spans"]] == ["un", "\n", "\n", "# deux", "\n", "- trois"]


def test_a_letter_puts_values_in_as_they_are_and_sets_the_author_s_words() -> None:
    written = letters.write(
        "Salle : **{{ answers.room }}**, le {{ answers.day | date }}. L'accord n° 3 :\n- {{ answers.none }}",
        {"answers": {"room": "*Rose* 'A' : [x](y)", "day": "2026-03-16"}},
    )
    assert words(markdown.blocks(written)).replace("\u00a0", "~") == (
        "Salle~: *Rose* 'A' : [x](y), le 16~mars~2026. L’accord n°~3~: -"
    )


def test_an_expression_keeps_its_quotes() -> None:
    source = "{% if answers.kind == 'a' %}oui{% else %}non{% endif %}"
    assert letters.write(source, {"answers": {"kind": "a"}}) == "oui"
    assert letters.write(source, {"answers": {}}) == "non"


def test_an_unknown_name_is_a_fault_with_its_line() -> None:
    faults = Faults()
    known = {"answers.room", "shown.room"}
    letters.check(
        "Bonjour {{ applicant.name }}\n\n{{ answers.rom }}", known=known, where="x/letters/a.md", faults=faults
    )
    (fault,) = faults
    assert fault.where == "x/letters/a.md"
    assert "answers.rom\u00a0» n’existe pas (ligne 3)" in fault.message
    assert "answers.room" in fault.suggestion


@pytest.mark.parametrize(
    "source",
    [
        "",
        " \n",
        "{% for a in b %}{% endfor %}",
        "{{ applicant.name.upper() }}",
        "{{ applicant",
        "a" * 20_001,
        "«a» " * 4_500,
    ],
)
def test_what_a_letter_may_not_hold_is_a_fault(source: str) -> None:
    faults = Faults()
    letters.check(source, known=(), where="x", faults=faults)
    assert faults


def test_a_faulty_letter_is_never_written() -> None:
    with pytest.raises(Misconfigured):
        letters.write("{{ a", {})
