"""A mistyped address is corrected: what a stranger could open is closed, what had not arrived leaves again."""

from __future__ import annotations

import pytest

from grc.demo.mailbox import Faults
from tests.support.world import Browser, World, a_deadline, code_in, reference_in

pytestmark = pytest.mark.anyio

WRONG, RIGHT = "camille@exemple.example", "juste@exemple.example"


async def filed(world: World) -> tuple[Browser, str, str]:
    """A citizen's browser, the reference and the code of what it sent."""
    citizen = world.browser()
    draft = await citizen.fill("passes-descendant-with-proof")
    sent = await citizen.post(f"/tilleul/brouillons/{draft}/envoi")
    page = await citizen.get(sent.headers["location"])
    return citizen, reference_in(page.text), code_in(page.text)


async def corrected(citizen: Browser, reference: str, address: str = RIGHT) -> int:
    """The status of a correction."""
    return (await citizen.post(f"/tilleul/demandes/{reference}/adresse", {"email": address})).status_code


async def test_a_stranger_who_opened_the_first_code_is_put_out(world: World) -> None:
    citizen, reference, code = await filed(world)
    stranger = world.browser()
    assert (await stranger.post("/tilleul/suivi", {"code": code})).status_code == 303
    assert (await stranger.get(f"/tilleul/demandes/{reference}")).status_code == 200
    assert await corrected(citizen, reference) == 303
    assert (await stranger.get(f"/tilleul/demandes/{reference}")).status_code == 404
    assert (await citizen.get(f"/tilleul/demandes/{reference}")).status_code == 200


async def test_what_had_not_arrived_leaves_for_the_right_address(world: World) -> None:
    citizen, reference, _ = await filed(world)
    world.mailbox.faults = Faults(refused=frozenset({WRONG}))
    agent = world.browser()
    await agent.sign_in_agent()
    path = f"/tilleul/agents/demandes/{reference}"
    await agent.post(f"{path}/prise-en-charge", {"revision": "1"})
    asked = {"piece": "proof_of_link", "reason-proof_of_link": "missing", "deadline": a_deadline(), "revision": "2"}
    assert (await agent.post(f"{path}/pieces-manquantes", asked | {"then": "send"})).status_code == 303
    await world.deliver()
    assert "Un courriel n’a pas pu être remis" in (await agent.get(path)).text
    assert await corrected(citizen, reference) == 303
    await world.deliver()
    subjects = [mail.subject for mail in world.mailbox.to(RIGHT)]
    assert len(subjects) == 4
    assert any("pièces" in subject or "documents" in subject for subject in subjects)
    assert "Un courriel n’a pas pu être remis" not in (await agent.get(path)).text


async def test_corrections_are_counted(world: World) -> None:
    citizen, reference, _ = await filed(world)
    answers = [await corrected(citizen, reference, f"essai{number}@exemple.example") for number in range(6)]
    assert answers == [303] * 5 + [429]
