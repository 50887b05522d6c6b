"""What the page of a list tells of the slots that were just made: how many, and the days that have none."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from grc.bookings.series import MOST_WEEKS, Made
from grc.receipts.wording import long_date
from grc.web.frame import Flash

CODE = "liste-creneaux"
_COUNT = re.compile(r"[1-9]\d{0,2}", re.ASCII)


def query(made: Made) -> str:
    """What the address of the page after says."""
    return f"fait={CODE}&crees={made.slots}&sans={','.join(day.isoformat() for day in made.closed)}"


def flash(said: Mapping[str, str]) -> Flash | None:
    """The words of an address that says it, None for another."""
    count, days = said.get("crees", ""), said.get("sans", "").split(",")[:MOST_WEEKS]
    if said.get("fait") != CODE or not _COUNT.fullmatch(count):
        return None
    title = "Un créneau est créé." if count == "1" else f"{count}\u00a0créneaux sont créés."
    without = [long_date(day) for day in map(_day, days) if day]
    if not without:
        return Flash(title, "Les formulaires les proposent déjà.")
    return Flash(title, f"Ces jours, fériés ou de fermeture, n’en ont pas\u00a0: {', '.join(without)}.")


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None
