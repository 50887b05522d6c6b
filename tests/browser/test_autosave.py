"""A page saves itself while it is filled, says so, and says when it failed; nothing typed is lost."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import OpenPage, Watch, axe, no_horizontal_scroll, screenshot
from tests.support.people import PROCEDURE, Citizen, press
from tests.support.site import Site

SOON = 15_000


@pytest.fixture
def citizen(open_page: OpenPage, site: Site) -> Iterator[Citizen]:
    """Someone on the second page, which asks for a name and a day of birth."""
    made = Citizen(open_page(), site)
    made.begin()
    made.asks_for("Une copie intégrale")
    yield made


def status(page: Page) -> str:
    return re.sub(r"[\s\u00a0\u202f]+", " ", page.locator("#autosave").inner_text())


def is_told(page: Page, words: str) -> None:
    """Waits until the page says these words, its spaces made plain."""
    pattern = re.compile(r"[\s\u00a0\u202f]+".join(map(re.escape, words.split())))
    expect(page.locator("#autosave")).to_have_text(pattern, timeout=SOON)


def test_what_is_typed_is_saved_and_said_without_taking_the_focus(citizen: Citizen, site: Site) -> None:
    page = citizen.page
    page.get_by_label("Nom de naissance").fill("Exemple")
    page.get_by_label("Jour").fill("31")
    page.get_by_label("Mois").fill("février")
    assert status(page).startswith("Brouillon enregistré à"), "by the page before"
    is_told(page, "Enregistré à")
    assert re.fullmatch(r"Enregistré à \d{1,2} h \d\d\. Votre demande n’est pas encore envoyée\.", status(page))
    assert page.evaluate("document.activeElement.labels[0].textContent").strip() == "Mois"
    assert page.locator(".govuk-error-message").count() == 0
    axe(page)
    screenshot(page, "autosave-saved")
    page.goto(site.at(PROCEDURE))
    press(page, "Reprendre ma demande")
    assert page.get_by_label("Nom de naissance").input_value() == "Exemple"
    assert page.get_by_label("Mois").input_value() == "février"
    assert page.locator(".govuk-error-message").count() == 0


def test_leaving_at_once_loses_nothing(citizen: Citizen, site: Site) -> None:
    page = citizen.page
    page.get_by_label("Nom de naissance").fill("Exemple")
    page.goto(site.at("/aide"))  # well before the page would have saved itself
    page.wait_for_timeout(500)
    page.goto(site.at(PROCEDURE))
    press(page, "Reprendre ma demande")
    assert page.get_by_label("Nom de naissance").input_value() == "Exemple"


def test_a_cut_is_said_and_made_good_by_itself(citizen: Citizen, watch: Watch) -> None:
    page = citizen.page
    page.context.set_offline(True)
    page.get_by_label("Nom de naissance").fill("Exemple")
    is_told(page, "Pas enregistré : votre connexion est coupée")
    axe(page)
    screenshot(page, "autosave-cut")
    page.context.set_offline(False)
    is_told(page, "Enregistré à")
    assert page.get_by_label("Nom de naissance").input_value() == "Exemple"
    watch.faults.clear()  # the browser reports the request that was cut


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (503, "Pas enregistré : le site ne répond pas bien"),
        (413, "Pas enregistré : votre texte est trop long"),
        (429, "Pas enregistré : trop d’envois à la suite"),
        (409, "Pas enregistré : cette demande est déjà envoyée"),
    ],
)
def test_each_cause_has_its_own_words(citizen: Citizen, code: int, words: str) -> None:
    page = citizen.page
    page.route(
        "**/personne",
        lambda route: route.fulfill(status=code, body="") if route.request.method == "POST" else route.continue_(),
    )
    page.get_by_label("Nom de naissance").fill("Exemple")
    is_told(page, words)
    page.unroute_all()


def test_a_session_that_ended_is_said_and_found_again_in_another_tab(citizen: Citizen, site: Site) -> None:
    page = citizen.page
    page.get_by_label("Nom de naissance").fill("Exemple")
    is_told(page, "Enregistré à")
    draft = page.url
    other = page.context.new_page()
    other.goto(draft.rsplit("/", 1)[0] + "/reprise")
    press(other, "Obtenir un code de reprise")
    code = other.locator(".app-code").inner_text()
    page.context.clear_cookies()
    page.get_by_label("Prénoms").fill("Camille")
    is_told(page, "votre session est terminée")
    assert "donnez votre code dans un autre onglet" in status(page)
    no_horizontal_scroll(page, 360)
    screenshot(page, "autosave-session")
    other.goto(site.at("/suivi"))
    other.get_by_label("Code de suivi ou de reprise").fill(code)
    press(other, "Ouvrir ma demande")
    page.bring_to_front()
    page.get_by_label("Prénoms").press("End")
    page.get_by_label("Prénoms").press_sequentially(" Alix")
    is_told(page, "Enregistré à")
    page.reload()
    assert page.get_by_label("Prénoms").input_value() == "Camille Alix"


def test_a_button_waits_for_what_is_being_saved(citizen: Citizen) -> None:
    page, order = citizen.page, list[str]()

    def slow(route: object) -> None:
        order.append("saving" if "then=autosave" in (route.request.post_data or "") else "sent")  # type: ignore[attr-defined]
        route.continue_()  # type: ignore[attr-defined]

    page.route("**/personne", slow)
    page.get_by_label("Nom de naissance").fill("Exemple")
    page.get_by_label("Prénoms").fill("Camille")
    page.get_by_label("Jour").fill("27")
    page.get_by_label("Mois").fill("3")
    with page.expect_request(lambda one: "then=autosave" in (one.post_data or ""), timeout=SOON):
        page.get_by_label("Année").fill("1987")
    citizen.proceed()
    page.get_by_label("Nom de naissance du premier parent").wait_for()
    assert [each for each in order if each] == ["saving", "sent"]


def test_a_redraw_and_what_is_typed_after_it_are_both_kept(open_page: OpenPage, site: Site) -> None:
    citizen = Citizen(open_page(), site)
    citizen.begin()
    page = citizen.page
    page.get_by_label("Oui", exact=True).check()
    page.get_by_label("Une copie intégrale", exact=True).check()
    is_told(page, "Enregistré à")
    page.reload()
    assert page.get_by_label("Une copie intégrale", exact=True).is_checked()


def test_without_javascript_nothing_is_promised(open_page: OpenPage, site: Site) -> None:
    citizen = Citizen(open_page(javascript=False), site)
    citizen.begin()
    assert status(citizen.page) == ""
