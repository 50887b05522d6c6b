"""An agent whom nobody knows yet: refused with a code, attached by an administrator, let in, out of both sessions."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from tests.support.browser import OpenPage, axe, no_horizontal_scroll, screenshot
from tests.support.site import Site, a_site


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The product with a ProConnect."""
    with a_site(tmp_path_factory.mktemp("site"), agents=True) as running:
        yield running


def identify(page: Page, site: Site, person: str) -> None:
    page.goto(site.at("/agents/connexion"))
    page.get_by_role("button", name="S’identifier avec ProConnect").click()
    page.get_by_role("button", name=f"Choisir {person}").click()


def test_an_unknown_identity_is_attached_by_who_is_told_its_code(site: Site, open_page: OpenPage) -> None:
    newcomer, administrator = open_page(site.at("/agents/connexion"), javascript=False), open_page(site.at("/"))
    axe(administrator)
    identify(newcomer, site, "Clément MODÈLE")
    assert newcomer.get_by_role("heading", name="ProConnect ne vous ouvre pas cet espace").is_visible()
    code = newcomer.locator(".app-code").inner_text().strip()
    no_horizontal_scroll(newcomer, 320)
    administrator.goto(site.at("/agents/connexion"))
    administrator.get_by_role("button", name="S’identifier avec ProConnect").click()
    axe(administrator)
    no_horizontal_scroll(administrator, 320)
    administrator.get_by_role("button", name="Choisir Ada ESSAI").click()
    administrator.get_by_role("link", name="Agents", exact=True).click()
    administrator.get_by_role("link", name="Rattacher une identité ProConnect").click()
    axe(administrator)
    no_horizontal_scroll(administrator, 320)
    screenshot(administrator, "proconnect-attach")
    administrator.get_by_label("Le repère que l’agent vous donne").fill(code.lower())
    administrator.get_by_label("Claire Modèle").check()
    administrator.get_by_label("Comment vous savez que c’est cette personne").fill("Il est venu me voir.")
    administrator.get_by_role("button", name="Rattacher l’identité").click()
    assert administrator.get_by_text("et le compte celui de").first.is_visible(), "Clément is not Claire"
    axe(administrator)
    administrator.get_by_label("C’est bien la même personne").check()
    administrator.get_by_role("button", name="Rattacher l’identité").click()
    assert administrator.get_by_text("L’identité est rattachée.").is_visible()
    identify(newcomer, site, "Clément MODÈLE")
    assert newcomer.get_by_role("heading", level=1).first.is_visible()
    assert newcomer.get_by_text("Claire Modèle").first.is_visible()
    newcomer.get_by_role("button", name="Se déconnecter").click()
    assert newcomer.get_by_text("Vous êtes déconnecté.").is_visible()
    newcomer.get_by_role("button", name="S’identifier avec ProConnect").click()
    assert newcomer.get_by_text("Session ouverte").count() == 0, "ProConnect’s own session is closed too"
