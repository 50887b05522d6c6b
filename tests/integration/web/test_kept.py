"""Pages of what is kept and destroyed, of the register and of notices: walked by a data protection officer."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlmodel import col

from grc import clock
from grc.attachments.local import LocalStorage
from grc.attachments.models import Attachment
from grc.catalogue import queries as catalogue
from grc.catalogue.models import InstalledProcedure
from grc.journal.acts import JournalAct
from grc.journal.models import JournalEntry
from grc.journal.recording import record
from grc.submissions import destroying, replay
from grc.submissions.models import Submission
from grc.sweeping import Sweeper
from grc.sweeping.sweeps import named
from tests.support.factors import enrol
from tests.support.world import Browser, World, a_world, seeded

pytestmark = pytest.mark.anyio

HERE = "/tilleul/agents/administration"
KEPT = f"{HERE}/conservation"
PROOF = "passes-descendant-with-proof"
LATER = clock.now() + timedelta(days=1200)
"""Once every term is past, those of receipts too."""


@pytest.fixture(scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    folder = tmp_path_factory.mktemp("kept")
    async with a_world(seeded(folder), folder) as made:
        yield made


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
async def dpo(world: World) -> Browser:
    """The commune's data protection officer, who reads no demande and comes in with two factors."""
    browser = world.browser()
    await enrol(browser, "mona.essai@tilleul.example")
    await browser.post("/tilleul/agents/compte/codes/notes")
    return browser


def words(page: Any) -> str:
    """The text of a page, spaces as one."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page.text)))


async def ended(world: World) -> tuple[Browser, Browser, str]:
    """A demande with a file, accepted; its citizen's browser, its agent's, its reference."""
    citizen, claire = world.browser(), world.browser()
    reference = await citizen.file(PROOF)
    await claire.sign_in_agent()
    path = f"/tilleul/agents/demandes/{reference}"
    assert (await claire.post(f"{path}/prise-en-charge", {"revision": "1"})).status_code == 303
    done = await claire.post(
        f"{path}/decision", {"revision": "2", "outcome": "accepted", "reasons": "", "then": "send"}
    )
    assert done.status_code == 303, done.text
    await world.deliver()
    return citizen, claire, reference


def files_of(world: World, reference: str) -> list[Path]:
    """Where the files of a demande lie in the store."""
    with world.database.reading(scope=world.authority().id) as session:
        wanted = select(col(Attachment.key)).join(Submission, col(Submission.id) == col(Attachment.submission_id))
        keys = session.execute(wanted.where(col(Submission.reference) == reference)).scalars().all()
    return [world.settings.storage / key for key in keys]


def is_sensitive(world: World, is_so: bool) -> None:
    """Makes the procedure of the demande sensitive, or not."""
    with world.database.writing(scope=world.authority().id) as session:
        session.execute(update(InstalledProcedure).values(is_sensitive=is_so))


def told_of(world: World) -> list[tuple[str, list[str]]]:
    """The lists that left a line, with the references of each."""
    with world.database.reading(scope=world.authority().id) as session:
        wanted = select(JournalEntry).where(col(JournalEntry.act) == "submission:listed").order_by(col(JournalEntry.id))
        return [(row.subject, row.data["references"]) for row in session.execute(wanted).scalars()]


async def the_journal_finds_and_names_them(world: World, dpo: Browser, reference: str) -> None:
    """The lists that named a demande are found by it; ids have their names beside them; the chain is read again."""
    me, authority, journal = world.agent().id, world.authority().id, f"{HERE}/journal"
    told = {"right": 7, "procedure": "acte-de-naissance", "deputy": me}
    with world.database.writing(scope=authority) as session:
        record(session, authority, JournalAct.RIGHT_GRANTED, ("agent", me), by=None, now=clock.now(), data=told)
    assert "Liste conservation" in words(await dpo.get(f"{journal}?objet={reference}"))
    assert "Liste conservation" not in words(await dpo.get(f"{journal}?objet=2026-111-111-111"))
    shown = words(await dpo.get(f"{journal}?verifier=oui"))
    assert "droit : 7" in shown
    assert "acte-de-naissance (« Copie ou extrait" in shown
    assert f"remplaçant : {me} (« Claire Modèle »)" in shown
    assert "Chaîne vérifiée à l’instant. " in shown
    assert "aucune faute" in shown


@pytest.mark.law("R42")
@pytest.mark.law("R43")
async def test_a_list_is_drawn_up_its_visa_recorded_and_what_it_names_is_gone(world: World, dpo: Browser) -> None:
    citizen, claire, reference = await ended(world)
    sweeper = Sweeper(world.database, LocalStorage(world.settings.storage))
    files = files_of(world, reference)
    assert files and all(file.exists() for file in files)
    assert (await claire.get(KEPT)).status_code == 403
    for name in ("retention_terms", "destruction_lists", "destructions"):
        await sweeper.sweep(named(name), LATER)  # type: ignore[arg-type]
    assert "Dresser la liste" in (await dpo.get(KEPT)).text

    made = await dpo.post(f"{KEPT}/listes", {"procedure": "acte-de-naissance"})
    listed = made.headers["location"].partition("?")[0]
    page = await dpo.get(listed)
    assert reference in words(page)
    assert "Attend" in words(await dpo.get(KEPT))
    written = await dpo.get(f"{listed}/bordereau.csv")
    assert hashlib.sha256(written.content).hexdigest() in words(page)
    (row,) = csv.DictReader(io.StringIO(written.content.decode("utf-8-sig")), delimiter=";")
    assert (row["demande"], row["fichiers"]) == (reference, str(len(files)))
    assert "Exemple" not in written.text, "no name is on it"
    assert told_of(world) == [], "an ordinary demande owes no line"
    is_sensitive(world, True)
    for page_ in (listed, f"{listed}/bordereau.csv"):
        assert (await dpo.get(page_)).status_code == 200
    assert told_of(world) == [("conservation", [reference]), ("bordereau", [reference])]
    is_sensitive(world, False)
    await the_journal_finds_and_names_them(world, dpo, reference)
    await sweeper.sweep(named("destructions"), LATER)  # type: ignore[arg-type]
    assert all(file.exists() for file in files)

    wrong = await dpo.post(listed, {"number": "", "granted_by": "Les Archives", "granted_on": "hier"})
    assert wrong.status_code == 422
    assert 'value="Les Archives"' in wrong.text
    assert "Saisissez le numéro du visa" in words(wrong)
    today = clock.day_in("Europe/Paris", clock.now()).isoformat()
    right = {"number": "AD-31", "granted_by": "Les Archives", "granted_on": today}
    assert (await dpo.post(listed, right)).status_code == 303
    assert (await dpo.post(listed, right)).status_code == 409
    gone = await sweeper.sweep(named("destructions"), LATER)  # type: ignore[arg-type]
    assert (gone.done, gone.fault) == (1, "")
    assert not any(file.exists() for file in files)
    assert "AD-31" in words(await dpo.get(KEPT))

    await _left(world, citizen, claire, reference)
    await sweeper.sweep(named("old_receipts"), LATER)  # type: ignore[arg-type]
    after = words(await citizen.get(f"/tilleul/demandes/{reference}"))
    assert "ont été détruits à leur tour" in after
    assert "Camille" not in words(await claire.get(f"/tilleul/agents/demandes/{reference}"))
    with world.database.reading(scope=world.authority().id) as session:
        assert not [fault for _, faults in replay.verified(session, world.authority().id) for fault in faults]


async def _left(world: World, citizen: Browser, claire: Browser, reference: str) -> None:
    """What the citizen and the agents still see, and may no longer do."""
    page = await citizen.get(f"/tilleul/demandes/{reference}")
    assert "ont été détruits" in words(page)
    assert "AD-31" in words(page)
    (letter, *_) = re.findall(r'href="([^"]+/courriers/\d+\.pdf)"', page.text)
    opened = await citizen.get(letter)
    assert (opened.status_code, opened.content[:4]) == (200, b"%PDF")
    assert (await citizen.get(f"/tilleul/demandes/{reference}/donnees.zip")).status_code == 200
    theirs = await claire.get(f"/tilleul/agents/demandes/{reference}")
    assert "est détruit depuis" in words(theirs)
    assert (await claire.get("/tilleul/agents?vue=closes")).status_code == 200
    text = {"text": "Encore un mot."}
    assert (await citizen.post(f"/tilleul/demandes/{reference}/messages", text)).status_code == 409
    assert (await claire.post(f"/tilleul/agents/demandes/{reference}/notes", text)).status_code == 409
    for path in ("reponses.csv", "reponses.json", "transmission", "dossier.zip"):
        assert (await claire.get(f"/tilleul/agents/demandes/{reference}/{path}")).status_code < 500
    for path in ("adresse", "pieces", "donnees", "retrait", "notification"):
        assert (await citizen.get(f"/tilleul/demandes/{reference}/{path}")).status_code < 500


@pytest.mark.law("R43")
async def test_a_standing_visa_serves_and_a_process_killed_before_the_files_left_leaves_none(
    world: World, dpo: Browser
) -> None:
    _, _, reference = await ended(world)
    storage = LocalStorage(world.settings.storage)
    sweeper, files = Sweeper(world.database, storage), files_of(world, reference)
    today = clock.day_in("Europe/Paris", clock.now()).isoformat()
    standing = {"procedure": "acte-de-naissance", "number": "P-1", "granted_by": "Les Archives", "granted_on": today}
    wrong = await dpo.post(f"{KEPT}/permanent", {**standing, "until_on": "bientôt"})
    assert wrong.status_code == 422
    assert (await dpo.post(f"{KEPT}/permanent", standing)).status_code == 303
    for name in ("retention_terms", "destruction_lists"):
        await sweeper.sweep(named(name), LATER)  # type: ignore[arg-type]
    authority = world.authority().id
    with world.database.writing(scope=authority) as session:  # and the process is killed here
        assert len(destroying.destroy_answers(session, authority, LATER).keys) == len(files)
    assert all(file.exists() for file in files)
    assert await replace(sweeper, now=lambda: LATER).forget_orphans() >= len(files)
    assert not any(file.exists() for file in files)
    shown = re.search(rf'{KEPT}/listes/(\d+)"[^>]*>Visa permanent', (await dpo.get(KEPT)).text)
    assert shown is not None
    key = shown[1]
    assert (await dpo.get(f"{KEPT}/listes/{key}")).status_code == 200
    assert (await dpo.post(f"{KEPT}/listes/{key}/retrait")).status_code == 303
    assert (await dpo.post(f"{KEPT}/listes/{key}/retrait")).status_code == 409
    assert (await dpo.get(f"{KEPT}/listes/999")).status_code == 404


@pytest.mark.law("R42")
async def test_the_register_has_every_procedure_and_each_has_its_notice(world: World, dpo: Browser) -> None:
    visitor, claire = world.browser(), world.browser()
    await claire.sign_in_agent()
    assert (await claire.get(f"{HERE}/registre")).status_code == 403
    with world.database.reading(scope=world.authority().id) as session:
        offered = [one.procedure for one in catalogue.all_published(session, world.authority().id)]
    listed = await dpo.get(f"{HERE}/registre")
    found = (await dpo.get(f"{HERE}/registre.json")).json()
    by_slug = {each["slug"]: each for each in found["processings"]}
    assert {one.slug for one in offered} < set(by_slug)
    assert {"plateforme-comptes", "plateforme-connexions", "plateforme-journal"} < set(by_slug)
    assert (found["officer"], found["processor"][0]) == (
        "dpo@val-exemple.example",
        "Syndicat numérique du Val-d’Exemple",
    )
    assert by_slug["admission-creche"]["dpia"]["needed"] == "to-assess"
    written = (await dpo.get(f"{HERE}/registre.csv")).content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(written), delimiter=";"))
    assert [row["Traitement"] for row in rows] == [each["title"] for each in found["processings"]]
    assert all(row["Finalité"] and row["Base légale"] and row["Durée"] and row["Données"] for row in rows)
    assert "À évaluer" in words(listed)
    sheet = words(await dpo.get(f"{HERE}/registre/admission-creche"))
    assert "Analyse d’impact" in sheet
    assert "Mesures de sécurité" in sheet
    assert (await dpo.get(f"{HERE}/registre/plateforme-comptes")).status_code == 200
    assert (await dpo.get(f"{HERE}/registre/inconnue")).status_code == 404
    for procedure in offered:
        start = await visitor.get(f"/tilleul/demarches/{procedure.slug}")
        assert f"/demarches/{procedure.slug}/donnees-personnelles" in start.text
    shown = await visitor.get("/tilleul/demarches/acte-de-naissance/donnees-personnelles")
    assert 'href="mailto:dpo@val-exemple.example"' in shown.text
    notice = words(shown)
    for part in (
        "Qui en est responsable",
        "Ce qui nous y autorise",
        "obligatoire",
        "Qui les lit",
    ):
        assert part in notice, part
    for part in ("Union européenne", "Combien de temps", "Qui décide", "exercer vos droits", "CNIL"):
        assert part in notice, part
    draft = await visitor.fill(PROOF)
    check = await visitor.get(f"/tilleul/brouillons/{draft}/verification")
    assert "/demarches/acte-de-naissance/donnees-personnelles" in check.text
