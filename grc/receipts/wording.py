"""French typography, dates and hours, for every page, mail and letter."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime
from typing import Final
from zoneinfo import ZoneInfo

NBSP: Final = "\u00a0"
NARROW: Final = "\u202f"

_DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip
_ZONES = {
    "Europe/Paris": "heure de Paris",
    "America/Guadeloupe": "heure de la Guadeloupe",
    "America/Martinique": "heure de la Martinique",
    "America/Cayenne": "heure de la Guyane",
    "America/Marigot": "heure de Saint-Martin",
    "America/St_Barthelemy": "heure de Saint-Barthélemy",
    "America/Miquelon": "heure de Saint-Pierre-et-Miquelon",
    "Indian/Reunion": "heure de La Réunion",
    "Indian/Mayotte": "heure de Mayotte",
}
_CODES = {
    "CRPA": "code des relations entre le public et l’administration",
    "CJA": "code de justice administrative",
}
_SEVERAL_ARTICLES = re.compile(r"\d[^;]*(?: et | à |, )[LRD]?\.?\d")
_WORDS = ("zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix")
_DATE = re.compile(rf"\b(?:\d{{1,2}}|1er) (?:{'|'.join(_MONTHS)})(?: \d{{4}})?\b")
_SPACES = [
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"«\s*", f"«{NBSP}"),
        (r"\s*»", f"{NBSP}»"),
        (r"[ \u00a0](?=:(?:\s|$))", NBSP),
        (r"[ \u00a0\u202f](?=[;?!](?:\s|$))", NARROW),
        (r"(?<=n°)\s*(?=\d)", NBSP),
        (r"(?<=\bart\.) (?=\S)", NBSP),
        (r"(?<=\d) (?=(?:h|min|mois|jours?|Mo|Ko)\b|[€%])", NBSP),
        (r"(?<=\bh) (?=\d)", NBSP),
    )
]
# What could move, hide or reverse text: controls, bidirectional overrides, separators, invisible marks.
_UNSHOWABLE = {"Cc", "Cf", "Zl", "Zp", "Cs", "Co", "Cn"}
_NO_BREAK = re.compile("[\u00a0\u202f]")
_SEVERAL_SPACES = re.compile("  +")
_KEPT = "\u00ad\u200c\u200d"


def typeset(text: str) -> str:
    """The text with French no-break spaces: « », before : ; ? !, in "18 h 42", "n° 3", "art. 3", "16 mars 2026".

    For our own sentences only: what people wrote is shown as they wrote it.
    """
    text = text.replace("'", "’")
    for pattern, replacement in _SPACES:
        text = pattern.sub(replacement, text)
    return _DATE.sub(lambda found: unbroken(found.group()), text)


def short_date(day: date) -> str:
    """ "16 mars 2026", "1er avril 2026", its spaces unbreakable."""
    number = "1er" if day.day == 1 else str(day.day)
    return f"{number}{NBSP}{_MONTHS[day.month - 1]}{NBSP}{day.year}"


def long_date(day: date) -> str:
    """ "lundi 16 mars 2026"."""
    return f"{_DAYS[day.weekday()]} {short_date(day)}"


def hour(instant: datetime, zone: str) -> str:
    """ "18 h 42" as the clocks of the zone show it."""
    local = _local(instant, zone)
    return f"{local.hour}{NBSP}h{NBSP}{local.minute:02d}"


def moment(instant: datetime, zone: str) -> str:
    """ "lundi 16 mars 2026 à 18 h 42"."""
    return f"{long_date(_local(instant, zone).date())} à {hour(instant, zone)}"


def hours(starts_at: datetime, ends_at: datetime | None, zone: str) -> str:
    """ "à 14 h 30", "de 14 h 30 à 15 h 00"."""
    start = hour(starts_at, zone)
    return f"à {start}" if ends_at is None else f"de {start} à {hour(ends_at, zone)}"


def moment_with_zone(instant: datetime, zone: str) -> str:
    """ "lundi 16 mars 2026 à 18 h 42 (heure de Paris)": what a proof of date must say."""
    return f"{moment(instant, zone)} ({zone_name(zone, instant)})"


def zone_name(zone: str, instant: datetime) -> str:
    """ "heure de Paris"; for a zone without a French name its distance from UTC at that instant: "UTC+4"."""
    named = _ZONES.get(zone)
    if named is not None:
        return named
    minutes = int((_local(instant, zone).utcoffset() or UTC.utcoffset(None)).total_seconds() // 60)
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'-' if minutes < 0 else '+'}{hours}" + (f":{rest:02d}" if rest else "")


def months(count: int) -> str:
    """ "deux mois", "12 mois"."""
    return f"{_count(count)}{NBSP}mois"


def days(count: int) -> str:
    """ "un jour", "15 jours"."""
    return f"{_count(count)}{NBSP}jour{'s' if count > 1 else ''}"


def quoted(text: str) -> str:
    """ "« text »" with its no-break spaces."""
    return f"«{NBSP}{text}{NBSP}»"


def the_service(name: str) -> str:
    """A department as a sentence begins with it: "Le service de l’état civil", "Le service « Secrétariat »"."""
    shown = plain(name)
    if shown.lower().startswith("service "):
        return f"Le s{shown[1:]}"
    return f"Le service {quoted(shown)}"


def unbroken(text: str) -> str:
    """The text on one line: telephone numbers, references."""
    return text.replace(" ", NBSP)


def source(text: str) -> str:
    """A legal source spelled out for citizens: "CRPA art. L231-4" becomes "code des relations…, article L231-4"."""
    for short, full in _CODES.items():
        text = re.sub(rf"\b{short}(?:,? art\.)?[ \u00a0](?=[LRD])", f"{full}, art. ", text)
    article = "articles" if _SEVERAL_ARTICLES.search(text) else "article"
    return re.sub(r"\bart\.[ \u00a0]*", f"{article}{NBSP}", text)


def plain(text: str) -> str:
    """The text on one line as it can safely be shown: no control, no bidirectional override, no line break.

    Everything else stays exactly as it was written: markup is the business of whoever escapes it.
    """
    if not _NO_BREAK.sub(" ", text).isprintable():
        text = "".join(
            character if character in _KEPT or unicodedata.category(character) not in _UNSHOWABLE else " "
            for character in text
        )
    return _SEVERAL_SPACES.sub(" ", text).strip(" ")


def paragraphs(text: str) -> tuple[str, ...]:
    """The lines of a text that has several, each as `plain` gives it, empty ones left out."""
    return tuple(line for line in map(plain, re.split(r"\r\n|[\n\r\u2028\u2029]", text)) if line)


def _count(count: int) -> str:
    return _WORDS[count] if 0 <= count < len(_WORDS) else str(count)


def _local(instant: datetime, zone: str) -> datetime:
    if instant.tzinfo is None:
        raise ValueError("an instant must be aware")
    return instant.astimezone(ZoneInfo(zone))
