"""Every page, in every state, as a browser draws it: rules of access, narrow screens, big text, keyboard, policy."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from playwright.sync_api import Page, Route

from grc.forms.definition import Field
from grc.web.agents.beside import Beside
from grc.web.citizen.views import FieldGroup
from grc.web.rendering import render
from tests.support.browser import OpenPage, Watch, axe, no_horizontal_scroll, tab_through
from tests.support.previews import previews
from tests.support.previews.serving import HOST, serve

NAMES = sorted(previews())
FIRST = sorted({preview.template: name for name, preview in reversed(previews().items())}.values())
"""One state of each template, the fullest."""
# A dark, a strong, two light and no colour: what a commune may choose.
COLOURS = ("#1a1a2e", "#c60c30", "#ffd500", "#32cd32", "#ffffff")
THEMED = ("catalogue", "form-all-wrong", "tracking-waiting", "inbox", "submission-received")


def _opened(open_page: OpenPage, name: str, *, colour: str = "", **options: object) -> Page:
    page = open_page(**options)
    serve(page, colour)
    page.goto(f"{HOST}/pages/{name}")
    return page


@pytest.mark.parametrize("name", NAMES)
def test_a_page_is_accessible_and_fits_narrow_screens(reopen_page: OpenPage, name: str) -> None:
    page = _opened(reopen_page, name, bypass_csp=True)
    axe(page)
    no_horizontal_scroll(page, 320)
    no_horizontal_scroll(page, 768)
    no_horizontal_scroll(page, 1280, text=200)


@pytest.mark.parametrize("name", FIRST)
def test_a_page_is_walked_by_keyboard_under_its_policy(reopen_page: OpenPage, name: str) -> None:
    page = _opened(reopen_page, name)
    assert tab_through(page)[0] == "a Aller au contenu"


@pytest.mark.parametrize("colour", COLOURS)
@pytest.mark.parametrize("name", THEMED)
def test_a_page_can_be_read_whatever_the_colour(open_page: OpenPage, name: str, colour: str) -> None:
    axe(_opened(open_page, name, colour=colour, bypass_csp=True))


@pytest.mark.parametrize("name", [name for name in NAMES if "wrong" in name])
def test_after_an_error_the_summary_has_the_focus_and_leads_to_the_control(reopen_page: OpenPage, name: str) -> None:
    page = _opened(reopen_page, name)
    assert page.title().startswith("Erreur")
    assert page.evaluate("document.activeElement.className") == "govuk-error-summary"
    for link in page.locator(".govuk-error-summary a[href^='#']").all():
        link.click()
        assert page.evaluate("document.activeElement.id") == (link.get_attribute("href") or "")[1:]


def test_a_second_press_does_not_send_twice(open_page: OpenPage) -> None:
    page = _opened(open_page, "check")
    page.evaluate(
        """() => {
          window.sent = 0
          document.addEventListener('submit', event => {
            if (!event.defaultPrevented) window.sent += 1
            event.preventDefault()
          })
        }"""
    )
    button = page.get_by_role("button", name="Envoyer ma demande")
    button.dblclick()
    button.click()
    assert page.evaluate("window.sent") == 1


def test_nothing_moves_for_who_asked_for_stillness(open_page: OpenPage) -> None:
    page = _opened(open_page, "tracking", reduced_motion="reduce")
    assert page.evaluate("document.getAnimations().length") == 0


def test_an_answer_draws_the_questions_that_depend_on_it(open_page: OpenPage) -> None:
    page = _opened(open_page, "form-redraw")
    posted: list[str] = []

    def redraw(route: Route) -> None:
        posted.append(route.request.post_data or "")
        fresh = previews()["form-redraw"]
        context = dict(fresh.context)
        shown = context["page"]
        mother = Field("mother", "mother", "text", "Nom de la mère", required=True)
        fields = (shown.fields[0], mother, shown.fields[1])
        typed = {"document": "full", "copies": "2"}
        context["page"] = replace(shown, groups=(FieldGroup("", fields),), typed=typed)
        route.fulfill(body=replace(fresh, context=context).html(), content_type="text/html; charset=utf-8")

    page.route(f"{HOST}/tilleul/brouillons/abc/document", redraw)
    page.get_by_label("Nombre d’exemplaires").fill("2")
    page.get_by_label("Une copie intégrale").check()
    page.get_by_label("Nom de la mère").wait_for()
    assert len(posted) == 1
    assert {"document", "full", "copies", "redraw"} <= set(re.findall(r"\w+", posted[0]))
    assert page.get_by_label("Une copie intégrale").is_checked()
    assert page.get_by_label("Nombre d’exemplaires").input_value() == "2"
    assert page.evaluate("document.activeElement.id") == "document"
    page.get_by_label("Un extrait sans filiation").check()
    page.wait_for_function("() => !document.querySelector('.htmx-request')")
    assert len(posted) == 2


def test_words_typed_in_the_search_bring_what_is_found(open_page: OpenPage) -> None:
    page = _opened(open_page, "catalogue")

    def found(route: Route) -> None:
        route.fulfill(body=previews()["catalogue-found"].html(), content_type="text/html; charset=utf-8")

    page.route(f"{HOST}/tilleul/?q=naissance", found)
    page.get_by_label("Rechercher une démarche").press_sequentially("naissance")
    page.get_by_text("pour « naissance »").wait_for()
    assert page.get_by_label("Rechercher une démarche").evaluate("node => node === document.activeElement")
    assert page.locator("#announce").text_content() == "1\u00a0démarche trouvée"


def test_taking_charge_replaces_the_panel_and_keeps_the_page(open_page: OpenPage) -> None:
    page = _opened(open_page, "submission-received")
    posted: list[str] = []

    def taken(route: Route) -> None:
        posted.append(route.request.post_data or "")
        status = previews()["submission"].context["page"].status
        route.fulfill(
            body=render("agents/submission/_status.html", status=status, beside=Beside()),
            content_type="text/html; charset=utf-8",
        )

    page.route(f"{HOST}/prise-en-charge", taken)
    page.get_by_role("button", name="Prendre en charge").click()
    page.get_by_role("heading", name="En cours d’examen").wait_for()
    assert "revision" in posted[0] and "3" in posted[0]
    assert page.evaluate("document.activeElement.id") == "status-title"
    assert page.locator("#status").count() == 1


@pytest.mark.parametrize("status", [500, 0])
def test_an_act_that_fails_is_said_and_changes_nothing(open_page: OpenPage, watch: Watch, status: int) -> None:
    page = _opened(open_page, "submission-received")
    page.route(f"{HOST}/prise-en-charge", lambda route: route.fulfill(status=status) if status else route.abort())
    page.get_by_role("button", name="Prendre en charge").click()
    page.get_by_role("alert").filter(has_text="réessayez").wait_for()
    assert page.get_by_role("button", name="Prendre en charge").is_visible()
    watch.faults.clear()  # the browser's own line about the failure
