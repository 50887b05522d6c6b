"""What the pages that publish a procedure share: nothing is done of what was not shown, and what changes is told."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from grc.catalogue import differences, telling
from grc.catalogue.differences import Difference
from grc.errors import Problem
from grc.receipts.wording import short_date
from grc.web.admin.procedure_words import WORDS, sentence

PLAN = "plan"
"""The hidden input of each form that publishes: the digest of the plan that its page shows."""
_UNSEEN = Problem("", "unseen", "Rien n’est encore publié. Lisez ce qui se ferait, puis confirmez.")
_CHANGED = Problem(
    "", "stale", "Ce qui se ferait a changé depuis que vous l’avez lu. Rien n’est publié\u00a0: relisez-le."
)
_OF_ALL = {
    "contrôles": "Les contrôles du formulaire",
    "circuit": "Le circuit, à côté de ses étapes",
    "ordre des pages": "L’ordre des pages",
    "formulaire": "Ce que le formulaire accepte, à côté de ses questions",
    "affichage": "L’affichage du formulaire",
    "fichier": "Le fichier de la démarche",
}
_RULES = {
    "question": "ce qui est accepté, ou quand elle se montre",
    "étape": "ce qui s’y fait, par qui, ou dans quel délai",
}


@dataclass(frozen=True)
class Changed:
    """One thing that is said or done otherwise. before, after: in words, around all that differs."""

    what: str
    name: str
    before: str
    after: str


@dataclass(frozen=True)
class Changes:
    """What a plan changes for citizens and agents: all of it."""

    added: Sequence[str]
    removed: Sequence[str]
    said: Sequence[Changed]

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.said)


def refusal(seen: str) -> tuple[Problem, int]:
    """Why nothing was published of a plan that has no fault, and the status: it was not shown, or is another by now."""
    return (_CHANGED, 409) if seen else (_UNSEEN, 422)


def changes(found: Sequence[Difference], *, besides: Collection[str] = ()) -> Changes:
    """The differences in words. besides: keys that are told elsewhere on the page."""
    told = [each for each in found if each.key not in besides]
    return Changes(
        added=[_thing(each) for each in told if each.kind == "added"],
        removed=[_thing(each) for each in told if each.kind == "removed"],
        said=[_said(each) for each in told if each.kind in ("words", "rules")],
    )


def _thing(each: Difference) -> str:
    return sentence(f"{each.what} «\u00a0{each.title}\u00a0»")


def _said(each: Difference) -> Changed:
    before, after = telling.excerpts(_value(each.before), _value(each.after))
    named = each.what == "démarche"
    what = _OF_ALL.get(each.title, sentence(each.title)) if named else _thing(each)
    rules = "" if named else _RULES.get(each.what, "quand cela se montre")
    return Changed(what, rules if each.name == differences.RULES else WORDS.get(each.name, ""), before, after)


def _value(value: object) -> str:
    if isinstance(value, str):
        try:
            return short_date(date.fromisoformat(value))
        except ValueError:
            pass
    return telling.text(value)
