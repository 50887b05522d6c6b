"""`grc catalogue install`, `overlay` and `update`: what they would do first, then all of it or nothing."""

from __future__ import annotations

import copy
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlmodel import select

from grc import clock
from grc.app import open_database
from grc.authorities import queries as authorities
from grc.authorities.models import ApiKey
from grc.catalogue import installing, loading, queries, shelf
from grc.catalogue.installing import Wanted
from grc.catalogue.models import InstalledProcedure, ProcedureVersion
from grc.checks import of_authorities
from grc.cli import main
from grc.journal.models import JournalEntry
from grc.submissions.partner_models import Webhook
from tests.support.overlays import plain
from tests.support.world import SECRET, seeded, world_settings

ROOM, BIRTH = "reservation-salle", "acte-de-naissance"


class Town:
    """The demonstration's communes, on SQLite, and the command."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.url = folder, seeded(folder)
        self.database = open_database(world_settings(folder, database_url=self.url, smtp_port=9))
        with self.database.reading(scope=None) as session:
            found = authorities.authority_of_slug(session, "tilleul")
        assert found is not None
        self.key = found.id

    def run(self, *arguments: str) -> Result:
        others = {name: None for name in os.environ if name.startswith("GRC_")}
        own = {"GRC_SECRET_KEY": SECRET, "GRC_DATABASE_URL": self.url, "GRC_STORAGE": str(self.folder / "files")}
        return CliRunner().invoke(main, ["catalogue", *arguments], env={**others, **own})

    def does(self, *arguments: str) -> Result:
        """The command, whose plan is agreed to beforehand."""
        return self.run(*arguments, "--yes")

    def file(self, content: Any) -> str:
        path = self.folder / "surcharge.json"
        path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
        return str(path)

    def row(self, slug: str = ROOM) -> InstalledProcedure:
        with self.database.reading(scope=self.key) as session:
            found = installing.installed(session, self.key, slug)
            assert found is not None
            session.expunge(found)
            return found

    def changed(self, change: Callable[[InstalledProcedure], None], slug: str = ROOM) -> None:
        with self.database.writing(scope=self.key) as session:
            row = installing.require_installed(session, self.key, slug)
            change(row)
            session.add(row)

    def acts(self) -> list[tuple[str, str]]:
        with self.database.reading(scope=self.key) as session:
            rows = session.exec(select(JournalEntry).where(JournalEntry.authority_id == self.key))
            return [(row.act, row.subject) for row in rows if row.subject_kind == "procedure"]


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    return Town(tmp_path_factory.mktemp("town"))


def test_an_overlay_is_told_first_then_published_with_its_journal(town: Town) -> None:
    before = town.row()
    file = town.file({"parameter:notice_days": {"value": 30}, "form:applicant.phone": {"hidden": True}})
    dry = town.run("overlay", "tilleul", ROOM, file, "--dry-run")
    assert dry.exit_code == 0, dry.output
    assert "parameter:notice_days#value : « 30 » au lieu de « 15 »" in plain(dry.output)
    assert "Rien n’est fait" in dry.output
    assert (town.row().version_id, town.row().overlay, town.acts()) == (before.version_id, None, [])
    unsaid = town.run("overlay", "tilleul", ROOM, file)
    assert (unsaid.exit_code, "ajoutez --yes" in unsaid.output) == (1, True)
    assert "- form:applicant.phone, question « Votre téléphone »" in plain(unsaid.output)
    assert (town.row().version_id, town.row().overlay, town.acts()) == (before.version_id, None, [])
    done = town.does("overlay", "tilleul", ROOM, file)
    assert done.exit_code == 0, done.output
    row = town.row()
    assert row.version_id != before.version_id
    assert row.overlay == {
        "parameter:notice_days": {"value": {"value": 30, "over": 15}},
        "form:applicant.phone": {"hidden": {"value": True, "over": False}},
    }
    with town.database.reading(scope=town.key) as session:
        offered = queries.published(session, town.key, ROOM).procedure
        assert "au moins 30 jours" in offered.form.checks[1].message
        drafts = session.get(ProcedureVersion, before.version_id)
        assert drafts is not None
        assert "au moins 15 jours" in json.dumps(drafts.document, ensure_ascii=False)
    assert town.acts() == [("procedure:published", ROOM)]
    again = town.does("publish", "tilleul", ROOM, "--service", "etat-civil", "--confirm", "silence")
    assert again.exit_code == 2 or "version 2" in again.output
    assert town.row().overlay == row.overlay


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ({"form:persns": {"label": "x"}}, "Vouliez-vous dire « form:persons » ?"),
        ({"form:persons": {"hidden": True}}, "obligatoire"),
        ({"choice:nature/other": {"hidden": True}}, "une règle"),
        ({"procedure": {"silence": "rien"}}, "ne se surcharge pas"),
        ({"page:salle": {"label": "La salle susvisée"}}, "susvisé"),
        (b"\xe9", "UTF-8"),
        (b"{" * 200, "JSON"),
        (b" " * 400_000, "trop grand"),
    ],
    ids=["unknown", "required", "read", "not allowed", "lint", "latin-1", "cut", "large"],
)
def test_an_overlay_that_may_not_stand_is_refused_whole(town: Town, content: Any, told: str) -> None:
    before, acts = town.row(), town.acts()
    answer = town.run("overlay", "tilleul", ROOM, town.file(content))
    assert answer.exit_code in (1, 2)
    assert told in plain(answer.output)
    assert (town.row().version_id, town.row().overlay, town.acts()) == (before.version_id, before.overlay, acts)


def test_functions_are_bound_to_services_and_faults_told_at_once(town: Town) -> None:
    refused = town.does("install", "tilleul", BIRTH, "--function", "handler=nulle-part", "--function", "handlr=")
    assert refused.exit_code == 2
    assert "le service « nulle-part » n’existe pas" in plain(refused.output)
    assert "Vouliez-vous dire « handler » ?" in plain(refused.output)
    service = _service(town)
    assert town.does("install", "tilleul", BIRTH, "--function", f"handler={service}").exit_code == 0
    row = town.row(BIRTH)
    assert row.functions == {"handler": [service]}
    with town.database.reading(scope=town.key) as session:
        assert row.id is not None
        assert list(installing.functions_of_procedure(session, row.id)) == ["handler"]
    assert ("procedure:set", BIRTH) in town.acts()
    assert town.does("install", "tilleul", BIRTH, "--function", "handler=").exit_code == 0
    assert town.row(BIRTH).functions is None
    both = ("--function", "handler=etat-civil", "--function", "handler=vie-locale")
    assert town.does("install", "tilleul", BIRTH, *both).exit_code == 0
    assert town.does("install", "tilleul", BIRTH, "--service", service).exit_code == 0
    assert town.row(BIRTH).functions == {"handler": ["etat-civil", "vie-locale"]}
    for wrong in (("handler",), ("=etat-civil",), ("handler=", "handler=mairie"), ("handler=mairie", "handler=")):
        said = [part for each in wrong for part in ("--function", each)]
        assert "écrivez fonction=service" in plain(town.run("install", "tilleul", BIRTH, *said).output)


def test_a_function_that_is_given_leaves_the_others_where_they_are(town: Town) -> None:
    source = copy.deepcopy(dict(shelf.entry(ROOM).source))
    flow = json.dumps(source["workflow"]).replace('"by": ["handler"]', '"by": ["handler", "supervisor"]')
    source["workflow"] = json.loads(flow)
    overseen = loading.from_source(source)
    held = {"handler": ["vie-locale"]}
    town.changed(lambda row: setattr(row, "functions", held))
    with town.database.reading(scope=town.key) as session:
        given = installing.plan(session, town.key, overseen, Wanted(functions={"supervisor": ["etat-civil"]}))
        assert given.bound == {"handler": ("vie-locale",), "supervisor": ("etat-civil",)}
        back = installing.plan(session, town.key, overseen, Wanted(functions={"handler": ()}))
        assert (back.bound, back.functions["handler"]) == ({}, (back.service,))
    town.changed(lambda row: setattr(row, "functions", None))


def _service(town: Town) -> str:
    with town.database.reading(scope=town.key) as session:
        return queries.published(session, town.key, BIRTH).service.slug


def test_an_update_waits_for_its_conflicts_and_never_loses_one(town: Town) -> None:
    assert "0 démarche(s)" in town.run("update", "--all").output

    def older(row: InstalledProcedure) -> None:
        row.catalogue_sha256 = "0" * 64
        row.overlay = {
            "procedure": {"price": {"value": "60 €", "over": "50 €"}},
            "form:gone": {"label": {"value": "Où ?", "over": "Quoi ?"}},
            "page:salle": {"label": {"value": "La salle", "over": "La salle et la date"}},
        }

    town.changed(older)
    before = town.row().version_id
    (finding,) = [each for each in of_authorities(town.database) if each.text.startswith("Tilleul")]
    assert finding.is_well
    assert f"1 à mettre à jour ({ROOM} ; « grc catalogue update tilleul --dry-run »" in plain(finding.text)
    assert f"1 en conflit avec ses adaptations ({ROOM})" in plain(finding.text)
    refused = town.run("update", "--all")
    assert refused.exit_code == 2
    told = plain(refused.output)
    assert all(
        word in told for word in ("procedure#price", "« 60 € »", "« Selon la salle", "form:gone#label", "« Où ? »")
    )
    overlaid = town.does("overlay", "tilleul", ROOM, town.file({}))
    assert "Mettez-la à jour d’abord" in overlaid.output
    kept = ("--keep", "procedure#price", "--take", "form:gone")
    assert "1 démarche(s) à mettre à jour" in town.run("update", "tilleul", ROOM, *kept, "--dry-run").output
    assert town.row().version_id == before
    assert town.run("update", "tilleul", ROOM, *kept).exit_code == 1
    assert town.row().version_id == before
    done = town.does("update", "tilleul", ROOM, *kept)
    assert done.exit_code == 0, done.output
    row = town.row()
    assert row.overlay == {
        "procedure": {"price": {"value": "60 €", "over": shelf.entry(ROOM).price}},
        "page:salle": {"label": {"value": "La salle", "over": "La salle et la date"}},
    }
    assert "0 démarche(s)" in town.run("update", "--all").output
    assert not [each for each in of_authorities(town.database) if "à mettre à jour" in each.text]
    assert town.run("update", "tilleul", ROOM, "--keep", "form:nature").exit_code == 0  # nothing to update


def test_an_update_that_lifts_sensitivity_says_to_whom_it_opens_and_is_confirmed_by_name(town: Town) -> None:
    everywhere = town.run("update", "--all", "--confirm", "sensitive")
    assert (everywhere.exit_code, "--confirm va avec une démarche" in plain(everywhere.output)) == (2, True)
    own = {"authority_id": town.key, "created_at": clock.now()}
    with town.database.writing(scope=town.key) as session:
        session.add(ApiKey(**own, name="Agenda", prefix="grc_a", key_hash="a" * 64))
        session.add(ApiKey(**own, name="Ancienne", prefix="grc_b", key_hash="b" * 64, revoked_at=clock.now()))
        session.add(ApiKey(**own, name="Acte", prefix="grc_c", key_hash="c" * 64, procedures=[BIRTH]))
        session.add(Webhook(**own, name="Agenda", url="https://agenda.example/", sealed_secret="x"))

    def sensitive(row: InstalledProcedure) -> None:
        row.is_sensitive, row.catalogue_sha256 = True, "0" * 64

    town.changed(sensitive)
    told = plain(town.run("update", "tilleul", ROOM, "--confirm", "sensitive", "--dry-run").output)
    assert "Elle n’est plus sensible" in told
    assert "« Toutes, sauf les démarches sensibles » : 1 clé, 1 notification" in told
    assert "handler : " in told
    assert "ne serait plus sensible" in plain(town.run("update", "tilleul", ROOM, "--dry-run").output)
