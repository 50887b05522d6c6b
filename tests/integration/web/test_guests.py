"""An agent of the syndicate let in for a time, and the journal that tells it all."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlmodel import col

from grc import clock
from grc.authorities.models import Agent, Grant
from grc.journal.acts import JournalAct
from grc.journal.chaining import seal
from grc.journal.recording import record
from grc.web.admin import journal
from tests.support.factors import Application, enrol, secret_in
from tests.support.world import Browser, World, a_world, seeded

pytestmark = pytest.mark.anyio
AGENTS = "/tilleul/agents"
ACCESS, JOURNAL = f"{AGENTS}/administration/acces-du-syndicat", f"{AGENTS}/administration/journal"
SACHA, GOOD = "sacha.specimen@syndicat.example", "agrafe chemin velo"
ASKED = {
    "given_name": "Sacha",
    "family_name": "Spécimen",
    "capacity": "chargée d’assistance",
    "email": SACHA,
    "reason": "fault",
    "role": "reader",
    "over": "all",
    "days": "3",
}


def stored(world: World) -> Agent:
    authority = world.authority()
    with world.database.reading(scope=authority.id) as session:
        found: Agent = session.execute(select(Agent).where(col(Agent.email) == SACHA)).scalar_one()
    return found


def set_end(world: World, at: Any) -> None:
    with world.database.writing(scope=world.authority().id) as session:
        session.execute(update(Agent).where(col(Agent.email) == SACHA).values(expires_at=at))


async def comes_in(world: World, ada: Browser, answer: Any) -> Browser:
    """The guest at the commune's door, by the link that the administrator hands over."""
    page = await ada.get(answer.headers["location"])
    link = re.search(r"/agents/connexion/mot-de-passe/[\w-]+", page.text)
    assert link is not None, page.text
    guest = world.browser()
    chosen = await guest.post(f"/tilleul{link.group()}", {"password": GOOD, "again": GOOD})
    assert chosen.status_code == 303, chosen.text
    entered = await guest.post(f"{AGENTS}/connexion", {"email": SACHA, "password": GOOD})
    assert entered.headers["location"] == f"{AGENTS}/connexion/protection"
    return guest


async def test_a_guest_comes_for_a_time_and_is_journalled(tmp_path: Path) -> None:
    async with a_world(seeded(tmp_path), tmp_path) as world:
        reference = await world.browser().file()
        ada, claire = world.browser(), world.browser()
        await enrol(ada)
        await ada.post(f"{AGENTS}/compte/codes/notes")
        await claire.sign_in_agent()

        assert "Aucun accès n’a été ouvert" in (await ada.get(ACCESS)).text
        assert (await claire.get(ACCESS)).status_code == 403
        assert (await claire.post(f"{ACCESS}/nouveau", ASKED)).status_code == 403
        for wrong, told in (
            ({"days": "31"}, "de 1 à 30"),
            ({"days": "0"}, "de 1 à 30"),
            ({"days": "deux"}, "de 1 à 30"),
            ({"role": "administrator"}, "ce que cette personne pourra faire"),
            ({"email": "claire.modele@tilleul.example"}, "a déjà un compte ici"),
            ({"email": "sacha"}, "adresse électronique"),
            ({"over": "p999999"}, "ce que cet accès ouvre"),
            ({"over": "nothing"}, "ce que cet accès ouvre"),
            ({"reason": "because"}, "pourquoi"),
            ({"family_name": ""}, "Saisissez le nom"),
        ):
            refused = await ada.post(f"{ACCESS}/nouveau", ASKED | wrong)
            assert (refused.status_code, told in refused.text) == (422, True), wrong
            assert "Sacha" in refused.text
        guest = await comes_in(world, ada, await ada.post(f"{ACCESS}/nouveau", ASKED))
        row = stored(world)
        assert row.guest_from.startswith("Syndicat")
        assert row.needs_second_factor
        days = (row.expires_at or clock.now()) - clock.now()
        assert timedelta(days=2) < days <= timedelta(days=3, hours=1)
        assert (await ada.post(f"{ACCESS}/nouveau", ASKED)).status_code == 422

        page = await guest.get(f"{AGENTS}/connexion/protection")
        await guest.post(f"{AGENTS}/connexion/protection", {"code": _code(page.text)})
        await guest.post(f"{AGENTS}/compte/codes/notes")
        seen = await guest.get(f"{AGENTS}/demandes/{reference}")
        assert seen.status_code == 200
        assert "Le syndicat a accès jusqu’au" in seen.text
        assert "Le syndicat a accès jusqu’au" in (await claire.get(AGENTS)).text
        for path in (ACCESS, f"{AGENTS}/collegues", JOURNAL):
            assert (await guest.get(path)).status_code == 403

        await the_journal_tells(world, ada, claire, reference)

        set_end(world, clock.now() - timedelta(seconds=1))
        assert (await guest.client.get(f"{AGENTS}/demandes/{reference}")).status_code == 303
        assert (await guest.post(f"{AGENTS}/connexion", {"email": SACHA, "password": GOOD})).status_code == 422
        narrow = ASKED | {"over": await _first_procedure(ada), "days": "1"}
        again = await comes_in(world, ada, await ada.post(f"{ACCESS}/nouveau", narrow))
        with world.database.reading(scope=world.authority().id) as session:
            grant = session.execute(select(Grant).where(col(Grant.agent_id) == stored(world).id)).scalar_one()
        assert (grant.role, stored(world).role, grant.procedure_id is None) == ("reader", "", False)
        ended = await ada.post(f"{ACCESS}/{stored(world).id}/fin")
        assert ended.status_code == 303
        assert "Terminé" in (await ada.get(ACCESS)).text
        assert (await again.client.get(AGENTS)).status_code == 303
        assert (await ada.post(f"{ACCESS}/{stored(world).id}/fin")).status_code == 409
        assert (await ada.post(f"{ACCESS}/{world.agent().id}/fin")).status_code == 404


async def the_journal_tells(world: World, ada: Browser, claire: Browser, reference: str) -> None:
    authority = world.authority()
    assert (await claire.get(JOURNAL)).status_code == 403
    page = await ada.get(JOURNAL)
    assert "Aucun sceau encore" in page.text
    assert "Accès temporaire accordé au syndicat" in page.text
    assert "motif\u00a0: Chercher une panne" in page.text
    assert "Sacha Spécimen" in page.text
    assert reference in page.text
    assert SACHA not in page.text
    with world.database.writing(scope=authority.id) as session:
        assert seal(session, authority.id, clock.now()) > 5
    assert "Dernier sceau le" in (await ada.get(JOURNAL)).text
    of_guest = await ada.get(JOURNAL, params={"agent": str(stored(world).id)})
    assert "Page consultée par un agent du syndicat" in of_guest.text
    assert "Accès temporaire accordé au syndicat</td>" not in of_guest.text
    of_demande = await ada.get(JOURNAL, params={"objet": reference.replace("-", " ")})
    assert of_demande.text.count("Demande consultée</td>") == 1
    month = clock.now().strftime("%Y-%m")
    acts = await ada.get(JOURNAL, params={"acte": "guest:admitted", "mois": month})
    assert acts.text.count("<tr>") == 2
    assert "Aucune ligne ne correspond" in (await ada.get(JOURNAL, params={"mois": "2020-01"})).text
    assert (await ada.get(JOURNAL, params={"mois": "2020-13"})).status_code == 422
    assert (await ada.get(JOURNAL, params={"agent": "' OR 1=1"})).status_code == 422
    taken = await ada.get(f"{JOURNAL}.csv", params={"acte": "guest:admitted"})
    rows = list(csv.reader(io.StringIO(taken.content.decode("utf-8-sig")), delimiter=";"))
    assert [len(rows), rows[1][1], rows[1][3]] == [2, "Ada Essai", "Sacha Spécimen"]
    assert "Journal exporté" in (await ada.get(JOURNAL)).text
    await pages_follow_one_another(world, ada)


async def pages_follow_one_another(world: World, ada: Browser) -> None:
    """Every line is on one page, by its key, also those of one instant."""
    authority, now = world.authority(), clock.now()
    with world.database.writing(scope=authority.id) as session:
        for _ in range(60):
            record(session, authority.id, JournalAct.JOURNAL_EXPORTED, ("journal", "all"), by=None, now=now)
    path, seen = f"{JOURNAL}?acte=journal:exported", 0
    for _ in range(5):
        page = await ada.get(path)
        seen += page.text.count("Journal exporté</td>")
        following = re.search(r'href="([^"]+)">Plus anciennes', page.text)
        if following is None:
            break
        path = following.group(1).replace("&amp;", "&")
    assert seen == 61
    for odd in ("1_-99999999999999999999999999999", "99999999999999999999999_1"):
        assert (await ada.get(JOURNAL, params={"apres": odd})).status_code == 200
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(journal, "_MOST_TAKEN", 2)
        taken = await ada.get(f"{JOURNAL}.csv", params={"acte": "journal:exported"})
    rows = list(csv.reader(io.StringIO(taken.content.decode("utf-8-sig")), delimiter=";"))
    assert (len(rows), "dernières lignes seulement" in rows[-1][0]) == (4, True)


async def _first_procedure(ada: Browser) -> str:
    found = re.search(r'<option value="(p\d+)">', (await ada.get(f"{ACCESS}/nouveau")).text)
    assert found is not None
    return found.group(1)


def _code(page: str) -> str:
    return Application(secret_in(page)).code()
