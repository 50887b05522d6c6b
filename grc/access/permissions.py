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
    SUBMISSION_FILE = "submission:file"
    """For a citizen, at the desk or on the telephone."""
    LIST_CHANGE = "list:change"
    ACCOUNT_RELINK = "account:relink"
    """Attach a citizen's account to a new identity, on a proof."""
    AGENT_MANAGE = "agent:manage"


_READS = frozenset({Permission.SUBMISSION_READ})
_HANDLES = _READS | {Permission.SUBMISSION_HANDLE, Permission.SUBMISSION_DECIDE, Permission.SUBMISSION_FILE}

ROLES: dict[str, frozenset[Permission]] = {
    "reader": _READS,
    "front_desk": _READS | {Permission.SUBMISSION_FILE},
    "handler": _HANDLES,
    "supervisor": _HANDLES | {Permission.LIST_CHANGE, Permission.ACCOUNT_RELINK},
    "administrator": frozenset(Permission),
}

NEEDS_SECOND_FACTOR = frozenset({Permission.AGENT_MANAGE})
"""Who holds one of these never comes in with one factor alone."""

_FUNCTIONS: dict[str, frozenset[str]] = {
    "reader": frozenset(),
    "front_desk": frozenset(),
    "handler": frozenset({"handler"}),
    "supervisor": frozenset({"handler", "supervisor"}),
    "administrator": frozenset({"handler", "supervisor"}),
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
