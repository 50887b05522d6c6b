"""Whatever is typed into the forms of agents and citizens: no fault of ours, no code, no header, no word lost."""

from __future__ import annotations

import asyncio
import email
import email.policy
import logging
from html import unescape
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlmodel import col

from grc.authorities.models import Service
from grc.outbox.models import Message
from grc.sessions.models import BrowserSession, RateCounter
from grc.submissions.models import Decision, Event, Submission
from tests.support import cases, invented
from tests.support.hostile import HOSTILE
from tests.support.world import PDF, Browser, World

pytestmark = pytest.mark.anyio
DAYS = (
    *("", "x", "0001-01-01", "9999-12-31", "2026-02-31", "2026-13-01", "99999-01-01", "-1-01-01", "\u0662026-01-01"),
    *("2026-01-01T00:00", "20260101", "2026-W01-1", "\0", "x" * 5000),
)
TYPST = '#read("/etc/passwd") #import "x" $x$ `a` <label> @ref \\u{41} = T\n/ x: y\n```typ #panic()```\n#eval("1")'
MARKDOWN = (
    "# T\n![x](http://evil.example/x.png)\n[x](javascript:alert(1))\n<script>alert(1)</script>\n| a |\n|--|\n" * 20
)
TEXTS = (*HOSTILE, TYPST, MARKDOWN, "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"), "\x1b[31m\x07\x08")


async def a_case(world: World, *, silence: str = "rejection") -> tuple[str, Browser, Browser]:
    """A demande just taken in charge, with its citizen and an agent: its reference."""
    cases.offered(world.database, silence)
    citizen, agent = world.browser(), world.browser()
    reference = await citizen.file_answers(cases.ANSWERS, procedure=invented.SLUG)
    await agent.sign_in_agent()
    path = f"/tilleul/agents/demandes/{reference}"
    assert (await agent.post(f"{path}/prise-en-charge", {"revision": "1"})).status_code == 303
    return reference, citizen, agent


def revision(world: World, reference: str) -> str:
    with world.database.reading(scope=world.authority().id) as session:
        found = select(col(Submission.revision)).where(col(Submission.reference) == reference)
        return str(session.execute(found).scalar_one())


def unlimited(world: World) -> None:
    with world.database.writing(scope=world.authority().id) as session:
        session.execute(update(RateCounter).values(hits=0))


FORMS: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("agent", "/messages", {}),
    ("agent", "/notes", {}),
    ("agent", "/decision", {"outcome": "refused", "then": "preview"}),
    ("agent", "/erratum", {"then": "preview"}),
    ("agent", "/retrait", {"then": "preview"}),
    ("agent", "/motifs", {"then": "preview"}),
    ("agent", "/transmission", {"then": "preview", "to": "ailleurs"}),
    ("agent", "/pieces-manquantes", {"then": "preview"}),
    ("agent", "/pieces-recues", {}),
    ("agent", "/accuse", {}),
    ("agent", "/attestation", {}),
    ("citizen", "/messages", {}),
    ("citizen", "/recours", {}),
    ("citizen", "/motifs", {}),
    ("citizen", "/attestation", {}),
    ("citizen", "/papier", {}),
    ("citizen", "/notification", {}),
    ("citizen", "/modification", {}),
)
NAMES = ("text", "reasons", "wrong", "right", "name", "address", "email", "telephone", "note", "piece", "wanted", "to")


async def test_whatever_is_typed_is_taken_or_shown_again(world: World) -> None:
    reference, citizen, agent = await a_case(world)
    for text in TEXTS:
        unlimited(world)
        for who, page, fields in FORMS:
            browser = agent if who == "agent" else citizen
            base = f"/tilleul/agents/demandes/{reference}" if who == "agent" else f"/tilleul/demandes/{reference}"
            sent = {**dict.fromkeys(NAMES, text), **fields, "revision": revision(world, reference)}
            answer = await browser.post(base + page, sent)
            assert answer.status_code in (303, 404, 409, 422, 200), (page, text[:30], answer.status_code)
            assert "<script>alert(1)" not in answer.text, page
            assert "onerror=alert(1)>" not in answer.text, page
            if answer.status_code == 422 and page in ("/messages", "/notes") and text.strip() and "\0" not in text:
                assert text.strip().replace("\r", "")[:40] in unescape(answer.text).replace("\r", ""), (page, text[:40])
    both_pages = ((agent, f"/tilleul/agents/demandes/{reference}"), (citizen, f"/tilleul/demandes/{reference}"))
    for browser, path in both_pages:
        page = await browser.get(path)
        assert page.status_code == 200
        assert "<script>alert(1)" not in page.text
        assert ">49<" not in page.text
    await world.deliver()
    with world.database.reading(scope=world.authority().id) as session:
        mails = [bytes(raw) for raw in session.execute(select(col(Message.raw))).scalars() if raw]
    assert len(mails) > 5
    for raw in mails:
        read = email.message_from_bytes(raw, policy=email.policy.default)
        assert read["bcc"] is None
        assert [one.domain.endswith(".example") for one in read["to"].addresses] == [True]


async def test_days_that_are_none_are_refused_softly(world: World) -> None:
    reference, _, agent = await a_case(world)
    path = f"/tilleul/agents/demandes/{reference}"
    for day in DAYS:
        common = {"revision": revision(world, reference), "then": "send"}
        for page, sent in (
            ("/pieces-manquantes", {"deadline": day, "piece": "x"}),
            ("/retrait", {"heard_on": day, "reasons": "x"}),
            ("/lettres/1/envoi", {"posted_on": day}),
        ):
            answer = await agent.post(path + page, {**common, **sent})
            assert answer.status_code in (404, 409, 422), (page, day, answer.status_code)


async def test_ten_megabytes_and_a_hundred_files_are_refused_softly(world: World) -> None:
    reference, citizen, agent = await a_case(world)
    both = ((agent, f"/tilleul/agents/demandes/{reference}"), (citizen, f"/tilleul/demandes/{reference}"))
    for browser, base in both:
        answer = await browser.post(f"{base}/messages", {"text": "x" * 10_000_000})
        assert answer.status_code in (413, 422)
        files = [("files", (f"{number}.pdf", PDF, "application/pdf")) for number in range(100)]
        answer = await browser.post(f"{base}/messages", {"text": "Bonjour"}, files)
        assert answer.status_code in (413, 422), answer.status_code
        names = ("../../x.pdf", "a\r\nb.pdf", "\u202efdp.exe", "x" * 400 + ".pdf", "con.pdf", ".pdf", "é\0.pdf")
        for name in names:
            answer = await browser.post(
                f"{base}/messages", {"text": f"Voici {len(name)}"}, [("files", (name, PDF, "application/pdf"))]
            )
            assert answer.status_code in (303, 422), (name, answer.status_code)
    page = await agent.get(f"/tilleul/agents/demandes/{reference}")
    assert page.status_code == 200


async def test_names_of_an_authority_break_no_mail_and_no_letter(world: World) -> None:
    """What an operator or a supervisor wrote in the service's sheet, and where a demande is sent on."""
    reference, _, agent = await a_case(world)
    with world.database.writing(scope=world.authority().id) as session:
        session.execute(update(Service).values(name='Service "<b>\r\nBcc: x@evil.example', hours=TYPST[:300]))
    path = f"/tilleul/agents/demandes/{reference}"
    sent = {"to": "ailleurs", "name": TYPST[:100], "address": MARKDOWN[:400] + "\r\nBcc: a@evil.example", "note": TYPST}
    sent |= {"email": "x@y.example\r\nBcc: z@evil.example", "then": "preview", "revision": revision(world, reference)}
    preview = await agent.post(f"{path}/transmission", sent)
    assert preview.status_code in (200, 422)
    assert "<script>" not in preview.text.replace("<script src", "")
    done = await agent.post(f"{path}/transmission", {**sent, "then": "send"})
    assert done.status_code in (303, 422)
    await world.deliver()
    with world.database.reading(scope=world.authority().id) as session:
        mails = [bytes(raw) for raw in session.execute(select(col(Message.raw))).scalars() if raw]
    assert len(mails) > 2
    assert [email.message_from_bytes(raw, policy=email.policy.default)["bcc"] for raw in mails] == [None] * len(mails)


async def test_an_old_page_loses_no_word(world: World) -> None:
    reference, _, agent = await a_case(world)
    path = f"/tilleul/agents/demandes/{reference}"
    words = "Un motif <i>très</i> long & précis"
    for page, sent in (
        ("/decision", {"outcome": "refused", "reasons": words}),
        ("/transmission", {"to": "ailleurs", "name": words, "address": words, "note": words}),
        ("/pieces-manquantes", {"piece": "x", "deadline": "2030-01-01"}),
    ):
        answer = await agent.post(path + page, {**sent, "then": "send", "revision": "1"})
        assert answer.status_code in (409, 422), (page, answer.status_code)
        for each in sent.values():
            if each == words:
                assert words in unescape(answer.text), page


async def test_a_session_that_ended_loses_no_word(world: World) -> None:
    reference, _, agent = await a_case(world)
    with world.database.writing(scope=world.authority().id) as session:
        session.execute(update(BrowserSession).values(expires_at=BrowserSession.created_at))
    answer = await agent.post(
        f"/tilleul/agents/demandes/{reference}/decision", {"outcome": "refused", "reasons": "Motif"}
    )
    assert answer.status_code in (303, 401)


async def test_every_form_posted_twice_at_once_acts_once(world: World) -> None:
    reference, citizen, agent = await a_case(world)
    path = f"/tilleul/agents/demandes/{reference}"

    async def both(browser: Browser, address: str, sent: dict[str, Any]) -> list[int]:
        sent = {**sent, "revision": revision(world, reference)}
        return sorted(one.status_code for one in await asyncio.gather(*(browser.post(address, sent) for _ in range(3))))

    assert await both(citizen, f"/tilleul/demandes/{reference}/messages", {"text": "Une fois"}) == [303] * 3
    assert await both(agent, f"{path}/notes", {"text": "Une note"}) == [303] * 3
    decided = await both(agent, f"{path}/decision", {"outcome": "refused", "reasons": "Une fois", "then": "send"})
    assert decided in ([303, 409, 409], [303, 303, 409]), decided
    corrected = await both(agent, f"{path}/erratum", {"wrong": "Une", "right": "Deux", "then": "send"})
    assert corrected == [303, 409, 409], corrected
    with world.database.reading(scope=world.authority().id) as session:
        kinds = list(session.execute(select(col(Event.kind)).order_by(col(Event.id))).scalars())
        decisions = session.execute(select(func.count()).select_from(Decision)).scalar_one()
    for kind in ("message:sent", "note:written", "submission:decided", "decision:corrected"):
        assert kinds.count(kind) == 1, kinds
    assert decisions == 2


async def test_logs_name_nobody(world: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    reference, citizen, agent = await a_case(world)
    path = f"/tilleul/agents/demandes/{reference}"
    await citizen.post(f"/tilleul/demandes/{reference}/messages", {"text": "Motsecretdemessage"})
    await agent.post(f"{path}/notes", {"text": "Motsecretdenote"})
    await agent.post(
        f"{path}/decision",
        {"outcome": "refused", "reasons": "Motsecretdemotif", "then": "send", "revision": revision(world, reference)},
    )
    await world.deliver()
    ours = [one for one in caplog.records if one.name.startswith("grc")]
    told = "\n".join(one.getMessage() for one in ours)
    assert len(ours) > 5
    for word in ("Motsecret", "Camille", "camille@", "claire.modele", "Un banc neuf"):
        assert word not in told, word
