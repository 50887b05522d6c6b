"""One table of roles, what each may do and which functions of a workflow it holds; one question, `require`."""

from __future__ import annotations

from enum import StrEnum

from grc.access.actors import Actor, AgentActor, Visitor
from grc.errors import Forbidden


class Permission(StrEnum):
    """What can be done, named subject first."""

    SUBMISSION_READ = "submission:read"
    SUBMISSION_HANDLE = "submission:handle"
    SUBMISSION_DECIDE = "submission:decide"
    LIST_CHANGE = "list:change"


ROLES: dict[str, frozenset[Permission]] = {
    "reader": frozenset({Permission.SUBMISSION_READ}),
    "handler": frozenset({Permission.SUBMISSION_READ, Permission.SUBMISSION_HANDLE, Permission.SUBMISSION_DECIDE}),
    "supervisor": frozenset(Permission),
}

_FUNCTIONS: dict[str, frozenset[str]] = {
    "reader": frozenset(),
    "handler": frozenset({"handler"}),
    "supervisor": frozenset({"handler", "supervisor"}),
}


def functions_of(actor: Actor) -> frozenset[str]:
    """The workflow functions that the actor holds: "citizen", "handler", "supervisor" or "system"."""
    if isinstance(actor, Visitor):
        return frozenset({"citizen"})
    if isinstance(actor, AgentActor):
        return _FUNCTIONS.get(actor.role, frozenset())
    return frozenset({"system"})


def roles_of(function: str) -> frozenset[str]:
    """The roles that hold a function of workflows."""
    return frozenset(role for role, held in _FUNCTIONS.items() if function in held)


def may(actor: Actor, permission: Permission) -> bool:
    """Whether the actor's role holds the permission."""
    return isinstance(actor, AgentActor) and permission in ROLES.get(actor.role, frozenset())


def require(actor: Actor, permission: Permission) -> None:
    """Nothing, or Forbidden with a sentence that says whom to ask."""
    if not may(actor, permission):
        raise Forbidden("Votre rôle ne permet pas cette action. Demandez-la au responsable du service.")
