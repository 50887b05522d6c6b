"""A decision opened for the first time by the citizen: noted once; of effect in law only with their prior consent."""

from __future__ import annotations

import html
import re
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update
from sqlmodel import col

from grc import clock
from grc.receipts import wording
from grc.submissions.events import Kind
from grc.submissions.models import Decision, Event, Submission
from tests.integration.web.test_exchange import both, ours, theirs
from tests.support.demandes import Demande
from tests.support.world import Browser, World

pytestmark = pytest.mark.anyio


async def decided(world: World, demande: Demande, agent: Browser) -> None:
    await agent.post(ours(demande, "/prise-en-charge"), {"revision": "1"})
    with world.database.reading(scope=world.authority().id) as session:
        revision = session.get_one(Submission, demande.id).revision
    refusal = {"outcome": "refused", "reasons": "Un motif.", "revision": str(revision), "then": "send"}
    assert (await agent.post(ours(demande, "/decision"), refusal)).status_code == 303


def consulted_at(world: World) -> datetime | None:
    with world.database.reading(scope=world.authority().id) as session:
        return session.execute(select(col(Decision.first_consulted_at))).scalar_one()


def kinds(world: World) -> list[str]:
    with world.database.reading(scope=world.authority().id) as session:
        return list(session.execute(select(col(Event.kind)).order_by(col(Event.id))).scalars())


def consents(world: World, demande: Demande, at: datetime) -> None:
    """Adds a consent given at that instant: the journal takes no correction."""
    given = Event(
        authority_id=world.authority().id,
        submission_id=demande.id,
        sequence=99,
        kind=Kind.CONSENT_GIVEN,
        at=at,
        actor_kind="citizen",
        state="refused",
    )
    with world.database.writing(scope=world.authority().id) as session:
        session.add(given)


def backdate(world: World, demande: Demande, days: int) -> None:
    """Makes the decision, and a consent before it, that much older."""
    decided_at = clock.now() - timedelta(days=days)
    with world.database.writing(scope=world.authority().id) as session:
        session.execute(update(Decision).values(decided_at=decided_at))
    consents(world, demande, decided_at - timedelta(days=1))


async def fact(agent: Browser, demande: Demande, term: str) -> str:
    page = (await agent.get(ours(demande))).text
    found = re.search(rf"<dt>{term}</dt><dd>(.*?)</dd>", page, re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", "", found[1])).split()) if found else ""


@pytest.mark.law("R31")
async def test_the_first_opening_by_the_citizen_is_noted_once(world: World) -> None:
    demande, citizen, agent = await both(world)
    await citizen.get(theirs(demande))
    await decided(world, demande, agent)
    await agent.get(ours(demande))
    stranger = world.browser()
    assert (await stranger.get(theirs(demande))).status_code == 404
    await citizen.client.head(theirs(demande))
    await citizen.get(theirs(demande), headers={"sec-purpose": "prefetch"})
    assert consulted_at(world) is None, "neither an agent, nor a stranger, nor a browser by itself"
    await citizen.get(theirs(demande))
    first = consulted_at(world)
    assert first is not None
    await citizen.get(theirs(demande))
    assert consulted_at(world) == first
    assert kinds(world).count(Kind.CONSULTED) == 1


async def test_the_letter_counts_as_much_as_the_page(world: World) -> None:
    demande, citizen, agent = await both(world)
    await decided(world, demande, agent)
    await world.deliver()
    for number in range(1, 12):
        answer = await citizen.get(theirs(demande, f"/courriers/{number}.pdf"))
        if answer.status_code == 200 and "decision" in answer.headers["content-disposition"].lower():
            break
    assert consulted_at(world) is not None


@pytest.mark.law("R31")
async def test_without_consent_a_consultation_has_no_effect(world: World) -> None:
    demande, citizen, agent = await both(world)
    assert await fact(agent, demande, "Décision") == ""
    await decided(world, demande, agent)
    assert "Pas encore consultée" in await fact(agent, demande, "Décision")
    await citizen.get(theirs(demande))
    said = await fact(agent, demande, "Décision")
    assert said.startswith("Consultée le")
    assert "sans effet sur les délais" in said


@pytest.mark.law("R31")
@pytest.mark.parametrize(
    ("days", "opens", "told"),
    [
        (3, True, "notifiée ce jour-là"),
        (3, False, "Si elle ne l’est pas le"),
        (16, False, "Jamais consultée"),
        (16, True, "après les 15 jours"),
    ],
)
async def test_with_consent_it_is_notified_at_its_first_opening_or_after_fifteen_days_at_its_date(
    world: World, days: int, opens: bool, told: str
) -> None:
    demande, citizen, agent = await both(world)
    answer = await citizen.post(theirs(demande, "/notification"), {"accord": "oui"})
    assert answer.headers["location"].endswith("?fait=accord")
    assert "Acceptée par l’usager" in await fact(agent, demande, "Notification électronique")
    await decided(world, demande, agent)
    backdate(world, demande, days)
    if opens:
        await citizen.get(theirs(demande))
    said = await fact(agent, demande, "Décision")
    assert told in said
    available = wording.short_date(clock.day_in("Europe/Paris", clock.now() - timedelta(days=days)))
    assert (f"notifiée du {' '.join(available.split())}" in said) == (told != "notifiée ce jour-là")


@pytest.mark.law("R31")
async def test_the_consent_is_express_prior_and_can_be_taken_back(world: World) -> None:
    demande, citizen, agent = await both(world)
    page = (await citizen.get(theirs(demande, "/notification"))).text
    assert "15 jours" in page
    assert "Rien ne vous y oblige" in page
    for accord in ("oui", "oui", "non", "non"):
        assert (await citizen.post(theirs(demande, "/notification"), {"accord": accord})).status_code == 303
    assert [kind for kind in kinds(world) if kind.startswith("consent")] == ["consent:given", "consent:withdrawn"]
    await decided(world, demande, agent)
    await citizen.get(theirs(demande))
    assert "sans effet" in await fact(agent, demande, "Décision")
    consents(world, demande, clock.now())
    assert "sans effet" in await fact(agent, demande, "Décision"), "a consent given afterwards changes nothing"


async def test_nobody_consents_without_an_address(world: World) -> None:
    demande, citizen, _ = await both(world)
    with world.database.writing(scope=world.authority().id) as session:
        session.execute(update(Submission).values(contact_email=""))
    assert "/notification" not in (await citizen.get(theirs(demande))).text
    assert (await citizen.post(theirs(demande, "/notification"), {"accord": "oui"})).status_code == 409
