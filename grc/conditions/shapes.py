"""Taking what an author wrote for what it should be: the wrong shape counts as nothing, and is a fault elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def mapping(value: Any) -> Mapping[str, Any]:
    """The object, or an empty one."""
    return value if isinstance(value, Mapping) else {}


def listed(value: Any) -> list[Any]:
    """The list, or an empty one."""
    return value if isinstance(value, list) else []


def text(value: Any) -> str:
    """The text, or an empty one."""
    return value if isinstance(value, str) else ""


def number(value: Any, default: int) -> int:
    """The whole number, or the default."""
    return value if isinstance(value, int) and not isinstance(value, bool) else default
