"""What follows a decision, over HTTP: the citizen's buttons, the agents' letters, their refusals and stale pages."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta
from typing import Any

import pytest

from grc import clock
from grc.submissions import implied
from grc.submissions.models import Decision, Notice, Task
from grc.web.agents import transmission
from tests.support import cases, demandes
from tests.support.demandes import Demande
from tests.support.world import Browser, World

pytestmark = pytest.mark.anyio


async def silent(world: World, rule: str, *, has_address: bool = True) -> tuple[Demande, Browser, Browser]:
    """A demande that silence has decided, its citizen's browser and an agent's. has_address: whether letters have."""
    cases.offered(world.database, rule)
    demande = cases.filed(world.database, at=clock.now() - timedelta(days=75))
    authority = world.authority()
    with world.database.writing(scope=authority.id) as session:
        assert implied.record_implied(session, authority.id, clock.now()) == 1
    if not has_address:
        cases.without_address(world.database)
    citizen, agent = world.browser(), world.browser()
    citizen.client.cookies.set("grc-citizen-tilleul-8000", demande.draft.token)
    await agent.sign_in_agent()
    return demande, citizen, agent


def kinds(world: World, demande: Demande) -> list[str]:
    return [one.kind for one in cases.rows(world.database, Notice, demande)]


@pytest.mark.law("R27")
async def test_reasons_are_asked_by_a_button_and_given_after_a_preview(world: World) -> None:
    demande, citizen, agent = await silent(world, "rejection")
    page = await citizen.get(f"/tilleul/demandes/{demande.reference}")
    assert "Votre demande est refusée, faute de réponse" in page.text
    assert (await citizen.post(f"/tilleul/demandes/{demande.reference}/motifs")).status_code == 303
    assert "Demander les motifs" not in (await citizen.get(f"/tilleul/demandes/{demande.reference}")).text
    path = f"/tilleul/agents/demandes/{demande.reference}"
    shown = await agent.get(path)
    assert f'href="{path}/motifs"' in shown.text
    assert "L232-4" in shown.text
    empty = await agent.post(f"{path}/motifs", {"reasons": " ", "revision": "3", "then": "preview"})
    assert (empty.status_code, "Écrivez les motifs du refus" in empty.text) == (422, True)
    said = {"reasons": "Le banc <b>existe</b> déjà.", "revision": "3"}
    preview = await agent.post(f"{path}/motifs", said | {"then": "preview"})
    assert "Le banc &lt;b&gt;existe&lt;/b&gt; déjà." in preview.text
    assert "Envoyer les motifs" in preview.text
    assert "reasons" not in kinds(world, demande)
    stale = await agent.post(f"{path}/motifs", said | {"revision": "2", "then": "send"})
    assert (stale.status_code, "existe" in stale.text) == (409, True)
    sent = await agent.post(f"{path}/motifs", said | {"then": "send"})
    assert sent.headers["location"] == f"{path}?fait=motifs"
    assert "reasons" in kinds(world, demande)
    assert "n’a pas demandé les motifs" in (await agent.get(f"{path}/motifs")).text
    await world.deliver()
    assert demande.reference in world.mail("camille@exemple.example", "motifs").subject


@pytest.mark.law("R26")
@pytest.mark.law("R28")
async def test_an_attestation_is_asked_signed_sent_and_an_acceptance_withdrawn(world: World) -> None:
    demande, citizen, agent = await silent(world, "acceptance")
    path = f"/tilleul/agents/demandes/{demande.reference}"
    assert "Demander mon attestation" in (await citizen.get(f"/tilleul/demandes/{demande.reference}")).text
    assert (await citizen.post(f"/tilleul/demandes/{demande.reference}/attestation")).status_code == 303
    assert "délivrez-la" in (await agent.get(path)).text
    assert (await agent.post(f"{path}/attestation", {"revision": "3"})).status_code == 303
    await world.deliver()
    assert b"%PDF" in world.mail("camille@exemple.example", "attestation").content or world.mailbox.messages
    page = await citizen.get(f"/tilleul/demandes/{demande.reference}")
    assert "Attestation d’acceptation (PDF)" in page.text
    form = await agent.get(f"{path}/retrait")
    assert "L242-1" in form.text
    said = {"reasons": "Contraire au règlement.", "heard_on": "", "revision": "3"}
    assert "Nous retirons" in (await agent.post(f"{path}/retrait", said | {"then": "preview"})).text
    assert (await agent.post(f"{path}/retrait", said | {"then": "send"})).status_code == 303
    assert cases.rows(world.database, Decision, demande)[-1].kind == "withdrawal"
    assert "pas d’acceptation à retirer" in (await agent.get(f"{path}/retrait")).text


@pytest.mark.law("R30")
@pytest.mark.law("R48")
async def test_a_decision_on_paper_is_laid_out_kept_and_noted_as_posted(world: World) -> None:
    cases.offered(world.database, "rejection")
    demande = cases.filed(world.database, at=clock.now() - timedelta(days=2))
    citizen, agent = world.browser(), world.browser()
    citizen.client.cookies.set("grc-citizen-tilleul-8000", demande.draft.token)
    await agent.sign_in_agent()
    assert "Les recevoir par la poste" in (await citizen.get(f"/tilleul/demandes/{demande.reference}")).text
    assert (await citizen.post(f"/tilleul/demandes/{demande.reference}/papier", {"papier": "oui"})).status_code == 303
    path = f"/tilleul/agents/demandes/{demande.reference}"
    await agent.post(f"{path}/prise-en-charge", {"revision": "2"})
    decision = {"outcome": "refused", "reasons": "Motif.", "revision": "3", "then": "send"}
    assert (await agent.post(f"{path}/decision", decision)).status_code == 303
    (task,) = cases.rows(world.database, Task, demande)
    letter = f"{path}/lettres/{task.notice_id}"
    assert letter in (await agent.get(path)).text
    assert (await agent.get(f"{letter}.pdf")).status_code == 404
    page = await agent.get(letter)
    assert "3 rue des Essais" in page.text
    for _ in range(2):
        assert (await agent.post(letter)).status_code == 303
    pdf = await agent.get(f"{letter}.pdf")
    assert pdf.content.startswith(b"%PDF")
    for day in ("", (clock.now() + timedelta(days=2)).date().isoformat(), "2020-01-01"):
        wrong = await agent.post(f"{letter}/envoi", {"posted_on": day, "revision": "4"})
        assert (wrong.status_code, "Saisissez le jour de l’envoi" in wrong.text) == (422, True)
    today: Any = clock.day_in("Europe/Paris", clock.now())
    assert (await agent.post(f"{letter}/envoi", {"posted_on": today.isoformat(), "revision": "3"})).status_code == 409
    done = await agent.post(f"{letter}/envoi", {"posted_on": today.isoformat(), "revision": "4"})
    assert done.headers["location"] == f"{path}?fait=courrier"
    assert cases.rows(world.database, Decision, demande)[0].posted_on == today
    assert "Lettre postée" in (await agent.get(path)).text
    assert [one.closed_at is None for one in cases.rows(world.database, Task, demande)] == [False]


@pytest.mark.law("R10")
async def test_a_demande_is_sent_on_after_a_preview_here_and_elsewhere(world: World) -> None:
    for slug in ("tilleul", "marronnier"):
        cases.offered(world.database, "rejection", slug=slug)
    first, second = (cases.filed(world.database, at=clock.now() - timedelta(days=day)) for day in (3, 2))
    agent = world.browser()
    await agent.sign_in_agent()
    path = f"/tilleul/agents/demandes/{first.reference}/transmission"
    assert "Une autre administration" in (await agent.get(path)).text
    for radios, box in ((20, False), (1, True)):
        with pytest.MonkeyPatch.context() as few:
            few.setattr(transmission, "MOST_RADIOS", radios)
            wrong = await agent.post(path, {"revision": "1", "then": "preview"})
        assert (wrong.status_code, "Choisissez l’administration compétente" in wrong.text) == (422, True)
        assert ('<option value="marronnier">' in wrong.text, "<select" in wrong.text) == (box, box)
    chosen = {"to": "marronnier", "note": "Le banc est chez eux.", "revision": "1"}
    preview = await agent.post(path, chosen | {"then": "preview"})
    assert "Votre demande est transmise à" in preview.text
    assert (await agent.post(path, chosen | {"then": "send"})).status_code == 303
    assert (await agent.post(path, chosen | {"revision": "2", "then": "send"})).status_code == 409
    there = f"/tilleul/agents/demandes/{second.reference}/transmission"
    incomplete = await agent.post(
        there, {"to": "ailleurs", "name": "Syndicat des bancs", "revision": "1", "then": "send"}
    )
    assert (incomplete.status_code, "Syndicat des bancs" in incomplete.text) == (422, True)
    elsewhere = {"to": "ailleurs", "name": "Syndicat des bancs", "address": "1 rue des Bancs\r\n99000 Exemple"}
    assert (await agent.post(there, elsewhere | {"revision": "1", "then": "send"})).status_code == 303
    packed = await agent.get(f"/tilleul/agents/demandes/{second.reference}/dossier.zip")
    with zipfile.ZipFile(io.BytesIO(packed.content)) as archive:
        assert "Un banc neuf" in archive.read("demande.txt").decode()
    citizen = world.browser()
    citizen.client.cookies.set("grc-citizen-tilleul-8000", second.draft.token)
    assert "Transmise" in (await citizen.get(f"/tilleul/demandes/{second.reference}")).text
    await world.deliver()
    assert len([one for one in world.mailbox.to("camille@exemple.example") if "transmise" in one.subject]) == 2
    assert len([one for one in world.mailbox.to("camille@exemple.example") if "demande reçue" in one.subject]) == 3


@pytest.mark.law("R32")
@pytest.mark.law("R48")
async def test_a_service_without_a_postal_address_writes_from_the_town_hall(world: World) -> None:
    cases.offered(world.database, "rejection")
    cases.without_address(world.database, authority=False)
    demande = cases.filed(world.database, at=clock.now() - timedelta(days=2))
    agent = world.browser()
    await agent.sign_in_agent()
    path = f"/tilleul/agents/demandes/{demande.reference}"
    await agent.post(f"{path}/prise-en-charge", {"revision": "1"})
    refused = {"outcome": "refused", "reasons": "Motif.", "revision": "2"}
    preview = await agent.post(f"{path}/decision", refused | {"then": "preview"})
    assert world.authority().postal_address[-1] in preview.text
    assert (await agent.post(f"{path}/decision", refused | {"then": "send"})).status_code == 303
    notice = cases.rows(world.database, Notice, demande)[-1]
    assert (notice.kind, notice.facts["agent"]["address"]) == ("decision", list(world.authority().postal_address))


@pytest.mark.law("R32")
@pytest.mark.law("R48")
async def test_what_would_leave_without_an_address_is_refused_in_words_at_the_preview_already(world: World) -> None:
    """Of an older database: publishing asks for an address today."""
    at = clock.now() - timedelta(days=2)
    demande = demandes.filed(world.database, example="passes-descendant-with-proof", at=at)
    cases.without_address(world.database)
    agent = world.browser()
    await agent.sign_in_agent()
    path = f"/tilleul/agents/demandes/{demande.reference}"
    assert (await agent.post(f"{path}/prise-en-charge", {"revision": "1"})).status_code == 303
    deadline = clock.day_in("Europe/Paris", clock.now()) + timedelta(days=20)
    to = {"to": "ailleurs", "name": "Département", "address": "1 rue du Département", "email": "", "telephone": ""}
    for act, said in (
        ("decision", {"outcome": "refused", "reasons": "Motif."}),
        ("decision", {"outcome": "accepted"}),
        ("pieces-manquantes", {"piece": "proof_of_link", "deadline": deadline.isoformat()}),
        ("transmission", to),
        ("messages", {"text": "Bonjour."}),
    ):
        for then in ("preview", "send"):
            answer = await agent.post(f"{path}/{act}", said | {"revision": "2", "then": then})
            told = answer.text
            assert (answer.status_code, "adresse administrative de l’agent" in told) == (422, True), (act, then, told)
    assert "decision" not in kinds(world, demande)


@pytest.mark.law("R26")
async def test_an_attestation_that_no_letter_could_sign_is_owed_and_the_citizen_meets_no_error(world: World) -> None:
    demande, citizen, agent = await silent(world, "acceptance", has_address=False)
    path = f"/tilleul/agents/demandes/{demande.reference}"
    assert (await agent.post(f"{path}/prise-en-charge", {"revision": "2"})).status_code == 303
    assert (await citizen.post(f"/tilleul/demandes/{demande.reference}/attestation")).status_code == 303
    assert [one.kind for one in cases.rows(world.database, Task, demande)] == ["attestation_owed"]
    told = await agent.post(f"{path}/attestation", {"revision": "4"})
    assert (told.status_code, "adresse administrative de l’agent" in told.text) in {(409, True), (422, True)}
