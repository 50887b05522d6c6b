"""Filing is one transaction: everything or nothing, once, with the facts of that moment."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlmodel import Session, SQLModel, col

from grc import clock, references, resources
from grc.access.actors import Visitor
from grc.authorities.models import Service
from grc.catalogue import loading, publishing
from grc.catalogue import queries as catalogue
from grc.catalogue.models import ProcedureVersion
from grc.db import Keyring, connect
from grc.errors import Invalid, NotFound, TooMany
from grc.notifications.emails import MESSAGES
from grc.sessions import limits
from grc.submissions import drafts, events, filing, notices, queries
from grc.submissions.models import Draft, Event, Notice, Submission
from tests.support import demandes
from tests.support.demandes import Begun
from tests.support.outbox import entries
from tests.support.world import SECRET, World, reference_in

pytestmark = pytest.mark.anyio
EMAIL = "camille@exemple.example"


def counted(world: World) -> dict[str, int]:
    with world.database.reading(scope=world.authority().id) as session:
        tables = SQLModel.metadata.tables
        return {name: session.execute(select(func.count()).select_from(tables[name])).scalar_one() for name in tables}


def submit(world: World, draft: Begun, *, at: datetime | None = None, client: str = "127.0.0.1") -> filing.Filed:
    authority = world.authority()
    with world.database.writing(scope=authority.id) as session:
        return filing.submit(
            session, authority, draft.public_id, client=client, by=draft.visitor, now=at or clock.now()
        )


class PowerCut(Exception):
    """What ends the transaction between two of its statements."""


@contextmanager
def cut_after(module: Any, name: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The function does its work, then nothing more happens."""
    real = getattr(module, name)

    def cut(*arguments: Any, **options: Any) -> Any:
        real(*arguments, **options)
        raise PowerCut

    with monkeypatch.context() as patched:
        patched.setattr(module, name, cut)
        yield


CUTS = (
    (filing, "limit"),
    (filing, "_insert"),
    (notices, "fix"),
    (events, "record"),
    (filing, "post"),
    (filing, "_store"),
)


async def test_a_cut_anywhere_leaves_nothing_at_all(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    draft, authority = demandes.begun(world.database, demandes.answers_with(EMAIL)), world.authority()
    before = counted(world)
    unit = partial(
        _submit, authority=authority, public_id=draft.public_id, client="127.0.0.1", by=draft.visitor, now=clock.now()
    )
    for module, name in CUTS:
        with cut_after(module, name, monkeypatch), pytest.raises(PowerCut):
            await world.database.write(unit, scope=authority.id)
        assert counted(world) == before, name
    filed = await world.database.write(unit, scope=authority.id)
    assert filed.is_new
    after = counted(world)
    grown = {name: after[name] - before[name] for name in after if after[name] != before[name]}
    assert grown == {"submission": 1, "notice": 1, "event": 1, "outbox_entry": 3, "rate_counter": 2}


def _submit(session: Session, **arguments: Any) -> filing.Filed:
    return filing.submit(session, arguments.pop("authority"), arguments.pop("public_id"), **arguments)


async def test_five_posts_at_once_make_one_demande(world: World) -> None:
    citizen = world.browser()
    draft = await citizen.fill()
    before = counted(world)
    sent = await asyncio.gather(*(citizen.post(f"/tilleul/brouillons/{draft}/envoi") for _ in range(5)))
    assert [answer.status_code for answer in sent] == [303] * 5
    assert len({answer.headers["location"] for answer in sent}) == 1
    after = counted(world)
    assert {name: after[name] - before[name] for name in ("submission", "notice", "event", "outbox_entry")} == {
        "submission": 1,
        "notice": 1,
        "event": 1,
        "outbox_entry": 3,
    }
    pages = [await citizen.get(answer.headers["location"]) for answer in sent[:2]]
    assert reference_in(pages[0].text) == reference_in(pages[1].text)
    assert await world.deliver() == 3


async def test_two_processes_filing_the_same_draft_make_one_demande(world: World) -> None:
    draft = demandes.begun(world.database, demandes.answers_with(EMAIL))
    other = connect(world.settings.database_url, Keyring([SECRET]))
    authority = world.authority()
    unit = partial(
        _submit, authority=authority, public_id=draft.public_id, client="127.0.0.1", by=draft.visitor, now=clock.now()
    )
    both = await asyncio.gather(
        *(database.write(unit, scope=authority.id) for database in (world.database, other, world.database, other))
    )
    other.close()
    assert sorted(filed.is_new for filed in both) == [False, False, False, True]
    assert len({filed.submission_id for filed in both}) == 1
    assert counted(world)["notice"] == 1


async def test_many_citizens_at_once_each_get_their_own(world: World) -> None:
    authority = world.authority()
    begun = [demandes.begun(world.database, demandes.answers_with(f"n{n}@exemple.example")) for n in range(12)]

    def unit(draft: Begun, number: int) -> Any:
        return partial(
            _submit,
            authority=authority,
            public_id=draft.public_id,
            client=f"10.0.0.{number}",
            by=draft.visitor,
            now=clock.now(),
        )

    done = await asyncio.gather(
        *(world.database.write(unit(draft, number), scope=authority.id) for number, draft in enumerate(begun))
    )
    assert len({filed.submission_id for filed in done}) == 12
    assert (counted(world)["submission"], counted(world)["outbox_entry"]) == (12, 36)


async def test_a_reference_drawn_twice_is_drawn_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    demande = demandes.filed(world.database, email=EMAIL)
    drawn = iter([demande.reference, "2026-483-715-629"])
    monkeypatch.setattr(references, "new_reference", lambda _year: next(drawn))
    draft, authority = demandes.begun(world.database, demandes.answers_with(EMAIL)), world.authority()
    filed = await world.database.write(
        partial(_submit, authority=authority, public_id=draft.public_id, client="x", by=draft.visitor, now=clock.now()),
        scope=authority.id,
    )
    with world.database.reading(scope=authority.id) as session:
        assert session.get_one(Submission, filed.submission_id).reference == "2026-483-715-629"
    assert counted(world)["submission"] == 2


async def test_the_receipt_states_the_facts_of_its_moment(world: World) -> None:
    demandes.filed(world.database, email=EMAIL)
    with world.database.writing(scope=world.authority().id) as session:
        session.execute(update(Service).values(telephone="01 99 00 99 99", name="Autre service", email="x@x.example"))
    await world.deliver()
    receipt = world.mail(EMAIL, "demande reçue")
    assert "01 99 00 10 20".replace(" ", "\u00a0") in receipt.text.replace("\u202f", "\u00a0").replace(" ", "\u00a0")
    assert "99 99" not in receipt.text.replace("\u00a0", " ").replace("\u202f", " ")
    assert "Autre service" not in receipt.text


async def test_a_draft_stays_on_its_version(world: World) -> None:
    draft = demandes.begun(world.database, demandes.answers_with(EMAIL))
    authority = world.authority()
    newer = _published_again(world, title="Copie ou extrait d’acte de naissance, nouvelle manière")
    assert newer.number == 2
    filed = submit(world, draft)
    later = submit(world, demandes.begun(world.database, demandes.answers_with(EMAIL)))
    with world.database.reading(scope=authority.id) as session:
        old, new = (session.get_one(Submission, one.submission_id) for one in (filed, later))
        assert new.version_id == newer.id
        assert old.version_id != new.version_id
        kept = session.get_one(ProcedureVersion, old.version_id)
        assert (kept.number, kept.document["procedure"]["title"]) == (1, "Copie ou extrait d’acte de naissance")
        assert catalogue.version(session, authority.id, old.version_id).title == kept.document["procedure"]["title"]
        titles = [row.facts["procedure_title"] for row in session.execute(select(Notice).order_by("id")).scalars()]
    assert titles == [kept.document["procedure"]["title"], "Copie ou extrait d’acte de naissance, nouvelle manière"]


def _published_again(world: World, *, title: str) -> ProcedureVersion:
    found = loading.load_folder(resources.folder("form_catalogue"), messages=MESSAGES)
    procedure = next(each for each in found if each.slug == "acte-de-naissance")
    document = deepcopy(dict(procedure.document))
    document["procedure"]["title"] = title
    authority = world.authority()
    with world.database.writing(scope=authority.id) as session:
        return publishing.publish(
            session,
            authority.id,
            loading.from_document(document),
            service_slug="etat-civil",
            confirmed={"silence", "appeal", "lint"},
            by="test",
            now=clock.now(),
        )


WORKED_DATES = (
    ("2026-06-30T10:00:00+02:00", "2026-06-30", "2026-08-30"),
    ("2026-07-31T23:59:59+02:00", "2026-07-31", "2026-09-30"),
    ("2026-12-31T23:30:00+01:00", "2026-12-31", "2027-02-28"),
    ("2026-12-31T23:30:00+00:00", "2027-01-01", "2027-03-01"),  # already the next year in Paris
    ("2027-12-30T12:00:00+01:00", "2027-12-30", "2028-02-29"),
    ("2028-02-29T08:00:00+01:00", "2028-02-29", "2028-04-29"),
    ("2026-10-25T02:30:00+01:00", "2026-10-25", "2026-12-25"),  # the hour that exists twice
    ("2026-11-30T23:30:00+00:00", "2026-12-01", "2027-02-01"),
)


@pytest.mark.law("R11")
async def test_silence_decides_on_the_day_that_everyone_is_told(world: World) -> None:
    for received_at, received_on, silence_on in WORKED_DATES:
        instant = datetime.fromisoformat(received_at)
        demande = demandes.filed(world.database, email=EMAIL, at=instant)
        with world.database.reading(scope=world.authority().id) as session:
            row = session.get_one(Submission, demande.id)
            facts = session.execute(select(Notice.facts).where(Notice.submission_id == demande.id)).scalar_one()
            event = session.execute(select(Event).where(Event.submission_id == demande.id)).scalar_one()
        assert row.received_at == row.recorded_at == instant
        assert {row.first_received_on, row.competent_received_on} == {date.fromisoformat(received_on)}
        assert row.silence_on == row.silence_base_on == date.fromisoformat(silence_on)
        assert (facts["received_on"], facts["silence"]["due_on"]) == (received_on, silence_on)
        assert event.data["silence_on"] == silence_on
        assert demande.reference.startswith(received_on[:4])


async def test_the_date_is_in_the_mail_and_on_the_pages(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    instant = clock.now().replace(year=2026, month=12, day=31, hour=20)
    monkeypatch.setattr(clock, "now", lambda: instant)
    citizen = world.browser()
    draft = await citizen.fill()
    sent = await citizen.post(f"/tilleul/brouillons/{draft}/envoi")
    page = await citizen.get(sent.headers["location"])
    world.deliverer._now = clock.now
    await world.deliver()
    spoken = "28 février 2027"
    for text in (page.text, world.mail(EMAIL, "demande reçue").text):
        assert spoken in text.replace("\u00a0", " ").replace("&nbsp;", " ")


async def test_the_code_is_kept_as_a_hash_only(world: World) -> None:
    demande = demandes.filed(world.database, email=EMAIL)
    plain = references.read_code(demande.code) or ""
    with world.database.reading(scope=world.authority().id) as session:
        stored = session.get_one(Submission, demande.id).tracking_code_hash
    assert stored == Keyring([SECRET]).hash("tracking-code", plain)
    assert entries(world.database, demande)["tracking_code"].sealed_secret != demande.code


async def test_a_code_still_opens_while_the_secret_is_replaced(world: World) -> None:
    demande = demandes.filed(world.database, email=EMAIL)
    by = Visitor(world.authority().id)
    for ring, opens in (
        (Keyring(["a-newer-secret-of-the-tests-00000000", SECRET]), True),
        (Keyring(["a-newer-secret-of-the-tests-00000000"]), False),
    ):
        rotated = connect(world.settings.database_url, ring)
        with rotated.reading(scope=by.authority_id) as session:
            opened = queries.of_code(session, demande.code, by=by)
        rotated.close()
        assert (opened is not None and opened.reference == demande.reference) is opens


async def test_a_draft_of_somebody_else_is_not_filed(world: World) -> None:
    draft = demandes.begun(world.database, demandes.answers_with(EMAIL))
    stranger = demandes.begun(world.database, demandes.answers_with("b@exemple.example"))
    with pytest.raises(NotFound):
        submit(world, Begun(draft.public_id, stranger.visitor, ""))
    with pytest.raises(NotFound):
        submit(world, Begun(draft.public_id, Visitor(world.authority().id), ""))
    assert counted(world)["submission"] == 0


async def test_a_form_filled_in_two_seconds_was_filled_by_a_program(world: World) -> None:
    now = clock.now()
    draft = demandes.begun(world.database, demandes.answers_with(EMAIL), at=now)
    begun_at = now - timedelta(minutes=5)
    with pytest.raises(Invalid):
        submit(world, draft, at=begun_at + timedelta(seconds=2.9))
    assert submit(world, draft, at=begun_at + timedelta(seconds=3)).is_new


async def test_answers_that_no_longer_hold_are_problems_and_nothing_is_filed(world: World) -> None:
    answers = demandes.answers_with("not-an-address")
    draft = demandes.begun(world.database, answers)
    found = submit(world, draft)
    assert (found.submission_id, [problem.field for problem in found.problems]) == (None, ["applicant.email"])
    with world.database.reading(scope=world.authority().id) as session:
        kept = drafts.find(session, draft.public_id, by=draft.visitor)
    assert kept.answers == answers
    assert counted(world)["submission"] == counted(world)["outbox_entry"] == 0


async def test_answers_that_the_form_does_not_ask_are_left_out(world: World) -> None:
    answers = demandes.answers_with(EMAIL, document="extract_without_parents")
    filed = submit(world, demandes.begun(world.database, answers | {"sly": "<script>"}))
    with world.database.reading(scope=world.authority().id) as session:
        kept = session.get_one(Submission, filed.submission_id).answers
    assert not {"sly", "parents"} & kept.keys()


async def test_once_sent_the_draft_holds_no_answer_any_more(world: World) -> None:
    demande = demandes.filed(world.database, email=EMAIL)
    with world.database.reading(scope=world.authority().id) as session:
        row = session.execute(select(Draft)).scalar_one()
        assert (row.answers, row.submission_id, row.code_hash) == ({}, demande.id, None)


async def test_mails_to_one_address_and_posts_from_one_place_are_counted(world: World) -> None:
    now = clock.now()

    def send(email: str, client: str) -> filing.Filed:
        return submit(
            world, demandes.begun(world.database, demandes.answers_with(email), at=now), at=now, client=client
        )

    for number in range(limits.RECEIPTS_PER_ADDRESS.hits):
        assert send("victime@exemple.example", f"10.0.0.{number}").is_new
    with pytest.raises(TooMany) as refused:
        send("Victime@exemple.example", "10.0.1.1")
    assert 0 < refused.value.retry_after <= 3600
    assert send("autre@exemple.example", "10.0.1.1").is_new
    assert counted(world)["submission"] == limits.RECEIPTS_PER_ADDRESS.hits + 1


async def test_events_hold_no_answer(world: World) -> None:
    demandes.filed(world.database, email=EMAIL)
    with world.database.reading(scope=world.authority().id) as session:
        data = session.execute(select(col(Event.data))).scalars().all()
    said = str(data)
    assert not [word for word in ("Camille", "Exemple", "Modèle", EMAIL, "Tilleul") if word in said]


@pytest.mark.parametrize("value", ["Camille Exemple", "camille@exemple.example", "x" * 61, 1.5, {"a": 1}])
async def test_an_event_refuses_what_is_no_code(world: World, value: Any) -> None:
    demande = demandes.filed(world.database, email=EMAIL)
    with pytest.raises(ValueError, match="ids, codes and dates"):
        with world.database.writing(scope=world.authority().id) as session:
            events.record(
                session,
                events.Kind.PIECE_ADDED,
                authority_id=world.authority().id,
                submission_id=demande.id,
                sequence=2,
                state="received",
                by=demande.draft.visitor,
                at=clock.now(),
                data={"note": value},
            )
