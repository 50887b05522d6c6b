"""Where the files that travel with the code are: in the wheel under grc/, in a checkout beside it."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parent


def folder(name: str) -> Path:
    """The folder "templates", "static" or "form_catalogue"; raises FileNotFoundError when neither place has it."""
    for place in (_PACKAGE / name, _PACKAGE.parent / name):
        if place.is_dir():
            return place
    raise FileNotFoundError(f"{name}: not found in the package nor beside it")
