"""The appointment of a demande: read of its answers and of those of agents, in the authority's zone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from grc.catalogue.appointments import named
from grc.catalogue.definition import Procedure
from grc.conditions import value_at
from grc.forms.fields import KINDS
from grc.receipts import Appointment
from grc.submissions import phases
from grc.submissions.models import Submission

Json = Any

_LAST_YEAR = 9000
"""Beyond it an instant may have no local day."""


def standing(
    submission: Submission, procedure: Procedure, context: Mapping[str, Json], zone: str
) -> Appointment | None:
    """The appointment that stands: that of a demande in a state that shows one, neither sent on nor destroyed."""
    workflow = procedure.workflow
    if not workflow.state(submission.state).appointed or submission.destroyed_at is not None:
        return None
    if phases.is_sent_on(workflow, submission.state, submission.phase):
        return None
    return read(procedure, context, zone)


def read(procedure: Procedure, context: Mapping[str, Json], zone: str) -> Appointment | None:
    """The first appointment of the workflow whose day and hour are answered; None without one.

    context: what guards read (`contexts.of`). An hour that the change of clocks leaves out is the one that they then
    show, one that comes twice the first. An end that does not come after its start is left out.
    """
    for paths in procedure.workflow.appointment:
        starts_at = _instant(context, paths.day, paths.start, zone)
        if starts_at is not None:
            ends_at = _instant(context, paths.day, paths.end, zone)
            is_after = ends_at is not None and ends_at > starts_at
            return Appointment(starts_at, ends_at if is_after else None, _text(procedure, context, paths.place))
    return None


def _instant(context: Mapping[str, Json], day: str, hour: str, zone: str) -> datetime | None:
    try:
        on, at = date.fromisoformat(_at(context, day)), time.fromisoformat(_at(context, hour))
    except (TypeError, ValueError):
        return None
    if not 1 < on.year < _LAST_YEAR:
        return None
    return datetime.combine(on, at, ZoneInfo(zone)).astimezone(UTC)


def _text(procedure: Procedure, context: Mapping[str, Json], path: str) -> str:
    """A place, as people read the answer; on one line."""
    value, found = _at(context, path), named(path, procedure.form, procedure.agent_forms)
    if value is None or found is None:
        return ""
    words = str(value) if found.attribute else KINDS[found.field.kind].display(found.field, value)
    return ", ".join(words.splitlines())


def _at(context: Mapping[str, Json], path: str) -> Json:
    return value_at(context, tuple(path.split("."))) if path else None
