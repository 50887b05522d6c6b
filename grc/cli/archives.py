"""The commands of archives: one authority taken out and put back, the whole installation saved and restored."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TextIO

import click

from grc import clock, settings
from grc.archives import exporting, reading, restoring
from grc.archives.exporting import Done, Wanted
from grc.archives.restoring import Restored
from grc.archives.writing import file_digest
from grc.attachments.local import LocalStorage
from grc.cli import private
from grc.cli.authorities import authority
from grc.cli.group import scoped
from grc.db import Database, Keyring, connect
from grc.errors import Fault, Misconfigured
from grc.journal import recording
from grc.journal.acts import JournalAct
from grc.opening import open_database

_FILE = click.Path(dir_okay=False, path_type=Path)
_PASSPHRASE = click.option(
    "--passphrase-file", type=_FILE, help="Fichier dont la première ligne est la phrase de passe ; sinon, demandée."
)
_WITHOUT = click.option("--without-secrets", is_flag=True, help="Ni mots de passe scellés, ni clés des codes de suivi.")
_TRIAL = click.option("--dry-run", "is_trial", is_flag=True, help="Vérifie tout, puis défait : rien n’est gardé.")
_FAULTY = click.option(
    "--accept-faults", is_flag=True, help="Restaure malgré un journal en défaut ; le nombre des fautes s’y inscrit."
)
_KEYS_LEAVE = (
    "Les clés d’empreinte de toute l’installation partent avec cette archive, sous sa phrase de passe : avant de la "
    "remettre à d’autres, lisez « Une commune part, ou arrive » (docs/operating.md), ou ajoutez --without-secrets."
)
_LOST = {
    "submission": "demandes ne se suivent plus par leur code",
    "draft": "brouillons ne se reprennent plus par leur code",
    "api_key": "clés de logiciels ne servent plus",
    "recovery_code": "codes de secours ne servent plus",
    "agent_arrival": "codes d’arrivée d’agents ne servent plus",
    "journal_seal": "sceaux du journal ne se vérifient plus",
}
"""What the keys left out would have found, by table."""


@authority.command("export")
@click.argument("slug")
@click.argument("file", type=_FILE)
@_PASSPHRASE
@_WITHOUT
@click.option("--encrypt", "is_sealed", is_flag=True, help="Scelle toute l’archive, et non ses secrets seuls.")
def authority_export(
    slug: str, file: Path, passphrase_file: Path | None, without_secrets: bool, is_sealed: bool
) -> None:
    """Écrit toute l’archive d’une commune : demandes, pièces, accusés, journal, formulaires, empreintes."""
    if without_secrets and is_sealed:
        raise click.UsageError("--encrypt demande une phrase de passe : ôtez --without-secrets.")
    loaded = settings.load()
    database, key = scoped(slug)
    passphrase = None if without_secrets else _passphrase(passphrase_file, is_new=True)
    wanted = Wanted(slug, passphrase, is_sealed=is_sealed)
    done = exporting.export(database, LocalStorage(loaded.storage), file, wanted, now=clock.now())
    with database.writing(scope=key) as session:
        told = {"sha256": file_digest(file)}
        act = JournalAct.AUTHORITY_ARCHIVED
        recording.record(session, key, act, ("authority", slug), by=None, now=clock.now(), data=told)
    database.close()
    _say(done, file)
    if not without_secrets:
        click.echo(_KEYS_LEAVE, err=True)


@authority.command("restore")
@click.argument("file", type=_FILE)
@_PASSPHRASE
@_WITHOUT
@_TRIAL
@_FAULTY
def authority_restore(
    file: Path, passphrase_file: Path | None, without_secrets: bool, is_trial: bool, accept_faults: bool
) -> None:
    """Remet une commune en place depuis son archive, à l’identique ; rien n’est écrit si quoi que ce soit ne va pas."""
    how = {"with_secrets": not without_secrets, "is_trial": is_trial, "accepts_faults": accept_faults}
    done = _restore(file, passphrase_file, "authority", how)
    _say_restored(done, is_trial=is_trial)


@click.command()
@click.argument("file", type=_FILE)
@_PASSPHRASE
def backup(file: Path, passphrase_file: Path | None) -> None:
    """Sauvegarde toute l’installation, secrets et réglages compris, scellée par une phrase de passe."""
    loaded = settings.load()
    passphrase = _passphrase(passphrase_file, is_new=True)
    given = {name: value for name, value in os.environ.items() if name.startswith("GRC_") and value}
    wanted = Wanted(None, passphrase, is_sealed=True, settings=given)
    database = _owned(loaded)
    done = exporting.export(database, LocalStorage(loaded.storage), file, wanted, now=clock.now())
    database.close()
    _say(done, file)


@click.command()
@click.argument("file", type=_FILE)
@_PASSPHRASE
@_TRIAL
@click.option("--settings", "kept", type=_FILE, help="Écrit là les réglages sauvegardés, GRC_SECRET_KEY compris.")
def restore(file: Path, passphrase_file: Path | None, is_trial: bool, kept: Path | None) -> None:
    """Restaure une sauvegarde sur une base vide, de l’une ou l’autre sorte, après « grc migrate »."""
    if kept is not None and is_trial:
        raise click.UsageError("--dry-run ne garde rien : ôtez --settings.")
    with private.placed(kept) as written:
        done = _restore(file, passphrase_file, "installation", {"is_trial": is_trial})
        if written is not None:
            _keep(done.settings, written)
    _say_restored(done, is_trial=is_trial)
    if kept is not None:
        click.echo(f"Réglages écrits dans {kept} : relisez-les avant de vous en servir.")


def _restore(file: Path, passphrase_file: Path | None, kind: str, how: Mapping[str, bool]) -> Restored:
    """Restores an archive of that kind. how: as `restoring.restore` takes it."""
    loaded = settings.load()
    is_asked = passphrase_file is not None or (reading.wants_passphrase(file) and how.get("with_secrets", True))
    passphrase = _passphrase(passphrase_file, is_new=False) if is_asked else None
    database = _owned(loaded)
    with reading.reading(file, passphrase=passphrase) as archive:
        if archive.manifest.kind != kind:
            words = {"authority": "grc authority restore", "installation": "grc restore"}[archive.manifest.kind]
            raise click.ClickException(f"Cette archive se restaure avec « {words} ».")
        storage = LocalStorage(loaded.storage)
        done = restoring.restore(database, storage, archive, now=clock.now(), **how)
    database.close()
    return done


def _owned(loaded: settings.Settings) -> Database:
    """The database, as the role that owns its tables: it sees every row, and the numbers to come."""
    if loaded.is_sqlite:
        return open_database(loaded)
    if not loaded.database_owner_url:
        text = "cette variable manque."
        raise Misconfigured([Fault("GRC_DATABASE_OWNER_URL", text, "Le rôle qui sert ne voit pas tout.")])
    return connect(loaded.database_owner_url, Keyring(loaded.secret_key))


def _passphrase(file: Path | None, *, is_new: bool) -> str:
    if file is None:
        typed: Any = click.prompt("Phrase de passe de l’archive", hide_input=True, confirmation_prompt=is_new)
        return str(typed)
    try:
        return file.read_text(encoding="utf-8").split("\n", 1)[0].rstrip("\r")
    except (OSError, ValueError) as error:
        raise click.ClickException(f"{file} ne peut pas être lu.") from error


def _say(done: Done, file: Path) -> None:
    size = file.stat().st_size / 1_000_000
    click.echo(f"{file} : {sum(done.rows.values())} lignes, {done.files} pièces jointes, {size:.1f} Mo.")
    if done.missing:
        click.echo(
            f"{len(done.missing)} pièces que la base nomme ne sont pas dans le dossier : le manifeste les dit.",
            err=True,
        )
    if done.strange:
        click.echo(f"{len(done.strange)} pièces ne sont pas celles que la base décrit : {done.strange[0]}…", err=True)
    if done.unread:
        click.echo(
            f"{len(done.unread)} formulaires trop anciens pour ce programme n’ont pas de tableau : {done.unread[0]}…",
            err=True,
        )
    if done.lost:
        click.echo(
            f"{done.lost} secrets ne s’ouvrent avec aucune clé de GRC_SECRET_KEY : l’archive ne les a pas.", err=True
        )


def _say_restored(done: Restored, *, is_trial: bool) -> None:
    words = "Tout est bon, rien n’a été gardé" if is_trial else "Restauré"
    click.echo(f"{words} : {', '.join(done.authorities)} ; {done.rows} lignes, {done.files} pièces jointes.")
    for table, count in sorted(done.unsealed.items()):
        click.echo(f"  {table} : {count} secrets à donner de nouveau.")
    if done.lost:
        click.echo("Sans les clés d’empreinte, sauf sous le GRC_SECRET_KEY d’origine :")
    for table, count in done.lost.items():
        click.echo(f"  {count} {_LOST[table]}.")
    if not done.is_authentic:
        click.echo("L’archive n’est pas authentifiée : rien ne dit qu’elle est telle qu’on l’a faite.", err=True)
    for fault in done.faults:
        click.echo(f"Journal, {fault}", err=True)


def _keep(kept: Mapping[str, str], file: TextIO) -> None:
    """Writes the settings as systemd reads them."""
    for name, value in sorted(kept.items()):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        file.write(f'{name}="{escaped}"\n')
