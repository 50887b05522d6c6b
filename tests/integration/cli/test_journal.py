"""`grc journal`: whole, altered, given away and checked by an outsider, purged at its term."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from grc import clock
from grc.db import Database, Keyring, connect
from grc.demo import proconnect
from grc.journal import purging
from grc.journal.acts import JournalAct
from grc.journal.chaining import seal
from grc.journal.recording import record
from tests.house.rules import ROOT
from tests.integration.cli.test_cli import run
from tests.support.world import SECRET, seeded

NOW = clock.now()
LONG_AGO = NOW - timedelta(days=31 * 38)
YEARS_AGO = NOW - timedelta(days=31 * 20)


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """Tilleul's journal, of three months: before the term, within it, and this one."""
    made = connect(seeded(tmp_path_factory.mktemp("journal-cli")), Keyring([SECRET]))
    alter(made, *(f"DELETE FROM {table}" for table in ("journal_link", "journal_seal", "journal_entry")))
    for at in (LONG_AGO, YEARS_AGO, NOW):
        with made.writing(scope=2) as session:
            for one in range(3):
                record(session, 2, JournalAct.AGENT_CHANGED, ("agent", one), by=None, now=at, data={"role": "reader"})
            assert seal(session, 2, at) == 3
    yield made
    made.close()


@pytest.fixture
def environment(database: Database, tmp_path: Path) -> dict[str, str]:
    storage = str(tmp_path / "files")
    return {"GRC_SECRET_KEY": SECRET, "GRC_DATABASE_URL": database.url, "GRC_STORAGE": storage, "GRC_DEMO": "true"}


def alter(database: Database, *statements: str) -> None:
    engine = create_engine(database.url)
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def documented_check() -> str:
    """The program that docs/operating.md gives to whoever was handed an export."""
    page = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    found = re.search(r"```python\n(import hashlib.*?)```", page, re.S)
    assert found is not None
    return found.group(1)


def checked(file: Path) -> subprocess.CompletedProcess[str]:
    """What the documented program says of an export: standard library only."""
    return subprocess.run(
        [sys.executable, "-I", "-c", documented_check(), str(file)], capture_output=True, text=True, check=False
    )


def test_verify_says_each_fault_and_its_status(database: Database, environment: dict[str, str]) -> None:
    well = run(environment, "journal", "verify", "tilleul")
    assert well.exit_code == 0, well.output
    assert "tilleul : 9 ligne(s), dernier sceau" in well.output
    assert well.output.rstrip().endswith("0 faute(s).")
    every = run(environment, "journal", "verify")
    assert every.exit_code == 0
    assert "marronnier : 0 ligne(s), aucun sceau" in every.output
    assert run(environment, "journal", "verify", "nulle-part").exit_code == 1
    alter(database, "UPDATE journal_entry SET actor_kind = 'agent' WHERE id = 5")
    wrong = run(environment, "journal", "verify", "tilleul")
    assert wrong.exit_code == 1
    assert "n° 2 : l’entrée 5, son maillon ou ce qui le précède a changé" in wrong.output
    refused = run(environment, "journal", "purge", "tilleul")
    assert refused.exit_code == 1
    assert "Rien n’est effacé" in refused.output
    alter(database, "UPDATE journal_entry SET actor_kind = 'operator' WHERE id = 5")
    assert run(environment, "journal", "verify", "tilleul").exit_code == 0
    other = {**environment, "GRC_SECRET_KEY": "a-secret-that-never-sealed-any-line-here"}
    assert "aucune clé de l’installation" in run(other, "journal", "verify", "tilleul").output


def test_an_export_is_checked_by_an_outsider_then_the_term_comes(
    database: Database, environment: dict[str, str], tmp_path: Path
) -> None:
    file = tmp_path / "journal.jsonl"
    done = run(environment, "journal", "export", "tilleul", str(file))
    assert done.exit_code == 0, done.output
    assert run(environment, "journal", "export", "tilleul", str(file)).exit_code != 0
    told = checked(file)
    assert (told.returncode, "9" in told.stdout) == (0, True), told.stderr
    lines = file.read_text(encoding="utf-8").splitlines()
    assert len([one for one in lines if "seal" in json.loads(one)]) == 3
    for number, change in ((4, '"reader"'), (5, '"position":2'), (10, '"hash":"')):
        altered = tmp_path / f"altered-{number}.jsonl"
        shown = [*lines]
        assert change in shown[number]
        shown[number] = shown[number].replace(change, change.replace("reader", "readex").replace(":2", ":3"), 1)
        shown[number] = shown[number].replace('"hash":"', '"hash":"f', number == 10)
        altered.write_text("\n".join(shown) + "\n", encoding="utf-8")
        assert checked(altered).returncode != 0, number
    cut = tmp_path / "cut.jsonl"
    cut.write_text("\n".join([*lines[:2], *lines[3:]]) + "\n", encoding="utf-8")
    assert checked(cut).returncode != 0
    one_month = tmp_path / "month.jsonl"
    assert run(environment, "journal", "export", "tilleul", str(one_month), "--month", f"{NOW:%Y-%m}").exit_code == 0
    assert checked(one_month).returncode == 0
    the_term_comes(database, environment, tmp_path)


def the_term_comes(database: Database, environment: dict[str, str], tmp_path: Path) -> None:
    """Whole months go, their seals stay, and what is left is whole."""
    too_soon = run(environment, "journal", "purge", "tilleul", "--before", f"{NOW:%Y-%m}")
    assert (too_soon.exit_code, "au moins 12 mois" in too_soon.output) == (2, True)
    assert run(environment, "journal", "purge", "tilleul", "--before", "hier").exit_code == 2
    month = f"{LONG_AGO:%Y-%m}"
    assert f"{month} : à effacer" in run(environment, "journal", "purge", "tilleul", "--dry-run").output
    done = run(environment, "journal", "purge", "tilleul")
    assert (done.exit_code, f"{month} : 3 ligne(s) effacées" in done.output) == (0, True), done.output
    assert "Rien avant" in run(environment, "journal", "purge", "tilleul").output
    with database.writing(scope=2) as session:
        seal(session, 2, clock.now())
    after = run(environment, "journal", "verify", "tilleul")
    assert (after.exit_code, "1 mois purgé(s), 0 faute(s)" in after.output) == (0, True), after.output
    left = tmp_path / "left.jsonl"
    run(environment, "journal", "export", "tilleul", str(left))
    assert checked(left).returncode == 0
    gone = f"{YEARS_AGO:%Y-%m}"
    alter(
        database,
        f"DELETE FROM journal_entry WHERE id IN (SELECT entry_id FROM journal_link WHERE month = '{gone}')",
        f"DELETE FROM journal_link WHERE month = '{gone}'",
    )
    stolen = run(environment, "journal", "verify", "tilleul")
    assert (stolen.exit_code, f"{gone} : le mois entier a disparu" in stolen.output) == (1, True), stolen.output


def test_a_purge_waits_a_year() -> None:
    assert purging.before_months(clock.instant_of(0), 1) == "1969-12"
    assert not purging.is_in_time(f"{NOW:%Y-%m}", NOW)
    assert purging.is_in_time(f"{LONG_AGO:%Y-%m}", NOW)


def test_what_the_operator_does_leaves_its_line(tmp_path: Path) -> None:
    """Each command, then the act of the last line of the commune's journal."""
    url = seeded(tmp_path)
    storage = str(tmp_path / "files")
    environment = {"GRC_SECRET_KEY": SECRET, "GRC_DATABASE_URL": url, "GRC_STORAGE": storage, "GRC_DEMO": "true"}
    rooms = tmp_path / "rooms.csv"
    rooms.write_text(run(environment, "list", "show", "tilleul", "rooms").output, encoding="utf-8")
    secret, words = "un-secret-partage-de-trente-deux-caracteres", "agrafe chemin velo orange"
    claire = "claire.modele@tilleul.example"
    lea = ("lea@tilleul.example", "--given-name", "Léa", "--family-name", "Essai", "--capacity", "agente")
    client = ("--issuer", "https://fc.example/api/v2", "--client-id", "x")
    for arguments, typed, act in (
        (("agent", "add", "tilleul", *lea), f"{words}\n{words}\n", "agent:opened"),
        (("agent", "role", "tilleul", claire, "reader"), "", "agent:changed"),
        (("agent", "password", "tilleul", claire), f"{words}\n{words}\n", "agent:password_changed"),
        (("agent", "factors", "reset", "tilleul", claire), "", "agent:factors_reset"),
        (("agent", "close", "tilleul", claire), "", "agent:closed"),
        (("agent", "reopen", "tilleul", claire), "", "agent:reopened"),
        (("service", "add", "tilleul", "sport", "Sport", "--telephone", "01 99 00 00 01"), "", "service:added"),
        (("authority", "unused-accounts", "tilleul", "2"), "", "authority:unused_accounts"),
        (("authority", "second-factor", "tilleul", "everyone"), "", "authority:second_factor"),
        (("authority", "embed", "tilleul", "--site", "https://www.tilleul.example"), "", "authority:embed_sites"),
        (("authority", "siret", "tilleul", proconnect.TILLEUL), "", "authority:establishments"),
        (("authority", "client", "tilleul", "franceconnect", *client), f"{secret}\n", "client:set"),
        (("endpoint", "add", "tilleul", "agenda", "https://agenda.example/"), f"{secret}\n", "endpoint:set"),
        (("endpoint", "remove", "tilleul", "agenda"), "", "endpoint:removed"),
        (("list", "import", "tilleul", "rooms", str(rooms)), "", "list:imported"),
        (("keys", "reseal"), "", "keys:resealed"),
        (("journal", "export", "tilleul", str(tmp_path / "out.jsonl")), "", "journal:exported"),
    ):
        done = run(environment, *arguments, typed=typed)
        assert done.exit_code == 0, (arguments, done.output)
        assert latest(url) == (act, "operator", None), arguments
    assert run(environment, "authority", "add", "neuf", "Neuf", "--sender", "a@neuf.example").exit_code == 0
    assert latest(url)[0] == "authority:added"


def latest(url: str) -> tuple[str, str, int | None]:
    engine = create_engine(url)
    with engine.connect() as connection:
        told = (
            "SELECT act, actor_kind, actor_id FROM journal_entry WHERE authority_id IN (2, 4) ORDER BY id DESC LIMIT 1"
        )
        row = connection.execute(text(told)).one()
    engine.dispose()
    assert row is not None
    return row.act, row.actor_kind, row.actor_id
