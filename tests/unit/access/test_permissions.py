"""Who may do what: one table, and no way around it."""

from __future__ import annotations

import pytest

from grc.access.actors import Actor, AgentActor, System, Visitor
from grc.access.permissions import ROLES, Permission, functions_of, may, require
from grc.errors import Forbidden


def agent(role: str) -> AgentActor:
    return AgentActor(1, 1, role, "Camille", "Exemple", "agente")


HANDLER = {
    Permission.SUBMISSION_READ,
    Permission.SUBMISSION_HANDLE,
    Permission.SUBMISSION_DECIDE,
    Permission.SUBMISSION_FILE,
}
GUARDS = {Permission.JOURNAL_READ, Permission.REGISTER_READ, Permission.VISA_RECORD}
EXPECTED = {
    "reader": {Permission.SUBMISSION_READ},
    "front_desk": {Permission.SUBMISSION_READ, Permission.SUBMISSION_FILE},
    "handler": HANDLER,
    "supervisor": HANDLER | {Permission.LIST_CHANGE, Permission.ACCOUNT_RELINK},
    "author": {Permission.LIST_CHANGE, Permission.PROCEDURE_CHANGE, Permission.REGISTER_READ},
    "administrator": set(Permission) - {Permission.FIGURES_READ},
    "dpo": GUARDS,
    "platform_admin": {Permission.FIGURES_READ},
}


def test_each_role_has_its_permissions() -> None:
    assert {role: set(held) for role, held in ROLES.items()} == EXPECTED


@pytest.mark.parametrize("permission", list(Permission))
@pytest.mark.parametrize("role", [*ROLES, "unknown", ""])
def test_what_a_role_does_not_hold_is_refused_with_a_reason(role: str, permission: Permission) -> None:
    if permission in EXPECTED.get(role, set()):
        require(agent(role), permission)
    else:
        with pytest.raises(Forbidden, match="responsable"):
            require(agent(role), permission)


@pytest.mark.parametrize("actor", [Visitor(1), Visitor(1, 2, 3, frozenset({4})), System(1)])
@pytest.mark.parametrize("permission", list(Permission))
def test_citizens_and_the_system_hold_no_permission_of_agents(actor: Actor, permission: Permission) -> None:
    assert not may(actor, permission)
    with pytest.raises(Forbidden):
        require(actor, permission)


@pytest.mark.parametrize(
    ("actor", "functions"),
    [
        (Visitor(1), {"citizen"}),
        (System(1), {"system"}),
        (agent("reader"), set()),
        (agent("handler"), {"handler"}),
        (agent("supervisor"), {"handler", "supervisor"}),
        (agent("administrator"), {"handler", "supervisor"}),
        (agent("front_desk"), set()),
        (agent("unknown"), set()),
    ],
)
def test_each_actor_holds_its_functions_of_a_workflow(actor: Actor, functions: set[str]) -> None:
    assert functions_of(actor) == functions


def test_what_an_event_keeps_of_each() -> None:
    actors: list[Actor] = [Visitor(1, 2), Visitor(1, 2, 3), agent("reader"), System(1)]
    assert [(one.kind, one.id) for one in actors] == [("citizen", None), ("citizen", 3), ("agent", 1), ("system", None)]


def test_an_agent_is_named_as_letters_want() -> None:
    assert agent("handler").shown_name == "Camille Exemple"
