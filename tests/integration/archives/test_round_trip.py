"""What is taken out and put back is the same: from either database to either."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, update
from sqlmodel import col

from grc import clock
from grc.attachments.local import LocalStorage
from grc.authorities.models import Authority, HashKey, Service
from grc.db import Database, Keyring, keyring_of, schema
from grc.db.hashes import hashes
from grc.errors import Conflict, Invalid, NotFound
from grc.journal.acts import JournalAct
from grc.journal.models import JournalEntry
from grc.journal.recording import record
from grc.outbox.models import Message, OutboxEntry
from grc.submissions.partner_models import Webhook
from tests.support import archived
from tests.support.archived import (
    CODED,
    ELSEWHERE,
    HIDDEN,
    UNREAD,
    assert_same,
    empty,
    exported,
    opened,
    restored,
    with_everything,
)
from tests.support.demandes import commune
from tests.support.postgres import APP, Urls
from tests.support.world import PDF, SECRET, seeded


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The archive of a commune that has a row in every table."""
    return with_everything(tmp_path_factory.mktemp("archives"))


@pytest.fixture
def postgres_urls(postgres_database: Callable[..., Urls]) -> Iterator[Urls]:
    """A migrated PostgreSQL database with nothing in it."""
    urls = postgres_database()
    schema.migrate(urls.owner, serving_role=APP)
    yield urls


def test_from_sqlite_to_sqlite_then_to_postgresql_and_back(source: Path, tmp_path: Path, postgres_urls: Urls) -> None:
    first, second, third, fourth = (source, *(tmp_path / f"{n}.zip" for n in (2, 3, 4)))
    assert b'"sealed_code":""' in archived.members(first)["tables/api_deposit.jsonl"]
    places = (tmp_path / "a", tmp_path / "b", tmp_path / "c")
    with opened(empty(tmp_path / "a"), ELSEWHERE) as database:
        assert restored(database, places[0], first).unsealed == {}
        exported(database, places[0], second)
        _opens_what_was_sealed(database, of=database)
    assert_same(first, second)
    assert not [name for name, content in archived.members(first).items() if CODED in content]
    with opened(postgres_urls.owner, SECRET) as owner, opened(postgres_urls.app, SECRET) as serving:
        restored(owner, places[1], first)
        exported(serving, places[1], third)
        _opens_what_was_sealed(owner, of=serving)
        _next_numbers_are_free(serving)
    assert_same(first, third)
    with opened(empty(tmp_path / "c"), ELSEWHERE) as database:
        restored(database, places[2], third)
        exported(database, places[2], fourth)
    assert archived.members(fourth)["tables/submission.jsonl"] == archived.members(first)["tables/submission.jsonl"]
    assert_same(third, fourth)


def _opens_what_was_sealed(database: Database, *, of: Database) -> None:
    """Secrets are under the new installation's keys, and codes of the old one are still found."""
    authority = commune(of)
    with of.reading(scope=authority.id) as session:
        sealed = session.execute(select(Webhook.sealed_secret)).scalar_one()
        mail, letter, coded = session.execute(select(Message.raw).order_by(col(Message.id))).scalars()
        assert keyring_of(session).open(sealed) == HIDDEN
        assert keyring_of(session).open_bytes(bytes(mail)) == HIDDEN.encode()
        assert (bytes(letter), bytes(coded)) == (PDF, PDF + CODED)
        assert Keyring([SECRET]).hash("tracking-code", "AAAA") in hashes(session, authority.id, "tracking-code", "AAAA")


def _next_numbers_are_free(database: Database) -> None:
    """On PostgreSQL a sequence does not know what was inserted beside it."""
    authority = commune(database)
    with database.writing(scope=authority.id) as session:
        session.add(Service(authority_id=authority.id, slug="neuf", name="Neuf"))


def test_nothing_is_restored_twice_nor_on_a_taken_number(source: Path, tmp_path: Path) -> None:
    with opened(seeded(tmp_path), SECRET) as database:
        before = archived.counts(database)
        with pytest.raises(Conflict, match="déjà ce nom"):
            restored(database, tmp_path / "files", source)
        with database.writing(scope=None) as session:
            session.execute(
                update(Authority).where(col(Authority.slug) == "tilleul").values(slug="autre", domain="x.example")
            )
        with pytest.raises(Conflict, match="déjà ce numéro"):
            restored(database, tmp_path / "files", source)
        assert archived.counts(database) == before
    assert [path for path in (tmp_path / "files").rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
@pytest.mark.parametrize("order", [("tilleul", "marronnier"), ("marronnier", "tilleul")])
def test_two_communes_of_a_lost_installation_come_back_one_after_the_other(
    neighbours: Path, tmp_path: Path, order: tuple[str, str], kind: str, request: pytest.FixtureRequest
) -> None:
    url = empty(tmp_path) if kind == "sqlite" else request.getfixturevalue("postgres_urls").owner
    with opened(url, ELSEWHERE) as database:
        for slug in order:
            restored(database, tmp_path / "files", neighbours / f"{slug}.zip")
        with database.writing(scope=None) as session:
            told = JournalEntry.act == str(JournalAct.AUTHORITY_RESTORED)
            assert len(session.execute(select(JournalEntry.id).where(told)).all()) == 2
            owner = session.execute(select(col(Authority.id)).where(col(Authority.slug) == order[0])).scalar_one()
            record(session, owner, JournalAct.AGENT_CHANGED, ("agent", 1), by=None, now=clock.now())


@pytest.fixture(scope="module")
def neighbours(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the archives of two communes of one installation, whose lines of the journal alternate."""
    folder = tmp_path_factory.mktemp("neighbours")
    with opened(seeded(folder), SECRET) as database:
        with database.writing(scope=None) as session:
            every = dict(session.execute(select(col(Authority.slug), col(Authority.id))).all())
            for number in range(6):
                owner = every[("tilleul", "marronnier")[number % 2]]
                record(session, owner, JournalAct.AGENT_CHANGED, ("agent", 1), by=None, now=clock.now())
        for slug in ("tilleul", "marronnier"):
            exported(database, folder / "files", folder / f"{slug}.zip", slug=slug)
    return folder


def test_a_trial_keeps_nothing(source: Path, tmp_path: Path) -> None:
    with opened(empty(tmp_path), SECRET) as database:
        done = restored(database, tmp_path / "files", source, is_trial=True)
        assert (done.files, sum(archived.counts(database).values())) == (1, 0)
    assert [path for path in (tmp_path / "files").rglob("*") if path.is_file()] == []


def test_secrets_may_be_left_out(source: Path, tmp_path: Path) -> None:
    with opened(empty(tmp_path), ELSEWHERE) as database:
        done = restored(database, tmp_path / "files", source, passphrase=None, with_secrets=False)
        assert {"agent", "endpoint", "identity_client", "webhook", "outbox_entry"} <= done.unsealed.keys()
        assert {"submission", "draft", "api_key", "recovery_code", "journal_seal"} <= done.lost.keys()
        assert (done.is_authentic, done.faults) == (False, [])
        with database.reading(scope=None) as session:
            assert session.execute(select(HashKey)).first() is None
            assert session.execute(select(Webhook.sealed_secret)).scalar_one() == ""
            entries = session.execute(select(OutboxEntry.state, OutboxEntry.sealed_secret)).all()
            assert [tuple(each) for each in entries] == [("dropped", None), ("posted", None), ("printed", None)]
        exported(database, tmp_path / "files", tmp_path / "bare.zip", passphrase=None)
    assert "secrets.sealed" not in archived.members(tmp_path / "bare.zip")
    with opened(empty(tmp_path / "again"), ELSEWHERE) as database, pytest.raises(Invalid, match="--without-secrets"):
        restored(database, tmp_path / "again", tmp_path / "bare.zip")


def test_a_form_that_this_program_cannot_read_any_more_keeps_its_document_and_is_said(
    source: Path, tmp_path: Path
) -> None:
    with opened(f"sqlite:///{source.parent / 'grc.db'}", SECRET) as database:
        done = exported(database, source.parent / "files", tmp_path / "again.zip")
    (name,) = done.unread
    assert name.startswith(f"{UNREAD}-v")
    kept = archived.members(tmp_path / "again.zip")
    about = {each for each in kept if name in each}
    assert about == {f"formulaires/{name}.json"}
    assert json.loads(kept[f"formulaires/{name}.json"]) == archived.DOCUMENT


def test_a_file_that_cannot_be_put_back_undoes_the_rest(source: Path, tmp_path: Path) -> None:
    storage = tmp_path / "files"
    key = next(name for name in archived.members(source) if name.startswith("files/"))
    with opened(empty(tmp_path), SECRET) as database:
        LocalStorage(storage).put_back(key.removeprefix("files/"), iter([b"taken"]))
        with pytest.raises(Conflict, match="place prise"):
            restored(database, storage, source)
        assert sum(archived.counts(database).values()) == 0
    assert (storage / key.removeprefix("files/")).read_bytes() == b"taken"


def test_an_export_never_overwrites_and_leaves_nothing_half_written(source: Path, tmp_path: Path) -> None:
    with opened(seeded(tmp_path), SECRET) as database:
        (tmp_path / "there.zip").write_bytes(b"precious")
        with pytest.raises(Conflict, match="existe déjà"):
            exported(database, tmp_path / "files", tmp_path / "there.zip")
        (tmp_path / "busy.zip.partial").touch()
        with pytest.raises(Conflict, match="supprimez ce fichier"):
            exported(database, tmp_path / "files", tmp_path / "busy.zip")
        with pytest.raises(NotFound, match="Pas de commune"):
            exported(database, tmp_path / "files", tmp_path / "none.zip", slug="personne")
    assert (tmp_path / "there.zip").read_bytes() == b"precious"
    assert list(tmp_path.glob("none*")) == []
