"""From a procedure, or from a demande and all that happened to it, to its timeline."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, cast

from grc import clock
from grc.authorities.views import AuthorityView
from grc.catalogue.definition import Appeal, Procedure, SilenceItem
from grc.deadlines import parameters
from grc.deadlines.holidays import Place
from grc.deadlines.periods import Period, Unit, term
from grc.deadlines.transfers import Reception
from grc.receipts import timeline
from grc.receipts.course import Asked, Clock, Decided, Facts, Line, Terms
from grc.receipts.parts import rule_of
from grc.submissions import applicants, beside, phases
from grc.submissions.events import Kind
from grc.submissions.models import Decision
from grc.submissions.naming import notified_on
from grc.submissions.queries import Whole, carried, suspends
from grc.workflow.definition import FILED, Workflow
from grc.workflow.definition import Clock as NamedClock

_CLOCK = "clock."


def terms_of(
    procedure: Procedure, answers: Mapping[str, Any], *, state: str = "", has_receipts: bool | None = None
) -> Terms:
    """What the procedure declares for these answers. has_receipts: None where the answers tell (a report has none)."""
    rule, ways = procedure.silence_for(answers), procedure.appeal_for(answers)
    kept = procedure.retention_in(state)
    return Terms(
        silence=rule,
        appeals=ways,
        retention_months=kept.months,
        retention_source=kept.source,
        has_receipts=not applicants.is_report(procedure, answers) if has_receipts is None else has_receipts,
        silence_doubt=_doubt(rule),
        appeal_doubt=next((_doubt(one) for one in ways if one.kind == "contentieux"), ""),
    )


def _doubt(item: SilenceItem | Appeal) -> str:
    """Why the law is not settled there; "" where it is."""
    return (item.note or "le catalogue tient cette règle pour incertaine.") if item.uncertain else ""


def clocks_of(
    workflow: Workflow,
    since: Mapping[str, date],
    stopped: Mapping[str, date] | None = None,
    *,
    context: Mapping[str, Any],
    place: Place,
) -> tuple[Clock, ...]:
    """The clocks that a workflow names, but those whose guard is false in this context.

    since: the local day they started, by name; stopped: the day they ended.
    """
    since = {name: _counted_from(workflow, name, since, place) for name in since}
    return tuple(
        Clock(
            label=one.label,
            period=Period(one.period, cast(Unit, one.unit)),
            since=since.get(one.name),
            started_by=_start(workflow, one),
            source=one.source,
            stopped_on=(stopped or {}).get(one.name),
        )
        for one in workflow.clocks.values()
        if not one.to and workflow.runs(one, context)
    )


def of_submission(found: Whole, authority: AuthorityView) -> tuple[Line, ...]:
    """The timeline of a demande as it stands, with the figures of the law that it keeps."""
    row = found.submission
    electronic = row.channel in ("online", "api") and not row.is_report
    terms = terms_of(found.procedure, row.answers, state=row.state, has_receipts=electronic)
    place = Place(authority.holidays)
    facts = _facts(found, authority.zone, place)
    figures = parameters.of_version(row.legal_parameters)
    return timeline.lines(terms, facts, place=place, parameters=figures)


def _facts(found: Whole, zone: str, place: Place) -> Facts:
    row, days = found.submission, _days(found, zone)
    ended = row.phase in phases.ENDED and not found.procedure.workflow.state(row.state).ongoing
    return Facts(
        reception=Reception(row.first_received_on, row.competent_received_on),
        asked=(*_carried(found), *_asked(found)),
        decided=_decided(found.decisions, zone),
        clocks=_clocks(found, zone, place),
        appeals=tuple(one.counted for one in beside.lodged(found.recours, zone)),
        reasons_asked_on=days.get(Kind.REASONS_ASKED),
        reasons_given_on=days.get(Kind.REASONS_GIVEN),
        withdrawn_on=days.get(Kind.WITHDRAWN),
        closed_on=clock.day_in(zone, row.state_since) if ended else None,
        retained_until=row.retained_until if ended else None,
    )


def _carried(found: Whole) -> Iterator[Asked]:
    """The documents that another administration had asked for, before it sent the demande on."""
    rule = rule_of(found.procedure.silence_for(found.submission.answers))
    return (Asked(one.noticed_on, one.deadline_on, one.completed_on) for one in carried(found.submission, rule))


def _asked(found: Whole) -> Iterator[Asked]:
    return (Asked(one.requested_on, one.due_on, one.answered_on, suspends(one)) for one in found.requests)


def _days(found: Whole, zone: str) -> dict[str, date]:
    """The local day of the last event of each kind."""
    return {event.kind: clock.day_in(zone, event.at) for event in found.events}


def _decided(decisions: Sequence[Decision], zone: str) -> Decided | None:
    """The last express decision, told anew by its erratum, whose letter counts the appeals again; not of silence."""
    express = [one for one in decisions if one.born_on is None and one.corrects_id is None]
    if not express:
        return None
    last = express[-1]
    told = [notified_on(one, zone) for one in decisions if one is last or one.corrects_id == last.id]
    told_on = max((day for day in told if day is not None), default=None)
    days = (notified_on(one, zone) for one in decisions if one.born_on is None)
    return Decided(
        clock.day_in(zone, last.decided_at),
        last.outcome,
        told_on,
        is_notified=told_on is not None,
        first_notified_on=min((day for day in days if day is not None), default=None),
        is_withdrawal=last.kind == "withdrawal",
    )


def _clocks(found: Whole, zone: str, place: Place) -> tuple[Clock, ...]:
    workflow = found.procedure.workflow
    filed = frozenset(_filed(workflow))
    since = dict.fromkeys(filed, found.submission.competent_received_on)
    stopped: dict[str, date] = {}
    for one in found.timers:
        if one.event.startswith(_CLOCK):
            name = one.event.removeprefix(_CLOCK)
            if name not in filed:
                since[name] = clock.day_in(zone, one.started_at)
            if one.state == "stopped" and one.ended_at is not None:
                stopped[name] = clock.day_in(zone, one.ended_at)
    return clocks_of(workflow, since, stopped, context=found.context, place=place)


def _counted_from(workflow: Workflow, name: str, since: Mapping[str, date], place: Place) -> date:
    """The day from which a clock that started counts: that day, or the last one of the clock that it comes after."""
    before = workflow.clocks.get(workflow.clocks[name].after) if name in workflow.clocks else None
    if before is None or before.name not in since:
        return since[name]
    period = Period(before.period, cast(Unit, before.unit))
    return term("clock", period, since[before.name], place=place, articles=()).on


def _filed(workflow: Workflow) -> Iterator[str]:
    """The clocks that count from the day of receipt."""
    return (one.name for one in workflow.clocks.values() if one.start == FILED)


def _start(workflow: Workflow, named: NamedClock) -> str:
    """What starts a clock, as its first step says: the reception, or a button of the workflow."""
    if named.start == FILED:
        return "Demande reçue"
    labels = (each.label for each in workflow.transitions if each.event == named.start and each.label)
    return f"Étape « {next(labels, named.start)} » faite"
