"""The commands that run and watch an installation."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import click

from grc import installation, settings
from grc.app import create_app
from grc.checks import findings
from grc.db import schema
from grc.errors import Fault, Misconfigured
from grc.opening import open_database
from grc.serving import Server, configuration, configure_logs
from grc.worker import work


@click.command()
def serve() -> None:
    """Sert les pages, et délivre les courriels si GRC_WORKER n’est pas false."""
    loaded = settings.load()
    configure_logs()
    _refuse_old_schema(loaded)
    database = open_database(loaded)
    installation.prepare(database, loaded)
    if loaded.is_sqlite and os.environ.get("WEB_CONCURRENCY", "1") != "1":
        raise click.ClickException("SQLite : un seul processus. Passez à PostgreSQL pour en servir plusieurs.")
    Server(configuration(create_app(loaded, db=database), host=loaded.host, port=loaded.port)).run()
    database.close()


@click.command()
def worker() -> None:
    """Délivre les courriels et fait le ménage ; plusieurs peuvent tourner sur PostgreSQL."""
    loaded = settings.load()
    configure_logs()
    _refuse_old_schema(loaded)
    asyncio.run(work(loaded))


@click.command()
def migrate() -> None:
    """Met la base à jour, avec le rôle de GRC_DATABASE_OWNER_URL sur PostgreSQL."""
    loaded = settings.load()
    click.echo(f"Base à jour : révision {migrate_database(loaded)}.")


@click.command()
@click.argument("message")
def migration(message: str) -> None:
    """Écrit une migration d’après les tables déclarées (pour les développeurs)."""
    loaded = settings.load()
    schema.draft(loaded.database_owner_url or loaded.database_url, message)


@click.command()
@click.option("--port", default=8000, show_default=True, help="Port des pages ; les suivants servent aux simulateurs.")
@click.option("--folder", default="var/demo", show_default=True, help="Dossier de la base et des fichiers.")
@click.option("--keep", is_flag=True, help="Garde les données de la fois précédente.")
def demo(port: int, folder: str, keep: bool) -> None:
    """Lance une démonstration : deux communes inventées, FranceConnect et ProConnect simulés, une boîte aux lettres."""
    from grc.demo.run import run  # the demo's own packages are not installed in production

    asyncio.run(run(port=port, folder=Path(folder), keep=keep))


@click.command()
def check() -> None:
    """Vérifie réglages, base, stockage, messagerie, catalogue et communes ; statut 1 si quelque chose manque."""
    lines = asyncio.run(findings(settings.load()))
    for line in lines:
        click.echo(line)
    sys.exit(0 if all(line.is_well for line in lines) else 1)


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1)
def bench(arguments: tuple[str, ...]) -> None:
    """Mesure la vitesse et imprime les tableaux de docs/performance.md."""
    from grc.bench.run import run  # needs the demo's packages

    run(list(arguments))


def migrate_database(loaded: settings.Settings) -> str:
    """The newest revision, once the database is at it; the serving role gets its rights on PostgreSQL."""
    if loaded.is_sqlite:
        return schema.migrate(loaded.database_url)
    if not loaded.database_owner_url:
        text = "cette variable manque."
        raise Misconfigured([Fault("GRC_DATABASE_OWNER_URL", text, "Le rôle qui sert ne migre pas.")])
    role = schema.role_of(loaded.database_url)
    return schema.migrate(loaded.database_owner_url, serving_role=role)


def _refuse_old_schema(loaded: settings.Settings) -> None:
    present = schema.revision_of(loaded.database_url)
    if present != schema.newest():
        raise click.ClickException(
            f"La base est à la révision {present or 'aucune'}, le code veut {schema.newest()} : lancez « grc migrate »."
        )
