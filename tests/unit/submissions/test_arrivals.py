"""Which documents asked for have come, and on which day: clean files by the day they were sent, paper by its stamp."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from grc.attachments.commands import AttachmentView
from grc.clock import day_in
from grc.submissions import arrivals
from grc.submissions.models import DocumentsRequest


def request(**received: str) -> DocumentsRequest:
    """A request for two documents; received: the day of those that came on paper."""
    items = [{"field": field, "title": field, "indispensable": True} for field in ("proof", "plan")]
    noted = [
        item | ({"received_on": received[str(item["field"])]} if item["field"] in received else {}) for item in items
    ]
    return DocumentsRequest(
        id=7,
        authority_id=1,
        submission_id=1,
        items=noted,
        requested_at=datetime(2026, 3, 1, tzinfo=UTC),
        requested_on=date(2026, 3, 1),
        due_on=date(2026, 3, 31),
        agent_id=1,
    )


def file(field: str, scan: str, at: datetime, *, of: int | None = 7) -> AttachmentView:
    return AttachmentView(1, "a", None, 1, field, of, "a.pdf", "application/pdf", 1, "0", "k", at, scan)


def day(instant: datetime) -> date:
    return day_in("Europe/Paris", instant)


@pytest.mark.parametrize(
    ("files", "came", "awaited"),
    [
        ([], {}, ["proof", "plan"]),
        ([file("proof", "pending", datetime(2026, 3, 10, tzinfo=UTC))], {}, ["plan"]),
        ([file("proof", "infected", datetime(2026, 3, 10, tzinfo=UTC))], {}, ["proof", "plan"]),
        ([file("proof", "clean", datetime(2026, 3, 10, 23, 30, tzinfo=UTC))], {"proof": date(2026, 3, 11)}, ["plan"]),
        ([file("proof", "none", datetime(2026, 3, 10, tzinfo=UTC), of=6)], {}, ["proof", "plan"]),
        (
            [
                file("proof", "infected", datetime(2026, 3, 9, tzinfo=UTC)),
                file("proof", "clean", datetime(2026, 3, 12, tzinfo=UTC)),
                file("proof", "clean", datetime(2026, 3, 15, tzinfo=UTC)),
            ],
            {"proof": date(2026, 3, 12)},
            ["plan"],
        ),
    ],
)
def test_a_file_counts_once_clean_as_of_the_day_it_was_sent(
    files: list[AttachmentView], came: dict[str, date], awaited: list[str]
) -> None:
    assert arrivals.arrived(request(), files, day) == came
    assert [item["field"] for item in arrivals.to_send(request(), files)] == awaited


def test_what_came_on_paper_counts_by_its_stamp() -> None:
    noted = request(plan="2026-03-05")
    assert arrivals.arrived(noted, [], day) == {"plan": date(2026, 3, 5)}
    assert [item["field"] for item in arrivals.to_send(noted, [])] == ["proof"]
