"""Three hundred authorities come from one file, whole or not at all, each under its own scope, on both databases."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner, Result
from sqlmodel import col, select

from grc import clock
from grc.authorities import lost_passwords, queries
from grc.authorities.models import Agent, Authority, Service
from grc.cli import main
from grc.db import Database, Keyring, connect
from grc.journal.models import JournalEntry
from tests.support.world import SECRET

HEAD = "identifiant;nom;expediteur;telephone;domaine;service;admin_prenom;admin_nom;admin_courriel;admin_qualite"
ADMIN = "Inès;Spécimen;ines@c{0}.example;secrétaire"


def line(number: int, *, name: str = "Commune {0}", domain: str = "c{0}.example", service: str = "Mairie") -> str:
    text = f"commune-{{0}};{name};demarches@c{{0}}.example;01 99 00 50 60;{domain};{service};{ADMIN}"
    return text.format(number)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = connect(database_url, Keyring([SECRET]))
    yield opened
    opened.close()


@pytest.fixture
def table(tmp_path: Path) -> Path:
    return tmp_path / "communes.csv"


def grc(url: str, *arguments: str) -> Result:
    environment = {name: None for name in os.environ if name.startswith("GRC_")}
    settings = {"GRC_SECRET_KEY": SECRET, "GRC_DATABASE_URL": url}
    return CliRunner().invoke(main, list(arguments), env={**environment, **settings})


def brought(url: str, table: Path, lines: Sequence[str], *options: str) -> Result:
    table.write_text("\n".join((HEAD, *lines)), encoding="utf-8")
    return grc(url, "authority", "import", str(table), *options)


def communes(database: Database) -> list[Authority]:
    with database.reading(scope=None) as session:
        found = session.exec(select(Authority).where(col(Authority.slug).like("commune-%")).order_by(col(Authority.id)))
        return list(found)


def test_a_file_makes_its_authorities_once_and_changes_them_when_told(
    database: Database, database_url: str, table: Path
) -> None:
    lines = [line(number) for number in range(1, 31)]
    tried = brought(database_url, table, lines, "--dry-run")
    assert (tried.exit_code, len(communes(database))) == (0, 0), tried.output
    assert "créées : 30" in tried.output

    made = brought(database_url, table, lines)
    assert made.exit_code == 0, made.output
    assert "grc agent link commune-30 ines@c30.example" in made.output
    last = communes(database)[-1]
    with database.reading(scope=last.id) as session:
        agent = session.exec(select(Agent).where(Agent.authority_id == last.id)).one()
        assert (agent.authority_id, agent.role, agent.password_hash) == (last.id, "administrator", "")
        service = queries.service_of_slug(session, last.id or 0, "mairie")
        assert service is not None
        assert service.telephone == "01 99 00 50 60"
        acts = select(JournalEntry.act).where(JournalEntry.authority_id == last.id)
        assert session.exec(acts).all() == ["authority:imported"]

    again = brought(database_url, table, lines)
    assert "créées : 0 ; modifiées : 0 ; laissées telles quelles : 30" in again.output

    swapped = [line(1, domain="c2.example"), line(2, domain="c1.example", name="Autre nom"), line(3)]
    refused = brought(database_url, table, swapped)
    assert refused.exit_code == 2
    assert "« commune-2 » existe et diffère : nom, domaine" in refused.output
    assert "--update" in refused.output
    shown = brought(database_url, table, swapped, "--update", "--dry-run")
    assert "commune-2, nom : « Commune 2 » → « Autre nom »" in shown.output, shown.output
    changed = brought(database_url, table, swapped, "--update")
    assert "modifiées : 2 ; laissées telles quelles : 1" in changed.output, changed.output
    assert [one.domain for one in communes(database)][:2] == ["c2.example", "c1.example"]

    seen = communes(database)[2]
    with database.writing(scope=seen.id) as session:
        session.exec(select(Service).where(Service.authority_id == seen.id)).one().slug = "accueil"
    deaf = brought(database_url, table, [line(3, service="mairie").replace("01 99 00 50 60", "")], "--update")
    assert deaf.exit_code == 2
    assert "ligne 2, colonne « service » : le service « Mairie » perdrait un téléphone" in deaf.output
    renamed = brought(database_url, table, [line(3, service="mairie")], "--update")
    assert "modifiées : 1" in renamed.output, renamed.output
    with database.reading(scope=seen.id) as session:
        service = session.exec(select(Service).where(Service.authority_id == seen.id)).one()
        assert (service.slug, service.name) == ("accueil", "mairie"), "no twin, and the slug stays"

    link = grc(database_url, "agent", "link", "commune-30", "ines@c30.example")
    assert link.output.startswith("http://c30.example/agents/connexion/mot-de-passe/"), link.output
    assert "commune-30\tcommune\tCommune 30\tc30.example" in grc(database_url, "authority", "list").output
    shown = grc(database_url, "authority", "show", "commune-2").output
    assert "nom : Autre nom" in shown
    assert "services : Mairie" in shown


def test_the_links_of_first_passwords_are_handed_over_in_one_file(
    database: Database, database_url: str, table: Path
) -> None:
    lines, handed = [line(number) for number in (1, 2, 3)], table.with_name("liens.csv")
    assert "--links" in brought(database_url, table, lines, "--links", str(handed), "--dry-run").output
    broken = brought(database_url, table, [*lines, "X;;;;;;;;;"], "--links", str(handed))
    assert (broken.exit_code, handed.exists()) == (2, False)
    made = brought(database_url, table, lines, "--links", str(handed))
    assert "3 liens" in made.output, made.output
    assert handed.stat().st_mode & 0o777 == 0o600
    rows = list(csv.DictReader(handed.read_text("utf-8").splitlines(), delimiter=";"))
    assert [row["courriel"] for row in rows] == [f"ines@c{number}.example" for number in (1, 2, 3)]
    address, key = urlsplit(rows[0]["lien"]), communes(database)[0].id or 0
    with database.writing(scope=key) as session:
        opened = lost_passwords.agent_of(session, key, address.path.rpartition("/")[2], now=clock.now())
        assert (address.hostname, opened and opened.email) == ("c1.example", "ines@c1.example")
        session.exec(select(Agent).where(Agent.authority_id == key)).one().password_hash = "chosen"
    assert "existe déjà" in brought(database_url, table, lines, "--links", str(handed)).output
    again = brought(database_url, table, [*lines, line(4)], "--links", f"{handed}.2").output
    assert ("1 liens dans" in again, "2 ont déjà un lien" in again) == (True, True), again
    with database.writing(scope=communes(database)[1].id) as session:
        agent = session.exec(select(Agent).where(Agent.email == rows[1]["courriel"])).one()
        kept = urlsplit(rows[1]["lien"]).path.rpartition("/")[2]
        assert lost_passwords.agent_of(session, agent.authority_id, kept, now=clock.now()) == agent
    assert "--links" in grc(database_url, "authority", "import", "--model", "--links", f"{handed}.3").output


def test_one_wrong_line_and_nothing_is_done(database: Database, database_url: str, table: Path) -> None:
    lines = [line(number) for number in range(1, 6)] + [
        line(6, domain="c1.example"),
        "tilleul" + line(7)[9:],
        "X;;;;;;;;;",
    ]
    refused = brought(database_url, table, lines)
    assert refused.exit_code == 2
    for told in ("c1.example » figure deux fois", "« tilleul » existe et diffère", "ligne 9, colonne « nom »"):
        assert told in refused.output, refused.output
    assert communes(database) == []
