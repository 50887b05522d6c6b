"""The sentences of the law, word for word."""

from __future__ import annotations

import pytest

from grc.receipts import sentences
from tests.support.notices import ACCEPTANCE, APPEALS, Way, a_document_request, an_acknowledgement


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


@pytest.mark.law("R8")
def test_silence_that_refuses_is_subject_to_a_complete_demande() -> None:
    silence = an_acknowledgement().silence
    assert silence is not None
    assert plain(sentences.silence(silence)) == (
        "Sans réponse de la commune au 16 mai 2026, et si votre demande est complète, elle est refusée : "
        "c’est une décision implicite de rejet."
    )
    assert sentences.afterwards(silence) == "Vous pouvez alors contester ce refus."


def test_silence_on_a_recours_rejects_the_recours() -> None:
    silence = an_acknowledgement().silence
    assert silence is not None
    assert plain(sentences.silence_of_appeal(silence)) == (
        "Sans réponse de la commune au 16 mai 2026, et si votre recours est complet, il est rejeté : "
        "c’est une décision implicite de rejet."
    )


@pytest.mark.law("R7")
@pytest.mark.law("R8")
def test_silence_that_accepts_offers_the_attestation() -> None:
    silence = an_acknowledgement(ACCEPTANCE).silence
    assert silence is not None
    assert plain(sentences.silence(silence)) == (
        "Sans réponse de la commune au 16 mai 2026, et si votre demande est complète, elle est acceptée : "
        "c’est une décision implicite d’acceptation."
    )
    assert "attestation" in sentences.afterwards(silence)
    assert "L232-3" in sentences.afterwards(silence)


@pytest.mark.law("R7")
def test_appeals_after_silence_start_when_the_refusal_is_born_and_print_no_last_day() -> None:
    texts = [plain(appeal.text) for appeal in an_acknowledgement().appeals]
    assert texts == [
        "Recours gracieux : demandez à la maire de Tilleul-sur-Exemple de revoir sa décision, dans un délai de "
        "deux mois "
        "qui commence le jour où ce refus naît, faute de réponse.",
        "Recours hiérarchique : demandez à la préfète du département de l’Exemple de revoir la décision de la commune, "
        "dans un délai de deux mois qui commence le jour où ce refus naît, faute de réponse.",
        "Recours contentieux : saisissez le tribunal administratif de Grandville, dans un délai de deux mois "
        "qui commence "
        "le jour où ce refus naît, faute de réponse.",
    ]
    assert not any("2026" in text for text in texts)


@pytest.mark.law("R35")
def test_access_to_a_document_goes_to_the_commission_first_and_then_to_the_court() -> None:
    ways = (Way("cada", "la CADA", source="CRPA art. L342-1"), Way("contentieux", "le tribunal administratif"))
    first, court = (plain(way.text) for way in sentences.appeals_after_decision(ways))
    assert first == (
        "Recours préalable obligatoire : saisissez la CADA, dans un délai de deux mois qui commence le jour où vous "
        "recevez cette décision (sa notification)."
    )
    assert court == (
        "Recours contentieux : saisissez le tribunal administratif, dans un délai de deux mois qui commence le jour où "
        "vous recevez la confirmation du refus, après l’avis de la CADA (sa notification). Sans réponse, ce délai "
        "commence deux mois après l’enregistrement de votre recours par la CADA."
    )
    assert sentences.interruption(sentences.appeals_after_silence(ways)) == ""  # L411-2 is not of this commission


@pytest.mark.parametrize(
    ("to", "said"),
    [
        ("le maire", "demandez au maire de revoir"),
        ("les élus", "demandez aux élus de revoir"),
        ("la maire", "demandez à la maire de revoir"),
        ("le maire, officier de l’état civil", "demandez au maire, officier de l’état civil, de revoir"),
        ("le département", "demandez au département de revoir"),
    ],
)
def test_whom_one_asks_is_said_in_french(to: str, said: str) -> None:
    (appeal,) = sentences.appeals_after_decision([Way("gracieux", to)])
    assert said in appeal.text
    assert appeal.to == to


@pytest.mark.law("R48")
def test_appeals_after_a_decision_start_at_its_notification() -> None:
    for appeal in sentences.appeals_after_decision(APPEALS):
        assert "qui commence le jour où vous recevez cette décision (sa notification)" in appeal.text


def test_an_administrative_appeal_interrupts_the_time_to_go_to_court() -> None:
    appeals = an_acknowledgement().appeals
    assert "interrompt le délai pour saisir le tribunal administratif" in sentences.interruption(appeals)
    assert sentences.interruption(appeals[2:]) == ""


@pytest.mark.law("R15")
@pytest.mark.law("R16")
def test_a_request_for_documents_says_which_rule_moves_the_date() -> None:
    refused, accepted = a_document_request(), a_document_request(ACCEPTANCE)
    assert [plain(sentence) for sentence in refused.rule] == [
        "Le délai de réponse est suspendu jusqu’au jour où nous recevons tout, et au plus tard jusqu’au 20 avril 2026.",
        "Si vous répondez ce dernier jour, ou si vous ne répondez pas, la date du 16 mai 2026 devient celle du "
        "16 juin 2026.",
        "Sans réponse de la commune au 16 juin 2026, votre demande est refusée : c’est une décision implicite de "
        "rejet.",
        "Si vous répondez plus tôt, cette date avance d’autant de jours.",
    ]
    assert [plain(sentence) for sentence in accepted.rule] == [
        "Sans réponse de la commune pendant deux mois, votre demande est acceptée : c’est une décision implicite "
        "d’acceptation.",
        "Ce délai recommence le jour où nous recevons la dernière pièce demandée. Sans ces pièces, il ne court pas.",
        "Si vous répondez le 20 avril 2026, cette acceptation naît le 20 juin 2026.",
    ]
