"""« Pourquoi cette date ? »: the steps that lead to each date of the law, in French, each with its articles."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache

from grc.deadlines.appeals import AppealPeriod
from grc.deadlines.holidays import Holiday
from grc.deadlines.letters import RegisteredLetter
from grc.deadlines.periods import Code, Period, Term, Unit
from grc.deadlines.silence import Reckoning, SilenceRule, Step, StepCode
from grc.deadlines.transfers import Reception
from grc.deadlines.works import HalfDay
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
    """How the last day of appeal was reached, and by whom it was changed."""
    steps = [
        f"Le délai de recours de {wording.months(appeal.months)} commence le {short_date(appeal.started_on)} et se "
        f"compte de date à date, jusqu’au {short_date(appeal.month_later_on)} ({', '.join(appeal.articles)}).",
        f"Ce délai est franc : un jour de plus, le {short_date(appeal.franc_on)} (CE, 3 décembre 2018, n° 417292).",
    ]
    if appeal.override is not None:
        articles = "".join(f" ({one})" for one in appeal.override.articles)
        steps.append(
            f"Un agent a fixé ce dernier jour au {long_date(appeal.override.last_on)}{articles}. Son motif : "
            f"{wording.quoted(wording.plain(appeal.override.reason))}."
        )
    elif appeal.last_on != appeal.franc_on:
        steps.append(
            f"Le {long_date(appeal.franc_on)} n’est pas un jour ouvré : le délai court jusqu’au "
            f"{long_date(appeal.last_on)} (CE, 19 septembre 2014, n° 362568)."
        )
    return tuple(typeset(step) for step in steps)


def of_term(term: Term, *, since: str = "", rule: str = "") -> tuple[str, ...]:
    """How a date of the law was reached: from which day, how long, how it is counted, what was passed over.

    since, rule: for the clock of a workflow, which has its own words: what starts it, and its name.
    """
    start, said = _TERMS[term.code]
    length, day = _length(term.period), long_date(term.on)
    steps = [
        f"{since or start} le {long_date(term.since)} : ce jour ne compte pas.",
        f"{said.format(length=length, on=day, rule=rule)}{_cited(term.articles)}.",
        _COUNTS[term.period.unit],
    ]
    if term.shortened:
        steps.append(f"Le mois n’a pas de jour de même numéro : le délai se termine son dernier jour, le {day}.")
    if term.skipped:
        steps.append(f"Jours fériés non comptés : {' ; '.join(map(_holiday, term.skipped))}.")
    if term.code in UNCERTAIN:
        steps.append(UNCERTAIN[term.code])
    return tuple(typeset(step) for step in steps)


def of_last_day_to_notify(reckoning: Reckoning) -> tuple[str, ...]:
    """Why an express decision is notified the day before silence decides; empty where silence decides nothing."""
    if reckoning.due_on is None:
        return ()
    text = (
        f"Le silence décide le {short_date(reckoning.due_on)} : une décision se notifie la veille au plus tard, avant "
        "l’expiration du délai (CRPA art. L112-12)."
    )
    return (typeset(text),)


def of_reception(reception: Reception) -> tuple[str, ...]:
    """What a demande received elsewhere first changes; empty where nothing was sent on."""
    if not reception.is_transferred:
        return ()
    steps = [
        f"Une autre administration a reçu la demande le {short_date(reception.first_on)} : le délai au bout duquel le "
        "silence vaut refus part de ce jour (CRPA art. L114-2 et L114-3)."
    ]
    if reception.competent_on is not None:
        steps.append(
            f"L’autorité compétente l’a reçue le {short_date(reception.competent_on)} : le délai de l’accusé de "
            "réception, et celui au bout duquel le silence vaut acceptation, partent de ce jour (CRPA art. L114-3 et "
            "R112-11-2 al. 2)."
        )
    return tuple(typeset(step) for step in steps)


def of_notification(letter: RegisteredLetter, limit: Term, notified_on: date | None) -> tuple[str, ...]:
    """Why a registered electronic letter is notified on that day, or not yet. limit: `letters.consultation_limit`."""
    if notified_on is None:
        last = (
            f"Elle n’a pas encore été consultée : sa date se saura au plus tard le lendemain du {short_date(limit.on)}."
        )
    elif notified_on == letter.consulted_on:
        last = f"Première consultation le {short_date(notified_on)} : elle est notifiée ce jour-là (CRPA art. R112-20)."
    else:
        last = (
            "Pas de consultation avant la fin du délai : elle est réputée notifiée le jour de sa mise à disposition, "
            f"le {short_date(notified_on)} (CRPA art. R112-20)."
        )
    return (*of_term(limit), typeset(last))


def of_urgent_works(starts: HalfDay, answered: HalfDay) -> tuple[str, ...]:
    """Why the operator answers about urgent works in that half-day at the latest."""
    steps = (
        f"Travaux urgents prévus le {long_date(starts.on)}, {_PARTS[starts.part]}.",
        f"L’exploitant répond une demi-journée au moins avant : au plus tard le {long_date(answered.on)}, "
        f"{_PARTS[answered.part]} (C. env. art. R554-32).",
        "Les demi-journées comptées sont celles des jours ouvrés. Point incertain : le texte ne dit pas lesquelles.",
    )
    return tuple(typeset(step) for step in steps)


_TERMS: Mapping[Code, tuple[str, str]] = {
    "registration": (
        "Demande reçue",
        "Sans accusé de réception immédiat, l’accusé d’enregistrement part sous {length} : au plus tard le {on}",
    ),
    "acknowledgement": (
        "Demande reçue par l’autorité compétente",
        "L’accusé de réception, s’il n’est pas immédiat, part sous {length} : au plus tard le {on}",
    ),
    "withdrawal": (
        "Acceptation prise, ou née du silence,",
        "Illégale, elle peut être retirée pendant {length} : jusqu’au {on} inclus",
    ),
    "reasons": ("Motifs du refus demandés", "Ils sont donnés sous {length} : au plus tard le {on}"),
    "appeal_silence": ("Recours administratif formé", "Le silence le rejette au bout de {length} : le {on}"),
    "documents_access": (
        "Demande de document reçue par l’autorité compétente",
        "Le silence vaut refus au bout de {length} : le {on}",
    ),
    "commission_referral": (
        "Refus notifié, ou né du silence,",
        "La commission d’accès aux documents administratifs se saisit pendant {length} : jusqu’au {on}",
    ),
    "commission_silence": (
        "Saisine enregistrée par la commission d’accès aux documents administratifs",
        "Le silence de l’autorité confirme le refus au bout de {length} : le {on}",
    ),
    "project_answer": (
        "Déclaration de projet de travaux reçue",
        "Le récépissé part sous {length} : au plus tard le {on}",
    ),
    "start_answer": (
        "Déclaration d’intention de commencement de travaux reçue",
        "Le récépissé part sous {length} : au plus tard le {on}",
    ),
    "works_reminder": (
        "Lettre recommandée de relance reçue",
        "L’exploitant répond sous {length} : au plus tard le {on}",
    ),
    "registered_letter": (
        "Lettre mise à disposition",
        "Consultée pour la première fois dans les {length}, jusqu’au {on}, elle est notifiée le jour de cette "
        "consultation",
    ),
    "third_party_letter": (
        "Demande d’inscription faite par un tiers, reçue",
        "La lettre au tiers part sous {length} : au plus tard le {on}",
    ),
    "clock": ("Délai commencé", "{rule} : {length}, donc {on}"),
}
"""What starts the period of each date, and what the period does."""

_COUNTS: Mapping[Unit, str] = {
    "day": "Tous les jours comptent, samedis, dimanches et jours fériés compris.",
    "day_without_holidays": "Les samedis et les dimanches comptent, les jours fériés non.",
    "business_day": "Les jours ouvrés vont du lundi au vendredi, jours fériés exclus.",
    "month": "Les mois se comptent de date à date ; la fin n’est pas reportée au jour ouvré suivant.",
}
_PARTS = {"morning": "le matin", "afternoon": "l’après-midi"}

UNCERTAIN: Mapping[Code, str] = {
    "withdrawal": "Point incertain : la loi ne dit pas si ce délai est franc. Le jour retenu est le plus tôt des deux.",
    "commission_referral": "Point incertain : les textes ne disent pas si ce délai est franc. Le jour retenu est le "
    "plus tôt des deux.",
    "appeal_silence": "Point incertain : envoi ou réception du recours, le texte ne dit pas lequel compte. C’est le "
    "jour que l’agent a noté.",
}
"""What the law leaves open about a date, by its rule; said to agents, never on a receipt."""


def _length(period: Period) -> str:
    match period.unit:
        case "month":
            return wording.months(period.length)
        case "business_day":
            return f"{wording.days(period.length)} ouvré{'s' if period.length > 1 else ''}"
        case _:
            return wording.days(period.length)


def _cited(articles: tuple[str, ...]) -> str:
    return f" ({', '.join(articles)})" if articles else ""


def _holiday(holiday: Holiday) -> str:
    return f"{long_date(holiday.day)}, {holiday.name} ({holiday.article})"


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
    day = long_date(step.on).split()[0]
    return (
        f"Cette date est un {day} : elle n’est pas reportée au jour ouvré suivant. Point incertain : aucun arrêt du "
        "Conseil d’État n’a été trouvé"
    )


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
