"""Fixes what a receipt or a letter states, and posts its mail, in the transaction that causes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from sqlalchemy import insert
from sqlmodel import Session

from grc import receipts
from grc.access.actors import AgentActor
from grc.authorities.views import AuthorityView, ServiceView
from grc.db import Prepared
from grc.errors import Invalid, Problem
from grc.outbox.post import Posting, post
from grc.submissions.helpers import Helper
from grc.submissions.models import Notice, Submission, Task

PRINT_LETTER = "print_letter"
DECISIONS = frozenset({"decision", "attestation", "reasons", "acceptance_withdrawn", "erratum"})
COPIED = frozenset({"documents_requested", "documents_reminder", "new_message"})
"""What a helper gets a copy of, if the person helped agreed: what asks for an answer, and no decision."""
HELPER = "helper"
"""The recipient of these copies."""
LETTERS = DECISIONS | {"paper_receipt", "documents_requested", "documents_reminder", "implied_decision", "transfer"}
"""The kinds of notices that are letters, of which the first are what was decided."""

Written = TypeVar("Written", bound=receipts.Notice)
_TABLE = Notice.__table__  # type: ignore[attr-defined]
_INSERT = Prepared(insert(_TABLE).returning(_TABLE.c.id))


def agent_contact(agent: AgentActor, service: ServiceView, authority: AuthorityView) -> receipts.AgentContact:
    """The agent as letters name them, at the address of the service, else of the authority. Source: CRPA L111-2."""
    address = service.postal_address or authority.postal_address
    return receipts.AgentContact(agent.given_name, agent.family_name, agent.capacity, address)


def by_post(service: receipts.ServiceContact, authority: AuthorityView) -> receipts.ServiceContact:
    """The service as letters on paper name it: at the authority's address where it has none. Source: CRPA R112-5 2°."""
    return replace(service, postal_address=service.postal_address or authority.postal_address)


def whole(facts: Written) -> Written:
    """The same facts; raises Invalid, in words for people, while a mention that the law wants is empty."""
    missing = facts.missing_mentions() if hasattr(facts, "missing_mentions") else ()
    if missing:
        problems = [Problem("", "mention", f"Il manque cette mention\u00a0: {mention}.") for mention in missing]
        raise Invalid(
            f"Rien ne part incomplet. {' '.join(one.message for one in problems)} Un administrateur peut compléter le "
            "service ou la collectivité.",
            problems,
        )
    return facts


def fix(
    session: Session, facts: receipts.Notice, *, authority_id: int, submission_id: int, name: str, now: datetime
) -> int:
    """Stores the facts under a name unique to the submission; gives the id.

    Raises Invalid while a mention that the law wants is empty: nothing incomplete is ever sent.
    """
    whole(facts)
    values = {
        "authority_id": authority_id,
        "submission_id": submission_id,
        "name": name,
        "kind": facts.KIND,
        "facts": receipts.as_json(facts),
        "created_at": now,
    }
    return int(_INSERT.scalar(session, values))


def tell(
    session: Session,
    submission: Submission,
    facts: receipts.Notice,
    *,
    now: datetime,
    recipient: str = "citizen",
    name: str = "",
    is_letter: bool = False,
) -> int:
    """Fixes the facts under this name, else under their kind and the submission's revision, and posts their mail.

    A letter that must go on paper becomes a task: to print it and to post it. is_letter: it is one for who gave no
    address, whatever its kind; they read the rest by the tracking code, and nothing is posted. A helper gets a copy of
    what asks for an answer, if the person agreed.
    """
    assert submission.id is not None  # noqa: S101 - it was read from the database
    notice_id = fix(
        session,
        facts,
        authority_id=submission.authority_id,
        submission_id=submission.id,
        name=name or f"{getattr(facts, 'change', facts.KIND)}:{submission.revision}",
        now=now,
    )
    if recipient == "citizen" and _goes_on_paper(submission, facts, is_letter=is_letter):
        print_later(session, submission, notice_id, now=now)
    elif recipient != "citizen" or submission.contact_email:
        send(session, submission, [Posting(notice_id, facts.KIND, recipient=recipient)], now=now)
    if recipient == "citizen" and facts.KIND in COPIED and _copies_to_helper(submission):
        send(session, submission, [Posting(notice_id, facts.KIND, recipient=HELPER)], now=now)
    return notice_id


def _copies_to_helper(submission: Submission) -> bool:
    """Whether a helper of another address gets copies."""
    helper = Helper.of(submission.helper)
    return helper is not None and helper.is_copied and not helper.writes_at(submission.contact_email)


def is_posted(submission: Submission, kind: str) -> bool:
    """Whether a letter of this kind is printed and posted: any for who has no address, decisions for who refuses them.

    Source: CRPA L112-14 (answers on paper to who refused electronic ones; a refusal does not reach information).
    """
    if submission.contact_email:
        return submission.on_paper and kind in DECISIONS
    return not submission.is_report and kind in LETTERS


def _goes_on_paper(submission: Submission, facts: receipts.Notice, *, is_letter: bool) -> bool:
    """Whether this notice is posted: a clock’s new date is a letter too to who has no address. Source: CRPA L114-5."""
    tells_date = isinstance(facts, receipts.StateNotice) and facts.silence is not None
    without_address = not submission.contact_email and not submission.is_report
    return is_posted(submission, facts.KIND) or (without_address and (is_letter or tells_date))


def print_later(session: Session, submission: Submission, notice_id: int, *, now: datetime) -> None:
    """Opens the task of printing and posting a notice."""
    assert submission.id is not None  # noqa: S101 - it was read from the database
    session.add(
        Task(
            authority_id=submission.authority_id,
            submission_id=submission.id,
            kind=PRINT_LETTER,
            notice_id=notice_id,
            opened_at=now,
        )
    )


def send(session: Session, submission: Submission, postings: Sequence[Posting], *, now: datetime) -> None:
    """Posts mails of a submission."""
    assert submission.id is not None  # noqa: S101 - it was read from the database
    post(session, postings, authority_id=submission.authority_id, submission_id=submission.id, now=now)
