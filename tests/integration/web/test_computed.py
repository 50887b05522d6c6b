"""Computed answers over HTTP: a draft left for days shows what is true today, as it would be filed."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator

import pytest
from sqlalchemy import select, update

from grc import clock, resources
from grc.catalogue import loading, publishing
from grc.submissions.models import Draft
from tests.support.world import Browser, World

pytestmark = pytest.mark.anyio

LONG_AGO = "LE-PREMIER-JOUR"


@pytest.fixture
def world(world: World) -> Iterator[World]:
    """The birth certificate of Tilleul says on its first page which day it is, and asks more on a page of its own."""
    whole = loading.load_folder(resources.folder("form_catalogue"))
    document = copy.deepcopy(dict(next(each for each in whole if each.slug == "acte-de-naissance").document))
    answers, pages = document["schema"]["properties"], document["ui"]["elements"]
    answers["day"] = {"type": "string", "title": "Nous sommes le", "x-computed": "'J' ~ today"}
    purpose = {"x-privacy": {"purpose": "Test", "retention": "P1Y"}}
    answers["more"] = {"type": "string", "title": "Autre chose à {{ authority.name }} ?", **purpose}
    pages[0]["elements"].append({"type": "Control", "scope": "#/properties/day"})
    rule = {"effect": "SHOW", "condition": {"scope": "#/properties/day", "schema": {"pattern": "^J.*$"}}}
    more = {"type": "Control", "scope": "#/properties/more"}
    pages.append({"type": "Category", "x-id": "plus", "label": "Autre chose", "rule": rule, "elements": [more]})
    answers["total"] = {"type": "string", "title": "En tout", "x-computed": "'T' ~ today"}
    answers["detail"] = {"type": "string", "title": "Précisez", **purpose}
    rule = {"effect": "SHOW", "condition": {"scope": "#/properties/more", "schema": {"const": "ouvrir"}}}
    shown = [{"type": "Control", "scope": "#/properties/total"}]
    shown.append({"type": "Control", "scope": "#/properties/detail", "rule": rule})
    pages.append({"type": "Category", "x-id": "somme", "label": "En tout", "elements": shown})
    with world.database.writing(scope=world.authority().id) as session:
        publishing.publish(
            session,
            world.authority().id,
            loading.from_document(document),
            service_slug="etat-civil",
            confirmed={"silence", "appeal", "lint"},
            by="test",
            now=clock.now(),
        )
    yield world


async def left_alone(browser: Browser) -> str:
    """The address of a draft that is ready to check, its computed answer that of another day."""
    draft = await browser.fill()
    with browser.world.database.writing(scope=browser.world.authority().id) as session:
        row = session.execute(select(Draft)).scalar_one()
        session.execute(update(Draft).values(answers=row.answers | {"day": LONG_AGO}))
    return f"/tilleul/brouillons/{draft}"


async def test_the_answers_to_check_are_computed_anew(world: World) -> None:
    browser = world.browser()
    draft = await left_alone(browser)
    page = await browser.get(f"{draft}/verification")
    assert page.url.path.endswith("/verification")
    assert LONG_AGO not in page.text
    assert "Autre chose à Tilleul-sur-Exemple" in page.text


async def test_a_page_that_only_today_opens_is_shown(world: World) -> None:
    browser = world.browser()
    draft = await left_alone(browser)
    page = await browser.get(f"{draft}/plus")
    assert page.status_code == 200
    assert 'name="more"' in page.text
    assert LONG_AGO not in (await browser.get(f"{draft}/acte")).text


async def test_an_error_about_a_question_that_names_the_commune_names_it_too(world: World) -> None:
    browser = world.browser()
    draft = await left_alone(browser)
    answer = await browser.post(f"{draft}/plus", {"then": "continue", "more": "a" * 300})
    assert answer.status_code == 422
    assert "Autre chose à Tilleul-sur-Exemple" in re.findall(r"error-message.*", answer.text)[0]
    assert "{{" not in answer.text


async def test_a_page_that_asks_nothing_takes_nothing_away(world: World) -> None:
    browser = world.browser()
    draft = await left_alone(browser)
    for page, said in (("plus", {"more": "ouvrir"}), ("somme", {"detail": "Cela"}), ("plus", {"more": "fermer"})):
        assert (await browser.post(f"{draft}/{page}", said | {"then": "continue"})).status_code == 303
    page = await browser.get(f"{draft}/somme")
    assert 'name="detail"' not in page.text
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.text))
    assert (await browser.post(f"{draft}/somme", hidden | {"then": "continue"})).status_code == 303
    with world.database.reading(scope=world.authority().id) as session:
        assert session.execute(select(Draft)).scalar_one().answers["detail"] == "Cela"
