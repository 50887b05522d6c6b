"""A hall that is taken, on the pages: of the form, of the check, of the agent who decides."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from grc import resources
from tests.support.world import a_world, posted_of, seeded

pytestmark = pytest.mark.anyio
SLUG = "reservation-salle"
HERE = "/tilleul/agents/demandes"


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


def _hall(first: int, last: int) -> dict[str, Any]:
    stay = {"start": f"2027-06-{first:02}", "end": f"2027-06-{last:02}"}
    return posted_of({"room": {"id": "salle-des-fetes", "label": ""}, "duration": "days", "stay": stay})[0]
