"""The operator's command, from an empty machine to an open commune, and what it says when something is wrong."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from grc import resources
from grc.cli import main
from tests.support import logbook
from tests.support.postgres import Urls
from tests.support.world import SECRET, seeded

_CONFIRMED = ("--confirm", "silence", "--confirm", "appeal")
_PUBLISH = ("catalogue", "publish", "essai", "acte-de-naissance", "--service", "etat-civil", "--yes")


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """The settings of a new installation on SQLite."""
    return {
        "GRC_SECRET_KEY": SECRET,
        "GRC_DATABASE_URL": f"sqlite:///{tmp_path / 'grc.db'}",
        "GRC_STORAGE": str(tmp_path / "files"),
        "GRC_SMTP_URL": "smtp://127.0.0.1:9",
    }


def run(environment: Mapping[str, str], *arguments: str, typed: str = "") -> Result:
    """The command in this process, with these settings and no others."""
    others = {name: None for name in os.environ if name.startswith("GRC_")}
    return CliRunner().invoke(main, list(arguments), env={**others, **environment}, input=typed)


def test_every_fault_of_the_settings_is_told_at_once() -> None:
    answer = run({"GRC_SECRET_KEY": "short", "GRC_PORT": "0", "GRC_NONSENSE": "1"}, "migrate")
    assert answer.exit_code == 2
    assert all(name in answer.output for name in ("GRC_SECRET_KEY", "GRC_PORT", "GRC_NONSENSE"))


def test_from_nothing_to_an_open_commune(environment: dict[str, str]) -> None:
    assert run(environment, "serve").exit_code == 1
    assert run(environment, "migrate").exit_code == 0
    made = run(environment, "authority", "add", "essai", "Commune d’essai", "--sender", "demarches@essai.example")
    assert made.exit_code == 0, made.output
    service = ("service", "add", "essai", "etat-civil", "État civil", "--address", "Mairie", "--address", "99000 Essai")
    assert run(environment, *service, "--telephone", "01 99 00 00 01").exit_code == 0
    agent = ("agent", "add", "essai", "lea@essai.example", "--given-name", "Léa", "--family-name", "Essai")
    typed = "un-mot-de-passe-assez-long\n" * 2
    assert run(environment, *agent, "--capacity", "secrétaire", typed=typed).exit_code == 0
    refused = run(environment, *_PUBLISH)
    assert refused.exit_code == 2
    assert "--confirm silence" in refused.output
    assert "--confirm appeal" in refused.output
    published = run(environment, *_PUBLISH, *_CONFIRMED)
    assert published.exit_code == 0
    assert "version 1" in published.output
    assert "version 1" in run(environment, *_PUBLISH, *_CONFIRMED).output


@pytest.mark.law("R4")
@pytest.mark.law("R5")
def test_a_procedure_whose_receipt_lacks_a_mention_is_not_published(environment: dict[str, str]) -> None:
    run(environment, "migrate")
    run(environment, "authority", "add", "essai", "Commune d’essai", "--sender", "demarches@essai.example")
    run(environment, "service", "add", "essai", "etat-civil", "État civil", "--telephone", "")
    refused = run(environment, *_PUBLISH, *_CONFIRMED)
    assert refused.exit_code == 2
    assert "téléphone" in refused.output
    assert "adresse électronique ou postale" in refused.output
    assert "adresse administrative de l’agent" in refused.output


def test_problems_of_an_authority_and_of_an_agent_are_all_told(environment: dict[str, str]) -> None:
    run(environment, "migrate")
    wrong = run(
        environment, "authority", "add", "Static", "X", "--sender", "nobody", "--colour", "red", "--zone", "Mars"
    )
    assert wrong.exit_code == 2
    assert all(name in wrong.output for name in ("slug", "sender_address", "colour", "zone"))
    assert run(environment, "service", "add", "absente", "a", "A", "--telephone", "1").exit_code == 1


def test_the_faults_of_a_catalogue_are_all_listed_with_a_way_out(tmp_path: Path, environment: dict[str, str]) -> None:
    folder = tmp_path / "catalogue"
    shutil.copytree(resources.folder("form_catalogue"), folder)
    ui = folder / "acte-de-naissance" / "ui.json"
    broken = json.loads(ui.read_text())
    broken["elements"][0]["elements"][1]["scope"] = "#/properties/documnet"
    ui.write_text(json.dumps(broken))
    procedure = folder / "acte-de-naissance" / "procedure.json"
    other = json.loads(procedure.read_text())
    other["silence"] = []
    procedure.write_text(json.dumps(other))
    answer = run(environment, "catalogue", "lint", str(folder))
    assert answer.exit_code == 2
    assert "acte-de-naissance/ui.json" in answer.output
    assert "Ajoutez un" in answer.output
    assert "documnet" in answer.output
    assert "acte-de-naissance/procedure.json" in answer.output
    assert run(environment, "catalogue", "lint").exit_code == 0


def test_check_says_what_is_well_and_what_is_not(environment: dict[str, str]) -> None:
    run(environment, "migrate")
    answer = run(environment, "check")
    assert answer.exit_code == 1
    assert "bien" in answer.output
    assert "messagerie : SMTPConnectError" in answer.output


def test_demonstration_data_is_not_served(tmp_path: Path, environment: dict[str, str]) -> None:
    seeded(tmp_path)
    answer = run(environment, "serve")
    assert answer.exit_code == 2
    assert "démonstration" in answer.output


def test_migrating_postgresql_needs_the_owner(postgres: Urls, environment: dict[str, str]) -> None:
    without = run(environment | {"GRC_DATABASE_URL": postgres.app}, "migrate")
    assert without.exit_code == 2
    assert "GRC_DATABASE_OWNER_URL" in without.output
    both = {"GRC_DATABASE_URL": postgres.app, "GRC_DATABASE_OWNER_URL": postgres.owner}
    assert run(environment | both, "migrate").exit_code == 0


def test_serve_answers_and_ends_cleanly(environment: dict[str, str], tmp_path: Path) -> None:
    run(environment, "migrate")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    others = {name: value for name, value in os.environ.items() if not name.startswith("GRC_")}
    command = [sys.executable, "-m", "grc.cli", "serve"]
    with (tmp_path / "log").open("wb") as log:
        environ = {**others, **environment, "GRC_PORT": str(port)}
        process = subprocess.Popen(command, env=environ, stdout=log, stderr=log)
    try:
        assert _ready(f"http://127.0.0.1:{port}/readyz") == 200
    finally:
        process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=20) == 0
    said = (tmp_path / "log").read_text()
    assert "/readyz" in said
    assert logbook.faults(said) == []


def test_what_serves_knows_nothing_of_the_demonstration() -> None:
    loaded = "import sys, grc.app, grc.cli, grc.worker; print([m for m in sys.modules if 'grc.demo' in m])"
    done = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def _ready(url: str) -> int:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:
                return int(answer.status)
        except OSError:
            time.sleep(0.1)
    return 0
