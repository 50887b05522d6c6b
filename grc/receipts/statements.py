"""The French sentences of what follows the receipt: transfer, decision born of silence, reasons, withdrawal, appeal."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from grc.deadlines.silence import Kind
from grc.receipts import wording
from grc.receipts.parts import DecisionKind, Exemption, NamedDecision, Silence
from grc.receipts.wording import typeset

_DECISIONS: Mapping[DecisionKind, str] = {
    "acceptance": "la décision d’acceptation du {day}",
    "refusal": "la décision de refus du {day}",
    "implicit_acceptance": "la décision implicite d’acceptation née le {day}",
    "implicit_rejection": "la décision implicite de rejet née le {day}",
    "withdrawal": "la décision du {day} qui retire une acceptation",
}

REASONS_CAN_BE_ASKED = typeset(
    "Vous pouvez nous demander les motifs de ce refus, dans le délai pour le contester. Nous vous les donnons dans le "
    "mois qui suit ; vous avez alors deux mois, à partir du jour où vous les recevez, pour saisir le tribunal "
    "administratif (code des relations entre le public et l’administration, article L232-4)."
)
ATTESTATION_CAN_BE_ASKED = typeset(
    "Vous pouvez nous demander une attestation de cette acceptation (code des relations entre le public et "
    "l’administration, article L232-3)."
)
NOTHING_TO_DO = "Vous n’avez rien à faire."


def named(decision: NamedDecision) -> str:
    """ "la décision de refus du 3 avril 2026", with its demande's number where it is another's."""
    said = _DECISIONS[decision.kind].format(day=wording.short_date(decision.on))
    return f"{said} (demande n°{wording.NBSP}{wording.plain(decision.reference)})" if decision.reference else said


def came_from(name: str, first_received_on: date | None, rule: Kind) -> str:
    """Where a demande came first, and which clock runs since when; "" where no other administration had it.

    Source: CRPA L114-2 (sent on), L114-3 (rejection: first reception; acceptance: the competent one).
    """
    if not name:
        return ""
    day = "" if first_received_on is None else f" le {wording.short_date(first_received_on)}"
    clock = {
        "rejection": " Le délai de réponse court depuis ce jour." if day else "",
        "acceptance": " Le délai de réponse court depuis le jour où nous l’avons reçue.",
    }
    return typeset(
        f"Votre demande est d’abord arrivée{day} à une autre administration : {wording.plain(name)}. Celle-ci n’est "
        f"pas compétente pour y répondre et nous l’a transmise.{clock.get(rule, '')}"
    )


def transferred(
    rule: Kind,
    first_received_on: date,
    silence: Silence | None,
    *,
    has_receipt: bool = True,
    was_waiting: bool = False,
) -> tuple[str, ...]:
    """Which clock runs once a demande was sent on to the competent administration, and from when, in sentences.

    silence: the date by the rule of rejection, when one is known. has_receipt: False for a report, to which none is
    owed. was_waiting: documents were awaited here. Source: CRPA L114-2, L114-3, L114-4, L112-11.
    """
    kept = f"Votre demande garde sa date de première réception : le {wording.short_date(first_received_on)}."
    sentences = [kept, *_clock(rule, silence)]
    if was_waiting:
        sentences.append("Notre demande de pièces ne compte plus : cette administration vous dira ce qui manque.")
    if has_receipt:
        sentences.append("L’accusé de réception vous viendra de cette administration.")
    return tuple(map(typeset, sentences))


def _clock(rule: Kind, silence: Silence | None) -> tuple[str, ...]:
    if rule == "acceptance":
        return (
            "Le délai de réponse commence le jour où cette administration la reçoit : sans réponse à son terme, elle "
            "est acceptée (code des relations entre le public et l’administration, article L114-3).",
        )
    if rule == "none":
        return ()
    day = "" if silence is None else f" : sans réponse au {wording.short_date(silence.due_on)}, elle est refusée"
    return (
        "Le délai de réponse court depuis ce jour"
        f"{day} (code des relations entre le public et l’administration, article L114-3).",
    )


def born(rule: Kind, on: date) -> str:
    """What silence has decided, and on which day."""
    day = wording.short_date(on)
    if rule == "acceptance":
        return typeset(
            f"Sans réponse de la commune au {day}, votre demande est acceptée : c’est une décision implicite "
            "d’acceptation."
        )
    return typeset(
        f"Sans réponse de la commune au {day}, votre demande est refusée : c’est une décision implicite de rejet."
    )


def interrupted(attacked: NamedDecision) -> str:
    """What an appeal to the administration does to the time to go to court against the decision it attacks.

    Source: CRPA L411-2.
    """
    return typeset(
        f"Ce recours porte sur {named(attacked)}. S’il est le premier et s’il nous est parvenu dans le délai pour "
        "saisir le tribunal administratif, il interrompt ce délai. Vous aurez alors de nouveau deux mois pour le "
        "saisir, à partir du rejet de ce recours (code des relations entre le public et l’administration, articles "
        "L411-2 et L411-7)."
    )


def heard(asked_on: date) -> str:
    """That the person could speak before an acceptance was withdrawn: a fact, without an article.

    The articles of the adversarial procedure (CRPA L121-1, L122-1) were not re-read for this project: a letter cites
    only what was.
    """
    day = wording.short_date(asked_on)
    return typeset(f"Vous avez pu présenter vos observations, que nous vous avons demandées le {day}.")


def exempted(exemption: Exemption) -> str:
    """Why no receipt is owed for a paper demande, for agents. Source: CRPA R112-4."""
    why = (
        "la décision est acquise au bout de quinze jours au plus"
        if exemption.ground == "short_period"
        else "la demande tend à la seule délivrance d’un document ou d’un service prévu par les textes"
    )
    return typeset(f"Aucun accusé de réception n’est dû : {why} (CRPA art. R112-4). {exemption.reason}").strip()
