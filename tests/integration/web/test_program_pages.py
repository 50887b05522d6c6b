"""The pages of keys and webhooks, walked without scripts, and their commands: made, shown once, refused, ended."""

from __future__ import annotations

import html
import os
import re
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import select, update
from sqlmodel import col

from grc import clock
from grc.authorities import api_keys
from grc.authorities.models import ApiKey, DoorStep
from grc.calling import deliveries, webhooks
from grc.calling.deliveries import Due
from grc.catalogue.models import InstalledProcedure
from grc.cli import main
from grc.journal.models import JournalEntry
from grc.sessions.models import BrowserSession
from grc.submissions.kept_models import Visa
from grc.submissions.partner_models import Webhook
from tests.support import demandes
from tests.support.factors import enrol
from tests.support.world import SECRET, Browser, World, a_world, seeded

pytestmark = pytest.mark.anyio
HERE = "/tilleul/agents/administration"
ALL = {"kinds": "*", "procedures": "*"}
KEYS, HOOKS = f"{HERE}/cles", f"{HERE}/webhooks"


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    """One loop for the whole module, as its world."""
    return "asyncio"


@pytest.fixture(scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory, anyio_backend: str) -> AsyncIterator[World]:
    folder = tmp_path_factory.mktemp("program-pages")
    async with a_world(seeded(folder), folder) as made:
        yield made


@pytest.fixture(scope="module")
async def ada(world: World) -> Browser:
    """The administrator of Tilleul, signed in."""
    browser = world.browser()
    await enrol(browser)
    return browser


def secret_in(page: str) -> str:
    found = re.search(r'<span class="app-secret">([^<]+)<', page)
    return html.unescape(found[1]) if found else ""


def acts(world: World) -> list[tuple[str, str, int | None]]:
    with world.database.reading(scope=world.authority().id) as session:
        kinds = col(JournalEntry.subject_kind).in_(("key", "webhook"))
        rows = session.execute(select(JournalEntry).where(kinds).order_by(col(JournalEntry.id))).scalars()
        return [(row.act, row.actor_kind, row.actor_id) for row in rows]


async def test_a_key_is_made_shown_once_and_revoked(world: World, ada: Browser) -> None:
    scope = world.authority().id
    assert "Aucune clé" in (await ada.get(KEYS)).text
    bad = {"name": " ", "expires_on": "2020-01-01", "procedures": "acte-de-naissance"}
    wrong = await ada.post(KEYS, bad)
    assert wrong.status_code == 422
    assert 'id="name-error"' in wrong.text and 'id="scopes-error"' in wrong.text and "à venir" in wrong.text
    assert re.search(r'value="acte-de-naissance" checked', wrong.text)
    assert (await ada.post(KEYS, {**bad, "expires_on": "demain"})).status_code == 422
    good = {"name": "Portail", "scopes": ["submission:read", "all"], "expires_on": "31/12/2099", "procedures": "*"}
    assert (await ada.post(KEYS, good)).headers["location"] == f"{KEYS}/nouvelle"
    key = secret_in((await ada.get(f"{KEYS}/nouvelle")).text)
    with world.database.reading(scope=scope) as session:
        found = api_keys.admitted(session, scope, key, now=clock.now())
        row = session.execute(select(ApiKey)).scalar_one()
    assert found is not None and found[0].scopes == {"submission:read"} and found[0].procedures is None
    assert row.expires_at is not None and row.expires_at.isoformat() == "2099-12-31T23:00:00+00:00"
    page = re.sub("[\u00a0\u202f]", " ", (await ada.get(KEYS)).text)
    assert row.prefix in page and "31 décembre 2099" in page
    assert key not in page

    stranger = world.browser()
    assert "/connexion" in str((await stranger.get(f"{KEYS}/nouvelle")).url)
    assert (await ada.post(f"{KEYS}/{row.id}/revocation")).headers["location"] == f"{KEYS}?fait=cle-revoquee"
    assert (await ada.post(f"{KEYS}/{row.id}/revocation")).status_code == 409
    assert "Révoquée" in (await ada.get(KEYS)).text
    agent = acts(world)[-1][2]
    assert acts(world)[-2:] == [("key:made", "agent", agent), ("key:revoked", "agent", agent)]


async def test_a_webhook_is_added_read_replayed_paused_and_removed(world: World, ada: Browser) -> None:
    scope, said = world.authority().id, {"name": "Portail", "url": "https://portail.example/news", **ALL}
    wrong = await ada.post(HOOKS, {"name": "", "url": "http://127.0.0.1/x"})
    assert wrong.status_code == 422
    for name in ("name", "url", "kinds", "procedures"):  # no box is never all of them
        assert f'id="{name}-error"' in wrong.text
    assert (await ada.post(HOOKS, {**said, "procedures": ["*", "acte-de-naissance"]})).status_code == 422
    assert (await ada.post(HOOKS, said)).headers["location"] == f"{HOOKS}/secret"
    assert secret_in((await ada.get(f"{HOOKS}/secret")).text).startswith("whsec_")
    with world.database.reading(scope=scope) as session:
        hook = session.execute(select(Webhook)).scalar_one()
    here = f"{HOOKS}/{hook.id}"
    assert "Rien ne lui a encore été dit" in (await ada.get(here)).text
    reference = demandes.filed(world.database).reference
    with world.database.writing(scope=scope) as session:
        taken = deliveries.take(session, Due(scope, hook.id or 0), holder="x", now=clock.now())
        assert taken is not None
        deliveries.record(
            session, taken, taken.ready[0], status=None, fault="ConnectError", is_done=False, now=clock.now()
        )
        deliveries.release(session, taken)
    with world.database.writing(scope=scope) as session:
        session.execute(update(InstalledProcedure).values(is_sensitive=True))
    page = (await ada.get(here)).text
    with world.database.writing(scope=scope) as session:
        session.execute(update(InstalledProcedure).values(is_sensitive=False))
        last = session.execute(select(JournalEntry).order_by(col(JournalEntry.id).desc()).limit(1)).scalar_one()
        assert (last.act, last.subject, last.data) == ("submission:listed", "webhook", {"references": [reference]})
    assert reference in page and "ConnectError" in page and "Prochain essai" in page and "ne prend rien" in page
    assert "1 message en attente" in (await ada.get(HOOKS)).text.replace("\u00a0", " ")
    assert (await ada.post(f"{here}/renvoi", {"since": "hier"})).status_code == 422
    assert (await ada.post(f"{here}/renvoi", {"since": "0001-01-01"})).status_code in (303, 422)
    assert (await ada.post(f"{here}/renvoi", {"since": "1/1/2026"})).status_code == 303
    seen = dict(re.findall(r'name="(seen[.][a-z_]+)" value="([^"]*)"', page))
    mine = {**said, **seen, "is_paused": "yes", "kinds": "submission:received"}
    assert (await ada.post(here, mine)).status_code == 303
    theirs = {**said, **seen, "procedures": "acte-de-naissance"}  # shown before, saved after: both stay
    assert (await ada.post(here, theirs)).status_code == 303
    with world.database.reading(scope=scope) as session:
        hook = session.execute(select(Webhook)).scalar_one()
        last = session.execute(select(JournalEntry).order_by(col(JournalEntry.id).desc()).limit(1)).scalar_one()
    assert (hook.kinds, hook.procedures, hook.is_active) == (["submission:received"], ["acte-de-naissance"], False)
    told = {"kinds": hook.kinds, "procedures": hook.procedures, "active": False, "changed": ["procedures"]}
    assert (last.act, last.data) == ("webhook:changed", told)
    both = await ada.post(here, {**said, **seen, "url": "https://other.example/", "procedures": "reservation-salle"})
    assert both.status_code == 409 and "Quelqu’un a changé ce choix" in both.text and "other.example" in both.text
    reach = re.sub(r"\s+", " ", (await ada.get(f"/tilleul/agents/demandes/{reference}/acces")).text)
    assert "portail.example" in reach and "Prévenu de ce qui lui arrive" in reach and "(en pause)" in reach
    page = (await ada.get(here)).text
    assert re.search(r'value="submission:received" checked', page) and re.search(r'value="yes" checked', page)
    assert (await ada.post(here, {"name": "", "url": ""})).status_code == 422
    for path in (f"{HOOKS}/999", f"{HOOKS}/x"):
        assert (await ada.get(path)).status_code == 404
    assert (await ada.post(f"{here}/suppression")).status_code == 303
    assert (await ada.get(here)).status_code == 404


async def test_the_commands_say_what_they_did(world: World) -> None:
    environment = {name: None for name in os.environ if name.startswith("GRC_")} | {
        "GRC_SECRET_KEY": SECRET,
        "GRC_DATABASE_URL": world.settings.database_url,
        "GRC_STORAGE": str(world.settings.storage),
        "GRC_SMTP_URL": "smtp://127.0.0.1:9",
    }

    def run(*arguments: str) -> tuple[int, str]:
        done = CliRunner().invoke(main, list(arguments), env=environment)
        return done.exit_code, done.output

    code, said = run("api-key", "add", "tilleul", "Portail", "--scope", "submission:read", "--days", "30")
    number = said.split()[1]
    assert code == 0 and said.splitlines()[-1].startswith("grc_")
    assert run("api-key", "revoke", "tilleul", number)[0] == 0
    assert run("api-key", "revoke", "tilleul", number)[0] == 1
    assert "hors service" in run("api-key", "list", "tilleul")[1]
    assert run("api-key", "list", "marronnier") == (0, "Aucune clé.\n")
    code, said = run("webhook", "add", "tilleul", "Portail", "https://p.example/x", "--kind", "submission:received")
    assert code == 0 and said.splitlines()[-1].startswith("whsec_")
    number = said.split()[1]
    assert run("webhook", "add", "tilleul", "Portail", "http://p.example/x")[0] == 2
    demandes.filed(world.database)
    assert "1 en attente, 0 abandonnés" in run("webhook", "list", "tilleul")[1]
    assert run("webhook", "replay", "tilleul", number, "2026-01-01") == (0, "0 messages repartent.\n")
    assert run("webhook", "remove", "tilleul", number)[0] == 0
    assert run("webhook", "remove", "tilleul", number)[0] == 1
    with world.database.reading(scope=world.authority().id) as session:
        assert webhooks.every(session, world.authority().id) == []
    assert ("key:revoked", "operator", None) in acts(world)


async def test_what_opens_or_destroys_for_good_asks_a_fresh_proof(world: World, ada: Browser) -> None:
    before = clock.now() - timedelta(minutes=11)
    with world.database.writing(scope=world.authority().id) as session:
        session.execute(update(BrowserSession).values(created_at=before, second_factor_at=before))
        session.execute(update(DoorStep).values(started_at=before))
    since = acts(world)
    visa = {"procedure": "acte-de-naissance", "number": "1", "granted_by": "Les Archives", "granted_on": "2026-11-01"}
    hook = {"name": "Portail", "url": "https://portail.example/", **ALL}
    for path, form in (
        (KEYS, {"name": "Portail", "scopes": "submission:read", "expires_on": "2099-12-31"}),
        (HOOKS, hook),
        (f"{HOOKS}/1", hook),
        (f"{HERE}/conservation/permanent", visa),
        (f"{HERE}/conservation/listes/1", visa),
    ):
        asked = await ada.post(path, form)
        assert asked.headers["location"].startswith("/tilleul/agents/compte/confirmation?suite="), path
    assert acts(world) == since
    with world.database.reading(scope=world.authority().id) as session:
        assert session.execute(select(Visa)).first() is None
