"""The commands of FranceConnect."""

from __future__ import annotations

import click

from grc.cli.clients import report
from grc.franceconnect.registration import FRANCECONNECT


@click.group()
def franceconnect() -> None:
    """FranceConnect, la connexion des usagers."""


@franceconnect.command("check")
@click.option("--authority", "slug", default=None, help="Une seule commune ; sinon toutes.")
def check(slug: str | None) -> None:
    """Essaie découverte, clés, adresses enregistrées, secret et horloge ; statut 1 si quelque chose est à corriger.

    Personne n’est connecté, rien n’est changé chez le fournisseur.
    """
    report(FRANCECONNECT, slug)
