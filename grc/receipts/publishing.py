"""What a receipt would lack, asked before a procedure is published and at each change of its service."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from grc.receipts import acknowledgement
from grc.receipts.parts import AppealTerms, ServiceContact, SilenceTerms

_ANY_INSTANT = datetime(2026, 3, 16, 12, tzinfo=UTC)


def missing_mentions(
    *,
    authority: str,
    procedure_title: str,
    service: ServiceContact,
    silence_terms: Iterable[SilenceTerms],
    appeal_terms: Sequence[AppealTerms],
) -> tuple[str, ...]:
    """The mentions that some acknowledgement of this procedure would lack, in French, each once; empty: publish.

    silence_terms: every rule of silence of the procedure; each gives a receipt of its own, and none may be incomplete.
    A procedure that declares no rule at all lacks one: nothing is accepted or refused by omission.
    Source: CRPA R112-11-1, R112-11-2; L231-1, L231-4.
    """
    rules = tuple(silence_terms)
    lacking: dict[str, None] = {} if rules else {"règle de silence (acceptation, refus ou aucune)": None}
    for terms in rules:
        receipt = acknowledgement.build(
            reference="2026-000-000-000",
            authority=authority,
            procedure_title=procedure_title,
            received_at=_ANY_INSTANT,
            zone="Europe/Paris",
            service=service,
            silence_terms=terms,
            appeal_terms=appeal_terms,
        )
        lacking |= dict.fromkeys(receipt.missing_mentions())
    return tuple(lacking)
