"""The periods of the invented leisure centres, all to come: Wednesdays of a month, weeks of holidays."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from grc.deadlines.periods import add_months
from grc.forms.days import in_words
from grc.lists.commands import Facts

_WEDNESDAY = 2
_YOUNG, _OLD = (3, 5), (6, 11)
_DAYS_TO_CLOSE = 10
"""How long before the first day a period is no longer offered."""


def sessions(slug: str, today: date) -> Sequence[Facts]:
    """The periods of a commune, none of which is closed yet: a small one has fewer places and no sailing."""
    is_small = slug != "tilleul"
    places = 8 if is_small else 24
    found = [*_wednesdays(today, places), *_weeks(today, places)]
    return found if is_small else [*found, _sailing(today)]


def _wednesdays(today: date, places: int) -> Iterator[Facts]:
    """Those of the two months that follow the next one, by age."""
    for number in (1, 2):
        month = add_months(today.replace(day=1), number + 1)
        first = _from(month, _WEDNESDAY)
        last = first + timedelta(days=21)
        name = in_words(month).split("\u00a0", 1)[1]
        of = "d’" if name[0] in "ao" else "de "
        for ages in (_YOUNG, _OLD):
            yield _session(f"mercredis-{number}", f"mercredis {of}{name}", first, last, ages, price=6000, places=places)


def _weeks(today: date, places: int) -> Iterator[Facts]:
    """Two weeks in a row, from a Monday in some ten weeks."""
    monday = _from(today + timedelta(days=70), 0)
    for number, first in enumerate((monday, monday + timedelta(days=7)), start=1):
        last = first + timedelta(days=4)
        for ages in (_YOUNG, _OLD):
            yield _session(f"semaine-{number}", _spoken(first, last), first, last, ages, price=7500, places=places)


def _sailing(today: date) -> Facts:
    first = _from(today + timedelta(days=126), 0)
    last = first + timedelta(days=4)
    return _session(
        "voile", f"voile, {_spoken(first, last)}", first, last, (8, 13), price=11000, places=12, swimming=True
    )


def _from(day: date, weekday: int) -> date:
    """The first such day of the week, that day or later."""
    return day + timedelta(days=(weekday - day.weekday()) % 7)


def _spoken(first: date, last: date) -> str:
    """« du 15 au 19 février 2027 »; each day with its month where they differ."""
    day = in_words(first).split("\u00a0")[0] if first.month == last.month else in_words(first)
    return f"du {day} au {in_words(last)}"


def _session(
    slug: str, what: str, first: date, last: date, ages: tuple[int, int], *, price: int, places: int, **more: Any
) -> Facts:
    """The label begins with the ages: a telephone shows the beginning of what was chosen.

    slug: without the ages; the same whatever the day, so that examples find it. price: the highest, in cents.
    """
    youngest, oldest = ages
    facts = {
        "first_day": first.isoformat(),
        "last_day": last.isoformat(),
        "age_from": youngest,
        "age_to": oldest,
        "hours": "de 8 h à 18 h",
        "meal": True,
        "price": price,
        "places": places,
        "closes_on": (first - timedelta(days=_DAYS_TO_CLOSE)).isoformat(),
        **more,
    }
    return Facts(f"{youngest} à {oldest} ans, {what}", facts, f"{slug}-{youngest}-{oldest}")
