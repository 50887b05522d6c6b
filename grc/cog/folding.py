"""Names as they are compared: without accents, capitals, hyphens, and with "saint" written in full."""

from __future__ import annotations

import re
import unicodedata

_LETTERS = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "ÿ": "y"})
_WORDS = {"st": "saint", "ste": "sainte", "sts": "saints", "stes": "saintes"}
_APART = re.compile(r"[^a-z0-9]+")


def fold(text: str) -> str:
    """Small letters and digits in words: "ST-Étienne" gives "saint etienne"; any text is accepted."""
    bare = unicodedata.normalize("NFKD", text.translate(_LETTERS)).lower()
    letters = "".join(each for each in bare if not unicodedata.combining(each))
    return " ".join(_WORDS.get(word, word) for word in _APART.split(letters) if word)
