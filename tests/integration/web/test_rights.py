"""Who may do what, from the tables of routes: an address that is added is tried here without anybody thinking of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlmodel import SQLModel, col

from grc.authorities.models import Agent
from grc.outbox.models import Message, OutboxEntry
from grc.submissions.exchange_models import AgentAnswers, SubmissionLink, ThreadEntry, Timer
from grc.submissions.models import Decision, Event, Notice, Submission, Task
from grc.web.agents.routes import routes as agent_routes
from grc.web.api.routes import routes as api_routes
from grc.web.citizen.routes import routes as citizen_routes
from tests.support.circuits import Case
from tests.support.world import PDF, Browser, World

pytestmark = pytest.mark.anyio
SECRET = "Mot-que-nul-usager-ne-lit"
TABLES: tuple[type[SQLModel], ...] = (
    *(
        Submission,
        Event,
        Decision,
        Notice,
        Task,
        Timer,
        ThreadEntry,
        AgentAnswers,
        SubmissionLink,
        OutboxEntry,
        Message,
    ),
)
FREE = {"/agents/connexion", "/agents/deconnexion"}
POSTED = {
    "text": "Bonjour",
    "reasons": "Motifs écrits.",
    "wrong": "a",
    "right": "b",
    "outcome": "accepted",
    "then": "send",
    "to": "ailleurs",
    "name": "Ailleurs",
    "address": "1 rue",
    "deadline": "2030-01-01",
    "piece": "x",
    "posted_on": "2026-01-01",
    "email": "autre@exemple.example",
    "compliant": "true",
    "wanted": "true",
    "consent": "true",
}


def of_one_demande(routes: list[Any], method: str) -> list[Any]:
    return [each for each in routes if "{reference}" in each.path and method in (each.methods or ())]


def addresses(routes: list[Any], method: str, case: Case, **names: str) -> Iterator[str]:
    """Each address of one demande, with every event of its workflow."""
    known = {"reference": case.reference, "letter": "1", "file": "x", "task": "1", "link": "1", "name": "paid"}
    known |= {"document": "1", **names}
    events = ["visit", "register", "write", "tell", "close"]
    for route in of_one_demande(routes, method):
        for event in events if "{event}" in route.path else ("",):
            named = {**known, "event": event}
            yield "/tilleul" + re.sub(r"\{(\w+)[^}]*\}", lambda found, named=named: named[found[1]], route.path)


def counted(world: World) -> dict[str, int]:
    found = {}
    for slug in ("tilleul", "marronnier"):
        with world.database.reading(scope=world.authority(slug).id) as session:
            for table in TABLES:
                of_table = select(func.count()).select_from(table)
                found[f"{slug}.{table.__tablename__}"] = session.execute(of_table).scalar_one()
            revisions = select(func.coalesce(func.sum(col(Submission.revision)), 0))
            found[f"{slug}.revisions"] = session.execute(revisions).scalar_one()
    return found


def with_role(world: World, role: str) -> None:
    with world.database.writing(scope=world.authority().id) as session:
        session.execute(update(Agent).where(col(Agent.email).startswith("claire")).values(role=role))


async def try_all(case: Case, browser: Browser, routes: list[Any], codes: set[int], prefix: str = "/tilleul") -> int:
    """Every POST of a demande, with something plausible in it: the codes of the answers."""
    tried = 0
    for path in addresses(routes, "POST", case):
        sent = {**POSTED, "revision": str(case.row().revision)}
        answer = await browser.post(path.replace("/tilleul", prefix, 1), sent)
        assert answer.status_code in codes, (path, answer.status_code)
        if answer.status_code == 303:
            assert "/agents/connexion" in answer.headers["location"], (path, answer.headers["location"])
        tried += 1
    return tried


async def test_a_role_that_reads_can_post_nothing(case: Case) -> None:
    with_role(case.world, "reader")
    before = counted(case.world)
    assert await try_all(case, case.agent, agent_routes, {403, 404}) >= 15
    assert counted(case.world) == before
    page = (await case.agent.get(case.path)).text
    forms = re.findall(
        r'<form[^>]*method="post"[^>]*action="([^"]*)"|<form[^>]*action="([^"]*)"[^>]*method="post"', page
    )
    assert {a or b for a, b in forms} <= {"/tilleul/agents/deconnexion"}


async def test_a_role_that_reads_opens_no_page_that_only_writes(case: Case) -> None:
    with_role(case.world, "reader")
    read = {"", "/acces", "/reponses.csv", "/reponses.json"}
    for path in addresses(agent_routes, "GET", case):
        answer = await case.agent.client.get(path)
        allowed = {200} if path.removeprefix(case.path) in read else {403, 404}
        assert answer.status_code in allowed, (path, answer.status_code)


async def test_an_agent_of_elsewhere_neither_reads_nor_does(case: Case) -> None:
    lise = case.world.browser()
    await lise.sign_in_agent("lise.exemple@marronnier.example", "marronnier")
    before = counted(case.world)
    assert await try_all(case, lise, agent_routes, {404, 422}, "/marronnier") >= 15
    assert await try_all(case, lise, agent_routes, {303}) >= 15
    for path in addresses(agent_routes, "GET", case):
        there = await lise.client.get(path.replace("/tilleul", "/marronnier", 1))
        here = await lise.client.get(path)
        assert (there.status_code, here.status_code) == (404, 303), path
        assert "banc du square" not in there.text
    assert counted(case.world) == before


async def test_nobody_and_other_citizens_neither_read_nor_do(case: Case) -> None:
    nobody, other = case.world.browser(), case.world.browser()
    mine = await other.file()
    assert (await other.get(f"/tilleul/demandes/{mine}")).status_code == 200
    await case.world.deliver()
    before = counted(case.world)
    for browser in (nobody, other):
        assert await try_all(case, browser, citizen_routes, {404}) >= 10
        assert await try_all(case, browser, agent_routes, {303}) >= 15
        for path in addresses(citizen_routes, "GET", case):
            answer = await browser.client.get(path)
            assert answer.status_code in (303, 404), path
            if answer.status_code == 303:
                assert answer.headers["location"].startswith("/tilleul/suivi"), path
            assert "banc du square" not in answer.text
    assert counted(case.world) == before


async def test_what_agents_keep_for_themselves_is_on_no_page_of_citizens(case: Case) -> None:
    """Private notes, their files, forms of agents, variables, labels, tasks, what calls answer."""
    from grc.submissions.exchange_models import HttpCall

    files = [("files", (f"{SECRET}.pdf", PDF + SECRET.encode(), "application/pdf"))]
    answer = await case.agent.post(f"{case.path}/notes", {"text": f"{SECRET} de note"}, files)
    assert answer.status_code == 303
    await case.does("register")
    await case.does("visit", compliant="false", defects=f"{SECRET} de visite", then="send")
    await case.does("back")
    with case.world.database.writing(scope=case.world.authority().id) as session:
        session.execute(update(HttpCall).values(response=f'{{"place": "{SECRET}"}}', status_code=200))
        session.execute(update(Submission).values(labels=[SECRET], variables={"x": SECRET}))
        session.execute(update(Task).values(title=SECRET))
    with case.world.database.reading(scope=case.world.authority().id) as session:
        from grc.attachments.models import Attachment

        names = list(session.execute(select(col(Attachment.public_id))).scalars())
    await case.world.deliver()
    seen = 0
    for number in range(1, 12):
        for path in addresses([*citizen_routes, *api_routes], "GET", case, letter=str(number), file=names[0]):
            answer = await case.citizen.get(path)
            assert SECRET not in answer.text and SECRET.encode() not in answer.content, path
            seen += answer.status_code == 200
    assert seen > 5
    assert SECRET in (await case.agent.get(case.path)).text
    with case.world.database.reading(scope=case.world.authority().id) as session:
        mails = [bytes(raw) for raw in session.execute(select(col(Message.raw))).scalars() if raw]
        facts = [str(each) for each in session.execute(select(col(Notice.facts))).scalars()]
        events = [str(each) for each in session.execute(select(col(Event.data))).scalars()]
    assert mails
    assert not [each for each in mails if SECRET.encode() in each]
    assert not [each for each in [*facts, *events] if SECRET in each]
