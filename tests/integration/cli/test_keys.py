"""A secret is replaced while the site serves: what it sealed opens, is sealed again, and lets the old one go."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import select
from sqlmodel import Session, SQLModel

from grc import clock, resealing
from grc.app import open_database
from grc.authorities import commands as authorities
from grc.authorities.models import DoorStep
from grc.calling import endpoints
from grc.cli import main
from grc.db import Database, Keyring, keyring_of
from grc.sessions import commands as sessions
from tests.support import demandes
from tests.support.world import SECRET, World, a_world

pytestmark = pytest.mark.anyio
NEW = "a-newer-secret-of-the-tests-that-opens-nothing"


def test_every_column_that_holds_a_seal_is_known_by_its_name() -> None:
    found = {f"{column.table.name}.{column.name}" for column in resealing.columns()}
    assert {"identity_client.sealed_secret", "outbox_entry.sealed_secret", "draft.sealed_code", "message.raw"} <= found
    assert all("authority_id" in column.table.c for column in resealing.columns())


def kept_by_the_old_secret(world: World) -> demandes.Demande:
    """A demande whose code waits to leave, a draft's code, a client, an endpoint, a session of a provider, a step."""
    demande = demandes.filed(world.database)
    authority = world.authority()
    with world.database.writing(scope=authority.id) as session:
        seal = keyring_of(session).seal
        now = clock.now()
        sessions.open_session(
            session, authority_id=authority.id, public="citizen", now=now, sealed_id_token=seal("a token")
        )
        session.add(
            DoorStep(
                authority_id=authority.id, session_id=1, purpose="totp", sealed_state=seal("a state"), started_at=now
            )
        )
        endpoints.put(session, authority.id, "sig", "https://sig.example/x", "s" * 40)
        authorities.set_identity_client(
            session,
            authority.id,
            provider="franceconnect",
            issuer="https://idp.example/api/v2",
            client_id="x",
            secret="a secret of the provider",
            algorithm="ES256",
        )
    return demande


def opened(database: Database, scope: int) -> dict[str, int]:
    """How many sealed values open, by column; raises ValueError at the first that does not."""
    counts: dict[str, int] = {}
    with database.reading(scope=scope) as session:
        for column in resealing.columns():
            for value in session.execute(select(column).where(column.is_not(None), *sealed(column))).scalars():
                as_bytes: Any = bytes(value) if isinstance(value, bytes | memoryview) else value.encode()
                if as_bytes:
                    keyring_of(session).open_bytes(as_bytes)
                    name = f"{column.table.name}.{column.name}"
                    counts[name] = counts.get(name, 0) + 1
    return counts


def sealed(column: Any) -> list[Any]:
    entry = SQLModel.metadata.tables["outbox_entry"]
    if column.name != "raw":
        return []
    return [column.table.c.outbox_id.in_(select(entry.c.id).where(entry.c.sealed_secret.is_not(None)))]


def grc(world: World, *words: str, secrets: str) -> str:
    """What a command says; it must end well."""
    variables = {"GRC_SECRET_KEY": secrets, "GRC_DATABASE_URL": world.settings.database_url}
    answer = CliRunner().invoke(main, words, env=variables)
    assert answer.exit_code == 0, answer.output
    return answer.output


async def test_a_secret_is_replaced_without_an_interruption(world: World, tmp_path: Path) -> None:
    demande = kept_by_the_old_secret(world)
    browser, scope = world.browser(), world.authority().id
    draft = await browser.begin()
    resume = await browser.post(f"/tilleul/brouillons/{draft}/reprise")
    assert resume.status_code in (200, 303)
    before = opened(world.database, scope)
    assert {"identity_client.sealed_secret", "outbox_entry.sealed_secret", "door_step.sealed_state"} <= set(before)
    assert {"browser_session.sealed_id_token"} <= set(before)

    url = world.settings.database_url
    async with a_world(url, tmp_path / "both", secret_key=(NEW, SECRET)) as both:
        assert opened(both.database, scope) == before
        assert (await both.browser().post("/tilleul/suivi", {"code": demande.code})).status_code == 303
        younger = demandes.filed(both.database)
        said = grc(world, "keys", "reseal", "--check", secrets=f"{NEW},{SECRET}")
        assert "Il reste" in said
        with pytest.raises(ValueError, match="does not hold"):
            opened(open_database(both.settings.model_copy(update={"secret_key": (NEW,)})), scope)
        said = grc(world, "keys", "reseal", secrets=f"{NEW},{SECRET}")
        assert "Tout est scellé sous le premier secret." in said
        assert "identity_client.sealed_secret" in said
        assert "0 scellés à nouveau" in grc(world, "keys", "reseal", secrets=f"{NEW},{SECRET}")
        assert f"Le plus ancien code encore gardé date du {clock.now():%Y-%m-%d}" in said

    async with a_world(url, tmp_path / "after", secret_key=(NEW,)) as after:
        assert sum(opened(after.database, scope).values()) >= sum(before.values())
        await after.deliver()
        letters = [re.sub(r"[\s\u202f\u00a0]", "", mail.text) for mail in after.mailbox.messages]
        assert any(demande.code in letter for letter in letters), "the code sealed by the old secret left"
        assert (await after.browser().post("/tilleul/suivi", {"code": younger.code})).status_code == 303
        # what the papers say: a code is found under the secret of its time alone
        assert (await after.browser().post("/tilleul/suivi", {"code": demande.code})).status_code == 404


async def test_it_may_stop_anywhere_and_a_value_changed_meanwhile_is_kept(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    scope = world.authority().id
    with world.database.writing(scope=scope) as session:
        for number in range(7):
            _a_step(session, scope, f"state {number}")
    monkeypatch.setattr(resealing, "BATCH", 3)
    ring = open_database(world.settings.model_copy(update={"secret_key": (NEW, SECRET)}))
    real, seen = Keyring.reseal_bytes, []

    def tired(self: Keyring, value: bytes) -> bytes | None:
        seen.append(value)
        if len(seen) == 5:
            raise KeyboardInterrupt
        return real(self, value)

    monkeypatch.setattr(resealing, "columns", lambda: [SQLModel.metadata.tables["door_step"].c.sealed_state])
    monkeypatch.setattr(Keyring, "reseal_bytes", tired)
    with pytest.raises(KeyboardInterrupt):
        list(resealing.reseal(ring, [scope]))
    monkeypatch.setattr(Keyring, "reseal_bytes", real)
    assert [(tally.resealed, tally.kept) for tally in resealing.reseal(ring, [scope])] == [(4, 3)]
    stranger = open_database(world.settings.model_copy(update={"secret_key": (SECRET,)}))
    assert [tally.lost for tally in resealing.reseal(stranger, [scope])] == [7]
    for database in (ring, stranger):
        database.close()


def _a_step(session: Session, scope: int, state: str) -> None:
    sealed_state = keyring_of(session).seal(state)
    step = DoorStep(authority_id=scope, session_id=1, purpose="totp", sealed_state=sealed_state, started_at=clock.now())
    session.add(step)
