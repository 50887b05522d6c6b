"""The words of the syndicate's pages."""

from __future__ import annotations

from collections.abc import Mapping

_MONTHS = (
    *("janvier", "février", "mars", "avril", "mai", "juin"),
    *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
)
CHANNELS = {
    "online": "en ligne",
    "desk": "au guichet",
    "telephone": "par téléphone",
    "paper": "par courrier",
    "api": "par un logiciel",
}
KINDS = {"municipality": "Commune", "intermunicipality": "Intercommunalité", "syndicate": "Syndicat"}


def month(written: str) -> str:
    """A month in words: "novembre 2026" of "2026-11"."""
    year, number = written.split("-")
    return f"{_MONTHS[int(number) - 1]} {year}"


def short_month(written: str) -> str:
    """A month under a bar: "11/26" of "2026-11"."""
    return f"{written[5:]}/{written[2:4]}"


def channels(received: Mapping[str, int]) -> str:
    """How the demandes came: "12 en ligne, 3 au guichet"; "" without any."""
    known = [name for name in (*CHANNELS, *sorted(set(received) - set(CHANNELS))) if received.get(name)]
    return ", ".join(f"{number(received[name])} {CHANNELS.get(name, name)}" for name in known)


def days(count: int | None) -> str:
    """A number of days, "–" for none."""
    return "–" if count is None else f"{number(count)} j"


def number(value: int) -> str:
    """A whole number, its thousands apart."""
    return f"{value:,}".replace(",", "\u202f")
