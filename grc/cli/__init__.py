"""The operator’s command: `grc --help` says what it does, every failure says what to mend."""

from __future__ import annotations

import click

from grc import __version__
from grc.cli.group import Group
from grc.cli.places import Places

_PLACES = {
    "serve": ("running:serve",),
    "worker": ("running:worker",),
    "migrate": ("running:migrate",),
    "migration": ("running:migration",),
    "demo": ("running:demo",),
    "check": ("running:check",),
    "bench": ("running:bench",),
    "authority": (
        "authorities:authority",
        "archives:authority_export",
        "archives:authority_restore",
        "clients:client",
        "proconnect:authority_siret",
        "embedding:authority_embed",
        "authority_import:authority_import",
        "authority_import:authority_list",
        "authority_import:authority_show",
    ),
    "service": ("authorities:service",),
    "agent": ("agents:agent", "proconnect:agent_relink", "proconnect:agent_unlink", "authority_import:agent_link"),
    "catalogue": (
        "catalogue:catalogue",
        "installations:catalogue_install",
        "installations:catalogue_overlay",
        "installations:catalogue_update",
    ),
    "list": ("lists:lists",),
    "workflow": ("workflow:workflow",),
    "endpoint": ("endpoints:endpoint",),
    "api-key": ("programs:api_key",),
    "webhook": ("programs:webhook",),
    "franceconnect": ("franceconnect:franceconnect",),
    "proconnect": ("proconnect:proconnect",),
    "simulate": ("simulate:simulate",),
    "bounces": ("bounces:bounces",),
    "outbox": ("outbox:outbox",),
    "sweep": ("sweeps:sweep",),
    "retention": ("sweeps:kept", "visas:draw_up", "visas:visa", "visas:standing", "visas:withdraw", "visas:listed"),
    "events": ("sweeps:events",),
    "journal": ("journal:journal",),
    "keys": ("keys:keys",),
    "backup": ("archives:backup",),
    "restore": ("archives:restore",),
}
"""Where each command is, "module:name", then those of other modules that belong to it."""


@click.group(cls=Group, commands=Places(_PLACES), context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="grc")
def main() -> None:
    """Démarches en ligne des communes : servir, délivrer, installer, vérifier.

    Les réglages sont des variables d’environnement GRC_… ; docs/operating.md les décrit toutes.
    """
