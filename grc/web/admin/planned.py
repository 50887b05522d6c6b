"""What the pages that publish a procedure share: nothing is done of what was not shown, and what changes is told."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from grc.catalogue import differences
from grc.catalogue.differences import Difference
from grc.errors import Problem
from grc.receipts.wording import short_date
from grc.web.admin.procedure_words import WORDS, sentence

PLAN = "plan"
"""The hidden input of each form that publishes: the digest of the plan that its page shows."""
_MOST = 60
_UNSEEN = Problem("", "unseen", "Rien n’est encore publié. Lisez ce qui se ferait, puis confirmez.")
_CHANGED = Problem(
    "", "stale", "Ce qui se ferait a changé depuis que vous l’avez lu. Rien n’est publié\u00a0: relisez-le."
)
_OF_ALL = {
    "contrôles": "Les contrôles du formulaire",
    "circuit": "Le circuit, à côté de ses étapes",
    "ordre des pages": "L’ordre des pages",
}
_RULES = {
    "question": "ce qui est accepté, ou quand elle se montre",
    "étape": "ce qui s’y fait, par qui, ou dans quel délai",
}


@dataclass(frozen=True)
class Changed:
    """One thing that is said otherwise. before, after: in words, shortened around what differs."""

    what: str
    name: str
    before: str
    after: str


@dataclass(frozen=True)
class Changes:
    """What a plan changes for citizens and agents. rules: sentences. left: how many changes are not told."""

    added: Sequence[str]
    removed: Sequence[str]
    said: Sequence[Changed]
    rules: Sequence[str]
    left: int = 0

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.said or self.rules)


def refusal(seen: str) -> tuple[Problem, int]:
    """Why nothing was published of a plan that has no fault, and the status: it was not shown, or is another by now."""
    return (_CHANGED, 409) if seen else (_UNSEEN, 422)


def changes(found: Sequence[Difference], *, besides: Collection[str] = ()) -> Changes:
    """The differences in words. besides: keys that are told elsewhere on the page."""
    every = [each for each in found if each.key not in besides]
    told = every[:_MOST]
    return Changes(
        added=[_thing(each) for each in told if each.kind == "added"],
        removed=[_thing(each) for each in told if each.kind == "removed"],
        said=[_said(each) for each in told if not _is_bare(each)],
        rules=[_rule(each) for each in told if each.kind == "rules" and _is_bare(each)],
        left=len(every) - len(told),
    )


def _is_bare(each: Difference) -> bool:
    return each.before is None and each.after is None


def _thing(each: Difference) -> str:
    return sentence(f"{each.what} «\u00a0{each.title}\u00a0»")


def _said(each: Difference) -> Changed:
    before, after = differences.excerpts(_value(each.before), _value(each.after))
    what = sentence(each.title) if each.what == "démarche" else _thing(each)
    return Changed(what, WORDS.get(each.name, ""), before, after)


def _rule(each: Difference) -> str:
    if each.what == "démarche":
        return _OF_ALL.get(each.title, sentence(each.title))
    told = _RULES.get(each.what, "quand cela se montre")
    return f"{_thing(each)}\u00a0: {told}"


def _value(value: object) -> str:
    if isinstance(value, str):
        try:
            return short_date(date.fromisoformat(value))
        except ValueError:
            pass
    return differences.text(value)
