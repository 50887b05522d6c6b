"""« Pourquoi cette date ? »: the steps of a reckoning in French, each with its articles."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache

from grc.deadlines.appeals import AppealPeriod
from grc.deadlines.silence import Reckoning, SilenceRule, Step, StepCode
from grc.receipts import wording
from grc.receipts.sentences import period
from grc.receipts.wording import long_date, short_date, typeset


@lru_cache(maxsize=512)
def of_silence(reckoning: Reckoning, *, source: str = "") -> tuple[str, ...]:
    """How the implicit decision date was reached, one sentence a step, the articles in brackets.

    source: the text that the procedure cites for its rule of silence; it stands with the step of the period.
    """
    return tuple(_sentence(step, reckoning.rule, source) for step in reckoning.steps)


def of_appeal(appeal: AppealPeriod) -> tuple[str, ...]:
    """How the last day of appeal was reached."""
    steps = [
        f"Le délai de recours de {wording.months(appeal.months)} commence le {short_date(appeal.started_on)} et se "
        f"compte de date à date, jusqu’au {short_date(appeal.month_later_on)} (CJA art. R421-1 et R421-2).",
        f"Ce délai est franc : un jour de plus, le {short_date(appeal.franc_on)} (CE, 3 décembre 2018, n° 417292).",
    ]
    if appeal.last_on != appeal.franc_on:
        steps.append(
            f"Le {long_date(appeal.franc_on)} n’est pas un jour ouvré : le délai court jusqu’au "
            f"{long_date(appeal.last_on)} (CE, 19 septembre 2014, n° 362568)."
        )
    return tuple(typeset(step) for step in steps)


def _sentence(step: Step, rule: SilenceRule, source: str) -> str:
    articles = ", ".join(step.articles)
    if step.code in ("period", "month_end") and source and source not in articles:
        articles = source
    return typeset(_WORDS[step.code](step, rule) + (f" ({articles})." if articles else "."))


def _received(step: Step, rule: SilenceRule) -> str:
    by = "l’autorité compétente" if rule.kind == "acceptance" else "la première administration saisie"
    return f"Demande reçue par {by} le {short_date(step.on)}"


def _period(step: Step, rule: SilenceRule) -> str:
    becomes = "acceptation" if rule.kind == "acceptance" else "refus"
    return f"Le silence vaut {becomes} au bout de {period(rule.period, rule.unit)} : le {short_date(step.on)}"


def _month_end(step: Step, rule: SilenceRule) -> str:
    return f"{_period(step, rule)}, dernier jour du mois, car le mois n’a pas de jour de même numéro"


def _not_moved(step: Step, _: SilenceRule) -> str:
    return f"Cette date est un {long_date(step.on).split()[0]} : elle n’est pas reportée au jour ouvré suivant"


def _suspended(step: Step, _: SilenceRule) -> str:
    asked, again = short_date(step.since), short_date(step.until)
    moved = f"{wording.days(step.days)} de plus" if step.days else "aucun jour de plus"
    return f"Pièces demandées le {asked} : délai suspendu jusqu’au {again}, {moved}, donc {short_date(step.on)}"


def _restarted(step: Step, rule: SilenceRule) -> str:
    again = period(rule.period, rule.unit)
    last = short_date(step.since)
    return f"Dernière pièce reçue le {last} : le délai de {again} recommence et se termine le {short_date(step.on)}"


def _waiting(step: Step, _: SilenceRule) -> str:
    asked = short_date(step.since)
    return f"Pièces demandées le {asked} et pas encore reçues : aucune acceptation ne peut naître du silence"


def _too_late(step: Step, _: SilenceRule) -> str:
    return f"Pièces demandées le {short_date(step.since)}, trop tard : la date du {short_date(step.on)} ne change pas"


_WORDS: Mapping[StepCode, Callable[[Step, SilenceRule], str]] = {
    "received": _received,
    "period": _period,
    "month_end": _month_end,
    "not_moved": _not_moved,
    "suspended": _suspended,
    "restarted": _restarted,
    "waiting": _waiting,
    "too_late": _too_late,
}
