"""What a receipt or a letter would lack, asked before a procedure is published and at each change of its service."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from grc.receipts import acknowledgement, decision
from grc.receipts.parts import AgentContact, AppealTerms, ServiceContact, SilenceTerms

_ANY_INSTANT = datetime(2026, 3, 16, 12, tzinfo=UTC)


def missing_mentions(
    *,
    authority: str,
    authority_address: Sequence[str],
    procedure_title: str,
    service: ServiceContact,
    silence_terms: Iterable[SilenceTerms],
    appeal_terms: Sequence[AppealTerms],
) -> tuple[str, ...]:
    """The mentions that some receipt or decision of this procedure would lack, in French, each once; empty: publish.

    authority_address: where the agents of a service without a postal address are written to. silence_terms: every rule
    of silence of the procedure; each gives a receipt of its own, and a refusal where silence decides; none may be
    incomplete. A procedure that declares no rule at all lacks one: nothing is accepted or refused by omission.
    Source: CRPA R112-11-1, R112-11-2; L111-2; L231-1, L231-4; CJA R421-5.
    """
    rules = tuple(silence_terms)
    lacking: dict[str, None] = {} if rules else {"règle de silence (acceptation, refus ou aucune)": None}
    common: dict[str, Any] = {
        "reference": "2026-000-000-000",
        "authority": authority,
        "procedure_title": procedure_title,
        "zone": "Europe/Paris",
        "service": service,
        "appeal_terms": appeal_terms,
    }
    agent = AgentContact("Camille", "Exemple", "agent", service.postal_address or tuple(authority_address))
    for terms in rules:
        receipt = acknowledgement.build(**common, received_at=_ANY_INSTANT, silence_terms=terms)
        decided = decision.build(
            **common,
            received_on=receipt.received_on,
            decided_at=_ANY_INSTANT,
            outcome="accepted" if terms.rule == "none" else "refused",
            reasons="Motif.",
            agent=agent,
        )
        lacking |= dict.fromkeys((*receipt.missing_mentions(), *decided.missing_mentions()))
    return tuple(lacking)
