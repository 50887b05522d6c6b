"""Documents that did not come by the day set: said once, to agents, without moving any date."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from grc import resources
from grc.access.reach import of_role
from grc.authorities import queries as authorities
from grc.db import Database, Keyring, connect
from grc.submissions import commands, overdue
from grc.submissions.commands import AskedDocument, DecisionMade, DocumentsAsked
from grc.submissions.models import DocumentsRequest, Event, Task
from tests.support import cases, invented
from tests.support.demandes import Demande, commune
from tests.support.world import SECRET

AT = cases.local(date(2026, 12, 5), hour=12)
DUE = date(2027, 1, 5)
PROOF = {
    "title": "Une preuve",
    **json.loads((resources.folder("form_catalogue") / "blocks/proof/schema.json").read_text(encoding="utf-8")),
    "x-required-by": {"source": "Règlement du banc, article 1", "indispensable": True},
}
SCHEMA = invented.SCHEMA | {"properties": invented.SCHEMA["properties"] | {"proof": PROOF}}
PAGE = {
    "type": "Category",
    "x-id": "preuve",
    "label": "La preuve",
    "elements": [{"type": "Control", "scope": "#/properties/proof"}],
}
UI = invented.UI | {"elements": [*invented.UI["elements"], PAGE]}


@pytest.fixture
def database(database_url: str) -> Any:
    made = connect(database_url, Keyring([SECRET]))
    yield made
    made.close()


def asked(database: Database, **parts: Any) -> Demande:
    """A demande filed on 25 November that waits for a document until 5 January."""
    cases.offered(database, "rejection", schema=SCHEMA, ui=UI, **parts)
    demande = cases.filed(database, at=cases.local(date(2026, 11, 25), hour=12))
    authority, asking = commune(database), DocumentsAsked([AskedDocument("proof", "missing")], DUE, "", revision=2)
    with database.writing(scope=authority.id) as session:
        row = authorities.agent_of_email(session, authority.id, "claire.modele@tilleul.example")
        assert row is not None
        by = authorities.actor_of(row, reach=of_role(row.role, frozenset()))
        commands.take_charge(session, authority, demande.reference, revision=1, by=by, now=AT)
        commands.request_documents(session, authority, demande.reference, asking, by=by, now=AT)
    return demande


def swept(database: Database, as_of: datetime) -> int:
    authority = commune(database)
    with database.writing(scope=authority.id) as session:
        return overdue.documents(session, authority.id, as_of)


@pytest.mark.law("R16")
def test_the_day_set_belongs_to_the_citizen_and_what_follows_is_said_once(database: Database) -> None:
    demande = asked(database)
    before = cases.submission(database, demande)
    midnight = cases.local(DUE + timedelta(days=1))
    assert [swept(database, midnight + timedelta(seconds=late)) for late in (-1, 0, 0, 9)] == [0, 1, 0, 0]
    after, last = cases.submission(database, demande), cases.rows(database, Event, demande)[-1]
    assert (
        (after.state, after.silence_on)
        == (before.state, before.silence_on)
        == ("waiting_for_documents", before.silence_on)
    )
    (request,) = cases.rows(database, DocumentsRequest, demande)
    assert (last.kind, last.actor_kind, last.sequence) == ("documents:overdue", "system", after.revision)
    assert last.data == {"request": request.id, "due_on": "2027-01-05"}
    assert request.overdue_at == midnight
    (task,) = cases.rows(database, Task, demande)
    assert (task.kind, task.due_on) == ("deadline", DUE + timedelta(days=1))


def test_a_workflow_that_handles_the_deadline_moves(database: Database) -> None:
    workflow = invented.document(workflow="standard")["workflow"]
    workflow["on"] = {"clock.documents": {"target": ".in_progress", "meta": {"by": ["system"]}}}
    demande = asked(database, workflow=workflow)
    assert swept(database, cases.local(DUE + timedelta(days=1))) == 1
    row, last = cases.submission(database, demande), cases.rows(database, Event, demande)[-1]
    assert (row.state, row.phase, last.state, last.kind) == (
        "in_progress",
        "examined",
        "in_progress",
        "documents:overdue",
    )


def test_what_was_decided_meanwhile_waits_for_nothing(database: Database) -> None:
    demande, authority = asked(database), commune(database)
    with database.writing(scope=authority.id) as session:
        row = authorities.agent_of_email(session, authority.id, "claire.modele@tilleul.example")
        assert row is not None
        made = DecisionMade("refused", "Un motif.", 3)
        commands.decide(
            session,
            authority,
            demande.reference,
            made,
            by=authorities.actor_of(row, reach=of_role(row.role, frozenset())),
            now=AT,
        )
    assert [swept(database, cases.local(DUE + timedelta(days=day))) for day in (1, 2)] == [1, 0]
    assert cases.rows(database, Event, demande)[-1].kind == "submission:decided"
    assert cases.rows(database, Task, demande) == []
