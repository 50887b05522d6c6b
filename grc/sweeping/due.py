"""Who has anything due: one question for all authorities, so that a sweep is run only where it has something to do.

What is due in an authority is said with the very conditions by which its sweep finds it, or with fewer: who is named
may have nothing to do, who is not has nothing. Each authority is asked under its own scope.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, bindparam, or_, select
from sqlmodel import Session, col

from grc import clock
from grc.attachments import commands as attachments
from grc.authorities import attaching, door
from grc.authorities.models import AgentArrival, DoorStep
from grc.authorities.views import AuthorityView
from grc.citizens import commands as citizens
from grc.citizens import links
from grc.citizens.models import Citizen, EmailLink, SignIn
from grc.db import Answer, Prepared, ask_each
from grc.journal import chaining
from grc.outbox.models import OutboxEntry
from grc.sessions import commands as sessions
from grc.sessions import limits, records
from grc.sessions.models import BrowserSession, RateCounter, SignInRecord
from grc.submissions import (
    acknowledging,
    closing,
    deposits,
    destroying,
    expiry,
    implied,
    late_refusals,
    overdue,
    reminders,
    retention,
    telling,
    timers,
    transfers,
)
from grc.submissions.exchange_models import SubmissionLink, Timer
from grc.submissions.kept_models import Destruction, Visa
from grc.submissions.models import DocumentsRequest, Draft, Submission, Task
from grc.submissions.partner_models import ApiDeposit, Webhook, WebhookDelivery

Due = Callable[[Any, datetime, date], Sequence[Select[Any]]]
"""(authority, as of, its day there): selections that all find nothing where nothing is due. Never `IN` of a list."""


def who(session: Session, due: Due, among: Sequence[AuthorityView], *, as_of: datetime) -> set[int]:
    """The keys of those of these authorities where something is due; asked in a reading unit of the platform."""
    of_day: dict[date, list[int]] = defaultdict(list)
    for each in among:
        of_day[clock.day_in(each.zone, as_of)].append(each.id)
    found = set[int]()
    for day, keys in of_day.items():
        whether = [one.exists() for one in due(bindparam("authority"), as_of, day)]
        question = Prepared(select(or_(*whether).label("due")))

        def ask(key: int, question: Prepared = question) -> Answer:
            return question.ask(session, {"authority": key})

        found |= {key for key, row in ask_each(session, keys, ask) if row.due}
    return found


def transfers_on_their_way(authority: Any, _as_of: datetime, _day: date) -> Sequence[Select[Any]]:
    """What was sent to another authority of this installation."""
    return (_of(SubmissionLink, transfers.on_their_way(authority)),)


def receipts_owed(authority: Any, _as_of: datetime, _day: date) -> Sequence[Select[Any]]:
    """Receipts that could not leave."""
    return (_of(Task, acknowledging.owed(authority)),)


def receipts_late(authority: Any, _as_of: datetime, _day: date) -> Sequence[Select[Any]]:
    """Mails of receipts that wait, be they late or not."""
    return (_of(OutboxEntry, acknowledging.unsent(authority)),)


def documents_reminders(authority: Any, _as_of: datetime, day: date) -> Sequence[Select[Any]]:
    """Requests for documents whose deadline is near."""
    return (_of(DocumentsRequest, reminders.to_recall(authority, day)),)


def documents_overdue(authority: Any, _as_of: datetime, day: date) -> Sequence[Select[Any]]:
    """Requests for documents whose day is over."""
    return (_of(DocumentsRequest, overdue.past(authority, day)),)


def implied_decisions(authority: Any, _as_of: datetime, day: date) -> Sequence[Select[Any]]:
    """Demandes that silence has decided, and refusals that were not notified in time."""
    late = late_refusals.doubtful(authority, day)
    return _of(Submission, implied.undecided(authority, day)), _of(Submission, late)


def timers_over(authority: Any, as_of: datetime, _day: date) -> Sequence[Select[Any]]:
    """Timers whose time has come."""
    return (_of(Timer, timers.over(authority, as_of)),)


def retention_terms(authority: Any, _as_of: datetime, _day: date) -> Sequence[Select[Any]]:
    """Demandes that have ended, without term."""
    return (_of(Submission, retention.without_term(authority)),)


def destruction_lists(authority: Any, _as_of: datetime, day: date) -> Sequence[Select[Any]]:
    """Demandes past their term."""
    return (_of(Submission, retention.past_term(authority, day)),)


def destructions(authority: Any, _as_of: datetime, _day: date) -> Sequence[Select[Any]]:
    """Visas that stand."""
    return (_of(Visa, destroying.standing(authority)),)


def old_receipts(authority: Any, _as_of: datetime, day: date) -> Sequence[Select[Any]]:
    """Receipts past their own term."""
    return (_of(Destruction, destroying.past_receipts(authority, day)),)


def draft_notices(authority: Any, as_of: datetime, _day: date) -> Sequence[Select[Any]]:
    """Drafts that will end."""
    return (_of(Draft, expiry.to_warn(authority, as_of)),)


def drafts(authority: Any, as_of: datetime, _day: date) -> Sequence[Select[Any]]:
    """Drafts at their end, files that a draft left behind, codes shown long enough."""
    ended, shown = expiry.expired(authority, as_of), expiry.shown(authority, as_of)
    return _of(Draft, ended), attachments.behind(authority), _of(Draft, shown)


def unused_accounts(authority: Any, as_of: datetime, _day: date) -> Sequence[Select[Any]]:
    """Accounts unused for a year, whatever the authority's texts say."""
    return (_of(Citizen, closing.long_unused(authority, as_of)),)


def journal_seals(authority: Any, _as_of: datetime, _day: date) -> Sequence[Select[Any]]:
    """Lines of the journal without a place."""
    return (chaining.waiting(authority),)


def old_sessions(authority: Any, as_of: datetime, _day: date) -> Sequence[Select[Any]]:
    """Whatever of a visit, of a sign-in or of a call has expired."""
    old: dict[Any, Any] = {
        SignIn: citizens.abandoned(as_of),
        AgentArrival: attaching.too_late(as_of),
        DoorStep: door.unfinished(as_of),
        BrowserSession: sessions.expired(as_of),
        RateCounter: limits.ended(as_of),
        SignInRecord: records.too_old(as_of),
    }
    theirs = [_of(table, (col(table.authority_id) == authority, is_old)) for table, is_old in old.items()]
    told = _of(WebhookDelivery, telling.too_old(authority, as_of)).where(
        col(WebhookDelivery.webhook_id) == col(Webhook.id), col(Webhook.authority_id) == authority
    )
    deposited = _of(ApiDeposit, deposits.to_purge(authority, as_of))
    return *theirs, told, deposited, _of(EmailLink, links.ended(authority, as_of))


def _of(table: Any, conditions: Sequence[Any]) -> Select[Any]:
    return select(col(table.authority_id)).where(*conditions)
