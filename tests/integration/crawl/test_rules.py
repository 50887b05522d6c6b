"""The judge of the walk sees what got out of its place, and lets pass what stayed in it."""

from __future__ import annotations

import pytest

from tests.integration.crawl.rules import escaped


@pytest.mark.parametrize(
    "page",
    [
        "<p><m4rk></p>",
        '<input value="" onm4rk="1">',
        '<a href="javascript:m4rk">x</a>',
        "<script>let a = 'm4rk'</script>",
        "<form action='data:text/html,m4rk'></form>",
    ],
)
def test_what_got_out_is_seen(page: str) -> None:
    assert escaped(page)


@pytest.mark.parametrize(
    "page",
    [
        "<p>&lt;m4rk&gt;</p>",
        '<input value="&#34; onm4rk=&#34;1">',
        '<a href="/tilleul/connexion?suite=javascript%3Am4rk">x</a>',
        "<textarea>&lt;script&gt;m4rk</textarea>",
        '<a href="mailto:m4rk@exemple.example">x</a>',
    ],
)
def test_what_stayed_in_its_place_passes(page: str) -> None:
    assert escaped(page) == []
