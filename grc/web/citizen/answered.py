"""What the town hall answered, as the citizen's page shows it: a decision, its withdrawal, its correction, reasons."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from grc.receipts import AcceptanceWithdrawn, Appeal, DecisionNotice, Erratum, ReasonsGiven, sentences, wording
from grc.receipts import from_json as notice_of
from grc.submissions.queries import Whole
from grc.web.citizen import views

_KINDS = (DecisionNotice.KIND, AcceptanceWithdrawn.KIND, Erratum.KIND, ReasonsGiven.KIND)


def last(found: Whole) -> views.DecisionView | None:
    """The last answer that was sent, None before any."""
    facts = [notice_of(notice.facts) for notice in found.notices if notice.kind in _KINDS]
    match facts[-1] if facts else None:
        case DecisionNotice() as one:
            return _view(one.outcome, "La décision", one.decided_on, one.reasons, one.appeals)
        case AcceptanceWithdrawn() as one:
            return _view("refused", "Le retrait de l’acceptation, décidé", one.withdrawn_on, one.reasons, one.appeals)
        case ReasonsGiven() as one:
            return _view("refused", "Les motifs du refus, donnés", one.given_on, one.reasons, one.appeals)
        case Erratum() as one:
            said = f"Il était écrit : {one.wrong}\nIl faut lire : {one.right}"
            text = "\n\n".join(filter(None, [said, one.reasons]))
            return _view(one.outcome, "La décision, corrigée", one.corrected_on, text, one.appeals)
    return None


def gives_reasons(found: Whole) -> bool:
    """Whether reasons of an implied rejection were given: the time to contest it starts anew (L232-4)."""
    return any(notice.kind == ReasonsGiven.KIND for notice in found.notices)


def _view(outcome: str, what: str, on: date, reasons: str, appeals: Sequence[Appeal]) -> views.DecisionView:
    join = "du" if what == "La décision" else "le"
    return views.DecisionView(
        outcome=outcome,
        title=wording.typeset(f"{what} {join} {wording.long_date(on)}"),
        decided_on=on,
        reasons=reasons,
        appeals=[appeal.text for appeal in appeals],
        interruption=sentences.interruption(appeals),
    )
