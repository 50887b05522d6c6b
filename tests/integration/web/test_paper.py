"""A demande that came on paper: recorded with the day of its stamp, its receipt a letter; a recours by letter too."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from grc import clock
from grc.submissions import implied
from grc.submissions.exchange_models import SubmissionLink
from grc.submissions.models import Decision, Notice, Submission, Task
from tests.support import cases, invented
from tests.support.world import PDF, World

pytestmark = pytest.mark.anyio
PATH = "/tilleul/agents/demandes-papier"


def typed(**changes: str) -> dict[str, str]:
    stamp = clock.day_in("Europe/Paris", clock.now()) - timedelta(days=10)
    said = {"slug": invented.SLUG, "channel": "paper", "received_on": stamp.isoformat(), "family_name": "Exemple"}
    return (
        said | {"given_names": "Jeanne", "line1": "1 rue du Tilleul", "postcode": "99000", "city": "Exemple"} | changes
    )


def only(world: World, table: Any, reference: str) -> tuple[Submission, list[Any]]:
    with world.database.reading(scope=world.authority().id) as session:
        row = session.execute(select(Submission).where(col(Submission.reference) == reference)).scalar_one()
        return row, list(session.execute(select(table).where(table.submission_id == row.id)).scalars())


@pytest.mark.law("R48")
async def test_its_clock_starts_on_the_stamp_and_its_receipt_is_a_letter(world: World) -> None:
    cases.offered(world.database, "rejection")
    agent = world.browser()
    await agent.sign_in_agent()
    assert "/tilleul/agents/saisies" in (await agent.get("/tilleul/agents")).text
    assert PATH in (await agent.get("/tilleul/agents/saisies")).text
    assert "Le jour du tampon" in (await agent.get(PATH)).text
    today = clock.day_in("Europe/Paris", clock.now())
    for wrong in (
        {"received_on": (today + timedelta(days=1)).isoformat()},
        {"received_on": "2020-01-01"},
        {"line1": ""},
    ):
        refused = await agent.post(PATH, typed(**wrong))
        assert (refused.status_code, "Jeanne" in refused.text) == (422, True)
    files = [("files", ("page.pdf", PDF, "application/pdf"))]
    made = await agent.post(PATH, typed(), files)
    assert made.status_code == 303, made.text
    reference = made.headers["location"].split("/demandes/")[1].split("?")[0]
    row, tasks = only(world, Task, reference)
    assert (row.channel, row.first_received_on, row.on_paper) == ("paper", today - timedelta(days=10), True)
    assert row.applicant_name == "Exemple Jeanne"
    assert [one.kind for one in tasks] == ["print_letter"]
    _, (receipt,) = only(world, Notice, reference)
    assert (receipt.kind, receipt.facts["channel"]) == ("paper_receipt", "paper")
    assert receipt.facts["silence"]["due_on"] == row.silence_on.isoformat()  # type: ignore[union-attr]
    page = await agent.get(f"/tilleul/agents/demandes/{reference}")
    assert "page.pdf" in page.text
    assert "Par courrier" in page.text
    letter = f"/tilleul/agents/demandes/{reference}/lettres/{receipt.id}"
    assert "1 rue du Tilleul" in (await agent.get(letter)).text
    assert (await agent.post(letter)).status_code == 303
    assert await world.deliver() == 1, "the word to the service: the receipt is printed"
    twice = await agent.post(PATH, typed())
    assert (twice.status_code, reference in twice.text) == (422, True), "it may be the same"
    assert (await agent.post(PATH, typed(another="oui"))).status_code == 303


@pytest.mark.law("R48")
async def test_a_recours_that_came_by_letter_is_tied_to_its_decision(world: World) -> None:
    cases.offered(world.database, "rejection")
    demande = cases.filed(world.database, at=clock.now() - timedelta(days=75))
    authority = world.authority()
    with world.database.writing(scope=authority.id) as session:
        implied.record_implied(session, authority.id, clock.now())
    agent = world.browser()
    await agent.sign_in_agent()
    unknown = await agent.post(PATH, typed(slug="recours-gracieux", attacks="2026-000-000-000"))
    assert (unknown.status_code, "Vérifiez-le" in unknown.text) == (422, True)
    made = await agent.post(PATH, typed(slug="recours-gracieux", attacks=demande.reference))
    assert made.status_code == 303, made.text
    reference = made.headers["location"].split("/demandes/")[1].split("?")[0]
    row, (receipt,) = only(world, Notice, reference)
    (decision,) = cases.rows(world.database, Decision, demande)
    with world.database.reading(scope=authority.id) as session:
        (link,) = session.execute(select(SubmissionLink)).scalars()
    assert (link.from_id, link.to_id, link.decision_id) == (demande.id, row.id, decision.id)
    assert receipt.facts["attacked"]["reference"] == demande.reference
