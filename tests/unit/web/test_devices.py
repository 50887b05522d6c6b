"""A browser named in words."""

from __future__ import annotations

import pytest

from grc.web import devices


@pytest.mark.parametrize(
    ("header", "shown"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0", "Firefox sous Linux"),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 Edg/130.0",
            "Edge sous Windows",
        ),
        ("Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36", "Chrome sous Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Safari/604.1", "Safari sous iPhone"),
        ("", "Navigateur inconnu"),
        ("<script>alert(1)</script>" * 100, "Navigateur inconnu"),
    ],
)
def test_a_browser_is_named_and_never_quoted(header: str, shown: str) -> None:
    assert devices.words(header) == shown
