"""The exchange in a real browser, with scripts and without: a citizen writes, an agent answers, each with a file."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.support import demandes
from tests.support.browser import OpenPage, axe, no_horizontal_scroll, screenshot, tab_through
from tests.support.demandes import Demande
from tests.support.people import a_file, heading, press, sign_in_agent, summary_of_errors
from tests.support.site import Site

MODES = pytest.mark.parametrize("javascript", [True, False], ids=["scripts", "no-scripts"])
QUESTION = "Votre message au service"
ANSWER = "Votre message à l’usager"


def follow(page: Page, site: Site, demande: Demande) -> None:
    page.goto(site.at("/suivi"))
    page.get_by_label("Code de suivi ou de reprise").fill(demande.code)
    press(page, "Ouvrir ma demande")


def thread(page: Page) -> str:
    return " ".join(page.locator("#thread .app-thread").inner_text().split())


@MODES
def test_a_question_with_a_file_and_its_answer_with_another(open_page: OpenPage, site: Site, javascript: bool) -> None:
    email = f"echange-{javascript}@modele.example".lower()
    demande = demandes.filed(site.database, email=email)
    citizen, agent = open_page(javascript=javascript), open_page(javascript=javascript)
    follow(citizen, site, demande)
    assert "Aucun message" in citizen.locator("#thread").inner_text()
    citizen.get_by_label(QUESTION).fill("Puis-je venir chercher\nl’acte samedi ?")
    citizen.locator("#thread-files").set_input_files(a_file("question.pdf"))  # type: ignore[arg-type]
    press(citizen, "Envoyer mon message")
    expect(citizen.locator("#thread .app-thread > li")).to_have_count(1)
    assert thread(citizen).startswith("Vous, ")
    assert "l’acte samedi ?" in thread(citizen)
    if javascript:
        expect(citizen.locator("#announce")).to_have_text("Votre message est envoyé.")
        assert citizen.evaluate("document.activeElement.id") == "thread-title"
    else:
        assert "Votre message est envoyé." in citizen.locator(".app-flash").inner_text()
    assert citizen.get_by_label(QUESTION).input_value() == ""
    told = site.mail("etat-civil@tilleul.example", f"{demande.reference}\u00a0: un message est arrivé")
    assert f"/agents/demandes/{demande.reference}" in told.text
    assert "samedi" not in told.text

    sign_in_agent(agent, site, f"/agents/demandes/{demande.reference}")
    assert "l’acte samedi ?" in thread(agent)
    with agent.expect_download() as saved:
        agent.locator("#thread").get_by_role("link", name="question.pdf").click()
    assert saved.value.suggested_filename == "question.pdf"
    agent.get_by_label("Votre note").fill("Le samedi, seul l’accueil est ouvert.")
    press(agent, "Garder la note")
    expect(agent.locator("#notes .app-thread > li")).to_have_count(1)
    agent.get_by_label(ANSWER).fill("Oui, de 9 h à 12 h.")
    agent.locator("#thread-files").set_input_files(a_file("horaires.pdf"))  # type: ignore[arg-type]
    press(agent, "Envoyer le message")
    expect(agent.locator("#thread .app-thread > li")).to_have_count(2)

    mail = site.mail(email, "un message du service")
    assert "Oui, de 9 h à 12 h." in " ".join(mail.text.split())
    citizen.reload()
    assert "Claire Modèle, Service de l’état civil" in thread(citizen)
    assert "Le samedi, seul" not in citizen.content()
    with citizen.expect_download() as saved:
        citizen.locator("#thread").get_by_role("link", name="horaires.pdf").click()
    assert saved.value.suggested_filename == "horaires.pdf"


@MODES
def test_what_is_refused_is_said_and_kept(open_page: OpenPage, site: Site, javascript: bool) -> None:
    demande = demandes.filed(site.database, email="refus@modele.example")
    page = open_page(javascript=javascript)
    follow(page, site, demande)
    press(page, "Envoyer mon message")
    expect(page.locator("#thread-text-error")).to_contain_text("Écrivez votre message.")
    if not javascript:
        assert page.title().startswith("Erreur")
        assert summary_of_errors(page).get_by_role("link").get_attribute("href") == "#thread-text"
    else:
        assert page.evaluate("document.activeElement.id") == "thread-text"
    page.get_by_label(QUESTION).fill("Voici le programme.")
    page.locator("#thread-files").set_input_files(a_file("jeu.exe", b"MZ" * 100))  # type: ignore[arg-type]
    press(page, "Envoyer mon message")
    expect(page.locator("#thread-files-error")).to_be_visible()
    assert page.get_by_label(QUESTION).input_value() == "Voici le programme."


def test_a_session_that_ends_costs_no_word(open_page: OpenPage, site: Site) -> None:
    demande = demandes.filed(site.database, email="fin@modele.example")
    page = open_page(javascript=False)
    follow(page, site, demande)
    page.get_by_label(QUESTION).fill("Écrit longuement.")
    page.context.clear_cookies()
    press(page, "Envoyer mon message")
    assert page.get_by_label("Votre message, pas encore envoyé").input_value().strip() == "Écrit longuement."
    page.get_by_label("Code de suivi ou de reprise").fill(demande.code)
    press(page, "Ouvrir ma demande")
    assert page.get_by_label(QUESTION).input_value().strip() == "Écrit longuement."
    press(page, "Envoyer mon message")
    assert "Écrit longuement." in thread(page)


@pytest.mark.parametrize("side", ["citizen", "agent"])
def test_with_scripts_a_session_that_ends_leaves_the_words_where_they_are(
    open_page: OpenPage, site: Site, side: str
) -> None:
    demande = demandes.filed(site.database, email="fin@modele.example")
    page = open_page()
    if side == "citizen":
        follow(page, site, demande)
        label, button = QUESTION, "Envoyer mon message"
    else:
        sign_in_agent(page, site, f"/agents/demandes/{demande.reference}")
        label, button = ANSWER, "Envoyer le message"
    page.get_by_label(label).fill("Écrit longuement.")
    page.context.clear_cookies()
    press(page, button)
    expect(page.locator("#trouble")).to_contain_text("session")
    assert page.get_by_label(label).input_value() == "Écrit longuement."


def look(page: Page, name: str) -> None:
    """axe, small screens, big text, keyboard; the picture is looked at by the author."""
    axe(page)
    for width, text in ((320, 100), (768, 100), (1280, 200)):
        no_horizontal_scroll(page, width, text=text)
    tab_through(page)
    screenshot(page, name)


def test_its_pages_are_for_everybody(open_page: OpenPage, site: Site) -> None:
    demande = demandes.filed(site.database, email="acces@modele.example", example="passes-descendant-with-proof")
    citizen = open_page(bypass_csp=True, reduced_motion="reduce")
    agent = open_page(bypass_csp=True, reduced_motion="reduce")
    follow(citizen, site, demande)
    look(citizen, "exchange-empty")
    press(citizen, "Envoyer mon message")
    expect(citizen.locator("#thread-text-error")).to_be_visible()
    look(citizen, "exchange-wrong")
    citizen.get_by_label(QUESTION).fill("Un mot " + "interminable" * 12)
    citizen.locator("#thread-files").set_input_files(a_file("un-nom-de-fichier-vraiment-tres-long-" * 2 + ".pdf"))  # type: ignore[arg-type]
    press(citizen, "Envoyer mon message")
    expect(citizen.locator("#thread .app-thread > li")).to_have_count(1)
    look(citizen, "exchange-citizen")
    citizen.get_by_role("link", name="Recevoir les décisions en ligne").click()
    assert heading(citizen) == "Recevoir les décisions en ligne, avec valeur de recommandé"
    look(citizen, "exchange-consent")
    press(citizen, "Je donne mon accord")
    assert "Votre accord est enregistré." in citizen.locator(".app-flash").inner_text()

    sign_in_agent(agent, site, f"/agents/demandes/{demande.reference}")
    agent.get_by_label("Votre note").fill("Note.")
    press(agent, "Garder la note")
    expect(agent.locator("#notes .app-thread > li")).to_have_count(1)
    look(agent, "exchange-agent")
    press(agent, "Prendre en charge")
    expect(agent.locator("#status-title")).to_contain_text("En cours")
    agent.get_by_role("button", name="Demander des pièces").click()
    agent.locator("#piece").check()
    press(agent, "Voir ce que l’usager lira")
    press(agent, "Envoyer la demande de pièces")
    agent.get_by_role("button", name="Noter des pièces reçues").click()
    look(agent, "arrivals")
    press(agent, "Noter comme reçus")
    assert summary_of_errors(agent).get_by_role("link").count() == 1
    look(agent, "arrivals-wrong")
    agent.locator("#piece").check()
    press(agent, "Noter comme reçus")
    assert "marqués comme reçus" in agent.locator(".app-flash").inner_text()


def test_a_word_unread_is_shown_before_a_decision(open_page: OpenPage, site: Site) -> None:
    demande = demandes.filed(site.database, email="mot@modele.example")
    citizen, agent = open_page(), open_page(bypass_csp=True)
    sign_in_agent(agent, site, f"/agents/demandes/{demande.reference}")
    press(agent, "Prendre en charge")
    expect(agent.locator("#status-title")).to_contain_text("En cours")
    agent.get_by_role("button", name="Refuser").first.click()
    agent.get_by_label("Les motifs").fill("Un motif longuement écrit.")
    press(agent, "Voir ce que l’usager lira")
    follow(citizen, site, demande)
    citizen.get_by_label(QUESTION).fill("J’ai retrouvé le livret.")
    press(citizen, "Envoyer mon message")
    expect(citizen.locator("#thread .app-thread > li")).to_have_count(1)
    press(agent, "Envoyer la décision")
    assert heading(agent) == "L’usager a écrit entre-temps"
    assert "J’ai retrouvé le livret." in agent.locator("main").inner_text()
    look(agent, "exchange-unread")
    press(agent, "J’ai lu, je continue")
    assert "Un motif longuement écrit." in agent.locator("#preview").inner_text()
