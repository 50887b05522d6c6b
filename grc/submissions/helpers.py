"""Who fills in a form for somebody else: what they declare of themselves, and what is wrong with it.

The person helped stays the applicant, named in the form as always (CRPA R112-9-1). Of the helper: who they are, for
whom they work, how to reach them, and that they have the person's agreement. No proof of identity is asked.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any, Self

from grc.errors import Problem
from grc.forms.formats import FORMATS, composed
from grc.franceconnect.claims import PivotIdentity

RELATIVE = "relative"
AIDANTS_CONNECT = "aidants_connect"
QUALITIES: Mapping[str, str] = {
    RELATIVE: "proche",
    "france_services": "conseiller France services",
    AIDANTS_CONNECT: "aidant habilité Aidants Connect",
    "professional": "professionnel",
}
"""In what quality somebody helps, and the words for it after a name."""
BY_FRANCECONNECT = "franceconnect"
"""The account of the helper, signed in with FranceConnect, bears the names declared."""
BY_AIDANTS_CONNECT = AIDANTS_CONNECT
"""FranceConnect said that Aidants Connect brought this identity, which is the person's: the account is theirs."""

_NAME = re.compile(r"[^\W\d_](?:[^\W\d_]|[ '’-])*")
_ORGANISATION = re.compile(r"[^\W_](?:[^\W_]|[ '’&()°,-])*")
_LONGEST = 100
_FILLING = re.compile(r"[\s.\-‐‑–—/]|\(0\)")


@dataclass(frozen=True)
class Helper:
    """A helper as declared. mandated_on: the day on which they said to have the person's agreement.

    is_copied: the person agreed that the helper gets a copy of messages and of requests for documents. vouched_by: what
    stands behind it, a BY_… or "" for a mere declaration. repr shows no personal data.
    """

    quality: str
    given_names: str
    family_name: str
    organisation: str = ""
    email: str = ""
    telephone: str = ""
    mandated_on: str = ""
    is_copied: bool = False
    vouched_by: str = ""

    def __repr__(self) -> str:
        return f"Helper({self.quality!r})"

    @property
    def name(self) -> str:
        """First names and name, on one line."""
        return f"{self.given_names} {self.family_name}".strip()

    @property
    def words(self) -> str:
        """ "Camille Modèle (conseiller France services, Maison de l’Exemple)"."""
        told = ", ".join(part for part in (QUALITIES.get(self.quality, ""), self.organisation) if part)
        return f"{self.name} ({told})" if told else self.name

    @property
    def agreed_on(self) -> date | None:
        """The day on which they said to have the person's agreement."""
        return date.fromisoformat(self.mandated_on) if self.mandated_on else None

    @property
    def has_own_account(self) -> bool:
        """Whether the account that holds the demande is the helper's, and not that of the person helped."""
        return self.vouched_by != BY_AIDANTS_CONNECT

    def writes_at(self, address: str) -> bool:
        """Whether this address is the helper's own: the person helped has none, and is written to on paper."""
        return bool(self.email) and self.email.lower() == address.lower()

    def as_json(self) -> dict[str, Any]:
        """What is stored with the draft, then with the demande."""
        return {each.name: getattr(self, each.name) for each in fields(self)}

    @classmethod
    def of(cls, stored: Mapping[str, Any] | None) -> Self | None:
        """The helper that `as_json` wrote; None where nobody helps."""
        if stored is None:
            return None
        return cls(**{each.name: stored[each.name] for each in fields(cls) if each.name in stored})


def renewed(stored: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """The helper of a former demande, for another that starts from it: the agreement is to be declared anew."""
    helper = Helper.of(stored)
    return None if helper is None else replace(helper, mandated_on="", is_copied=False).as_json()


def read(said: Mapping[str, str], *, today: date, account: PivotIdentity | None) -> tuple[Helper, tuple[Problem, ...]]:
    """The helper as declared, and what is wrong with it. account: who is signed in in this browser, None for nobody."""
    helper = Helper(
        quality=said.get("quality", "") if said.get("quality", "") in QUALITIES else "",
        given_names=_line(said.get("given_names", "")),
        family_name=_line(said.get("family_name", "")),
        organisation="" if said.get("quality") == RELATIVE else _line(said.get("organisation", "")),
        email=said.get("email", "").strip(),
        telephone=_telephone(said.get("telephone", "")),
        mandated_on=today.isoformat() if said.get("mandate") == "yes" else "",
        is_copied=said.get("copied") == "yes",
    )
    helper = _vouched(helper, account)
    return helper, tuple(_problems(helper))


def is_of_aidants_connect(account: PivotIdentity | None) -> bool:
    """Whether Aidants Connect brought this identity: FranceConnect then tells what the mandate covers (`rep_scope`)."""
    return account is not None and bool(account.rep_scope)


def _vouched(helper: Helper, account: PivotIdentity | None) -> Helper:
    if account is None:
        return helper
    if is_of_aidants_connect(account):
        return replace(helper, quality=AIDANTS_CONNECT, vouched_by=BY_AIDANTS_CONNECT)
    given = {account.given_name, *account.given_names[:1]}
    known = _bears(given, helper.given_names) and _bears(
        {account.family_name, account.preferred_username}, helper.family_name
    )
    return replace(helper, vouched_by=BY_FRANCECONNECT) if known else helper


def proposed(account: PivotIdentity | None) -> dict[str, str]:
    """What the helper's form starts from: the names of who is signed in, unless they are the person's own."""
    if account is None or is_of_aidants_connect(account):
        return {}
    first = account.given_names[0] if account.given_names else account.given_name
    told = {"given_names": first, "family_name": account.preferred_username or account.family_name}
    return {**told, "email": account.email}


def _bears(names: Collection[str], said: str) -> bool:
    return bool(said) and said.casefold() in {_line(name).casefold() for name in names}


def _problems(helper: Helper) -> Iterator[Problem]:
    wanted = (
        ("quality", bool(helper.quality), "Choisissez à quel titre cette personne est aidée."),
        ("given_names", _is(_NAME, helper.given_names), "Saisissez le prénom de qui aide, en lettres."),
        ("family_name", _is(_NAME, helper.family_name), "Saisissez le nom de famille de qui aide, en lettres."),
        (
            "organisation",
            _is(_ORGANISATION, helper.organisation) if helper.quality not in ("", RELATIVE) else True,
            "Saisissez le nom de votre organisme, sans adresse de site.",
        ),
        (
            "email",
            not helper.email or FORMATS["email"].holds(helper.email),
            "Saisissez votre adresse électronique en entier, par exemple camille.modele@organisme.example.",
        ),
        (
            "telephone",
            not helper.telephone or FORMATS["phone-fr"].holds(helper.telephone),
            "Saisissez les dix chiffres de votre téléphone, par exemple 01 99 00 12 34.",
        ),
        ("email", bool(helper.email or helper.telephone), "Donnez l’adresse électronique ou le téléphone de qui aide."),
        (
            "copied",
            not helper.is_copied or bool(helper.email),
            "Donnez votre adresse électronique : les copies y partent.",
        ),
        ("mandate", bool(helper.mandated_on), "Cochez la case si la personne est d’accord. Sinon, arrêtez ici."),
    )
    seen = set()
    for name, is_well, message in wanted:
        if not is_well and name not in seen:
            seen.add(name)
            yield Problem(name, "required", message)


def _is(pattern: re.Pattern[str], text: str) -> bool:
    return len(text) <= _LONGEST and pattern.fullmatch(text) is not None


def _line(text: str) -> str:
    return " ".join(composed(text[: 4 * _LONGEST]).split())


def _telephone(text: str) -> str:
    number = _FILLING.sub("", text.strip()[:40])
    number = "+" + number[2:] if number.startswith("00") else number
    return "0" + number[3:] if number.startswith("+33") else number
