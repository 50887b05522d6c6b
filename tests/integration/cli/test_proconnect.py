"""ProConnect's commands: whose agents come in, identities attached, and what is wrong with a registration."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select
from sqlmodel import col

from grc import clock
from grc.authorities import attaching, queries
from grc.authorities.models import AccountRelink, Authority
from grc.authorities.vouching import Vouched
from grc.cli import main
from grc.db import Keyring, connect
from grc.demo import proconnect
from tests.support import partners
from tests.support.agent_signing import a_proconnect
from tests.support.partners import CLIENT_ID, CLIENT_SECRET, Partner
from tests.support.world import BASE, SECRET, seeded

CLAIRE = "claire.modele@tilleul.example"


@pytest.fixture(scope="module")
def partner() -> Iterator[Partner]:
    with partners.in_thread(a_proconnect()) as started:
        yield started


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """The settings of the seeded installation."""
    return {
        "GRC_SECRET_KEY": SECRET,
        "GRC_BASE_URL": BASE,
        "GRC_DATABASE_URL": seeded(tmp_path),
        "GRC_STORAGE": str(tmp_path / "files"),
        "GRC_SMTP_URL": "smtp://127.0.0.1:9",
    }


def run(environment: Mapping[str, str], *arguments: str, typed: str = "") -> Result:
    """The command in this process, with these settings and no others."""
    others = {name: None for name in os.environ if name.startswith("GRC_")}
    return CliRunner().invoke(main, list(arguments), env={**others, **environment}, input=typed)


def register(environment: Mapping[str, str], issuer: str, *more: str, secret: str = CLIENT_SECRET) -> Result:
    told = ("authority", "client", "tilleul", "proconnect", "--issuer", issuer, "--client-id", CLIENT_ID, *more)
    return run(environment, *told, typed=f"{secret}\n")


def test_a_registration_is_tried_and_its_faults_are_told(partner: Partner, environment: dict[str, str]) -> None:
    issuer, check = partner.provider.issuer, ("proconnect", "check", "--authority", "tilleul")
    assert "Aucun client ProConnect" in run(environment, *check).output
    assert register(environment, issuer).exit_code == 0
    well = run(environment, *check)
    assert (well.exit_code, "à corriger" in well.output) == (0, False), well.output
    register(environment, issuer, "--scope", "openid profile", secret="another-secret-of-more-than-32-characters")
    wrong = run(environment, *check)
    assert wrong.exit_code == 1
    assert "openid profile" in wrong.output
    assert "secret" in wrong.output


def test_a_commune_without_siret_lets_nobody_in(partner: Partner, environment: dict[str, str]) -> None:
    register(environment, partner.provider.issuer)
    faulty = run(environment, "authority", "siret", "tilleul", "12345678901234")
    assert (faulty.exit_code, "quatorze chiffres" in faulty.output) == (2, True)
    database = connect(environment["GRC_DATABASE_URL"], Keyring([SECRET]))
    with database.reading(scope=None) as session:
        found = queries.authority_of_slug(session, "tilleul")
        assert found is not None
    with database.writing(scope=found.id) as session:
        row = session.get_one(Authority, found.id)
        row.siret, row.establishments = "", None
    database.close()
    told = run(environment, "proconnect", "check")
    assert (told.exit_code, "aucun SIRET" in told.output) == (1, True), told.output
    said = run(
        environment, "authority", "siret", "tilleul", proconnect.TILLEUL, "--establishment", proconnect.MARRONNIER
    )
    assert said.exit_code == 0
    assert run(environment, "proconnect", "check").exit_code == 0


def test_the_operator_attaches_and_detaches_with_a_trace(environment: dict[str, str]) -> None:
    database = connect(environment["GRC_DATABASE_URL"], Keyring([SECRET]))
    with database.reading(scope=None) as session:
        found = queries.authority_of_slug(session, "tilleul")
        assert found is not None
    with database.writing(scope=found.id) as session:
        person = Vouched("https://proconnect.example", "a-subject")
        code = attaching.announce(session, found.id, person, now=clock.now())
    relink = ("agent", "relink", "tilleul", CLAIRE, "--proof", "au téléphone", "--code")
    assert run(environment, *relink, "AAAA-AAAA").exit_code == 2
    assert run(environment, "agent", "relink", "tilleul", "x@y.example", "--proof", "x", "--code", code).exit_code == 1
    told = run(environment, *relink, code)
    assert (told.exit_code, "sans nom" in told.output) == (2, True), told.output
    assert run(environment, *relink, code, "--differs").exit_code == 0
    assert run(environment, "agent", "unlink", "tilleul", CLAIRE, "--proof", "partie").exit_code == 0
    assert run(environment, "agent", "unlink", "tilleul", CLAIRE, "--proof", "partie").exit_code == 1
    with database.writing(scope=found.id) as session:
        for email, subject in ((CLAIRE, "one"), ("omar.fictif@tilleul.example", "two")):
            agent = queries.agent_of_email(session, found.id, email)
            assert agent is not None
            agent.issuer, agent.subject = "https://former.example", subject
            session.add(agent)
    follow = ("proconnect", "follow", "tilleul", "--from", "https://former.example", "--proof", "annonce du 1er mars")
    assert run(environment, *follow).exit_code == 1
    register(environment, "https://proconnect.example")
    assert "2 compte(s)" in run(environment, *follow).output
    assert "0 compte(s)" in run(environment, *follow).output
    with database.reading(scope=found.id) as session:
        assert attaching.agent_of(session, found.id, "https://proconnect.example", "one") is not None
        traces = session.execute(select(AccountRelink).order_by(col(AccountRelink.id))).scalars().all()
        assert [(row.agent_id, row.details["to"]) for row in traces] == [
            (None, "a-subject"),
            (None, ""),
            (None, "one"),
            (None, "two"),
        ]
    database.close()
