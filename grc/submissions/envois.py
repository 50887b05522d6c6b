"""The accusé de réception owed at once to whoever sends something more on a demande. Source: CRPA L112-11 al. 1."""

from __future__ import annotations

import logging

from sqlalchemy import select
from sqlmodel import col

from grc.receipts import envoi
from grc.submissions import notices
from grc.submissions.acts import Act
from grc.submissions.effects.agents import TASK
from grc.submissions.models import Notice, Task

OWED = (
    "L’accusé de réception d’un envoi n’a pas pu partir complet : il manque des coordonnées au service. Complétez-les, "
    "puis écrivez à l’usager."
)
_LOG = logging.getLogger("grc.envois")
_TELLS = "documents_received"
"""The notice that says by itself that documents came, when, and how to reach the service."""


def acknowledge(act: Act, *, is_message: bool = False, files: int = 0, since: int | None = None) -> None:
    """Posts the receipt of what the citizen has just sent, once its event is recorded.

    None is owed for a report (nobody is identified), none can go without an address. since: the revision before the
    envoi, where the command may have mailed a notice that stands for the receipt. A service that lacks a mention never
    stops an envoi: no receipt goes, which is a task for agents, once.
    """
    row = act.submission
    if row.is_report or not row.contact_email or not (is_message or files):
        return
    receipt = envoi.build(
        reference=row.reference,
        authority=act.authority.name,
        procedure_title=act.procedure.title,
        received_at=act.now,
        zone=act.authority.zone,
        service=act.service_contact,
        is_message=is_message,
        files=files,
    )
    missing = receipt.missing_mentions()
    if missing:
        _LOG.warning("an envoi got no complete receipt: its service lacks %d mention(s)", len(missing))
        owe(act, OWED)
    elif since is None or not _is_told(act, since):
        notices.tell(act.session, row, receipt, now=act.now)


def _is_told(act: Act, since: int) -> bool:
    """Whether what followed the envoi already told the citizen that their documents came."""
    names = [f"{_TELLS}:{number}" for number in range(since + 1, act.submission.revision + 1)]
    mine = (col(Notice.authority_id) == act.authority.id, col(Notice.submission_id) == act.id)
    return act.session.execute(select(col(Notice.id)).where(*mine, col(Notice.name).in_(names))).first() is not None


def owe(act: Act, title: str) -> None:
    """Opens the task of agents for what could not leave complete, once as long as it is open."""
    mine = (col(Task.authority_id) == act.authority.id, col(Task.submission_id) == act.id)
    still = (col(Task.kind) == TASK, col(Task.title) == title, col(Task.closed_at).is_(None))
    if act.session.execute(select(col(Task.id)).where(*mine, *still)).first() is None:
        task = Task(authority_id=act.authority.id, submission_id=act.id, kind=TASK, title=title, opened_at=act.now)
        act.session.add(task)
