"""Migration 0007 says the same of each decided demande as the program that files the next ones."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import create_engine, text

from grc import clock
from grc.catalogue import shelf
from grc.db import Keyring, connect, schema
from grc.submissions import phases
from tests.support import cases
from tests.support.postgres import APP, OWNER
from tests.support.world import SECRET

MIGRATION: Any = import_module("grc.db.migrations.versions.0007_followed")
STATES = (("confirmed", "followed"), ("refused", "decided"), ("done", "closed"))
SEEN = text("SELECT state, phase FROM submission ORDER BY id")


def test_it_knows_the_states_that_the_program_knows() -> None:
    for slug, procedure in shelf.entries().items():
        states = procedure.workflow.states
        known = {name for name in states if phases.of_state(procedure.workflow, name) == "followed"}
        assert set(MIGRATION._followed(procedure.document["workflow"]["states"])) == known, slug
    assert phases.of_state(shelf.entries()["bac-de-collecte"].workflow, "planned") == "followed"
    assert phases.of_state(shelf.entries()["telealarme"].workflow, "active") == "decided"


def test_decided_demandes_are_told_apart_there_and_back(database_url: str) -> None:
    database = connect(database_url, Keyring([SECRET]))
    cases.offered(database, "rejection", workflow="booking")
    made = [cases.filed(database, at=clock.now()) for _ in STATES]
    database.close()
    engine = create_engine(database_url.replace(f"//{APP}", f"//{OWNER}"))
    with engine.begin() as connection, Operations.context(MigrationContext.configure(connection)):
        for demande, (state, phase) in zip(made, STATES, strict=True):
            values = {"state": state, "phase": phase, "id": demande.id}
            connection.execute(text("UPDATE submission SET state = :state, phase = :phase WHERE id = :id"), values)
        before = connection.execute(SEEN).all()
        MIGRATION.downgrade()
        assert {row.phase for row in connection.execute(SEEN)} == {"decided", "closed"}
        MIGRATION.upgrade()
        assert connection.execute(SEEN).all() == before
    engine.dispose()
    assert schema.differences(database_url) == []
