"""How a demande came, in words."""

from __future__ import annotations

from collections.abc import Mapping

DESK: Mapping[str, str] = {"desk": "Au guichet", "telephone": "Par téléphone", "paper": "Par courrier"}
"""What an agent types."""
WORDS: Mapping[str, str] = {
    "online": "En ligne",
    "api": "Par un logiciel",
    **DESK,
    "transfer": "Transmise par une autre administration",
}
