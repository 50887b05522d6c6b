"""Letters are tagged PDF that say what their values say."""

from __future__ import annotations

import pickle
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
import typst
from pypdf.generic import DictionaryObject

from grc.notifications import letters
from grc.receipts import (
    AgentContact,
    Incomplete,
    MissingDocument,
    NamedDecision,
    ReplacedDecision,
    ServiceContact,
    sentences,
)
from tests.support.notices import (
    ACCEPTANCE,
    AGENT,
    DECLARATION,
    SERVICE,
    a_decision,
    a_document_request,
    a_paper_receipt,
    an_acknowledgement,
    an_erratum,
    an_implied_decision,
    every_notice,
)
from tests.unit.notifications.reading import pdf, pdf_text, plain

MISSING = Incomplete((MissingDocument("Une copie du livret", "décret 2017-890"),), date(2026, 4, 20), ("Règle.",))
WRITTEN = "# Votre salle\n\nElle est **à vous** le *4 avril* :\n\n- la clé\n- le plan\n\n1. Venez.\n\n### Après\n\nFin"
LETTERS: dict[str, letters.Printable] = {
    **{name: notice for name, notice in every_notice().items() if letters.is_printable(notice)},
    "paper_incomplete": a_paper_receipt(ACCEPTANCE, incomplete=MISSING, transferred_from="Saule-sur-Exemple"),
    "paper_appeal": a_paper_receipt(attacked=NamedDecision("refusal", date(2026, 3, 2))),
    "implied_acceptance": an_implied_decision(ACCEPTANCE),
    "erratum_accepted": an_erratum(outcome="accepted", reasons=""),
    "written": a_decision("accepted", letter=WRITTEN),
    "anonymous": a_decision("refused", agent=replace(AGENT, anonymity="personal_safety")),
}
"""A letter of every kind, in each of its forms."""
HOSTILE = "Zoé *gras* _souligné_ #panic() $x$ `code` @ref <b>&amp;</b> [lien](http://mal.example) \\ // « œ € ÿ »"


@pytest.fixture(scope="module")
def rendered() -> dict[str, bytes]:
    return {name: letters.render(notice) for name, notice in LETTERS.items()}


def structure(content: bytes) -> list[str]:
    """The tags of the structure tree in reading order, TH with its scope."""
    root = pdf(content).trailer["/Root"]["/StructTreeRoot"]  # type: ignore[index]
    tags: list[str] = []

    def walk(node: Any) -> None:
        node = node.get_object()
        if isinstance(node, list):
            for child in node:
                walk(child)
        elif isinstance(node, DictionaryObject):
            if "/S" in node:
                tags.append(str(node["/S"]) + (":Column" if "/Column" in str(node.get("/A", "")) else ""))
            if "/K" in node and not isinstance(node["/K"], int):
                walk(node["/K"])

    walk(root["/K"])
    return tags


@pytest.mark.parametrize("name", LETTERS)
def test_a_letter_is_tagged_titled_in_french_and_declares_its_standards(name: str, rendered: dict[str, bytes]) -> None:
    document = pdf(rendered[name])
    catalogue = document.trailer["/Root"]
    assert catalogue["/MarkInfo"]["/Marked"]  # type: ignore[index]
    assert str(catalogue["/Lang"]).lower() in ("fr", "fr-fr")  # type: ignore[index]
    assert catalogue["/ViewerPreferences"]["/DisplayDocTitle"]  # type: ignore[index]
    assert document.metadata is not None
    assert document.metadata.title is not None
    assert "2026-483-715-629" in document.metadata.title
    assert document.metadata.author == "Tilleul-sur-Exemple"
    metadata = catalogue["/Metadata"].get_data().decode()  # type: ignore[index]
    assert "<pdfuaid:part>1</pdfuaid:part>" in metadata
    assert "<pdfaid:part>2</pdfaid:part>" in metadata
    assert "<pdfaid:conformance>A</pdfaid:conformance>" in metadata


@pytest.mark.parametrize("name", LETTERS)
def test_a_letter_has_one_title_real_headings_and_a_table_with_headers(name: str, rendered: dict[str, bytes]) -> None:
    tags = structure(rendered[name])
    assert tags.count("/H1") == 1
    assert "/H2" in tags
    assert {"/Table", "/THead", "/TBody"} <= set(tags)
    assert tags.count("/TH:Column") == 2 * tags.count("/Table")


@pytest.mark.parametrize("name", LETTERS)
def test_each_page_says_its_number_and_the_demande(name: str, rendered: dict[str, bytes]) -> None:
    pages = pdf(rendered[name]).pages
    for number, page in enumerate(pages, 1):
        text = plain(page.extract_text())
        assert f"page {number} sur {len(pages)}" in text
        assert "demande n° 2026-483-715-629" in text


@pytest.mark.law("R4")
@pytest.mark.law("R8")
def test_the_acknowledgement_of_a_rejection_prints_every_mention(rendered: dict[str, bytes]) -> None:
    notice = an_acknowledgement()
    text = pdf_text(rendered["acknowledgement"])
    assert notice.silence is not None
    for mention in (
        "Accusé de réception",
        notice.reference,
        notice.authority,
        notice.procedure_title,
        "lundi 16 mars 2026 à 18 h 42 (heure de Paris)",
        SERVICE.name,
        SERVICE.email,
        *SERVICE.postal_address,
        SERVICE.telephone,
        SERVICE.hours,
        sentences.silence(notice.silence),
        "(Code des relations entre le public et l’administration, article L231-4.)",
        *(appeal.text for appeal in notice.appeals),
        sentences.interruption(notice.appeals),
    ):
        assert plain(mention) in text


@pytest.mark.law("R7")
def test_the_acknowledgement_of_an_acceptance_offers_the_attestation_and_no_appeal() -> None:
    text = pdf_text(letters.render(an_acknowledgement(ACCEPTANCE)))
    assert "décision implicite d’acceptation" in text
    assert plain(sentences.ATTESTATION) in text
    assert "Recours" not in text


def test_a_declaration_has_neither_silence_nor_appeal() -> None:
    text = pdf_text(letters.render(an_acknowledgement(DECLARATION)))
    assert "décision implicite" not in text
    assert "Recours" not in text


@pytest.mark.law("R4")
def test_an_incomplete_demande_and_a_transfer_are_told() -> None:
    missing = Incomplete(
        (MissingDocument("Un mandat signé", "décret 2017-890"),), date(2026, 4, 20), ("La règle du délai.",)
    )
    text = pdf_text(
        letters.render(an_acknowledgement(incomplete=missing, transferred_from="la préfecture", agent=AGENT))
    )
    for words in ("Un mandat signé", "décret 2017-890", "lundi 20 avril 2026", "La règle du délai.", "la préfecture"):
        assert words in text
    assert "Camille Exemple" in text


def test_a_copy_keeps_the_date_of_reception_and_says_it_is_one(rendered: dict[str, bytes]) -> None:
    text = pdf_text(rendered["address_corrected"])
    assert "Copie de l’accusé de réception" in text
    assert "lundi 16 mars 2026 à 18 h 42 (heure de Paris)" in text
    assert "Copie établie le mardi 17 mars 2026 à 9 h 00" in text


@pytest.mark.law("R2")
def test_a_registration_proves_the_date_and_nothing_else(rendered: dict[str, bytes]) -> None:
    text = pdf_text(rendered["registration"])
    assert "Accusé d’enregistrement" in text
    assert "lundi 16 mars 2026 à 18 h 42 (heure de Paris)" in text
    assert "au plus tard le lundi 30 mars 2026" in text
    assert "implicite" not in text
    assert SERVICE.telephone not in text


@pytest.mark.law("R15")
@pytest.mark.law("R16")
def test_a_request_for_documents_prints_the_list_the_deadline_the_rule_and_the_agent(
    rendered: dict[str, bytes],
) -> None:
    notice = a_document_request()
    text = pdf_text(rendered["documents_requested"])
    for mention in (
        *(item.title for item in notice.items),
        *(item.required_by for item in notice.items),
        "lundi 20 avril 2026",
        *notice.rule,
        notice.note,
        "Camille Exemple",
        AGENT.capacity,
        *AGENT.address,
        SERVICE.telephone,
    ):
        assert plain(mention) in text


@pytest.mark.law("R48")
@pytest.mark.law("R32")
def test_a_refusal_prints_its_reasons_its_appeals_and_its_agent(rendered: dict[str, bytes]) -> None:
    notice = a_decision("refused")
    text = pdf_text(rendered["refused"])
    for mention in (
        "Votre demande est refusée",
        *notice.reasons.split("\n"),
        *(appeal.text for appeal in notice.appeals),
        "(Code de justice administrative, articles R421-1 et R421-2.)",
        "jeudi 2 avril 2026",
        "Camille Exemple",
        AGENT.capacity,
        *AGENT.address,
        SERVICE.telephone,
    ):
        assert plain(mention) in text


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("implicit_rejection", "Cette décision remplace la décision implicite de rejet née le 16 mai 2026."),
        ("implicit_acceptance", "Cette décision remplace la décision implicite d’acceptation née le 16 mai 2026."),
        ("express", "Cette décision remplace la décision du 16 mai 2026."),
    ],
)
@pytest.mark.law("R14")
def test_a_decision_names_the_one_it_replaces(kind: Any, said: str) -> None:
    notice = a_decision("accepted", replaces=ReplacedDecision(kind, date(2026, 5, 16)), addressee="Dominique Modèle")
    text = pdf_text(letters.render(notice))
    assert said in text
    assert "Dominique Modèle" in text


def test_an_acceptance_shows_the_service_s_words_only_when_there_are_some(rendered: dict[str, bytes]) -> None:
    assert "Message du service" not in pdf_text(rendered["accepted"])
    text = pdf_text(letters.render(a_decision("accepted", reasons="La copie part demain.")))
    assert "Message du service" in text
    assert "La copie part demain." in text


def test_what_people_wrote_is_printed_as_written() -> None:
    service = ServiceContact(HOSTILE, HOSTILE, (HOSTILE,), HOSTILE, HOSTILE)
    agent = AgentContact(HOSTILE, "", HOSTILE, (HOSTILE,))
    items = (MissingDocument(HOSTILE, HOSTILE),)
    notices: tuple[letters.Printable, ...] = (
        an_acknowledgement(authority=HOSTILE, procedure_title=HOSTILE, service=service, agent=agent),
        a_document_request(authority=HOSTILE, service=service, agent=agent, items=items, note=HOSTILE),
        a_decision("refused", authority=HOSTILE, service=service, agent=agent, reasons=HOSTILE, addressee=HOSTILE),
    )
    for notice in notices:
        text = pdf_text(letters.render(notice))
        assert plain(HOSTILE) in text
        assert text.count("#panic()") >= 6


def test_controls_become_spaces_and_signs_without_a_glyph_a_mark() -> None:
    agent = replace(AGENT, given_name="Li\x00\x07\u202e\n中😀\ue000", family_name="Ångström-Łukasz Ελένη Жанна")
    text = pdf_text(letters.render(a_decision("refused", agent=agent)))
    assert "Li \ufffd\ufffd Ångström-Łukasz Ελένη Жанна" in text


def test_a_fault_of_a_template_is_not_taken_for_a_missing_glyph(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = typst.Compiler(b"#panic()", ignore_system_fonts=True)
    monkeypatch.setattr(letters, "_compiler", lambda _: broken)
    with pytest.raises(typst.TypstError):
        letters.render(an_acknowledgement())


@pytest.mark.parametrize("name", LETTERS)
def test_a_letter_is_rendered_to_the_same_bytes_each_time(name: str, rendered: dict[str, bytes]) -> None:
    assert letters.render(LETTERS[name]) == rendered[name]


def test_the_colour_of_the_rule_is_a_colour_or_ink() -> None:
    notice = an_acknowledgement()
    assert letters.render(notice, accent='"#panic()"') == letters.render(notice)
    assert letters.render(notice, accent="#1f5f8b") != letters.render(notice)


@pytest.mark.parametrize(
    ("name", "filename"),
    [
        ("acknowledgement", "accuse-de-reception-2026-483-715-629.pdf"),
        ("address_corrected", "copie-accuse-de-reception-2026-483-715-629.pdf"),
        ("registration", "accuse-d-enregistrement-2026-483-715-629.pdf"),
        ("documents_requested", "demande-de-pieces-2026-483-715-629.pdf"),
        ("refused", "decision-2026-483-715-629.pdf"),
        ("paper_receipt", "accuse-de-reception-2026-483-715-629.pdf"),
        ("attestation", "attestation-d-acceptation-2026-483-715-629.pdf"),
        ("new_message", "message-du-service-2026-483-715-629.pdf"),
    ],
)
def test_an_attachment_has_a_plain_name(name: str, filename: str) -> None:
    assert letters.filename(LETTERS[name]) == filename


def test_what_only_tells_is_printed_and_never_attached() -> None:
    unattached = {name for name, notice in LETTERS.items() if not letters.is_letter(notice)}
    told = {"taken_charge", "documents_received", "withdrawn", "state_changed", "reminder"}
    told |= {"new_message", "filed_for_you", "tracking_code"}
    assert unattached == told
    assert not letters.is_printable(every_notice()["service_message"])


def test_the_work_can_be_sent_to_a_child_process() -> None:
    render, notice = pickle.loads(pickle.dumps((letters.render, an_acknowledgement())))
    assert (render, notice) == (letters.render, an_acknowledgement())
