"""The journey of a demande in a real browser, with scripts and without: filed, received, examined, decided, read."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page

from grc.receipts import Acknowledgement, sentences, wording
from grc.submissions.models import Submission
from tests.support.browser import OpenPage
from tests.support.people import PROCEDURE, TITLE, Citizen, a_file, heading, press, sign_in_agent, summary_of_errors
from tests.support.site import Site
from tests.unit.notifications.reading import pdf_text, plain

MODES = pytest.mark.parametrize("javascript", [True, False], ids=["scripts", "no-scripts"])


@MODES
def test_a_demande_from_the_home_page_to_a_refusal_read_elsewhere(
    open_page: OpenPage, site: Site, javascript: bool
) -> None:
    email = f"andrea-{javascript}@modele.example".lower()
    citizen = Citizen(open_page(site.at("/"), javascript=javascript), site)
    find_the_procedure(citizen.page)
    fill(citizen, javascript=javascript)
    reference, code = check_and_send(citizen, email)
    read_the_receipt(site, email, reference, code)

    agent = open_page(javascript=javascript)
    ask_for_a_document(agent, site, reference)
    answer_just_that(citizen.page, site, email, reference)
    refuse(agent, reference)
    assert "etirer" not in page_text(citizen.page, site.at(f"/demandes/{reference}"))
    read_the_refusal(open_page(javascript=javascript), site, email, code)


def find_the_procedure(page: Page) -> None:
    page.get_by_label("Rechercher une démarche").fill("extrait naisance")
    press(page, "Rechercher")
    page.get_by_role("link", name=TITLE).click()
    shown = page.locator("main").inner_text()
    for told in ("Qui peut faire cette demande", "Ce qu’il faut préparer", "État civil", "demarches@tilleul.example"):
        assert told.lower() in shown.lower()
    press(page, "Commencer ma demande")
    press(page, "Continuer sans compte")


def fill(citizen: Citizen, *, javascript: bool) -> None:
    page = citizen.page
    citizen.proceed()
    is_a_page_to_correct(page, 3, javascript=javascript)
    citizen.asks_for("Une copie intégrale", "2 exemplaires")
    page.get_by_label("Nom de naissance").fill("Exemple")
    page.get_by_label("Jour").fill("31")
    page.get_by_label("Mois").fill("février")
    page.get_by_label("Année").fill("1987")
    citizen.proceed()
    is_a_page_to_correct(page, 2, javascript=javascript)
    assert page.get_by_label("Nom de naissance").input_value() == "Exemple"
    assert page.get_by_label("Mois").input_value() == "février"
    citizen.names_the_person()
    assert heading(page) == "Les parents de cette personne"
    citizen.names_the_parents()
    citizen.is_("Enfant ou petit-enfant")


def check_and_send(citizen: Citizen, email: str) -> tuple[str, str]:
    page = citizen.page
    citizen.gives_an_address(email.replace("modele", "faute"))
    send_a_wrong_then_a_right_file(citizen)
    assert heading(page) == "Vérifiez vos réponses avant d’envoyer"
    page.get_by_role("link", name="Modifier cette adresse").click()
    page.get_by_label("Votre adresse électronique").fill(email)
    citizen.proceed()
    assert heading(page) == "Vérifiez vos réponses avant d’envoyer"
    assert page.locator(".app-email").inner_text() == email
    sent = citizen.sends()
    assert page.title().startswith("Votre demande est envoyée")
    return sent.reference, sent.code


def send_a_wrong_then_a_right_file(citizen: Citizen) -> None:
    page, chosen = citizen.page, citizen.page.locator("input[type=file]")
    page.wait_for_load_state()
    chosen.set_input_files(a_file("notes.txt", b"bonjour", "text/plain"))  # type: ignore[arg-type]
    if page.locator("body.js-enabled").count():  # refused as soon as it is chosen
        told = page.locator(".app-upload--failed").inner_text()
    else:
        citizen.proceed()
        (told,) = summary_of_errors(page).get_by_role("listitem").all_inner_texts()
    assert "« notes.txt »" in plain(told)
    assert "PDF, JPG, PNG ou HEIC" in told
    citizen.proves_the_link()
    page.get_by_role("link", name="Étape précédente").click()
    page.get_by_role("button", name="Retirer livret-de-famille.pdf").click()
    assert page.get_by_text("livret-de-famille.pdf").count() == 0
    citizen.proves_the_link("livret-entier.pdf")
    assert page.get_by_text("livret-entier.pdf").is_visible()


def is_a_page_to_correct(page: Page, faults: int, *, javascript: bool) -> None:
    """The page again, as WCAG and RGAA want a page with errors; and a way to each control."""
    assert page.title().startswith("Erreur\u00a0: ")
    links = summary_of_errors(page).locator("a[href^='#']")
    assert links.count() == faults
    if javascript:
        assert page.evaluate("document.activeElement.className") == "govuk-error-summary"
    for href in [link.get_attribute("href") or "" for link in links.all()]:
        control = page.locator(f"[id='{href[1:]}']")
        assert control.get_attribute("aria-invalid") == "true" or control.get_attribute("type") == "radio"


def read_the_receipt(site: Site, email: str, reference: str, code: str) -> None:
    mail = site.mail(email, f"{reference}\u00a0: demande reçue")
    (attached,) = mail.attachments
    said = pdf_text(attached.content)
    stated = site.stated(reference, Acknowledgement.KIND)
    assert isinstance(stated, Acknowledgement)
    assert stated.silence is not None
    assert not stated.missing_mentions()
    mentions = [
        reference,
        TITLE,
        stated.service.name,
        stated.service.telephone,
        stated.service.email,
        *stated.service.postal_address,
        wording.long_date(stated.received_on),
        wording.short_date(stated.silence.due_on),
        sentences.silence(stated.silence),
        sentences.interruption(stated.appeals),
        *(one.text for one in stated.appeals),
    ]
    assert [mention for mention in map(plain, mentions) if mention not in said] == []
    assert code not in mail.content.decode() + said
    assert code in site.mail(email, "code de suivi").text
    assert "Camille" not in site.mail("etat-civil@tilleul.example", reference).content.decode()


def ask_for_a_document(page: Page, site: Site, reference: str) -> None:
    sign_in_agent(page, site)
    row = page.get_by_role("row").filter(has_text=reference)
    assert "Reçue" in row.inner_text()
    row.get_by_role("link").click()
    assert heading(page).startswith(TITLE)
    press(page, "Prendre en charge")
    page.get_by_role("heading", name="En cours d’examen").wait_for()
    press(page, "Demander des pièces")
    page.get_by_label("Preuve de votre lien avec la personne").check()
    page.locator("#note-proof_of_link").fill("La page 2 est floue.")
    press(page, "Voir ce que l’usager lira")
    letter = page.locator(".app-letter").inner_text()
    assert "La page 2 est floue." in letter
    assert "suspendu" in letter
    press(page, "Envoyer la demande de pièces")
    assert page.get_by_role("heading", name="En attente de documents").is_visible()


def answer_just_that(page: Page, site: Site, email: str, reference: str) -> None:
    mail = site.mail(email, f"{reference}\u00a0: documents à envoyer")
    assert site.at(f"/demandes/{reference}/complements") in mail.text
    page.goto(site.at(f"/demandes/{reference}"))
    assert page.get_by_role("heading", name="La mairie vous demande un document").is_visible()
    press(page, "Envoyer ce document")
    assert page.locator("input[type=file]").count() == 1
    page.locator("input[type=file]").set_input_files(a_file("page-2.pdf"))  # type: ignore[arg-type]
    press(page, "Envoyer ce document")
    assert page.locator(".app-flash__title").inner_text() == "Vos documents sont envoyés."
    assert page.locator("[aria-current=step]").inner_text().startswith("En cours d’examen")
    site.mail(email, f"{reference}\u00a0: documents reçus")


def refuse(page: Page, reference: str) -> None:
    page.reload()
    press(page, "Refuser la demande")
    press(page, "Voir ce que l’usager lira")
    assert page.title().startswith("Erreur\u00a0: ")
    page.get_by_label("Les motifs").fill("Le livret envoyé ne nomme pas cette personne.")
    press(page, "Voir ce que l’usager lira")
    assert "tribunal administratif" in page.locator(".app-letter").inner_text()
    press(page, "Envoyer la décision")
    assert page.get_by_role("heading", name="Refusée").is_visible()
    assert page.get_by_role("button", name="Refuser la demande").count() == 0
    page.get_by_role("link", name="Demandes").first.click()
    assert reference not in page.locator("main").inner_text()


def read_the_refusal(page: Page, site: Site, email: str, code: str) -> None:
    """By the code, in a browser that has never been here."""
    assert "Le livret envoyé ne nomme pas cette personne." in site.mail(email, "demande refusée").text
    page.goto(site.at("/suivi"))
    page.get_by_label("Code de suivi ou de reprise").fill(code.lower().replace("-", " "))
    press(page, "Ouvrir ma demande")
    said = page.locator("main").inner_text()
    for told in ("Le livret envoyé ne nomme pas cette personne.", "Recours gracieux", "tribunal administratif"):
        assert told in said
    assert "Le service de l’état civil" in said or "Service de l’état civil" in said
    with page.expect_download() as letter:
        page.get_by_role("link", name="Décision (PDF)").click()
    assert "Le livret envoyé ne nomme pas cette personne." in pdf_text(letter.value.path().read_bytes())


def page_text(page: Page, url: str) -> str:
    page.goto(url)
    return page.locator("main").inner_text()


def test_parents_are_asked_only_for_what_names_them(open_page: OpenPage, site: Site) -> None:
    citizen = Citizen(open_page(), site)
    citizen.begin()
    citizen.asks_for("Un extrait sans filiation")
    citizen.names_the_person()
    assert heading(citizen.page) == "Vous et la remise de l’acte"
    citizen.gives_an_address("extrait@modele.example")
    assert "parent" not in citizen.page.locator("main").inner_text()
    citizen.page.get_by_role("link", name=re.compile("^Modifier : De quel document")).click()
    citizen.asks_for("Un extrait avec filiation")
    assert heading(citizen.page) == "Les parents de cette personne"
    citizen.names_the_parents()
    citizen.is_("Personne concernée")
    assert heading(citizen.page) == "Vérifiez vos réponses avant d’envoyer"


@MODES
def test_with_franceconnect_names_are_known_and_demandes_found_again(
    open_page: OpenPage, site: Site, javascript: bool
) -> None:
    citizen = Citizen(open_page(site.at(f"{PROCEDURE}/identification"), javascript=javascript), site)
    page = citizen.page
    page.get_by_role("button", name="S’identifier avec FranceConnect").click()
    page.get_by_role("button", name="Choisir Jean Philippe EXEMPLE").click()
    assert page.locator(".app-header__name").inner_text().endswith("Jean Philippe EXEMPLE")
    press(page, "Commencer ma demande")
    citizen.asks_for("Un extrait sans filiation")
    citizen.names_the_person()
    assert "Jean Philippe" in known_of(page)
    assert "EXEMPLE" in known_of(page)
    email = page.get_by_label("Votre adresse électronique").input_value()
    assert email
    citizen.gives_an_address(email, named=False)
    sent = citizen.sends()
    page.get_by_role("link", name="Mes demandes").click()
    page.get_by_text(sent.reference).wait_for()
    press(page, "Se déconnecter")
    assert page.locator(".app-flash__title").inner_text() == "Vous êtes déconnecté."
    assert page.get_by_role("button", name="Se déconnecter").count() == 0
    assert "pas ouverte dans ce navigateur" in page_text(page, site.at(f"/demandes/{sent.reference}"))
    page.get_by_role("button", name="S’identifier avec FranceConnect").click()
    assert page.get_by_role("button", name=re.compile("Continuer en tant que")).count() == 0
    page.get_by_role("button", name="Choisir Jean Philippe EXEMPLE").click()
    assert page.get_by_text(sent.reference).is_visible()


def known_of(page: Page) -> str:
    """What the page of coordinates already holds: what is locked, and what stands in its inputs."""
    values = page.evaluate("[...document.querySelectorAll('main input')].map(input => input.value).join(' ')")
    return page.locator("main").inner_text() + str(values)


def test_giving_franceconnect_up_leaves_the_other_way_open(open_page: OpenPage, site: Site) -> None:
    page = open_page(site.at(f"{PROCEDURE}/identification"))
    page.get_by_role("button", name="S’identifier avec FranceConnect").click()
    page.get_by_role("button", name="Revenir au service sans se connecter").click()
    assert (
        "Vous avez interrompu la connexion" in page.get_by_role("status").filter(has_text="FranceConnect").inner_text()
    )
    press(page, "Continuer sans compte")
    assert heading(page) == "L’acte dont vous avez besoin"


@MODES
def test_a_mistyped_address_is_corrected_a_document_added_the_demande_withdrawn(
    open_page: OpenPage, site: Site, javascript: bool
) -> None:
    wrong, right = (f"{name}-{javascript}@modele.example".lower() for name in ("faute", "juste"))
    citizen = Citizen(open_page(javascript=javascript), site)
    sent, page = citizen.files(wrong), citizen.page
    press(page, "Suivre ma demande")
    page.get_by_role("link", name="Corriger mon adresse électronique").click()
    page.get_by_label("Nouvelle adresse électronique").fill("juste")
    press(page, "Corriger l’adresse")
    is_a_page_to_correct(page, 1, javascript=javascript)
    page.get_by_label("Nouvelle adresse électronique").fill(right)
    press(page, "Corriger l’adresse")
    assert right in page.locator("main").inner_text()
    copy = site.mail(right, f"{sent.reference}\u00a0: copie de l’accusé de réception")
    original = site.stated(sent.reference, Acknowledgement.KIND)
    assert isinstance(original, Acknowledgement)
    assert plain(wording.long_date(original.received_on)) in pdf_text(copy.attachments[0].content)
    assert sent.code not in site.mail(right, "code de suivi").text
    page.get_by_role("link", name="Ajouter un document").click()
    page.locator("input[type=file]").set_input_files(a_file("oubli.pdf"))  # type: ignore[arg-type]
    press(page, "Envoyer ce document")
    page.get_by_text("Ce que vous avez déclaré").click()
    assert page.get_by_role("link", name="oubli.pdf").is_visible()
    page.get_by_role("link", name="Retirer ma demande").click()
    press(page, "Retirer ma demande")
    assert page.locator(".app-flash__title").inner_text() == "Votre demande est retirée."
    assert page.locator("[aria-current=step]").inner_text().startswith("Retirée")
    site.mail(right, f"{sent.reference}\u00a0: demande retirée")
    assert "plus rien à retirer" in page_text(page, site.at(f"/demandes/{sent.reference}/retrait"))
    press(page, "Revenir à la demande")
    assert page.url == site.at(f"/demandes/{sent.reference}")


@MODES
def test_a_draft_is_taken_up_again_in_another_browser(open_page: OpenPage, site: Site, javascript: bool) -> None:
    citizen = Citizen(open_page(javascript=javascript), site)
    citizen.begin()
    citizen.asks_for("Une copie intégrale")
    citizen.page.get_by_label("Nom de naissance").fill("Exemple")
    press(citizen.page, "Enregistrer et reprendre plus tard")
    press(citizen.page, "Obtenir un code de reprise")
    code = citizen.page.locator(".app-code").inner_text()
    other = open_page(site.at("/suivi"), javascript=javascript)
    other.get_by_label("Code de suivi ou de reprise").fill(code)
    press(other, "Ouvrir ma demande")
    assert other.get_by_label("Nom de naissance").input_value() == "Exemple"


@MODES
def test_a_double_click_sends_one_demande(open_page: OpenPage, site: Site, javascript: bool) -> None:
    email = f"double-{javascript}@modele.example".lower()
    citizen = Citizen(open_page(javascript=javascript), site)
    citizen.reaches_the_check(email)
    site.age_drafts()
    before = site.count(Submission)
    citizen.page.get_by_role("button", name="Envoyer ma demande").dblclick()
    citizen.page.get_by_role("heading", name="Votre demande est envoyée").wait_for()
    assert site.count(Submission) == before + 1
    site.mail(email, "demande reçue")
    assert len([mail for mail in site.mailbox.to(email) if "demande reçue" in mail.subject]) == 1
