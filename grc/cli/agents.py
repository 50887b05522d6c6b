"""The commands of agents' accounts: what administrators do in the pages, for the first one and for the worst day."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import click
from sqlmodel import Session

from grc import clock
from grc.access.permissions import NARROW, ROLES
from grc.authorities import colleagues, commands, factors, granting, lost_passwords, queries
from grc.authorities.granting import Given
from grc.catalogue import queries as catalogue
from grc.cli.group import Group, noted, scoped
from grc.errors import NotFound
from grc.journal.acts import JournalAct
from grc.sessions import commands as sessions


@click.group(cls=Group)
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
    database, key = scoped(authority)
    with database.writing(scope=key) as session:
        made = commands.add_agent(session, key, email=email, password=password, now=clock.now(), **facts)
        noted(session, key, JournalAct.AGENT_OPENED, ("agent", made.id or 0), role=made.role)
    click.echo(f"Compte créé : {email}.")


@agent.command("role")
@click.argument("authority")
@click.argument("email")
@click.argument("role", type=click.Choice(sorted(ROLES)))
def agent_role(authority: str, email: str, role: str) -> None:
    """Change le rôle d’un agent et ferme ses sessions."""
    database, key = scoped(authority)
    with database.writing(scope=key) as session:
        found = colleagues.of_email(session, key, email)
        if colleagues.set_role(session, key, found.id or 0, role):
            sessions.close_of_agent(session, found.id or 0)
            noted(session, key, JournalAct.AGENT_CHANGED, ("agent", found.id or 0), role=role)
    click.echo(f"Rôle de {email} : {role}.")


@agent.command("close")
@click.argument("authority")
@click.argument("email")
def agent_close(authority: str, email: str) -> None:
    """Ferme le compte d’un agent et ses sessions ; ce qu’il a fait reste à son nom."""
    database, key = scoped(authority)
    with database.writing(scope=key) as session:
        found = colleagues.of_email(session, key, email)
        colleagues.close(session, key, found.id or 0, by=None, now=clock.now())
        lost_passwords.forget(session, key, found.id or 0)
        sessions.close_of_agent(session, found.id or 0)
        noted(session, key, JournalAct.AGENT_CLOSED, ("agent", found.id or 0))
    click.echo(f"Compte fermé : {email}.")


@agent.command("reopen")
@click.argument("authority")
@click.argument("email")
def agent_reopen(authority: str, email: str) -> None:
    """Rouvre le compte d’un agent, sans mot de passe ni second moyen."""
    database, key = scoped(authority)
    with database.writing(scope=key) as session:
        found = colleagues.of_email(session, key, email)
        colleagues.reopen(session, key, found.id or 0)
        noted(session, key, JournalAct.AGENT_REOPENED, ("agent", found.id or 0))
    click.echo(f"Compte rouvert : {email}. Donnez-lui un mot de passe avec « grc agent password ».")


@agent.command("password")
@click.argument("authority")
@click.argument("email")
@click.password_option(prompt="Nouveau mot de passe", confirmation_prompt="Encore une fois")
def agent_password(authority: str, email: str, password: str) -> None:
    """Change le mot de passe d’un agent et ferme ses sessions."""
    database, key = scoped(authority)
    with database.writing(scope=key) as session:
        found = commands.change_password(session, key, email, password)
        sessions.close_of_agent(session, found)
        noted(session, key, JournalAct.PASSWORD_CHANGED, ("agent", found))
    click.echo(f"Mot de passe changé : {email}.")


@agent.group("factors", cls=Group)
def agent_factors() -> None:
    """Les seconds moyens d’un agent : application de codes, clés d’accès, codes de secours."""


@agent_factors.command("reset")
@click.argument("authority")
@click.argument("email")
def agent_factors_reset(authority: str, email: str) -> None:
    """Retire les seconds moyens d’un agent et ferme ses sessions, pour un téléphone perdu."""
    database, key = scoped(authority)
    with database.writing(scope=key) as session:
        found = colleagues.of_email(session, key, email)
        factors.reset(session, found)
        noted(session, key, JournalAct.FACTORS_RESET, ("agent", found.id or 0))
        sessions.close_of_agent(session, found.id or 0)
    click.echo(f"Seconds moyens retirés : {email}. Il en choisit un autre à la prochaine connexion s’il en faut un.")


@agent.command("grant")
@click.argument("authority")
@click.argument("email")
@click.argument("role", type=click.Choice(NARROW))
@click.option("--service", default="", help="Service (nom court) : les demandes qu’il traite.")
@click.option("--procedure", default="", help="Démarche (nom court).")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Dernier jour, AAAA-MM-JJ ; sans fin sinon.")
def agent_grant(authority: str, email: str, role: str, service: str, procedure: str, until: datetime | None) -> None:
    """Accorde un rôle sur un service, une démarche ou les deux : ce qui seul ouvre une démarche sensible."""
    database, key = scoped(authority)
    with database.writing(scope=key) as session:
        found, now = colleagues.of_email(session, key, email), clock.now()
        given = Given(
            role,
            _service(session, key, service) if service else None,
            catalogue.published(session, key, procedure).procedure_id if procedure else None,
            until.date() if until else None,
        )
        today = queries.day_of(session, key, now)
        made = granting.grant(session, key, found.id or 0, given, by=None, today=today, now=now)
        number = made.id
    click.echo(f"Droit n° {number} accordé à {email}.")


@agent.command("rights")
@click.argument("authority")
@click.argument("email")
def agent_rights(authority: str, email: str) -> None:
    """Liste les droits d’un agent sur des services et des démarches, avec leur numéro."""
    database, key = scoped(authority)
    with database.reading(scope=key) as session:
        found = colleagues.of_email(session, key, email)
        today = queries.day_of(session, key, clock.now())
        held = granting.held(session, key, found.id or 0, today=today)
        slugs = {one.procedure_id: one.procedure.slug for one in catalogue.all_published(session, key)}
    click.echo(f"{email} : rôle {found.role or 'aucun'} sur toute la collectivité.")
    for one in held:
        where = [one.service, slugs.get(one.procedure_id or 0, "")]
        click.echo(f"{one.id}\t{one.role}\t{', '.join(filter(None, where))}\t{one.until_on or 'sans fin'}")


@agent.command("take-back")
@click.argument("authority")
@click.argument("email")
@click.argument("right", type=int)
def agent_take_back(authority: str, email: str, right: int) -> None:
    """Retire un droit, par le numéro que donne « grc agent rights »."""
    database, key = scoped(authority)
    with database.writing(scope=key) as session:
        found = colleagues.of_email(session, key, email)
        granting.take_back(session, key, found.id or 0, right, by=None, now=clock.now())
    click.echo(f"Droit n° {right} retiré à {email}.")


def _service(session: Session, authority_id: int, slug: str) -> int:
    found = queries.service_of_slug(session, authority_id, slug)
    if found is None:
        raise NotFound(f"Aucun service ne s’appelle « {slug} » ici.")
    return found.id
