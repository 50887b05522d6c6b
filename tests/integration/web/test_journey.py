"""The journey over HTTP, without a browser: a citizen files, the receipt goes out, an agent answers."""

from __future__ import annotations

import pytest

from tests.support.world import PDF, World, a_deadline, code_in, reference_in

pytestmark = pytest.mark.anyio


async def test_a_citizen_files_and_gets_the_receipt_and_the_code(world: World) -> None:
    citizen = world.browser()
    draft = await citizen.fill()
    sent = await citizen.post(f"/tilleul/brouillons/{draft}/envoi")
    again = await citizen.post(f"/tilleul/brouillons/{draft}/envoi")
    assert (sent.status_code, again.status_code) == (303, 303)
    assert sent.headers["location"] == again.headers["location"]
    page = await citizen.get(sent.headers["location"])
    reference, code = reference_in(page.text), code_in(page.text)
    assert await world.deliver() == 3
    receipt = world.mail("camille@exemple.example", "demande reçue")
    assert reference in receipt.subject
    assert code not in receipt.content.decode()
    assert [attachment.type for attachment in receipt.attachments] == ["application/pdf"]
    tracking = world.mail("camille@exemple.example", "code")
    assert code_in(tracking.text) == code
    notice = world.mail("etat-civil@tilleul.example")
    assert "Camille" not in notice.content.decode()
    assert f"/agents/demandes/{reference}" in notice.text


async def test_the_whole_exchange_until_a_refusal(world: World) -> None:
    citizen, agent = world.browser(), world.browser()
    reference = await citizen.file("passes-descendant-with-proof")
    await agent.sign_in_agent()
    inbox = await agent.get("/tilleul/agents")
    assert reference in inbox.text
    path = f"/tilleul/agents/demandes/{reference}"
    assert (await agent.post(f"{path}/prise-en-charge", {"revision": "1"})).status_code == 303
    asked = {"piece": "proof_of_link", "reason-proof_of_link": "unreadable", "deadline": a_deadline(), "revision": "2"}
    preview = await agent.post(f"{path}/pieces-manquantes", asked | {"then": "preview"})
    assert preview.status_code == 200, preview.text
    assert "suspendu" in preview.text
    assert (await agent.post(f"{path}/pieces-manquantes", asked | {"then": "send"})).status_code == 303
    page = await citizen.get(f"/tilleul/demandes/{reference}/complements")
    assert "illisible" in page.text
    files = [("proof_of_link", ("livret.pdf", PDF, "application/pdf"))]
    answered = await citizen.post(f"/tilleul/demandes/{reference}/complements", {}, files)
    assert answered.headers["location"].endswith("?fait=complet")
    refusal = {"outcome": "refused", "reasons": "", "revision": "4", "then": "send"}
    assert (await agent.post(f"{path}/decision", refusal)).status_code == 422
    refusal["reasons"] = "La filiation n’est pas établie."
    assert (await agent.post(f"{path}/decision", refusal)).status_code == 303
    await world.deliver()
    letter = world.mail("camille@exemple.example", "refus")
    assert "La filiation n’est pas établie." in letter.text
    assert "tribunal administratif" in letter.text
    tracking = await citizen.get(f"/tilleul/demandes/{reference}")
    assert "La filiation n’est pas établie." in tracking.text


async def test_the_code_opens_the_demande_and_a_wrong_one_does_not(world: World) -> None:
    citizen, other = world.browser(), world.browser()
    draft = await citizen.fill()
    sent = await citizen.post(f"/tilleul/brouillons/{draft}/envoi")
    page = await citizen.get(sent.headers["location"])
    reference, code = reference_in(page.text), code_in(page.text)
    assert (await other.get(f"/tilleul/demandes/{reference}")).status_code == 404
    assert (await other.post("/tilleul/suivi", {"code": "AAAA-BBBB-CCCC-DDDD"})).status_code == 404
    opened = await other.post("/tilleul/suivi", {"code": code.lower().replace("-", " ")})
    assert opened.status_code == 303
    followed = await other.get(opened.headers["location"])
    assert followed.status_code == 200
    assert reference in followed.text


async def test_a_corrected_address_gets_the_receipt_again_and_a_new_code(world: World) -> None:
    citizen = world.browser()
    draft = await citizen.fill()
    sent = await citizen.post(f"/tilleul/brouillons/{draft}/envoi")
    page = await citizen.get(sent.headers["location"])
    reference, code = reference_in(page.text), code_in(page.text)
    await world.deliver()
    corrected = await citizen.post(f"/tilleul/demandes/{reference}/adresse", {"email": "juste@exemple.example"})
    assert corrected.status_code == 303
    await world.deliver()
    copy = world.mail("juste@exemple.example", "copie")
    assert copy.attachments
    other = world.browser()
    assert (await other.post("/tilleul/suivi", {"code": code})).status_code == 404
    new = code_in(world.mail("juste@exemple.example", "code").text)
    assert (await other.post("/tilleul/suivi", {"code": new})).status_code == 303


async def test_a_withdrawn_demande_says_so(world: World) -> None:
    citizen = world.browser()
    reference = await citizen.file()
    path = f"/tilleul/demandes/{reference}"
    assert (await citizen.get(f"{path}/retrait")).status_code == 200
    assert (await citizen.post(f"{path}/retrait", {"revision": "1"})).status_code == 303
    page = await citizen.get(path)
    assert "etirée" in page.text
    await world.deliver()
    world.mail("camille@exemple.example", "retir")
