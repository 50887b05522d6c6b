"""Which tiles of the map exist, and what a tile is."""

from __future__ import annotations

PNG = b"\x89PNG\r\n\x1a\n"
LARGEST = 300_000
"""Bytes of one tile: those of 256 pixels a side rarely weigh more than 50,000."""
DEEPEST = 19


def address(template: str, zoom: int, column: int, row: int) -> str | None:
    """The tile's address from a template with {z}, {x} and {y}; None when there is no such tile."""
    if not 0 <= zoom <= DEEPEST or not 0 <= column < 2**zoom or not 0 <= row < 2**zoom:
        return None
    return template.replace("{z}", str(zoom)).replace("{x}", str(column)).replace("{y}", str(row))


def is_tile(content: bytes, content_type: str) -> bool:
    """Whether the content is said to be a PNG and begins like one."""
    return content_type.partition(";")[0].strip().lower() == "image/png" and content.startswith(PNG)
