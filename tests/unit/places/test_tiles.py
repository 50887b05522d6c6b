"""Only tiles that exist are asked for, and only a PNG is passed on."""

from __future__ import annotations

import pytest

from grc.places.tiles import PNG, address, is_tile

TEMPLATE = "https://tuiles.example/{z}/{x}/{y}.png"


def test_the_address_of_a_tile() -> None:
    assert address(TEMPLATE, 3, 7, 0) == "https://tuiles.example/3/7/0.png"
    assert address(TEMPLATE, 0, 0, 0) == "https://tuiles.example/0/0/0.png"


@pytest.mark.parametrize("place", [(20, 0, 0), (-1, 0, 0), (3, 8, 0), (3, 0, 8), (3, -1, 0), (10**6, 1, 1)])
def test_there_is_no_such_tile(place: tuple[int, int, int]) -> None:
    assert address(TEMPLATE, *place) is None


@pytest.mark.parametrize(
    ("content", "content_type", "is_right"),
    [
        (PNG + b"x", "image/png", True),
        (PNG, "Image/PNG; charset=binary", True),
        (PNG, "text/html", False),
        (PNG, "", False),
        (b"<svg>", "image/png", False),
        (b"", "image/png", False),
    ],
)
def test_a_tile_is_a_png_and_says_so(content: bytes, content_type: str, is_right: bool) -> None:
    assert is_tile(content, content_type) is is_right
