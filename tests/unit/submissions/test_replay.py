"""The journal folded into where a demande must stand, and what is said when it does not stand there."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import pytest

from grc.submissions import replay
from grc.submissions.models import Submission
from grc.submissions.replay import Standing
from grc.workflow import parsing
from tests.support import invented

WORKFLOW = parsing.parse(invented.document(workflow="standard")["workflow"], where="w")
FILED, MOVED = date(2027, 1, 25), date(2027, 2, 9)


@dataclass
class Happened:
    sequence: int
    kind: str
    state: str
    data: dict[str, Any] = field(default_factory=dict)


JOURNAL = [
    Happened(1, "submission:received", "received", {"silence_on": FILED.isoformat()}),
    Happened(2, "submission:taken_charge", "in_progress"),
    Happened(3, "documents:requested", "waiting_for_documents", {"silence_on": None}),
    Happened(4, "documents:received", "in_progress", {"silence_on": MOVED.isoformat()}),
    Happened(5, "submission:implied", "in_progress", {"born_on": MOVED.isoformat()}),
]


@pytest.mark.parametrize(
    ("length", "standing"),
    [
        (1, Standing("received", "received", FILED, None, 1)),
        (2, Standing("in_progress", "examined", FILED, None, 2)),
        (3, Standing("waiting_for_documents", "waiting", None, None, 3)),
        (4, Standing("in_progress", "examined", MOVED, None, 4)),
        (5, Standing("in_progress", "examined", MOVED, MOVED, 5)),
    ],
)
def test_each_event_leads_on_from_those_before(length: int, standing: Standing) -> None:
    assert replay.replayed(JOURNAL[:length], WORKFLOW) == standing


def test_what_was_sent_on_is_closed_in_whatever_state_it_was() -> None:
    sent = Happened(3, "submission:transferred", "in_progress", {"silence_on": FILED.isoformat()})
    assert replay.replayed([*JOURNAL[:2], sent], WORKFLOW) == Standing("in_progress", "closed", FILED, None, 3)


def row(**changes: Any) -> Submission:
    facts = {"state": "in_progress", "phase": "examined", "silence_on": MOVED, "implied_on": MOVED, "revision": 5}
    return Submission(state_since=datetime(2027, 1, 1, tzinfo=UTC), **(facts | changes))


def test_what_does_not_follow_is_said_and_nothing_else() -> None:
    assert replay.faults(row(), JOURNAL, WORKFLOW) == []
    assert replay.faults(row(silence_on=FILED, revision=6), JOURNAL, WORKFLOW) == [
        "silence_on : 2027-01-25 en base, 2027-02-09 d’après le journal",
        "revision : 6 en base, 5 d’après le journal",
    ]


def test_a_journal_with_a_hole_or_an_unknown_state_is_said() -> None:
    assert replay.faults(row(), [*JOURNAL[:2], *JOURNAL[3:]], WORKFLOW) == [
        "journal illisible : événement 3 absent du journal"
    ]
    assert replay.faults(row(), [], WORKFLOW) == ["journal illisible : journal vide"]
    lost = [*JOURNAL, Happened(6, "submission:moved", "nowhere")]
    assert replay.faults(row(), lost, WORKFLOW) == ["journal illisible : 'nowhere'"]
