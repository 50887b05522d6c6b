"""The notices that follow the receipt: each states what the law wants, and says what it lacks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from grc.errors import Invalid
from grc.receipts import Administration, NamedDecision, implied, report, sentences, wording
from tests.support.notices import (
    ACCEPTANCE,
    AGENT,
    APPEALS,
    DECLARATION,
    SERVICE,
    SUBMISSION,
    a_message,
    a_reminder,
    a_transfer,
    a_withdrawal,
    an_attestation,
    an_erratum,
    an_implied_decision,
    some_reasons,
)

COURT, EACH = "recours devant le tribunal administratif", "destinataire et texte de chaque recours"
AGENT_NAMED, AGENT_ADDRESS = "prénom, nom et qualité de l’agent", "adresse administrative de l’agent"
SIGNED: list[tuple[dict[str, Any], str]] = [
    ({"agent": replace(AGENT, capacity="")}, AGENT_NAMED),
    ({"agent": replace(AGENT, address=())}, AGENT_ADDRESS),
    ({"service": replace(SERVICE, telephone=" ")}, "téléphone du service"),
]
CONTESTED: list[tuple[dict[str, Any], str]] = [
    ({"reasons": " \n"}, "motifs du refus"),
    ({"appeal_terms": APPEALS[:2]}, COURT),
    ({"appeal_terms": [replace(APPEALS[2], source="")]}, EACH),
]
Builder = Callable[..., Any]
LACKING: list[tuple[Builder, dict[str, Any], str]] = [
    *((a_transfer, changes, name) for changes, name in SIGNED),
    (a_transfer, {"to": Administration("", ("2 rue du Saule",))}, "nom de l’administration compétente"),
    (a_transfer, {"to": Administration("Saule")}, "coordonnées de l’administration compétente"),
    (an_implied_decision, {"appeal_terms": ()}, COURT),
    (an_implied_decision, {"source": ""}, "source légale de la règle de silence"),
    (an_implied_decision, SIGNED[2][0], SIGNED[2][1]),
    *((an_attestation, changes, name) for changes, name in SIGNED),
    (an_attestation, {"holder": ""}, "nom de la personne"),
    (an_attestation, {"source": ""}, "source légale de la règle de silence"),
    *((some_reasons, changes, name) for changes, name in (*CONTESTED, *SIGNED)),
    *((a_withdrawal, changes, name) for changes, name in (*CONTESTED, *SIGNED)),
    *((an_erratum, changes, name) for changes, name in (*CONTESTED, *SIGNED)),
    (an_erratum, {"wrong": ""}, "ce qui était inexact"),
    (an_erratum, {"right": ""}, "texte exact"),
    (a_reminder, {"missing": ()}, "liste des pièces manquantes"),
    (a_message, {"text": " ", "files": 0}, "texte du message"),
    *((a_message, changes, name) for changes, name in SIGNED),
]


@pytest.mark.law("R48")
@pytest.mark.law("R32")
@pytest.mark.parametrize(("build", "changes", "missing"), LACKING)
def test_what_lacks_a_mention_says_which(build: Builder, changes: dict[str, Any], missing: str) -> None:
    assert build().missing_mentions() == ()
    assert build(**changes).missing_mentions() == (missing,)


@pytest.mark.law("R10")
@pytest.mark.law("R9")
def test_a_transfer_keeps_the_first_date_and_does_not_move_a_rejection() -> None:
    notice = a_transfer()
    assert (notice.received_on, notice.transferred_on) == (date(2026, 3, 16), date(2026, 3, 19))
    assert notice.silence is not None
    assert notice.silence.due_on == date(2026, 5, 16)
    said = wording.plain(" ".join(notice.rule)).replace("\u00a0", " ")
    assert "garde sa date de première réception : le 16 mars 2026" in said
    assert "Le délai de réponse court depuis ce jour : sans réponse au 16 mai 2026, elle est refusée" in said
    assert "L’accusé de réception vous viendra de cette administration." in said


@pytest.mark.law("R10")
@pytest.mark.law("R9")
def test_after_a_transfer_the_clock_of_acceptance_waits_for_the_competent_administration() -> None:
    notice = a_transfer(ACCEPTANCE)
    assert notice.silence is None
    assert "commence le jour où cette administration la reçoit" in " ".join(notice.rule)
    said = " ".join(a_transfer(DECLARATION).rule)
    assert "L’accusé de réception vous viendra" in said  # owed for every envoi, whatever silence means (L112-11)
    assert "délai de réponse" not in said


@pytest.mark.law("R10")
@pytest.mark.law("R1")
def test_a_report_sent_on_is_promised_neither_receipt_nor_date() -> None:
    notice = a_transfer(has_receipt=False)
    assert (notice.silence, len(notice.rule)) == (None, 1)


@pytest.mark.law("R14")
def test_the_notice_of_a_decision_by_silence_says_what_can_be_done() -> None:
    refused = an_implied_decision()
    assert [appeal.kind for appeal in refused.appeals] == ["gracieux", "hierarchique", "contentieux"]
    assert all("le jour où ce refus naît" in appeal.text for appeal in refused.appeals)
    accepted = an_implied_decision(ACCEPTANCE)
    assert (accepted.appeals, accepted.missing_mentions()) == ((), ())


@pytest.mark.law("R26")
def test_an_attestation_is_given_from_the_printed_date_on() -> None:
    day = an_attestation(issued_at=datetime(2026, 5, 15, 22, tzinfo=UTC), asked_on=date(2026, 5, 16))
    assert (day.issued_on, day.accepted_on, day.addressee) == (date(2026, 5, 16), date(2026, 5, 16), "Dominique Modèle")
    with pytest.raises(Invalid):
        an_attestation(issued_at=datetime(2026, 5, 15, 21, 59, tzinfo=UTC))


@pytest.mark.law("R27")
def test_reasons_start_a_new_time_to_contest() -> None:
    given = some_reasons()
    assert given.given_on == date(2026, 6, 2)
    assert all("le jour où vous recevez ces motifs" in appeal.text for appeal in given.appeals)


@pytest.mark.law("R28")
@pytest.mark.parametrize("kind", ["acceptance", "implicit_acceptance"])
def test_an_acceptance_is_withdrawn_until_the_last_day_of_four_months(kind: Any) -> None:
    withdraws = NamedDecision(kind, date(2026, 5, 16))
    last = datetime(2026, 9, 16, 21, 59, tzinfo=UTC)
    assert a_withdrawal(withdraws=withdraws, withdrawn_at=last).withdrawn_on == date(2026, 9, 16)
    after = datetime(2026, 9, 16, 22, tzinfo=UTC)
    with pytest.raises(Invalid, match="quatre mois"):
        a_withdrawal(withdraws=withdraws, withdrawn_at=after)
    assert a_withdrawal(withdraws=withdraws, withdrawn_at=after, at_holder_request=True).at_holder_request


@pytest.mark.law("R28")
@pytest.mark.parametrize("kind", ["refusal", "implicit_rejection", "withdrawal"])
def test_what_is_no_acceptance_is_not_withdrawn(kind: Any) -> None:
    with pytest.raises(Invalid, match="Seule une acceptation"):
        a_withdrawal(withdraws=NamedDecision(kind, date(2026, 5, 16)))


@pytest.mark.law("R48")
def test_an_erratum_states_the_appeals_again_when_the_decision_is_unfavourable() -> None:
    refused = an_erratum()
    assert refused.corrected_on == date(2026, 4, 7)
    assert [appeal.kind for appeal in refused.appeals] == ["gracieux", "hierarchique", "contentieux"]
    assert all("le jour où vous recevez cette correction" in appeal.text for appeal in refused.appeals)
    accepted = an_erratum(outcome="accepted", reasons="")
    assert (accepted.appeals, accepted.missing_mentions()) == ((), ())


@pytest.mark.law("R16")
def test_a_reminder_repeats_the_request_and_moves_nothing() -> None:
    reminder = a_reminder()
    assert (reminder.requested_on, reminder.reminded_on) == (date(2026, 3, 20), date(2026, 4, 13))
    assert reminder.deadline_on == date(2026, 4, 20)
    assert len(reminder.items) == 2
    assert a_reminder(missing=reminder.items[:1]).items == reminder.items[:1]
    assert a_reminder(reminded_at=datetime(2026, 4, 20, 21, 59, tzinfo=UTC)).reminded_on == reminder.deadline_on
    with pytest.raises(Invalid):
        a_reminder(reminded_at=datetime(2026, 4, 20, 22, tzinfo=UTC))


def test_a_message_may_be_files_alone_and_of_nobody() -> None:
    assert a_message(text="", files=1).missing_mentions() == ()
    assert a_message(agent=None).missing_mentions() == ()


def test_the_notice_needs_no_agent_while_nobody_is_in_charge() -> None:
    notice = an_implied_decision(agent=None)
    assert isinstance(notice, implied.ImpliedDecisionNotice)
    assert notice.missing_mentions() == ()


def test_a_report_keeps_its_day_and_no_silence() -> None:
    facts = {name: SUBMISSION[name] for name in ("reference", "authority", "procedure_title", "zone")}
    kept = report.build(**facts, received_at=datetime(2026, 3, 16, 23, 30, tzinfo=UTC), service=SERVICE)
    assert (kept.received_on, kept.silence) == (date(2026, 3, 17), None)


def test_an_appeal_to_the_administration_interrupts_the_time_to_go_to_court() -> None:
    appeals = some_reasons().appeals
    assert "interrompt le délai" in sentences.interruption(appeals)
    assert sentences.interruption(appeals[2:]) == ""
    assert [one.text.startswith(sentences.appeal_name(one.kind)) for one in appeals] == [True] * 3
