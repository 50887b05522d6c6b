"""One colour chosen by an authority becomes a whole theme in which every text stays readable.

The hue is kept; the lightness is moved, by mixing with white or black, to the luminance that each use needs.
Contrasts are those of WCAG 2.2 (1.4.3 for text, 1.4.11 for edges).
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import asdict, dataclass
from functools import lru_cache

RGB = tuple[int, int, int]

WHITE: RGB = (255, 255, 255)
INK: RGB = (27, 27, 27)

_TEXT_CONTRAST = 4.5
_EDGE_CONTRAST = 3.0
_LIGHT = 0.42
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


@dataclass(frozen=True)
class Theme:
    """The tokens of a theme, in the order in which the stylesheet declares them."""

    accent: RGB
    accent_hover: RGB
    accent_active: RGB
    on_accent: RGB
    accent_edge: RGB
    accent_border: RGB
    accent_text: RGB
    accent_text_strong: RGB
    accent_surface: RGB
    accent_background: RGB


def theme(colour: str) -> Theme:
    """The theme of a colour such as "#1f5f8b"; raises ValueError for anything else."""
    rgb = _parse(colour)
    light = luminance(rgb) > _LIGHT
    accent = rgb if light or contrast(rgb, WHITE) >= _TEXT_CONTRAST else _toward(rgb, 0.18)
    hover, active = (0.85, 0.72) if light else (0.65, 0.4)
    return Theme(
        accent=accent,
        accent_hover=_toward(accent, luminance(accent) * hover),
        accent_active=_toward(accent, luminance(accent) * active),
        on_accent=INK if light else WHITE,
        accent_edge=_toward(rgb, 0.18) if light else accent,
        accent_border=_toward(rgb, 0.18),
        accent_text=_toward(rgb, 0.10),
        accent_text_strong=_toward(rgb, 0.04),
        accent_surface=_toward(rgb, 0.80),
        accent_background=_toward(rgb, 0.90),
    )


@lru_cache(maxsize=512)
def stylesheet(colour: str) -> str:
    """The style sheet that declares the tokens, to be served as /theme/<authority>-<digest>.css."""
    tokens: dict[str, RGB] = asdict(theme(colour))
    lines = (f"  --app-{name.replace('_', '-')}: {_hexadecimal(rgb)};" for name, rgb in tokens.items())
    return ":root {\n" + "\n".join(lines) + "\n}\n"


@lru_cache(maxsize=512)
def digest(colour: str) -> str:
    """Twelve hexadecimal digits that change whenever the style sheet does."""
    return hashlib.sha256(stylesheet(colour).encode()).hexdigest()[:12]


@dataclass(frozen=True)
class Use:
    """What a colour becomes in one use. contrast: of the text or edge there, at least `least`; is_kept: as chosen."""

    name: str
    colour: str
    read: str
    contrast: float
    least: float
    is_kept: bool


def uses(colour: str) -> tuple[Use, ...]:
    """Each use of a colour, with what was adjusted for contrast; raises ValueError for what is no colour."""
    chosen, tokens = _parse(colour), theme(colour)
    text = "texte noir" if tokens.on_accent == INK else "texte blanc"
    found = (
        ("Boutons", tokens.accent, text, contrast(tokens.on_accent, tokens.accent), _TEXT_CONTRAST),
        ("Bord des boutons", tokens.accent_edge, "sur blanc", contrast(tokens.accent_edge, WHITE), _EDGE_CONTRAST),
        ("Filets et étapes", tokens.accent_border, "sur blanc", contrast(tokens.accent_border, WHITE), _EDGE_CONTRAST),
        ("Liens", tokens.accent_text, "sur blanc", contrast(tokens.accent_text, WHITE), _TEXT_CONTRAST),
        (
            "Fonds",
            tokens.accent_background,
            "sous un lien",
            contrast(tokens.accent_text, tokens.accent_background),
            _TEXT_CONTRAST,
        ),
    )
    return tuple(
        Use(name, _hexadecimal(rgb), read, ratio, least, rgb == chosen) for name, rgb, read, ratio, least in found
    )


def luminance(rgb: RGB) -> float:
    """The relative luminance of WCAG, from 0 (black) to 1 (white)."""
    red, green, blue = (_linear(channel / 255) for channel in rgb)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: RGB, other: RGB) -> float:
    """The contrast ratio of WCAG, from 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _toward(rgb: RGB, target: float) -> RGB:
    end = 255 if target > luminance(rgb) else 0
    low, high = 0.0, 1.0
    mixed = rgb
    for _ in range(24):
        middle = (low + high) / 2
        mixed = _mixed(rgb, end, middle)
        low, high = (middle, high) if (luminance(mixed) < target) == (end == 255) else (low, middle)
    return mixed


def _mixed(rgb: RGB, end: int, share: float) -> RGB:
    red, green, blue = (round(channel + (end - channel) * share) for channel in rgb)
    return red, green, blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)


def _parse(colour: str) -> RGB:
    if not _COLOUR.fullmatch(colour):
        raise ValueError(f"not a colour: {colour!r}")
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _hexadecimal(rgb: RGB) -> str:
    return "#{:02x}{:02x}{:02x}".format(*rgb)
