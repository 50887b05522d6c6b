"""Tiles of the invented town, drawn when they are asked for."""

from __future__ import annotations

import math
import unicodedata
from functools import lru_cache
from io import BytesIO

from PIL import Image, ImageDraw

from grc.demo.places import streets

_SIDE = 256
_LAND, _WATER, _GREEN, _CASING, _ROAD, _GRID = "#f4f1ea", "#b9d7ea", "#cfe6c3", "#b8ad9c", "#ffffff", "#e6e1d6"
_METRES_AROUND = 40_075_017.0


@lru_cache(maxsize=512)
def draw(zoom: int, column: int, row: int) -> bytes:
    """The PNG of one tile in Web Mercator."""
    image = Image.new("RGB", (_SIDE, _SIDE), _LAND)
    pen = ImageDraw.Draw(image)
    metre = _SIDE * 2**zoom / (_METRES_AROUND * math.cos(math.radians(streets.LATITUDE)))

    def at(points: tuple[streets.Point, ...]) -> list[tuple[float, float]]:
        return [_pixel(point, zoom, column, row) for point in points]

    pen.line([(0, 0), (_SIDE, 0)], fill=_GRID)
    pen.line([(0, 0), (0, _SIDE)], fill=_GRID)
    pen.polygon(at(streets.PARK), fill=_GREEN)
    pen.line(at(streets.RIVER), fill=_WATER, width=max(2, round(34 * metre)), joint="curve")
    for colour, metres, least in ((_CASING, 11.0, 4), (_ROAD, 8.0, 2)):
        for street in streets.STREETS.values():
            pen.line(at(street), fill=colour, width=max(least, round(metres * metre)), joint="curve")
    if zoom >= 15:
        for name, street in streets.STREETS.items():
            middle = tuple((a + b) / 2 for a, b in zip(street[0], street[1], strict=True))
            place = _pixel((middle[0], middle[1]), zoom, column, row)
            pen.text(place, _drawable(name), fill="#4a4a4a", font_size=12, anchor="mm")
    content = BytesIO()
    image.save(content, "PNG")
    return content.getvalue()


def _drawable(name: str) -> str:
    """The name in the letters of Pillow's own font, which has no accents."""
    bare = unicodedata.normalize("NFKD", name.replace("’", "'"))
    return bare.encode("ascii", "ignore").decode()


def _pixel(point: streets.Point, zoom: int, column: int, row: int) -> tuple[float, float]:
    """Where a point of the town is on the tile, in pixels from its upper left corner."""
    longitude, latitude = streets.degrees(*point)
    whole = _SIDE * 2**zoom
    x = (longitude + 180) / 360 * whole
    y = (1 - math.asinh(math.tan(math.radians(latitude))) / math.pi) / 2 * whole
    return x - column * _SIDE, y - row * _SIDE
