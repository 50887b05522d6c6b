"""The accounts of colleagues in words: what each holds, what can be done with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from grc import clock
from grc.access.actors import AgentActor
from grc.authorities.colleagues import Listed
from grc.authorities.factors import Held
from grc.authorities.models import Agent
from grc.sessions.records import SignInView
from grc.web.agents import account_views as views
from grc.web.agents import roles
from grc.web.visit import Visit

PATH = "collegues"


@dataclass(frozen=True)
class Found:
    """An account as its page needs it."""

    agent: Agent
    held: Held
    open_sessions: int
    sign_ins: Sequence[SignInView]


def facts(found: Found) -> Sequence[tuple[str, str]]:
    """What is known of an account, in pairs of words."""
    agent, held = found.agent, found.held
    return [
        ("État", "Ouvert" if agent.is_active else "Fermé"),
        ("Mot de passe", "Choisi" if agent.password_hash else "Aucun"),
        ("ProConnect", "Reconnu" if agent.subject else "Jamais utilisé"),
        ("Second moyen", _held_words(held)),
        ("Sessions ouvertes", str(found.open_sessions)),
    ]


def _held_words(held: Held) -> str:
    words = ["application de codes"] if held.totp else []
    if held.passkeys:
        words.append("1 clé d’accès" if held.passkeys == 1 else f"{held.passkeys} clés d’accès")
    return ", ".join(words).capitalize() or "Aucun"


def acts(visit: Visit[AgentActor], found: Found) -> Sequence[views.ColleagueAct]:
    """What an administrator can do with it."""

    def at(act: str) -> str:
        return visit.links.agents(f"{PATH}/{found.agent.id}/{act}")

    if not found.agent.is_active:
        text = "Son mot de passe et ses seconds moyens d’avant ne servent plus : donnez-lui un nouveau lien."
        return [views.ColleagueAct("Rouvrir le compte", at("reouverture"), text)]
    open_to = [
        views.ColleagueAct(
            "Faire un lien pour choisir un mot de passe",
            at("mot-de-passe"),
            "Pour un premier accès ou un mot de passe oublié. Vous remettez ce lien à l’agent ; il sert une fois.",
        )
    ]
    if found.held.any:
        text = "Pour un téléphone perdu. Les sessions sont fermées ; vérifiez que c’est bien lui qui le demande."
        open_to.append(views.ColleagueAct("Remettre les seconds moyens à zéro", at("moyens"), text))
    if found.open_sessions:
        text = "L’agent devra se connecter à nouveau partout."
        open_to.append(views.ColleagueAct("Fermer ses sessions", at("sessions"), text))
    text = "L’agent ne peut plus se connecter. Ce qu’il a fait reste à son nom."
    return [*open_to, views.ColleagueAct("Fermer le compte", at("fermeture"), text, warning=True)]


def row(visit: Visit[AgentActor], listed: Listed, last_at: datetime | None) -> views.ColleagueRow:
    """Its line in the list."""
    return views.ColleagueRow(
        name=listed.name,
        href=visit.links.agents(f"{PATH}/{listed.id}"),
        email=listed.email,
        capacity=listed.capacity,
        role=roles.role_name(listed.role),
        factors=_held_words(listed.held),
        last_at=clock.local(visit.authority.zone, last_at) if last_at else None,
        is_active=listed.is_active,
    )
