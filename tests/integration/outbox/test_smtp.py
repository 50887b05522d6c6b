"""What each answer of a mail server means: sent, refused for good, or to be tried again."""

from __future__ import annotations

import asyncio

import pytest

from grc.demo.mailbox import Mailbox
from grc.notifications.smtp import Accepted, Refused, SmtpSender, Unreachable
from grc.outbox.delivery import Frozen
from tests.support.smtp import scripted

pytestmark = pytest.mark.anyio


def a_mail(number: int = 1, to: str = "camille@exemple.example") -> Frozen:
    raw = f"Message-ID: <{number}@tilleul.example>\r\nSubject: {number}\r\n\r\n.point\r\nÉté\r\n".encode()
    return Frozen(number, "demarches@tilleul.example", to, f"<{number}@tilleul.example>", raw)


async def outcome(answers: dict[str, str], url: str = "smtp://127.0.0.1:{port}?starttls=never") -> object:
    async with scripted(answers) as server:
        sender = SmtpSender(url.format(port=server.port), timeout=2, patience=2)
        try:
            return await sender.send(a_mail())
        except (Refused, Unreachable) as failure:
            return type(failure), failure.fault
        finally:
            await sender.close()


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({}, Accepted(250, "2.0.0 OK")),
        ({".": "250 2.0.0 Ok: queued as 4Fxyz"}, Accepted(250, "2.0.0 Ok: queued as 4Fxyz")),
        ({"RCPT": "550 5.1.1 <camille@exemple.example>: no such user"}, (Refused, "550 5.1.1")),
        ({"RCPT": "554 5.7.1 relay access denied"}, (Refused, "554 5.7.1")),
        ({".": "552 5.3.4 too big"}, (Refused, "552 5.3.4")),
        ({"RCPT": "450 4.2.0 greylisted"}, (Unreachable, "450 4.2.0")),
        ({".": "451 4.3.0 try later"}, (Unreachable, "451 4.3.0")),
        ({"GREETING": "421 4.3.2 busy"}, (Unreachable, "421 4.3.2")),
        ({"RCPT": "550 camille@exemple.example unknown"}, (Refused, "550")),
        ({".": "nonsense"}, (Unreachable, "SMTPResponseException")),
    ],
)
async def test_the_answer_decides(answers: dict[str, str], expected: object) -> None:
    found = await outcome(answers)
    if expected == (Unreachable, "SMTPResponseException"):
        assert isinstance(found, tuple)
        assert found[0] is Unreachable
    else:
        assert found == expected


@pytest.mark.parametrize(
    ("answers", "fault"),
    [
        ({"GREETING": "554 5.3.2 no service here"}, "554 5.3.2"),
        ({"EHLO": "550 go away", "HELO": "550 go away"}, "550"),
        ({"MAIL": "530 5.7.0 authentication required"}, "530 5.7.0"),
        ({"MAIL": "553 5.7.1 sender rejected"}, "553 5.7.1"),
    ],
)
async def test_what_an_operator_can_mend_never_gives_a_mail_up(answers: dict[str, str], fault: str) -> None:
    assert await outcome(answers) == (Unreachable, fault)


async def test_a_server_that_can_is_given_our_token_and_asked_for_headers_alone() -> None:
    async with scripted({"EHLO": "250-exemple.example\r\n250-DSN\r\n250 8BITMIME"}) as server:
        sender = SmtpSender(f"smtp://127.0.0.1:{server.port}?starttls=never", timeout=2)
        for _ in range(2):
            await sender.send(a_mail(7))
        await sender.close()
    said = [line for line in server.heard if line.startswith("MAIL")]
    assert [(" RET=HDRS" in line, " ENVID=7" in line) for line in said] == [(True, True)] * 2
    async with scripted({}) as plain:
        sender = SmtpSender(f"smtp://127.0.0.1:{plain.port}?starttls=never", timeout=2)
        await sender.send(a_mail())
        await sender.close()
    assert not any("ENVID" in line for line in plain.heard)


async def test_an_old_server_without_extensions_is_spoken_to() -> None:
    assert await outcome({"EHLO": "502 5.5.1 what?"}) == Accepted(250, "2.0.0 OK")


async def test_a_wrong_password_never_gives_a_mail_up() -> None:
    answers = {"EHLO": "250-exemple.example\r\n250 AUTH PLAIN", "AUTH": "535 5.7.8 bad credentials"}
    url = "smtp://grc:faux@127.0.0.1:{port}?starttls=never"
    assert await outcome(answers, url) == (Unreachable, "535 5.7.8")


async def test_nobody_listening_is_tried_again() -> None:
    sender = SmtpSender("smtp://127.0.0.1:9?starttls=never", timeout=2)
    with pytest.raises(Unreachable) as failure:
        await sender.send(a_mail())
    assert failure.value.fault == "SMTPConnectError"


async def test_an_address_that_no_server_takes_is_refused_at_once() -> None:
    async with scripted({}) as server:
        sender = SmtpSender(f"smtp://127.0.0.1:{server.port}?starttls=never")
        with pytest.raises(Refused) as failure:
            await sender.send(a_mail(to="élise@exemple.example"))
        assert failure.value.fault == "address"
        assert await sender.send(a_mail()) == Accepted(250, "2.0.0 OK")
        await sender.close()


async def test_an_address_never_says_a_command() -> None:
    async with scripted({}) as server:
        sender = SmtpSender(f"smtp://127.0.0.1:{server.port}?starttls=never")
        await sender.send(a_mail(to="a@exemple.example\r\nRCPT TO:<b@exemple.example>"))
        await sender.close()
        assert [line for line in server.heard if line.startswith("RCPT")] == ["RCPT TO:<a@exemple.example>"]


async def test_the_bytes_arrive_exactly_as_frozen_over_kept_connections() -> None:
    async with Mailbox() as mailbox:
        sender = SmtpSender(f"smtp://127.0.0.1:{mailbox.port}?starttls=never", connections=2)
        await asyncio.gather(*(sender.send(a_mail(number)) for number in range(10)))
        assert {one.content for one in mailbox.messages} == {a_mail(number).raw for number in range(10)}
        await sender.close()


async def test_a_mail_left_in_the_middle_does_not_lend_its_answer_to_the_next() -> None:
    """The first mail's late 250 must not pass for an answer to the second, whose recipient is refused."""
    async with scripted({}) as server:
        server.slow = 0.4
        sender = SmtpSender(f"smtp://127.0.0.1:{server.port}?starttls=never", connections=1, patience=5)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await sender.send(a_mail(1))
        server.answers["RCPT"] = "550 5.1.1 unknown"
        with pytest.raises(Refused) as failure:
            await sender.send(a_mail(2))
        assert failure.value.fault == "550 5.1.1"
        del server.answers["RCPT"]
        assert (await sender.send(a_mail(3))).code == 250
        assert len([line for line in server.heard if line.startswith("EHLO")]) == 2
        await sender.close()


async def test_a_kept_connection_that_the_server_closed_is_opened_again() -> None:
    async with Mailbox() as mailbox:
        sender = SmtpSender(f"smtp://127.0.0.1:{mailbox.port}?starttls=never", connections=1)
        await sender.send(a_mail(1))
        port = mailbox.port
        await mailbox.stop()
        await mailbox.start(port)
        assert (await sender.send(a_mail(2))).code == 250
        await sender.close()


async def test_a_refusal_does_not_spoil_the_connection() -> None:
    async with Mailbox() as mailbox:
        mailbox.faults.refused = frozenset({"inconnu@exemple.example"})
        sender = SmtpSender(f"smtp://127.0.0.1:{mailbox.port}?starttls=never", connections=1)
        with pytest.raises(Refused):
            await sender.send(a_mail(1, to="inconnu@exemple.example"))
        await sender.send(a_mail(2))
        assert [one.recipients for one in mailbox.messages] == [("camille@exemple.example",)]
        await sender.close()


async def test_a_probe_says_what_is_wrong() -> None:
    assert await SmtpSender("smtp://127.0.0.1:9?starttls=never", timeout=2).probe() == "SMTPConnectError"
    async with Mailbox() as mailbox:
        assert await SmtpSender(f"smtp://127.0.0.1:{mailbox.port}?starttls=never").probe() == ""
