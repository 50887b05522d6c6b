"""The calendar file of an appointment: an iCalendar object of one event (RFC 5545), which no other site reads."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from grc.receipts import Appointment, wording

_NAMESPACE = uuid.UUID("d912ef9f-2716-4234-8e57-0b3ef76c1aed")
"""Ours: a name under it gives the same UID in every installation."""
_LONGEST_LINE = 75
"""In octets, without the end of line (section 3.1)."""
_ESCAPED = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,"})


@dataclass(frozen=True)
class Event:
    """What the file says of an appointment. key: names its demande; an agenda that had the event replaces it.

    sequence: grows when the appointment moves. changed_at: of the last change. summary, description: shown there.
    """

    key: str
    sequence: int
    changed_at: datetime
    fixed: Appointment
    summary: str
    description: str = ""


def written(event: Event) -> bytes:
    """The file: lines of 75 octets at most that end with CRLF, in UTF-8; equal bytes for equal events.

    Instants are in UTC: no agenda needs to know the zone. Without an end the event has none (section 3.6.1).
    """
    return "".join(f"{line}\r\n" for each in _lines(event) for line in _folded(each)).encode()


def _lines(event: Event) -> Iterator[str]:
    fixed = event.fixed
    yield from ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//grc//rendez-vous//FR", "BEGIN:VEVENT")
    yield f"UID:{uuid.uuid5(_NAMESPACE, event.key)}"
    yield f"SEQUENCE:{event.sequence}"
    yield f"DTSTAMP:{_instant(event.changed_at)}"
    yield f"DTSTART:{_instant(fixed.starts_at)}"
    if fixed.ends_at is not None:
        yield f"DTEND:{_instant(fixed.ends_at)}"
    for name, text in (("SUMMARY", event.summary), ("LOCATION", fixed.place), ("DESCRIPTION", event.description)):
        if text:
            yield f"{name}:{wording.plain(text).translate(_ESCAPED)}"
    yield from ("END:VEVENT", "END:VCALENDAR")


def _instant(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _folded(line: str) -> Iterator[str]:
    """The line cut where it is too long, between characters; what follows a cut begins with a space."""
    piece, size = "", 0
    for character in line:
        width = len(character.encode())
        if size + width > _LONGEST_LINE:
            yield piece
            piece, size = " ", 1
        piece, size = piece + character, size + width
    yield piece
