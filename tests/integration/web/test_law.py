"""What the law asks of the site and of what it sends, shown on the served pages, the database and the mailbox."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from email.utils import parseaddr

import pytest
from sqlalchemy import select, update

from grc import clock, resources
from grc.citizens import commands as citizens
from grc.demo.mailbox import Faults
from grc.franceconnect.claims import PivotIdentity
from grc.outbox.models import Message
from grc.submissions.exchange_models import Timer
from grc.submissions.models import Notice, Submission, Task
from grc.submissions.timers import last_day_before
from tests.support.world import World, example_answers, posted_of, reference_in

pytestmark = pytest.mark.anyio

CITIZEN = "camille@exemple.example"


@pytest.mark.law("R1")
async def test_a_civil_status_request_gets_its_receipt_at_once(world: World) -> None:
    reference = await world.browser().file()
    await world.deliver()
    assert reference in world.mail(CITIZEN, "demande reçue").subject


@pytest.mark.law("R21")
@pytest.mark.law("R22")
async def test_the_published_sender_is_the_one_that_sends(world: World) -> None:
    browser = world.browser()
    published = "demarches@tilleul.example"
    for path in ("/tilleul/demarches/acte-de-naissance", "/tilleul/modalites"):
        assert published in (await browser.get(path)).text.replace("<wbr>", "")
    await browser.file()
    await world.deliver()
    assert {parseaddr(mail.shown("From"))[1] for mail in world.mailbox.messages} == {published}
    assert {mail.sender for mail in world.mailbox.messages} == {published}


@pytest.mark.law("R23")
async def test_the_receipt_goes_to_the_address_given_for_it(world: World) -> None:
    browser = world.browser()
    draft = await browser.fill()
    fields, _ = posted_of(example_answers("passes-own-full-copy"))
    fields |= {"applicant.receipt_email": "secretariat@exemple.example", "then": "continue"}
    assert (await browser.post(f"/tilleul/brouillons/{draft}/demandeur", fields)).status_code == 303
    sent = await browser.post(f"/tilleul/brouillons/{draft}/envoi")
    page = await browser.get(sent.headers["location"])
    await world.deliver()
    assert reference_in(page.text) in world.mail("secretariat@exemple.example", "demande reçue").subject
    assert not world.mailbox.to(CITIZEN)


@pytest.mark.law("R24")
async def test_the_receipt_is_kept_as_it_left_with_the_server_s_answer(world: World) -> None:
    await world.browser().file()
    await world.deliver()
    arrived = world.mail(CITIZEN, "demande reçue")
    authority = world.authority()
    with world.database.reading(scope=authority.id) as session:
        notice = session.execute(select(Notice).where(Notice.name == "acknowledgement")).scalar_one()
        message = session.execute(
            select(Message).where(Message.notice_id == notice.id, Message.has_letter)
        ).scalar_one()
    assert message.raw == arrived.content
    assert message.sha256 == hashlib.sha256(arrived.content).hexdigest()
    assert (message.smtp_code, message.message_id) == (250, arrived.message_id)
    assert message.sent_at is not None


@pytest.mark.law("R25")
async def test_a_receipt_that_is_refused_opens_a_task(world: World) -> None:
    world.mailbox.faults = Faults(refused=frozenset({CITIZEN}))
    await world.browser().file()
    await world.deliver()
    with world.database.reading(scope=world.authority().id) as session:
        kinds = set(session.execute(select(Task.kind)).scalars())
    assert kinds == {"mail_undelivered"}


@pytest.mark.law("R40")
async def test_franceconnect_is_never_the_only_door(world: World) -> None:
    page = await world.browser().get("/tilleul/demarches/acte-de-naissance/identification")
    assert "S’identifier avec" in page.text
    assert "Continuer sans compte" in page.text


@pytest.mark.law("R41")
async def test_one_person_has_an_account_of_its_own_in_each_commune(world: World) -> None:
    person = PivotIdentity(iss="https://fc.example", sub="the-same-person", acr="eidas1")
    keys = set()
    for slug in ("tilleul", "marronnier"):
        authority = world.authority(slug)
        with world.database.writing(scope=authority.id) as session:
            account = citizens.signed_in(session, authority.id, person, now=clock.now())
            keys.add((account.authority_id, account.id))
    assert len(keys) == 2


@pytest.mark.law("R44")
@pytest.mark.parametrize("path", ["/tilleul/", "/tilleul/suivi", "/tilleul/agents/connexion", "/tilleul/absente"])
async def test_the_accessibility_statement_is_reached_from_every_page(world: World, path: str) -> None:
    page = await world.browser().get(path)
    assert "Accessibilité : non conforme" in page.text.replace("\u00a0", " ")
    assert '"/tilleul/accessibilite"' in page.text
    assert (await world.browser().get("/tilleul/accessibilite")).status_code == 200


@pytest.mark.law("R44")
async def test_a_page_is_complained_of_online_and_its_answer_is_due_within_a_week(world: World) -> None:
    citizen, agent = world.browser(), world.browser()
    statement = (await citizen.get("/tilleul/accessibilite")).text
    assert 'href="/tilleul/demarches/accessibilite-numerique"' in statement
    assert "dans la semaine" in statement
    example = resources.folder("form_catalogue") / "accessibilite-numerique/examples/passes-button-by-keyboard.json"
    answers = json.loads(example.read_text("utf-8"))["answers"]
    reference = await citizen.file_answers(answers, procedure="accessibilite-numerique")
    authority = world.authority()
    with world.database.reading(scope=authority.id) as session:
        row = session.execute(select(Submission).where(Submission.reference == reference)).scalar_one()
        timers = dict(session.execute(select(Timer.event, Timer.due_at).where(Timer.submission_id == row.id)).all())
    last = last_day_before(timers["clock.answer"], authority.zone)
    warned = clock.day_in(authority.zone, timers["warning.answer"])
    assert (last - row.competent_received_on, last - warned) == (timedelta(days=7), timedelta(days=1))
    await agent.sign_in_agent("omar.fictif@tilleul.example")
    shown = await agent.get(f"/tilleul/agents/demandes/{reference}")
    assert "Réponse à la réclamation" in shown.text


@pytest.mark.law("R14")
async def test_a_late_decision_names_the_refusal_that_silence_made(world: World) -> None:
    reference = await world.browser().file()
    agent = world.browser()
    await agent.sign_in_agent()
    path = f"/tilleul/agents/demandes/{reference}"
    await agent.post(f"{path}/prise-en-charge", {"revision": "1"})
    authority = world.authority()
    born_on = clock.day_in(authority.zone, clock.now()) - timedelta(days=1)
    with world.database.writing(scope=authority.id) as session:
        session.execute(update(Submission).values(silence_on=born_on))
    decision = {"outcome": "accepted", "reasons": "", "revision": "2", "then": "send"}
    assert (await agent.post(f"{path}/decision", decision)).status_code == 303
    with world.database.reading(scope=authority.id) as session:
        facts = session.execute(select(Notice.facts).where(Notice.kind == "decision")).scalar_one()
    assert facts["replaces"] == {"kind": "implicit_rejection", "on": born_on.isoformat()}
