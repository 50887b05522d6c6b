"""The pages that follow a decision, read by all: what the citizen may ask, the letters that agents write and print."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Page

from grc import clock
from grc.submissions import commands, implied, letters, reasons
from grc.submissions.commands import DecisionMade
from grc.submissions.models import Task
from tests.support import cases
from tests.support.browser import OpenPage, axe, no_horizontal_scroll, screenshot
from tests.support.demandes import Demande, commune
from tests.support.people import press, sign_in_agent, summary_of_errors
from tests.support.site import Site


@pytest.fixture(scope="module")
def decided(site: Site) -> dict[str, Demande]:
    """A demande accepted by silence, one refused by it whose reasons are asked, one refused by a letter to print."""
    found, now, authority = {}, clock.now(), commune(site.database)
    for rule in ("acceptance", "rejection"):
        cases.offered(site.database, rule)
        found[rule] = cases.filed(site.database, at=now - timedelta(days=75))
    found["paper"] = cases.filed(site.database, at=now - timedelta(days=2))
    with site.database.writing(scope=authority.id) as session:
        implied.record_implied(session, authority.id, now)
        asked, paper = found["rejection"], found["paper"]
        reasons.ask(session, authority, asked.reference, by=asked.draft.visitor, now=now)
        letters.choose_paper(session, authority, paper.reference, wanted=True, by=paper.draft.visitor, now=now)
        agent = cases.agent(session, authority.id)
        commands.take_charge(session, authority, paper.reference, revision=2, by=agent, now=now)
        made = DecisionMade("refused", "Le banc est neuf.", 3)
        commands.decide(session, authority, paper.reference, made, by=agent, now=now)
    return found


def look(page: Page, name: str) -> None:
    """No barrier that axe sees, no sideways scroll on a telephone."""
    screenshot(page, name)
    axe(page)
    no_horizontal_scroll(page, 320)


@pytest.mark.parametrize("rule", ["acceptance", "rejection"])
def test_what_a_citizen_may_ask(open_page: OpenPage, site: Site, decided: dict[str, Demande], rule: str) -> None:
    page, demande = open_page(bypass_csp=True), decided[rule]
    name = f"grc-citizen-tilleul-{site.url.rsplit(':', 1)[1]}"
    page.context.add_cookies([{"name": name, "value": demande.draft.token, "url": site.url}])
    page.goto(site.at(f"/demandes/{demande.reference}"))
    assert "faute de réponse" in page.locator("main").inner_text()
    look(page, f"after/{rule}")


@pytest.mark.parametrize(
    ("key", "letter", "first"),
    [
        ("rejection", "motifs", "Le banc est neuf."),
        ("acceptance", "retrait", "Contraire au règlement."),
        ("paper", "erratum", "neuf"),
    ],
)
def test_a_letter_empty_wrong_and_previewed(
    open_page: OpenPage, site: Site, decided: dict[str, Demande], key: str, letter: str, first: str
) -> None:
    page, path = open_page(bypass_csp=True), f"/agents/demandes/{decided[key].reference}/{letter}"
    sign_in_agent(page, site, path)
    look(page, f"after/{letter}")
    press(page, "Voir ce que l’usager lira")
    assert summary_of_errors(page).is_visible()
    look(page, f"after/{letter}-wrong")
    for area in page.locator("textarea").all():
        area.fill(first)
    press(page, "Voir ce que l’usager lira")
    assert page.locator("#preview").is_visible()
    look(page, f"after/{letter}-preview")


def test_sending_on_and_what_cannot_be_done_any_more(
    open_page: OpenPage, site: Site, decided: dict[str, Demande]
) -> None:
    page = open_page(bypass_csp=True)
    sign_in_agent(page, site, f"/agents/demandes/{decided['acceptance'].reference}/transmission")
    assert "elle ne se transmet plus" in page.locator("main").inner_text()
    look(page, "after/blocked")
    fresh = cases.filed(site.database, at=clock.now() - timedelta(days=1))
    page.goto(site.at(f"/agents/demandes/{fresh.reference}/transmission"))
    look(page, "after/transmission")
    page.goto(site.at("/agents"))
    look(page, "after/inbox")


def test_a_letter_is_printed_and_posted(open_page: OpenPage, site: Site, decided: dict[str, Demande]) -> None:
    page, demande = open_page(bypass_csp=True), decided["paper"]
    (task,) = (one for one in cases.rows(site.database, Task, demande) if one.kind == "print_letter")
    sign_in_agent(page, site, f"/agents/demandes/{demande.reference}/lettres/{task.notice_id}")
    look(page, "after/print")
    press(page, "Préparer la lettre")
    press(page, "Noter l’envoi")
    assert summary_of_errors(page).is_visible()
    look(page, "after/print-wrong")
    page.get_by_label("Jour de l’envoi").fill(clock.day_in("Europe/Paris", clock.now()).isoformat())
    press(page, "Noter l’envoi")
    assert "L’envoi est noté" in page.locator(".app-flash").inner_text()
