"""What the page says after a sign-in that opened nothing: a closed list, never the provider's own words."""

from __future__ import annotations

from typing import Any

from grc.franceconnect.callback import Ending
from grc.web.frame import FRANCECONNECT, Link, Trouble
from grc.web.visit import Visit

NAMES = {
    Ending.CANCELLED: "interrompu",
    Ending.NOT_CONFIRMED: "non-confirme",
    Ending.UNAVAILABLE: "indisponible",
    Ending.OUR_FAULT: "impossible",
    Ending.EXPIRED: "expire",
}
"""What stands for it in the address of the page (`?souci=`)."""
_ENDINGS = {name: ending for ending, name in NAMES.items()}
_OTHER_WAY = {
    Ending.NOT_CONFIRMED: "Réessayez ou utilisez un autre moyen.",
    Ending.OUR_FAULT: "Utilisez un autre moyen, ou réessayez plus tard.",
}
_HELP = Link("Aide de FranceConnect", "https://aide.franceconnect.gouv.fr/")


def trouble(visit: Visit[Any], *, is_signed_in: bool) -> Trouble | None:
    """What the address says of a sign-in, None for nothing. A return seen twice is none for who is signed in."""
    ending = _ENDINGS.get(visit.query.get("souci", ""))
    if ending is None or is_signed_in:
        return None
    return Trouble(
        text=visit.tenant.named(" ".join(filter(None, (ending.value, _OTHER_WAY.get(ending))))),
        is_information=ending is Ending.CANCELLED,
        help=_HELP if ending is Ending.NOT_CONFIRMED and visit.tenant.provider_name == FRANCECONNECT else None,
    )
