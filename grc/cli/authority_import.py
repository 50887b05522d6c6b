"""The commands that bring authorities in by hundreds, and show those that are there."""

from __future__ import annotations

import csv
import sys
from pathlib import Path
from urllib.parse import urlsplit

import click
from sqlmodel import Session

from grc import clock, settings
from grc.authorities import colleagues, enrolling, importing, lost_passwords, queries
from grc.authorities.importing import KINDS, Parsed
from grc.authorities.models import Agent
from grc.authorities.views import AuthorityView
from grc.cli import private
from grc.cli.group import scoped
from grc.forms import export
from grc.journal import recording
from grc.journal.acts import JournalAct
from grc.notifications import links
from grc.opening import open_database

_WORDS = {kind: word for word, kind in KINDS.items()} | {"intermunicipality": "intercommunalité"}


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=False)
@click.option("--dry-run", is_flag=True, help="Dit ce qui serait fait, sans rien faire.")
@click.option("--update", is_flag=True, help="Modifie les collectivités qui existent et diffèrent du fichier.")
@click.option(
    "--links",
    "handed",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Écrit là le lien par lequel chaque administrateur du tableau sans mot de passe en choisit un.",
)
@click.option("--model", is_flag=True, help="Écrit un tableau à remplir : les titres et une ligne d’exemple.")
def authority_import(file: Path | None, dry_run: bool, update: bool, model: bool, handed: Path | None) -> None:
    """Crée les collectivités d’un tableau CSV, chacune avec son service principal et son premier administrateur.

    Toutes les fautes sont dites à la fois, avec leur ligne ; s’il y en a une, rien n’est fait. Ce qui existe déjà, à
    l’identique, reste tel quel. Les colonnes sont décrites dans docs/operating.md.
    """
    if model and handed is not None:
        raise click.UsageError("--model n’écrit qu’un exemple, sans lien : ôtez --links.")
    if model:
        click.echo(importing.model(), nl=False)
        return
    if file is None:
        raise click.UsageError("Donnez le fichier à lire, ou --model pour un tableau à remplir.")
    if handed is not None and dry_run:
        raise click.UsageError("--dry-run ne fait aucun lien : ôtez --links.")
    own_host = urlsplit(settings.load().base_url).hostname or ""
    parsed = importing.parse(file.read_bytes(), where=file.name, own_host=own_host)
    if parsed.encoding != "UTF-8":
        click.echo(f"Le fichier est en {parsed.encoding}, pas en UTF-8 : vérifiez quelques accents.")
    (_tried if dry_run else _done)(parsed, update, handed)


def _tried(parsed: Parsed, update: bool, _handed: Path | None) -> None:
    with open_database(settings.load()).reading(scope=None) as session:
        steps = enrolling.check(session, parsed, update=update)
    for each in enrolling.told(steps):
        click.echo(f"  {each}")
    click.echo(f"Essai, rien n’est fait. {_told(*enrolling.tally(steps))}")


def _done(parsed: Parsed, update: bool, handed: Path | None) -> None:
    with private.placed(handed) as written:
        with open_database(settings.load()).writing(scope=None) as session:
            done = enrolling.enrol(session, parsed, update=update, now=clock.now())
            made, waiting = ([], 0) if written is None else _links(session, parsed)
        if written is not None:
            lines = csv.writer(written, delimiter=";")
            lines.writerow(("identifiant", "nom", "courriel", "lien"))
            lines.writerows(map(export.defused, each) for each in made)
    click.echo(f"C’est fait. {_told(done.made, done.changed, done.same)}")
    if handed is not None:
        click.echo(f"{len(made)} liens dans {handed}, bons trois jours et une fois : remettez-les, puis effacez-le.")
        if waiting:
            click.echo(f"{waiting} ont déjà un lien encore bon, laissé tel quel ; « grc agent link » en fait un autre.")
        return
    for slug, email in done.administrators:
        click.echo(f"  grc agent link {slug} {email}")


def _links(session: Session, parsed: Parsed) -> tuple[list[tuple[str, str, str, str]], int]:
    """The links made, and how many administrators keep one that was handed over before and is still good."""
    made, waiting = [], 0
    for key, agent in enrolling.unopened(session, parsed):
        if lost_passwords.is_waiting(session, agent, now=clock.now()):
            waiting += 1
        else:
            made.append(_handed(session, key, agent))
    return made, waiting


def _handed(session: Session, key: int, agent: Agent) -> tuple[str, str, str, str]:
    """The authority, its name, the agent's address, the link."""
    view = queries.authority(session, key)
    return view.slug, view.name, agent.email, _link(session, view, agent)


def _link(session: Session, view: AuthorityView, agent: Agent) -> str:
    """A new link to choose a password by; the journal tells that it was made."""
    now = clock.now()
    token = lost_passwords.make(session, agent, now=now)
    recording.record(session, view.id, JournalAct.PASSWORD_LINK_MADE, ("agent", agent.id or 0), by=None, now=now)
    return f"{links.root(view, settings.load().base_url)}/agents/connexion/mot-de-passe/{token}"


@click.command("list")
@click.option("--kind", type=click.Choice(["municipality", "intermunicipality", "syndicate"]), default=None)
def authority_list(kind: str | None) -> None:
    """Nomme les collectivités de l’installation, une par ligne."""
    for one in _every():
        if kind in (None, one.kind):
            click.echo(f"{one.slug}\t{_WORDS.get(one.kind, one.kind)}\t{one.name}\t{one.domain or ''}".rstrip())


@click.command("show")
@click.argument("slug")
def authority_show(slug: str) -> None:
    """Décrit une collectivité : adresse, coordonnées, expéditeur, services, comptes."""
    database, key = scoped(slug)
    with database.reading(scope=key) as session:
        one = queries.authority(session, key)
        services = [name for _, name in colleagues.services(session, key)]
        accounts = [each for each in colleagues.listed(session, key) if each.is_active]
    facts = {
        "nom": one.name,
        "type": _WORDS.get(one.kind, one.kind),
        "pages": links.root(one, settings.load().base_url),
        "adresse": ", ".join(one.postal_address),
        "courriel": one.email,
        "téléphone": one.telephone,
        "horaires": one.hours,
        "expéditeur": one.sender_address,
        "couleur": one.colour,
        "fuseau": one.zone,
        "jours fériés": one.holidays,
        "dpo": one.data_protection_contact,
        "services": ", ".join(services),
        "comptes d’agents": str(len(accounts)),
    }
    for name, value in facts.items():
        click.echo(f"{name} : {value or '—'}")


@click.command("link")
@click.argument("authority")
@click.argument("email")
def agent_link(authority: str, email: str) -> None:
    """Fait le lien par lequel un agent choisit son mot de passe : une fois, dans les trois jours."""
    database, key = scoped(authority)
    with database.writing(scope=key) as session:
        found = colleagues.of_email(session, key, email)
        if not found.is_active:
            click.echo("Ce compte est fermé. Rouvrez-le d’abord avec « grc agent reopen ».", err=True)
            sys.exit(1)
        address = _link(session, queries.authority(session, key), found)
    click.echo(address)


def _every() -> list[AuthorityView]:
    database = open_database(settings.load())
    with database.reading(scope=None) as session:
        return queries.every_authority(session)


def _told(made: int, changed: int, same: int) -> str:
    return f"Collectivités créées : {made} ; modifiées : {changed} ; laissées telles quelles : {same}."
