"""The command that says which sites may show a commune's forms in their pages."""

from __future__ import annotations

import click

from grc import settings
from grc.authorities import framing, queries
from grc.cli.group import noted, scoped
from grc.journal.acts import JournalAct


@click.command("embed")
@click.argument("slug")
@click.option(
    "--site", "sites", multiple=True, help="Origine d’un site, par exemple https://www.commune.fr ; à répéter."
)
@click.option("--none", "is_none", is_flag=True, help="Plus aucun site.")
def authority_embed(slug: str, sites: tuple[str, ...], is_none: bool) -> None:
    """Liste les sites qui peuvent afficher les formulaires d’une commune dans leurs pages ; remplace la liste."""
    if sites and is_none:
        raise click.UsageError("Donnez --site ou --none, pas les deux.")
    database, key = scoped(slug)
    if sites or is_none:
        with database.writing(scope=key) as session:
            framing.allow(session, key, sites)
            noted(session, key, JournalAct.EMBED_SITES_SET, ("authority", slug), sites=len(sites))
    with database.reading(scope=None) as session:
        found = queries.authority_of_slug(session, slug)
    allowed = () if found is None else found.embed_sites
    if found is None or not allowed:
        click.echo("Aucun site n’affiche les formulaires de cette commune.")
        return
    base = settings.load().base_url
    root = f"{base.split('://')[0]}://{found.domain}" if found.domain else f"{base}/{found.slug}"
    click.echo("Sites autorisés :")
    for site in allowed:
        click.echo(f"  - {site}")
    click.echo("À placer dans leurs pages, pour une démarche sans identification :")
    click.echo(f'<p><a data-procedure href="{root}/demarches/NOM">Titre de la démarche</a></p>')
    click.echo(f'<script type="module" src="{base if not found.domain else root}/embed.js"></script>')
