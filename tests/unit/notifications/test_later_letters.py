"""The letters and mails after the receipt say what their values say."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from grc.notifications import emails, letters
from grc.notifications.emails import Sender
from grc.receipts import Incomplete, MissingDocument, NamedDecision, Notice, ReceiptCopy, sentences, statements
from tests.support.notices import (
    ACCEPTANCE,
    AGENT,
    REASONS,
    SERVICE,
    a_decision,
    a_message,
    a_paper_receipt,
    a_registration,
    a_reminder,
    a_service_message,
    a_state_notice,
    a_transfer,
    a_withdrawal,
    an_appeal,
    an_attestation,
    an_envoi,
    an_erratum,
    an_implied_decision,
    some_reasons,
)
from tests.unit.notifications.reading import Page, mail, part, pdf_text, plain


def mailed(notice: Notice) -> bytes:
    return emails.compose(
        notice,
        sender=Sender("demarches@tilleul.example", "Tilleul-sur-Exemple"),
        to="camille@exemple.example",
        message_id="<1@tilleul.example>",
        date=datetime(2026, 3, 16, 17, 43, tzinfo=UTC),
        link="https://demarches.tilleul.example/demandes/1",
        theme_colour="#1f5f8b",
        attachments=[("a.pdf", b"%PDF")] if letters.is_letter(notice) else [],
    )


def readings(notice: Any) -> tuple[str, str, str]:
    """The text, the HTML and the letter of a notice, as a person reads each."""
    message = mail(mailed(notice))
    return (
        plain(part(message, "plain")),
        Page(part(message, "html")).text,
        pdf_text(letters.render(notice)),
    )


def assert_said(notice: Any, *said: str) -> None:
    for reading in readings(notice):
        for words in said:
            assert plain(words) in reading, words


SIGNED = ("Camille Exemple", AGENT.capacity, *AGENT.address, SERVICE.telephone)


@pytest.mark.law("R48")
@pytest.mark.law("R4")
def test_a_paper_receipt() -> None:
    notice = a_paper_receipt()
    assert notice.silence is not None
    appeals = (appeal.text for appeal in notice.appeals)
    said = (sentences.silence(notice.silence), *appeals, *SERVICE.postal_address, SERVICE.name, *SIGNED)
    assert_said(notice, "lundi 16 mars 2026", *said)
    assert "18 h 42" not in pdf_text(letters.render(notice))
    assert "Dominique Modèle" in pdf_text(letters.render(notice))
    assert_said(a_paper_receipt(ACCEPTANCE), sentences.ATTESTATION)


@pytest.mark.law("R15")
def test_a_paper_receipt_says_what_is_missing_and_who_sent_it_on() -> None:
    incomplete = Incomplete((MissingDocument("Le livret", "décret 2017-890"),), date(2026, 4, 20), ("Règle.",))
    first = date(2026, 3, 2)
    notice = a_paper_receipt(incomplete=incomplete, transferred_from="Saule-sur-Exemple", first_received_on=first)
    said = ("d’abord arrivée le 2 mars 2026", "Saule-sur-Exemple", "Le délai de réponse court depuis ce jour")
    assert_said(notice, "Le livret", "décret 2017-890", "lundi 20 avril 2026", "Règle.", *said)


@pytest.mark.law("R10")
def test_a_transfer() -> None:
    notice = a_transfer(note="Le trottoir relève du département.")
    to = notice.to
    contact = (to.name, *to.postal_address, to.email, to.telephone)
    assert_said(notice, *contact, *notice.rule, "Le trottoir relève", "jeudi 19 mars 2026", "rien à faire", *SIGNED)


@pytest.mark.law("R14")
def test_a_refusal_by_silence() -> None:
    notice = an_implied_decision()
    born = statements.born("rejection", notice.born_on)
    assert_said(notice, born, statements.REASONS_CAN_BE_ASKED, *(appeal.text for appeal in notice.appeals))


@pytest.mark.law("R26")
def test_an_acceptance_by_silence_and_its_attestation() -> None:
    born = statements.born("acceptance", date(2026, 5, 16))
    notice = an_implied_decision(ACCEPTANCE)
    assert_said(notice, born, statements.ATTESTATION_CAN_BE_ASKED, "article L231-1")
    assert "Recours" not in " ".join(readings(notice))
    days = ("lundi 16 mars 2026", "samedi 16 mai 2026", "mercredi 20 mai 2026")
    assert_said(an_attestation(), "2026-483-715-629", "Dominique Modèle", "État civil", *days, "16 mai 2026", *SIGNED)


@pytest.mark.law("R27")
@pytest.mark.law("R48")
def test_the_reasons_of_a_refusal_by_silence() -> None:
    notice = some_reasons()
    assert_said(notice, *REASONS.split("\n"), *(appeal.text for appeal in notice.appeals), "16 mai 2026", *SIGNED)


@pytest.mark.law("R28")
@pytest.mark.law("R48")
def test_an_acceptance_withdrawn() -> None:
    notice = a_withdrawal()
    named, heard = statements.named(notice.withdraws), statements.heard(date(2026, 6, 15))
    appeals = (appeal.text for appeal in notice.appeals)
    assert_said(notice, named, heard, *notice.reasons.split("\n"), *appeals, *SIGNED)
    asked = a_withdrawal(at_holder_request=True, heard_on=None)
    assert_said(asked, "comme vous l’avez demandé")
    assert "observations" not in " ".join(readings(asked))


@pytest.mark.law("R48")
def test_an_erratum() -> None:
    notice = an_erratum()
    appeals = (appeal.text for appeal in notice.appeals)
    assert_said(notice, "la décision de refus du 2 avril 2026", notice.wrong, notice.right, *appeals, *SIGNED)
    assert "Recours" not in " ".join(readings(an_erratum(outcome="accepted", reasons="")))


def test_the_receipt_of_a_recours() -> None:
    notice = an_appeal()
    assert notice.attacked is not None
    assert notice.silence is not None
    said = (statements.interrupted(notice.attacked), sentences.silence_of_appeal(notice.silence), "article L411-7")
    assert_said(notice, "Numéro du recours", "Reçu le", *said, notice.appeals[0].text, "2026-111-222-333")
    assert_said(a_paper_receipt(attacked=notice.attacked), statements.interrupted(notice.attacked))
    copy = pdf_text(letters.render(ReceiptCopy(notice, datetime(2026, 3, 17, 8, tzinfo=UTC))))
    assert "Copie de l’accusé de réception de votre recours" in copy


@pytest.mark.law("R16")
def test_a_reminder_of_documents() -> None:
    notice = a_reminder()
    titles = (item.title for item in notice.items)
    assert_said(notice, *titles, *notice.rule, "lundi 20 avril 2026", "cette date ne change pas", *SIGNED)


@pytest.mark.law("R32")
def test_a_message_carries_the_words_of_the_agent_and_none_of_the_files() -> None:
    said = ("La salle est libre le 4 avril.", "Un fichier est joint.", "Camille Exemple")
    assert_said(a_message(), *said)
    assert_said(a_message(files=3), "3 fichiers sont joints.")
    for reading in readings(a_message(files=0, agent=None)):
        assert "joint" not in reading.replace("Nous joindre", "").replace("NOUS JOINDRE", "")
        assert "Camille" not in reading


def test_the_service_is_told_of_a_message_and_nothing_of_the_person() -> None:
    message = mail(mailed(a_service_message()))
    for reading in (plain(part(message, "plain")), Page(part(message, "html")).text):
        assert "2 fichiers sont joints." in reading
        assert "Camille" not in reading
        assert "Dominique" not in reading


@pytest.mark.law("R1")
def test_the_receipt_of_an_envoi_says_when_it_came_and_who_has_it() -> None:
    said = ("votre message et 2 documents", "mardi 24 mars 2026 à 10 h 05 (heure de Paris)", SERVICE.name)
    reach = (*SERVICE.postal_address, SERVICE.email, SERVICE.telephone)
    message = mail(mailed(an_envoi()))
    for reading in (plain(part(message, "plain")), Page(part(message, "html")).text):
        for words in (*said, *reach, "accusé de réception"):
            assert plain(words) in reading, words
        for word in ("rien à faire", "recours", "L231", "acceptée", "refusée"):
            assert word not in reading


@pytest.mark.law("R32")
def test_an_anonymous_agent_is_never_named() -> None:
    hidden = replace(AGENT, anonymity="personal_safety")
    for notice in (a_decision("refused", agent=hidden), a_message(agent=hidden), a_paper_receipt(agent=hidden)):
        assert_said(notice, "Agent dont le nom n’est pas communiqué", "sécurité des personnes", AGENT.capacity)
        assert "Camille" not in " ".join(readings(notice))
    assert_said(a_state_notice(agent=hidden), "Agent dont le nom n’est pas communiqué")


@pytest.mark.law("R2")
def test_a_registration_reads_as_nothing_but_a_registration() -> None:
    for reading in readings(a_registration()):
        assert "lundi 16 mars 2026 à 18 h 42 (heure de Paris)" in reading
        for word in ("recours", "implicite", "refusée", "acceptée", SERVICE.telephone, "L231"):
            assert word not in reading
        assert reading.lower().count("accusé de réception") == 1


@pytest.mark.law("R16")
def test_news_are_printed_for_those_without_a_mailbox() -> None:
    back = a_state_notice("documents_received")
    assert back.silence is not None
    text = pdf_text(letters.render(back))
    assert plain(sentences.silence(back.silence)) in text
    assert "court de nouveau" not in text  # false where nothing was indispensable, or after the deadline
    assert "mercredi 18 mars 2026" in text


def test_a_posted_letter_bears_the_postal_address() -> None:
    to = ("Dominique Modèle", "12 rue des Exemples\x00", "", "99990 Tilleul-sur-Exemple")
    text = pdf_text(letters.render(an_erratum(), to=to))
    assert "Dominique Modèle 12 rue des Exemples 99990 Tilleul-sur-Exemple" in text
    assert text.count("Dominique Modèle") == 1


@pytest.mark.law("R48")
def test_the_authority_s_own_text_stands_with_what_the_law_wants() -> None:
    letter = "# La salle\n\nElle est **déjà prise**.\n\n- un <b>\n- deux\n\n1. trois\n\nFin\\\nsuite"
    notice = a_decision("refused", letter=letter)
    appeals = (appeal.text for appeal in notice.appeals)
    assert_said(notice, "Elle est déjà prise.", "un <b>", "trois", *REASONS.split("\n"), *appeals, *SIGNED)
    html = Page(part(mail(mailed(notice)), "html"))
    assert (html.count("ol"), html.count("b"), html.count("br") >= 1) == (1, 0, True)
    assert "<strong>déjà prise</strong>" in part(mail(mailed(notice)), "html").replace(' style=""', "")
    assert "Fin\r\nsuite" in part(mail(mailed(notice)), "plain").replace("\r\n", "\n").replace("\n", "\r\n")


@pytest.mark.parametrize("kind", ["refusal", "implicit_rejection"])
def test_a_decision_that_another_names_is_named_alike_everywhere(kind: Any) -> None:
    decision = NamedDecision(kind, date(2026, 4, 2), "2026-1")
    assert_said(an_erratum(corrects=decision), statements.named(decision))
