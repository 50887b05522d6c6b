"""The calendar file of an appointment, byte by byte."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from grc.notifications import ics
from grc.notifications.ics import Event
from tests.support.notices import MEETING

EVENT = Event(
    key="tilleul/2026-483-715-629",
    sequence=3,
    changed_at=datetime(2026, 3, 18, 8, 5, tzinfo=UTC),
    fixed=MEETING,
    summary="Rendez-vous avec un élu – Tilleul",
    description="Demande 2026-483-715-629",
)
GOLDEN = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//grc//rendez-vous//FR
BEGIN:VEVENT
UID:5c685bfc-2d51-525e-8245-a4627131d1d3
SEQUENCE:3
DTSTAMP:20260318T080500Z
DTSTART:20260324T133000Z
DTEND:20260324T140000Z
SUMMARY:Rendez-vous avec un élu – Tilleul
LOCATION:Mairie\\, salle du conseil
DESCRIPTION:Demande 2026-483-715-629
END:VEVENT
END:VCALENDAR
"""


def unfolded(content: bytes) -> list[str]:
    return content.decode().replace("\r\n ", "").split("\r\n")


def test_the_file_is_what_agendas_read() -> None:
    assert ics.written(EVENT) == GOLDEN.replace("\n", "\r\n").encode()


def test_the_uid_is_of_the_demande_alone() -> None:
    moved = replace(EVENT, sequence=4, fixed=replace(MEETING, place="Ailleurs"), changed_at=MEETING.starts_at)
    uids = {line for each in (EVENT, moved) for line in unfolded(ics.written(each)) if line.startswith("UID:")}
    assert len(uids) == 1
    assert uids.isdisjoint(unfolded(ics.written(replace(EVENT, key="marronnier/2026-483-715-629"))))


def test_what_nothing_says_is_left_out() -> None:
    bare = replace(EVENT, fixed=replace(MEETING, ends_at=None, place=""), description="")
    names = {line.partition(":")[0] for line in unfolded(ics.written(bare))}
    assert names.isdisjoint({"DTEND", "DURATION", "LOCATION", "DESCRIPTION"})


@pytest.mark.parametrize(
    ("place", "written"),
    [
        ("Salle 1, étage 2 ; fond", "Salle 1\\, étage 2 \\; fond"),
        ("A\\nB", "A\\\\nB"),
        ("Mairie\r\nEND:VEVENT\nBEGIN:VALARM", "Mairie END:VEVENT BEGIN:VALARM"),
        ("\u202eeiriaM\u0000 \ud800", "eiriaM"),
    ],
)
def test_a_text_can_say_nothing_but_itself(place: str, written: str) -> None:
    lines = unfolded(ics.written(replace(EVENT, fixed=replace(MEETING, place=place))))
    assert f"LOCATION:{written}" in lines
    assert [line for line in lines if line.startswith(("BEGIN", "END"))] == [
        *("BEGIN:VCALENDAR", "BEGIN:VEVENT", "END:VEVENT", "END:VCALENDAR")
    ]


@pytest.mark.parametrize("text", ["é" * 200, "a" * 66, "a" * 67, "x" + "€" * 80, "𝄞" * 60])
def test_lines_are_folded_between_characters(text: str) -> None:
    content = ics.written(replace(EVENT, summary=text))
    lines = content.split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert all(line.decode() is not None for line in lines)
    assert f"SUMMARY:{text}" in unfolded(content)


def test_hours_are_those_of_the_day_whatever_the_season() -> None:
    seen = []
    for month, day in ((3, 28), (3, 29), (10, 25)):
        fixed = replace(MEETING, starts_at=datetime(2026, month, day, 9, tzinfo=ZoneInfo("Europe/Paris")), ends_at=None)
        seen += [line for line in unfolded(ics.written(replace(EVENT, fixed=fixed))) if line.startswith("DTSTART")]
    assert seen == ["DTSTART:20260328T080000Z", "DTSTART:20260329T070000Z", "DTSTART:20261025T080000Z"]
