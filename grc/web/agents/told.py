"""Sign-ins and sessions of agents in words, the same on every page that lists them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from grc import clock
from grc.sessions.records import SignInView
from grc.web.agents.account_views import SignInRow

MEANS = {
    "password": "Mot de passe",
    "proconnect": "ProConnect",
    "passkey": "Clé d’accès",
}
OUTCOMES = {
    "opened": "Ouverte",
    "second_factor_awaited": "Second moyen attendu",
    "refused": "Refusée",
    "wrong_code": "Code faux",
    "wrong_recovery_code": "Code de secours faux",
}


def sign_ins(rows: Iterable[SignInView], zone: str) -> Sequence[SignInRow]:
    """The rows of a list of sign-ins, each at its local time."""
    return [
        SignInRow(
            at=clock.local(zone, row.at),
            means=MEANS.get(row.means, row.means),
            outcome=OUTCOMES.get(row.outcome, "Refusée"),
            device=row.device,
            alarming=row.outcome not in {"opened", "second_factor_awaited"},
        )
        for row in rows
    ]
