"""What is missing or about to end in what a commune states, and how its mails stand, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from grc.authorities.views import AuthorityView
from grc.outbox.delivery import Health

SOON = timedelta(days=60)
"""How long before its end an attestation is told of."""


@dataclass(frozen=True)
class Remark:
    """Something about a commune that its syndicate may help with. is_grave: the law or people wait for it now."""

    text: str
    is_grave: bool = False


def remarks(authority: AuthorityView, mails: Health | None, *, today: date, now: datetime) -> list[Remark]:
    """Everything to look at, the gravest first; [] when all is well."""
    found = [*_mails(mails, now), *_statements(authority), *_attestation(authority.texts, today)]
    return sorted(found, key=lambda one: not one.is_grave)


def _mails(mails: Health | None, now: datetime) -> list[Remark]:
    if mails is None:
        return []
    found = (
        [Remark("Des courriels attendent depuis plus de quinze minutes", is_grave=True)] if mails.is_late(now) else []
    )
    if mails.dead:
        found.append(Remark(f"Envois abandonnés : {mails.dead}", is_grave=True))
    return found


def _statements(authority: AuthorityView) -> list[Remark]:
    """What the law wants said and is not: R112-11-3, RGPD article 37, RGAA, LCEN."""
    accessibility, legal = (_mapping(authority.texts, name) for name in ("accessibility", "legal"))
    wanted = (
        (authority.sender_address, "Pas d’adresse d’envoi publiée"),
        (authority.data_protection_contact, "Pas de délégué à la protection des données"),
        (accessibility.get("stated_on"), "Pas de déclaration d’accessibilité datée"),
        (legal.get("director"), "Pas de directeur de la publication"),
    )
    return [Remark(text) for value, text in wanted if not value]


def _attestation(texts: Mapping[str, Any], today: date) -> list[Remark]:
    """The security attestation (RGS): absent, ended, about to end."""
    ends_on = ends(texts)
    if ends_on is None:
        return [Remark("Pas d’attestation de sécurité")]
    told = f"{ends_on:%d/%m/%Y}"
    if ends_on < today:
        return [Remark(f"Attestation de sécurité échue le {told}", is_grave=True)]
    return [Remark(f"Attestation de sécurité à renouveler avant le {told}")] if ends_on - today <= SOON else []


def ends(texts: Mapping[str, Any]) -> date | None:
    """The last day of the security attestation, None without a dated one."""
    written = _mapping(texts, "security").get("ends_on")
    try:
        return date.fromisoformat(written) if isinstance(written, str) else None
    except ValueError:
        return None


def _mapping(texts: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = texts.get(name)
    return found if isinstance(found, Mapping) else {}
