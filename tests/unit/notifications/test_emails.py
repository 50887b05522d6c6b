"""Mails say the same in text, in HTML and in the attached letter."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from grc import resources
from grc.errors import Invalid
from grc.notifications import emails, letters
from grc.notifications.emails import Sender
from grc.notifications.presentation import present
from grc.receipts import AgentContact, Appointment, Notice, ServiceContact, sentences
from tests.support.notices import (
    ACCEPTANCE,
    AGENT,
    MEETING,
    PLANNED,
    SERVICE,
    a_decision,
    a_document_request,
    a_state_notice,
    an_acknowledgement,
    every_notice,
)
from tests.unit.notifications.reading import Page, mail, part, pdf_text, plain

LINK = "https://demarches.tilleul.example/demandes/2026-483-715-629?x=1&y=2"
HOSTILE = "Zoé <script>alert(1)</script> {{ 7*7 }} &amp; \" ' #panic() *x*"
NAMES = list(every_notice())


def compose(notice: Notice, **changes: Any) -> bytes:
    facts: dict[str, Any] = {
        "sender": Sender("demarches@tilleul.example", "Tilleul-sur-Exemple – Démarches"),
        "to": "camille@exemple.example",
        "message_id": "<0123456789@tilleul.example>",
        "date": datetime(2026, 3, 16, 17, 43, tzinfo=UTC),
        "link": LINK,
        "theme_colour": "#1f5f8b",
    }
    return emails.compose(notice, **{**facts, **changes})


@pytest.mark.parametrize("name", NAMES)
def test_each_notice_is_written_with_its_own_template(name: str) -> None:
    assert emails.template_of(every_notice()[name]) == name


def test_every_template_is_used() -> None:
    folders = {folder.name for folder in (resources.folder("templates") / "email").iterdir() if folder.is_dir()}
    assert folders == set(NAMES) == emails.MESSAGES


@pytest.mark.parametrize("name", NAMES)
def test_headers_say_what_a_mail_server_needs_and_nothing_of_the_person(name: str) -> None:
    content = compose(every_notice()[name])
    message = mail(content)
    assert message["From"] == "Tilleul-sur-Exemple – Démarches <demarches@tilleul.example>"
    assert message["To"] == "camille@exemple.example"
    assert message["Date"].datetime == datetime(2026, 3, 16, 17, 43, tzinfo=UTC)
    assert message["Message-ID"] == "<0123456789@tilleul.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Subject"].startswith("2026-483-715-629\u00a0: ") or name in WITHOUT_REFERENCE
    assert content.isascii()
    assert b"=0D" not in content
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert max(map(len, content.split(b"\r\n"))) <= 998
    assert not [defect for one in message.walk() for defect in one.defects]


WITHOUT_REFERENCE = {
    "draft_expiring": "Votre brouillon sera effacé le mercredi 1er avril 2026",
    "sign_in_link": "Votre lien de connexion",
    "old_address": "Changement d’adresse de votre compte : votre accord",
    "new_address": "Confirmez votre nouvelle adresse",
    "account_relinked": "Votre compte est rattaché à votre nouvelle identité",
    "account_unused": "Votre compte sera fermé le mercredi 1er avril 2026",
}
"""What is no demande, or not yet, has no number."""
SUBJECTS = {
    "acknowledgement": "demande reçue",
    "address_corrected": "copie de l’accusé de réception",
    "registration": "envoi enregistré",
    "documents_requested": "documents à envoyer au plus tard le 20 avril 2026",
    "documents_received": "documents reçus",
    "accepted": "demande acceptée",
    "refused": "demande refusée",
    "taken_charge": "demande en cours d’examen",
    "withdrawn": "demande retirée",
    "tracking_code": "votre code de suivi",
    "new_submission": "nouvelle demande",
    "state_changed": "intervention prévue",
    "reminder": "rappel, rendez-vous le mardi 24 mars 2026 de 14 h 30 à 15 h 00",
    "service_update": "la demande a changé d’état",
    "appeal_registered": "recours reçu",
    "paper_receipt": "demande reçue",
    "transfer": "demande transmise",
    "implied_decision": "demande refusée, faute de réponse",
    "attestation": "attestation d’acceptation",
    "reasons": "motifs du refus",
    "acceptance_withdrawn": "acceptation retirée",
    "erratum": "correction d’une décision",
    "documents_reminder": "rappel, documents à envoyer au plus tard le 20 avril 2026",
    "new_message": "un message du service",
    "service_message": "un message est arrivé",
    "envoi": "nous avons reçu votre message et 2 documents",
    "filed_for_you": "une demande est déposée pour vous",
}


@pytest.mark.parametrize("name", NAMES)
def test_a_subject_is_the_reference_and_the_state(name: str) -> None:
    subject = mail(compose(every_notice()[name]))["Subject"]
    assert plain(subject) == (WITHOUT_REFERENCE.get(name) or f"2026-483-715-629 : {SUBJECTS[name]}")


@pytest.mark.parametrize("name", NAMES)
def test_the_html_can_be_read_by_everyone(name: str) -> None:
    html = part(mail(compose(every_notice()[name])), "html")
    page = Page(html)
    assert page.having("html")[0]["lang"] == "fr"
    assert page.having("div")[0]["lang"] == "fr"
    assert page.count("h1") == 1
    assert page.count("title") == 1
    assert page.links == [LINK]
    assert page.count("img") == page.count("script") == page.count("link") == 0
    assert all(header.get("scope") == "row" for header in page.having("th"))
    assert page.count("caption") == page.count("table") >= 1
    assert all(element.get("style") for element in page.having("h1") + page.having("th") + page.having("a"))
    assert "prefers-color-scheme: dark" in html
    assert html.count("<style") == 1


@pytest.mark.parametrize("name", NAMES)
def test_text_and_html_say_the_same_facts(name: str) -> None:
    message = mail(compose(every_notice()[name]))
    text, page = part(message, "plain"), Page(part(message, "html"))
    assert LINK in text
    for row in facts_of(every_notice()[name]):
        for line in row["lines"]:
            assert plain(line) in plain(text)
            assert plain(line) in page.text
        assert row["label"] in plain(text)
        assert row["label"] in page.text


def facts_of(notice: Notice) -> list[dict[str, Any]]:
    shown = present(notice)
    return [*shown["facts"], *shown.get("contact", [])]


@pytest.mark.parametrize("name", NAMES)
def test_french_typography_holds_and_no_word_of_the_banned_list_is_used(name: str) -> None:
    message = mail(compose(every_notice()[name]))
    for words in (part(message, "plain"), "".join(Page(part(message, "html")).words), message["Subject"]):
        assert not re.search(r"[^\s\u00a0] :|« | »| [;?!](\s|$)|'", words)
        assert not re.search(r"veuillez|merci de|valide|afin de|meilleurs délais|dossier|!", words, re.IGNORECASE)
        assert "None" not in words


@pytest.mark.law("R4")
@pytest.mark.law("R8")
def test_every_mention_of_the_acknowledgement_is_in_text_html_and_letter() -> None:
    notice = an_acknowledgement(agent=AGENT)
    assert notice.silence is not None
    letter = letters.render(notice)
    message = mail(compose(notice, attachments=[(letters.filename(notice), letter)]))
    readings = (plain(part(message, "plain")), Page(part(message, "html")).text, pdf_text(letter))
    for mention in (
        notice.reference,
        notice.authority,
        notice.procedure_title,
        "lundi 16 mars 2026 à 18 h 42 (heure de Paris)",
        SERVICE.name,
        SERVICE.email,
        *SERVICE.postal_address,
        SERVICE.telephone,
        sentences.silence(notice.silence),
        *(appeal.text for appeal in notice.appeals),
        sentences.interruption(notice.appeals),
        AGENT.name,
        AGENT.capacity,
    ):
        for reading in readings:
            assert plain(mention) in reading


@pytest.mark.law("R7")
def test_the_acknowledgement_of_an_acceptance_offers_the_attestation() -> None:
    message = mail(compose(an_acknowledgement(ACCEPTANCE)))
    for reading in (plain(part(message, "plain")), Page(part(message, "html")).text):
        assert plain(sentences.ATTESTATION) in reading
        assert "Recours" not in reading


def test_a_new_state_says_its_sentence_and_the_words_of_the_agent_as_they_are() -> None:
    notice = a_state_notice("state_changed", **{**PLANNED, "note": f"Lundi 23 mars.\n{HOSTILE}"})
    message = mail(compose(notice))
    html = part(message, "html")
    for reading in (plain(part(message, "plain")), Page(html).text):
        for words in (PLANNED["state"], PLANNED["sentence"], "Message du service", "Lundi 23 mars.", plain(HOSTILE)):
            assert plain(words).casefold() in reading.casefold()
    assert "<script" not in html
    silent = mail(compose(a_state_notice("state_changed", **{**PLANNED, "note": ""})))
    assert "Message du service" not in Page(part(silent, "html")).text
    assert "rendez-vous" not in Page(part(silent, "html")).text


@pytest.mark.parametrize("change", ["state_changed", "reminder"])
def test_an_appointment_is_told_with_its_day_its_hours_and_its_place(change: Any) -> None:
    notice = a_state_notice(change, **{**PLANNED, "appointment": replace(MEETING, place=HOSTILE)})
    message = mail(compose(notice))
    for reading in (
        plain(part(message, "plain")),
        Page(part(message, "html")).text,
        plain(pdf_text(letters.render(notice))),
    ):
        for words in ("mardi 24 mars 2026", "de 14 h 30 à 15 h 00", plain(HOSTILE)):
            assert words in plain(reading)
    assert "<script" not in part(message, "html")
    open_ended = a_state_notice(change, **{**PLANNED, "appointment": Appointment(MEETING.starts_at)})
    reading = plain(Page(part(mail(compose(open_ended)), "html")).text)
    assert ("à 14 h 30" in reading, "Lieu" in reading) == (True, False)


@pytest.mark.law("R48")
def test_a_refusal_says_why_and_how_to_contest_it() -> None:
    notice = a_decision("refused")
    message = mail(compose(notice))
    for reading in (plain(part(message, "plain")), Page(part(message, "html")).text):
        for mention in (*notice.reasons.split("\n"), *(appeal.text for appeal in notice.appeals), AGENT.name):
            assert plain(mention) in reading


@pytest.mark.law("R15")
@pytest.mark.law("R16")
def test_a_request_for_documents_says_what_until_when_and_what_follows() -> None:
    notice = a_document_request()
    message = mail(compose(notice))
    for reading in (plain(part(message, "plain")), Page(part(message, "html")).text):
        positions = [reading.index(plain(words)) for words in (notice.items[0].title, "Envoyez tout", *notice.rule)]
        assert positions == sorted(positions)


@pytest.mark.law("R16")
def test_documents_received_tell_the_new_date() -> None:
    notice = a_state_notice("documents_received")
    assert notice.silence is not None
    message = mail(compose(notice))
    for reading in (plain(part(message, "plain")), Page(part(message, "html")).text):
        assert plain(sentences.silence(notice.silence)) in reading


@pytest.mark.law("R1")
def test_documents_received_bear_what_a_receipt_must() -> None:
    service = a_state_notice().service
    message = mail(compose(a_state_notice("documents_received", changed_at=datetime(2026, 3, 24, 9, 5, tzinfo=UTC))))
    for reading in (plain(part(message, "plain")), Page(part(message, "html")).text):
        for words in ("arrivés le mardi 24 mars 2026 à 10 h 05", service.name, service.email, service.telephone):
            assert plain(words) in reading, words


@pytest.mark.law("R13")
def test_the_service_is_told_the_last_day_to_notify_and_nothing_of_the_person() -> None:
    text = plain(part(mail(compose(every_notice()["new_submission"])), "plain"))
    assert "Décision à notifier au plus tard le : vendredi 15 mai 2026" in text


def test_the_letter_is_attached_byte_for_byte_and_the_mail_says_so() -> None:
    notice = an_acknowledgement()
    letter = letters.render(notice)
    message = mail(compose(notice, attachments=[(letters.filename(notice), letter)]))
    assert message.get_content_type() == "multipart/mixed"
    (attached,) = message.iter_attachments()
    assert attached.get_filename() == letters.filename(notice)
    assert attached.get_content_type() == "application/pdf"
    assert attached.get_content() == letter
    assert "joint à ce message, en PDF" in part(message, "plain")
    assert "joint à ce message" not in part(mail(compose(notice)), "plain")


@pytest.mark.parametrize("name", NAMES)
def test_equal_arguments_give_equal_bytes(name: str) -> None:
    notice = every_notice()[name]
    assert compose(notice, attachments=[("a.pdf", b"%PDF")]) == compose(notice, attachments=[("a.pdf", b"%PDF")])


def test_what_people_wrote_is_shown_as_written() -> None:
    service = ServiceContact(HOSTILE, "a@b.example", (HOSTILE,), HOSTILE)
    agent = AgentContact(HOSTILE, "", HOSTILE, (HOSTILE,))
    for notice in (
        an_acknowledgement(authority=HOSTILE, procedure_title=HOSTILE, service=service, agent=agent),
        a_document_request(authority=HOSTILE, service=service, agent=agent, note=HOSTILE),
        a_decision("refused", authority=HOSTILE, service=service, agent=agent, reasons=HOSTILE),
        a_state_notice(authority=HOSTILE, service=service, agent=agent),
    ):
        message = mail(compose(notice))
        page = Page(part(message, "html"))
        assert page.count("script") == 0
        assert page.links == [LINK]
        assert page.text.count(HOSTILE) >= 4
        assert plain(part(message, "plain")).count(HOSTILE) >= 4


def test_controls_never_reach_headers_nor_lines() -> None:
    notice = an_acknowledgement(
        reference="2026\r\nBcc: mal@exemple.example", authority="Tilleul\x00\u202e\r\nFaux : vrai"
    )
    message = mail(compose(notice, sender=Sender("a@tilleul.example", "Tilleul\r\nBcc: mal@exemple.example")))
    assert message["Bcc"] is None
    assert plain(message["Subject"]) == "2026 Bcc: mal@exemple.example : demande reçue"
    assert message["From"].addresses[0].display_name == "Tilleul Bcc: mal@exemple.example"
    assert part(message, "plain").splitlines()[0] == "Tilleul Faux : vrai"


@pytest.mark.parametrize(
    "to",
    [
        "",
        "camille",
        "a@b.example\r\nBcc: c@d.example",
        "a@b.example, c@d.example",
        "a b@c.example",
        "zoé@exemple.example",
        "a@-.é.example\x00",
    ],
)
def test_an_address_that_cannot_be_written_is_refused(to: str) -> None:
    with pytest.raises(Invalid):
        compose(an_acknowledgement(), to=to)


@pytest.mark.parametrize(
    ("colour", "background", "text"),
    [
        ("#1f5f8b", "#1f5f8b", "#ffffff"),
        ("#FFE000", "#FFE000", "#000000"),
        ("#777777", "#777777", "#000000"),
        ("red; } body { display: none", "#1f5f8b", "#ffffff"),
    ],
)
def test_the_button_can_be_read_on_any_colour(colour: str, background: str, text: str) -> None:
    (button,) = Page(part(mail(compose(an_acknowledgement(), theme_colour=colour)), "html")).having("a")
    style = (button["style"] or "").replace(" ", "")
    assert f"background:{background}" in style
    assert f"color:{text}" in style


def test_a_file_name_is_kept_to_plain_letters() -> None:
    message = mail(compose(an_acknowledgement(), attachments=[('é"\r\nX: y.pdf', b"%PDF")]))
    (attached,) = message.iter_attachments()
    assert attached.get_filename() == "____X__y.pdf"


def test_the_state_notice_without_an_agent_names_none() -> None:
    text = part(mail(compose(replace(a_state_notice(), agent=None, silence=None))), "plain")
    assert "s’en occupe" not in text
    assert "Sans réponse" not in text


def test_a_domain_with_accents_is_written_as_servers_know_it() -> None:
    to = mail(compose(an_acknowledgement(), to="camille@mairie-évry.example"))["To"]
    assert to == "camille@xn--mairie-vry-h7a.example"
