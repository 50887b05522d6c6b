"""What workflows open: a form that an agent fills, pages that a citizen edits again, what changes."""

from __future__ import annotations

from typing import Any

from grc.forms import parsing
from grc.web.agents.forms import AgentFormPage
from grc.web.citizen.edits import Change, EditCheckPage, EditPage
from grc.web.citizen.form_views import FieldGroup
from tests.support import circuits as invented
from tests.support.previews.world import PROCEDURE, REFERENCE, Preview, agent_page, citizen_page, problems

FORM = parsing.parse(invented.VISIT["schema"], invented.VISIT["ui"], where="visite", blocks={})
GROUPS = FORM.pages[0].groups


def circuits() -> dict[str, Preview]:
    """The pages by the name of their state."""
    return {
        "agent-form": agent_page("submission/form", _agent()),
        "agent-form-wrong": agent_page(
            "submission/form", _agent(problems=problems(compliant="Choisissez « Oui » ou « Non »."))
        ),
        "edit": citizen_page("edit", _edit()),
        "edit-wrong": citizen_page("edit", _edit(problems=problems(defects="Écrivez quels défauts vous voyez."))),
        "edit-check": citizen_page("edit_check", CHECK),
    }


CHECK = EditCheckPage(
    reference=REFERENCE,
    title=PROCEDURE,
    action="#",
    back="#",
    revision=3,
    changes=[Change("Quels défauts\u00a0?", "Sans réponse", "Une latte manque.")],
    kept=[("defects", "Une latte manque.")],
)


def _agent(**changes: Any) -> AgentFormPage:
    facts: dict[str, Any] = {
        "reference": REFERENCE,
        "title": PROCEDURE,
        "applicant": "Exemple Camille",
        "label": "Rendre compte de la visite",
        "confirm": "L’usager lit ce compte rendu.",
        "state": "Visitée",
        "sentence": "Un agent est venu sur place.",
        "action": "#",
        "back": "#",
        "revision": 2,
        "groups": GROUPS,
        "typed": {},
        "redraws": frozenset({"compliant"}),
        "question": "Votre message à l’usager",
        "told": "camille@exemple.example",
    }
    return AgentFormPage(**facts | changes)


def _edit(**changes: Any) -> EditPage:
    groups = [FieldGroup("Votre message", group.fields) for group in GROUPS]
    facts: dict[str, Any] = {
        "procedure": PROCEDURE,
        "title": "Modifier votre demande",
        "step": 1,
        "steps": 1,
        "action": "#",
        "groups": groups,
        "typed": {"defects": "Une latte manque."},
        "back": "#",
        "reference": REFERENCE,
        "revision": 3,
    }
    return EditPage(**facts | changes)
