"""The action `edit`, and the actions that a command of agents carries out itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grc.submissions import phases
from grc.submissions.effects.told import Told
from grc.workflow.definition import Action

if TYPE_CHECKING:
    from grc.submissions.acts import Act


def edit(act: Act, action: Action, _told: Told) -> None:
    """Opens pages of the citizen's form, until they are confirmed or the demande leaves its state.

    Never once a decision stands: its answers are those that were judged.
    """
    if act.submission.phase in phases.OPEN:
        opened = {*(act.submission.editable or ()), *map(str, action.params["pages"])}
        act.submission.editable = [page.id for page in act.procedure.form.pages if page.id in opened]
        act.session.add(act.submission)


def by_its_command(_act: Act, _action: Action, _told: Told) -> None:
    """Done already: asking for documents, deciding and sending on go by the event of their own command."""
