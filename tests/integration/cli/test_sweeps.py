"""Sweeps by hand: rehearsed, confirmed after a jump of the clock; the list for the visa; the journal replayed."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update
from sqlmodel import col

from grc import clock
from grc.db import Database, Keyring, connect
from grc.outbox.models import OutboxEntry
from grc.submissions import commands
from grc.submissions.commands import DecisionMade
from grc.submissions.models import Decision, Event, Submission
from grc.sweeping import runs
from tests.integration.cli.test_cli import run
from tests.support import cases
from tests.support.demandes import Demande, commune
from tests.support.histories import an_agent
from tests.support.invented import SLUG
from tests.support.world import SECRET, seeded

RECEIVED = cases.local(date(2025, 6, 30), hour=12)
"""Long ago by the machine's clock: silence has decided since."""


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = connect(seeded(tmp_path), Keyring([SECRET]))
    cases.offered(made, "rejection")
    yield made
    made.close()


@pytest.fixture
def environment(database: Database, tmp_path: Path) -> dict[str, str]:
    storage = str(tmp_path / "files")
    return {"GRC_SECRET_KEY": SECRET, "GRC_DATABASE_URL": database.url, "GRC_STORAGE": storage, "GRC_DEMO": "true"}


def swept_last(database: Database, as_of: datetime) -> None:
    with database.writing(scope=None) as session:
        runs.record(session, runs.Run(runs.WHOLE, as_of, as_of, as_of))


def decided(database: Database, demande: Demande) -> None:
    authority, by = commune(database), an_agent(database)
    with database.writing(scope=authority.id) as session:
        taken = commands.take_charge(session, authority, demande.reference, revision=1, by=by, now=RECEIVED)
        made = DecisionMade("accepted", "", taken.revision)
        commands.decide(session, authority, demande.reference, made, by=by, now=RECEIVED)
        session.execute(update(Decision).values(notified_at=RECEIVED))


def test_a_rehearsal_names_what_would_happen_and_changes_nothing(
    database: Database, environment: dict[str, str]
) -> None:
    demande = cases.filed(database, at=RECEIVED)
    before = cases.submission(database, demande)
    told = run(environment, "sweep", "--dry-run", "--as-of", "2025-08-31")
    assert told.exit_code == 0, told.output
    assert "implied_decisions : 1 (constate les décisions nées du silence)" in told.output
    assert f"tilleul {demande.reference} : Le silence a décidé (état received)" in told.output
    early = run(environment, "sweep", "--dry-run", "--as-of", "2025-08-30", "--only", "implied_decisions")
    assert early.output == "implied_decisions : 0 (constate les décisions nées du silence)\n"
    assert cases.submission(database, demande) == before
    assert cases.rows(database, Decision, demande) == []
    assert len(cases.rows(database, Event, demande)) == 1


def test_a_day_to_come_is_rehearsed_only(database: Database, environment: dict[str, str]) -> None:
    later = (clock.now() + timedelta(days=40)).date().isoformat()
    refused = run(environment, "sweep", "--as-of", later)
    assert refused.exit_code == 1
    assert "Cet instant est à venir" in refused.output
    assert run(environment, "sweep", "--as-of", later, "--dry-run").exit_code == 0


@pytest.mark.law("R14")
def test_after_a_jump_of_the_clock_nothing_is_decided_until_somebody_says_that_it_is_right(
    database: Database, environment: dict[str, str]
) -> None:
    demande = cases.filed(database, at=RECEIVED)
    swept_last(database, RECEIVED)
    for part in ((), ("--only", "implied_decisions"), ("--authority", "tilleul")):
        refused = run(environment, "sweep", *part)
        assert refused.exit_code == 1, refused.output
        assert "grc sweep --as-of now" in refused.output
    assert cases.rows(database, Decision, demande) == []
    assert "à corriger  relevés : refusés, l’horloge a sauté" in run(environment, "check").output
    done = run(environment, "sweep", "--as-of", "now")
    assert done.exit_code == 0, done.output
    assert "implied_decisions : 1\n" in done.output
    assert [one.kind for one in cases.rows(database, Decision, demande)] == ["implicit_rejection"]
    assert "bien        relevés : à jour." in run(environment, "check").output
    again = run(environment, "sweep")
    assert again.exit_code == 0
    assert "implied_decisions : 0\n" in again.output


def test_one_commune_is_swept_alone(database: Database, environment: dict[str, str]) -> None:
    demande = cases.filed(database, at=RECEIVED)
    assert run(environment, "sweep", "--authority", "marronnier").exit_code == 0
    assert cases.rows(database, Decision, demande) == []
    assert run(environment, "sweep", "--authority", "tilleul", "--only", "implied_decisions").output == (
        "implied_decisions : 1\n"
    )
    unknown = run(environment, "sweep", "--authority", "nulle-part")
    assert (unknown.exit_code, "Pas de commune « nulle-part »" in unknown.output) == (1, True)


@pytest.mark.parametrize("text", ["hier", "2026-02-30", "2026-01-01T10:00:00"])
def test_an_instant_that_cannot_be_read_is_refused(database: Database, environment: dict[str, str], text: str) -> None:
    assert run(environment, "sweep", "--dry-run", "--as-of", text).exit_code == 1


@pytest.mark.law("R43")
def test_the_list_for_the_visa_names_nobody(database: Database, environment: dict[str, str]) -> None:
    kept, open_one = cases.filed(database, at=RECEIVED), cases.filed(database, at=RECEIVED)
    decided(database, kept)
    assert run(environment, "sweep", "--as-of", "now").exit_code == 0
    listed = run(environment, "retention", "list", "tilleul")
    (line,) = csv.DictReader(io.StringIO(listed.output), delimiter=";")
    assert line | {"proposée le": ""} == {
        "demande": kept.reference,
        "démarche": "Banc abîmé",
        "fin": "2025-06-30",
        "recours jusqu’au": "2025-09-01",
        "réponses jusqu’au": "2026-06-30",
        "accusés jusqu’au": "2026-09-01",
        "mois": "12",
        "durée": "Un an.",
        "texte": "Essai",
        "proposée le": "",
    }
    assert open_one.reference not in listed.output
    assert "Camille" not in listed.output


@pytest.mark.law("R43")
def test_a_list_drawn_up_and_its_visa_by_command_then_the_sweep_destroys(
    database: Database, environment: dict[str, str]
) -> None:
    kept = cases.filed(database, at=RECEIVED)
    decided(database, kept)
    with database.writing(scope=commune(database).id) as session:
        session.execute(update(OutboxEntry).values(state="sent", done_at=RECEIVED, sealed_secret=None))
    assert run(environment, "sweep", "--as-of", "now").exit_code == 0
    listed = run(environment, "retention", "draw-up", "tilleul", SLUG)
    assert f"{kept.reference};" in listed.output
    assert "Liste n° 1 : 1 demande(s), empreinte " in listed.output
    assert run(environment, "retention", "draw-up", "tilleul", SLUG).exit_code == 1
    today = clock.day_in("Europe/Paris", clock.now()).isoformat()
    granted = ("--number", "AD-9", "--by", "Les Archives", "--on", today)
    assert run(environment, "retention", "visa", "tilleul", "1", *granted[:4], "--on", "2001-01-01").exit_code == 2
    assert cases.submission(database, kept).destroyed_at is None
    assert run(environment, "retention", "visa", "tilleul", "1", *granted).exit_code == 0
    swept = run(environment, "sweep", "--only", "destructions")
    assert "destructions : 1" in swept.output
    assert cases.submission(database, kept).destroyed_at is not None
    assert run(environment, "retention", "standing", "tilleul", SLUG, *granted, "--until", "2090-01-01").exit_code == 0
    assert run(environment, "retention", "withdraw", "tilleul", "2").exit_code == 0
    told = run(environment, "retention", "visas", "tilleul").output
    assert f"1 : {SLUG}, liste de 1, visa AD-9 du {today} ; terminé ; 1 détruite(s)" in told
    assert f"2 : {SLUG}, visa permanent, visa AD-9 du {today} ; jusqu’au 2090-01-01 ; retiré" in told


def test_a_journal_that_says_otherwise_is_named(database: Database, environment: dict[str, str]) -> None:
    demande, _other = cases.filed(database, at=RECEIVED), cases.filed(database, at=RECEIVED)
    well = run(environment, "events", "verify", "tilleul")
    assert (well.exit_code, well.output) == (0, "2 demande(s) rejouée(s), 0 en défaut.\n")
    with database.writing(scope=commune(database).id) as session:
        mine = update(Submission).where(col(Submission.id) == demande.id)
        session.execute(mine.values(silence_on=date(2026, 1, 1), phase="closed"))
    wrong = run(environment, "events", "verify", "tilleul")
    assert wrong.exit_code == 1
    assert f"{demande.reference} : phase : closed en base, received d’après le journal" in wrong.output
    assert f"{demande.reference} : silence_on : 2026-01-01 en base, 2025-08-30 d’après le journal" in wrong.output
    assert "2 demande(s) rejouée(s), 1 en défaut." in wrong.output


def test_today_is_taken_as_of_now_at_the_latest(database: Database, environment: dict[str, str]) -> None:
    done = run(environment, "sweep", "--as-of", clock.now().astimezone(UTC).date().isoformat())
    assert done.exit_code == 0, done.output
