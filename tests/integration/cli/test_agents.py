"""The operator's commands of agents' accounts: for the first administrator, and for the day nobody can come in."""

from __future__ import annotations

import os
from pathlib import Path

import pyotp
import pytest
from click.testing import CliRunner, Result
from sqlmodel import Session, select

from grc import clock
from grc.authorities import factors, passwords, totp
from grc.authorities.models import Agent, Authority
from grc.cli import main
from grc.db import Keyring, connect
from tests.support.world import SECRET, seeded

ADA, CLAIRE = "ada.essai@tilleul.example", "claire.modele@tilleul.example"


@pytest.fixture
def url(tmp_path: Path) -> str:
    """A seeded SQLite database."""
    return seeded(tmp_path)


def run(url: str, *arguments: str, typed: str = "") -> Result:
    environment = {name: None for name in os.environ if name.startswith("GRC_")}
    settings = {"GRC_SECRET_KEY": SECRET, "GRC_DATABASE_URL": url, "GRC_SMTP_URL": "smtp://127.0.0.1:9"}
    return CliRunner().invoke(main, ["agent", *arguments], env={**environment, **settings}, input=typed)


def stored(url: str, email: str) -> Agent:
    database = connect(url, Keyring([SECRET]))
    with database.reading(scope=None) as session:
        found = session.exec(select(Agent).where(Agent.email == email)).one()
        session.expunge(found)
    database.close()
    return found


def test_an_account_from_first_to_last(url: str) -> None:
    assert run(url, "role", "tilleul", CLAIRE, "administrator").exit_code == 0
    assert stored(url, CLAIRE).role == "administrator"
    assert run(url, "close", "tilleul", ADA).exit_code == 0
    assert not stored(url, ADA).is_active
    for last in (("close", "tilleul", CLAIRE), ("role", "tilleul", CLAIRE, "reader")):
        refused = run(url, *last)
        assert refused.exit_code == 2
        assert "dernier administrateur" in refused.output
    assert run(url, "reopen", "tilleul", ADA).exit_code == 0
    assert (stored(url, ADA).is_active, stored(url, ADA).password_hash) == (True, "")
    assert "devine" in run(url, "password", "tilleul", ADA, typed="tilleul-ada-essai\n" * 2).output
    assert run(url, "password", "tilleul", ADA, typed="agrafe chemin velo\n" * 2).exit_code == 0
    assert passwords.matches(stored(url, ADA).password_hash, "agrafe chemin velo")
    assert run(url, "close", "tilleul", "personne@tilleul.example").exit_code == 1


def test_lost_factors_are_taken_away(url: str) -> None:
    database = connect(url, Keyring([SECRET]))
    with database.writing(scope=None) as session:
        _with_factors(session)
    database.close()
    assert stored(url, ADA).sealed_totp is not None
    assert run(url, "factors", "reset", "tilleul", ADA).exit_code == 0
    assert stored(url, ADA).sealed_totp is None


def test_everyone_may_be_asked_for_one(url: str) -> None:
    environment = {"GRC_SECRET_KEY": SECRET, "GRC_DATABASE_URL": url}
    asked = []
    for whom in ("everyone", "administrators"):
        CliRunner().invoke(main, ["authority", "second-factor", "tilleul", whom], env=environment)
        database = connect(url, Keyring([SECRET]))
        with database.reading(scope=None) as session:
            key = session.exec(select(Authority.id).where(Authority.slug == "tilleul")).one()
            asked.append(factors.of_everyone(session, key or 0))
        database.close()
    assert asked == [True, False]


def _with_factors(session: Session) -> None:
    agent = session.exec(select(Agent).where(Agent.email == ADA)).one()
    secret, now = totp.new_secret(), clock.now()
    assert factors.set_totp(session, agent, secret, pyotp.TOTP(secret).at(now), now=now)
    factors.new_codes(session, agent)


def test_rights_are_given_listed_and_taken_back(url: str) -> None:
    for wrong, code in (
        (("handler",), 2),
        (("handler", "--service", "cuisine"), 1),
        (("handler", "--procedure", "cuisine"), 1),
        (("administrator", "--service", "etat-civil"), 2),
        (("handler", "--service", "etat-civil", "--until", "2020-01-01"), 2),
    ):
        assert run(url, "grant", "tilleul", CLAIRE, *wrong).exit_code == code, wrong
    assert "rôle handler" in run(url, "rights", "tilleul", CLAIRE).output
    given = run(url, "grant", "tilleul", CLAIRE, "reader", "--procedure", "admission-creche", "--until", "2999-12-31")
    number = given.output.split("n° ")[1].split()[0]
    listed = run(url, "rights", "tilleul", CLAIRE).output.splitlines()[1:]
    assert listed == [f"{number}\treader\tadmission-creche\t2999-12-31"]
    assert run(url, "take-back", "tilleul", CLAIRE, number).exit_code == 0
    assert run(url, "take-back", "tilleul", CLAIRE, number).exit_code == 1
    assert run(url, "rights", "tilleul", CLAIRE).output.count("\n") == 1
