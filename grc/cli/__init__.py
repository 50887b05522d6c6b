"""The operator’s command: `grc --help` says what it does, every failure says what to mend."""

from __future__ import annotations

import click

from grc import __version__
from grc.cli import (
    agents,
    archives,
    authorities,
    authority_import,
    bounces,
    catalogue,
    embedding,
    endpoints,
    franceconnect,
    journal,
    keys,
    lists,
    outbox,
    proconnect,
    programs,
    running,
    simulate,
    sweeps,
    visas,
    workflow,
)
from grc.cli.group import Group


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="grc")
def main() -> None:
    """Démarches en ligne des communes : servir, délivrer, installer, vérifier.

    Les réglages sont des variables d’environnement GRC_… ; docs/operating.md les décrit toutes.
    """


for _command in (
    running.serve,
    running.worker,
    running.migrate,
    running.migration,
    running.demo,
    running.check,
    running.bench,
    authorities.authority,
    authorities.service,
    agents.agent,
    catalogue.catalogue,
    lists.lists,
    workflow.workflow,
    endpoints.endpoint,
    programs.api_key,
    programs.webhook,
    franceconnect.franceconnect,
    proconnect.proconnect,
    simulate.simulate,
    bounces.bounces,
    outbox.outbox,
    sweeps.sweep,
    sweeps.kept,
    sweeps.events,
    journal.journal,
    keys.keys,
    archives.backup,
    archives.restore,
):
    main.add_command(_command)
authorities.authority.add_command(embedding.authority_embed)
for _command in (authority_import.authority_import, authority_import.authority_list, authority_import.authority_show):
    authorities.authority.add_command(_command)
for _command in (visas.draw_up, visas.visa, visas.standing, visas.withdraw, visas.listed):
    sweeps.kept.add_command(_command)
agents.agent.add_command(authority_import.agent_link)
