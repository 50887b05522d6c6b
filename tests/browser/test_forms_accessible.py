"""Every page of every form of the catalogue, empty, wrong and filled, then its answers to check: read by all."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from grc import clock
from tests.support import filling
from tests.support.browser import OpenPage, axe, no_horizontal_scroll, screenshot
from tests.support.filling import Example
from tests.support.people import press
from tests.support.site import Site

TODAY = clock.day_in("Europe/Paris", clock.now())
EXAMPLES = {
    "accessibilite-numerique": "passes-button-by-keyboard",
    "acte-de-deces": "passes-last-home",
    "acte-de-mariage": "passes-notary-with-mandate",
    "acte-de-naissance": "passes-descendant-with-proof",
    "admission-creche": "passes-varied-hours-with-proof",
    "bac-de-collecte": "passes-return-at-departure",
    "candidature": "passes-offer-with-cv",
    "centre-de-loisirs": "passes-all-choices-two-children",
    "dict": "passes-urgent-tomorrow",
    "donnees-personnelles": "passes-objection-of-a-parent",
    "hebergement-touristique": "passes-five-rooms-in-summer",
    "livret-de-famille": "passes-lost-widow",
    "nouveaux-arrivants": "passes-family-with-name",
    "probleme-voirie": "passes-answer-wanted",
    "raccordement-assainissement": "passes-builder-with-mandate",
    "recours-gracieux": "passes-with-document",
    "rendez-vous-elu": "passes-association-by-video",
    "reservation-materiel": "passes-association-first-request",
    "reservation-salle": "passes-association-first-request",
    "services-techniques": "passes-intervention-answer-with-photos",
    "telealarme": "passes-urgent-for-a-couple",
    "urbanisme": "passes-question-with-receipt",
}
"""For each form, the example that opens the most questions."""
NARROW = 320

_LOST = """() => [...document.querySelectorAll('.govuk-error-summary a')]
  .filter(link => {
    link.click()
    const node = document.activeElement
    return node === link || node.matches('.govuk-error-summary, body') || !node.offsetParent
  })
  .map(link => link.outerHTML)"""
"""The links of the error summary that do not put the focus on something to correct."""


def test_each_form_has_its_example() -> None:
    assert set(EXAMPLES) == set(filling.procedures())


@pytest.mark.parametrize("slug", sorted(EXAMPLES))
def test_every_page_of_a_form_can_be_read_by_all(open_page: OpenPage, site: Site, slug: str) -> None:
    [example] = [each for each in filling.examples(TODAY) if (each.slug, each.name) == (slug, EXAMPLES[slug])]
    page = open_page(site.at(f"/demarches/{slug}"), bypass_csp=True, reduced_motion="reduce")
    look(page, f"{slug}/0-start")
    press(page, "Commencer ma demande")
    press(page, "Continuer sans compte")
    for number in range(1, len(example.form.pages) + 1):
        if is_at_the_check(page):
            break
        walk(page, example, f"{slug}/{number}")
    assert is_at_the_check(page), page.url
    look(page, f"{slug}/check")


def walk(page: Page, example: Example, name: str) -> None:
    """A page in its three states, then on."""
    here = page.url
    look(page, f"{name}-empty")
    proceed(page)
    if page.url == here:
        look_at_errors(page, f"{name}-wrong")
    else:  # nothing has to be answered
        page.goto(here)
    shown = example.form.page(here.rsplit("/", 1)[1])
    assert shown is not None, here
    filling.fill_page(page, shown, example.answers, scripts=True)
    assert not page.locator(".govuk-form-group--error .app-files__item").count(), "a file has come, its error stays"
    look(page, f"{name}-filled")
    proceed(page)
    assert page.url != here, page.locator(".govuk-error-summary").inner_text()


def proceed(page: Page) -> None:
    """On, once what a script is saving is saved."""
    with page.expect_navigation():
        press(page, "Continuer")


def look(page: Page, name: str) -> None:
    axe(page)
    no_horizontal_scroll(page, NARROW)
    assert page.locator("h1").count() == 1, name
    assert page.title().startswith("Erreur\u00a0: ") == (page.locator(".govuk-error-summary").count() == 1), name
    screenshot(page, f"forms/{name}")
    page.set_viewport_size({"width": 360, "height": 900})
    screenshot(page, f"forms/{name}-narrow")
    page.set_viewport_size({"width": 1280, "height": 900})


def look_at_errors(page: Page, name: str) -> None:
    """The summary has the focus, and each of its links leads to what is to be corrected."""
    summary = page.locator(".govuk-error-summary")
    expect(summary).to_be_focused()
    look(page, name)
    assert summary.get_by_role("link").count() == summary.get_by_role("listitem").count() > 0, name
    assert page.evaluate(_LOST) == [], name


def is_at_the_check(page: Page) -> bool:
    return re.search(r"/verification$", page.url) is not None
