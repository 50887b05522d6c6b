"""The pages of administration, walked without scripts: what is set, refused, told to citizens and journalled."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlmodel import col

from grc import clock
from grc.authorities.models import Closure, Service
from grc.catalogue.models import InstalledProcedure
from grc.journal.models import JournalEntry
from tests.support.factors import enrol
from tests.support.forms_posted import errors, plain, shown
from tests.support.world import Browser, World, a_world, seeded

pytestmark = pytest.mark.anyio
HERE = "/tilleul/agents/administration"
SERVICES, CLOSURES, LOOK = f"{HERE}/services", f"{HERE}/fermetures", f"{HERE}/apparence"
AUTHORITY, STATEMENTS = f"{HERE}/collectivite", f"{HERE}/declarations"
BIRTH = "/tilleul/demarches/acte-de-naissance"
NEW = {"name": "Médiathèque", "slug": "mediatheque", "telephone": "01 99 00 10 21", "email": "livres@tilleul.example"}


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    """One loop for the whole module, as its world."""
    return "asyncio"


@pytest.fixture(scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory, anyio_backend: str) -> AsyncIterator[World]:
    """One installation on SQLite for every walk: each sets what the others do not look at."""
    folder = tmp_path_factory.mktemp("administration")
    async with a_world(seeded(folder), folder) as made:
        yield made


@pytest.fixture(scope="module")
async def ada(world: World) -> Browser:
    """The administrator of Tilleul, signed in."""
    browser = world.browser()
    await enrol(browser)
    return browser


def rows(world: World, table: Any, *where: Any) -> list[Any]:
    scope = world.authority().id
    with world.database.reading(scope=scope) as session:
        found = session.execute(select(table).where(col(table.authority_id) == scope, *where)).scalars().all()
        session.expunge_all()
        return list(found)


def service(world: World, slug: str) -> Any:
    return rows(world, Service, col(Service.slug) == slug)[0]


def acts(world: World) -> list[str]:
    entries = sorted(rows(world, JournalEntry), key=lambda one: one.id)
    return [one.act for one in entries if not one.act.startswith(("agent:", "submission:"))]


@pytest.mark.law("R5")
async def test_a_service_is_added_changed_closed_and_reopened(world: World, ada: Browser) -> None:
    assert "Service de l’état civil" in (await ada.get(SERVICES)).text
    wrong = await ada.post(f"{SERVICES}/nouveau", {**NEW, "slug": "Média", "email": "x", "telephone": "appelez"})
    assert (wrong.status_code, set(errors(wrong.text))) == (422, {"slug", "email", "telephone"})
    assert shown(wrong.text)["name"] == "Médiathèque"
    taken = await ada.post(f"{SERVICES}/nouveau", {**NEW, "slug": "etat-civil", "name": "Service de l’état civil"})
    assert set(errors(taken.text)) == {"slug", "name"}

    added = await ada.post(f"{SERVICES}/nouveau", NEW)
    assert (added.status_code, added.headers["location"]) == (303, f"{SERVICES}?fait=service-ajoute")
    made = service(world, "mediatheque")
    page = await ada.get(f"{SERVICES}/{made.id}")
    changed = await ada.post(f"{SERVICES}/{made.id}", {**shown(page.text), "telephone": "", "slug": "autre"})
    assert changed.status_code == 303
    assert (service(world, "mediatheque").telephone, rows(world, Service, col(Service.slug) == "autre")) == ("", [])
    assert "Il manque un téléphone" in (await ada.get(SERVICES)).text

    assert (await ada.post(f"{SERVICES}/{made.id}/fermeture")).status_code == 303
    assert service(world, "mediatheque").closed_at is not None
    assert "Rouvrir ce service" in (await ada.get(f"{SERVICES}/{made.id}")).text
    assert (await ada.post(f"{SERVICES}/{made.id}/reouverture")).status_code == 303
    assert service(world, "mediatheque").closed_at is None
    told = [act for act in acts(world) if act.startswith("service:")]
    assert told == ["service:added", "service:changed", "service:closed", "service:reopened"]
    assert (await ada.get(f"{SERVICES}/999999")).status_code == (await ada.get(f"{SERVICES}/x")).status_code == 404


@pytest.mark.law("R4")
async def test_a_service_in_charge_stays_whole_and_open(world: World, ada: Browser) -> None:
    before = service(world, "etat-civil")
    page = await ada.get(f"{SERVICES}/{before.id}")
    assert "Ce service ne peut pas être fermé" in page.text
    silent = await ada.post(f"{SERVICES}/{before.id}", {**shown(page.text), "telephone": ""})
    assert silent.status_code == 422
    assert "téléphone du service (articles R112-11-1 et L111-2)" in errors(silent.text)["telephone"]
    assert "acte de naissance" in errors(silent.text)["telephone"]
    nowhere = await ada.post(f"{SERVICES}/{before.id}", {**shown(page.text), "email": "", "postal_address": ""})
    assert "adresse électronique ou postale" in errors(nowhere.text)["email"]
    bare = await ada.post(f"{SERVICES}/{before.id}", {**shown(page.text), "postal_address": ""})
    assert bare.status_code == 303, "its agents are written to at the town hall"
    form = await ada.get(AUTHORITY)
    unsaid = await ada.post(AUTHORITY, {**shown(form.text), "postal_address": ""})
    assert (unsaid.status_code, "acte de naissance" in errors(unsaid.text)["postal_address"]) == (422, True)
    restored = await ada.post(f"{SERVICES}/{before.id}", shown(page.text) | {"seen.postal_address": ""})
    assert restored.status_code == 303
    closed = await ada.post(f"{SERVICES}/{before.id}/fermeture")
    assert (closed.status_code, "Ce service répond à des démarches ouvertes" in closed.text) == (422, True)
    after = service(world, "etat-civil")
    assert (after.telephone, after.email, after.closed_at) == (before.telephone, before.email, None)

    with world.database.writing(scope=world.authority().id) as session:  # what is closed may lose its service
        session.execute(
            update(InstalledProcedure).where(col(InstalledProcedure.service_id) == before.id).values(is_open=False)
        )
    room = col(InstalledProcedure.slug) == "reservation-salle"
    try:
        for functions, code in ({"handler": ["etat-civil"]}, 422), (None, 303):
            with world.database.writing(scope=world.authority().id) as session:
                session.execute(update(InstalledProcedure).where(room).values(functions=functions))
            assert (await ada.post(f"{SERVICES}/{before.id}/fermeture")).status_code == code
        assert (await ada.post(f"{SERVICES}/{before.id}/reouverture")).status_code == 303
    finally:
        with world.database.writing(scope=world.authority().id) as session:
            session.execute(update(InstalledProcedure).values(is_open=True))


async def test_two_administrators_at_once_lose_nothing(world: World, ada: Browser) -> None:
    key = service(world, "vie-locale").id
    first, second = [(await ada.get(f"{SERVICES}/{key}")).text for _ in range(2)]
    assert (
        await ada.post(f"{SERVICES}/{key}", {**shown(first), "hours": "Le lundi", "telephone": "01 99 00 10 30"})
    ).status_code == 303
    merged = await ada.post(f"{SERVICES}/{key}", {**shown(second), "email": "vie@tilleul.example"})
    assert merged.status_code == 303
    after = service(world, "vie-locale")
    assert (after.hours, after.telephone, after.email) == ("Le lundi", "01 99 00 10 30", "vie@tilleul.example")

    both = await ada.post(f"{SERVICES}/{key}", {**shown(second), "hours": "Le mardi"})
    assert (both.status_code, list(errors(both.text))) == (409, ["hours"])
    assert "Le lundi" in errors(both.text)["hours"]
    again = shown(both.text)
    assert (again["hours"], again["telephone"], again["email"]) == ("Le mardi", "01 99 00 10 30", "vie@tilleul.example")
    assert (await ada.post(f"{SERVICES}/{key}", again)).status_code == 303
    assert service(world, "vie-locale").hours == "Le mardi"


async def test_a_closure_is_read_where_people_begin_and_stops_nothing(world: World, ada: Browser) -> None:
    today = clock.day_in("Europe/Paris", clock.now())
    soon, later = today + timedelta(days=3), today + timedelta(days=200)
    key = str(service(world, "etat-civil").id)
    for typed, field in (
        ({"first_on": "", "last_on": ""}, "first_on"),
        ({"first_on": "31/02/2027", "last_on": ""}, "first_on"),
        ({"first_on": soon.isoformat(), "last_on": today.isoformat()}, "last_on"),
        ({"first_on": "2020-01-01", "last_on": "2020-01-02"}, "last_on"),
        ({"first_on": soon.isoformat(), "last_on": "2999-01-01"}, "last_on"),
        ({"first_on": soon.isoformat(), "service": "999"}, "service"),
    ):
        wrong = await ada.post(CLOSURES, {"service": "", "last_on": "", "reason": "congés", **typed})
        assert (wrong.status_code, list(errors(wrong.text)) or [field]) == (422, [field]), typed
        assert shown(wrong.text)["reason"] == "congés"
    citizen = world.browser()
    assert "La mairie est fermée" not in (await citizen.get("/tilleul/")).text  # kept by the process from here on

    one_day = soon.strftime("%d/%m/%Y")
    assert (await ada.post(CLOSURES, {"first_on": one_day, "reason": "pont"})).status_code == 303
    weeks = {"service": key, "first_on": soon.isoformat(), "last_on": (soon + timedelta(days=9)).isoformat()}
    assert (await ada.post(CLOSURES, weeks)).status_code == 303
    assert (await ada.post(CLOSURES, weeks)).status_code == 422
    far = {"first_on": later.isoformat(), "last_on": later.isoformat(), "reason": "colloque"}
    assert (await ada.post(CLOSURES, far)).status_code == 303
    home, begin, other = [
        (await citizen.get(path)).text for path in ("/tilleul/", BIRTH, "/tilleul/demarches/signalement-voirie")
    ]
    assert re.search(r"La mairie est fermée le [^<]+ \(pont\)\.", home)
    assert "Service de l’état civil" not in home
    assert "colloque" not in home
    assert begin.count("La mairie est fermée le") == begin.count("Service de l’état civil\u00a0: fermé du") == 2
    assert "les délais courent" in home
    assert "Service de l’état civil\u00a0: fermé" not in other

    stated = rows(world, Closure)
    for one in stated:
        assert (await ada.post(f"{CLOSURES}/{one.id}/retrait")).status_code == 303
    assert (await ada.post(f"{CLOSURES}/{stated[0].id}/retrait")).status_code == 404
    assert "La mairie est fermée" not in (await citizen.get("/tilleul/")).text
    assert acts(world).count("closure:stated") == acts(world).count("closure:removed") == 3


@pytest.mark.law("R21")
@pytest.mark.law("R22")
async def test_another_sender_address_is_confirmed_then_published_at_once(world: World, ada: Browser) -> None:
    citizen, before = world.browser(), world.authority()
    assert before.sender_address in plain((await citizen.get(BIRTH)).text)
    form = shown((await ada.get(AUTHORITY)).text)
    assert form["sender_address"] == form["seen.sender_address"] == before.sender_address
    wrong = {"name": " ", "sender_address": "demarches", "holidays": "lune", "zone": "Mars/Base", "siret": "12"}
    bad = await ada.post(AUTHORITY, {**form, **wrong, "establishments": "33\n12345678901234"})
    assert bad.status_code == 422
    assert set(errors(bad.text)) == {*wrong, "establishments", "sender_told"}
    other = {**form, "sender_address": "accuses@tilleul.example", "holidays": "martinique", "name": "Tilleul"}
    asked = await ada.post(AUTHORITY, other)
    assert (asked.status_code, list(errors(asked.text))) == (422, ["sender_told"])
    assert "SPF, DKIM et DMARC" in asked.text
    assert world.authority().sender_address == before.sender_address

    assert (await ada.post(AUTHORITY, {**shown(asked.text), "sender_told": "yes"})).status_code == 303
    begin, modalities = [plain((await citizen.get(path)).text) for path in (BIRTH, "/tilleul/modalites")]
    assert "accuses@tilleul.example" in begin
    assert "accuses@tilleul.example" in modalities
    assert before.sender_address not in begin + modalities
    after = world.authority()
    assert (after.name, after.holidays, after.slug, after.domain) == ("Tilleul", "martinique", "tilleul", None)
    stale = await ada.post(AUTHORITY, {**form, "name": "Tilleul-le-Vieux"})
    assert (stale.status_code, list(errors(stale.text))) == (409, ["name"])
    entry = next(one for one in rows(world, JournalEntry) if one.act == "authority:changed")
    assert entry.data == {"fields": ["name", "sender_address", "holidays"]}


PAGES = (SERVICES, f"{SERVICES}/nouveau", CLOSURES, LOOK, AUTHORITY, STATEMENTS, f"{STATEMENTS}/dpo")
POSTS = (f"{SERVICES}/nouveau", CLOSURES, LOOK, f"{LOOK}/logo", f"{LOOK}/logo/retrait", AUTHORITY, f"{STATEMENTS}/dpo")


async def test_nobody_else_sets_anything(world: World, ada: Browser) -> None:
    before, told = world.authority(), acts(world)
    for email in ("claire.modele@tilleul.example", "omar.fictif@tilleul.example", "nora.specimen@tilleul.example"):
        browser = world.browser()
        await browser.sign_in_agent(email)
        assert {(await browser.get(path)).status_code for path in PAGES} == {403}, email
        assert {(await browser.post(path, {**NEW, "first_on": "2099-01-01"})).status_code for path in POSTS} == {403}
        assert "Administration</a>" not in (await browser.get("/tilleul/agents")).text
    key, stranger = service(world, "etat-civil").id, world.browser()
    assert (await stranger.client.get(HERE)).status_code == 303

    paul = world.browser()
    await enrol(paul, "paul.essai@marronnier.example", "marronnier")
    theirs = "/marronnier/agents/administration"
    await ada.post(CLOSURES, {"first_on": "2027-01-04", "last_on": "2027-01-04"})
    closure = rows(world, Closure)[-1].id
    assert (await paul.get(f"{theirs}/services/{key}")).status_code == 404
    for act in (
        f"services/{key}",
        f"services/{key}/fermeture",
        f"services/{key}/reouverture",
        f"fermetures/{closure}/retrait",
    ):
        assert (await paul.post(f"{theirs}/{act}", NEW)).status_code == 404, act
    assert (await paul.post(f"{theirs}/fermetures", {"service": str(key), "first_on": "2027-01-05"})).status_code == 422
    assert (world.authority(), acts(world)) == (before, [*told, "closure:stated"])
    assert service(world, "etat-civil").name == "Service de l’état civil"
