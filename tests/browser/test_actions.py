"""What a workflow opens, in a real browser: an agent's form, pages to edit again, a link, a task."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from grc import clock
from tests.support import circuits, demandes, invented
from tests.support.browser import OpenPage, axe, no_horizontal_scroll, screenshot
from tests.support.demandes import Demande
from tests.support.invented import WHOLE_PERSON
from tests.support.people import heading, press, sign_in_agent, summary_of_errors
from tests.support.site import Site

MODES = pytest.mark.parametrize("javascript", [True, False], ids=["scripts", "no-scripts"])
EMAIL = "camille@exemple.example"


def filed(site: Site) -> Demande:
    """A demande of the workflow that uses every action."""
    circuits.published(site.database)
    answers = {"subject": "Le banc du square a perdu une latte", "who": "person", "person": WHOLE_PERSON}
    draft = demandes.begun(site.database, answers, procedure=invented.SLUG)
    return demandes.sent(site.database, draft, email=EMAIL, now=clock.now())


def follow(page: Page, site: Site, demande: Demande) -> None:
    page.goto(site.at("/suivi"))
    page.get_by_label("Code de suivi ou de reprise").fill(demande.code)
    press(page, "Ouvrir ma demande")


def act(page: Page, site: Site, demande: Demande, event: str) -> None:
    """The agent's button of that event: the invented ones all read the same."""
    page.goto(site.at(f"/agents/demandes/{demande.reference}"))
    page.locator(f'form[action$="/suites/{event}"] button').click()
    expect(page.locator(".app-flash, #status")).not_to_have_count(0)


def looked_at(page: Page, name: str) -> None:
    """Nothing that axe objects to, wide or narrow."""
    axe(page)
    screenshot(page, f"{name}-wide")
    page.set_viewport_size({"width": 360, "height": 800})
    no_horizontal_scroll(page, 360)
    axe(page)
    screenshot(page, f"{name}-360")
    page.set_viewport_size({"width": 1280, "height": 900})


@MODES
def test_an_agent_fills_the_form_of_the_workflow(open_page: OpenPage, site: Site, javascript: bool) -> None:
    demande = filed(site)
    agent = open_page(javascript=javascript)
    sign_in_agent(agent, site, f"/agents/demandes/{demande.reference}")
    agent.get_by_role("button", name="Rendre compte de la visite").click()
    assert heading(agent) == "Rendre compte de la visite"
    press(agent, "Rendre compte de la visite")
    expect(summary_of_errors(agent)).to_be_visible()
    agent.get_by_label("Non", exact=True).check()
    if not javascript:
        press(agent, "Mettre à jour les questions")
    agent.get_by_label("Quels défauts").fill("La latte manque.\nUn pied est rouillé.")
    if javascript:
        looked_at(agent, "agent-form")
    agent.locator('button[value="send"]:not(.app-default-button)').click()
    expect(agent.get_by_role("heading", name="La visite")).to_be_visible()
    assert "Un pied est rouillé." in agent.content()
    if javascript:
        looked_at(agent, "agent-beside")


@MODES
def test_a_citizen_edits_what_the_town_hall_opened(open_page: OpenPage, site: Site, javascript: bool) -> None:
    demande = filed(site)
    agent, citizen = open_page(javascript=False), open_page(javascript=javascript)
    sign_in_agent(agent, site, f"/agents/demandes/{demande.reference}")
    for event in ("write", "hurry", "offer", "reopen"):
        act(agent, site, demande, event)
    follow(citizen, site, demande)
    if javascript:
        looked_at(citizen, "citizen-onward")
    citizen.get_by_role("button", name="Modifier ces réponses").click()
    assert heading(citizen) == "Modifier votre demande"
    subject = citizen.get_by_label("Que se passe-t-il")
    subject.fill("")
    press(citizen, "Continuer")
    expect(summary_of_errors(citizen)).to_be_visible()
    if javascript:
        looked_at(citizen, "citizen-edit")
    subject.fill("Deux lattes manquent")
    press(citizen, "Continuer")
    assert heading(citizen) == "Vérifiez vos modifications"
    if javascript:
        looked_at(citizen, "citizen-edit-check")
    press(citizen, "Modifier encore")
    assert subject.input_value() == "Deux lattes manquent"
    press(citizen, "Continuer")
    press(citizen, "Envoyer mes modifications")
    expect(citizen.locator(".app-flash")).to_contain_text("Vos modifications sont envoyées")
    agent.goto(site.at(f"/agents/demandes/{demande.reference}"))
    assert "Modifié par l’usager" in agent.content()
    if javascript:
        page = open_page()
        sign_in_agent(page, site, f"/agents/demandes/{demande.reference}")
        looked_at(page, "agent-edited")
    press(agent, "C’est fait : Commander la latte")
    expect(agent.locator("#tasks")).to_have_count(0)
