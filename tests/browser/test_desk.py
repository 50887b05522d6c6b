"""An agent types on the telephone: the page saves itself, a file goes by script, receipt and code are printed."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.support.browser import OpenPage, axe, no_horizontal_scroll, screenshot
from tests.support.people import TITLE, Citizen, a_file, heading, press, sign_in_agent
from tests.support.site import Site
from tests.support.world import code_in, reference_in

SOON = 15_000


class Typist(Citizen):
    """An agent who fills the citizen's form, under the agents' addresses."""

    def begin(self) -> None:
        sign_in_agent(self.page, self.site)
        self.page.get_by_role("link", name="Saisir une demande").click()
        self.page.get_by_label("La démarche").select_option(label=TITLE)
        self.page.get_by_label("Par téléphone").check()
        press(self.page, "Commencer la saisie")


def test_typed_on_the_telephone_and_handed_over(open_page: OpenPage, site: Site) -> None:
    page = open_page(bypass_csp=True)
    agent = Typist(page, site)
    agent.begin()
    assert "/agents/saisies/" in page.url
    agent.asks_for("Une copie intégrale")
    page.get_by_label("Nom de naissance").fill("Exemple")
    expect(page.locator("#autosave")).to_contain_text("Enregistré", timeout=SOON)
    agent.names_the_person()
    agent.names_the_parents()
    agent.is_("Enfant ou petit-enfant")
    agent.gives_an_address("")
    page.locator("input[type=file]").set_input_files(a_file("livret.pdf"))  # type: ignore[arg-type]
    expect(page.locator("main")).to_contain_text("livret.pdf", timeout=SOON)
    agent.proceed()
    assert heading(page) == "Relisez les réponses avec la personne"
    assert "livret.pdf" in page.locator("main").inner_text()
    axe(page)
    no_horizontal_scroll(page, 320)
    screenshot(page, "desk/check")
    press(page, "Enregistrer la demande")
    assert heading(page) == "La demande est enregistrée"
    reference = reference_in(page.locator("main").inner_text())
    screenshot(page, "desk/filed")
    page.get_by_role("link", name="Imprimer le code de suivi").click()
    code = code_in(page.locator("main").inner_html())
    page.emulate_media(media="print")
    assert page.get_by_text(re.compile("menu du navigateur")).is_hidden()
    assert page.get_by_text(code).is_visible()
    page.emulate_media(media="screen")
    page.go_back()
    press(page, "Préparer l’accusé de réception (PDF)")
    page.get_by_role("link", name="Ouvrir la lettre (PDF)").wait_for()
    page.goto(site.at(f"/agents/demandes/{reference}"))
    assert "Saisie par Claire Modèle" in " ".join(page.locator("main").inner_text().split())
    screenshot(page, "desk/demande")
