"""When an appointment is, whatever the season and the zone; what is no appointment."""

from __future__ import annotations

from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

import pytest

from grc.catalogue import loading
from grc.catalogue.definition import Procedure
from grc.submissions import appointments
from grc.submissions.models import Submission
from tests.support import appointed, invented


@pytest.fixture(scope="module")
def procedure() -> Procedure:
    """The invented procedure; the citizen's words say where, where the agent says no more."""
    workflow = deepcopy(appointed.WORKFLOW)
    workflow["meta"]["appointment"].append(
        {**appointed.PATHS, "start": "agent.proposal.end", "place": "answers.subject"}
    )
    return loading.from_document(invented.document(workflow=workflow))


def read(procedure: Procedure, zone: str = "Europe/Paris", **proposal: Any) -> tuple[str, str, str] | None:
    context = {"answers": {"subject": "Au square"}, "agent": {"proposal": {"day": "2026-06-10", **proposal}}}
    found = appointments.read(procedure, context, zone)
    if found is None:
        return None
    ends = "" if found.ends_at is None else f"{found.ends_at:%H:%M}"
    return f"{found.starts_at:%Y-%m-%dT%H:%M%z}", ends, found.place


@pytest.mark.parametrize(
    ("proposal", "zone", "told"),
    [
        (
            {"start": "14:30", "end": "15:00", "place": "hall"},
            "Europe/Paris",
            ("12:30", "13:00", "Mairie, salle du conseil"),
        ),
        ({"start": "14:30", "end": "14:30"}, "Europe/Paris", ("12:30", "", "")),
        ({"start": "14:30", "end": "14:00"}, "Europe/Paris", ("12:30", "", "")),
        ({"start": "14:30"}, "America/Guadeloupe", ("18:30", "", "")),
        ({"start": "14:30"}, "Indian/Reunion", ("10:30", "", "")),
        ({"end": "15:00"}, "Europe/Paris", ("13:00", "", "Au square")),
    ],
)
def test_hours_are_those_of_the_commune(
    procedure: Procedure, proposal: dict[str, str], zone: str, told: tuple[str, str, str]
) -> None:
    start, *rest = told
    assert read(procedure, zone, **proposal) == (f"2026-06-10T{start}+0000", *rest)


@pytest.mark.parametrize(
    ("day", "start", "instant"),
    [
        ("2027-03-27", "14:30", "2027-03-27T13:30"),
        ("2027-03-28", "14:30", "2027-03-28T12:30"),
        ("2027-03-28", "02:30", "2027-03-28T01:30"),
        ("2026-10-25", "02:30", "2026-10-25T00:30"),
        ("2026-10-25", "03:00", "2026-10-25T02:00"),
    ],
)
def test_the_day_of_the_change_of_clocks(procedure: Procedure, day: str, start: str, instant: str) -> None:
    found = read(procedure, day=day, start=start)
    assert found is not None
    assert found[0] == f"{instant}+0000"


@pytest.mark.parametrize(
    "proposal",
    [
        *({}, {"start": ""}, {"start": 3}, {"start": "14:30", "day": None}, {"start": "14:30", "day": "demain"}),
        *({"start": "23:30", "day": "9999-12-31"}, {"start": "00:00", "day": "0001-01-01"}),
    ],
)
def test_without_a_day_and_an_hour_there_is_none(procedure: Procedure, proposal: dict[str, Any]) -> None:
    assert read(procedure, **proposal) is None


@pytest.mark.parametrize(
    ("row", "stands"),
    [
        ({"state": "fixed", "phase": "examined"}, True),
        ({"state": "called_off", "phase": "examined"}, False),
        ({"state": "fixed", "phase": "examined", "destroyed_at": datetime(2026, 6, 1, tzinfo=UTC)}, False),
        ({"state": "fixed", "phase": "closed"}, False),
    ],
    ids=["fixed", "called off", "destroyed", "sent on"],
)
def test_where_it_stands(procedure: Procedure, row: dict[str, Any], stands: bool) -> None:
    context = {"answers": {}, "agent": {"proposal": {"day": "2026-06-10", "start": "14:30"}}}
    found = appointments.standing(Submission(**row), procedure, context, "Europe/Paris")
    assert (found is not None) == stands
