"""Demandes filled with the keyboard alone, rows of a repeated question included."""

from __future__ import annotations

from datetime import timedelta

from playwright.sync_api import Page, expect

from grc import clock
from tests.support.browser import OpenPage
from tests.support.people import PROCEDURE, heading
from tests.support.site import Site

BORN = clock.day_in("Europe/Paris", clock.now()) - timedelta(days=200)
LATER = BORN + timedelta(days=300)

_NAME = """() => {
  const node = document.activeElement
  const named = node.labels && node.labels.length ? node.labels[0].textContent : node.textContent
  return (named || '').replace(/[\\s\\u00a0\\u202f]+/g, ' ').trim()
}"""


def to(page: Page, name: str, *, stops: int = 60) -> None:
    """Presses Tab until the control of that name has the focus."""
    seen = []
    for _ in range(stops):
        page.keyboard.press("Tab")
        seen.append(page.evaluate(_NAME))
        if seen[-1].startswith(name):
            return
    raise AssertionError(f"{page.url}: Tab never reaches « {name} »: {seen}")


def write(page: Page, name: str, text: str) -> None:
    to(page, name)
    page.keyboard.type(text)


def choose(page: Page, first: str, *, down: int = 0) -> None:
    """Ticks the first box of a question, or goes down from it as many times."""
    to(page, first)
    page.keyboard.press("Space")
    for _ in range(down):
        page.keyboard.press("ArrowDown")


def activate(page: Page, name: str) -> None:
    """Presses Enter on a button or a link, and waits for the page that follows."""
    to(page, name)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_a_demande_is_filled_and_sent_with_the_keyboard_alone(open_page: OpenPage, site: Site) -> None:
    page = open_page(site.at(PROCEDURE))
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main-content"
    activate(page, "Commencer ma demande")
    activate(page, "Continuer sans compte")
    activate(page, "Continuer")
    assert page.title().startswith("Erreur")
    to(page, "Dites si la personne est née dans cette commune.", stops=1)
    page.keyboard.press("Enter")
    page.keyboard.press("Space")
    choose(page, "Une copie intégrale")
    choose(page, "1 exemplaire", down=1)
    activate(page, "Continuer")
    write(page, "Nom de naissance", "Exemple")
    write(page, "Prénoms", "Camille")
    write(page, "Jour", "27")
    write(page, "Mois", "3")
    write(page, "Année", "1987")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    write(page, "Nom de naissance du premier parent", "Exemple")
    write(page, "Prénom usuel du premier parent", "Dominique")
    activate(page, "Continuer")
    choose(page, "Personne concernée")
    activate(page, "Continuer")
    write(page, "Votre nom de famille", "Modèle")
    write(page, "Votre prénom", "Andréa")
    write(page, "Numéro et rue", "12 rue des Modèles")
    write(page, "Code postal", "99000")
    write(page, "Commune", "Exemple")
    write(page, "Votre adresse électronique", "clavier@modele.example")
    choose(page, "Par courrier", down=1)
    activate(page, "Continuer")
    assert heading(page) == "Vérifiez vos réponses avant d’envoyer"
    assert "2 exemplaires" in page.locator("main").inner_text()
    assert "À la mairie" in page.locator("main").inner_text()
    site.age_drafts()
    activate(page, "Envoyer ma demande")
    assert heading(page) == "Votre demande est envoyée"
    activate(page, "Suivre ma demande")
    assert page.locator("[aria-current=step]").inner_text().startswith("Reçue")


def test_rows_are_added_and_taken_away_with_the_keyboard_alone(open_page: OpenPage, site: Site) -> None:
    page = open_page(site.at("/demarches/admission-creche"))
    for name in ("Commencer ma demande", "Continuer sans compte"):
        activate(page, name)
    choose(page, "Oui")
    expect(page.get_by_role("heading", name="Enfant 1")).to_be_visible()
    expect(page.get_by_label("Oui")).to_be_focused()
    tells_of_a_child(page, "Alix")
    changes_rows(page, "Ajouter", heading="Enfant 2", said="C’est ajouté\u00a0: enfant 2.")
    tells_of_a_child(page, "Dominique")
    changes_rows(page, "Ajouter", heading="Enfant 3", said="C’est ajouté\u00a0: enfant 3.")
    changes_rows(page, "Retirer enfant 3", heading="Enfant 2", said="C’est retiré\u00a0: enfant 3.")
    activate(page, "Continuer")
    choose(page, "Le père ou la mère")
    write(page, "Votre nom de famille", "Modèle")
    write(page, "Votre prénom", "Andréa")
    write(page, "Numéro et rue", "12 rue des Modèles")
    write(page, "Code postal", "99000")
    write(page, "Commune", "Exemple")
    write(page, "Votre adresse électronique", "rangs@modele.example")
    activate(page, "Continuer")
    choose_second(page, "Oui")
    activate(page, "Continuer")
    choose(page, "Régulier")
    expect(page.get_by_label("Je ne sais pas encore")).to_be_visible()
    write(page, "Mois", str(LATER.month))
    write(page, "Année", str(LATER.year))
    to(page, "Les mêmes heures chaque jour")
    page.keyboard.press("ArrowUp")  # from the first around to the last
    page.wait_for_load_state("networkidle")
    activate(page, "Continuer")
    choose(page, "Les Coccinelles")
    choose(page, "Oui")
    choose_second(page, "Oui")
    activate(page, "Continuer")
    activate(page, "Continuer")
    assert heading(page) == "Vérifiez vos réponses avant d’envoyer"
    told = page.locator("main").inner_text()
    assert "Alix" in told and "Dominique" in told
    assert "Enfant 3" not in told


def tells_of_a_child(page: Page, name: str) -> None:
    write(page, "Prénom de l’enfant", name)
    write(page, "Nom de l’enfant", "Exemple")
    for box, number in (("Jour", BORN.day), ("Mois", BORN.month), ("Année", BORN.year)):
        write(page, box, str(number))


def changes_rows(page: Page, button: str, *, heading: str, said: str) -> None:
    """Presses Enter on a button that adds or takes away: the focus goes on to a row, and what happened is said."""
    to(page, button)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=heading)).to_be_focused()
    expect(page.locator("#announce")).to_have_text(said)


def choose_second(page: Page, first: str) -> None:
    """Ticks the second box of a question where none is ticked, and waits for what it draws again."""
    to(page, first)
    page.keyboard.press("ArrowDown")
    page.wait_for_load_state("networkidle")
