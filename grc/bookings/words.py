"""The sentences that say what is taken, what is left, and when else."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from grc.bookings.wanted import ALWAYS, Span, Wanted
from grc.forms.days import in_words

UNDATED = "Ce qui est demandé n’a pas de jour dans cette liste\u00a0: proposez autre chose, ou complétez la liste."
BEYOND = "Cette année n’est pas possible. Vérifiez la date."
_MOST_NAMED = 3
_UNDER_ITS_REFERENCE = "Donnez la référence de la demande comme raison, puis recommencez."


def taken(wanted: Wanted, left: int, zone: str, *, others: Sequence[str], days: Sequence[Span]) -> str:
    """Why it cannot be taken, then what can: other things the same days, the same thing other days."""
    return " ".join([_why(wanted, left, zone), *_instead(wanted, zone, others, days)])


def full(wanted: Wanted, left: int, others: Sequence[str]) -> str:
    """Why so many places of it cannot be taken, then where there are some."""
    name = f"«\u00a0{wanted.label}\u00a0»"
    why = f"{name}\u00a0: il n’en reste que {left}." if left else f"{name} est complet."
    return " ".join([why, *_others(others)]) if others else f"{why} Choisissez autre chose, ou téléphonez au service."


def begun(label: str) -> str:
    """Why hours that have begun cannot be taken."""
    return f"«\u00a0{label}\u00a0» a déjà commencé. Choisissez un autre moment."


def left(number: int) -> str:
    """What a form says beside an item of places: how many are left, or that one more would wait."""
    return f"{number}\u00a0place{'s' if number > 1 else ''}" if number else "complet\u00a0: liste d’attente"


def unsaid(*, has_days: bool) -> str:
    """What the agent does where the answers of a paper demande do not say what it asks for."""
    if has_days:
        return f"Les réponses ne disent ni quoi ni quand\u00a0: gardez les jours dans l’agenda. {_UNDER_ITS_REFERENCE}"
    return "Les réponses ne disent pas quoi\u00a0: rien n’est compté pour cette demande. Ôtez-le de la liste."


def unknown(label: str) -> str:
    """Why what a demande asks for cannot be taken of a list that does not have it, and what the agent does."""
    return (
        f"«\u00a0{label}\u00a0» n’est pas dans la liste\u00a0: gardez les jours dans l’agenda. {_UNDER_ITS_REFERENCE}"
    )


def when(span: Span, zone: str) -> str:
    """« du 11 avril 2027 au 12 avril 2027 », « le 11 avril 2027 de 14 h à 18 h 30 »; "" for ever."""
    if (span.starts_at, span.ends_at) == ALWAYS:
        return ""
    start, end = (each.astimezone(ZoneInfo(zone)) for each in (span.starts_at, span.ends_at))
    if span.is_days:
        last, first = (end - timedelta(days=1)).date(), in_words(start.date())
        return f"le {first}" if last <= start.date() else f"du {first} au {in_words(last)}"
    return f"le {in_words(start.date())} de {_hour(start)} à {_hour(end)}"


def _why(wanted: Wanted, left: int, zone: str) -> str:
    moment, name = when(wanted.span, zone), f"«\u00a0{wanted.label}\u00a0»"
    if wanted.quantity == 1 and left == 0:
        return f"{name} n’est pas libre {moment}."
    if left == 0:
        return f"{name}\u00a0: il n’en reste plus {moment}."
    return f"{name}\u00a0: il n’en reste que {left} {moment}."


def _instead(wanted: Wanted, zone: str, others: Sequence[str], days: Sequence[Span]) -> list[str]:
    said = []
    if days:
        said.append(f"Libre {' ou '.join(when(each, zone) for each in days)}.")
    said += _others(others, same_days=wanted.span.is_days)
    return said or ["Choisissez autre chose, ou téléphonez au service."]


def _others(others: Sequence[str], *, same_days: bool = False) -> list[str]:
    if not others:
        return []
    named = ", ".join(f"«\u00a0{each}\u00a0»" for each in others[:_MOST_NAMED])
    same = "Ces jours-là, vous pouvez choisir" if same_days else "Vous pouvez choisir"
    return [f"{same}\u00a0: {named}."]


def _hour(moment: datetime) -> str:
    return f"{moment.hour}\u00a0h" + (f"\u00a0{moment.minute:02}" if moment.minute else "")
