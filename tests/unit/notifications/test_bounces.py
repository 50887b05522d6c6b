"""Reports of delivery as servers really shape them: what is ours is found, what is no report is nothing."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grc.notifications import bounces
from grc.notifications.bounces import Bounce

TOKEN = "1234.0123456789abcdef01234567"
OURS = f"<{TOKEN}@tilleul.example>"
RETURNED = f"Message-ID: {OURS}\nFrom: demarches@tilleul.example\nTo: camille@exemple.example\nSubject: Demande\n"


def report(
    fields: str = "Final-Recipient: rfc822; camille@exemple.example\nAction: failed\nStatus: 5.1.1\n",
    *,
    returned: str = RETURNED,
    kind: str = "message/rfc822",
    whole: str = "Reporting-MTA: dns; mx.exemple.example\n",
    status_kind: str = "message/delivery-status",
    head: str = "From: MAILER-DAEMON@exemple.example (Mail Delivery System)\nSubject: Undelivered Mail\n",
) -> bytes:
    """A multipart/report with its three parts."""
    parts = ["Content-Type: text/plain\n\nI'm sorry to have to inform you.\n"]
    parts.append(f"Content-Type: {status_kind}\n\n{whole}\n{fields}\n")
    if kind:
        parts.append(f"Content-Type: {kind}\n\n{returned}\nBonjour\n")
    body = "".join(f"--limit\n{part}" for part in parts) + "--limit--\n"
    top = 'MIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary="limit"\n'
    return f"{head}{top}\n{body}".encode()


def test_a_failure_as_postfix_says_it() -> None:
    fields = (
        "Final-Recipient: rfc822; camille@exemple.example\nOriginal-Recipient: rfc822;camille@exemple.example\n"
        "Action: failed\nStatus: 5.1.1\nRemote-MTA: dns; mx.exemple.example\n"
        "Diagnostic-Code: smtp; 550 5.1.1 <camille@exemple.example>: Recipient address rejected\n"
    )
    assert bounces.read(report(fields)) == Bounce(TOKEN, 1234, "failed", "5.1.1")


@pytest.mark.parametrize("kind", ["message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers"])
def test_the_mail_is_found_whole_or_by_its_headers_alone(kind: str) -> None:
    assert bounces.read(report(kind=kind)) == Bounce(TOKEN, 1234, "failed", "5.1.1")


def test_crlf_and_international_reports_are_read() -> None:
    raw = report(status_kind="message/global-delivery-status").replace(b"\n", b"\r\n")
    assert bounces.read(raw) == Bounce(TOKEN, 1234, "failed", "5.1.1")


def test_a_report_as_exchange_writes_it() -> None:
    fields = (
        "Final-recipient: RFC822; camille@exemple.example\nAction: failed\nStatus: 5.1.10\n"
        "Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup\n"
        "X-Display-Name: Camille\n"
    )
    head = (
        "From: postmaster@exemple.example\nSubject: Undeliverable: Demande\nAuto-Submitted: auto-replied\n"
        "X-MS-Exchange-Message-Is-Ndr:\nIn-Reply-To: <autre@exemple.example>\n"
    )
    assert bounces.read(report(fields, head=head)) == Bounce(TOKEN, 1234, "failed", "5.1.10")


def test_a_report_as_gmail_writes_it() -> None:
    fields = (
        "Final-Recipient: rfc822; camille@exemple.example\nAction: failed\nStatus: 5.2.2\n"
        "Diagnostic-Code: smtp; 552-5.2.2 The recipient's inbox is out of storage space.\n"
        " 552 5.2.2 https://aide.exemple.example/\nLast-Attempt-Date: Mon, 02 Mar 2026 01:02:03 -0800 (PST)\n"
    )
    head = (
        "From: Mail Delivery Subsystem <mailer-daemon@exemple.example>\nX-Failed-Recipients: camille@exemple.example\n"
        "Auto-Submitted: auto-replied\nSubject: Delivery Status Notification (Failure)\n"
    )
    assert bounces.read(report(fields, head=head)) == Bounce(TOKEN, 1234, "failed", "5.2.2")


def test_a_bounce_of_bare_text_as_exim_wrote_it() -> None:
    raw = (
        "From: Mail Delivery System <Mailer-Daemon@exemple.example>\nX-Failed-Recipients: camille@exemple.example\n"
        "Auto-Submitted: auto-replied\nSubject: Mail delivery failed: returning message to sender\n\n"
        "A message that you sent could not be delivered to one or more of its recipients.\n\n"
        "  camille@exemple.example\n    host mx.exemple.example [192.0.2.25]\n"
        "    SMTP error from remote mail server after RCPT TO:<camille@exemple.example>:\n"
        "    550 no such user\n\n------ This is a copy of the message's headers. ------\n\n" + RETURNED
    )
    assert bounces.read(raw.encode()) == Bounce(TOKEN, 1234, "failed", "5.0.0")


def test_a_bounce_of_bare_text_as_qmail_writes_it() -> None:
    raw = (
        "From: MAILER-DAEMON@exemple.example\nSubject: failure notice\n\nHi. This is the qmail-send program.\n\n"
        "<camille@exemple.example>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n"
        "--- Below this line is a copy of the message.\n\nReturn-Path: <demarches@tilleul.example>\n" + RETURNED
    )
    assert bounces.read(raw.encode()) == Bounce(TOKEN, 1234, "failed", "5.1.1")


def test_a_failure_for_want_of_time_is_a_failure_whatever_its_code() -> None:
    assert bounces.read(report("Action: failed\nStatus: 4.4.1\n")) == Bounce(TOKEN, 1234, "failed", "4.4.1")


def test_a_delay_and_a_success_are_told_apart_from_a_failure() -> None:
    assert bounces.read(report("Action: delayed\nStatus: 4.4.1\n")) == Bounce(TOKEN, 1234, "delayed", "4.4.1")
    assert bounces.read(report("Action: relayed\nStatus: 2.0.0\n")) == Bounce(TOKEN, 1234, "delivered", "2.0.0")


def test_the_worst_of_several_recipients_counts() -> None:
    fields = (
        "Action: delayed\nStatus: 4.4.1\n\nAction: failed (gone)\nStatus: 5.1.1 (bad mailbox)\n\nAction: delivered\n"
    )
    assert bounces.read(report(fields)) == Bounce(TOKEN, 1234, "failed", "5.1.1")


def test_what_a_report_leaves_out_is_read_elsewhere() -> None:
    assert bounces.read(report("Status: 5.7.1\n")) == Bounce(TOKEN, 1234, "failed", "5.7.1")
    assert bounces.read(report("Action: failed\n")) == Bounce(TOKEN, 1234, "failed", "5.0.0")
    said = "Action: failed\nDiagnostic-Code: smtp; 550 5.2.1 disabled\n"
    assert bounces.read(report(said)) == Bounce(TOKEN, 1234, "failed", "5.2.1")


def test_our_envelope_outlives_a_message_id_that_a_relay_wrote_anew() -> None:
    anew = RETURNED.replace(OURS, "<0102@relais.example>")
    assert bounces.read(report(returned=anew)) is None
    whole = f"Original-Envelope-Id: {TOKEN}\nReporting-MTA: dns; relais.example\n"
    assert bounces.read(report(returned=anew, whole=whole)) == Bounce(TOKEN, 1234, "failed", "5.1.1")


def test_a_report_that_returns_nothing_may_say_what_it_answers() -> None:
    head = f"From: postmaster@exemple.example\nReferences: <x@exemple.example> {OURS}\n"
    assert bounces.read(report(kind="", head=head)) == Bounce(TOKEN, 1234, "failed", "5.1.1")
    assert bounces.read(report(kind="")) is None


def test_bytes_of_another_charset_do_no_harm() -> None:
    fields = "Action: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 bo\u00eete inconnue \u00e0 l'adresse\n"
    raw = (
        report(fields, head="From: Syst\u00e8me de courrier <MAILER-DAEMON@exemple.example>\n")
        .decode()
        .encode("latin-1")
    )
    assert bounces.read(raw) == Bounce(TOKEN, 1234, "failed", "5.1.1")


@pytest.mark.parametrize(
    "raw",
    [
        f"From: camille@exemple.example\nAuto-Submitted: auto-replied\nIn-Reply-To: {OURS}\n\nAbsente. Poste 550.\n",
        f"From: camille@exemple.example\nReturn-Path: <>\nIn-Reply-To: {OURS}\n\nAbsente : poste 512.\n",
        f"From: postmaster@exemple.example\nAuto-Submitted: auto-replied\n\n550 5.1.1\n{RETURNED}",
        f"From: postmaster@exemple.example\nSubject: Bonjour\n\nJe vous ecris.\n{RETURNED}",
        "From: MAILER-DAEMON@exemple.example\n\n550 5.1.1 gagnez un voyage\n",
        "",
        "\n\n\n",
        "--limit\n",
    ],
)
def test_answers_spam_and_rubbish_are_nothing(raw: str) -> None:
    assert bounces.read(raw.encode("latin-1")) is None


def test_a_receipt_of_reading_is_no_bounce() -> None:
    raw = report(status_kind="message/disposition-notification", head="From: postmaster@exemple.example\n")
    assert bounces.read(raw.replace(b"report-type=delivery-status", b"report-type=disposition-notification")) is None


@pytest.mark.parametrize(
    "message_id",
    [
        "<CA+abc@exemple.example>",
        "<0.0123456789abcdef01234567@tilleul.example>",
        "<1234.0123456789abcdef0123456@tilleul.example>",
        "<1234.0123456789abcdef012345678@tilleul.example>",
        "<1234.0123456789ABCDEF01234567@tilleul.example>",
    ],
)
def test_a_mail_of_somebody_else_is_nothing(message_id: str) -> None:
    assert bounces.read(report(returned=RETURNED.replace(OURS, message_id))) is None


def test_our_message_id_is_recognised_by_its_token() -> None:
    assert bounces.token_of(OURS) == TOKEN


@given(st.binary(max_size=3000))
def test_no_bytes_make_it_fail(raw: bytes) -> None:
    bounces.read(raw)


@given(st.data())
def test_no_damage_to_a_report_makes_it_fail(data: st.DataObject) -> None:
    raw = bytearray(report())
    for _ in range(data.draw(st.integers(1, 12))):
        at = data.draw(st.integers(0, len(raw) - 1))
        raw[at : at + data.draw(st.integers(0, 9))] = data.draw(st.binary(max_size=9))
    bounces.read(bytes(raw))


@pytest.mark.parametrize(
    "raw",
    [
        b"Content-Type: message/rfc822\n\n" * 60_000,
        b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (n, n) for n in range(40_000)),
        report() + b"x" * 5_000_000,
        b"A" * 3_000_000,
        b"X: " + b"\n " * 400_000,
        b"From: mailer-daemon@x.example\n\n" + b"5.1." * 250_000,
        b"From: mailer-daemon@x.example\n\n" + b" > " * 330_000,
        b"From: mailer-daemon@x.example\n\n" + b"Message-ID:" + b" " * 900_000,
        report(whole="Original-Envelope-Id: " + "1" * 900_000 + "\n"),
    ],
    ids=range(9),
)
def test_huge_and_hostile_mails_take_no_time(raw: bytes) -> None:
    started = time.process_time()
    bounces.read(raw)
    assert time.process_time() - started < 3


def test_what_is_beyond_the_first_bytes_is_not_needed() -> None:
    assert bounces.read(report() + b"x" * 3_000_000) == Bounce(TOKEN, 1234, "failed", "5.1.1")


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("5.1.1", "l’adresse n’existe pas"),
        ("5.1.2", "le domaine de l’adresse n’existe pas"),
        ("5.2.2", "la boîte aux lettres est pleine"),
        ("4.4.1", "le serveur de l’adresse ne répond pas"),
        ("5.7.1", "le serveur de l’adresse refuse nos courriels"),
        ("5.0.0", "le serveur de l’adresse a rendu le courriel"),
        ("", "le serveur de l’adresse a rendu le courriel"),
    ],
)
def test_each_status_is_said_in_words(status: str, words: str) -> None:
    assert bounces.in_words(status) == words
