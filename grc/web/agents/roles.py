"""The roles in words, for the people who give and hold them: those of the one table."""

from __future__ import annotations

from collections.abc import Sequence

from grc.access.permissions import ROLES, TABLE, Permission
from grc.authorities.colleagues import SYNDICATE
from grc.web.agents.account_views import Choice

NOWHERE = "aucun"
"""What the form posts for no role in the whole authority."""
_NO_ROLE = Choice(
    NOWHERE, "Aucun rôle pour toute la collectivité", "Seulement les droits accordés ci-dessous, un à un."
)
_BY_NAME = {role.name: role for role in TABLE if role.is_agents}


def role_name(role: str) -> str:
    """The role as its holder reads it."""
    known = _BY_NAME.get(role)
    return known.label if known is not None else role or "Aucun"


def choices(kind: str = "municipality") -> Sequence[Choice]:
    """The roles to choose from in an authority of that kind, the least first; the platform's in the syndicate alone."""
    offered = [
        role for role in _BY_NAME.values() if kind == SYNDICATE or Permission.FIGURES_READ not in ROLES[role.name]
    ]
    return [_NO_ROLE, *(Choice(role.name, role.label, role.says) for role in offered)]
