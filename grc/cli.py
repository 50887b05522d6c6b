"""The operator's command: `grc --help` says what it does, every failure says what to mend."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from typing import Any

import click

from grc import __version__, clock, installation, resources, settings
from grc.access.permissions import ROLES
from grc.app import create_app, open_database
from grc.authorities import commands as authorities
from grc.authorities import queries
from grc.catalogue import lint, loading, publishing
from grc.catalogue import queries as catalogue_queries
from grc.checks import findings
from grc.db import schema
from grc.deadlines.holidays import Place
from grc.errors import Fault, GrcError, Invalid, Misconfigured
from grc.forms.items import Columns
from grc.forms.items import columns as columns_of
from grc.lists import commands as list_commands
from grc.lists import importing
from grc.lists import queries as list_queries
from grc.notifications.emails import MESSAGES
from grc.serving import Server, configuration, configure_logs
from grc.sessions import commands as sessions
from grc.worker import work


class _Group(click.Group):
    """A group whose commands end with a message and a status, never with a trace."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except Misconfigured as error:
            click.echo(f"{len(error.faults)} faute(s) à corriger :", err=True)
            for fault in error.faults:
                click.echo(f"  - {fault}", err=True)
            sys.exit(2)
        except Invalid as error:
            click.echo(error.message, err=True)
            for problem in error.problems:
                click.echo(f"  - {problem.field} : {problem.message}", err=True)
            sys.exit(2)
        except GrcError as error:
            click.echo(error.message or type(error).__name__, err=True)
            sys.exit(1)


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="grc")
def main() -> None:
    """Démarches en ligne des communes : servir, délivrer, installer, vérifier.

    Les réglages sont des variables d’environnement GRC_… ; docs/operating.md les décrit toutes.
    """


@main.command()
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


@main.command()
def worker() -> None:
    """Délivre les courriels et fait le ménage ; plusieurs peuvent tourner sur PostgreSQL."""
    loaded = settings.load()
    configure_logs()
    _refuse_old_schema(loaded)
    asyncio.run(work(loaded))


@main.command()
def migrate() -> None:
    """Met la base à jour, avec le rôle de GRC_DATABASE_OWNER_URL sur PostgreSQL."""
    loaded = settings.load()
    click.echo(f"Base à jour : révision {migrate_database(loaded)}.")


@main.command()
@click.argument("message")
def migration(message: str) -> None:
    """Écrit une migration d’après les tables déclarées (pour les développeurs)."""
    loaded = settings.load()
    schema.draft(loaded.database_owner_url or loaded.database_url, message)


@main.command()
@click.option("--port", default=8000, show_default=True, help="Port des pages ; les suivants servent aux simulateurs.")
@click.option("--folder", default="var/demo", show_default=True, help="Dossier de la base et des fichiers.")
@click.option("--keep", is_flag=True, help="Garde les données de la fois précédente.")
def demo(port: int, folder: str, keep: bool) -> None:
    """Lance une démonstration : deux communes inventées, un FranceConnect simulé, une boîte aux lettres."""
    from grc.demo.run import run  # the demo's own packages are not installed in production

    asyncio.run(run(port=port, folder=Path(folder), keep=keep))


@main.command()
def check() -> None:
    """Vérifie réglages, base, stockage, messagerie, catalogue et communes ; statut 1 si quelque chose manque."""
    lines = asyncio.run(findings(settings.load()))
    for line in lines:
        click.echo(line)
    sys.exit(0 if all(line.is_well for line in lines) else 1)


@main.command(context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1)
def bench(arguments: tuple[str, ...]) -> None:
    """Mesure la vitesse et imprime les tableaux de docs/performance.md."""
    from grc.bench.run import run  # needs the demo's packages

    run(list(arguments))


@main.group()
def authority() -> None:
    """Les communes et syndicats de l’installation."""


@authority.command("add")
@click.argument("slug")
@click.argument("name")
@click.option("--kind", type=click.Choice(["municipality", "intermunicipality", "syndicate"]), default="municipality")
@click.option("--sender", required=True, help="Adresse d’où partent les accusés de réception (R112-11-3).")
@click.option("--domain", default=None, help="Nom d’hôte propre, par exemple demarches.commune.fr.")
@click.option("--email", default="")
@click.option("--telephone", default="")
@click.option("--address", multiple=True, help="Une ligne de l’adresse postale ; à répéter.")
@click.option("--colour", default="#1f5f8b", show_default=True)
@click.option("--zone", default="Europe/Paris", show_default=True)
@click.option("--holidays", type=click.Choice([place.value for place in Place]), default="metropole", show_default=True)
@click.option("--hours", default="", help="Heures d’ouverture, telles que les pages les disent.")
@click.option("--dpo", "data_protection_contact", default="", help="Adresse du délégué à la protection des données.")
def authority_add(slug: str, name: str, sender: str, address: tuple[str, ...], **facts: Any) -> None:
    """Crée une commune : SLUG sert d’adresse, NAME est son nom."""
    with open_database(settings.load()).writing(scope=None) as session:
        row = authorities.add_authority(
            session,
            slug=slug,
            name=name,
            sender_address=sender,
            postal_address=list(address),
            now=clock.now(),
            **facts,
        )
        click.echo(f"Commune créée : {row.name} ({row.slug}).")


@authority.command("franceconnect")
@click.argument("slug")
@click.option("--issuer", required=True, help="Émetteur, par exemple https://oidc.franceconnect.gouv.fr/api/v2.")
@click.option("--client-id", required=True)
@click.option("--algorithm", type=click.Choice(["ES256", "RS256"]), default="ES256", show_default=True)
@click.option("--secret", prompt="Secret du client", hide_input=True)
def authority_franceconnect(slug: str, issuer: str, client_id: str, algorithm: str, secret: str) -> None:
    """Enregistre le client FranceConnect d’une commune ; le secret est demandé, puis scellé."""
    database, key = _scoped(slug)
    with database.writing(scope=key) as session:
        authorities.set_identity_client(
            session,
            key,
            provider="franceconnect",
            issuer=issuer,
            client_id=client_id,
            secret=secret,
            algorithm=algorithm,
        )
    click.echo("Client FranceConnect enregistré.")


@main.group()
def service() -> None:
    """Les services d’une commune."""


@service.command("add")
@click.argument("authority")
@click.argument("slug")
@click.argument("name")
@click.option("--email", default="")
@click.option("--telephone", required=True)
@click.option("--address", multiple=True, help="Une ligne de l’adresse postale ; à répéter.")
@click.option("--hours", default="")
def service_add(authority: str, slug: str, name: str, address: tuple[str, ...], **facts: str) -> None:
    """Crée un service, avec ce que l’accusé de réception doit en dire (R112-11-1)."""
    database, key = _scoped(authority)
    with database.writing(scope=key) as session:
        authorities.add_service(session, key, slug=slug, name=name, postal_address=list(address), **facts)
    click.echo(f"Service créé : {name}.")


@main.group()
def agent() -> None:
    """Les agents d’une commune."""


@agent.command("add")
@click.argument("authority")
@click.argument("email")
@click.option("--given-name", required=True)
@click.option("--family-name", required=True)
@click.option("--capacity", required=True, help="Qualité, telle que les courriers l’impriment (L111-2).")
@click.option("--role", type=click.Choice(sorted(ROLES)), default="handler", show_default=True)
@click.password_option(prompt="Mot de passe", confirmation_prompt="Encore une fois")
def agent_add(authority: str, email: str, password: str, **facts: Any) -> None:
    """Crée le compte local d’un agent ; le mot de passe est demandé."""
    database, key = _scoped(authority)
    with database.writing(scope=key) as session:
        authorities.add_agent(session, key, email=email, password=password, now=clock.now(), **facts)
    click.echo(f"Compte créé : {email}.")


@agent.command("close")
@click.argument("authority")
@click.argument("email")
def agent_close(authority: str, email: str) -> None:
    """Ferme le compte d’un agent et ses sessions ; ce qu’il a fait reste à son nom."""
    database, key = _scoped(authority)
    with database.writing(scope=key) as session:
        sessions.close_of_agent(session, authorities.close_agent(session, key, email))
    click.echo(f"Compte fermé : {email}.")


@agent.command("password")
@click.argument("authority")
@click.argument("email")
@click.password_option(prompt="Nouveau mot de passe", confirmation_prompt="Encore une fois")
def agent_password(authority: str, email: str, password: str) -> None:
    """Change le mot de passe d’un agent et ferme ses sessions."""
    database, key = _scoped(authority)
    with database.writing(scope=key) as session:
        sessions.close_of_agent(session, authorities.change_password(session, key, email, password))
    click.echo(f"Mot de passe changé : {email}.")


@main.group()
def catalogue() -> None:
    """Les démarches du catalogue."""


@catalogue.command("lint")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path), required=False)
def catalogue_lint(folder: Path | None) -> None:
    """Lit le catalogue et liste toutes ses fautes, de format puis de fond : fichier, endroit, remède."""
    found = loading.load_folder(folder or resources.folder("form_catalogue"), messages=MESSAGES)
    faults = [fault for procedure in found for fault in lint.faults_of(procedure)] + [*lint.faults_between(found)]
    if faults:
        raise Misconfigured(faults)
    click.echo(f"{len(found)} démarche(s) sans faute.")


@catalogue.command("publish")
@click.argument("authority")
@click.argument("slug")
@click.option("--service", required=True, help="Service chargé de la démarche.")
@click.option("--confirm", multiple=True, help="Ce que la commune prend sur elle : silence, appeal, lint.")
def catalogue_publish(authority: str, slug: str, service: str, confirm: tuple[str, ...]) -> None:
    """Publie une démarche dans une commune ; refusé si son accusé de réception perdrait une mention."""
    found = {one.slug: one for one in loading.load_folder(resources.folder("form_catalogue"), messages=MESSAGES)}
    if slug not in found:
        raise click.ClickException(f"Pas de démarche « {slug} ». Le catalogue a : {', '.join(found)}.")
    database, key = _scoped(authority)
    with database.writing(scope=key) as session:
        version = publishing.publish(
            session, key, found[slug], service_slug=service, confirmed=confirm, by="operator", now=clock.now()
        )
        click.echo(f"Publiée : {slug}, version {version.number}.")


@main.group("list")
def lists() -> None:
    """Les listes que les formulaires proposent : salles, écoles, services."""


@lists.command("import")
@click.argument("authority")
@click.argument("source")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def list_import(authority: str, source: str, file: Path) -> None:
    """Remplace une liste par un tableau CSV ; ce qu’il ne nomme plus est fermé, rien n’est effacé.

    La première ligne nomme les colonnes : « id » (facultative), « label », puis les attributs. Toutes les fautes sont
    dites à la fois, avec leur ligne ; s’il y en a une, rien ne change.
    """
    database, key = _scoped(authority)
    with database.reading(scope=key) as session:
        columns = _columns(session, key, source)
    found = importing.read(file.read_bytes(), columns, where=file.name)
    with database.writing(scope=key) as session:
        done = list_commands.replace(session, key, source, found, now=clock.now())
    click.echo(f"{columns.title} : {done.added} ajouté(s), {done.changed} modifié(s), {done.closed} fermé(s).")


@lists.command("show")
@click.argument("authority")
@click.argument("source", required=False)
def list_show(authority: str, source: str | None) -> None:
    """Écrit une liste en CSV, telle que « grc list import » la lit ; sans SOURCE, nomme les listes."""
    database, key = _scoped(authority)
    with database.reading(scope=key) as session:
        if source is None:
            for name, columns in sorted(_every_column(session, key).items()):
                click.echo(f"{name} : {columns.title}")
            return
        columns = _columns(session, key, source)
        click.echo(importing.written(list_queries.of_authority(session, key, [source])[source], columns), nl=False)


def _every_column(session: Any, key: int) -> dict[str, Columns]:
    return columns_of(each.procedure.form for each in catalogue_queries.all_published(session, key))


def _columns(session: Any, key: int, source: str) -> Columns:
    """What is known of each item of a list; a list that no published procedure offers is refused."""
    known = _every_column(session, key)
    if source not in known:
        told = ", ".join(sorted(known)) or "aucune"
        raise click.ClickException(f"Pas de liste « {source} ». Listes des démarches publiées : {told}.")
    return known[source]


def migrate_database(loaded: settings.Settings) -> str:
    """The newest revision, once the database is at it; the serving role gets its rights on PostgreSQL."""
    if loaded.is_sqlite:
        return schema.migrate(loaded.database_url)
    if not loaded.database_owner_url:
        text = "cette variable manque."
        raise Misconfigured([Fault("GRC_DATABASE_OWNER_URL", text, "Le rôle qui sert ne migre pas.")])
    role = schema.role_of(loaded.database_url)
    return schema.migrate(loaded.database_owner_url, serving_role=role)


def _scoped(slug: str) -> tuple[Any, int]:
    database = open_database(settings.load())
    with database.reading(scope=None) as session:
        found = queries.authority_of_slug(session, slug)
    if found is None:
        raise click.ClickException(f"Pas de commune « {slug} ». Créez-la avec « grc authority add ».")
    return database, found.id


def _refuse_old_schema(loaded: settings.Settings) -> None:
    present = schema.revision_of(loaded.database_url)
    if present != schema.newest():
        raise click.ClickException(
            f"La base est à la révision {present or 'aucune'}, le code veut {schema.newest()} : lancez « grc migrate »."
        )


if __name__ == "__main__":
    main()
