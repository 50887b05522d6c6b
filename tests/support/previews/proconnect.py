"""The pages of the agents' door with ProConnect, and where an administrator attaches an identity."""

from __future__ import annotations

from dataclasses import replace

from grc.authorities.attaching import Arrival
from grc.web.agents.letter_views import Question
from grc.web.agents.proconnect_words import TROUBLES, AttachPage, RefusalPage
from grc.web.agents.views import Option, SignInPage
from tests.support.previews.world import Preview, agent_page, at, problems

DOOR = SignInPage(
    "/tilleul/agents/connexion", next="/tilleul/agents", proconnect="/tilleul/agents/proconnect/connexion"
)
REFUSAL = RefusalPage(
    begin="/tilleul/agents/proconnect/connexion",
    code="K7PQ-2M4X",
    telephone="01 99 00 10 20",
    email="mairie@tilleul.example",
    leave="/tilleul/agents/proconnect/sortie",
    back="/tilleul/agents/connexion",
)
ATTACH = AttachPage(
    action="/tilleul/agents/identites",
    back="/tilleul/agents",
    questions=(
        Question("code", "Le repère que l’agent vous donne", "text", "Par exemple K7PQ-2M4X."),
        Question(
            "agent",
            "Son compte",
            "choice",
            options=(
                Option("1", "Claire Modèle, claire.modele@tilleul.example (remplace l’identité déjà rattachée)"),
                Option("2", "Inès Fictive, ines.fictive@tilleul.example", selected=True),
            ),
        ),
        Question("proof", "Comment vous savez que c’est cette personne", "text", "Gardé avec votre nom et la date."),
    ),
    waiting=(
        Arrival(2, at(3, 16, 18, 42), "Inès", "FICTIVE", "ines.fictive@tilleul.example"),
        Arrival(1, at(3, 16, 9, 5), "", "", ""),
    ),
)


def doors() -> dict[str, Preview]:
    """The pages by the name of their state."""
    nobody = {"person": "", "sign_out": "", "menu": ()}
    return {
        "sign-in-proconnect": agent_page("sign_in", DOOR, **nobody),
        "sign-in-proconnect-refused": agent_page("sign_in", replace(DOOR, notice=TROUBLES["second-facteur"]), **nobody),
        "proconnect-refusal": agent_page("proconnect/refusal", REFUSAL, **nobody),
        "proconnect-refusal-bare": agent_page(
            "proconnect/refusal", replace(REFUSAL, code="", telephone="", email=""), **nobody
        ),
        "proconnect-attach": agent_page("proconnect/attach", ATTACH),
        "proconnect-attach-empty": agent_page(
            "proconnect/attach",
            replace(ATTACH, waiting=(), problems=problems(code="Ce repère n’existe pas ou n’est plus valable.")),
        ),
    }
