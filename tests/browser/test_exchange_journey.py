"""A demande from its filing to a decision that is contested, and two that silence decided, as people live them."""

from __future__ import annotations

from datetime import timedelta

from playwright.sync_api import Page, expect

from grc import clock
from grc.submissions import implied
from tests.support import cases
from tests.support.browser import OpenPage, axe, no_horizontal_scroll, screenshot
from tests.support.demandes import Demande, commune
from tests.support.people import Citizen, a_file, heading, press, sign_in_agent
from tests.support.site import Site
from tests.unit.notifications.reading import pdf_text

EMAIL = "camille-journal@modele.example"
REASONS = "Le livret ne prouve pas votre lien avec cette personne."


def look(page: Page, name: str) -> None:
    """No barrier that axe sees, no sideways scroll on a telephone."""
    screenshot(page, f"journey/{name}")
    axe(page)
    no_horizontal_scroll(page, 320)


def text(page: Page, where: str = "main") -> str:
    return " ".join(page.locator(where).inner_text().split())


def test_written_asked_answered_decided_and_contested(open_page: OpenPage, site: Site) -> None:
    citizen, agent = open_page(bypass_csp=True), open_page(bypass_csp=True)
    reference = Citizen(citizen, site).files(EMAIL, with_proof=True).reference
    citizen.goto(site.at(f"/demandes/{reference}"))
    citizen.get_by_label("Votre message au service").fill("Puis-je venir samedi ?")
    citizen.locator("#thread-files").set_input_files(a_file("question.pdf"))  # type: ignore[arg-type]
    press(citizen, "Envoyer mon message")
    expect(citizen.locator("#thread .app-thread > li")).to_have_count(1)

    answer_it(agent, site, reference)
    ask_for_the_proof(agent)
    citizen.reload()
    assert "La mairie vous demande un document" in text(citizen)
    press(citizen, "Envoyer ce document")
    citizen.locator("input[type=file]").first.set_input_files(a_file("livret-entier.pdf"))  # type: ignore[arg-type]
    press(citizen, "Envoyer ce document")
    assert "L’examen de votre demande reprend." in text(citizen, ".app-flash")
    assert "La date à retenir est maintenant celle-ci." in " ".join(site.mail(EMAIL, "documents reçus").text.split())

    refuse(agent, reference)
    (letter,) = site.mail(EMAIL, "demande refusée").attachments
    assert REASONS in pdf_text(letter.content)
    citizen.goto(site.at(f"/demandes/{reference}"))
    assert REASONS in text(citizen, "section.app-letter")
    look(citizen, "refused")
    press(citizen, "Faire un recours gracieux")
    assert reference in citizen.get_by_label("Quelle décision contestez-vous").input_value()


def answer_it(agent: Page, site: Site, reference: str) -> None:
    """From the mark in the inbox to the answer, which takes it away; a note beside."""
    sign_in_agent(agent, site)
    expect(agent.locator("tr", has_text=reference)).to_contain_text("Un message à lire")
    look(agent, "inbox")
    agent.locator("tr", has_text=reference).get_by_role("link").click()
    expect(agent.locator("#word")).to_contain_text("L’usager a écrit")
    look(agent, "agent")
    agent.get_by_label("Votre message à l’usager").fill("Oui, de 9 h à 12 h.")
    agent.locator("#thread-files").set_input_files(a_file("horaires.pdf"))  # type: ignore[arg-type]
    press(agent, "Envoyer le message")
    expect(agent.locator("#thread .app-thread > li")).to_have_count(2)
    expect(agent.locator("#word")).not_to_contain_text("L’usager")
    agent.get_by_label("Votre note").fill("Vérifier le livret.")
    press(agent, "Garder la note")
    expect(agent.locator("#notes .app-thread > li")).to_have_count(1)


def ask_for_the_proof(agent: Page) -> None:
    press(agent, "Prendre en charge")
    expect(agent.locator("#status-title")).to_contain_text("En cours")
    press(agent, "Demander des pièces")
    agent.locator("#piece").check()
    press(agent, "Voir ce que l’usager lira")
    assert "Preuve de votre lien" in text(agent, "#preview")
    press(agent, "Envoyer la demande de pièces")


def refuse(agent: Page, reference: str) -> None:
    agent.get_by_role("link", name=f"Demande {reference}").or_(agent.locator("#status")).first.wait_for()
    agent.reload()
    press(agent, "Refuser la demande")
    agent.get_by_label("Les motifs").fill(REASONS)
    press(agent, "Voir ce que l’usager lira")
    assert REASONS in text(agent, "#preview")
    press(agent, "Envoyer la décision")
    assert "La décision part à l’usager." in text(agent, ".app-flash")


def decided_by_silence(site: Site, rule: str) -> Demande:
    """A demande that nobody answered in two months."""
    now, authority = clock.now(), commune(site.database)
    cases.offered(site.database, rule)
    demande = cases.filed(site.database, at=now - timedelta(days=75))
    with site.database.writing(scope=authority.id) as session:
        implied.record_implied(session, authority.id, now)
    return demande


def opened(page: Page, site: Site, demande: Demande) -> None:
    """The citizen's page, in the browser that filed it."""
    name = f"grc-citizen-tilleul-{site.url.rsplit(':', 1)[1]}"
    page.context.add_cookies([{"name": name, "value": demande.draft.token, "url": site.url}])
    page.goto(site.at(f"/demandes/{demande.reference}"))


def test_refused_by_silence_then_told_why(open_page: OpenPage, site: Site) -> None:
    demande = decided_by_silence(site, "rejection")
    citizen, agent = open_page(bypass_csp=True), open_page(bypass_csp=True, javascript=True)
    opened(citizen, site, demande)
    said = text(citizen)
    assert "Votre demande est arrivée" not in said
    assert said.index("Votre demande est refusée, faute de réponse") < said.index("Elle peut encore vous répondre.")
    look(citizen, "silence-refused")
    press(citizen, "Demander les motifs")
    assert "Votre demande de motifs est envoyée." in text(citizen, ".app-flash")

    sign_in_agent(agent, site)
    expect(agent.locator("tr", has_text=demande.reference)).to_contain_text("Refus implicite né le")
    agent.goto(site.at(f"/agents/demandes/{demande.reference}"))
    press(agent, "Donner les motifs du refus")
    for area in agent.locator("textarea").all():
        area.fill("Le banc est neuf.")
    press(agent, "Voir ce que l’usager lira")
    press(agent, "Envoyer les motifs")
    assert "Les motifs partent à l’usager." in text(agent, ".app-flash")

    citizen.goto(site.at(f"/demandes/{demande.reference}"))
    assert "Le banc est neuf." in text(citizen, "section.app-letter")
    assert "le jour où ce refus naît" not in text(citizen)
    look(citizen, "silence-reasons")


def test_accepted_by_silence_then_withdrawn(open_page: OpenPage, site: Site) -> None:
    demande = decided_by_silence(site, "acceptance")
    citizen, agent = open_page(bypass_csp=True), open_page()
    opened(citizen, site, demande)
    assert heading(citizen) in text(citizen)
    assert "La commune n’a pas répondu à temps : votre demande est acceptée." in text(citizen)
    press(citizen, "Demander mon attestation")
    assert "Votre attestation est demandée." in text(citizen, ".app-flash")

    sign_in_agent(agent, site, f"/agents/demandes/{demande.reference}/retrait")
    for area in agent.locator("textarea").all():
        area.fill("Le banc gêne le passage.")
    press(agent, "Voir ce que l’usager lira")
    press(agent, "Envoyer le retrait")
    assert "Le retrait part à l’usager." in text(agent, ".app-flash")
    citizen.goto(site.at(f"/demandes/{demande.reference}"))
    assert "Le banc gêne le passage." in text(citizen, "section.app-letter")
    look(citizen, "silence-withdrawn")
