"""What people read of the days on which the town hall, or a service, is closed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from grc.authorities.closures import ClosureView
from grc.web.platform import Tenant
from grc.web.typography import day


def told(tenant: Tenant, today: date, service_id: int | None = None) -> Sequence[str]:
    """The closures to read of today, a sentence each: of the authority, and of the service when there is one."""
    near = [one for one in tenant.closures if one.is_near(today)]
    return [sentence(one, tenant.authority.kind) for one in near if one.service_id in (None, service_id)]


def sentence(closure: ClosureView, kind: str) -> str:
    """A closure in words. kind: of the authority."""
    whom = f"{closure.service}\u00a0: fermé" if closure.service else _CLOSED.get(kind, "Nos bureaux sont fermés")
    because = f" ({closure.reason})" if closure.reason else ""
    return f"{whom} {days(closure)}{because}."


def days(closure: ClosureView) -> str:
    """The days of a closure: « le 24 décembre 2026 », « du 24 décembre 2026 au 2 janvier 2027 »."""
    if closure.first_on == closure.last_on:
        return f"le {day(closure.first_on)}"
    return f"du {day(closure.first_on)} au {day(closure.last_on)}"


_CLOSED = {"municipality": "La mairie est fermée"}
