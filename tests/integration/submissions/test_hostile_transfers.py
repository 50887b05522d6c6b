"""Transfers that are cut, repeated, raced or sent to a door that has closed: one demande arrives, nobody else waits."""

from __future__ import annotations

import asyncio
import base64
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlmodel import col

from grc.attachments import commands as attachments
from grc.attachments.commands import StoredFile
from grc.attachments.local import LocalStorage
from grc.attachments.models import Attachment
from grc.db import keyring_of
from grc.outbox.models import OutboxEntry
from grc.receipts import Administration
from grc.submissions import codes, conversation, transfers
from grc.submissions.exchange_models import SubmissionLink, ThreadEntry
from grc.submissions.models import Event, Notice, Submission, Task
from grc.submissions.transfers import Transfer
from grc.sweeping.forwarding import forward
from tests.support import cases
from tests.support.demandes import Demande
from tests.support.world import World

pytestmark = pytest.mark.anyio
NOON = cases.local(cases.date(2025, 6, 30), hour=12)
LATER = NOON + timedelta(days=10)
SECRET = "Mot-que-nul-ne-lit-ailleurs"


@pytest.fixture
def storage(tmp_path: Path) -> LocalStorage:
    return LocalStorage(tmp_path / "store")


def sent(world: World, demande: Demande, *, to: str = "marronnier") -> Any:
    here, there = world.authority(), world.authority(to)
    revision = cases.submission(world.database, demande).revision
    with world.database.writing(scope=here.id) as session:
        made = Transfer(Administration(there.name, there.postal_address), there.id, "", revision)
        return transfers.transfer(session, here, demande.reference, made, by=world.agent(), now=LATER)


def arrived(world: World, slug: str = "marronnier") -> list[Submission]:
    there = world.authority(slug)
    with world.database.reading(scope=there.id) as session:
        mine = select(Submission).where(col(Submission.authority_id) == there.id).order_by(col(Submission.id))
        return list(session.execute(mine).scalars())


def with_the_keys_of_an_archive(world: World, source_id: int) -> set[str]:
    """The hashes of the codes that who left with the keys of hashes would make for the first links of a neighbour."""
    found = set()
    with world.database.reading(scope=source_id) as session:
        ring = keyring_of(session)
    for purpose in ("transfer-code", "codes", codes.TRACKING):
        for number in range(20):
            digest = bytes.fromhex(ring.hash(purpose, f"{source_id}:{number}"))
            found.add(ring.hash(codes.TRACKING, base64.b32encode(digest[:10]).decode()))
    return found


def kept(world: World, storage: LocalStorage, demande: Demande, name: str, *, note: bool, sender: str) -> None:
    """A file of a message, in the store and on record."""
    here = world.authority()
    stored = storage.put(here.slug, [SECRET.encode()], max_bytes=1000)
    with world.database.writing(scope=here.id) as session:
        entry = ThreadEntry(
            authority_id=here.id,
            submission_id=demande.id,
            at=NOON,
            kind=conversation.NOTE if note else conversation.MESSAGE,
            author_kind=sender,
            text=SECRET,
        )
        session.add(entry)
        session.flush()
        assert entry.id is not None
        attachments.add_to_thread(
            session,
            [StoredFile(stored.key, name, "application/pdf", stored.size, stored.sha256)],
            authority_id=here.id,
            submission_id=demande.id,
            entry_id=entry.id,
            sender=sender,
            is_private=note,
            now=NOON,
        )


async def test_what_agents_wrote_or_sent_here_does_not_arrive_there(world: World, storage: LocalStorage) -> None:
    for slug in ("tilleul", "marronnier"):
        cases.offered(world.database, "rejection", slug=slug)
    demande = cases.filed(world.database, at=NOON)
    kept(world, storage, demande, "note.pdf", note=True, sender="agent")
    kept(world, storage, demande, "reponse.pdf", note=False, sender="agent")
    kept(world, storage, demande, "preuve.pdf", note=False, sender="citizen")
    sent(world, demande)
    assert await forward(world.database, storage, world.authority(), now=LATER) == 1
    there = world.authority("marronnier")
    with world.database.reading(scope=there.id) as session:
        mine = col(Attachment.authority_id) == there.id
        assert list(session.execute(select(col(Attachment.name)).where(mine)).scalars()) == ["preuve.pdf"]
        written = select(func.count()).select_from(ThreadEntry).where(col(ThreadEntry.authority_id) == there.id)
        assert session.execute(written).scalar_one() == 0
        for table in (Event, Notice):
            column = table.data if table is Event else table.facts
            assert SECRET not in repr(list(session.execute(select(column)).scalars()))


async def test_a_stop_between_the_steps_and_ten_passages_at_once_make_one_demande(
    world: World, storage: LocalStorage
) -> None:
    for slug in ("tilleul", "marronnier"):
        cases.offered(world.database, "rejection", slug=slug)
    demande = cases.filed(world.database, at=NOON)
    sent(world, demande)
    here = world.authority()
    await asyncio.gather(*(forward(world.database, storage, here, now=LATER) for _ in range(6)))
    (one,) = arrived(world)
    assert one.tracking_code_hash not in with_the_keys_of_an_archive(world, here.id)
    with world.database.writing(scope=here.id) as session:  # as if the server had died before the last note
        session.execute(update(SubmissionLink).where(SubmissionLink.from_id == demande.id).values(other_reference=""))
    assert await forward(world.database, storage, here, now=LATER + timedelta(hours=1)) == 1
    (same,) = arrived(world)
    assert (same.reference, same.revision) == (one.reference, one.revision)
    assert one.reference != demande.reference
    there = world.authority("marronnier").id
    with world.database.reading(scope=there) as session:
        mine = select(col(OutboxEntry.kind)).where(col(OutboxEntry.authority_id) == there)
        kinds = list(session.execute(mine).scalars())
    assert sorted(kinds) == ["acknowledgement", "new_submission", "tracking_code"]


async def test_thirty_that_cannot_arrive_keep_no_other_waiting(world: World, storage: LocalStorage) -> None:
    for slug in ("tilleul", "marronnier"):
        cases.offered(world.database, "rejection", slug=slug)
    stuck = [cases.filed(world.database, at=NOON) for _ in range(25)]
    for each in stuck:
        sent(world, each)
    with world.database.writing(scope=world.authority().id) as session:
        session.execute(update(SubmissionLink).values(other_authority_id=10**6))
    good = cases.filed(world.database, at=NOON)
    sent(world, good)
    here = world.authority()
    for passage in range(3):
        await forward(world.database, storage, here, now=LATER + timedelta(minutes=10 * passage))
    assert len(arrived(world)) == 1


async def test_one_that_has_not_arrived_for_a_day_is_told_to_agents_once(world: World, storage: LocalStorage) -> None:
    for slug in ("tilleul", "marronnier"):
        cases.offered(world.database, "rejection", slug=slug)
    demande = cases.filed(world.database, at=NOON)
    sent(world, demande)
    with world.database.writing(scope=world.authority().id) as session:
        session.execute(update(SubmissionLink).values(other_authority_id=10**6))
    for hours in (0, 1, 25, 26, 49):
        await forward(world.database, storage, world.authority(), now=LATER + timedelta(hours=hours))
    told = [each for each in cases.rows(world.database, Task, demande) if each.closed_at is None]
    assert [each.kind for each in told] == ["workflow"]
    agent = world.browser()
    await agent.sign_in_agent()
    assert told[0].title in (await agent.get(f"/tilleul/agents/demandes/{demande.reference}")).text


async def test_a_form_that_differs_there_still_arrives_and_is_shown(world: World, storage: LocalStorage) -> None:
    cases.offered(world.database, "rejection")
    schema = {
        "type": "object",
        "required": ["subject"],
        "properties": {
            "subject": {"type": "integer", "title": "Combien de bancs ?", "minimum": 0},
            "who": {"type": "boolean", "title": "Est-ce urgent ?"},
            "person": {"type": "string", "title": "Votre nom", "x-role": "family-name", "maxLength": 40},
            "given": {"type": "string", "title": "Votre prénom", "x-role": "given-names", "maxLength": 40},
            "email": {
                "type": "string",
                "title": "Courriel",
                "format": "email",
                "x-role": "contact-email",
                "maxLength": 9,
            },
        },
    }
    controls = [{"type": "Control", "scope": f"#/properties/{name}"} for name in schema["properties"]]
    page = {"type": "Category", "x-id": "tout", "label": "Tout", "elements": controls}
    parts = {"schema": schema, "ui": {"type": "Categorization", "elements": [page]}}
    cases.offered(world.database, "rejection", slug="marronnier", **parts)
    demande = cases.filed(world.database, at=NOON)
    sent(world, demande)
    assert await forward(world.database, storage, world.authority(), now=LATER) == 1
    (row,) = arrived(world)
    await world.deliver()
    lise = world.browser()
    await lise.sign_in_agent("lise.exemple@marronnier.example", "marronnier")
    for act in (
        "",
        "/decision",
        "/reponses.csv",
        "/reponses.json",
        "/pieces-manquantes",
        "/transmission",
        "/dossier.zip",
    ):
        answer = await lise.get(f"/marronnier/agents/demandes/{row.reference}{act}")
        assert answer.status_code < 500, act
    assert (await lise.get("/marronnier/agents")).status_code == 200
