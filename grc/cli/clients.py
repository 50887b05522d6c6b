"""The commands of clients at identity providers: their registration, and what is wrong with it."""

from __future__ import annotations

import asyncio
import sys
from typing import Any

import click
from sqlmodel import Session

from grc import settings
from grc.authorities import clients, queries
from grc.authorities import commands as authorities
from grc.authorities.views import AuthorityView
from grc.cli.authorities import authority
from grc.cli.group import noted, scoped
from grc.franceconnect import checks, registration
from grc.franceconnect.provider import Provider
from grc.journal.acts import JournalAct
from grc.notifications.links import root
from grc.opening import open_database

_TITLES = {registration.FRANCECONNECT: "FranceConnect", registration.PROCONNECT: "ProConnect"}


@authority.command("client")
@click.argument("slug")
@click.argument("provider", type=click.Choice(list(_TITLES)))
@click.option("--issuer", required=True, help="Émetteur, par exemple https://oidc.franceconnect.gouv.fr/api/v2.")
@click.option("--client-id", required=True)
@click.option("--algorithm", type=click.Choice(["ES256", "RS256"]), default="ES256", show_default=True)
@click.option("--scope", help="Ce que l’habilitation ouvre, par exemple « openid identite_pivot email idp_birthdate ».")
@click.option("--acr", multiple=True, help="Niveau accepté ; à répéter. « --acr aucun » n’en exige pas.")
@click.option("--essential-acr/--no-essential-acr", default=None, help="Exiger le niveau, et non le souhaiter.")
@click.option("--pkce/--no-pkce", default=None, help="FranceConnect le refuse, ProConnect le prend.")
@click.option("--auth-method", type=click.Choice(["client_secret_post", "client_secret_basic"]))
@click.option("--userinfo", type=click.Choice(["jwt", "json", "any"]), help="Forme acceptée de l’identité.")
@click.option("--iss/--no-iss", "requires_iss", default=None, help="Exiger l’émetteur dans le retour (RFC 9207).")
@click.option("--extra", multiple=True, help="Paramètre de plus de la demande, nom=valeur ; à répéter.")
@click.option("--label", help="Nom montré aux usagers, si le fournisseur n’est pas FranceConnect.")
@click.option("--origin", "origins", multiple=True, help="Autre origine où mènent ses pages ; à répéter.")
@click.option("--organisation", type=click.Choice(["siret", "siren"]), help="ProConnect : ce qui admet un agent.")
@click.option("--secret", prompt="Secret du client", hide_input=True)
def client(slug: str, provider: str, issuer: str, client_id: str, algorithm: str, secret: str, **options: Any) -> None:
    """Enregistre le client d’une commune chez un fournisseur d’identité ; le secret est demandé, puis scellé.

    Sans option, ce sont les usages de FranceConnect ou de ProConnect. Les options servent tout autre fournisseur
    conforme à OpenID Connect.
    """
    database, key = scoped(slug)
    with database.writing(scope=key) as session:
        authorities.set_identity_client(
            session,
            key,
            provider=provider,
            issuer=issuer,
            client_id=client_id,
            secret=secret,
            algorithm=algorithm,
            options=_said(options),
        )
        noted(session, key, JournalAct.CLIENT_SET, ("client", provider))
    click.echo(f"Client {_TITLES[provider]} enregistré. Essayez-le : grc {provider} check --authority {slug}")


def report(provider: str, slug: str | None) -> None:
    """Prints the findings of one authority's client, or of every one; ends with 1 when something is to mend."""
    loaded, is_well = settings.load(), True
    found = _registered(provider, slug, loaded.base_url)
    if not found:
        raise click.ClickException(
            f"Aucun client {_TITLES[provider]}. Enregistrez-en un avec « grc authority client »."
        )
    for name, client_of, origins in found:
        click.echo(f"{name} :")
        for finding in asyncio.run(checks.check(client_of, origins=origins)):
            click.echo(f"  {finding}")
            is_well = is_well and finding.is_well is not False
    sys.exit(0 if is_well else 1)


def _registered(provider: str, slug: str | None, base_url: str) -> list[tuple[str, Provider, list[str]]]:
    """Name, client and other origins of every authority that has a client there."""
    database = open_database(settings.load())
    with database.reading(scope=None) as session:
        every = [one for one in queries.every_authority(session) if slug in (None, one.slug)]
    if slug is not None and not every:
        raise click.ClickException(f"Pas de commune « {slug} ». Créez-la avec « grc authority add ».")
    found = []
    for one in every:
        with database.reading(scope=one.id) as session:
            found += _client_of(session, one, provider, base_url)
    return found


def _client_of(
    session: Session, one: AuthorityView, provider: str, base_url: str
) -> list[tuple[str, Provider, list[str]]]:
    row = queries.identity_client(session, one.id, provider)
    ready = clients.provider(session, one.id, provider, root=root(one, base_url))
    if row is None or ready is None:
        return []
    return [(one.name, ready, list((row.options or {}).get("origins", ())))]


def _said(options: dict[str, Any]) -> dict[str, Any]:
    """The options as they are stored: what was not said stays out."""
    told = {name: value for name, value in options.items() if value not in (None, ())}
    for name in ("acr", "origins"):
        if name in told:
            told[name] = list(told[name])
    if told.get("acr") == ["aucun"]:
        told["acr"] = []
    if "extra" in told:
        pairs = [text.partition("=") for text in told["extra"]]
        if not all(sign for _, sign, _ in pairs):
            raise click.BadParameter("écrivez nom=valeur.", param_hint="--extra")
        told["extra"] = {name: value for name, _, value in pairs}
    return told
