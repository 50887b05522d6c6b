"""Names are compared without what people leave out."""

from __future__ import annotations

import pytest

from grc.cog.folding import fold


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Saint-Étienne", "saint etienne"),
        ("ST ÉTIENNE", "saint etienne"),
        ("Ste-Foy-l’Argentière", "sainte foy l argentiere"),
        ("L'Haÿ-les-Roses", "l hay les roses"),
        ("Œuilly", "oeuilly"),
        ("  --  ", ""),
        ("\ud800\x00", ""),
    ],
)
def test_what_is_left_out(text: str, folded: str) -> None:
    assert fold(text) == folded
    assert fold(folded) == folded
