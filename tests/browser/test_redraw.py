"""What a person types while the page is being drawn again stays as typed, on a slow line too."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.browser.test_catalogue import TODAY, offer
from tests.support import filling
from tests.support.browser import OpenPage
from tests.support.people import press
from tests.support.site import Site

LATENCY_MS = 700


def test_what_is_typed_during_a_redraw_is_not_taken_back(open_page: OpenPage, site: Site) -> None:
    example = next(each for each in filling.examples(TODAY) if each.slug == "reservation-salle")
    offer(site, example)
    page = open_page(site.at("/demarches/reservation-salle"))
    press(page, "Commencer ma demande")
    press(page, "Continuer sans compte")
    filling.fill_page(page, example.form.pages[0], example.answers, scripts=True)
    press(page, "Continuer")
    page.wait_for_url("**/salle")
    other = page.locator("input[name=other_dates]")
    other.fill("Avant")
    slow(page)
    page.get_by_label("Quelques heures").check()
    other.fill("Pendant")
    page.locator("input[name=room]").first.check()
    other.fill("Le samedi suivant")
    page.locator("input[name=hours-start]").wait_for()
    page.wait_for_timeout(3 * LATENCY_MS)
    assert other.input_value() == "Le samedi suivant"
    assert page.locator("input[name=room]").first.is_checked()


def slow(page: Page) -> None:
    """Each request takes that much longer from now on."""
    line = {"offline": False, "latency": LATENCY_MS, "downloadThroughput": -1, "uploadThroughput": -1}
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", line)
