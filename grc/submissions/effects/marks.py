"""The actions `set`, `label` and `propose_destruction`: what a workflow remembers of a submission."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grc.submissions.effects.told import Told
from grc.workflow import assigning
from grc.workflow.definition import Action

if TYPE_CHECKING:
    from grc.submissions.acts import Act


def set_variable(act: Act, action: Action, _told: Told) -> None:
    """Keeps the value of an expression under a name, for guards and other expressions; none forgets it."""
    row = act.submission
    row.variables = assigning.variables(action, act.context())
    act.session.add(row)


def label(act: Act, action: Action, _told: Told) -> None:
    """Adds and takes away a label."""
    row = act.submission
    row.labels = assigning.labels(action, row.labels or [])
    act.session.add(row)


def propose_destruction(act: Act, _action: Action, _told: Told) -> None:
    """Notes that it may be destroyed: nothing is, before a supervisor's visa."""
    if act.submission.destruction_proposed_on is None:
        act.submission.destruction_proposed_on = act.today()
        act.session.add(act.submission)
