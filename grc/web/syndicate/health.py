"""What is missing or about to end in what a commune states, and how its mails stand, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from grc.authorities import statements
from grc.authorities.views import AuthorityView
from grc.outbox.delivery import Health


@dataclass(frozen=True)
class Remark:
    """Something about a commune that its syndicate may help with. is_grave: the law or people wait for it now."""

    text: str
    is_grave: bool = False


def remarks(authority: AuthorityView, mails: Health | None, *, today: date, now: datetime) -> list[Remark]:
    """Everything to look at, the gravest first; [] when all is well."""
    found = [*_mails(mails, now), *_statements(authority, today)]
    return sorted(found, key=lambda one: not one.is_grave)


def ends(texts: Mapping[str, Any]) -> date | None:
    """The last day of the security attestation, None without a dated one."""
    return statements.day(texts, "security", "ends_on")


def _mails(mails: Health | None, now: datetime) -> list[Remark]:
    if mails is None:
        return []
    late = "Des courriels attendent depuis plus de quinze minutes."
    found = [Remark(late, is_grave=True)] if mails.is_late(now) else []
    return [*found, Remark(f"Envois abandonnés : {mails.dead}.", is_grave=True)] if mails.dead else found


def _statements(authority: AuthorityView, today: date) -> list[Remark]:
    """What the law wants said, as the commune's administrators are told it; an attestation that has ended is grave."""
    ended_on = ends(authority.texts)
    has_ended = ended_on is not None and ended_on < today
    has_officer = bool(authority.data_protection_contact)
    due = statements.due(authority.texts, has_officer=has_officer, today=today)
    found = [Remark(one.sentence, is_grave=one.statement == "security" and has_ended) for one in due]
    return found if authority.sender_address else [*found, Remark("Donnez l’adresse d’où partent les courriels.")]
