"""The rehearsal: an installation is lost and found again from its backup, a commune moves to another installation."""

from __future__ import annotations

import csv
import email
import email.policy
import hashlib
import io
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from anyio import to_thread
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from grc import __version__, clock
from grc.archives.reading import SECRETS
from grc.archives.writing import SUMS
from grc.cli import main
from grc.journal import verifying
from grc.journal.acts import JournalAct
from grc.journal.chaining import seal
from grc.journal.recording import record
from tests.support.archived import ELSEWHERE, PASSPHRASE, empty, members, values
from tests.support.postgres import Cluster, Urls
from tests.support.world import SECRET, World, a_world, code_in, reference_in, seeded

pytestmark = pytest.mark.anyio


class Operator:
    """Who types commands, on a machine of its own."""

    def __init__(self, folder: Path, url: str, *, secret: str = SECRET, owner: str = "") -> None:
        self.folder = folder
        folder.mkdir(exist_ok=True)
        (folder / "phrase").write_text(f"{PASSPHRASE}\n")
        self.environment = {
            "GRC_SECRET_KEY": secret,
            "GRC_DATABASE_URL": url,
            "GRC_DATABASE_OWNER_URL": owner,
            "GRC_STORAGE": str(folder / "files"),
        }

    def run(self, *arguments: str, fails: bool = False) -> str:
        """What the command says."""
        options = () if arguments[0] == "migrate" else ("--passphrase-file", str(self.folder / "phrase"))
        answer = CliRunner().invoke(main, [*arguments, *options], env=self.environment)
        assert bool(answer.exit_code) is fails, answer.output
        return answer.output


async def _filed(world: World) -> tuple[str, str, bytes, bytes]:
    """A demande with a file, its mails gone, the journal sealed: reference, code, its receipt and its file."""
    citizen, agent = world.browser(), world.browser()
    draft = await citizen.fill("passes-descendant-with-proof")
    sent = await citizen.post(f"/tilleul/brouillons/{draft}/envoi")
    page = await citizen.get(sent.headers["location"])
    reference, code = reference_in(page.text), code_in(page.text)
    await world.deliver()
    await agent.sign_in_agent()
    authority = world.authority()
    with world.database.writing(scope=authority.id) as session:
        record(session, authority.id, JournalAct.AGENT_CHANGED, ("agent", 1), by=None, now=clock.now())
        seal(session, authority.id, clock.now())
    return reference, code, *await _followed(world, reference, code)


async def _followed(world: World, reference: str, code: str) -> tuple[bytes, bytes]:
    """The receipt and the file of a demande, reached by its code in a new browser."""
    citizen, agent = world.browser(), world.browser()
    opened = await citizen.post("/tilleul/suivi", {"code": code})
    assert opened.status_code == 303, opened.text
    page = await citizen.get(opened.headers["location"])
    assert reference in page.text
    pdf = await citizen.get(re.findall(r'href="([^"]*/courriers/[^"]*\.pdf)"', page.text)[0])
    assert pdf.content.startswith(b"%PDF"), pdf.text
    await agent.sign_in_agent()
    shown = await agent.get(f"/tilleul/agents/demandes/{reference}")
    file = await agent.get(re.findall(r'href="([^"]*/fichiers/[^"]*)"', shown.text)[0])
    assert file.content.startswith(b"%PDF"), file.text
    return pdf.content, file.content


async def test_an_installation_is_found_again_from_its_backup(
    tmp_path: Path, postgres_database: Callable[..., Urls]
) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    url = seeded(old)
    saved = str(tmp_path / "backup.grc")
    async with a_world(url, old) as world:
        reference, code, *before = await _filed(world)
        said = await to_thread.run_sync(Operator(old, url).run, "backup", saved)
        assert " 0 lignes" not in said
    urls = postgres_database()
    operator = Operator(new, urls.app, owner=urls.owner)
    operator.run("migrate")
    assert "grc restore" in operator.run("authority", "restore", saved, fails=True)
    assert "Tout est bon" in operator.run("restore", saved, "--dry-run")
    assert "--settings" in operator.run("restore", saved, "--dry-run", "--settings", str(new / "grc.env"), fails=True)
    assert "écrit" in operator.run("restore", saved, "--settings", str(new / "none" / "grc.env"), fails=True)
    operator.run("restore", saved, "--settings", str(new / "grc.env"))
    assert f'GRC_SECRET_KEY="{SECRET}"' in (new / "grc.env").read_text()
    assert (new / "grc.env").stat().st_mode & 0o777 == 0o600
    assert "déjà des collectivités" in operator.run("restore", saved, "--settings", str(new / "more.env"), fails=True)
    assert not (new / "more.env").exists()
    async with a_world(urls.app, new) as world:
        assert await _followed(world, reference, code) == tuple(before)


async def test_a_backup_taken_on_postgresql_comes_back_on_either_database(
    tmp_path: Path, postgres_cluster: Cluster, postgres_database: Callable[..., Urls]
) -> None:
    """The commands as they run there: the serving role takes one commune out, the owner of the tables all of them."""
    name = f"saved_{abs(hash(tmp_path)) % 10**12}"
    app = seeded(tmp_path, postgres=postgres_cluster, name=name)
    saved, taken = str(tmp_path / "backup.grc"), str(tmp_path / "taken.zip")
    here = Operator(tmp_path / "old", app, owner=postgres_cluster.urls(name).owner)
    async with a_world(app, here.folder) as world:
        reference = (await _filed(world))[0]
        await to_thread.run_sync(here.run, "backup", saved)
    here.run("authority", "export", "tilleul", taken)
    _opens_without_us(members(Path(taken)), reference)
    assert "GRC_DATABASE_OWNER_URL" in Operator(here.folder, app).run("backup", f"{saved}.no", fails=True)
    postgres_cluster.drop(name)
    urls = postgres_database()
    found = Operator(tmp_path / "postgresql", urls.app, owner=urls.owner)
    found.run("migrate")
    for operator in (found, Operator(tmp_path / "sqlite", empty(tmp_path / "sqlite"))):
        operator.run("restore", saved)
        again = operator.folder / "again.zip"
        operator.run("authority", "export", "tilleul", str(again))
        first, second = members(Path(taken)), members(again)
        assert first.keys() == second.keys()
        assert {each for each in first if first[each] != second[each]} <= {"manifest.json", SECRETS, SUMS}
        assert values(Path(taken)) == values(again)


def _opens_without_us(kept: dict[str, bytes], reference: str) -> None:
    """Mails, letters, schemas and tables, by what anybody has: a mail program, a validator, a spreadsheet."""
    lines = list(csv.DictReader(io.StringIO(kept["courriers.csv"].decode("utf-8-sig")), delimiter=";"))
    ours = {each["Courrier"]: each for each in lines if each["Numéro"] == reference}
    assert ours["Code de suivi"]["Fichier de l’archive"] == ""
    receipt = ours["Accusé de réception"]
    content = kept[receipt["Fichier de l’archive"]]
    assert receipt["Fichier de l’archive"].startswith(f"courriers/{reference}/")
    assert hashlib.sha256(content).hexdigest() == receipt["SHA-256"]
    mail = email.message_from_bytes(content, policy=email.policy.default)
    (letter,) = mail.iter_attachments()
    assert letter.get_content().startswith(b"%PDF")
    (row,) = (json.loads(line) for line in kept["tables/submission.jsonl"].splitlines())
    assert kept["demandes/acte-de-naissance-v1.csv"].count(reference.encode()) == 1
    described = json.loads(kept["formulaires/acte-de-naissance-v1.schema.json"])
    Draft202012Validator(described).validate(row["answers"])
    assert not Draft202012Validator(described).is_valid({**row["answers"], "copies": "mille"})
    assert json.loads(kept["formulaires/acte-de-naissance-v1.json"])["procedure"]["title"] == described["title"]
    words = kept["LISEZMOI.md"].decode()
    assert f"GRC {__version__}" in words
    unsaid = {name for name in kept if f"`{name}`" not in words and f"`{name.split('/')[0]}/`" not in words}
    assert unsaid == {"LISEZMOI.md"}
    known = {each.split(";")[0] for each in kept["colonnes.csv"].decode().splitlines()}
    assert {name[len("tables/") : -len(".jsonl")] for name in kept if name.startswith("tables/")} <= known


async def test_a_commune_moves_to_another_installation(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    url, moved = seeded(old), str(tmp_path / "tilleul.grc")
    async with a_world(url, old) as world:
        reference, code, *before = await _filed(world)
        said = await to_thread.run_sync(Operator(old, url).run, "authority", "export", "tilleul", moved, "--encrypt")
        assert "clés d’empreinte de toute l’installation" in said
        with world.database.reading(scope=None) as session:
            assert verifying.verify(session, world.authority().id, as_of=clock.now()).waiting == 1
    target = empty(new)
    operator = Operator(new, target, secret=ELSEWHERE)
    (new / "phrase").write_text("une autre phrase de passe")
    assert "phrase de passe" in operator.run("authority", "restore", moved, fails=True)
    (new / "phrase").write_text(PASSPHRASE)
    bare = operator.run("authority", "restore", moved, "--without-secrets", "--dry-run")
    assert re.search(r"[1-9]\d* demandes ne se suivent plus par leur code", bare)
    assert re.search(r"[1-9]\d* sceaux du journal", bare)
    operator.run("authority", "restore", moved)
    async with a_world(target, new, secret_key=(ELSEWHERE,)) as world:
        assert await _followed(world, reference, code) == tuple(before)
        authority = world.authority()
        with world.database.reading(scope=authority.id) as session:
            report = verifying.verify(session, authority.id, as_of=clock.now())
        assert (report.faults, report.entries > 0) == ([], True)
