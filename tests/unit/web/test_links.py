"""Addresses are quoted, and a path to return to never leaves the authority's pages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grc.web.links import Links, safe_next
from tests.support.elsewhere import HOSTILE_PATHS, leads_away


@pytest.mark.parametrize(
    "path", ["/tilleul/", "/tilleul", "/tilleul/agents/demandes/2026-483-715-629", "/tilleul/?q=a%20b"]
)
def test_a_page_of_the_authority_is_kept(path: str) -> None:
    assert safe_next(path, root="/tilleul") == path


@pytest.mark.parametrize(
    "path",
    [
        "",
        "tilleul/agents",
        "//evil.example",
        "//evil.example/tilleul/",
        "/\\evil.example",
        "/tilleul\\..\\",
        "\\\\evil.example",
        "https://evil.example/tilleul/",
        "https:/tilleul/",
        "javascript:alert(1)",
        "/marronnier/",
        "/tilleul-sur-mer/",
        "/",
        "/tilleul/\r\nSet-Cookie: a=b",
        "/tilleul/\tx",
        "/tilleul/\x00",
        "/tilleul/\x7f",
        "/tilleul/" + "a" * 500,
        " /tilleul/",
        "/tilleul/../marronnier/agents",
        "/tilleul/./../../x",
        "/tilleul/%2e%2e/marronnier/",
        "/tilleul/..",
    ],
)
def test_anything_else_is_not(path: str) -> None:
    assert safe_next(path, root="/tilleul") is None


@pytest.mark.parametrize("path", ["/", "/agents", "/demandes/x?fait=adresse"])
def test_on_its_own_domain_every_path_is_the_authority_s(path: str) -> None:
    assert safe_next(path, root="") == path


@pytest.mark.parametrize("path", ["//evil.example", "/\\evil.example", "", "evil.example", "/.//evil.example", "/x//y"])
def test_but_never_another_host(path: str) -> None:
    assert safe_next(path, root="") in (None, "/x//y")


@pytest.mark.parametrize("path", HOSTILE_PATHS)
def test_no_hostile_address_is_a_page_to_return_to(path: str) -> None:
    assert safe_next(path, root="/tilleul") is None
    alone = safe_next(path, root="")
    assert alone is None or not leads_away(alone)


@pytest.mark.parametrize(
    "path", ["//evil.example", "/\\evil.example", "\t//evil.example", "https:/evil.example", "x:y"]
)
def test_the_reader_of_addresses_reads_as_browsers_do(path: str) -> None:
    assert leads_away(path)
    assert not leads_away("/tilleul/" + path)


@given(st.text(), st.sampled_from(["", "/tilleul"]))
def test_whatever_is_typed_what_comes_back_is_a_path_of_ours(text: str, root: str) -> None:
    found = safe_next(text, root=root)
    assert found is None or (found == text and found.startswith(f"{root}/") and not found.startswith(("//", "/\\")))


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_what_is_put_in_an_address_stays_one_part_of_it(text: str) -> None:
    links = Links("/tilleul")
    for made in (links.procedure(text), links.draft("x", "y") + links.submission(text), links.agents(q=text)):
        assert not set(made) & set(" \r\n\t\"'<>\\")
        assert made.startswith("/tilleul/")
