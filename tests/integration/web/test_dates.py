"""The agents' page of a demande shows the dates that `grc simulate` prints, each with the same calculation."""

from __future__ import annotations

import re
from datetime import date, timedelta
from html import unescape

import pytest
from click.testing import CliRunner

from grc import clock
from grc.cli import main
from tests.support.world import SECRET, Browser, World

pytestmark = pytest.mark.anyio

LINE = re.compile(
    r"<li(?: class=\"app-dates__past\")?>\n<(?:time datetime=\"([^\"]*)\"|span)[^\n]*\n+<div>\n(.*?\n)</div>\n</li>",
    re.DOTALL,
)


def _text(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", "", html)).split())


def shown(page: str) -> list[str]:
    """The dates of the page, then their steps, as the command writes them, without the kind."""
    section = page.split('id="dates"', 1)[1].split("</section>", 1)[0]
    found = []
    for day, body in LINE.findall(section):
        label = re.search(r"app-dates__label\">(.*?)(?: <span class=\"app-tag\">|</p>)", body, re.DOTALL)
        assert label is not None
        found.append(f"{day or '-'} {_text(label[1])}")
        steps = [_text(step) for step in re.findall(r"<li>(.*?)</li>", body, re.DOTALL)]
        found += [f"{number}. {step}" for number, step in enumerate(steps, start=1)]
    return found


def printed(world: World, *arguments: str) -> list[str]:
    """What `grc simulate` prints for Tilleul, without its head and without the kind of each line."""
    said = {"GRC_SECRET_KEY": SECRET, "GRC_DATABASE_URL": world.settings.database_url, "GRC_DEMO": "true"}
    command = ["simulate", "acte-de-naissance", "--authority", "tilleul", *arguments]
    result = CliRunner().invoke(main, command, env=said)
    assert result.exit_code == 0, result.output
    lines = result.output.split("\n\n", 1)[1].splitlines()
    return [re.sub(r"^(\S+) (échéance|fait|à confirmer) ", r"\1 ", " ".join(line.split())) for line in lines]


async def opened(world: World) -> tuple[Browser, str]:
    """An agent's browser, and the page of a demande just filed."""
    reference = await world.browser().file()
    agent = world.browser()
    await agent.sign_in_agent()
    return agent, f"/tilleul/agents/demandes/{reference}"


@pytest.mark.law("R13")
async def test_the_page_and_the_command_say_the_same_dates(world: World) -> None:
    agent, path = await opened(world)
    page = (await agent.get(path)).text
    today = clock.day_in("Europe/Paris", clock.now())
    lines = printed(world, "--received", today.isoformat())
    assert len(lines) > 20
    assert shown(page) == lines


@pytest.mark.law("R16")
async def test_a_request_for_documents_moves_the_dates_of_the_page(world: World) -> None:
    agent, path = await opened(world)
    today = clock.day_in("Europe/Paris", clock.now())
    deadline = today + timedelta(days=20)
    asked = {"piece": "proof_of_link", "reason-proof_of_link": "missing", "deadline": deadline.isoformat()}
    await agent.post(f"{path}/prise-en-charge", {"revision": "1"})
    answer = await agent.post(f"{path}/pieces-manquantes", asked | {"revision": "2", "then": "send"})
    assert answer.status_code == 303, answer.text
    dates = [
        "--received",
        today.isoformat(),
        "--notice",
        today.isoformat(),
        "--deadline",
        deadline.isoformat(),
    ]
    lines = printed(world, *dates)
    assert shown((await agent.get(path)).text) == lines
    assert any("Pièces demandées" in line for line in lines)


def test_dates_are_read_from_the_page() -> None:
    html = (
        'id="dates">\n<li>\n<time datetime="2027-01-01">1er janvier</time>\n<div>\n'
        '<p class="app-dates__label">Fin <span class="app-tag">à confirmer</span></p>\n'
        "<details>\n<div>\n<ol>\n<li>Un\u00a0pas.</li>\n</ol>\n</div>\n</details>\n</div>\n</li></section>"
    )
    assert shown(html) == [f"{date(2027, 1, 1)} Fin", "1. Un pas."]
