"""The programs that begin to receive the demandes of a procedure that ends to be sensitive, told before it does."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, col, select

from grc.authorities import api_keys
from grc.catalogue.installing import Plan
from grc.submissions.partner_models import Webhook


def sentence(session: Session, authority_id: int, made: Plan, now: datetime) -> str:
    """What the plan changes of the procedure's sensitivity, with how many keys and webhooks it opens to; or ""."""
    if made.procedure is None or made.procedure.sensitive or not made.was_sensitive:
        return made.sensitivity
    keys = [
        row for row in api_keys.every(session, authority_id) if row.procedures is None and api_keys.is_good(row, now)
    ]
    mine = select(Webhook).where(col(Webhook.authority_id) == authority_id)
    hooks = [row for row in session.exec(mine) if row.procedures is None]
    if not keys and not hooks:
        return made.sensitivity
    programs = f"{_count(len(keys), 'clé')}, {_count(len(hooks), 'notification')}, événements en attente compris"
    return (
        f"{made.sensitivity} Elles s’ouvrent aussi aux programmes qui ont « Toutes, sauf les démarches sensibles »"
        f"\u00a0: {programs}."
    )


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'s' if number > 1 else ''}"
