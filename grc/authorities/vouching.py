"""Whom ProConnect vouches for, and whether that person's organisation is the authority: no rights come from there."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from grc.franceconnect import registration

SECOND_FACTOR = frozenset(registration.USUAL[registration.PROCONNECT]["acr"])
"""The levels that hold a second factor: asked as essential, checked at the return."""
_LA_POSTE = "356000000"
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+")


@dataclass(frozen=True)
class Vouched:
    """Who ProConnect says is there; the key is (issuer, subject). email and names are for an administrator's eyes.

    siret: fourteen digits, or "" where the provider tells none that can be one. repr shows no personal data.
    """

    issuer: str
    subject: str = field(repr=False)
    acr: str = ""
    siret: str = field(default="", repr=False)
    email: str = field(default="", repr=False)
    given_name: str = field(default="", repr=False)
    family_name: str = field(default="", repr=False)

    @property
    def has_second_factor(self) -> bool:
        """Whether the level says that a second factor was given."""
        return self.acr in SECOND_FACTOR


@dataclass(frozen=True)
class Organisation:
    """The establishments whose agents may come in. by_siren: the other establishments of the same legal person too."""

    sirets: frozenset[str]
    by_siren: bool = False

    def holds(self, siret: str) -> bool:
        """Whether the establishment is one of the authority's; never for a number that cannot be one, nor without."""
        if not is_siret(siret):
            return False
        return siret in self.sirets or (self.by_siren and siret[:9] in {own[:9] for own in self.sirets})


def vouched(claims: Mapping[str, Any], *, issuer: str, acr: str) -> Vouched:
    """The person of verified claims; `sub` must be there. What is not a sensible text counts as absent."""
    email, siret = _text(claims.get("email"), 254).lower(), _text(claims.get("siret"), 14)
    return Vouched(
        issuer=issuer,
        subject=str(claims["sub"]),
        acr=acr,
        siret=siret if is_siret(siret) else "",
        email=email if _EMAIL.fullmatch(email) else "",
        given_name=_text(claims.get("given_name"), 100),
        family_name=_text(claims.get("usual_name"), 100),
    )


def organisation(siret: str, establishments: Iterable[str] | None, options: Mapping[str, Any] | None) -> Organisation:
    """The authority's, from its own SIRET, its other establishments and its client's options ("organisation": "siren").

    A number that cannot be a SIRET is left out: an authority without any lets nobody in by ProConnect.
    """
    listed = frozenset(number for number in (siret, *(establishments or ())) if is_siret(number))
    return Organisation(listed, by_siren=(options or {}).get("organisation") == "siren")


def is_siret(text: str) -> bool:
    """Whether the text is fourteen digits with a right key: Luhn's, or for La Poste a sum that five divides."""
    if re.fullmatch(r"[0-9]{14}", text) is None or text == "0" * 14:
        return False
    return _luhn(text) or (text.startswith(_LA_POSTE) and sum(map(int, text)) % 5 == 0)


def _luhn(digits: str) -> bool:
    doubled = (int(digit) * (2 if at % 2 else 1) for at, digit in enumerate(reversed(digits)))
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def _text(value: object, longest: int) -> str:
    """The text of a claim in one normal form; "" for what is no text or too long to be one."""
    if not isinstance(value, str) or len(value) > longest:
        return ""
    shown = "".join(c for c in value if unicodedata.category(c) not in {"Cc", "Cs", "Cf"})
    return unicodedata.normalize("NFC", shown).strip()
