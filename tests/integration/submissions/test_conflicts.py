"""Two agents on one demande: one wins, the other is told who and when; nothing leaves twice."""

from __future__ import annotations

import asyncio
import html
import re

import pytest
from sqlalchemy import func, select
from sqlmodel import col

from grc import clock
from grc.outbox.models import OutboxEntry
from grc.submissions.models import Decision, Event, Notice, Submission
from tests.support import demandes
from tests.support.demandes import Demande
from tests.support.world import Browser, World, a_deadline

pytestmark = pytest.mark.anyio
EMAIL = "camille@exemple.example"


async def both(world: World) -> tuple[Browser, Browser]:
    claire, omar = world.browser(), world.browser()
    await claire.sign_in_agent()
    await omar.sign_in_agent("omar.fictif@tilleul.example")
    return claire, omar


def counts(world: World, demande: Demande) -> dict[str, int]:
    with world.database.reading(scope=world.authority().id) as session:
        found = {
            table.__name__: session.execute(
                select(func.count()).select_from(table).where(col(table.submission_id) == demande.id)
            ).scalar_one()
            for table in (Decision, Event, Notice, OutboxEntry)
        }
        return found | {"revision": session.get_one(Submission, demande.id).revision}


def said(page: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


async def test_two_agents_deciding_at_once_one_wins(world: World) -> None:
    demande = demandes.filed(world.database, email=EMAIL)
    claire, omar = await both(world)
    path = f"/tilleul/agents/demandes/{demande.reference}"
    assert (await claire.post(f"{path}/prise-en-charge", {"revision": "1"})).status_code == 303
    before = counts(world, demande)
    posts = (
        claire.post(f"{path}/decision", {"outcome": "accepted", "reasons": "", "revision": "2", "then": "send"}),
        omar.post(f"{path}/decision", {"outcome": "refused", "reasons": "Motif.", "revision": "2", "then": "send"}),
    )
    answers = await asyncio.gather(*posts)
    assert sorted(answer.status_code for answer in answers) == [303, 409]
    lost = next(answer for answer in answers if answer.status_code == 409)
    winner = "Claire Modèle" if answers[0].status_code == 303 else "Omar Fictif"
    assert winner in said(lost.text)
    assert f'<time datetime="{clock.day_in("Europe/Paris", clock.now())}T' in lost.text
    grown = {name: number - before[name] for name, number in counts(world, demande).items()}
    assert grown == {"Decision": 1, "Event": 1, "Notice": 1, "OutboxEntry": 1, "revision": 1}
    await world.deliver()
    assert len([one for one in world.mailbox.to(EMAIL) if "décision" in one.subject.lower()]) <= 1
    assert len([one for one in world.mailbox.to(EMAIL) if re.search("accept|refus", one.subject.lower())]) == 1


async def test_the_same_decision_posted_twice_leaves_once(world: World) -> None:
    demande = demandes.filed(world.database, email=EMAIL)
    claire, _ = await both(world)
    path = f"/tilleul/agents/demandes/{demande.reference}"
    await claire.post(f"{path}/prise-en-charge", {"revision": "1"})
    decision = {"outcome": "refused", "reasons": "Motif.", "revision": "2", "then": "send"}
    answers = await asyncio.gather(*(claire.post(f"{path}/decision", decision) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [303, 409, 409, 409]
    assert counts(world, demande)["Decision"] == 1


@pytest.mark.parametrize(
    ("act", "fields"),
    [
        ("prise-en-charge", {}),
        ("decision", {"outcome": "refused", "reasons": "Un motif déjà écrit.", "then": "send"}),
        (
            "pieces-manquantes",
            {"piece": "proof_of_link", "reason-proof_of_link": "missing", "deadline": a_deadline(), "then": "send"},
        ),
    ],
)
async def test_a_stale_page_changes_nothing(world: World, act: str, fields: dict[str, str]) -> None:
    demande = demandes.filed(world.database, email=EMAIL, example="passes-descendant-with-proof")
    claire, omar = await both(world)
    path = f"/tilleul/agents/demandes/{demande.reference}"
    assert (await omar.post(f"{path}/prise-en-charge", {"revision": "1"})).status_code == 303
    before = counts(world, demande)
    for stale in ("1", "0", "", "99", "abc", "²", "-2", "2.0", "9" * 30):
        answer = await claire.post(f"{path}/{act}", fields | {"revision": stale})
        assert answer.status_code == 409, (stale, answer.status_code)
        assert "Omar Fictif" in said(answer.text)
    assert counts(world, demande) == before
    if "reasons" in fields:
        assert "Un motif déjà écrit." in answer.text


async def test_a_preview_changes_nothing_whatever_revision_it_saw(world: World) -> None:
    demande = demandes.filed(world.database, email=EMAIL, example="passes-descendant-with-proof")
    claire, _ = await both(world)
    path = f"/tilleul/agents/demandes/{demande.reference}"
    await claire.post(f"{path}/prise-en-charge", {"revision": "1"})
    before = counts(world, demande)
    for revision in ("1", "2", "²", ""):
        seen = {"outcome": "accepted", "reasons": "", "revision": revision, "then": "preview"}
        assert (await claire.post(f"{path}/decision", seen)).status_code in (200, 409)
        asked = {"piece": "proof_of_link", "reason-proof_of_link": "missing", "deadline": a_deadline()}
        answer = await claire.post(f"{path}/pieces-manquantes", asked | {"revision": revision, "then": "preview"})
        assert answer.status_code in (200, 409), answer.status_code
    assert counts(world, demande) == before


async def test_a_citizen_who_acts_meanwhile_is_named(world: World) -> None:
    demande = demandes.filed(world.database, email=EMAIL)
    claire, _ = await both(world)
    citizen = world.browser()
    await citizen.post("/tilleul/suivi", {"code": demande.code})
    assert (await citizen.post(f"/tilleul/demandes/{demande.reference}/retrait", {"revision": "1"})).status_code == 303
    answer = await claire.post(f"/tilleul/agents/demandes/{demande.reference}/prise-en-charge", {"revision": "1"})
    assert answer.status_code == 409
    assert "usager" in said(answer.text)


async def test_what_the_workflow_does_not_open_is_a_conflict(world: World) -> None:
    demande = demandes.filed(world.database, email=EMAIL)
    claire, _ = await both(world)
    path = f"/tilleul/agents/demandes/{demande.reference}"
    await claire.post(f"{path}/prise-en-charge", {"revision": "1"})
    decided = {"outcome": "accepted", "reasons": "", "revision": "2", "then": "send"}
    assert (await claire.post(f"{path}/decision", decided)).status_code == 303
    before = counts(world, demande)
    for act, fields in (("decision", decided | {"revision": "3"}), ("prise-en-charge", {"revision": "3"})):
        assert (await claire.post(f"{path}/{act}", fields)).status_code == 409
    assert counts(world, demande) == before


async def test_a_withdrawal_from_an_old_page_is_refused(world: World) -> None:
    demande = demandes.filed(world.database, email=EMAIL)
    claire, _ = await both(world)
    citizen = world.browser()
    await citizen.post("/tilleul/suivi", {"code": demande.code})
    path = f"/tilleul/demandes/{demande.reference}/retrait"
    assert "1" in (await citizen.get(path)).text
    await claire.post(f"/tilleul/agents/demandes/{demande.reference}/prise-en-charge", {"revision": "1"})
    answer = await citizen.post(path, {"revision": "1"})
    assert answer.status_code == 409
    assert "Claire Modèle" in said(answer.text)
    assert (await citizen.post(path, {"revision": "2"})).status_code == 303


async def test_a_citizen_and_an_agent_at_the_same_moment_one_wins(world: World) -> None:
    demande = demandes.filed(world.database, email=EMAIL)
    claire, _ = await both(world)
    citizen = world.browser()
    await citizen.post("/tilleul/suivi", {"code": demande.code})
    answers = await asyncio.gather(
        citizen.post(f"/tilleul/demandes/{demande.reference}/retrait", {"revision": "1"}),
        claire.post(f"/tilleul/agents/demandes/{demande.reference}/prise-en-charge", {"revision": "1"}),
    )
    assert sorted(answer.status_code for answer in answers) == [303, 409]
    assert counts(world, demande)["revision"] == 2
