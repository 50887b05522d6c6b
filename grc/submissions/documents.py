"""What follows when documents that were asked for come: the day noted, the clock, the resumption, who is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from grc import receipts
from grc.access.actors import AgentActor
from grc.access.permissions import Permission
from grc.attachments import commands as attachments
from grc.authorities.views import AuthorityView
from grc.deadlines.suspensions import Suspension
from grc.errors import Conflict, Invalid, Problem
from grc.receipts import DocumentsRequested, sentences, wording
from grc.receipts.documents import posted
from grc.submissions import arrivals, automatic, notices, phases
from grc.submissions.acts import Act
from grc.submissions.events import Kind
from grc.submissions.firing import DEADLINE
from grc.submissions.models import DocumentsRequest, Notice, Task
from grc.submissions.queries import UNPOSTED, find_for_change
from grc.workflow import engine

COMPLETE = "complete"
_NOBODY_WAITS = "La commune n’attend plus de document pour cette demande."
_BY_WHOM = frozenset({"citizen"})
"""To whom the workflows open the resumption: documents are the citizen's, whoever notes that they came."""


@dataclass(frozen=True)
class Marked:
    """What an agent posts: documents that came by post or at the desk, and on which day. revision: the one seen."""

    fields: Sequence[str]
    received_on: date | None
    revision: int


def mark_received(
    session: Session, authority: AuthorityView, reference: str, marked: Marked, *, by: AgentActor, now: datetime
) -> list[str]:
    """The titles of what is still missing once these documents are noted as received on that day; none: it resumes.

    The clock follows the day of reception, not that of the note (L114-5 al. 2 and 3). Raises Invalid, Conflict.
    """
    row = find_for_change(session, authority, by, reference, revision=marked.revision, to=Permission.SUBMISSION_HANDLE)
    act = Act(session, authority, row, by=by, now=now)
    request = open_request(act)
    received_on = _checked(act, request, marked)
    fields = set(marked.fields)
    request.items = [
        {**item, arrivals.RECEIVED_ON: received_on.isoformat()} if item["field"] in fields else item
        for item in request.items
    ]
    return settle(act, request, Kind.DOCUMENTS_MARKED, {"documents": len(fields), "received_on": received_on})


def _checked(act: Act, request: DocumentsRequest, marked: Marked) -> date:
    """The day of reception; raises Invalid for documents not asked for, and for a day outside of the wait."""
    awaited = {str(item["field"]) for item in request.items if arrivals.RECEIVED_ON not in item}
    problems = []
    if not marked.fields or not awaited.issuperset(marked.fields):
        problems.append(Problem("piece", "required", "Cochez au moins un des documents demandés."))
    day = marked.received_on
    first = act.day_of(request.requested_at)
    if day is None or not first <= day <= act.today():
        message = f"Choisissez un jour entre le {wording.long_date(first)} et aujourd’hui."
        problems.append(Problem("received_on", "range", message))
    if problems or day is None:
        raise Invalid("Rien n’est noté.", problems)
    return day


def open_request(act: Act) -> DocumentsRequest:
    """The request that waits for its documents; raises Conflict when none does."""
    found = [request for request in act.requests() if request.answered_at is None]
    if not found or act.submission.phase != "waiting":
        raise Conflict(_NOBODY_WAITS)
    return found[-1]


def settle(act: Act, request: DocumentsRequest, kind: Kind, data: Mapping[str, Any]) -> list[str]:
    """The titles of what has still to come; when nothing has, the examination resumes and the new date is told.

    The clock waits for what is indispensable alone (L114-5-1): once that is here the date moves, and is told too.
    kind, data: of the event, as long as something is missing.
    """
    files = attachments.of_submission(act.session, act.authority.id, act.id)
    days = arrivals.arrived(request, files, act.day_of)
    missing = [item for item in request.items if item["field"] not in days]
    moves = request.answered_on is None and not any(item["indispensable"] for item in missing)
    if moves:
        waited = [days[str(item["field"])] for item in request.items if item["indispensable"]]
        request.answered_on = max([request.requested_on, *(waited or days.values())])
    act.session.add(request)
    if missing:
        _record(act, request, kind, data, moves=moves)
        return [str(item["title"]) for item in missing]
    request.answered_at = act.now
    act.session.flush()
    stated = act.reckon(act.requests())
    step = engine.step(
        act.procedure.workflow, act.submission.state, COMPLETE, functions=_BY_WHOM, context=act.context()
    )
    act.take(step, COMPLETE, Kind.DOCUMENTS_RECEIVED, {"request": request.id, "silence_on": act.submission.silence_on})
    ahead = None if act.submission.implied_on or act.is_decided_by_silence() else stated
    act.perform(step.actions, {"documents_received": act.state_notice("documents_received", ahead)})
    return []


def _record(act: Act, request: DocumentsRequest, kind: Kind, data: Mapping[str, Any], *, moves: bool) -> None:
    """The event; when the clock runs again although something is missing, the new date and the words that tell it."""
    act.session.flush()
    before = act.submission.silence_on
    stated = act.reckon(act.requests()) if moves else None
    act.record(kind, {"request": request.id, **data, "silence_on": act.submission.silence_on})
    if stated is not None and act.submission.silence_on != before and not act.is_decided_by_silence():
        automatic.write(act, _runs_again(request, stated), is_letter=True)


def _runs_again(request: DocumentsRequest, stated: receipts.Silence) -> str:
    assert request.answered_on is not None  # noqa: S101 - it was just set
    came = wording.long_date(request.answered_on)
    return (
        f"Les documents indispensables sont arrivés le {came} : le délai de réponse court. {sentences.silence(stated)}"
    )


def record_posting(act: Act, notice: Notice, request_id: int | None, posted_on: date, data: Mapping[str, Any]) -> None:
    """The event of a letter that was posted. One that asks for documents stops the clock from that day: it is told.

    It stops nothing where the documents, its own deadline or the decision of silence came before it.
    request_id: of the request that it brings, None for other letters. data: of the event.
    Source: CRPA L114-5 (the sending counts), L114-3 (without a request the clock runs on).
    """
    request = next((one for one in act.requests() if one.id == request_id and _awaits(one, posted_on)), None)
    row = act.submission
    if request is None or row.implied_on is not None or row.phase == phases.ENDED[-1]:
        act.record(Kind.LETTER_POSTED, data)
        if request is not None and row.implied_on is not None and posted_on < row.implied_on:
            _look_at(act)
        return
    before = row.silence_on
    others = act.suspensions([one for one in act.requests() if one.id != request.id])
    request.requested_on = posted_on
    request.items = [{key: value for key, value in item.items() if key != UNPOSTED} for item in request.items]
    act.session.add(request)
    act.session.flush()
    stated = act.reckon(act.requests())
    act.record(Kind.LETTER_POSTED, {**data, "silence_on": row.silence_on})
    if request.answered_on is None:
        _restate(act, notice, posted_on, others)
    elif stated is not None and row.silence_on != before and not act.is_decided_by_silence():
        automatic.write(act, _stood_still(request, stated))


def _awaits(request: DocumentsRequest, posted_on: date) -> bool:
    """Whether the clock still waits for the letter of this request, posted that day."""
    is_unposted = any(item["indispensable"] and UNPOSTED in item for item in request.items)
    return is_unposted and posted_on <= min(request.due_on, request.answered_on or request.due_on)


def _look_at(act: Act) -> None:
    act.session.add(
        Task(
            authority_id=act.authority.id,
            submission_id=act.id,
            kind=DEADLINE,
            title="La demande de pièces était partie avant la décision implicite : vérifiez que celle-ci est née",
            due_on=act.today(),
            opened_at=act.now,
        )
    )


def _restate(act: Act, notice: Notice, posted_on: date, others: Sequence[Suspension]) -> None:
    """Fixes the request once more, as it holds from its posting: the pages show it. No letter goes with it."""
    facts = receipts.from_json(notice.facts)
    assert isinstance(facts, DocumentsRequested)  # noqa: S101 - the letter of a request
    restated = posted(
        facts,
        posted_on,
        silence_terms=act.procedure.silence_for(act.submission.answers),
        clock_started_on=act.clock_started_on(),
        suspensions=others,
    )
    notices.fix(
        act.session,
        restated,
        authority_id=act.authority.id,
        submission_id=act.id,
        name=f"{restated.KIND}:{act.submission.revision}",
        now=act.now,
    )


def _stood_still(request: DocumentsRequest, stated: receipts.Silence) -> str:
    assert request.answered_on is not None  # noqa: S101 - asked by record_posting
    left, came = wording.long_date(request.requested_on), wording.long_date(request.answered_on)
    return (
        f"La demande de pièces a été postée le {left}, et les pièces sont arrivées le {came} : ces jours s’ajoutent au "
        f"délai de réponse. {sentences.silence(stated)}"
    )
