"""Claims of FranceConnect, read once into a PivotIdentity: nothing here crashes on an absent or odd claim."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

FORMAT = 1
GENDERS = frozenset({"female", "male", "unspecified"})
_LONGEST = 1000
_IDP_BIRTHDATE = re.compile(r"\d{4}-(00-00|(0[1-9]|1[0-2])-(0[0-9]|[12]\d|3[01]))", re.ASCII)
_REAL_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


@dataclass(frozen=True)
class PivotIdentity:
    """Who FranceConnect says is there. The account's key is (iss, sub), never the e-mail (nor any name).

    family_name: birth name, as the register has it (for eIDAS citizens, the current name). given_name: all given
    names in one text; given_names: their only safe split, empty when the provider gives none. preferred_username:
    the name in use, display only. birthdate: a day or month unknown to the register became 01; idp_birthdate keeps
    "1958-00-00" where the provider has it. birthplace: INSEE code as text ("2A004"), empty when born abroad; free
    text for eIDAS. email: a proposal to confirm, chosen at the identity provider and unverified.
    rep_scope: what the mandate covers when an Aidants Connect helper signed in for the person, else empty.
    An absent claim is "" (None for birthdate). repr shows no personal data.
    """

    iss: str
    sub: str = field(repr=False)
    acr: str
    given_name: str = field(default="", repr=False)
    given_names: tuple[str, ...] = field(default=(), repr=False)
    family_name: str = field(default="", repr=False)
    preferred_username: str = field(default="", repr=False)
    birthdate: date | None = field(default=None, repr=False)
    gender: str = field(default="", repr=False)
    birthplace: str = field(default="", repr=False)
    birthcountry: str = field(default="", repr=False)
    email: str = field(default="", repr=False)
    idp_birthdate: str = field(default="", repr=False)
    rep_scope: tuple[str, ...] = field(default=(), repr=False)

    @property
    def birthdate_is_uncertain(self) -> bool:
        """Whether the day or month may be a stand-in: said by idp_birthdate, else suspected of a first of the month."""
        if self.idp_birthdate:
            return self.idp_birthdate.endswith("-00")
        return self.birthdate is not None and self.birthdate.day == 1

    @property
    def born_abroad(self) -> bool:
        """Whether the register places the birth outside France; False when no country is given."""
        return bool(self.birthcountry) and self.birthcountry != "99100"


def identity(claims: Mapping[str, Any], *, iss: str, acr: str) -> PivotIdentity:
    """The identity of verified userinfo claims; `sub` must be there (checked by grc.franceconnect.tokens)."""
    return PivotIdentity(
        iss=iss,
        sub=str(claims["sub"]),
        acr=acr,
        given_name=_text(claims.get("given_name")),
        given_names=_texts(claims.get("given_name_array")),
        family_name=_text(claims.get("family_name")),
        preferred_username=_text(claims.get("preferred_username")),
        birthdate=_date(claims.get("birthdate")),
        gender=_one_of(GENDERS, claims.get("gender")),
        birthplace=_text(claims.get("birthplace")),
        birthcountry=_text(claims.get("birthcountry")),
        email=_text(claims.get("email")),
        idp_birthdate=_idp_birthdate(claims.get("idp_birthdate")),
        rep_scope=_words(claims.get("rep_scope")),
    )


def as_json(person: PivotIdentity) -> dict[str, Any]:
    """A JSON object that `from_json` reads back, with its format number."""
    return {
        "format": FORMAT,
        "iss": person.iss,
        "sub": person.sub,
        "acr": person.acr,
        "given_name": person.given_name,
        "given_names": list(person.given_names),
        "family_name": person.family_name,
        "preferred_username": person.preferred_username,
        "birthdate": person.birthdate.isoformat() if person.birthdate else None,
        "gender": person.gender,
        "birthplace": person.birthplace,
        "birthcountry": person.birthcountry,
        "email": person.email,
        "idp_birthdate": person.idp_birthdate,
        "rep_scope": list(person.rep_scope),
    }


def from_json(stored: Mapping[str, Any]) -> PivotIdentity:
    """The identity that `as_json` wrote; raises ValueError for another format."""
    if stored.get("format") != FORMAT:
        raise ValueError(f"identity of format {stored.get('format')!r}")
    claims = {**stored, "given_name_array": stored.get("given_names")}
    return identity(claims, iss=str(stored["iss"]), acr=str(stored["acr"]))


def _text(value: object) -> str:
    """The text of a claim in one normal form, without control characters; "" for what is not a sensible text."""
    if not isinstance(value, str) or len(value) > _LONGEST:
        return ""
    shown = "".join(c for c in value if unicodedata.category(c) not in {"Cc", "Cs"})
    return unicodedata.normalize("NFC", shown).strip()


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list | tuple):
        return ()
    return tuple(text for text in map(_text, value) if text)


def _words(value: object) -> tuple[str, ...]:
    """The words of a claim that is a list or a text of them."""
    return _texts(_text(value).split() if isinstance(value, str) else value)


def _one_of(allowed: frozenset[str], value: object) -> str:
    return value if isinstance(value, str) and value in allowed else ""


def _date(value: object) -> date | None:
    if not isinstance(value, str) or _REAL_DATE.fullmatch(value) is None:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def _idp_birthdate(value: object) -> str:
    return value if isinstance(value, str) and _IDP_BIRTHDATE.fullmatch(value) else ""
