"""Passkeys against a software authenticator that may lie: for one origin, one account, one challenge."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update
from sqlmodel import Session

from grc import clock
from grc.authorities import colleagues, passkeys, queries
from grc.authorities.models import Agent
from grc.authorities.passkeys import Party
from grc.db import Database, Keyring, connect
from tests.support.authenticator import Authenticator
from tests.support.world import SECRET, seeded

ORIGIN = "https://demarches.tilleul.example"
PARTY = Party("demarches.tilleul.example", ORIGIN, "Tilleul-sur-Exemple")
CLAIRE, OMAR = "claire.modele@tilleul.example", "omar.fictif@tilleul.example"


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """One seeded database: each test makes passkeys of its own, for agents of its own."""
    opened = connect(seeded(Path(tmp_path_factory.mktemp("passkeys"))), Keyring([SECRET]))
    yield opened
    opened.close()


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """A transaction in Tilleul, given up at the end."""
    with database.reading(scope=None) as reading:
        found = queries.authority_of_slug(reading, "tilleul")
    assert found is not None
    with database.writing(scope=found.id) as opened:
        opened.info["tilleul"] = found.id
        yield opened
        opened.rollback()


def agent(session: Session, email: str = CLAIRE) -> Agent:
    return colleagues.of_email(session, session.info["tilleul"], email)


def made(session: Session, device: Authenticator, *, email: str = CLAIRE, who: Party = PARTY, **lies: Any) -> bool:
    """Whether the device made a passkey for that agent."""
    owner = agent(session, email)
    options, state = passkeys.to_register(session, who, owner)
    answer = device.make(options, **lies)
    return passkeys.register(session, who, owner, state=state, answer=answer, name="Téléphone", now=clock.now())


def opened(session: Session, device: Authenticator, *, who: Party = PARTY, **lies: Any) -> tuple[int | None, bool]:
    """Whose passkey answered, and whether rightly."""
    options, state = passkeys.to_answer(who)
    answer = device.answer(options, **lies)
    return passkeys.answers(session, session.info["tilleul"], who, state=state, answer=answer, now=clock.now())


def test_a_passkey_opens_its_account(session: Session) -> None:
    device = Authenticator(ORIGIN)
    assert made(session, device)
    assert opened(session, device) == (agent(session).id, True)
    (kept,) = passkeys.of_agent(session, agent(session))
    assert (kept.name, kept.used_at is not None) == ("Téléphone", True)


def test_what_is_asked_names_the_person_and_wants_them_verified(session: Session) -> None:
    options, _ = passkeys.to_register(session, PARTY, agent(session))
    asked = options["authenticatorSelection"]
    assert (asked["residentKey"], asked["userVerification"]) == ("required", "required")
    assert (options["user"]["name"], options["rp"]["id"]) == (CLAIRE, PARTY.rp_id)
    assert options.get("attestation", "none") == "none"
    assert {one["alg"] for one in options["pubKeyCredParams"]} == {-7, -8, -257}
    assert made(session, Authenticator(ORIGIN))
    again, _ = passkeys.to_register(session, PARTY, agent(session))
    assert len(again["excludeCredentials"]) == 1
    assert passkeys.to_answer(PARTY)[0].get("allowCredentials") is None


@pytest.mark.parametrize(
    "lies",
    [
        {"origin": "https://demarches.tilleul.example.attack.example"},
        {"origin": "https://sous.demarches.tilleul.example"},
        {"origin": "http://demarches.tilleul.example"},
        {"origin": ORIGIN + ":8443"},
        {"challenge": "A" * 43},
        {"type": "webauthn.get"},
    ],
)
def test_a_passkey_is_not_made_by_a_lie(session: Session, lies: dict[str, str]) -> None:
    assert not made(session, Authenticator(ORIGIN), **lies)
    assert passkeys.of_agent(session, agent(session)) == []


@pytest.mark.parametrize(
    "lies",
    [
        {"origin": "https://demarches.tilleul.example.attack.example"},
        {"challenge": "A" * 43},
        {"type": "webauthn.create"},
        {"handle": b"another account"},
    ],
)
def test_a_passkey_does_not_answer_with_a_lie(session: Session, lies: dict[str, Any]) -> None:
    device = Authenticator(ORIGIN)
    assert made(session, device)
    assert opened(session, device, **lies)[1] is False
    assert opened(session, device)[1] is True


def test_who_holds_it_must_be_verified(session: Session) -> None:
    assert not made(session, Authenticator(ORIGIN, verifies=False))
    device = Authenticator(ORIGIN)
    assert made(session, device)
    device.verifies = False
    assert opened(session, device)[1] is False


def test_a_passkey_of_another_host_is_good_for_nothing_here(session: Session) -> None:
    elsewhere = Party("demarches.marronnier.example", "https://demarches.marronnier.example", "Marronnier")
    device = Authenticator(elsewhere.origin)
    assert made(session, device, who=elsewhere)
    assert opened(session, device)[1] is False


def test_another_key_under_the_same_name_is_refused(session: Session) -> None:
    device = Authenticator(ORIGIN)
    assert made(session, device)
    thief = Authenticator(ORIGIN, handle=device.handle, credential_id=device.credential_id, counter=50)
    assert opened(session, thief) == (agent(session).id, False)


def test_a_counter_that_does_not_grow_may_be_a_copy(session: Session) -> None:
    device = Authenticator(ORIGIN)
    assert made(session, device)
    assert opened(session, device)[1] is True
    device.counter -= 1
    assert opened(session, device)[1] is False
    uncounted = Authenticator(ORIGIN, counts=False)
    assert made(session, uncounted)
    assert [opened(session, uncounted)[1] for _ in range(2)] == [True, True]


def test_a_passkey_is_made_once_for_one_agent(session: Session) -> None:
    device = Authenticator(ORIGIN)
    assert made(session, device)
    assert not made(session, device)
    assert not made(session, device, email=OMAR)
    assert passkeys.of_agent(session, agent(session, OMAR)) == []


def test_nobody_has_more_than_ten(session: Session) -> None:
    assert [made(session, Authenticator(ORIGIN)) for _ in range(passkeys.MOST + 1)] == [True] * passkeys.MOST + [False]


def test_a_closed_account_or_a_passkey_taken_away_opens_nothing(session: Session) -> None:
    device, other = Authenticator(ORIGIN), Authenticator(ORIGIN)
    assert made(session, device)
    assert made(session, other)
    assert not passkeys.forget(session, agent(session, OMAR), passkeys.of_agent(session, agent(session))[0].id)
    assert passkeys.forget(session, agent(session), passkeys.of_agent(session, agent(session))[0].id)
    assert opened(session, device) == (None, False)
    session.execute(update(Agent).values(is_active=False))
    assert opened(session, other) == (agent(session).id, False)


def test_what_is_no_answer_is_refused(session: Session) -> None:
    options, state = passkeys.to_answer(PARTY)
    device = Authenticator(ORIGIN)
    assert made(session, device)
    whole = json.loads(device.answer(options))
    broken: list[str] = ["", "null", "[]", "{}", "[" * 100_000, "x" * 30_000, json.dumps({**whole, "response": {}})]
    for part in ("authenticatorData", "signature", "clientDataJSON"):
        for wrong in ("", "AAAA", "é", None, 7):
            broken.append(json.dumps({**whole, "response": {**whole["response"], part: wrong}}))
    for answer in broken:
        tilleul = session.info["tilleul"]
        found = passkeys.answers(session, tilleul, PARTY, state=state, answer=answer, now=clock.now())
        assert found[1] is False, answer[:80]
        owner = agent(session, OMAR)
        assert not passkeys.register(session, PARTY, owner, state=state, answer=answer, name="x", now=clock.now())


@pytest.mark.parametrize(
    ("origin", "rp_id"),
    [
        ("https://demarches.tilleul.example", "demarches.tilleul.example"),
        ("https://demarches.tilleul.example:8443", "demarches.tilleul.example"),
        ("http://localhost:8000", "localhost"),
        ("http://127.0.0.1:8000", None),
        ("https://[::1]:8000", None),
        ("http://demarches.tilleul.example", None),
        ("", None),
    ],
)
def test_browsers_know_passkeys_for_names_reached_by_https(origin: str, rp_id: str | None) -> None:
    found = passkeys.party(origin, "Tilleul")
    assert (None if found is None else found.rp_id) == rp_id
