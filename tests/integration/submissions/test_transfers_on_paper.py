"""A demande that came on paper or at the desk, sent on: its receipt there on paper, its new code the person’s alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader
from sqlalchemy import select, update
from sqlmodel import col

from grc.access.actors import Visitor, at_desk
from grc.attachments.local import LocalStorage
from grc.authorities.models import Service
from grc.errors import NotFound
from grc.notifications import letters as layout
from grc.outbox.models import OutboxEntry
from grc.receipts import Administration, TrackingCodeNotice
from grc.submissions import acknowledging, desk, filing, letters, transfers
from grc.submissions.desk import Entry
from grc.submissions.helpers import Helper
from grc.submissions.models import Draft, Notice, Submission, Task
from grc.submissions.transfers import Transfer
from grc.sweeping.forwarding import forward
from tests.support import cases, invented
from tests.support.demandes import Begun, Demande
from tests.support.world import World

pytestmark = pytest.mark.anyio
RECEIVED, SENT_ON = date(2025, 6, 30), date(2025, 7, 10)
NOON, LATER = cases.local(RECEIVED, hour=12), cases.local(SENT_ON, hour=12)


def typed(world: World, *, channel: str = "paper", **person: Any) -> Demande:
    """What Claire typed, stamped on the day of reception; without an e-mail address, unless person says one."""
    ui, schema = (
        {**invented.UI, "x-desk": {"optional": ["person.email"]}},
        invented.required_of(invented.SCHEMA, "person"),
    )
    for slug in ("tilleul", "marronnier"):
        cases.offered(world.database, "rejection", slug=slug, ui=ui, schema=schema)
    authority, agent = world.authority(), world.agent()
    said = {key: each for key, each in cases.ANSWERS["person"].items() if key != "email"} | person
    with world.database.writing(scope=authority.id) as session:
        entry = Entry(invented.SLUG, channel, RECEIVED)  # type: ignore[arg-type]
        begun = desk.begin(session, authority, entry, by=agent, now=NOON)
        answers = {**cases.ANSWERS, "person": said}
        session.execute(update(Draft).where(col(Draft.public_id) == begun.public_id).values(answers=answers))
    with world.database.writing(scope=authority.id) as session:
        done = filing.submit(session, authority, begun.public_id, client="127.0.0.1", by=at_desk(agent), now=NOON)
        assert done.submission_id is not None, done.problems
        reference = session.get_one(Submission, done.submission_id).reference
    return Demande(done.submission_id, reference, "", "", Begun("", Visitor(0), ""))


async def arrived_there(world: World, demande: Demande, folder: Path) -> Demande:
    """The same demande at Marronnier, to which it was sent on."""
    there = world.authority("marronnier")
    here, revision = world.authority(), cases.submission(world.database, demande).revision
    made = Transfer(Administration(there.name, there.postal_address), there.id, "", revision)
    with world.database.writing(scope=here.id) as session:
        transfers.transfer(session, here, demande.reference, made, by=world.agent(), now=LATER)
    assert await forward(world.database, LocalStorage(folder / "store"), here, now=LATER) == 1
    with world.database.reading(scope=there.id) as session:
        (row,) = session.execute(select(Submission).where(col(Submission.authority_id) == there.id)).scalars()
        return Demande(row.id or 0, row.reference, "", "", demande.draft)


@pytest.mark.law("R10")
@pytest.mark.law("R48")
async def test_what_came_on_paper_gets_its_receipt_on_paper_there_and_its_new_code_by_post(
    world: World, tmp_path: Path
) -> None:
    made = await arrived_there(world, typed(world), tmp_path)
    there, lise = world.authority("marronnier"), world.agent("lise.exemple@marronnier.example", "marronnier")
    receipt, code = cases.rows(world.database, Notice, made, slug="marronnier")
    assert (receipt.kind, receipt.facts["channel"], receipt.facts["agent"]) == ("paper_receipt", "paper", None)
    assert (receipt.facts["received_on"], receipt.facts["first_received_on"]) == ("2025-07-10", "2025-06-30")
    assert (receipt.facts["silence"]["due_on"], receipt.facts["addressee"]) == ("2025-08-30", "Exemple Camille")
    tasks = cases.rows(world.database, Task, made, slug="marronnier")
    assert [(one.kind, one.notice_id) for one in tasks] == [("print_letter", receipt.id), ("print_letter", code.id)]
    with world.database.reading(scope=there.id) as session:
        sheets = [letters.sheet(session, made.reference, one.notice_id, by=lise) for one in tasks]
    pages = [" ".join(PdfReader(BytesIO(layout.render(one.facts))).pages[0].extract_text().split()) for one in sheets]
    assert world.authority().name in pages[0]
    told = sheets[1].facts
    assert isinstance(told, TrackingCodeNotice) and told.code in pages[1] and told.code not in str(code.facts)
    assert told.code not in pages[0]
    with world.database.writing(scope=there.id) as session:
        letters.keep(session, there, made.reference, code.id, b"%PDF", by=lise, now=LATER)
        row = session.get_one(Submission, made.id)
        day, revision = SENT_ON, row.revision
        letters.note_posted(session, there, made.reference, code.id, day, revision=revision, by=lise, now=LATER)
        with pytest.raises(NotFound):
            letters.bytes_of(session, made.reference, code.id, by=lise)
    person = world.browser()
    assert (await person.post("/marronnier/suivi", {"code": told.code})).status_code == 303


@pytest.mark.law("R48")
async def test_with_an_address_the_receipt_of_what_came_on_paper_is_mailed_there(world: World, tmp_path: Path) -> None:
    made = await arrived_there(world, typed(world, channel="desk", email="camille@exemple.example"), tmp_path)
    (receipt,) = cases.rows(world.database, Notice, made, slug="marronnier")
    assert (receipt.kind, receipt.facts["channel"]) == ("paper_receipt", "desk")
    assert cases.rows(world.database, Task, made, slug="marronnier") == []
    await world.deliver()
    mail = world.mail("camille@exemple.example", f"{made.reference}\u00a0: demande reçue")
    assert [each.name[:19] for each in mail.attachments] == ["accuse-de-reception"]


@pytest.mark.law("R48")
async def test_a_receipt_owed_for_what_came_on_paper_leaves_on_paper(world: World, tmp_path: Path) -> None:
    demande = typed(world)
    there = world.authority("marronnier")
    with world.database.writing(scope=there.id) as session:
        session.execute(update(Service).where(col(Service.authority_id) == there.id).values(telephone=""))
    made = await arrived_there(world, demande, tmp_path)
    kinds = [one.kind for one in cases.rows(world.database, Notice, made, slug="marronnier")]
    assert kinds == ["registration", "tracking_code"]
    with world.database.writing(scope=there.id) as session:
        session.execute(update(Service).where(col(Service.authority_id) == there.id).values(telephone="01 99 00 10 20"))
    with world.database.writing(scope=there.id) as session:
        assert acknowledging.acknowledgements_due(session, there.id, LATER) == 1
    receipt = cases.rows(world.database, Notice, made, slug="marronnier")[-1]
    assert (receipt.kind, receipt.facts["received_on"]) == ("paper_receipt", "2025-07-10")
    printed = [one.notice_id for one in cases.rows(world.database, Task, made, slug="marronnier")]
    assert receipt.id in printed


@pytest.mark.law("R10")
async def test_an_owed_receipt_says_the_date_that_came_with_the_demande(world: World) -> None:
    """Documents were asked for before it was sent on: the later date stands here too."""
    demande = typed(world)
    here, there, later = world.authority(), world.authority("marronnier"), date(2025, 9, 20)
    told = Transfer(Administration(there.name, there.postal_address), there.id, "", 1)
    with world.database.writing(scope=here.id) as session:
        transfers.transfer(session, here, demande.reference, told, by=world.agent(), now=LATER)
        session.flush()
        (parcel,) = transfers.parcels(session, here)
    mine = update(Service).where(col(Service.authority_id) == there.id)
    with world.database.writing(scope=there.id) as session:
        session.execute(mine.values(telephone=""))
        transfers.receive(session, there, replace(parcel, silence_on=later), [], now=LATER)
        session.execute(mine.values(telephone="01 99 00 10 20"))
    with world.database.writing(scope=there.id) as session:
        assert acknowledging.acknowledgements_due(session, there.id, LATER) == 1
        receipt = session.execute(
            select(Notice).where(col(Notice.kind) == "paper_receipt", col(Notice.authority_id) == there.id)
        ).scalar_one()
        row = session.get_one(Submission, receipt.submission_id)
        assert (receipt.facts["silence"]["due_on"], row.silence_on) == (later.isoformat(), later)


@pytest.mark.law("R10")
async def test_a_helper_is_not_sent_the_new_code_of_the_person_they_help(world: World, tmp_path: Path) -> None:
    for slug in ("tilleul", "marronnier"):
        cases.offered(world.database, "rejection", slug=slug)
    demande = cases.filed(world.database, at=NOON)
    with world.database.writing(scope=world.authority().id) as session:
        row = session.get_one(Submission, demande.id)
        row.helper = Helper("relative", "Alix", "Essai", email=row.contact_email).as_json()
        row.on_paper = True
    made = await arrived_there(world, demande, tmp_path)
    mailed = {
        one.kind for one in cases.rows(world.database, OutboxEntry, made, slug="marronnier") if one.channel == "mail"
    }
    assert mailed == {"acknowledgement", "new_submission"}
    (task,) = cases.rows(world.database, Task, made, slug="marronnier")
    assert task.kind == "print_letter"
