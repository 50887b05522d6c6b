"""Looks of agents that leave a line in the journal before the page is made: no line, no page."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from grc import clock
from grc.journal.acts import JournalAct
from tests.support.world import World, a_world, example_answers, seeded

pytestmark = pytest.mark.anyio
_DEMANDE = "/tilleul/agents/demandes"
OMAR = "omar.fictif@tilleul.example"


def run(world: World, statement: str, **values: Any) -> list[Any]:
    engine = create_engine(world.settings.database_url)
    with engine.begin() as connection:
        found = connection.execute(text(statement), values)
        rows = list(found) if found.returns_rows else []
    engine.dispose()
    return rows


def told(world: World, since: int = 0) -> list[Any]:
    """The lines of looks: who, what, of what, where."""
    rows = run(
        world,
        "SELECT id, actor_id, act, subject, data FROM journal_entry WHERE id > :since AND act IN "
        "('submission:read', 'submission:acted', 'submission:exported', 'submission:listed', 'guest:visited') "
        "ORDER BY id",
        since=since,
    )
    return [(row.actor_id, row.act, row.subject, row.data) for row in rows]


def last(world: World) -> int:
    return int(run(world, "SELECT coalesce(max(id), 0) AS last FROM journal_entry")[0].last)


def make_sensitive(world: World, agent: int) -> None:
    """The procedure of birth certificates, which Claire may open by a right of her own."""
    run(world, "UPDATE procedure SET is_sensitive = 1 WHERE slug = 'acte-de-naissance'")
    run(
        world,
        "INSERT INTO agent_grant (authority_id, agent_id, role, procedure_id, granted_at) "
        "SELECT authority_id, :agent, 'handler', id, :now FROM procedure "
        "WHERE slug = 'acte-de-naissance' AND authority_id = :authority",
        agent=agent,
        now="2026-11-01 08:00:00.000000",
        authority=world.authority().id,
    )


async def test_who_looks_leaves_a_line_or_sees_nothing(tmp_path: Path) -> None:
    async with a_world(seeded(tmp_path), tmp_path) as world:
        reference = await world.browser().file()
        claire, omar = world.browser(), world.browser()
        await claire.sign_in_agent()
        await omar.sign_in_agent(OMAR)
        path, me = f"{_DEMANDE}/{reference}", world.agent().id
        name = "Camille"

        seen = await claire.get(path)
        assert (seen.status_code, told(world)) == (200, [])
        await claire.get(f"{path}/reponses.csv")
        assert told(world) == [(me, "submission:exported", reference, '{"page": "/reponses.csv"}')]

        make_sensitive(world, me)
        since = last(world)
        page = await claire.get(path)
        assert page.status_code == 200
        assert reference in page.text
        await claire.get(path.replace("-", ""))
        await claire.post(f"{path}/notes", {"text": ""})
        assert (await omar.get(path)).status_code == 404
        inbox, other = await claire.get("/tilleul/agents"), await omar.get("/tilleul/agents")
        assert reference in inbox.text
        assert reference not in other.text
        assert told(world, since) == [
            (me, "submission:read", reference, '{"page": "/"}'),
            (me, "submission:read", reference, '{"page": "/"}'),
            (me, "submission:acted", reference, '{"page": "/notes"}'),
            (me, "submission:listed", "a-traiter", f'{{"references": ["{reference}"]}}'),
        ]

        await what_looks_the_same_owes_one(world, claire, reference)
        await every_address_owes_one(world, claire, reference)

        run(world, "ALTER TABLE journal_entry RENAME TO taken_away")
        for address in (path, "/tilleul/agents", f"{path}/reponses.json", f"{path}/dossier.zip"):
            refused = await claire.get(address)
            assert refused.status_code == 503, address
            assert reference not in refused.text
            assert name not in refused.text
        run(world, "ALTER TABLE taken_away RENAME TO journal_entry")
        assert (await claire.get(path)).status_code == 200


async def what_looks_the_same_owes_one(world: World, claire: Any, reference: str) -> None:
    """The demandes that may be the one that an agent records at the desk, typed or on paper."""
    answers = example_answers("passes-descendant-with-proof")
    answers.pop("proof_of_link", None)
    today = clock.day_in("Europe/Paris", clock.now()).isoformat()
    entry = {"slug": "acte-de-naissance", "channel": "paper", "received_on": today, "attacks": ""}
    who = {
        "family_name": "Exemple",
        "email": answers["applicant"]["email"],
        "line1": "1 rue",
        "postcode": "59000",
        "city": "Lille",
    }
    since = last(world)
    page = await claire.post("/tilleul/agents/demandes-papier", entry | who)
    assert (page.status_code, reference in page.text) == (422, True)
    begun = await claire.post("/tilleul/agents/saisies", entry)
    draft = begun.headers["location"].split("/")[-2]
    run(world, "UPDATE draft SET answers = :said WHERE public_id = :key", said=json.dumps(answers), key=draft)
    check = await claire.get(f"/tilleul/agents/saisies/{draft}/verification")
    assert (check.status_code, reference in check.text) == (200, True)
    where = [(subject, reference in data) for _, act, subject, data in told(world, since) if act.endswith(":listed")]
    assert where == [("demandes-papier", True), ("saisies", True)]


async def every_address_owes_one(world: World, claire: Any, reference: str) -> None:
    """Each address that names a submission, from the table of routes, so that a new one cannot be forgotten."""
    routes = [route for route in world.app._pages.routes if route.path.startswith("/agents/")]
    named = [route for route in routes if "{reference}" in route.path]
    assert len(named) > 30
    for route in named:
        address = "/tilleul" + re.sub(r"\{\w+\}", "1", route.path.replace("{reference}", reference))
        for method in sorted(route.methods - {"HEAD"}):
            since = last(world)
            await (claire.client.get(address) if method == "GET" else claire.post(address))
            lines = told(world, since)
            assert len(lines) == 1, (method, address, lines)
            assert lines[0][2] == reference


async def test_a_guest_is_followed_everywhere(tmp_path: Path) -> None:
    async with a_world(seeded(tmp_path), tmp_path) as world:
        reference = await world.browser().file()
        guest = world.browser()
        me = world.agent().id
        until = clock.now().replace(year=clock.now().year + 1).strftime("%Y-%m-%d %H:%M:%S.%f")
        run(world, "UPDATE agent SET guest_from = 'syndicat', expires_at = :until WHERE id = :me", until=until, me=me)
        await guest.sign_in_agent()
        await guest.get("/tilleul/agents")
        await guest.get(f"{_DEMANDE}/{reference}")
        await guest.get("/tilleul/agents/compte")
        lines = [line[1:3] for line in told(world)]
        assert lines == [
            ("guest:visited", "/agents"),
            (JournalAct.SUBMISSION_LISTED, "a-traiter"),
            ("submission:read", reference),
            ("guest:visited", "/agents/compte"),
        ]

        since = last(world)
        assert (await guest.get(f"{_DEMANDE}/2026-111-111-111")).status_code == 404
        circuits = "/tilleul/agents/circuits"
        for slug in ("Jean.Dupont-01.02.1980", "acte-de-naissance"):
            await guest.get(f"{circuits}/{slug}")
        assert [line[2:] for line in told(world, since)] == [
            ("/agents/demandes/{reference}", '{"method": "GET"}'),
            ("/agents/circuits/{slug}", '{"method": "GET"}'),
            ("/agents/circuits/{slug}", '{"method": "GET", "slug": "acte-de-naissance"}'),
        ]
