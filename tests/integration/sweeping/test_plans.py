"""What a passage costs where nothing is due: each sweep finds its way by an index made for it, on both databases."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Engine, Select, event, or_, select

from grc import clock
from grc.db import Database, Keyring, connect
from grc.journal import chaining
from grc.sweeping.sweeps import SWEEPS, Sweep
from tests.support.demandes import commune
from tests.support.world import SECRET

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
WAYS: dict[str, set[str]] = {
    "receipts_owed": {"ix_task_open"},
    "receipts_late": {"ix_outbox_waiting"},
    "documents_reminders": {"ix_documents_request_awaited"},
    "documents_overdue": {"ix_documents_request_awaited"},
    "implied_decisions": {"ix_submission_silence", "ix_task_open"},
    "timers": {"ix_timer_due"},
    "retention_terms": {"ix_submission_ended"},
    "destruction_lists": {"ix_submission_retained"},
    "destructions": {"ix_visa_authority"},
    "journal_seals": {"ix_journal_entry_order"},
    "draft_notices": {"ix_draft_expiry"},
    "drafts": {"ix_draft_expiry", "ix_attachment_draft"},
}
"""The index by which each sweep begins; those of an hour or more look at small tables whole."""


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    made = connect(database_url, Keyring([SECRET]))
    authority = commune(made)
    with made.writing(scope=authority.id) as session:  # what the seed wrote in the journal is sealed already
        while chaining.seal(session, authority.id, clock.now()):
            pass
    yield made
    made.close()


def test_every_frequent_sweep_has_its_index() -> None:
    assert set(WAYS) == {one.name for one in SWEEPS if not one.every}


def test_nothing_due_is_found_by_an_index(database: Database) -> None:
    authority = commune(database)
    for sweep in SWEEPS:
        if sweep.every:
            continue
        plan = planned(database, authority.id, asked_by(database, sweep, authority.id))
        whole = r"(?:SCAN|Seq Scan on) (?:submission|event|notice|outbox_entry|message|task|timer)\b"
        assert not re.search(whole, plan), (sweep.name, plan)
        for index in WAYS[sweep.name]:
            assert index in plan, (sweep.name, plan)


def asked_by(database: Database, sweep: Sweep, authority_id: int) -> list[tuple[str, Any]]:
    """What the sweep, and the question before it, ask of the database when there is nothing to do."""
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, _context: Any, _many: bool) -> None:
        asked.append((statement, values))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        with database.writing(scope=authority_id) as session:
            assert sweep.unit(session, authority_id, NOW).count == 0
            session.execute(select(or_(*(one.exists() for one in questions(sweep, authority_id)))))
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    return asked


def questions(sweep: Sweep, authority_id: int) -> Sequence[Select[Any]]:
    """Who has anything due: what is asked of each authority before the sweep."""
    assert sweep.due is not None, f"{sweep.name} visits everybody every ten minutes"
    return sweep.due(authority_id, NOW, NOW.date())


def planned(database: Database, authority_id: int, asked: list[tuple[str, Any]]) -> str:
    """The plans of these statements. On PostgreSQL small tables are read whole unless that is made dear."""
    explain = "EXPLAIN QUERY PLAN " if database.is_sqlite else "EXPLAIN "
    lines = list[str]()
    with database.writing(scope=authority_id) as session:
        connection = session.connection()
        if not database.is_sqlite:
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
            connection.exec_driver_sql("SET LOCAL enable_bitmapscan = off")
        for statement, values in asked:
            if statement.startswith(("SELECT", "UPDATE", "DELETE")):
                found = connection.exec_driver_sql(explain + statement, values)
                lines += [" ".join(map(str, row)) for row in found]
    return "\n".join(lines)
