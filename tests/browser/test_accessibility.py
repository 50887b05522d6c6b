"""Every page of the product as it is served, in its full, empty and wrong states: access, small screens, big text."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from grc.demo import seed
from tests.support.browser import OpenPage, axe, no_horizontal_scroll, screenshot, tab_through
from tests.support.people import AGENT, PROCEDURE, Citizen, Sent, a_file, press, sign_in_agent
from tests.support.site import Site

Look = Callable[[Page, str], None]
STATEMENTS = ("modalites", "accessibilite", "mentions-legales", "donnees-personnelles", "aide")

_FAINT = """() => {
  const light = part => { const c = part / 255; return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4 }
  const luminance = text => {
    const [red, green, blue] = text.match(/[\\d.]+/g).slice(0, 3).map(Number)
    return 0.2126 * light(red) + 0.7152 * light(green) + 0.0722 * light(blue)
  }
  return [...document.querySelectorAll('.govuk-input, .govuk-select, .govuk-textarea')]
    .filter(node => node.offsetParent)
    .filter(node => 1.05 / (luminance(getComputedStyle(node).borderTopColor) + 0.05) < 3)
    .map(node => node.id)
}"""
"""The fields whose border is too faint on white: axe does not look at it."""


@pytest.fixture
def open_to_axe(open_page: OpenPage) -> OpenPage:
    """Opens pages that axe may examine, for someone who asked that nothing move."""
    return lambda url="": open_page(url, bypass_csp=True, reduced_motion="reduce")


@pytest.fixture
def look() -> Look:
    """Examines a page as it stands: axe, widths, big text, keyboard, borders, motion, title and heading."""

    def examine(page: Page, name: str) -> None:
        axe(page)
        for width, text in ((320, 100), (768, 100), (1280, 200)):
            no_horizontal_scroll(page, width, text=text)
        assert page.locator("h1").count() == 1, name
        assert page.title(), name
        assert page.title().startswith("Erreur\u00a0: ") == (page.locator(".govuk-error-summary").count() == 1), name
        assert page.evaluate(_FAINT) == [], name
        assert page.evaluate("document.getAnimations().length") == 0, name
        assert tab_through(page)[0] == "a Aller au contenu"
        screenshot(page, name)

    return examine


def test_public_pages(open_to_axe: OpenPage, site: Site, look: Look) -> None:
    page = open_to_axe(site.url + "/")
    look(page, "communes")
    for path, name in (("/", "home"), ("/?q=naissance", "home-found"), ("/?q=zzz", "home-none")):
        page.goto(site.at(path))
        look(page, name)
    page.goto(site.at(PROCEDURE))
    page.get_by_text("Ce que nous faisons de vos données personnelles").click()
    look(page, "procedure")
    page.goto(site.at(f"{PROCEDURE}/identification?souci=indisponible"))
    look(page, "identification")


def test_statements_and_errors(open_to_axe: OpenPage, site: Site, look: Look) -> None:
    page = open_to_axe()
    for name in (*STATEMENTS, "suivi", "mes-demandes", "nulle-part"):
        page.goto(site.at(f"/{name}"))
        look(page, name)
    page.goto(site.at("/suivi"))
    page.get_by_label("Code de suivi ou de reprise").fill("AAAA")
    press(page, "Ouvrir ma demande")
    look(page, "suivi-wrong")


def test_pages_of_the_form(open_to_axe: OpenPage, site: Site, look: Look) -> None:
    citizen = Citizen(open_to_axe(), site)
    page = citizen.page
    citizen.begin()
    for number, fill in enumerate(
        (
            lambda: citizen.asks_for("Une copie intégrale"),
            citizen.names_the_person,
            citizen.names_the_parents,
            lambda: citizen.is_("Enfant ou petit-enfant"),
            lambda: citizen.gives_an_address("acces@modele.example"),
            citizen.proves_the_link,
        ),
        start=1,
    ):
        look(page, f"form-{number}")
        citizen.proceed()
        look(page, f"form-{number}-wrong")
        fill()
    look(page, "check")


def test_pages_around_the_form(open_to_axe: OpenPage, site: Site, look: Look) -> None:
    citizen = Citizen(open_to_axe(), site)
    page = citizen.page
    citizen.reaches_the_check("acces@modele.example", with_proof=True)
    page.get_by_role("link", name="Étape précédente").click()
    look(page, "form-6-sent")
    press(page, "Enregistrer et reprendre plus tard")
    look(page, "resume")
    press(page, "Obtenir un code de reprise")
    look(page, "resume-code")
    page.goto(site.at(PROCEDURE))
    look(page, "procedure-draft")
    press(page, "Reprendre ma demande")
    citizen.sends()
    look(page, "confirmation")


def test_pages_to_follow_and_to_act(open_to_axe: OpenPage, site: Site, look: Look) -> None:
    citizen = Citizen(open_to_axe(), site)
    page = citizen.page
    citizen.files("acces@modele.example")
    press(page, "Suivre ma demande")
    page.get_by_text("Ce que vous avez déclaré").click()
    look(page, "tracking")
    following = page.url
    for link, act, name in (
        ("Ajouter un document", "Envoyer ce document", "piece"),
        ("Corriger mon adresse électronique", "Corriger l’adresse", "email"),
    ):
        page.get_by_role("link", name=link).click()
        look(page, name)
        press(page, act)
        look(page, f"{name}-wrong")
        page.goto(following)
    page.get_by_role("link", name="Retirer ma demande").click()
    look(page, "withdrawal")
    press(page, "Retirer ma demande")
    look(page, "tracking-withdrawn")
    page.goto(f"{following}/retrait")
    look(page, "withdrawal-too-late")


def test_pages_of_an_account(open_to_axe: OpenPage, site: Site, look: Look) -> None:
    citizen = Citizen(open_to_axe(site.at(f"{PROCEDURE}/identification")), site)
    page = citizen.page
    page.get_by_role("button", name="S’identifier avec FranceConnect").click()
    page.get_by_role("button", name="Choisir Jean Philippe EXEMPLE").click()
    look(page, "identification-known")
    press(page, "Commencer ma demande")
    citizen.asks_for("Un extrait sans filiation")
    citizen.names_the_person()
    look(page, "form-known")
    page.goto(site.at("/mes-demandes"))
    look(page, "mes-demandes-draft")
    press(page, "Se déconnecter")
    look(page, "home-signed-out")


def test_pages_of_agents(open_to_axe: OpenPage, site: Site, look: Look) -> None:
    sent = Citizen(open_to_axe(), site).files("acces@modele.example", with_proof=True)
    page = open_to_axe(site.at("/agents"))
    look(page, "sign-in")
    page.get_by_label("Adresse électronique").fill(AGENT)
    press(page, "Se connecter")
    look(page, "sign-in-wrong")
    page.get_by_label("Mot de passe").fill(seed.PASSWORD)
    press(page, "Se connecter")
    look(page, "inbox")
    page.goto(site.at("/agents?vue=closes&q=zzz"))
    look(page, "inbox-none")
    page.goto(site.at(f"/agents/demandes/{sent.reference}/decision"))
    look(page, "decision-too-soon")
    page.goto(site.at(f"/agents/demandes/{sent.reference}"))
    look(page, "submission")
    press(page, "Prendre en charge")
    page.get_by_role("heading", name="En cours d’examen").wait_for()
    look(page, "submission-taken")


def test_pages_of_agents_that_write(open_to_axe: OpenPage, site: Site, look: Look) -> None:
    citizen = Citizen(open_to_axe(), site)
    sent = citizen.files("acces@modele.example", with_proof=True)
    page = open_to_axe()
    sign_in_agent(page, site, f"/agents/demandes/{sent.reference}")
    press(page, "Prendre en charge")
    page.get_by_role("heading", name="En cours d’examen").wait_for()
    press(page, "Demander des pièces")
    look(page, "request")
    press(page, "Voir ce que l’usager lira")
    look(page, "request-wrong")
    page.get_by_label("Preuve de votre lien avec la personne").check()
    press(page, "Voir ce que l’usager lira")
    look(page, "request-preview")
    press(page, "Envoyer la demande de pièces")
    look(page, "submission-waiting")
    look_at_the_request(citizen.page, site, sent, look)
    press(page, "Refuser la demande")
    look(page, "decision")
    press(page, "Voir ce que l’usager lira")
    look(page, "decision-wrong")
    page.get_by_label("Les motifs").fill("Le livret envoyé ne nomme pas cette personne.")
    press(page, "Voir ce que l’usager lira")
    look(page, "decision-stale")
    page.goto(site.at(f"/agents/demandes/{sent.reference}/decision?issue=refused"))
    page.get_by_label("Les motifs").fill("Le livret envoyé ne nomme pas cette personne.")
    press(page, "Voir ce que l’usager lira")
    look(page, "decision-preview")
    press(page, "Envoyer la décision")
    look(page, "submission-refused")
    citizen.page.reload()
    look(citizen.page, "tracking-refused")


def look_at_the_request(page: Page, site: Site, sent: Sent, look: Look) -> None:
    """The citizen's side of a request for documents, answered."""
    page.goto(site.at(f"/demandes/{sent.reference}"))
    look(page, "tracking-waiting")
    page.goto(site.at("/mes-demandes"))
    look(page, "mes-demandes-waiting")
    page.goto(site.at(f"/demandes/{sent.reference}/complements"))
    look(page, "complement")
    press(page, "Envoyer ce document")
    look(page, "complement-wrong")
    page.locator("input[type=file]").set_input_files(a_file("page-2.pdf"))  # type: ignore[arg-type]
    press(page, "Envoyer ce document")
    look(page, "tracking-complete")


def test_mails_as_they_are_read(open_to_axe: OpenPage, site: Site) -> None:
    citizen = Citizen(open_to_axe(), site)
    citizen.files("courriel@modele.example")
    page = open_to_axe()
    for to, subject in (
        ("courriel@modele.example", "demande reçue"),
        ("courriel@modele.example", "code de suivi"),
        ("etat-civil@tilleul.example", "nouvelle demande"),
    ):
        page.set_content(site.mail(to, subject).html)
        axe(page, without=("region", "landmark-one-main"))  # a mail is shown within the page of its reader
        no_horizontal_scroll(page, 320)
        no_horizontal_scroll(page, 1280, text=200)
