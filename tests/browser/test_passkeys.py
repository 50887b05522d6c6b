"""A passkey in a real browser, with the authenticator that Chromium lends to tests; the same door without scripts."""

from __future__ import annotations

from playwright.sync_api import CDPSession, Page, expect

from grc.demo import seed
from tests.support.browser import OpenPage, axe
from tests.support.factors import ADMINISTRATOR
from tests.support.people import press
from tests.support.site import Site


def at_localhost(site: Site, path: str) -> str:
    """The page where browsers know passkeys without https."""
    return site.at(path).replace("127.0.0.1", "localhost")


def lend_authenticator(page: Page) -> CDPSession:
    """A telephone in the browser: it keeps passkeys, and finds its owner each time."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    options |= {"isUserVerified": True, "automaticPresenceSimulation": True}
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return devtools


def give_password(page: Page) -> None:
    page.get_by_label("Adresse électronique").fill(ADMINISTRATOR)
    page.get_by_label("Mot de passe").fill(seed.PASSWORD)
    press(page, "Se connecter")


def test_an_administrator_makes_a_passkey_and_comes_back_with_it_alone(open_page: OpenPage, site: Site) -> None:
    page = open_page(at_localhost(site, "/agents/connexion"))
    devtools = lend_authenticator(page)
    give_password(page)
    expect(page.get_by_role("heading", name="Protéger votre compte")).to_be_visible()
    page.get_by_label("Nom de la clé d’accès").fill("Téléphone")
    page.get_by_role("button", name="Créer une clé d’accès").click()
    expect(page.get_by_role("heading", name="Codes de secours")).to_be_visible()
    press(page, "J’ai noté mes codes")
    expect(page.get_by_text("Téléphone", exact=True)).to_be_visible()
    press(page, "Se déconnecter")

    page.get_by_role("button", name="Se connecter avec une clé d’accès").click()
    expect(page.get_by_role("link", name="Agents", exact=True)).to_be_visible()
    page.goto(at_localhost(site, "/agents/compte/cles"))
    page.get_by_role("button", name="Créer une clé d’accès").click()
    expect(page.get_by_text("Cet appareil a déjà une clé d’accès de ce compte.")).to_be_visible()
    press(page, "Se déconnecter")

    devtools.send("WebAuthn.disable")
    page.goto(at_localhost(site, "/agents/connexion"))
    lend_authenticator(page)
    page.get_by_role("button", name="Se connecter avec une clé d’accès").click()
    expect(page.get_by_text("Rien n’a été fait", exact=False)).to_be_visible()
    expect(page.get_by_role("button", name="Se connecter avec une clé d’accès")).to_be_enabled()


def test_without_scripts_the_page_says_what_to_do_instead(open_page: OpenPage, site: Site) -> None:
    page = open_page(at_localhost(site, "/agents/connexion"), javascript=False)
    expect(page.get_by_text("Les clés d’accès demandent JavaScript")).to_be_visible()
    expect(page.get_by_role("button", name="Se connecter avec une clé d’accès")).to_be_hidden()
    give_password(page)
    expect(page.get_by_label("Adresse électronique")).to_be_hidden()
    expect(page.get_by_text("Les clés d’accès demandent JavaScript")).to_be_visible()


def test_the_door_can_be_used_by_all(open_page: OpenPage, site: Site) -> None:
    page = open_page(at_localhost(site, "/agents/connexion"), bypass_csp=True)
    axe(page)
