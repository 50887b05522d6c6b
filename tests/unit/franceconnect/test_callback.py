"""The return from FranceConnect: checks in order, and what the citizen is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from grc.franceconnect.callback import Ending, LoginRefused, Transaction, check_callback, for_log, sentence

NOW = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
ISS = "https://fc.example/api/v2"
STATE = "s" * 43
BEGUN = Transaction(issuer=ISS, state=STATE, nonce="n" * 43, begun_at=NOW)
GOOD = [("code", "the-code"), ("state", STATE), ("iss", ISS)]


def refused(
    params: list[tuple[str, str]], transaction: Transaction | None = BEGUN, now: datetime = NOW
) -> LoginRefused:
    with pytest.raises(LoginRefused) as caught:
        check_callback(params, transaction, now=now)
    return caught.value


def changed(**values: str | None) -> list[tuple[str, str]]:
    kept = [(name, value) for name, value in GOOD if name not in values]
    return kept + [(name, value) for name, value in values.items() if value is not None]


def test_gives_the_code_when_everything_agrees():
    assert check_callback(GOOD, BEGUN, now=NOW) == "the-code"


def test_refuses_a_callback_that_this_browser_did_not_begin():
    assert refused(GOOD, transaction=None).code == "no_transaction"


def test_a_transaction_lasts_thirty_minutes():
    assert check_callback(GOOD, BEGUN, now=NOW + timedelta(minutes=30)) == "the-code"
    assert refused(GOOD, now=NOW + timedelta(minutes=30, seconds=1)).code == "transaction_expired"


@pytest.mark.parametrize("state", [None, "", "S" * 43, STATE[:-1], STATE + "s", "undefined", "é" * 43])
def test_refuses_another_state_or_none(state: str | None):
    assert refused(changed(state=state)).code == "state"


@pytest.mark.parametrize("iss", [None, "", ISS + "/", "https://fc-sandbox.example/api/v2"])
def test_refuses_another_issuer_or_none(iss: str | None):
    assert refused(changed(iss=iss)).code == "issuer"


def test_an_issuer_that_is_not_promised_may_be_absent_and_never_another():
    begun = replace(BEGUN, requires_iss=False)
    assert check_callback(changed(iss=None), begun, now=NOW) == check_callback(changed(), begun, now=NOW)
    for iss in ("", "https://other.example/api/v2"):
        assert refused(changed(iss=iss), begun).code == "issuer"


@pytest.mark.parametrize("name", ["state", "iss", "code"])
def test_refuses_a_repeated_parameter(name: str):
    expected = {"state": "state", "iss": "issuer", "code": "no_code"}[name]
    assert refused([*GOOD, (name, dict(GOOD)[name])]).code == expected


@pytest.mark.parametrize("code", [None, ""])
def test_refuses_an_answer_without_code(code: str | None):
    assert refused(changed(code=code)).code == "no_code"


def test_looks_at_state_then_issuer_before_believing_an_error():
    forged = [("error", "access_denied"), ("error_description", "User auth aborted"), ("state", "undefined")]
    assert refused(forged).code == "state"
    assert refused([*changed(code=None, iss=None), ("error", "access_denied")]).code == "issuer"


def test_an_error_wins_over_a_code():
    assert refused([*GOOD, ("error", "server_error")]).code == "unavailable"


@pytest.mark.parametrize(
    ("error", "description", "ending"),
    [
        ("access_denied", "User auth aborted", Ending.CANCELLED),
        ("access_denied", "user authentication aborted", Ending.NOT_CONFIRMED),
        ("access_denied", "", Ending.NOT_CONFIRMED),
        ("server_error", "authentication aborted due to a technical error", Ending.UNAVAILABLE),
        ("temporarily_unavailable", "", Ending.UNAVAILABLE),
        ("invalid_request", "", Ending.OUR_FAULT),
        ("invalid_scope", "", Ending.OUR_FAULT),
        ("invalid_acr", "", Ending.OUR_FAULT),
        ("invalid_idp_hint", "", Ending.OUR_FAULT),
        ("unsupported_response_type", "", Ending.OUR_FAULT),
        ("<script>", "", Ending.EXPIRED),
        ("", "", Ending.EXPIRED),
    ],
)
def test_tells_the_citizen_our_own_sentence(error: str, description: str, ending: Ending):
    caught = refused([*changed(code=None), ("error", error), ("error_description", description)])
    assert caught.message == ending.value == sentence(error, description)
    assert caught.is_information is (ending is Ending.CANCELLED)
    assert caught.alerts_operators is (ending is Ending.OUR_FAULT)


def test_never_shows_what_the_provider_wrote():
    caught = refused(
        [*changed(code=None), ("error", "access_denied"), ("error_description", "<b>Appelez le 01 99</b>")]
    )
    assert "Appelez" not in caught.message
    assert "Appelez" in caught.detail


def test_what_goes_to_the_log_is_one_short_printable_line():
    assert for_log("a\nb\x1b[31m\u202eé") == "a?b?[31m??"
    assert len(for_log("x" * 5000)) == 80


def test_a_refusal_of_the_exchange_does_not_guess_the_cause():
    assert LoginRefused("id.nonce").message == Ending.NOT_CONFIRMED.value


def test_secrets_of_a_transaction_are_not_shown():
    assert STATE not in repr(BEGUN)
