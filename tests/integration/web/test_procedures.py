"""The pages where an authority installs, adapts, updates, opens and closes its procedures, without scripts."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import anyio
import pytest
from sqlalchemy import update
from sqlmodel import col, select

from grc import clock
from grc.authorities import queries as authorities
from grc.authorities.models import Agent, DoorStep, Service
from grc.catalogue import installing, overlaying, shelf
from grc.catalogue.installing import PlanChanged, Wanted
from grc.catalogue.models import InstalledProcedure
from grc.journal.models import JournalEntry
from grc.sessions.models import BrowserSession
from grc.web.admin import installation, procedures, updates
from tests.support.factors import ADMINISTRATOR, enrol
from tests.support.overlays import plain
from tests.support.world import Browser, World, a_world, seeded

pytestmark = pytest.mark.anyio
HERE = "/tilleul/agents/administration/demarches"
ROOM = f"{HERE}/reservation-salle"
PUBLIC = "/tilleul/demarches/reservation-salle"


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    """One loop for the whole module, as its world."""
    return "asyncio"


@pytest.fixture(scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory, anyio_backend: str) -> AsyncIterator[World]:
    """One installation on SQLite for the whole walk."""
    folder = tmp_path_factory.mktemp("procedures")
    async with a_world(seeded(folder), folder) as made:
        yield made


@pytest.fixture(scope="module")
async def ada(world: World) -> Browser:
    """The administrator of Tilleul, signed in."""
    browser = world.browser()
    await enrol(browser)
    return browser


def row(world: World, slug: str = "reservation-salle") -> InstalledProcedure:
    scope = world.authority().id
    with world.database.reading(scope=scope) as session:
        found = installing.require_installed(session, scope, slug)
        session.expunge(found)
        return found


def changed(world: World, change: Callable[[InstalledProcedure], None]) -> None:
    scope = world.authority().id
    with world.database.writing(scope=scope) as session:
        found = installing.require_installed(session, scope, "reservation-salle")
        change(found)
        session.add(found)


def acts(world: World) -> list[str]:
    scope = world.authority().id
    with world.database.reading(scope=scope) as session:
        entries = session.exec(select(JournalEntry).where(JournalEntry.authority_id == scope))
        return [one.act for one in entries if one.act.startswith("procedure:")]


def part(title: str) -> str:
    """The address of a part of the room's booking."""
    sections = dict.fromkeys(each.section for each in overlaying.places_of(shelf.entry("reservation-salle")).values())
    return f"{ROOM}/adaptation/{[*sections].index(title) + 1}"


def revision(page: str) -> str:
    found = re.search(r'name="revision" value="(\d+)"', page)
    assert found is not None
    return found[1]


def plan_of(page: str) -> str:
    """The digest of the plan that a page shows, "" when it shows none."""
    found = re.search(r'name="plan" value="([0-9a-f]{64})"', page)
    return found[1] if found is not None else ""


async def shown_then_done(browser: Browser, address: str, typed: dict[str, Any]) -> Any:
    """The answer to the act, once its plan was shown."""
    shown = await browser.post(address, {**typed, "then": "preview"})
    return await browser.post(address, {**typed, "then": "publish", "plan": plan_of(shown.text)})


async def installed(browser: Browser, address: str, chosen: dict[str, Any]) -> Any:
    """The services of a procedure changed, once what that does was shown."""
    shown = await browser.post(address, {**chosen, "then": "preview"})
    assert shown.status_code == 200
    return await browser.post(address, {**chosen, "plan": plan_of(shown.text)})


async def test_who_may_not_is_told_and_what_is_not_there_is_not(world: World, ada: Browser) -> None:
    other = world.browser()
    await other.sign_in_agent()
    assert (await other.get(HERE)).status_code == 403
    assert (await other.post(f"{ROOM}/ouverture", {"open": "no"})).status_code == 403
    for address in (f"{HERE}/absente", f"{ROOM}/adaptation/99", f"{ROOM}/adaptation/x"):
        assert (await ada.get(address)).status_code == 404
    assert row(world).is_open


async def test_the_demonstration_has_a_commune_that_adapts_a_procedure(world: World) -> None:
    with world.database.reading(scope=None) as session:
        other = authorities.authority_of_slug(session, "marronnier")
    assert other is not None
    with world.database.reading(scope=other.id) as session:
        adapted = installing.require_installed(session, other.id, "reservation-salle")
        assert overlaying.count(adapted.overlay) == 4
        assert not installing.is_behind(adapted, shelf.entry("reservation-salle"))
        assert installing.require_installed(session, other.id, "acte-de-naissance").overlay is None
    citizen = await world.browser().get("/marronnier/demarches/reservation-salle")
    assert "gratuit pour les associations" in citizen.text


async def test_services_are_chosen_after_seeing_what_it_would_do(world: World, ada: Browser) -> None:
    listed = await ada.get(HERE)
    assert "Réservation d’une salle" in listed.text
    assert "Mise à jour à faire" not in listed.text
    asked = await ada.get(f"{ROOM}/installation?service=vie-locale&handler=etat-civil")
    assert "Rien n’est encore fait" in asked.text
    assert "La version 1 publiée ne change pas" in plain(asked.text)
    assert row(world).functions is None
    chosen: dict[str, Any] = {"service": "vie-locale", "handler": "etat-civil"}
    wrong = await ada.post(f"{ROOM}/installation", {**chosen, "service": "nulle-part"})
    assert wrong.status_code == 422
    assert "nulle-part" in wrong.text
    unseen = await ada.post(f"{ROOM}/installation", chosen)
    assert (unseen.status_code, "Lisez ce qui se ferait" in unseen.text) == (422, True)
    other = await ada.post(f"{ROOM}/installation", {**chosen, "handler": "vie-locale", "plan": plan_of(asked.text)})
    assert (other.status_code, "a changé depuis que vous l’avez lu" in other.text) == (409, True)
    assert (row(world).functions, acts(world)) == (None, [])
    done = await ada.post(f"{ROOM}/installation", {**chosen, "plan": plan_of(unseen.text)})
    assert done.status_code == 303
    assert row(world).functions == {"handler": ["etat-civil"]}
    assert acts(world) == ["procedure:set"]
    assert "Qui traite les demandes" in (await ada.get(done.headers["location"])).text
    both = ["etat-civil", "vie-locale"]
    assert (await installed(ada, f"{ROOM}/installation", {**chosen, "handler": both})).status_code == 303
    ticked = re.findall(r'name="handler" type="checkbox" value="([^"]+)" checked', await _text(ada, "installation"))
    assert sorted(ticked) == both
    assert row(world).functions == {"handler": both}
    assert (await installed(ada, f"{ROOM}/installation", {"service": "vie-locale"})).status_code == 303
    assert row(world).functions is None


async def _text(browser: Browser, page: str) -> str:
    return str((await browser.get(f"{ROOM}/{page}")).text)


async def test_words_are_seen_first_then_published_and_told_to_citizens(world: World, ada: Browser) -> None:
    address = part("La salle et la date")
    shown = await ada.get(address)
    assert "La page aujourd’hui" in shown.text
    typed: dict[str, Any] = {
        "revision": revision(shown.text),
        "page:salle--label": "Votre salle",
        "form:day--hint": "Un samedi.",
    }
    typed |= {"form:other_dates--hidden": ["no", "yes"], "form:room--label": ""}
    seen = await ada.post(address, {**typed, "then": "preview"})
    assert seen.status_code == 200
    assert all(words in seen.text for words in ("Ce qui serait publié", "Un samedi.", "Par exemple 27 3 2027."))
    assert row(world).overlay is None
    for plan, code in (("", 422), ("0" * 64, 409)):
        refused = await ada.post(address, {**typed, "then": "publish", "plan": plan})
        assert (refused.status_code, plan_of(refused.text)) == (code, plan_of(seen.text))
    assert row(world).overlay is None
    typed["plan"] = plan_of(seen.text)
    done = await ada.post(address, {**typed, "then": "publish"})
    assert done.status_code == 303
    overlay = row(world).overlay or {}
    assert {name: {key: each["value"] for key, each in said.items()} for name, said in overlay.items()} == {
        "page:salle": {"label": "Votre salle"},
        "form:day": {"hint": "Un samedi."},
        "form:other_dates": {"hidden": True},
    }
    late = await ada.post(address, {**typed, "then": "publish"})
    assert late.status_code == 409
    assert "Un samedi." in late.text
    after = await ada.get(done.headers["location"])
    assert "La démarche est publiée" in after.text
    assert "Un samedi." in after.text
    assert acts(world)[-1] == "procedure:published"
    known = {**typed, "revision": revision((await ada.get(address)).text)}
    codes: list[int] = []

    async def publish(hint: str) -> None:
        codes.append((await shown_then_done(ada, address, {**known, "form:day--hint": hint})).status_code)

    async with anyio.create_task_group() as both:
        both.start_soon(publish, "Un dimanche.")
        both.start_soon(publish, "Un lundi.")
    assert sorted(codes) == [303, 409]


async def test_numbers_and_dates_have_their_bounds(world: World, ada: Browser) -> None:
    address, before = part("Les réglages"), row(world).version_id
    typed = {"revision": revision((await ada.get(address)).text)}
    wrong = await ada.post(address, {**typed, "parameter:notice_days--value": "120"})
    assert wrong.status_code == 422
    assert "« Réserver au moins tant de jours à l’avance » : Un nombre de 2 à 90" in plain(wrong.text)
    assert 'value="120"' in wrong.text
    assert row(world).version_id == before
    assert (await shown_then_done(ada, address, {**typed, "parameter:notice_days--value": "30"})).status_code == 303
    address = part("La démarche")
    shown = revision((await ada.get(address)).text)
    dates = {"revision": shown, "procedure--opens_on": "2099-01-01", "procedure--price": "60 €"}
    jargon = await ada.post(address, {**dates, "procedure--description": "La salle susvisée."})
    assert jargon.status_code == 422
    assert "Publier malgré ces remarques" in jargon.text
    closed = {**dates, "procedure--closed": "Venez à la mairie."}
    assert (await shown_then_done(ada, address, closed)).status_code == 303
    citizen = await world.browser().get(PUBLIC)
    assert "ouvre le 1er janvier 2099" in plain(citizen.text)
    assert "Venez à la mairie." in citizen.text
    assert "60 €" in plain(citizen.text)
    assert "Commencer ma demande" not in citizen.text
    assert (await world.browser().post(f"{PUBLIC}/brouillons", {})).status_code == 409


async def test_a_file_is_refused_by_line_and_replaces_the_whole(world: World, ada: Browser) -> None:
    address = f"{ROOM}/fichier"
    shown = await ada.get(address)
    assert "form:other_dates" in shown.text
    before = row(world)
    typed = {"revision": revision(shown.text)}
    for text, told in (
        ('{\n  "form:dai": {"hint": "x"}\n}', "ligne 2"),
        ("{", "ligne 1"),
        ('{"form:day": {"hidden": true}}', "obligatoire"),
        ('{"a":' * 70 + "1" + "}" * 70, "emboîte"),
    ):
        wrong = await ada.post(address, {**typed, "file": text})
        assert wrong.status_code == 422
        assert told in plain(wrong.text)
    assert (row(world).version_id, row(world).overlay) == (before.version_id, before.overlay)
    typed["file"] = '{"procedure": {"closes_on": "2099-06-30"}}'
    seen = await ada.post(address, typed)
    assert "30 juin 2099" in plain(seen.text)
    assert (await ada.post(address, {**typed, "then": "publish"})).status_code == 422
    assert row(world).overlay == before.overlay
    done = await shown_then_done(ada, address, typed)
    assert done.status_code == 303
    late = await ada.post(address, {**typed, "then": "publish", "plan": plan_of(seen.text)})
    assert (late.status_code, "Une autre version vient d’être publiée" in late.text) == (409, True)
    assert list(row(world).overlay or {}) == ["procedure"]
    assert "2099-06-30" in (await world.browser().get(PUBLIC)).text


async def test_what_is_published_in_spite_of_remarks_stays_so_and_may_still_change_hands(
    world: World, ada: Browser
) -> None:
    jargon = '{"page:salle": {"label": "La salle susvisée"}}'
    typed = {"revision": revision((await ada.get(f"{ROOM}/fichier")).text), "file": jargon}
    refused = await ada.post(f"{ROOM}/fichier", typed)
    assert refused.status_code == 422
    assert "Publier malgré ces remarques" in refused.text
    assert (await shown_then_done(ada, f"{ROOM}/fichier", {**typed, "confirm": "lint"})).status_code == 303
    assert (await installed(ada, f"{ROOM}/installation", {"service": "etat-civil"})).status_code == 303
    changed(world, lambda found: setattr(found, "catalogue_sha256", "0" * 64))
    price = {"revision": revision((await ada.get(f"{ROOM}/fichier")).text), "file": '{"procedure": {"price": "1 €"}}'}
    assert "Mettez-la à jour d’abord" in (await ada.post(f"{ROOM}/fichier", price)).text
    changed(world, lambda found: setattr(found, "overlay", None))
    assert "Mettez-la à jour d’abord" in (await ada.post(f"{ROOM}/fichier", price)).text


async def test_an_update_is_made_once_each_conflict_is_settled(world: World, ada: Browser) -> None:
    def older(found: InstalledProcedure) -> None:
        found.catalogue_sha256 = "0" * 64
        price = {"value": "60 €", "over": "50 €"}
        found.overlay = {"procedure": {"price": price}, "form:gone": {"label": {"value": "Où ?", "over": "Quoi ?"}}}

    changed(world, older)
    listed = plain((await ada.get(HERE)).text)
    assert "Mise à jour à faire, 2 choix" in listed
    assert "1 démarche attend une mise à jour" in listed
    assert "Voir ce qui serait publié" in (await ada.get(part("La démarche"))).text
    address, before = f"{ROOM}/mise-a-jour", row(world).version_id
    shown = plain((await ada.get(address)).text)
    wanted = ("60 €", "50 €", "Selon la salle et la durée", "form:gone#label", "Renoncer")
    assert all(words in shown for words in (*wanted, "Qui traite les demandes : "))
    half: dict[str, Any] = {"procedure#price": "keep"}
    refused = await ada.post(address, half)
    assert refused.status_code == 422
    assert "Élément retiré du catalogue, intitulé : choisissez quoi garder" in plain(refused.text)
    settled = {**half, "form:gone#label": "take"}
    unseen = await ada.post(address, settled)
    assert (unseen.status_code, "Lisez ce qui se ferait" in unseen.text) == (422, True)
    stale = await ada.post(address, {**settled, "plan": "0" * 64})
    assert (stale.status_code, "a changé depuis que vous l’avez lu" in stale.text) == (409, True)
    assert row(world).version_id == before
    done = await shown_then_done(ada, address, settled)
    assert done.status_code == 303
    with world.database.reading(scope=world.authority().id) as session:
        by = world.agent(ADMINISTRATOR)
        late = Wanted(settled={"form:gone#label": "take"})  # settled meanwhile by somebody else: no fault
        assert updates.plans(session, procedures.find(session, "reservation-salle", by=by), late, by=by)
    theirs = shelf.entry("reservation-salle").price
    assert row(world).overlay == {"procedure": {"price": {"value": "60 €", "over": theirs}}}
    assert "déjà dans la version du catalogue" in (await ada.get(address)).text


async def test_a_procedure_is_closed_and_opened_with_a_line_in_the_journal(world: World, ada: Browser) -> None:
    assert (await ada.post(f"{ROOM}/ouverture", {})).status_code == 422
    assert (await ada.post(f"{ROOM}/ouverture", {"open": "no"})).status_code == 303
    assert "fermée pour le moment" in (await world.browser().get(PUBLIC)).text
    done = await ada.post(f"{ROOM}/ouverture", {"open": "yes"})
    assert "La démarche est ouverte" in (await ada.get(done.headers["location"])).text
    assert acts(world)[-2:] == ["procedure:closed", "procedure:opened"]


async def test_a_procedure_whose_service_is_closed_is_not_opened(world: World, ada: Browser) -> None:
    scope, now = world.authority().id, datetime.now(UTC)
    with world.database.writing(scope=scope) as session:
        installing.set_open(session, scope, "reservation-salle", is_open=False, by=None, now=now)
        service = session.get(Service, row(world).service_id)
        assert service is not None
        service.closed_at = now
    refused = await ada.post(f"{ROOM}/ouverture", {"open": "yes"})
    assert (refused.status_code, "service chargé de cette démarche est fermé" in refused.text) == (422, True)


async def test_the_services_of_a_sensitive_procedure_are_changed_by_who_grants_rights(
    world: World, ada: Browser
) -> None:
    nursery, claire = f"{HERE}/admission-creche/installation", world.browser()
    scope, author = world.authority().id, world.agent().id
    with world.database.writing(scope=scope) as session:
        session.execute(update(Agent).where(col(Agent.id) == author).values(role="author"))
        services = {one.id: one.slug for one in session.exec(select(Service).where(Service.authority_id == scope))}
    await claire.sign_in_agent()
    before = row(world, "admission-creche").service_id
    elsewhere = {"service": next(slug for key, slug in services.items() if key != before)}
    refused = await claire.post(nursery, elsewhere)
    assert (refused.status_code, "Cette démarche est sensible" in refused.text) == (403, True)
    assert (await claire.post(nursery, {"service": services[before]})).status_code != 403
    await _lifted_by_name_only(world, ada, claire, services[row(world).service_id])
    long_ago = clock.now() - timedelta(minutes=11)
    with world.database.writing(scope=scope) as session:
        session.execute(update(BrowserSession).values(created_at=long_ago, second_factor_at=long_ago))
        session.execute(update(DoorStep).values(started_at=long_ago))
    assert "/compte/confirmation" in (await ada.post(nursery, elsewhere)).headers["location"]
    assert row(world, "admission-creche").service_id == before
    await _proved_for_what_it_opens(world, ada, nursery, elsewhere)


async def _proved_for_what_it_opens(world: World, ada: Browser, nursery: str, elsewhere: dict[str, str]) -> None:
    """What opened nothing when it was asked, and does by the time it is done, is asked again."""
    scope, by = world.authority().id, world.agent(ADMINISTRATOR)
    chosen = {"service": [elsewhere["service"]]}
    with world.database.writing(scope=scope) as session:
        wanted = Wanted(service=elsewhere["service"], confirmed=frozenset({"dpia", "lint"}))
        seen = installing.plan(session, scope, shelf.entry("admission-creche"), wanted).digest
        with pytest.raises(PlanChanged, match="sensibles"):
            installation.publish(
                session, "admission-creche", chosen, wanted.confirmed, seen, False, by=by, now=clock.now()
            )


async def _lifted_by_name_only(world: World, ada: Browser, claire: Browser, service: str) -> None:
    """A version that is sensitive no longer is published by who grants rights, who says so; the journal tells it."""
    with world.database.writing(scope=world.authority().id) as session:
        session.execute(update(InstalledProcedure).values(is_sensitive=True))
        session.execute(update(Service).values(closed_at=None))
    asked, services = f"{ROOM}/installation", {"service": service}
    linked = (await ada.get(f"{asked}?service={service}&confirm=sensitive")).text
    assert ("confirm-sensitive" in linked, plan_of(linked)) == (True, ""), "a link takes nothing upon the authority"
    assert re.search(r'id="confirm-sensitive"[^>]* checked', linked) is None
    told = await ada.post(asked, {**services, "confirm": "sensitive", "then": "preview"})
    assert "Elle n’est plus sensible" in plain(told.text)
    silent = await ada.post(asked, services)
    assert (silent.status_code, "ne serait plus sensible" in silent.text) == (422, True)
    for page in (asked, f"{ROOM}/mise-a-jour"):
        assert (await claire.post(page, {**services, "confirm": "sensitive"})).status_code == 403
    assert row(world).is_sensitive
    assert (await installed(ada, asked, {**services, "confirm": "sensitive"})).status_code == 303
    assert not row(world).is_sensitive
    with world.database.reading(scope=world.authority().id) as session:
        last = session.exec(select(JournalEntry).order_by(col(JournalEntry.id).desc())).first()
        assert last is not None
        assert (last.subject, last.data["sensitive"]) == ("reservation-salle", False)
