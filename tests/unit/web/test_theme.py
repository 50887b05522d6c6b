"""Whatever colour a commune chooses, its pages can be read."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from grc.web.theme import WHITE, contrast, digest, luminance, stylesheet, theme, uses

channels = st.integers(0, 255)
colours = st.builds("#{:02x}{:02x}{:02x}".format, channels, channels, channels)


@given(colours)
@example("#000000")
@example("#ffffff")
@example("#ffff00")
@example("#00ff00")
@example("#c60c30")
def test_every_pair_that_is_read_holds(colour: str) -> None:
    tokens = theme(colour)
    for background in (tokens.accent, tokens.accent_hover, tokens.accent_active):
        assert contrast(tokens.on_accent, background) >= 4.5
    for background in (WHITE, tokens.accent_surface, tokens.accent_background):
        assert contrast(tokens.accent_text, background) >= 4.5
        assert contrast(tokens.accent_text_strong, background) >= 4.5
    assert contrast(tokens.accent_edge, WHITE) >= 3
    assert contrast(tokens.accent_border, WHITE) >= 3


@given(colours)
def test_what_an_administrator_reads_of_a_colour_holds_too(colour: str) -> None:
    for use in uses(colour):
        assert use.contrast >= use.least, use
        assert use.is_kept == (use.colour == colour)
    assert uses("#1f5f8b")[0].is_kept
    assert not uses("#ffd500")[3].is_kept


@given(colours)
def test_grey_text_stays_readable_on_the_tints(colour: str) -> None:
    tokens = theme(colour)
    assert contrast((72, 73, 73), tokens.accent_background) >= 4.5
    assert contrast((202, 53, 53), WHITE) >= 4.5


@given(colours)
def test_states_of_a_button_can_be_told_apart(colour: str) -> None:
    tokens = theme(colour)
    if luminance(tokens.accent) > 0.02:
        assert luminance(tokens.accent_active) < luminance(tokens.accent_hover) < luminance(tokens.accent)


def test_a_dark_colour_is_kept_as_chosen() -> None:
    assert "--app-accent: #1f5f8b;" in stylesheet("#1f5f8b")


def test_the_digest_follows_the_colour() -> None:
    assert digest("#1f5f8b") != digest("#7a4b12")
    assert re.fullmatch(r"[0-9a-f]{12}", digest("#7a4b12"))


@pytest.mark.parametrize("colour", ["", "blue", "#fff", "#12345g", "#1f5f8b; }"])
def test_what_is_not_a_colour_is_refused(colour: str) -> None:
    with pytest.raises(ValueError, match="not a colour"):
        stylesheet(colour)
