"""How a sign-in with ProConnect that opened nothing is told to the agent: our own sentences, never the provider's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from grc.authorities.attaching import Arrival
from grc.franceconnect.callback import LoginRefused
from grc.web.agents.letter_views import Question
from grc.web.agents.views import NO_PROBLEM
from grc.web.frame import Problems
from grc.web.troubles import NAMES

SECOND_FACTOR = "second_factor"
_LEVEL_REFUSED = "requested ACRs could not be satisfied"

TROUBLES: Mapping[str, str] = {
    "interrompu": ("Vous avez interrompu la connexion avec ProConnect. Réessayez, ou utilisez un mot de passe."),
    "second-facteur": (
        "Cet espace demande une connexion en deux étapes. ProConnect n’en a vu qu’une. "
        "Activez la seconde dans votre compte professionnel, puis réessayez."
    ),
    "non-confirme": ("ProConnect n’a pas pu confirmer votre connexion. Réessayez, ou utilisez un mot de passe."),
    "indisponible": (
        "ProConnect est momentanément indisponible. Réessayez dans quelques minutes, ou utilisez un mot de passe."
    ),
    "impossible": (
        "La connexion avec ProConnect est impossible pour le moment\u202f; notre équipe est prévenue. "
        "Utilisez un mot de passe."
    ),
    "expire": ("Votre demande de connexion a expiré. Recommencez."),
}
"""By what the address of the door says ("souci")."""


def code_of(refusal: LoginRefused) -> str:
    """The code for the trace: the refusal's own, but one for every way in which the second factor was not given."""
    if refusal.code == "id.acr" or (refusal.code == "not_confirmed" and _LEVEL_REFUSED in refusal.detail):
        return SECOND_FACTOR
    return refusal.code


def name_of(refusal: LoginRefused) -> str:
    """The key of TROUBLES."""
    return "second-facteur" if code_of(refusal) == SECOND_FACTOR else NAMES[refusal.ending]


@dataclass(frozen=True)
class RefusalPage:
    """An identity that opens nothing here. code: what to say to an administrator, "" for nothing; lasts seven days.

    begin: address of the POST of another try (input `autre`). leave: of the one that closes the session at ProConnect.
    back: the door.
    """

    begin: str
    code: str
    telephone: str
    email: str
    leave: str
    back: str


@dataclass(frozen=True)
class AttachPage:
    """Where an administrator attaches an identity. waiting: those that came and that no account has."""

    action: str
    back: str
    questions: Sequence[Question]
    waiting: Sequence[Arrival] = ()
    problems: Problems = NO_PROBLEM
