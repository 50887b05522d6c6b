"""Addresses, communes of birth and the map of a place: by keyboard, by pointer, by the device, and without scripts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.support import invented
from tests.support.browser import OpenPage, axe, no_horizontal_scroll, screenshot
from tests.support.people import press, sign_in_agent
from tests.support.site import Site, a_site
from tests.support.world import reference_in

_WHY = {"purpose": "Un essai", "legal_basis": "public_task", "retention": "P1Y", "anonymise": "remove"}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["born", "home", "spot"],
    "properties": {
        "born": {"type": "object", "x-commune": True, "title": "Commune de naissance", "x-privacy": _WHY},
        "home": {"type": "object", "x-address": True, "title": "Votre adresse", "x-privacy": _WHY},
        "spot": {"type": "object", "x-place": True, "title": "Où est le banc ?", "x-privacy": _WHY},
        "more": {"type": "boolean", "title": "Avez-vous autre chose à dire ?", "x-privacy": _WHY},
        "detail": {"type": "string", "title": "Que voulez-vous ajouter ?", "x-privacy": _WHY},
    },
}
_IF_MORE = {
    "effect": "SHOW",
    "condition": {"scope": "#/properties/more", "schema": {"const": True}, "failWhenUndefined": True},
}
UI: dict[str, Any] = {
    "type": "Categorization",
    "elements": [
        {
            "type": "Category",
            "x-id": "lieux",
            "label": "Des lieux",
            "elements": [
                {"type": "Control", "scope": f"#/properties/{name}"} | ({"rule": _IF_MORE} if name == "detail" else {})
                for name in SCHEMA["properties"]
            ],
        }
    ],
}
HOME = {"home-line1": "3 rue des Essais", "home-postcode": "99000", "home-city": "Exemple"}
SUGGESTED = ".app-suggestions:not([hidden]) [role=option]"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """An installation whose invented procedure asks for every kind of place on one page."""
    with a_site(tmp_path_factory.mktemp("site")) as running:
        invented.published(running.database, schema=SCHEMA, ui=UI)
        yield running


def begun(open_page: OpenPage, site: Site, **how: Any) -> Page:
    page = open_page(site.at(f"/demarches/{invented.SLUG}"), **how)
    press(page, "Commencer ma demande")
    if page.get_by_role("button", name="Continuer sans compte").count():
        press(page, "Continuer sans compte")
    expect(page.locator("h1")).to_have_text("Des lieux")
    return page


def values(page: Page, *names: str) -> list[str]:
    return [page.locator(f"[name='{name}']").input_value() for name in names]


def test_a_suggested_address_is_chosen_by_keyboard(open_page: OpenPage, site: Site) -> None:
    page = begun(open_page, site)
    field = page.get_by_role("combobox", name="Numéro et rue")
    field.press_sequentially("12 rue des tan")
    expect(page.locator(SUGGESTED)).to_have_count(1)
    expect(page.locator("#announce")).to_contain_text("1 proposition")
    expect(field).to_have_attribute("aria-expanded", "true")
    axe(page)
    field.press("ArrowDown")
    chosen = page.locator("[aria-selected=true]")
    expect(field).to_have_attribute("aria-activedescendant", str(chosen.get_attribute("id")))
    screenshot(page, "places-suggestion")
    field.press("Enter")
    assert values(page, "home-line1", "home-postcode", "home-city") == ["12 Rue des Tanneurs", "99000", "Exemple"]
    expect(page.locator(SUGGESTED)).to_have_count(0)
    expect(field).to_be_focused()


def test_escape_and_a_foreign_country_leave_what_is_typed(open_page: OpenPage, site: Site) -> None:
    page = begun(open_page, site)
    field = page.get_by_role("combobox", name="Numéro et rue")
    field.press_sequentially("rue des tan")
    expect(page.locator(SUGGESTED)).to_have_count(1)
    field.press("Escape")
    expect(page.locator(SUGGESTED)).to_have_count(0)
    assert field.input_value() == "rue des tan"
    page.locator("[name='home-country']").fill("Belgique")
    field.press_sequentially("n")
    page.wait_for_timeout(500)
    expect(page.locator(SUGGESTED)).to_have_count(0)


def test_a_commune_is_chosen_by_keyboard(open_page: OpenPage, site: Site) -> None:
    page = begun(open_page, site)
    field = page.get_by_role("combobox", name="Commune ou ville")
    field.press_sequentially("saint-denis")
    expect(page.locator(SUGGESTED).first).to_contain_text("La Réunion")
    field.press("ArrowDown")
    field.press("ArrowDown")
    field.press("Enter")
    assert values(page, "born-name", "born-choice") == ["Saint-Denis (93)", "93066 Saint-Denis"]
    field.press_sequentially("x")
    assert values(page, "born-choice") == [""]


def test_the_pin_is_put_and_moved_by_keyboard(open_page: OpenPage, site: Site) -> None:
    page = begun(open_page, site)
    expect(page.locator(".leaflet-tile-loaded").first).to_be_visible()
    expect(page.locator(".leaflet-control-attribution")).to_have_text("Plan inventé")
    page.get_by_role("link", name="Passer la carte").focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "spot-after-map"
    page.get_by_role("button", name="Placer le repère au centre").press("Enter")
    pin = page.get_by_role("button", name="Repère. Les flèches le déplacent.")
    expect(pin).to_be_focused()
    longitude, latitude = map(float, values(page, "spot-longitude", "spot-latitude"))
    assert (2.4 < longitude < 2.6, 47.4 < latitude < 47.6) == (True, True)
    expect(page.locator("[name='spot-address']")).to_have_value(re.compile("Place des Tilleuls"))
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowUp")
    moved = list(map(float, values(page, "spot-longitude", "spot-latitude")))
    assert (moved[0] > longitude, moved[1] > latitude) == (True, True)
    axe(page)
    screenshot(page, "places-map")
    no_horizontal_scroll(page, 320)
    page.set_viewport_size({"width": 360, "height": 900})
    screenshot(page, "places-map-narrow")
    page.set_viewport_size({"width": 1280, "height": 900})
    page.get_by_role("button", name="Enlever le repère").click()
    assert values(page, "spot-longitude", "spot-latitude") == ["", ""]


def test_a_click_puts_the_pin_and_keeps_the_words_typed(open_page: OpenPage, site: Site) -> None:
    page = begun(open_page, site)
    page.locator("[name='spot-address']").fill("Devant le grand chêne")
    page.locator("[name='spot-address']").blur()
    expect(page.locator(".leaflet-tile-loaded").first).to_be_visible()
    page.locator(".app-map__canvas").click(position={"x": 200, "y": 150})
    expect(page.locator("#announce")).to_contain_text("Repère placé")
    assert "" not in values(page, "spot-longitude", "spot-latitude")
    assert values(page, "spot-address") == ["Devant le grand chêne"]


def test_the_device_says_where_it_is(open_page: OpenPage, site: Site) -> None:
    page = begun(open_page, site)
    page.context.grant_permissions(["geolocation"], origin=site.url)
    page.context.set_geolocation({"longitude": 2.5023, "latitude": 47.5001})
    page.get_by_role("button", name="Utiliser ma position").click()
    expect(page.locator("[name='spot-longitude']")).to_have_value("2.502300")
    expect(page.locator("[name='spot-address']")).to_have_value(re.compile("Exemple"))


def test_a_suggestion_moves_the_map(open_page: OpenPage, site: Site) -> None:
    page = begun(open_page, site)
    field = page.get_by_role("combobox", name="Où est le banc ?")
    field.press_sequentially("rue du pont")
    page.locator(SUGGESTED).first.click()
    assert values(page, "spot-address") == ["Rue du Pont 99000 Exemple"]
    assert float(values(page, "spot-latitude")[0]) < 47.5


def test_an_outage_is_not_noticed_but_by_its_silence(open_page: OpenPage, site: Site) -> None:
    page = begun(open_page, site)
    site.places.fail("500")
    try:
        field = page.get_by_role("combobox", name="Numéro et rue")
        field.press_sequentially("quai de la riv")
        page.wait_for_timeout(600)
        expect(page.locator(SUGGESTED)).to_have_count(0)
    finally:
        site.places.fail()


@pytest.mark.parametrize("script", [True, False], ids=["with scripts", "without scripts"])
def test_what_is_typed_by_hand_arrives(script: bool, open_page: OpenPage, site: Site) -> None:
    page = begun(open_page, site, javascript=script)
    filled = {"born-name": "Saint-Denis", **HOME, "spot-address": "Près du lavoir"}
    for name, text in filled.items():
        page.locator(f"[name='{name}']").fill(text)
    press(page, "Continuer")
    expect(page.locator(".govuk-error-summary")).to_contain_text("Plusieurs communes portent ce nom")
    assert values(page, *filled) == list(filled.values())
    if script:
        axe(page)
    screenshot(page, f"places-homonyms-{script}")
    page.get_by_label("Saint-Denis, Seine-Saint-Denis (93)").check()
    press(page, "Continuer")
    expect(page.locator("main")).to_contain_text("Saint-Denis (93)")
    expect(page.locator("main")).to_contain_text("Près du lavoir")


def test_born_abroad_without_scripts(open_page: OpenPage, site: Site) -> None:
    page = begun(open_page, site, javascript=False)
    page.locator("[name='born-name']").fill("Tunis")
    page.locator("[name='born-country']").select_option(label="Tunisie")
    for name, text in {**HOME, "spot-address": "Ici"}.items():
        page.locator(f"[name='{name}']").fill(text)
    press(page, "Continuer")
    expect(page.locator("main")).to_contain_text("Tunis (Tunisie)")


def test_an_agent_sees_the_place_and_its_pin(open_page: OpenPage, site: Site) -> None:
    citizen = begun(open_page, site)
    citizen.context.grant_permissions(["geolocation"], origin=site.url)
    citizen.context.set_geolocation({"longitude": 2.5023, "latitude": 47.5001})
    citizen.locator("[name='spot-address']").fill("Près du lavoir")
    citizen.get_by_role("button", name="Utiliser ma position").click()
    expect(citizen.locator("[name='spot-longitude']")).to_have_value("2.502300")
    for name, text in {"born-name": "Rennes", **HOME}.items():
        citizen.locator(f"[name='{name}']").fill(text)
    press(citizen, "Continuer")
    site.age_drafts()
    citizen.get_by_role("button", name=re.compile("^Envoyer")).first.click()
    reference = reference_in(citizen.content())
    page = open_page()
    sign_in_agent(page, site, f"/agents/demandes/{reference}")
    expect(page.locator("main")).to_contain_text("Repère sur la carte : 47.5001, 2.5023")
    expect(page.locator(".app-map--shown .app-pin")).to_be_visible()
    expect(page.locator(".leaflet-tile-loaded").first).to_be_visible()
    axe(page)
    screenshot(page, "places-agent")


def test_a_redraw_leaves_one_list_and_the_pin(open_page: OpenPage, site: Site) -> None:
    page = begun(open_page, site)
    page.get_by_role("button", name="Placer le repère au centre").click()
    placed = values(page, "spot-longitude", "spot-latitude")
    page.locator("label", has_text=re.compile("^Oui$")).click()
    expect(page.get_by_label("Que voulez-vous ajouter ?")).to_be_visible()
    expect(page.locator(".app-map")).to_have_count(1)
    expect(page.locator(".app-pin")).to_have_count(1)
    assert values(page, "spot-longitude", "spot-latitude") == placed
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/adresses?q=" in request.url else None)
    field = page.get_by_role("combobox", name="Numéro et rue")
    field.press_sequentially("rue du pont")
    expect(page.locator(SUGGESTED)).to_have_count(1)
    field.press("ArrowDown")
    field.press("Enter")
    assert values(page, "home-line1", "home-city") == ["Rue du Pont", "Exemple"]
    assert len(asked) == len(set(asked))
