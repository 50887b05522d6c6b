"""Rights over services and procedures, absences, sensitive procedures: what each opens and what stays closed."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select, update
from sqlmodel import col

from grc import clock
from grc.access.actors import AgentActor
from grc.access.permissions import Permission
from grc.authorities import absences, granting
from grc.authorities import queries as authorities
from grc.authorities.absences import Away
from grc.authorities.granting import Given
from grc.authorities.models import Absence, Agent, ApiKey, Grant, Service
from grc.catalogue.models import InstalledProcedure
from grc.errors import Forbidden, NotFound
from grc.journal.models import JournalEntry
from grc.sessions.models import BrowserSession
from grc.submissions import inboxes, queries
from grc.submissions.models import Event
from tests.support import cases, circuits, demandes, invented
from tests.support.factors import ADMINISTRATOR, enrol
from tests.support.world import Browser, World, a_world, seeded

pytestmark = pytest.mark.anyio
AGENTS = "/tilleul/agents"
CLAIRE, OMAR, NORA = (f"{name}@tilleul.example" for name in ("claire.modele", "omar.fictif", "nora.specimen"))
TODAY = clock.day_in("Europe/Paris", clock.now())
DAY = timedelta(days=1)
ORDINARY, SENSITIVE = "ordinary", "sensitive"


@dataclass
class Town:
    """A world with an ordinary demande of one service, a sensitive one of another, and an agent without a role."""

    world: World
    references: dict[str, str]
    services: dict[str, int]
    procedure: int
    zoe: int

    @property
    def id(self) -> int:
        return self.world.authority().id

    def who(self, email: str) -> int:
        return self.world.agent(email).id

    def actor(self, key: int) -> AgentActor:
        with self.world.database.reading(scope=self.id) as session:
            found = authorities.agent_actor(session, self.id, key)
        assert found is not None
        return found

    def reached(self, key: int) -> set[str]:
        """Which demandes the agent finds: by their numbers, in the inbox and in its counts alike."""
        by, found = self.actor(key), set()
        with self.world.database.reading(scope=self.id) as session:
            for name, reference in self.references.items():
                try:
                    queries.find(session, by, reference)
                except NotFound:
                    continue
                found.add(name)
            known = {reference: name for name, reference in self.references.items()}
            listed = {known[row.reference] for row in inboxes.inbox(session, view="a-traiter", by=by).rows}
            named = inboxes.inbox(session, view="a-traiter", words="exem", by=by).rows
            assert listed == {known[row.reference] for row in named} == found
            assert inboxes.counts(session, by=by)["a-traiter"] == len(found)
        return found

    def grant(self, key: int, given: Given, *, today: date = TODAY) -> int:
        with self.world.database.writing(scope=self.id) as session:
            return granting.grant(session, self.id, key, given, by=None, today=today, now=clock.now()).id or 0

    def leave(self, key: int, first_on: date, last_on: date, deputy: int | None) -> None:
        """An absence as it stands in the database, whatever its days."""
        with self.world.database.writing(scope=self.id) as session:
            days: dict[str, Any] = {"first_on": first_on, "last_on": last_on}
            session.add(Absence(authority_id=self.id, agent_id=key, deputy_id=deputy, stated_at=clock.now(), **days))

    def change(self, key: int, **values: Any) -> None:
        with self.world.database.writing(scope=self.id) as session:
            session.execute(update(Agent).where(col(Agent.id) == key).values(**values))

    def as_new(self) -> None:
        """Without any right or absence that a test made."""
        with self.world.database.writing(scope=self.id) as session:
            session.execute(delete(Absence))
            session.execute(delete(Grant))
        self.change(self.zoe, role="")

    def told(self, act: str) -> list[JournalEntry]:
        with self.world.database.reading(scope=self.id) as session:
            mine = select(JournalEntry).where(col(JournalEntry.act) == act).order_by(col(JournalEntry.id))
            return list(session.execute(mine).scalars())


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
async def town(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    folder: Path = tmp_path_factory.mktemp("rights")
    if request.param == "sqlite":
        url = seeded(folder)
    else:
        cluster = request.getfixturevalue("postgres_cluster")
        url = seeded(folder, postgres=cluster, name="agent_rights")
    async with a_world(url, folder) as world:
        yield a_town(world)
    if request.param != "sqlite":
        cluster.drop("agent_rights")


def a_town(world: World) -> Town:
    circuits.published(world.database, sensitive=True)
    here = world.authority().id
    with world.database.writing(scope=here) as session:
        mine = select(col(Service.slug), col(Service.id)).where(col(Service.authority_id) == here)
        services: dict[str, int] = dict(tuple(row) for row in session.execute(mine))
        offered = update(InstalledProcedure).where(col(InstalledProcedure.slug) == invented.SLUG)
        session.execute(offered.values(service_id=services["petite-enfance"]))
        like = session.execute(select(Agent).where(col(Agent.email) == CLAIRE)).scalar_one()
        zoe = Agent(
            authority_id=here,
            email="zoe.essai@tilleul.example",
            given_name="Zoé",
            family_name="Essai",
            capacity="agente de la petite enfance",
            role="",
            password_hash=like.password_hash,
            created_at=clock.now(),
        )
        session.add(zoe)
        session.flush()
        procedure = session.execute(
            select(col(InstalledProcedure.id)).where(col(InstalledProcedure.slug) == invented.SLUG)
        ).scalar_one()
        key = zoe.id or 0
    ordinary = demandes.filed(world.database)
    sensitive = cases.filed(world.database, at=clock.now())
    references = {ORDINARY: ordinary.reference, SENSITIVE: sensitive.reference}
    return Town(world, references, services, procedure or 0, key)


async def test_each_kind_of_right_reaches_what_it_names(town: Town) -> None:
    nursery, civil = town.services["petite-enfance"], town.services["etat-civil"]
    table: list[tuple[Given | None, set[str]]] = [
        (None, set()),
        (Given("handler", service_id=civil), {ORDINARY}),
        (Given("reader", service_id=nursery), {SENSITIVE}),
        (Given("handler", procedure_id=town.procedure), {SENSITIVE}),
        (Given("handler", nursery, town.procedure, TODAY), {SENSITIVE}),
        (Given("handler", civil, town.procedure), set()),
        (Given("author", procedure_id=town.procedure), set()),
    ]
    for given, expected in table:
        town.as_new()
        if given is not None:
            town.grant(town.zoe, given)
        assert town.reached(town.zoe) == expected, given
    town.as_new()
    town.grant(town.zoe, Given("handler", procedure_id=town.procedure, until_on=TODAY - DAY), today=TODAY - DAY)
    assert town.reached(town.zoe) == set()
    for role in ("reader", "front_desk", "handler", "supervisor", "administrator"):
        town.change(town.zoe, role=role)
        assert town.reached(town.zoe) == {ORDINARY}, role
    for role in ("author", "dpo", "platform_admin"):
        town.change(town.zoe, role=role)
        assert town.reached(town.zoe) == set(), role


async def test_a_deputy_holds_the_rights_of_the_absent_on_these_days_alone(town: Town) -> None:
    town.as_new()
    omar, claire = town.who(OMAR), town.who(CLAIRE)
    town.grant(omar, Given("handler", procedure_id=town.procedure))
    for first, last, expected in (
        (TODAY - 3 * DAY, TODAY - DAY, set()),
        (TODAY + DAY, TODAY + 3 * DAY, set()),
        (TODAY, TODAY, {ORDINARY, SENSITIVE}),
    ):
        town.leave(omar, first, last, town.zoe)
        assert town.reached(town.zoe) == expected
    zoe = town.actor(town.zoe)
    assert {right.until_on for right in zoe.rights.deputised} == {TODAY}
    assert {right.absent_name for right in zoe.rights.deputised} == {"Omar Fictif"}
    town.leave(town.zoe, TODAY, TODAY, claire)
    assert town.reached(claire) == {ORDINARY}  # a deputy's deputy gets nothing of it
    town.change(omar, is_active=False)
    assert town.reached(town.zoe) == set()
    town.change(omar, is_active=True, expires_at=clock.now() - DAY)
    assert town.reached(town.zoe) == set()
    town.change(omar, expires_at=None)
    town.as_new()


async def test_a_function_is_held_by_who_holds_it_on_that_demande(town: Town) -> None:
    town.as_new()
    omar = town.who(OMAR)
    town.grant(omar, Given("handler", procedure_id=town.procedure))
    town.grant(town.zoe, Given("supervisor", service_id=town.services["petite-enfance"]))
    browser = town.world.browser()
    await browser.sign_in_agent(OMAR)
    case = circuits.Case(town.world, town.references[SENSITIVE], browser, browser)
    await case.does("share")
    assert case.row().case_agent_id == omar  # Claire, handler everywhere, is not among them
    town.leave(omar, TODAY, TODAY, None)
    await case.does("share")
    assert case.row().case_agent_id == town.zoe
    town.as_new()


async def page(browser: Browser, path: str) -> tuple[int, str]:
    answer = await browser.client.get(path)
    return answer.status_code, " ".join(re.sub(r"<[^>]+>", " ", answer.text).replace("\u00a0", " ").split())


async def test_an_administrator_grants_and_takes_back_and_everybody_sees_why(town: Town) -> None:
    """One walk: what is granted counts at once, what is refused changes nothing, each act leaves its line."""
    town.as_new()
    ada, claire = town.world.browser(), town.world.browser()
    await enrol(ada)
    await claire.sign_in_agent(CLAIRE)
    sensitive = f"{AGENTS}/demandes/{town.references[SENSITIVE]}"
    rights = f"{AGENTS}/collegues/{town.who(CLAIRE)}/droits"
    assert [(await page(one, sensitive))[0] for one in (ada, claire)] == [404, 404]

    refused = await claire.post(rights, {"role": "handler", "procedure": str(town.procedure)})
    assert refused.status_code == 403
    for typed, said in (
        ({"role": "handler"}, "Choisissez un service, une démarche, ou les deux."),
        ({"role": "administrator", "procedure": str(town.procedure)}, "Choisissez un rôle de la liste."),
        ({"role": "handler", "service": "999999"}, "Choisissez un service de la liste."),
        ({"role": "handler", "procedure": "x"}, "Choisissez une démarche de la liste."),
        ({"role": "handler", "procedure": str(town.procedure), "until_on": "2020-01-01"}, "qui n’est pas passé"),
        ({"role": "handler", "procedure": str(town.procedure), "until_on": "demain"}, "Saisissez une date"),
    ):
        answer = await ada.post(rights, typed)
        assert answer.status_code == 422
        assert said in answer.text, typed
        assert f'value="{typed.get("until_on", "")}"' in answer.text
    assert town.told("right:granted")[-1].actor_kind == "operator"

    reader = {"role": "reader", "procedure": str(town.procedure), "service": "", "until_on": f"{TODAY:%d/%m/%Y}"}
    assert (await ada.post(rights, reader)).headers["location"] == f"{rights}?fait=droit-accorde"
    assert (await ada.post(rights, reader)).status_code == 422
    code, shown = await page(claire, sensitive)
    assert code == 200
    assert "Prendre en charge" not in shown
    act = await claire.post(f"{sensitive}/suites/share", {"revision": "1"})
    assert act.status_code == 403
    assert "Vos droits sur cette démarche" in act.text
    assert (await page(claire, f"{sensitive}/reponses.csv"))[0] == 200
    why = (await page(claire, f"{sensitive}/acces"))[1]
    assert "Démarche sensible." in why
    assert "déléguée Lecture (élu, direction), sur la démarche « Banc abîmé », jusqu’au" in why
    assert "Ada Essai" not in why
    assert "Demande consultée" in why

    (held,) = re.findall(rf"{rights}/(\d+)/retrait", (await ada.get(rights)).text)
    assert (await claire.post(f"{rights}/{held}/retrait")).status_code == 403
    assert (await page(claire, sensitive))[0] == 200
    assert (await ada.post(f"{rights}/{held}/retrait")).status_code == 303
    assert (await page(claire, sensitive))[0] == 404
    assert (await ada.post(f"{rights}/{held}/retrait")).status_code == 404
    lines = [town.told(f"right:{act}")[-1] for act in ("granted", "taken_back")]
    assert [line.actor_id for line in lines] == [town.who(ADMINISTRATOR)] * 2
    assert all(line.data["procedure"] == town.procedure for line in lines)

    with town.world.database.writing(scope=town.id) as session:
        before = clock.now() - timedelta(minutes=30)
        session.execute(update(BrowserSession).values(created_at=before, second_factor_at=before))
    asked = await ada.post(rights, reader)
    assert asked.headers["location"].startswith(f"{AGENTS}/compte/confirmation")
    assert (await page(claire, sensitive))[0] == 404


async def test_the_last_administrator_stays_one(town: Town) -> None:
    town.as_new()
    town.change(town.who(ADMINISTRATOR), sealed_totp=None)
    ada = town.world.browser()
    await enrol(ada)
    ours = f"{AGENTS}/collegues/{town.who(ADMINISTRATOR)}"
    stored = town.actor(town.who(ADMINISTRATOR))
    form = {"email": ADMINISTRATOR, "given_name": "Ada", "family_name": "Essai", "capacity": stored.capacity}
    last = await ada.post(ours, {**form, "role": "aucun", "service": ""})
    assert last.status_code == 422
    assert "dernier administrateur" in last.text
    assert (await ada.post(ours, {**form, "role": "", "service": ""})).status_code == 422
    assert (await ada.post(ours, {**form, "role": "platform_admin", "service": ""})).status_code == 422
    assert (await page(ada, f"{AGENTS}/administration/roles"))[0] == 200


async def test_an_agent_is_away_and_the_deputy_acts_in_their_own_name(town: Town) -> None:
    town.as_new()
    omar, claire, nora = (town.who(one) for one in (OMAR, CLAIRE, NORA))
    town.grant(omar, Given("handler", procedure_id=town.procedure))
    his, hers = town.world.browser(), town.world.browser()
    await his.sign_in_agent(OMAR)
    await hers.sign_in_agent(CLAIRE)
    own = f"{AGENTS}/compte/absence"
    for typed in (
        {"first_on": "", "last_on": ""},
        {"first_on": TODAY.isoformat(), "last_on": (TODAY - DAY).isoformat()},
        {"first_on": TODAY.isoformat(), "last_on": TODAY.isoformat(), "deputy": str(omar)},
        {"first_on": TODAY.isoformat(), "last_on": (TODAY + 400 * DAY).isoformat()},
    ):
        assert (await his.post(own, {"deputy": str(claire), **typed})).status_code == 422
    days = {"first_on": TODAY.isoformat(), "last_on": (TODAY + DAY).isoformat(), "deputy": str(claire)}
    assert (await his.post(own, days)).headers["location"] == f"{own}?fait=absence-declaree"
    assert (await his.post(own, days)).status_code == 422  # the same days twice

    assert "Vous remplacez Omar Fictif jusqu’au" in (await page(hers, AGENTS))[1]
    case = circuits.Case(town.world, town.references[SENSITIVE], hers, hers)
    await case.does("write")
    (last,) = case.all(Event)[-1:]
    assert (last.actor_kind, last.actor_id) == ("agent", claire)
    why = (await page(hers, f"{case.path}/acces"))[1]
    assert "en remplaçant Omar Fictif jusqu’au" in why

    theirs = f"{AGENTS}/collegues/{omar}/absences"
    assert (await page(hers, theirs))[0] == 403
    assert (await hers.post(theirs, days)).status_code == 403
    (key,) = re.findall(rf"{own}/(\d+)/annulation", (await his.get(own)).text)
    assert (await hers.post(f"{own}/{key}/annulation")).status_code == 404
    assert (await his.post(f"{own}/{key}/annulation")).status_code == 303
    assert (await page(hers, case.path))[0] == 404
    assert [town.told(f"absence:{name}")[-1].actor_id for name in ("stated", "cancelled")] == [omar, omar]

    with town.world.database.writing(scope=town.id) as session, pytest.raises(Forbidden):
        absences.state(session, town.id, nora, Away(TODAY, TODAY), by=town.actor(claire), today=TODAY, now=clock.now())


async def test_an_account_closes_by_itself_at_its_end(town: Town) -> None:
    nora = town.who(NORA)
    browser = town.world.browser()
    await browser.sign_in_agent(NORA)
    town.change(nora, expires_at=clock.now() + DAY)
    assert (await browser.client.get(AGENTS)).status_code == 200
    town.change(nora, expires_at=clock.now() - timedelta(seconds=1))
    assert "/agents/connexion" in (await browser.client.get(AGENTS)).headers["location"]
    assert (await town.world.browser().sign_in_agent(NORA)).status_code == 422
    town.change(nora, expires_at=None)


async def test_who_reads_no_demande_is_led_to_what_is_theirs(town: Town) -> None:
    town.as_new()
    browser = town.world.browser()
    await browser.sign_in_agent("zoe.essai@tilleul.example")
    assert (await browser.client.get(AGENTS)).headers["location"] == f"{AGENTS}/compte"
    assert (await page(browser, f"{AGENTS}/saisies"))[0] == 403
    town.grant(town.zoe, Given("front_desk", service_id=town.services["petite-enfance"]))
    code, shown = await page(browser, f"{AGENTS}/saisies")
    assert code == 200
    assert "Banc abîmé" in shown
    assert "acte de naissance" not in shown
    entry = {"slug": "acte-de-naissance", "channel": "desk", "received_on": TODAY.isoformat()}
    assert (await browser.post(f"{AGENTS}/saisies", entry)).status_code == 403


async def test_programs_that_read_it_are_named(town: Town) -> None:
    town.as_new()
    town.grant(town.zoe, Given("handler", procedure_id=town.procedure))
    with town.world.database.writing(scope=town.id) as session:
        for name, procedures in (("Logiciel des bancs", [invented.SLUG]), ("Logiciel de tout", None)):
            session.add(
                ApiKey(
                    authority_id=town.id,
                    name=name,
                    prefix="grc_essai",
                    key_hash=name,
                    scopes=[str(Permission.SUBMISSION_READ)],
                    procedures=procedures,
                    created_at=clock.now(),
                )
            )
    browser = town.world.browser()
    await browser.sign_in_agent("zoe.essai@tilleul.example")
    why = (await page(browser, f"{AGENTS}/demandes/{town.references[SENSITIVE]}/acces"))[1]
    assert "Logiciel des bancs" in why
    assert "Logiciel de tout" not in why
