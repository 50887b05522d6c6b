"""The French sentences that the law wants on receipts, notices and decisions, built from the facts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache

from grc.receipts import wording
from grc.receipts.parts import Appeal, AppealKind, AppealTerms, Silence
from grc.receipts.wording import typeset

ATTESTATION = typeset(
    "Si elle est acceptée de cette façon, vous pouvez nous demander une attestation de cette acceptation "
    "(code des relations entre le public et l’administration, article L232-3)."
)

_TITLES: dict[AppealKind, str] = {
    "gracieux": "Recours gracieux",
    "hierarchique": "Recours hiérarchique",
    "cada": "Recours préalable obligatoire",
    "contentieux": "Recours contentieux",
}
# CRPA L411-2: an appeal to the administration interrupts the time to go to court. L231-4 2°, L411-7: its own silence.
_INTERRUPTION = typeset(
    "Un recours gracieux ou hiérarchique interrompt le délai pour saisir le tribunal administratif. Sans réponse "
    "pendant deux mois, il est rejeté : vous avez alors de nouveau deux mois pour saisir le tribunal."
)


# CRPA R343-1 to R343-5: the commission gives its opinion; an answer, or two months of silence, then confirms.
# CJA R421-1: the time starts as the person receives what confirms it.
_AFTER_CADA = (
    "le jour où vous recevez la confirmation du refus, après l’avis de la CADA (sa notification). Sans réponse, ce "
    "délai commence deux mois après l’enregistrement de votre recours par la CADA"
)


def silence(value: Silence) -> str:
    """What silence becomes, on which date, subject to the demande being complete.

    Source: CRPA R112-11-1 al. 4 (type, date, reservation on completeness).
    """
    end = (
        "acceptée : c’est une décision implicite d’acceptation."
        if value.rule == "acceptance"
        else "refusée : c’est une décision implicite de rejet."
    )
    day = wording.short_date(value.due_on)
    return typeset(f"Sans réponse de la commune au {day}, et si votre demande est complète, elle est {end}")


def silence_of_appeal(value: Silence) -> str:
    """What silence makes of a recours gracieux or hiérarchique, and on which date (CRPA L411-7, R112-11-1 al. 4)."""
    day = wording.short_date(value.due_on)
    return typeset(
        f"Sans réponse de la commune au {day}, et si votre recours est complet, il est rejeté : c’est une décision "
        "implicite de rejet."
    )


def afterwards(value: Silence) -> str:
    """What the citizen can do once silence has decided: ask for the attestation, or contest.

    Source: CRPA R112-11-1 al. 5; L232-3 (attestation).
    """
    return ATTESTATION if value.rule == "acceptance" else "Vous pouvez alors contester ce refus."


def appeals_after_silence(terms: Sequence[AppealTerms]) -> tuple[Appeal, ...]:
    """The ways to contest an implicit rejection, each with its delay counted from the birth of the rejection.

    Source: CRPA R112-11-1 al. 5, L411-2; CJA R421-2.
    """
    return _appeals(terms, "le jour où ce refus naît, faute de réponse")


def appeals_after_decision(terms: Sequence[AppealTerms]) -> tuple[Appeal, ...]:
    """The ways to contest an express decision, each with its delay counted from its notification.

    Source: CJA R421-1, R421-5 (else the time limit is not opposable); CRPA L411-2.
    """
    return _appeals(terms, "le jour où vous recevez cette décision (sa notification)")


def appeals_after_reasons(terms: Sequence[AppealTerms]) -> tuple[Appeal, ...]:
    """The ways to contest an implicit rejection whose reasons were asked, counted from the day they are given.

    Source: CRPA L232-4 al. 2.
    """
    return _appeals(terms, "le jour où vous recevez ces motifs")


def appeals_after_correction(terms: Sequence[AppealTerms]) -> tuple[Appeal, ...]:
    """The ways to contest a refusal that was corrected, counted anew from the correction, in favour of its reader.

    Source: CJA R421-5 (else the time limit is not opposable).
    """
    return _appeals(terms, "le jour où vous recevez cette correction")


def interruption(appeals: Sequence[Appeal]) -> str:
    """What an appeal to the administration does to the time to go to court; "" where none of them is one.

    Source: CRPA L411-2 (interruption), L231-4 2° and L411-7 (silence of two months on the appeal).
    """
    return _INTERRUPTION if any(one.kind in ("gracieux", "hierarchique") for one in appeals) else ""


def appeal_name(kind: AppealKind) -> str:
    """ "Recours gracieux", "Recours hiérarchique" or "Recours contentieux": how the text of an appeal opens."""
    return _TITLES[kind]


def suspended(*, deadline_on: date, previous_on: date, due_on: date) -> tuple[str, ...]:
    """The rule of L114-5 al. 3 in sentences: the clock of rejection stands still until the deadline at the latest."""
    day = wording.short_date(due_on)
    sentences = (
        "Le délai de réponse est suspendu jusqu’au jour où nous recevons tout, et au plus tard jusqu’au "
        f"{wording.short_date(deadline_on)}.",
        "Si vous répondez ce dernier jour, ou si vous ne répondez pas, la date du "
        f"{wording.short_date(previous_on)} devient celle du {day}.",
        f"Sans réponse de la commune au {day}, votre demande est refusée : c’est une décision implicite de rejet.",
        "Si vous répondez plus tôt, cette date avance d’autant de jours.",
    )
    return tuple(map(typeset, sentences))


def suspended_once_posted(*, deadline_on: date, previous_on: date) -> tuple[str, ...]:
    """The same rule before the letter has left: nobody knows yet how many days it adds (L114-5 al. 3)."""
    sentences = (
        "Le délai de réponse est suspendu du jour où la demande de pièces est postée au jour où nous recevons tout, et "
        f"au plus tard jusqu’au {wording.short_date(deadline_on)}.",
        f"La date du {wording.short_date(previous_on)} recule d’autant de jours. Le service vous dit la nouvelle date, "
        "si vous la demandez.",
        "Sans réponse de la commune à cette nouvelle date, votre demande est refusée : c’est une décision implicite de "
        "rejet.",
    )
    return tuple(map(typeset, sentences))


def restarted(*, deadline_on: date, due_on: date, period: str) -> tuple[str, ...]:
    """The rule of L114-5 al. 2 in sentences: the clock of acceptance starts again when the last document arrives."""
    sentences = (
        f"Sans réponse de la commune pendant {period}, votre demande est acceptée : c’est une décision implicite "
        "d’acceptation.",
        "Ce délai recommence le jour où nous recevons la dernière pièce demandée. Sans ces pièces, il ne court pas.",
        f"Si vous répondez le {wording.short_date(deadline_on)}, cette acceptation naît le "
        f"{wording.short_date(due_on)}.",
    )
    return tuple(map(typeset, sentences))


def not_suspended(due_on: date | None) -> tuple[str, ...]:
    """The rule of L114-5-1 in a sentence: a document that is not indispensable stops nothing."""
    if due_on is None:
        return ("L’examen de votre demande continue sans attendre.",)
    day = wording.short_date(due_on)
    return (typeset(f"L’examen de votre demande continue sans attendre : la date du {day} ne change pas."),)


def awaited() -> tuple[str, ...]:
    """What an indispensable document does where silence decides nothing: no date moves, the examination waits."""
    return ("Nous attendons ces pièces pour examiner votre demande.",)


def period(count: int, unit: str) -> str:
    """ "deux mois", "15 jours"."""
    return wording.months(count) if unit == "month" else wording.days(count)


def _appeals(terms: Sequence[AppealTerms], start: str) -> tuple[Appeal, ...]:
    """Each way in words; the court comes after the CADA where that commission is one of them (CRPA L342-1, R343-5)."""
    after_cada = any(one.kind == "cada" for one in terms)
    return tuple(_appeal(one, _AFTER_CADA if after_cada and one.kind == "contentieux" else start) for one in terms)


def _appeal(terms: AppealTerms, start: str) -> Appeal:
    return _worded(terms.kind, wording.plain(terms.to), terms.delay_months, terms.source, start)


@lru_cache(maxsize=512)
def _worded(kind: AppealKind, to: str, delay_months: int, source: str, start: str) -> Appeal:
    """A procedure's appeals are the same for each of its receipts: worded once."""
    match kind:
        case "gracieux":
            act = f"demandez {_asked(to)} de revoir sa décision"
        case "hierarchique":
            act = f"demandez {_asked(to)} de revoir la décision de la commune"
        case _:
            act = f"saisissez {to}"
    delay = wording.months(delay_months)
    text = typeset(f"{_TITLES[kind]} : {act}, dans un délai de {delay} qui commence {start}.")
    return Appeal(kind, to, text, source)


def _asked(whom: str) -> str:
    """ "au maire", "aux élus", "à la maire", "au maire, officier de l’état civil,": whom a demand is addressed to."""
    asked = f"à {whom}"
    for article, contracted in (("à le ", "au "), ("à les ", "aux ")):
        if asked.startswith(article):
            asked = contracted + asked.removeprefix(article)
    return f"{asked}," if "," in whom else asked
