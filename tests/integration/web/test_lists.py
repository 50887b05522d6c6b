"""Lists through HTTP: what supervisors see and do, and what citizens are offered because of it."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from grc import clock
from grc.access.actors import AgentActor
from grc.bookings.models import Booking
from grc.lists import commands, queries
from grc.lists.models import ReferenceItem
from grc.receipts.wording import NBSP, long_date
from grc.submissions.models import Draft, Submission
from tests.support import rooms
from tests.support.world import Browser, World, example_answers, posted_of

pytestmark = pytest.mark.anyio
LISTS = "/tilleul/agents/listes"
HALLS = f"{LISTS}/halls"
FIRST = "salle-des-tilleuls"
ITEM = {"label": "Salle Neuve", "capacity": "1 200", "price": "12,50", "kitchen": "true"}


@pytest.fixture
def halls(world: World) -> World:
    """An installation where Tilleul publishes a form that offers halls."""
    rooms.fill(world.database)
    rooms.publish(world.database, world.authority().id)
    return world


async def supervisor(world: World) -> Browser:
    browser = world.browser()
    await browser.sign_in_agent("omar.fictif@tilleul.example")
    return browser


def omar(world: World) -> AgentActor:
    return world.agent("omar.fictif@tilleul.example")


def row(world: World, slug: str = FIRST) -> queries.Row:
    by = omar(world)
    with world.database.reading(scope=by.authority_id) as session:
        return queries.row(session, "halls", slug, by=by)


def order(page: str) -> list[str]:
    return re.findall(r'<tr id="([^"]+)"', page)


async def test_the_lists_are_those_that_published_forms_offer(halls: World) -> None:
    page = await (await supervisor(halls)).get(LISTS)
    assert page.status_code == 200
    assert re.search(r'href="/tilleul/agents/listes/halls">Halles</a></td>\s*<td[^>]*>3</td>', page.text)
    assert "Copie ou extrait" in page.text


async def test_a_list_shows_every_item_in_words(halls: World) -> None:
    page = await (await supervisor(halls)).get(HALLS)
    assert order(page.text) == [item.slug for item in rooms.HALLS["tilleul"]]
    for said in ("Capacité", "Prix", "Cuisine", "80", "120,00\u00a0€", "Oui", "Fermer", "Monter", "Descendre"):
        assert said in page.text
    assert page.text.count("Monter") == page.text.count("Descendre") == 2


async def test_an_item_is_added_changed_closed_and_reopened(halls: World) -> None:
    browser = await supervisor(halls)
    added = await browser.post(f"{HALLS}/nouveau", ITEM)
    assert (added.status_code, added.headers["location"]) == (303, f"{HALLS}?fait=liste-ajout")
    told = await browser.get(added.headers["location"])
    assert "L’élément est ajouté." in told.text
    assert row(halls, "salle-neuve").attributes == {"capacity": 1200, "price": 1250, "kitchen": True}

    form = await browser.get(f"{HALLS}/salle-neuve")
    assert 'value="12,50"' in form.text
    changed = await browser.post(f"{HALLS}/salle-neuve", {**ITEM, "price": "", "revision": "1"})
    assert changed.status_code == 303
    assert row(halls, "salle-neuve").attributes == {"capacity": 1200, "kitchen": True}
    assert row(halls, "salle-neuve").changed_by == "Omar Fictif"

    for wanted, is_open, revision in (("no", False, "2"), ("yes", True, "3")):
        done = await browser.post(f"{HALLS}/salle-neuve/etat", {"open": wanted, "revision": revision})
        assert done.status_code == 303
        assert row(halls, "salle-neuve").is_open is is_open


async def test_items_go_up_and_down(halls: World) -> None:
    browser = await supervisor(halls)
    before = order((await browser.get(HALLS)).text)
    moved = await browser.post(f"{HALLS}/{before[0]}/place", {"to": "down"})
    assert (moved.status_code, moved.headers["location"]) == (303, f"{HALLS}#{before[0]}")
    assert order((await browser.get(HALLS)).text) == [before[1], before[0], before[2]]
    await browser.post(f"{HALLS}/{before[0]}/place", {"to": "up"})
    assert order((await browser.get(HALLS)).text) == before


@pytest.mark.parametrize("path", ["nouveau", FIRST])
async def test_mistakes_are_said_in_a_summary_and_nothing_typed_is_lost(halls: World, path: str) -> None:
    browser = await supervisor(halls)
    wrong = {"label": "", "capacity": "beaucoup", "price": "<b>12", "kitchen": "peut-être", "revision": "1"}
    page = await browser.post(f"{HALLS}/{path}", wrong)
    assert page.status_code == 422
    for name in ("label", "capacity", "price", "kitchen"):
        assert f'href="#{name}"' in page.text, name
        assert f'id="{name}-error"' in page.text, name
    assert 'value="beaucoup"' in page.text
    assert "&lt;b&gt;12" in page.text
    assert row(halls).revision == 1


async def test_a_name_that_is_taken_is_said_beside_it(halls: World) -> None:
    page = await (await supervisor(halls)).post(f"{HALLS}/nouveau", {**ITEM, "label": "Halle aux exemples"})
    assert page.status_code == 422
    assert "est déjà dans la liste" in page.text
    assert 'href="#label"' in page.text


SLOTS = f"{LISTS}/slots"
YEAR = clock.now().year + 1
SLOT = f"{YEAR}-01-15-09-30-permanence-d-essai"
PERMANENCE = {
    "name": "Permanence d’essai",
    **dict(zip(("first_on-day", "first_on-month", "first_on-year"), ("1", "1", str(YEAR)), strict=True)),
    "hours-start": "9 h",
    "hours-end": "10 h",
    "minutes": "30",
    "weeks": "3",
    "of_each_place": "Mairie, bureau 12",
    "of_each_places": "1",
}


async def test_slots_are_made_by_the_dozen_and_offered_at_once(world: World) -> None:
    browser, citizen = await supervisor(world), world.browser()
    assert "Créer des créneaux" in (await browser.get(SLOTS)).text
    assert "Créer des créneaux" not in (await browser.get(f"{LISTS}/rooms")).text
    assert (await browser.get(f"{LISTS}/rooms/creneaux")).status_code == 404
    assert "Comment s’appellent" in (await browser.get(f"{SLOTS}/creneaux")).text

    wrong = await browser.post(f"{SLOTS}/creneaux", {**PERMANENCE, "minutes": "demi-heure"})
    assert (wrong.status_code, 'href="#minutes"' in wrong.text, "Permanence d’essai" in wrong.text) == (422, True, True)
    none = await browser.post(f"{SLOTS}/creneaux", {**PERMANENCE, "minutes": "90"})
    assert (none.status_code, "Aucun créneau ne tient dans ces heures" in none.text) == (422, True)
    late = await browser.post(f"{SLOTS}/creneaux", {**PERMANENCE, "first_on-year": str(YEAR + 3)})
    assert (late.status_code, 'href="#first_on' in late.text) == (422, True)
    made = await browser.post(f"{SLOTS}/creneaux", PERMANENCE)
    assert made.status_code == 303
    assert (await browser.post(f"{SLOTS}/creneaux", PERMANENCE)).status_code == 422
    page = (await browser.get(made.headers["location"])).text
    day = long_date(date(YEAR, 1, 15))
    assert f"Permanence d’essai, {day} à 9 h 30".replace(NBSP, " ") in page
    assert "4 créneaux sont créés." in page.replace(NBSP, " ")
    assert f"n’en ont pas : {long_date(date(YEAR, 1, 1))}.".replace(NBSP, " ") in page.replace(NBSP, " ")
    assert "créneaux sont créés" not in (await browser.get(f"{SLOTS}?fait=liste-creneaux&crees=x&sans=y")).text

    lists = (await citizen.get("/tilleul/api/v1/procedures/rendez-vous-elu/lists.json")).json()["lists"]["slot"]
    (offered,) = [each for each in lists if each["id"] == SLOT]
    assert offered == {
        "id": SLOT,
        "label": f"Permanence d’essai, {day} à 9 h 30".replace(NBSP, " "),
        "day": f"{YEAR}-01-15",
        "start": "09:30",
        "end": "10:00",
        "place": "Mairie, bureau 12",
    }
    assert "Remplissez" not in page
    assert (await browser.post(f"{SLOTS}/nouveau", {"label": "Sans nombre", "day-day": "9"})).status_code == 422
    blank = {
        "label": "Sans nombre",
        **dict(zip(("day-day", "day-month", "day-year"), ("9", "1", str(YEAR)), strict=True)),
    }
    assert (await browser.post(f"{SLOTS}/nouveau", blank)).status_code == 303
    page = (await browser.get(SLOTS)).text
    assert "Remplissez « Nombre de rendez-vous »" in page.replace(NBSP, " ")
    assert order(page).index(f"{YEAR}-01-09-sans-nombre") < order(page).index(SLOT)
    assert (await browser.get("/tilleul/agents/agenda/slots")).status_code == 200
    kept = await browser.post("/tilleul/agents/agenda/slots", {"item": SLOT})
    assert kept.status_code == 404


async def test_agents_see_who_has_taken_a_slot_and_are_asked_to_tell_them(world: World) -> None:
    browser, reference, by = await supervisor(world), await world.browser().file(), omar(world)
    with world.database.writing(scope=by.authority_id) as session:
        row = session.execute(select(ReferenceItem).where(col(ReferenceItem.source) == "slots")).scalars().first()
        assert row is not None
        slot, label, said = row.slug, row.label, row.attributes
        of_demande = select(col(Submission.id)).where(col(Submission.reference) == reference)
        span = {"starts_at": row.changed_at, "ends_at": row.changed_at + timedelta(minutes=30)}
        held = {"authority_id": by.authority_id, "submission_id": session.execute(of_demande).scalar_one(), **span}
        session.add(Booking(source="slots", item=slot, made_at=row.changed_at, **held))
    assert "Pris par 1 demande, qui le garde même fermé." in (await browser.get(SLOTS)).text.replace(NBSP, " ")
    page = (await browser.get(f"{SLOTS}/{slot}")).text
    assert f"Demande {reference}" in page
    assert "garde ce qu’elle a choisi" in page
    day = dict(zip(("day-year", "day-month", "day-day"), said["day"].split("-"), strict=True))
    posted = {"label": label, **day, "start": "7 h", "end": "7 h 30", "place": "", "places": "1", "revision": "1"}
    changed = await browser.post(f"{SLOTS}/{slot}", posted)
    assert changed.status_code == 303
    assert "Une tâche s’ouvre dans chaque demande" in (await browser.get(changed.headers["location"])).text
    told = (await browser.get(f"/tilleul/agents/demandes/{reference}")).text.replace(NBSP, " ")
    assert f"« {label} » a changé : prévenez l’usager.".replace(NBSP, " ") in told


async def test_who_comes_second_sees_what_they_typed_and_may_send_it_again(halls: World) -> None:
    browser, by = await supervisor(halls), omar(halls)
    with halls.database.writing(scope=by.authority_id) as session:
        facts = commands.Facts("Salle des Érables")
        commands.change(session, "halls", FIRST, facts, revision=1, by=by, now=row(halls).changed_at)
    late = await browser.post(f"{HALLS}/{FIRST}", {**ITEM, "revision": "1"})
    assert late.status_code == 409
    assert "Omar Fictif a modifié cet élément entre-temps" in late.text
    assert 'value="Salle Neuve"' in late.text
    assert 'name="revision" value="2"' in late.text
    assert row(halls).label == "Salle des Érables"
    again = await browser.post(f"{HALLS}/{FIRST}", {**ITEM, "revision": "2"})
    assert again.status_code == 303
    assert row(halls).label == "Salle Neuve"
    closed = await browser.post(f"{HALLS}/{FIRST}/etat", {"open": "no", "revision": "1"})
    assert closed.status_code == 409


@pytest.mark.parametrize("path", ["", "/halls", "/halls/nouveau", f"/halls/{FIRST}"])
async def test_only_supervisors_come_here(halls: World, path: str) -> None:
    claire = halls.browser()
    await claire.sign_in_agent()
    page = await claire.get(f"{LISTS}{path}")
    assert page.status_code == 403
    assert "Demandez-la au responsable" in page.text
    assert LISTS not in (await claire.get("/tilleul/agents")).text
    assert LISTS in (await (await supervisor(halls)).get("/tilleul/agents")).text


@pytest.mark.parametrize(
    ("path", "posted"),
    [
        ("/halls/nouveau", ITEM),
        (f"/halls/{FIRST}", {**ITEM, "revision": "1"}),
        (f"/halls/{FIRST}/place", {"to": "down"}),
        (f"/halls/{FIRST}/etat", {"open": "no", "revision": "1"}),
    ],
)
async def test_a_handler_changes_nothing(halls: World, path: str, posted: dict[str, str]) -> None:
    claire = halls.browser()
    await claire.sign_in_agent()
    assert (await claire.post(f"{LISTS}{path}", posted)).status_code == 403
    assert row(halls).revision == 1


async def test_what_is_not_there_is_not_found(halls: World) -> None:
    browser = await supervisor(halls)
    for path in ("/nowhere", "/nowhere/nouveau", "/halls/nowhere", f"/nowhere/{FIRST}"):
        assert (await browser.get(f"{LISTS}{path}")).status_code == 404
        assert (await browser.post(f"{LISTS}/halls/nowhere/place", {"to": "up"})).status_code == 404
    for path, posted in (("place", {"to": "sideways"}), ("etat", {"open": "perhaps", "revision": "1"})):
        assert (await browser.post(f"{HALLS}/{FIRST}/{path}", posted)).status_code == 422


async def test_an_empty_list_says_what_follows(halls: World) -> None:
    by = omar(halls)
    with halls.database.writing(scope=by.authority_id) as session:
        for each in session.execute(select(ReferenceItem)).scalars():
            session.delete(each)
    browser = await supervisor(halls)
    assert "Cette liste est vide" in (await browser.get(HALLS)).text
    draft = await browser.begin()
    page = await browser.get(f"/tilleul/brouillons/{draft}/suite")
    assert "Rien n’est proposé pour le moment" in page.text


async def answer_first_page(browser: Browser, **changes: Any) -> tuple[str, Any]:
    """The first page of the form posted, with a hall; gives the draft and the answer."""
    draft = await browser.begin()
    page = await browser.get(f"/tilleul/brouillons/{draft}/suite")
    fields, _ = posted_of(example_answers("passes-own-full-copy"))
    posted = {**fields, "hall": FIRST, "then": "continue", **changes}
    return page.url.path, await browser.post(page.url.path, posted)


def kept(world: World) -> Any:
    authority = world.authority()
    with world.database.reading(scope=authority.id) as session:
        statement = select(Draft).order_by(col(Draft.id).desc()).limit(1)
        return session.execute(statement).scalar_one().answers.get("hall")


async def test_citizens_choose_among_what_is_open_and_the_server_says_the_rest(halls: World) -> None:
    browser = halls.browser()
    draft = await browser.begin()
    page = await browser.get(f"/tilleul/brouillons/{draft}/suite")
    assert "80\u00a0places, 120,00\u00a0€, Cuisine" in page.text
    _, answer = await answer_first_page(browser, **{"hall.price": "1", "hall-price": "1", "price": "1"})
    assert answer.status_code == 303
    assert kept(halls) == {
        "id": FIRST,
        "label": "Salle des Tilleuls",
        "capacity": 80,
        "price": 12000,
        "kitchen": True,
    }


async def test_an_item_closed_meanwhile_is_chosen_again(halls: World) -> None:
    browser, agent = halls.browser(), await supervisor(halls)
    path, answer = await answer_first_page(browser)
    assert answer.status_code == 303
    await agent.post(f"{HALLS}/{FIRST}/etat", {"open": "no", "revision": "1"})
    draft = path.rsplit("/", 1)[0]
    check = await browser.get(f"{draft}/verification")
    assert check.url.path == path
    refused = await browser.post(path, {"hall": FIRST, "then": "continue"})
    assert refused.status_code == 422
    assert "Choisissez une des réponses proposées" in refused.text
    assert FIRST not in refused.text.split("<form", 1)[1].split('name="hall"', 1)[1]


async def test_the_other_authority_s_halls_cannot_be_chosen(halls: World) -> None:
    _, answer = await answer_first_page(halls.browser(), hall="salle-du-marronnier")
    assert answer.status_code == 422
    assert kept(halls) is None
