"""How large a long campaign is: small in CI, whole under `make proof`."""

from __future__ import annotations

import os


def size(quick: int, full: int) -> int:
    """The number of rounds, rows or kills for this run."""
    return full if os.environ.get("GRC_CAMPAIGN") == "full" else quick
