"""A hall that is taken, on the pages: of the form, of the check, of the agent who decides."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlmodel import col

from grc import clock, resources
from grc.authorities.models import Agent
from grc.journal.models import JournalEntry
from grc.lists.models import ReferenceItem
from tests.support.world import a_world, posted_of, seeded

pytestmark = pytest.mark.anyio
SLUG = "reservation-salle"
HERE, AGENDA = "/tilleul/agents/demandes", "/tilleul/agents/agenda/rooms"


def answers(**changes: Any) -> dict[str, Any]:
    folder = resources.folder("form_catalogue") / SLUG / "examples"
    found: dict[str, Any] = json.loads((folder / "passes-family-two-days.json").read_text("utf-8"))["answers"]
    found.pop("insurance")
    return {**found, **changes}


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


async def test_a_hall_that_is_taken_is_said_before_sending_at_sending_and_to_the_agent(tmp_path: Path) -> None:
    async with a_world(seeded(tmp_path), tmp_path) as world:
        first, late, agent = world.browser(), world.browser(), world.browser()
        await agent.sign_in_agent("omar.fictif@tilleul.example")
        ready = await late.fill_answers(answers(), procedure=SLUG)
        demandes = [await first.file_answers(answers(), procedure=SLUG) for _ in range(2)]
        for reference in demandes:
            await agent.post(f"{HERE}/{reference}/prise-en-charge", {"revision": "1"})
            assert "Libre" in (await agent.get(f"{HERE}/{reference}")).text
        accepted = {"outcome": "accepted", "revision": "2", "then": "send"}
        assert (await agent.post(f"{HERE}/{demandes[0]}/decision", accepted)).status_code == 303
        assert "Réservé pour cette demande" in (await agent.get(f"{HERE}/{demandes[0]}")).text

        assert "est pas libre" in (await agent.get(f"{HERE}/{demandes[1]}")).text
        refused = await agent.post(f"{HERE}/{demandes[1]}/decision", accepted)
        assert (refused.status_code, "Salle des fêtes » n’est pas libre" in plain(refused.text)) == (422, True)
        option = {"revision": "2", "text": "Répondez avant le 15 décembre."}
        held = await agent.post(f"{HERE}/{demandes[1]}/suites/hold", option)
        assert (held.status_code, "n’est pas libre" in held.text, option["text"] in held.text) == (422, True, True)

        sent = await late.post(f"/tilleul/brouillons/{ready}/envoi")
        assert (sent.status_code, "n’est pas libre du 5" in plain(sent.text)) == (422, True)
        assert "Libre du 12 juin 2027 au 13 juin 2027" in plain(sent.text)
        page = await late.post(f"/tilleul/brouillons/{ready}/salle", {**_hall(5, 6), "then": "continue"})
        assert (page.status_code, "n’est pas libre" in page.text) == (422, True)
        moved = await late.post(f"/tilleul/brouillons/{ready}/salle", {**_hall(12, 13), "then": "continue"})
        assert moved.status_code == 303
        assert await late.send(ready)

        with world.database.writing(scope=world.authority().id) as session:
            guest = {"guest_from": "Syndicat d’essai", "expires_at": clock.now() + timedelta(days=1)}
            session.execute(update(Agent).where(col(Agent.email) == "omar.fictif@tilleul.example").values(**guest))
        assert demandes[0] in (await agent.get(f"{AGENDA}?mois=2027-06")).text
        with world.database.reading(scope=world.authority().id) as session:
            lines = select(JournalEntry).where(col(JournalEntry.act) == "submission:listed")
            (line,) = session.execute(lines).scalars()
            assert (line.subject, line.data) == ("agenda", {"references": [demandes[0]]})


def _hall(first: int, last: int) -> dict[str, Any]:
    stay = {"start": f"2027-06-{first:02}", "end": f"2027-06-{last:02}"}
    return posted_of({"room": {"id": "salle-des-fetes", "label": ""}, "duration": "days", "stay": stay})[0]


async def test_agents_keep_days_without_a_demande_and_give_them_back(tmp_path: Path) -> None:
    async with a_world(seeded(tmp_path), tmp_path) as world:
        omar, front = world.browser(), world.browser()
        await omar.sign_in_agent("omar.fictif@tilleul.example")
        await front.sign_in_agent("nora.specimen@tilleul.example")
        page = await omar.get(f"{AGENDA}?mois=2027-06")
        assert "Rien n’est pris ce mois-ci" in page.text
        assert "Garder ces jours" in page.text
        club = {**_kept(4, 4), "hours-start": "18:00", "hours-end": "20:00", "weeks": "3", "reason": "Club d’essai"}
        assert (await omar.post(AGENDA, club)).status_code == 303
        shown = plain((await omar.get(f"{AGENDA}?mois=2027-06")).text)
        assert [f"Le {day} juin 2027 de 18 h à 20 h" in shown for day in (4, 11, 18, 25)] == [True, True, True, False]
        refused = await omar.post(AGENDA, {**_kept(18, 18), "reason": "Fête"})
        assert (refused.status_code, "déjà pris le 18 juin 2027" in plain(refused.text)) == (422, True)
        for changes in (
            {"item": "nowhere"},
            {"reason": ""},
            {"weeks": "53"},
            {"hours-start": "9", **_until(19)},
            _ODD,
            _LONG,
        ):
            wrong = await omar.post(AGENDA, {**_kept(18, 18), "hours-end": "10:00", "reason": "Fête", **changes})
            assert wrong.status_code == 422, changes

        assert len(re.findall(f"{AGENDA}/[0-9]+/retrait", (await omar.get(f"{AGENDA}?mois=2027-06")).text)) == 3
        assert "Garder ces jours" not in (await front.get(AGENDA)).text
        assert (await front.post(AGENDA, club)).status_code == 403
        key = re.search(rf"{AGENDA}/(\d+)/retrait", shown)
        assert key is not None
        assert (await front.post(key.group())).status_code == 403
        assert (await omar.post(key.group())).status_code == 303
        assert (await omar.post(key.group())).status_code == 404
        for odd in ("x", "9" * 30, "0"):
            assert (await omar.post(f"{AGENDA}/{odd}/retrait")).status_code == 404
        for month in ("2027-13", "abcdefg", "0000-00", "9999-12", "1969-01", "0001-01"):
            assert (await omar.get(f"{AGENDA}?mois={month}")).status_code == 200
        assert (await omar.get("/tilleul/agents/agenda/schools")).status_code == 404

        with world.database.writing(scope=world.authority().id) as session:
            session.execute(
                update(Agent).where(col(Agent.email) == "nora.specimen@tilleul.example").values(role="author")
            )
        assert "Garder ces jours" in (await front.get(AGENDA)).text  # who keeps lists, and reads no demande
        with world.database.writing(scope=world.authority().id) as session:
            part = session.execute(select(ReferenceItem).where(col(ReferenceItem.slug) == "foyer")).scalar_one()
            part.attributes = {**part.attributes, "part_of": "halle"}
        assert "« halle », que la liste n’a pas" in plain((await front.get(AGENDA)).text)


def _kept(first: int, last: int) -> dict[str, Any]:
    stay = {"start": f"2027-06-{first:02}", "end": f"2027-06-{last:02}"}
    return {**posted_of({"stay": stay})[0], "item": "foyer"}


_ODD = {"stay-start-year": "9999", "stay-end-year": "9999"}
_LONG = {"hours-end": "", "weeks": "2", "stay-start-day": "1", "stay-end-day": "8", "item": "salle-des-fetes"}


def _until(last: int) -> dict[str, Any]:
    return {"stay-end-day": str(last)}
