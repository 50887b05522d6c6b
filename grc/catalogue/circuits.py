"""What a workflow says of the forms: those that agents fill, and the questions and pages that its actions name."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from grc.conditions import Faults, listed, mapping, parse_expression
from grc.forms import parsing as form_parsing
from grc.forms.definition import Form
from grc.workflow import actions
from grc.workflow.actions import ANSWER
from grc.workflow.definition import KNOWN_EVENTS, Action, Workflow
from grc.workflow.parsing import CONTEXT_NAMES
from grc.workflow.structure import OPEN_PHASES

Json = Any

AGENT_KINDS = frozenset(
    {
        *("text", "longtext", "email", "phone", "identifier", "choice", "choices", "yes_no"),
        *("date", "partial_date", "time", "interval", "hours", "number", "integer", "money"),
    }
)
"""The questions that a form for agents may ask: files, places and swearing are the citizen's."""
_ADDRESSES = frozenset({"contact-email", "receipt-email"})


def agent_forms(workflow: Mapping[str, Json], slug: str, faults: Faults) -> dict[str, Form]:
    """The forms of a workflow's `meta.forms`, by name; what is wrong goes to faults."""
    written = mapping(mapping(workflow.get("meta")).get("forms"))
    found = {}
    for name, each in written.items():
        where = f"{slug}/workflow.json#/meta/forms/{name}"
        schema, ui = mapping(mapping(each).get("schema")), mapping(mapping(each).get("ui"))
        form = form_parsing.read(schema, ui, where=where, blocks={}, faults=faults)
        if len(form.pages) != 1:
            faults.add(f"{where}/ui", "un formulaire d’agent tient sur une page.", "Gardez une « Category ».")
            continue
        for field in form.fields:
            if field.kind not in AGENT_KINDS:
                faults.add(
                    f"{where}/schema/{field.name}", f"un agent ne répond pas à une question « {field.kind} » ici."
                )
        found[name] = form
    return found


def names(workflow: Mapping[str, Json], form: Form, forms: Mapping[str, Form]) -> frozenset[str]:
    """What the expressions of a workflow may read: answers, labels, variables, agents' answers, ends of calls."""
    of_agents = (f"agent.{name}.{field.name}" for name, each in forms.items() for field in each.fields)
    of_actions = actions.context_names(mapping(workflow.get("actions")))
    return CONTEXT_NAMES | of_actions | {f"answers.{field.name}" for field in form.fields} | frozenset(of_agents)


def check_retention(facts: Mapping[str, Json], workflow: Workflow, where: str, faults: Faults) -> None:
    """Faults of the cases of `retention` that name no state of the workflow."""
    for number, case in enumerate(listed(mapping(facts.get("retention")).get("cases"))):
        name = str(mapping(case).get("state", ""))
        if name not in workflow.states:
            place = f"{where}/retention/cases/{number}/state"
            faults.unknown(place, f"l’étape « {name} » n’existe pas.", name, workflow.states)


def check(workflow: Workflow, form: Form, known: Collection[str], where: str, faults: Faults) -> None:
    """Faults of the actions that name what the form does not have, and of forms where none may be filled.

    known: what expressions may read.
    """
    for step in workflow.transitions:
        if step.form and step.event in KNOWN_EVENTS:
            advice = "Prenez un autre événement, avant ou après."
            faults.add(f"{where}#/{step.id}/meta/form", f"« {step.event} » a sa propre page, sans formulaire.", advice)
    for each in {one.name: one for one in workflow.actions}.values():
        place = f"{where}#/actions/{each.name}"
        for param, message, advice in _faults(each, form):
            faults.add(f"{place}/{param}", message, advice)
        if each.type == "edit" and not all(phase in OPEN_PHASES for phase in _phases(workflow, each)):
            message = "des réponses ne se modifient plus quand la décision est prise."
            faults.add(place, message, "Ne la nommez que là où la demande est reçue ou examinée.")
        if each.type == "set":
            parse_expression(str(each.params.get("value", "")), known=known, where=f"{place}/value", faults=faults)


def check_links(workflows: Mapping[str, Workflow], faults: Faults) -> None:
    """Faults of the actions that lead to a procedure that this catalogue does not have. workflows: by procedure."""
    for slug, workflow in workflows.items():
        for each in workflow.actions:
            to = str(each.params.get("procedure", ""))
            if each.type == "link" and to not in workflows:
                where = f"{slug}/workflow.json#/actions/{each.name}/procedure"
                faults.unknown(where, f"la démarche « {to} » n’existe pas.", to, workflows)


def _phases(workflow: Workflow, action: Action) -> Iterator[str]:
    """The phases of the states where the action leaves the submission."""
    for state in workflow.states.values():
        if action in state.entry:
            yield state.phase
    for each in workflow.transitions:
        if action in each.actions and (target := workflow.states.get(each.target or each.source)) is not None:
            yield target.phase


def _faults(action: Action, form: Form) -> Iterator[tuple[str, str, str]]:
    if action.type == "edit":
        yield from _faults_of_pages(action, form)
    if action.type == "call":
        known = {field.name for field in form.fields if field.kind != "file"}
        for name in map(str, listed(action.params.get("send"))):
            if name not in known:
                yield "send", f"la question « {name} » n’existe pas, ou demande un fichier.", "Ôtez-la."
    to = str(action.params.get("to", ""))
    if action.type == "mail" and to.startswith(ANSWER):
        name = to.removeprefix(ANSWER)
        if name not in {field.name for field in form.fields if field.kind == "email"}:
            yield "to", f"« {name} » n’est pas une question d’adresse électronique.", 'Voyez "format": "email".'


def _faults_of_pages(action: Action, form: Form) -> Iterator[tuple[str, str, str]]:
    for page_id in listed(action.params.get("pages")):
        page = form.page(str(page_id))
        if page is None:
            yield "pages", f"la page « {page_id} » n’existe pas.", "Voyez « x-id » dans ui.json."
        elif any(field.kind == "file" for field in page.fields):
            advice = "Un document se redemande par « request_documents »."
            yield "pages", f"la page « {page_id} » demande des documents, qui ne se modifient pas.", advice
        elif any(field.role in _ADDRESSES for field in page.fields):
            advice = "L’usager a sa propre page pour corriger son adresse, et reçoit alors un nouveau code."
            yield "pages", f"la page « {page_id} » demande l’adresse électronique, qui ne se modifie pas ici.", advice
