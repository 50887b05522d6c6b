"""The API against its own document, by Schemathesis: every operation, every check that it knows, seeded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from schemathesis.engine import events, from_schema

from grc import clock
from grc.app import create_app, open_database
from grc.authorities import api_keys
from grc.db import Database
from grc.web.api.routes import routes
from tests.support import campaign, demandes
from tests.support.world import seeded, world_settings

TOLD: dict[str, Any] = {
    "seed": 20261122,
    "headers": {"Sec-Fetch-Site": "none"},
    "generation": {"max-examples": campaign.size(6, 400), "database": "none"},
    "checks": {"positive_data_acceptance": {"expected-statuses": ["2xx", "304", "400", "404", "409", "422"]}},
    "phases": {"stateful": {"generation": {"max-examples": campaign.size(2, 50)}}},
}
"""positive_data_acceptance: the answers of a procedure have rules of their own, which its schema.json says.

Sec-Fetch-Site: what a browser says of a typed address; without it a strange method is 403, not 405."""
DOCUMENT = "/api/v1/openapi.json"
"""Where the document itself stands."""


@pytest.fixture(scope="module")
def schema(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The document, as the application gives it, and the application behind it."""
    folder: Path = tmp_path_factory.mktemp("openapi")
    settings = world_settings(folder, database_url=seeded(folder), smtp_port=1)
    database = open_database(settings)
    app = create_app(settings, db=database)
    key, reference = a_key(database)
    told = {**TOLD, "headers": {**TOLD["headers"], **key}, "parameters": {"path.reference": reference}}
    config = schemathesis.Config.from_dict(told)
    yield schemathesis.openapi.from_asgi(f"/tilleul{DOCUMENT}", app, config=config)
    database.close()


def a_key(database: Database) -> tuple[dict[str, str], str]:
    """The header of a key that opens every scope, and the reference of a demande to read by it."""
    authority = demandes.commune(database)
    with database.writing(scope=authority.id) as session:
        wanted = api_keys.Wanted("Schemathesis", list(api_keys.SCOPES))
        made = api_keys.make(session, authority.id, wanted, by=None, now=clock.now())
    return {"Authorization": f"Bearer {made.key}"}, demandes.filed(database).reference


@pytest.mark.campaign
def test_every_operation_keeps_what_the_document_promises(schema: Any) -> None:
    """No fault of ours, no status, type, body or header that is not described, no method that is not there."""
    found: list[str] = []
    statuses: dict[str, Counter[int]] = {}
    for event in from_schema(schema).execute():
        if isinstance(event, (events.NonFatalError, events.FatalError)):
            found.append(str(event))
        if isinstance(event, events.ScenarioFinished):
            answers = [one.response for one in event.recorder.interactions.values() if one.response is not None]
            statuses.setdefault(str(event.label), Counter()).update(each.status_code for each in answers)
            found += [
                f"{event.label}: {check.name}: {check.failure_info.failure}"
                for checks in event.recorder.checks.values()
                for check in checks
                if check.failure_info
            ]
    assert found == [], "\n".join(found)
    asked = {label.partition(" ")[2] for label in statuses}
    assert {route.path for route in routes} - {DOCUMENT} <= asked
    read = {label: told for label, told in statuses.items() if label.startswith("GET ") and "{document}" not in label}
    assert all(told[200] for told in read.values()), statuses
