"""A month of an authority in counts: on both databases, counted again without changing, with nobody in them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import update
from sqlmodel import Session, col, select

from grc.db import Database, Keyring, connect
from grc.outbox import standing
from grc.outbox.models import OutboxEntry
from grc.submissions import figures
from grc.submissions.figures import Counts
from grc.submissions.kept_models import Figure
from grc.submissions.models import Decision, Submission
from tests.support import demandes
from tests.support.world import SECRET

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
COUNTED = {"2026-11": (2, 1), "2026-10": (1, 1), "2026-09": (1, 0)}
"""Received and decided, by month."""


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = connect(database_url, Keyring([SECRET]))
    yield opened
    opened.close()


def placed(session: Session, reference: str, *, at: datetime, decided: datetime | None = None, **values: object) -> int:
    """A demande moved to that instant, and decided at the other."""
    which = col(Submission.reference) == reference
    row = session.execute(
        update(Submission).where(which).values(received_at=at, **values).returning(Submission)
    ).scalar_one()
    row.competent_received_on = at.date()
    if decided is not None:
        row.phase, row.state_since = "decided", decided
        session.add(
            Decision(
                authority_id=row.authority_id,
                submission_id=row.id or 0,
                outcome="accepted",
                judged_revision=1,
                decided_at=decided,
            )
        )
    session.flush()
    return row.id or 0


def test_the_counts_of_each_month(database: Database) -> None:
    commune = demandes.commune(database)
    sent = [demandes.filed(database).reference for _ in range(4)]
    with database.writing(scope=commune.id) as session:
        placed(session, sent[0], at=NOW - timedelta(days=1))
        placed(session, sent[1], at=NOW - timedelta(days=21), decided=NOW - timedelta(days=11), channel="desk")
        placed(session, sent[2], at=datetime(2026, 9, 30, 21, 59, tzinfo=UTC), silence_on=date(2026, 10, 31))
        # midnight of Paris, not of UTC, ends September
        placed(
            session,
            sent[3],
            at=datetime(2026, 9, 30, 22, 1, tzinfo=UTC),
            decided=datetime(2026, 10, 31, 12, tzinfo=UTC),
        )
        entries = update(OutboxEntry).where(col(OutboxEntry.submission_id).is_not(None))
        session.execute(entries.values(state="sent", done_at=NOW - timedelta(hours=2)))
        one = session.execute(
            entries.where(col(OutboxEntry.recipient) == "citizen").values(state="dead").returning(OutboxEntry)
        )
        dead = len(one.all())
    assert dead

    with database.writing(scope=commune.id) as session:
        assert figures.compute(session, commune.id, NOW) == 3
        assert figures.compute(session, commune.id, NOW) == 0, "counted once for an instant"
        months = {each.month: each.counts for each in figures.months_of(session, commune.id)}
    assert {month: (each.total, each.decided) for month, each in months.items()} == COUNTED
    assert months["2026-11"] == Counts(
        received={"desk": 1, "online": 1},
        decided=1,
        open=2,
        overdue=1,
        refused=dead,
    )
    assert (months["2026-10"].open, months["2026-10"].overdue) == (1, 1)
    assert (months["2026-09"].open, months["2026-09"].overdue) == (1, 0)

    with database.writing(scope=commune.id) as session:
        assert figures.compute(session, commune.id, NOW + timedelta(days=1)) == 1, "past months stay as they were"
    back = datetime(2026, 12, 10, 3, tzinfo=UTC)
    with database.writing(scope=commune.id) as session:
        assert figures.compute(session, commune.id, back) == 2, "November was last counted before its end"
        assert figures.compute(session, commune.id, back + timedelta(days=1)) == 1, "then it stays"
    with database.reading(scope=None) as session:
        assert figures.latest(session)[commune.id].computed_at == back + timedelta(days=1)
        assert standing.by_authority(session)[commune.id].dead == dead
        kept = json.dumps([one.counts for one in session.exec(select(Figure))])
    assert sent[0] not in kept
    assert "@" not in kept


def test_the_delays_of_a_few_people_are_not_told() -> None:
    assert (figures.delay([1, 2, 3, 9], 50), figures.delay([1, 2, 3, 9, 9], 50)) == (None, 3)


@pytest.mark.parametrize(
    ("ordered", "share", "found"),
    [([], 50, None), ([3], 90, 3), ([1, 2, 3, 4], 50, 2), (list(range(1, 11)), 90, 9), ([0, 0, 9], 90, 9)],
)
def test_percentiles_by_nearest_rank(ordered: list[int], share: int, found: int | None) -> None:
    assert figures.percentile(ordered, share) == found
