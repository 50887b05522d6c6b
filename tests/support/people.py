"""What people do in a browser: fill the birth certificate's form page by page, sign in as an agent."""

from __future__ import annotations

import re
from dataclasses import dataclass

from playwright.sync_api import Locator, Page

from grc.demo import seed
from tests.support.site import Site
from tests.support.world import PDF, code_in, reference_in

PROCEDURE = "/demarches/acte-de-naissance"
TITLE = "Copie ou extrait d’acte de naissance"
AGENT = "claire.modele@tilleul.example"


@dataclass(frozen=True)
class Sent:
    """A demande sent: its number and its tracking code."""

    reference: str
    code: str


def a_file(name: str, content: bytes = PDF, kind: str = "application/pdf") -> list[dict[str, object]]:
    """A file as a person chooses it on the device."""
    return [{"name": name, "mimeType": kind, "buffer": content}]


def press(page: Page, name: str) -> None:
    """Presses the button of that exact name, whether a page sends a form with it or leads elsewhere."""
    page.get_by_role("button", name=name, exact=True).first.click()


def heading(page: Page) -> str:
    """The one heading of the page, spaces made plain."""
    return re.sub(r"[\s\u00a0\u202f]+", " ", page.locator("h1").inner_text()).strip()


def summary_of_errors(page: Page) -> Locator:
    """What is to be corrected, above the page."""
    return page.locator(".govuk-error-summary")


class Citizen:
    """Someone who fills the form in one browser, page after page; each method leaves the page that it filled."""

    def __init__(self, page: Page, site: Site) -> None:
        self.page, self.site = page, site

    def begin(self) -> None:
        """Without account, from the procedure's page to the first page of the form."""
        self.page.goto(self.site.at(PROCEDURE))
        press(self.page, "Commencer ma demande")
        press(self.page, "Continuer sans compte")

    def proceed(self) -> None:
        """Presses and waits for the page that answers: what is being saved, or sent, goes first."""
        with self.page.expect_event("domcontentloaded"):
            press(self.page, "Continuer")

    def asks_for(self, document: str, copies: str = "1 exemplaire") -> None:
        """The first page."""
        self.page.get_by_label("Oui", exact=True).check()
        self.page.get_by_label(document, exact=True).check()
        self.page.get_by_label(copies, exact=True).check()
        self.proceed()

    def names_the_person(self) -> None:
        self.page.get_by_label("Nom de naissance").fill("Exemple")
        self.page.get_by_label("Prénoms").fill("Camille Dominique")
        self.page.get_by_label("Jour").fill("27")
        self.page.get_by_label("Mois").fill("mars")
        self.page.get_by_label("Année").fill("1987")
        self.proceed()

    def names_the_parents(self) -> None:
        self.page.get_by_label("Nom de naissance du premier parent").fill("Exemple")
        self.page.get_by_label("Prénom usuel du premier parent").fill("Dominique")
        self.proceed()

    def is_(self, quality: str) -> None:
        self.page.get_by_label(quality, exact=True).check()
        self.proceed()

    def gives_an_address(self, email: str, *, named: bool = True) -> None:
        """The person's own page. named: False when FranceConnect has told the name."""
        if named:
            self.page.get_by_label("Votre nom de famille").fill("Modèle")
            self.page.get_by_label("Votre prénom").fill("Andréa")
        self.page.get_by_label("Numéro et rue").fill("12 rue des Modèles")
        self.page.get_by_label("Code postal").fill("99000")
        self.page.get_by_label("Commune", exact=True).fill("Exemple")
        self.page.get_by_label("Votre adresse électronique").fill(email)
        self.page.get_by_label("Par courrier").check()
        self.proceed()

    def proves_the_link(self, name: str = "livret-de-famille.pdf") -> None:
        self.page.locator("input[type=file]").set_input_files(a_file(name))  # type: ignore[arg-type]
        self.proceed()

    def reaches_the_check(self, email: str, *, with_proof: bool = False) -> None:
        """The shortest way to the answers to check: one's own full copy, or a parent's with its proof."""
        self.begin()
        self.asks_for("Une copie intégrale")
        self.names_the_person()
        self.names_the_parents()
        self.is_("Enfant ou petit-enfant" if with_proof else "Personne concernée")
        self.gives_an_address(email)
        if with_proof:
            self.proves_the_link()

    def sends(self) -> Sent:
        """Sends from the answers to check; leaves the confirmation."""
        self.site.age_drafts()
        press(self.page, "Envoyer ma demande")
        text = self.page.locator("main").inner_html()
        return Sent(reference_in(text), code_in(text))

    def files(self, email: str, *, with_proof: bool = False) -> Sent:
        """A whole demande."""
        self.reaches_the_check(email, with_proof=with_proof)
        return self.sends()


def sign_in_agent(page: Page, site: Site, path: str = "/agents") -> None:
    """An agent at the page asked for."""
    page.goto(site.at(path))
    page.get_by_label("Adresse électronique").fill(AGENT)
    page.get_by_label("Mot de passe").fill(seed.PASSWORD)
    press(page, "Se connecter")
