"""What a workflow says of forms: pages, questions, procedures and names that are not there are faults."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from grc import resources
from grc.catalogue import circuits, loading
from grc.conditions import Faults
from grc.workflow import engine, parsing
from tests.support import circuits as every_action
from tests.support import invented

MESSAGES = frozenset({"state_changed", "accepted"})


def faults_of(workflow: dict[str, Any]) -> list[str]:
    faults = Faults()
    form = loading.from_document(invented.document()).form
    forms = circuits.agent_forms(workflow, "banc", faults)
    known = circuits.names(workflow, form, forms)
    read = parsing.read(workflow, where="banc/workflow.json", messages=MESSAGES, names=known, faults=faults)
    circuits.check(read, form, known, "banc/workflow.json", faults)
    return [plain(f"{fault.where} {fault.message} {fault.suggestion}") for fault in faults]


def plain(text: str) -> str:
    """The text with plain spaces."""
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def changed(path: str, value: Any) -> dict[str, Any]:
    document = deepcopy(every_action.WORKFLOW)
    *steps, last = path.split("/")
    node = document
    for step in steps:
        node = node[step]
    node[last] = value
    return document


def test_the_workflow_of_every_action_is_right() -> None:
    assert faults_of(deepcopy(every_action.WORKFLOW)) == []


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        ("actions/open_pages/pages", ["mesage"], "la page « mesage » n’existe pas"),
        ("actions/open_pages/pages", ["vous"], "demande l’adresse électronique"),
        ("actions/tell_other/to", "answer:subject", "n’est pas une question d’adresse électronique"),
        ("actions/register/send", ["subjet"], "la question « subjet » n’existe pas"),
        ("actions/count/value", "variables.round + 1", "Vouliez-vous dire « variables.rounds »"),
        ("guards/sound", "agent.visit.complian", "Vouliez-vous dire « agent.visit.compliant »"),
        ("guards/known", "call.register.response.plac == 'x'", "call.register.response.place"),
        ("guards/known", "call.registr.status == 200", "call.register.status"),
        ("guards/hurried", "'urgent' in label", "Vouliez-vous dire « labels »"),
        ("states/accepted/entry", ["open_pages"], "quand la décision est prise"),
        ("states/received/on/send_on", {"actions": ["send_on"], "meta": {"label": "x", "by": ["handler"]}}, "transfer"),
        ("states/sound/on/accept/meta/form", "visit", "a sa propre page, sans formulaire"),
        ("states/received/on/visit/meta/form", "visite", "formulaire inconnu"),
        ("meta/forms/visit/schema/properties/defects", {"title": "Une photo", "x-file": {}}, "visit"),
        ("meta/forms/visit/ui/elements", [], "tient sur une page"),
    ],
)
def test_what_is_not_there_is_named_with_its_remedy(path: str, value: Any, told: str) -> None:
    faults = faults_of(changed(path, value))
    assert any(told in fault for fault in faults), faults


def test_a_link_leads_to_a_procedure_of_the_catalogue() -> None:
    procedure = loading.from_document(invented.document(workflow=every_action.WORKFLOW))
    faults = Faults()
    circuits.check_links({"banc-abime": procedure.workflow, "acte-de-naissanc": procedure.workflow}, faults)
    assert {plain(fault.suggestion) for fault in faults} == {"Vouliez-vous dire « acte-de-naissanc » ?"}
    sound = Faults()
    circuits.check_links({"banc-abime": procedure.workflow, "acte-de-naissance": procedure.workflow}, sound)
    assert not sound


def test_the_inspection_of_a_connection_leads_by_what_the_agent_found() -> None:
    found = loading.load_folder(resources.folder("form_catalogue"))
    workflow = next(each.workflow for each in found if each.slug == "raccordement-assainissement")
    for compliant, state in ((True, "inspected"), (False, "to_correct")):
        context = {"answers": {}, "agent": {"inspection": {"compliant": compliant}}}
        step = engine.step(workflow, "works_planned", "inspect", functions=frozenset({"handler"}), context=context)
        assert (step.state, [each.name for each in step.actions]) == (state, ["tell_state"])
