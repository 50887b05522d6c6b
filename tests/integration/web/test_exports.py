"""The answers of one demande taken away by an agent: CSV that runs nothing, JSON equal to what was filed."""

from __future__ import annotations

import csv
import io

import pytest

from tests.support import invented
from tests.support.invented import ASSOCIATION
from tests.support.world import World

pytestmark = pytest.mark.anyio
FORMULA = "=HYPERLINK(0) ; le « banc »"


async def test_the_answers_leave_as_csv_and_json_for_the_agents_of_the_commune_only(world: World) -> None:
    invented.published(world.database)
    citizen, agent, neighbour = world.browser(), world.browser(), world.browser()
    given = {"subject": FORMULA, "who": "association", "association": ASSOCIATION}
    reference = await citizen.file_answers(given, procedure=invented.SLUG)
    path = f"/tilleul/agents/demandes/{reference}/reponses"
    await agent.sign_in_agent()
    await neighbour.sign_in_agent("lise.exemple@marronnier.example", "marronnier")
    shown = await agent.get(f"/tilleul/agents/demandes/{reference}")
    assert f'href="{path}.csv"' in shown.text
    assert f'href="{path}.json"' in shown.text
    written = await agent.get(f"{path}.csv")
    assert written.headers["content-type"] == "text/csv; charset=utf-8"
    assert written.headers["content-disposition"] == f'attachment; filename="reponses-{reference}.csv"'
    assert written.content.startswith("\ufeff".encode())
    titles, cells = csv.reader(io.StringIO(written.content.decode("utf-8-sig")), delimiter=";")
    found = dict(zip(titles, cells, strict=True))
    assert found["Numéro"] == reference
    assert found["État"] == "Reçu"
    assert found["Que se passe-t-il"] == f"'{FORMULA}"
    assert found["Nom de l’association"] == ASSOCIATION["name"]
    kept = await agent.get(f"{path}.json")
    assert "attachment" in kept.headers["content-disposition"]
    assert kept.json()["answers"] == given
    assert kept.json()["procedure"] == invented.SLUG
    for stranger in (citizen, neighbour):
        for extension in ("csv", "json"):
            answer = await stranger.client.get(f"{path}.{extension}")
            assert answer.status_code in (303, 404)
            assert FORMULA not in answer.text


async def test_each_identity_says_that_it_was_only_declared(world: World) -> None:
    invented.published(world.database)
    citizen, agent = world.browser(), world.browser()
    given = {"subject": "Un banc", "who": "association", "association": ASSOCIATION}
    reference = await citizen.file_answers(given, procedure=invented.SLUG)
    await agent.sign_in_agent()
    page = await agent.get(f"/tilleul/agents/demandes/{reference}")
    assert page.text.count("(déclaré)") == 2
