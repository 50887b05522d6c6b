"""The demonstration's mailbox: a real server, what it keeps, how it misbehaves, and its pages."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from email.message import EmailMessage

import aiosmtplib
import httpx2
import pytest

from grc.demo import mailbox as module
from grc.demo.mailbox import Mailbox
from tests.support import partners

pytestmark = pytest.mark.anyio

TO = "camille.exemple@courriel.example"
FROM = "ne-pas-repondre@tilleul.example"


@pytest.fixture
async def mailbox() -> AsyncIterator[Mailbox]:
    async with partners.mailbox() as box:
        yield box


def a_mail(subject: str = "Votre demande 2026-483-715-629 : reçue") -> EmailMessage:
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"], mail["Message-ID"] = subject, FROM, TO, "<1@tilleul.example>"
    mail.set_content("Bonjour,\n\nSuivez votre demande : http://127.0.0.1:8000/tilleul/suivi.\n.\nÀ bientôt <Mairie>\n")
    mail.add_alternative("<html><head></head><body><h1>Reçue</h1><script>alert(1)</script></body></html>", "html")
    mail.add_attachment(b"%PDF-1.7 x", "application", "pdf", filename="accusé.pdf")
    return mail


async def send(mailbox: Mailbox, content: bytes, *to: str, timeout: float = 5) -> None:
    async with aiosmtplib.SMTP(hostname="127.0.0.1", port=mailbox.port, timeout=timeout) as smtp:
        await smtp.sendmail(FROM, list(to) or [TO], content)


async def test_keeps_the_exact_bytes(mailbox: Mailbox):
    content = a_mail().as_bytes().replace(b"\n", b"\r\n")
    await send(mailbox, content)
    (message,) = await mailbox.wait_for(to=TO)
    assert message.content == content
    assert (message.sender, message.recipients) == (FROM, (TO,))


async def test_reads_the_parts(mailbox: Mailbox):
    await send(mailbox, a_mail().as_bytes())
    (message,) = mailbox.messages
    assert message.subject == "Votre demande 2026-483-715-629 : reçue"
    assert message.message_id == "<1@tilleul.example>"
    assert "À bientôt" in message.text
    assert "<h1>Reçue</h1>" in message.html
    (attachment,) = message.attachments
    assert (attachment.name, attachment.type, attachment.content) == ("accusé.pdf", "application/pdf", b"%PDF-1.7 x")


async def test_a_message_without_parts_has_empty_ones(mailbox: Mailbox):
    await send(mailbox, b"\r\n")
    (message,) = mailbox.messages
    assert (message.subject, message.html, message.attachments) == ("", "", ())


async def test_waits_for_a_message(mailbox: Mailbox):
    waiting = asyncio.create_task(mailbox.wait_for(to=TO, subject="reçue", count=2))
    await send(mailbox, a_mail().as_bytes())
    await send(mailbox, a_mail("Votre code de suivi").as_bytes())
    assert not waiting.done()
    await send(mailbox, a_mail().as_bytes())
    assert [message.id for message in await waiting] == [1, 3]
    with pytest.raises(TimeoutError):
        await mailbox.wait_for(to="nobody@courriel.example", within=0.05)


async def test_is_bounded(mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "MOST_MESSAGES", 3)
    for number in range(5):
        await send(mailbox, a_mail(f"n° {number}").as_bytes())
    assert [message.subject for message in mailbox.messages] == ["n° 2", "n° 3", "n° 4"]
    monkeypatch.setattr(module, "MOST_BYTES", 1500)
    await send(mailbox, b"x" * 500 + b"\r\n" + b"x" * 500)
    assert len(mailbox.messages) == 1


async def test_can_be_busy(mailbox: Mailbox):
    mailbox.faults.busy = True
    with pytest.raises(aiosmtplib.SMTPRecipientsRefused) as caught:
        await send(mailbox, a_mail().as_bytes())
    assert caught.value.recipients[0].code == 451
    mailbox.clear()
    await send(mailbox, a_mail().as_bytes())


async def test_can_refuse_a_recipient(mailbox: Mailbox):
    mailbox.faults.refused = frozenset({TO})
    with pytest.raises(aiosmtplib.SMTPRecipientsRefused) as caught:
        await send(mailbox, a_mail().as_bytes())
    assert caught.value.recipients[0].code == 550
    await send(mailbox, a_mail().as_bytes(), "autre@courriel.example")
    assert [message.recipients for message in mailbox.messages] == [("autre@courriel.example",)]


async def test_can_refuse_the_text(mailbox: Mailbox):
    mailbox.faults.data_code = "552"
    with pytest.raises(aiosmtplib.SMTPDataError) as caught:
        await send(mailbox, a_mail().as_bytes())
    assert caught.value.code == 552
    assert mailbox.messages == ()


async def test_can_hang(mailbox: Mailbox):
    mailbox.faults.hang = True
    with pytest.raises(aiosmtplib.SMTPTimeoutError):
        await send(mailbox, a_mail().as_bytes(), timeout=0.3)
    assert mailbox.messages == ()


@pytest.mark.parametrize(("fault", "kept"), [("drop", 0), ("lose_answer", 1)])
async def test_can_cut_the_connection(mailbox: Mailbox, fault: str, kept: int):
    setattr(mailbox.faults, fault, True)
    with pytest.raises(aiosmtplib.SMTPServerDisconnected):
        await send(mailbox, a_mail().as_bytes())
    assert len(mailbox.messages) == kept


async def test_stops_with_open_connections():
    async with partners.mailbox() as box:
        smtp = aiosmtplib.SMTP(hostname="127.0.0.1", port=box.port)
        await smtp.connect()
    with pytest.raises((aiosmtplib.SMTPException, OSError)):
        await smtp.noop()


def test_runs_in_a_thread_for_synchronous_tests():
    with partners.in_thread(partners.mailbox()) as box:
        asyncio.run(send(box, a_mail().as_bytes()))
        assert len(asyncio.run(box.wait_for(to=TO))) == 1


@pytest.fixture
async def site(mailbox: Mailbox) -> AsyncIterator[httpx2.AsyncClient]:
    async with partners.mailbox_site(mailbox) as address:
        async with httpx2.AsyncClient(base_url=address, trust_env=False) as browser:
            yield browser


async def test_the_list_says_when_it_is_empty(site: httpx2.AsyncClient):
    page = await site.get("/")
    assert "Boîte aux lettres de démonstration" in page.text
    assert "Aucun message" in partners.visible_text(page.text)


async def test_lists_the_newest_first_and_by_recipient(mailbox: Mailbox, site: httpx2.AsyncClient):
    await send(mailbox, a_mail("Premier").as_bytes())
    await send(mailbox, a_mail("Second").as_bytes(), "mairie@tilleul.example")
    text = (await site.get("/")).text
    assert text.index("Second") < text.index("Premier")
    filtered = (await site.get("/", params={"pour": TO})).text
    assert "Premier" in filtered
    assert "Second" not in filtered


async def test_shows_a_message_without_trusting_it(mailbox: Mailbox, site: httpx2.AsyncClient):
    await send(mailbox, a_mail("<b>Objet</b>").as_bytes())
    page = await site.get("/messages/1")
    assert "<h1>&lt;b&gt;Objet&lt;/b&gt;</h1>" in page.text
    assert "&lt;Mairie&gt;" in page.text
    assert 'href="http://127.0.0.1:8000/tilleul/suivi"' in page.text
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in page.text
    assert "frame-src 'self'" in page.headers["content-security-policy"]


async def test_the_html_part_has_no_rights(mailbox: Mailbox, site: httpx2.AsyncClient):
    await send(mailbox, a_mail().as_bytes())
    part = await site.get("/messages/1/html")
    policy = part.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "sandbox allow-popups" in policy
    assert "allow-scripts" not in policy
    assert '<base target="_blank">' in part.text


async def test_gives_the_attachment_and_the_source(mailbox: Mailbox, site: httpx2.AsyncClient):
    content = a_mail().as_bytes().replace(b"\n", b"\r\n")
    await send(mailbox, content)
    attachment = await site.get("/messages/1/pieces/0")
    assert attachment.content == b"%PDF-1.7 x"
    assert attachment.headers["content-disposition"] == "attachment; filename*=UTF-8''accus%C3%A9.pdf"
    assert (await site.get("/messages/1/source.eml")).content == content


@pytest.mark.parametrize(
    "path", ["/messages/9", "/messages/9/html", "/messages/1/html", "/messages/1/pieces/0", "/messages/9/source.eml"]
)
async def test_what_is_not_there_is_not_found(mailbox: Mailbox, site: httpx2.AsyncClient, path: str):
    await send(mailbox, b"Subject: x\r\n\r\nx\r\n")
    assert (await site.get(path)).status_code == 404
