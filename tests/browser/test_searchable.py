"""A long list is searched by typing, under the policy of the site; without scripts it is the plain list that it was."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.support.browser import OpenPage, axe
from tests.support.previews import previews
from tests.support.previews.serving import HOST, serve

NAME = "person.country"


def opened(open_page: OpenPage, preview: str = "form-kinds", **options: object) -> Page:
    page = open_page(**options)
    serve(page)
    page.goto(f"{HOST}/pages/{preview}")
    if options.get("javascript", True):
        expect(page.locator("select[data-searched]")).to_have_count(1)
    return page


def sent(page: Page) -> str:
    """What the form would send for the question."""
    return str(page.evaluate(f"new FormData(document.getElementById('answers')).get('{NAME}')"))


def test_without_scripts_it_is_a_plain_list(open_page: OpenPage) -> None:
    page = opened(open_page, javascript=False)
    listed = page.get_by_label("Pays de naissance")
    assert listed.evaluate("(element) => element.tagName") == "SELECT"
    listed.select_option(label="Maroc")
    assert listed.input_value() == "maroc"


def test_a_few_letters_without_accents_find_the_answer(open_page: OpenPage) -> None:
    page = opened(open_page)
    box = page.get_by_role("combobox", name="Pays de naissance")
    box.fill("cote d i")
    options = page.get_by_role("option")
    assert options.all_text_contents() == ["Côte d’Ivoire"]
    options.first.click()
    assert sent(page) == "côte d’ivoire"
    assert box.input_value() == "Côte d’Ivoire"
    box.fill("etats unis")
    assert sent(page) == "états-unis"


def test_the_keyboard_alone_chooses(open_page: OpenPage) -> None:
    page = opened(open_page)
    page.locator("#stay\\.hours-end").focus()
    page.keyboard.press("Tab")
    page.keyboard.type("r", delay=20)
    assert page.get_by_role("option").all_text_contents()[0] == "Royaume-Uni"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert sent(page) == "royaume-uni"
    assert page.url.endswith("/pages/form-kinds")


def test_what_is_not_in_the_list_is_no_answer(open_page: OpenPage) -> None:
    page = opened(open_page, "form-kinds-wrong")
    box = page.get_by_role("combobox", name="Pays de naissance")
    assert (box.input_value(), sent(page)) == ("Maroc", "maroc")
    box.fill("Atlantide")
    expect(page.get_by_role("option")).to_have_text("Aucune réponse de ce nom")
    assert sent(page) == ""
    box.fill("Maroc")
    assert sent(page) == "maroc"


def test_its_hint_and_its_error_stay_whatever_is_typed(open_page: OpenPage) -> None:
    page = opened(open_page, "form-kinds-wrong")
    box = page.get_by_role("combobox", name="Pays de naissance")
    for typed in ("", "Fra"):
        box.fill(typed)
        expect(box).to_have_attribute("aria-describedby", re.compile(f"{NAME}-hint {NAME}-error"))
        expect(box).to_have_attribute("aria-invalid", "true")
        expect(box).to_have_accessible_description(re.compile("Le nom d’aujourd’hui.*Choisissez une réponse"))
    page.get_by_role("link", name="Choisissez une réponse").click()
    expect(box).to_be_focused()


def test_a_name_is_text_and_never_markup(open_page: OpenPage) -> None:
    page = opened(open_page)
    page.evaluate(
        """async () => {
          const list = document.querySelector("select[data-search]").cloneNode(true);
          const label = Object.assign(document.createElement("label"), { htmlFor: "evil", textContent: "Autre" });
          list.id = "evil";
          delete list.dataset.searched;
          list.style.display = "";
          list.add(new Option("<img src=x onerror=boom()>", "x"));
          document.getElementById("answers").append(label, list);
          const address = document.querySelector("script[src$='app.js']").src.replace("app.js", "autocomplete.js");
          await (await import(address)).enhance(document);
        }"""
    )
    page.locator("input#evil").fill("img")
    assert page.get_by_role("option").all_text_contents() == ["<img src=x onerror=boom()>"]


def test_a_choice_that_opens_questions_is_told_once_and_stays_searchable(open_page: OpenPage) -> None:
    page = opened(open_page, "form-kinds-live")
    told: list[str] = []

    def redrawn(route: Route) -> None:
        told.append(route.request.post_data or "")
        html = previews()["form-kinds-live"].html().replace('value="maroc"', 'value="maroc" selected')
        route.fulfill(body=html, content_type="text/html; charset=utf-8")

    page.route("**/brouillons/**", redrawn)
    box = page.locator("input.autocomplete__input")
    box.press_sequentially("mar")
    page.keyboard.press("ArrowDown")
    with page.expect_response("**/brouillons/**"):
        page.keyboard.press("Enter")
    expect(page.locator("select[data-searched]")).to_have_count(1)
    expect(box).to_have_count(1)
    expect(box).to_have_value("Maroc")
    expect(box).to_be_focused()
    expect(box).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("Tab")
    page.wait_for_timeout(300)
    assert ["person.country=maroc" in each for each in told] == [True]
    box.fill("france")
    assert sent(page) == "france"


@pytest.mark.parametrize("width", [360, 1280])
def test_the_open_list_is_accessible(open_page: OpenPage, width: int) -> None:
    page = opened(open_page, bypass_csp=True)
    page.set_viewport_size({"width": width, "height": 900})
    box = page.get_by_role("combobox", name="Pays de naissance")
    box.click()
    expect(page.get_by_role("option")).to_have_count(8)
    page.keyboard.press("ArrowDown")
    axe(page)


def test_the_script_comes_only_where_there_is_a_list_to_search(open_page: OpenPage) -> None:
    page = open_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    serve(page)
    page.goto(f"{HOST}/pages/form-alone")
    page.wait_for_load_state("networkidle")
    assert not [address for address in asked if "autocomplete" in address]
