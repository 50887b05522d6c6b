"""The lists that agents keep, in a browser: each page in each state, with scripts and without, by keyboard."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from grc.demo import seed
from tests.support.browser import OpenPage, axe, no_horizontal_scroll, screenshot
from tests.support.people import press
from tests.support.site import Site

SUPERVISOR = "omar.fictif@tilleul.example"
HALLS = "Salles à réserver"


@pytest.fixture(params=[True, False], ids=["scripts", "plain"])
def desk(request: pytest.FixtureRequest, open_page: OpenPage, site: Site) -> Page:
    """A supervisor's browser on the lists, with scripts and without."""
    page = open_page(site.at("/agents/connexion"), javascript=request.param, bypass_csp=True)
    sign_in(page)
    page.get_by_role("link", name="Listes", exact=True).click()
    return page


def sign_in(page: Page) -> None:
    page.get_by_label("Adresse électronique").fill(SUPERVISOR)
    page.get_by_label("Mot de passe").fill(seed.PASSWORD)
    press(page, "Se connecter")


def names(page: Page) -> list[str]:
    return [text.strip() for text in page.locator(".app-items th[scope=row]").all_inner_texts()]


def test_a_supervisor_keeps_a_list(desk: Page) -> None:
    desk.get_by_role("link", name=HALLS).click()
    before = names(desk)
    desk.get_by_role("button", name="Ajouter un élément").click()
    desk.get_by_label("Nom").fill("Salle neuve")
    desk.get_by_label("Capacité").fill("40")
    press(desk, "Enregistrer")
    expect(desk.get_by_text("L’élément est ajouté.")).to_be_visible()
    assert names(desk) == [*before, "Salle neuve"]
    desk.get_by_role("button", name="Monter : Salle neuve").click()
    assert names(desk) == [*before[:-1], "Salle neuve", before[-1]]
    desk.get_by_role("button", name="Fermer : Salle neuve").click()
    expect(desk.get_by_role("button", name="Rouvrir : Salle neuve")).to_be_visible()
    desk.get_by_role("link", name="Salle neuve").click()
    desk.get_by_label("Nom").fill(f"Salle {len(before)}")
    press(desk, "Enregistrer")
    expect(desk.get_by_text("L’élément est modifié.")).to_be_visible()


def test_every_state_can_be_read_by_all(open_page: OpenPage, site: Site) -> None:
    page = open_page(site.at("/agents/connexion"), bypass_csp=True, reduced_motion="reduce")
    sign_in(page)
    for path, name in (("", "index"), ("/rooms", "show"), ("/rooms/foyer", "item"), ("/schools", "unknown")):
        page.goto(site.at(f"/agents/listes{path}"))
        examine(page, f"lists-{name}")
    page.goto(site.at("/agents/listes/rooms/nouveau"))
    page.get_by_label("Capacité").fill("beaucoup")
    press(page, "Enregistrer")
    examine(page, "lists-wrong")
    page.get_by_role("link", name="Capacité").click()
    assert page.evaluate("document.activeElement.id") == "capacity"


def examine(page: Page, name: str) -> None:
    axe(page)
    for width, text in ((360, 100), (1280, 200)):
        no_horizontal_scroll(page, width, text=text)
    assert page.title().startswith("Erreur\u00a0: ") == (page.locator(".govuk-error-summary").count() == 1), name
    screenshot(page, name)
    page.set_viewport_size({"width": 360, "height": 900})
    screenshot(page, f"{name}-narrow")
    page.set_viewport_size({"width": 1280, "height": 900})
