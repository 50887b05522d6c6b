"""Questions that change the page they stand on: rows without scripts, and errors that stay until they are corrected."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.support.browser import OpenPage
from tests.support.people import press
from tests.support.site import Site


def begin(page: Page) -> None:
    press(page, "Commencer ma demande")
    press(page, "Continuer sans compte")


def test_rows_come_and_go_without_scripts(open_page: OpenPage, site: Site) -> None:
    page = open_page(site.at("/demarches/admission-creche"), javascript=False)
    begin(page)
    page.get_by_label("Oui").check()
    press(page, "Mettre à jour les questions")
    assert page.url.endswith("#child.status-redraw"), "the page is shown from there on"
    page.get_by_label("Prénom de l’enfant").fill("Alix")
    page.get_by_role("button", name="Ajouter").click()
    expect(page.get_by_role("heading", name="Enfant 2")).to_be_focused()
    page.get_by_label("Prénom de l’enfant").nth(1).fill("Dominique")
    press(page, "Retirer enfant 1")
    expect(page.get_by_role("heading", name="Enfant 1")).to_be_focused()
    expect(page.get_by_label("Prénom de l’enfant")).to_have_value("Dominique")
    assert not page.locator(".govuk-error-summary").count()


def test_errors_stay_until_they_are_corrected(open_page: OpenPage, site: Site) -> None:
    page = open_page(site.at("/demarches/reservation-salle"))
    begin(page)
    with page.expect_navigation():
        press(page, "Continuer")
    summary = page.locator(".govuk-error-summary")
    before = summary.get_by_role("link").count()
    page.get_by_label("Autre chose").check()
    expect(summary.get_by_role("link")).to_have_count(before - 1)
    assert page.locator(".govuk-error-message").count() == before - 1
    assert page.title().startswith("Erreur\u00a0: ")
    page.get_by_label("Combien de personnes attendez-vous").fill("50")
    page.get_by_label("Une réunion").check()
    expect(summary).to_have_count(0)
    assert not page.title().startswith("Erreur")
