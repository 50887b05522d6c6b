"""The page of a workflow: a short one, and the longest of the catalogue with the state of a demande."""

from __future__ import annotations

from functools import cache

from grc import resources
from grc.catalogue import loading
from grc.web.agents import workflows as pages
from tests.support.previews.world import Preview, agent_page


@cache
def workflows() -> dict[str, Preview]:
    """The pages by name."""
    procedures = {one.slug: one for one in loading.load_folder(resources.folder("form_catalogue"))}
    back = "/tilleul/agents"
    shown = {
        "workflow": pages.page_of(procedures["dict"], current="", back=back),
        "workflow-of-a-demande": pages.page_of(procedures["reservation-salle"], current="option_held", back=back),
    }
    return {name: agent_page("workflow", page) for name, page in shown.items()}
