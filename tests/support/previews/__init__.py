"""Every page in its full, empty and wrong states, with sample values: rendered by tests and looked at by people.

`python -m tests.support.previews [part of a name]` writes the pages under var/preview and photographs them, wide and
at 320 px.
"""

from __future__ import annotations

from tests.support.previews.accounts import accounts
from tests.support.previews.admin import admin
from tests.support.previews.after import afters
from tests.support.previews.agent_accounts import agent_accounts
from tests.support.previews.agents import desks
from tests.support.previews.catalogue import catalogues
from tests.support.previews.circuits import circuits
from tests.support.previews.desk import desk_entries
from tests.support.previews.exchange import exchanges
from tests.support.previews.following import followings, sendings
from tests.support.previews.forms import forms
from tests.support.previews.helping import helpings
from tests.support.previews.journal import journals
from tests.support.previews.kept import kept
from tests.support.previews.kinds import kinds
from tests.support.previews.lists import agendas, lists
from tests.support.previews.procedures import procedure_pages
from tests.support.previews.proconnect import doors
from tests.support.previews.programs import programs
from tests.support.previews.public import errors, platform, statements
from tests.support.previews.rights import rights_pages
from tests.support.previews.syndicate import syndicates
from tests.support.previews.workflows import workflows
from tests.support.previews.world import Preview


def previews() -> dict[str, Preview]:
    """Every page by the name of its state."""
    groups = (
        platform,
        catalogues,
        forms,
        kinds,
        sendings,
        followings,
        accounts,
        agent_accounts,
        admin,
        journals,
        rights_pages,
        programs,
        desks,
        desk_entries,
        afters,
        circuits,
        exchanges,
        lists,
        agendas,
        procedure_pages,
        doors,
        helpings,
        kept,
        workflows,
        syndicates,
        statements,
        errors,
    )
    return {name: preview for group in groups for name, preview in group().items()}
