"""The dates of a demande as its page shows them to agents: the lines that `grc simulate` prints."""

from __future__ import annotations

from grc.access.actors import AgentActor
from grc.receipts.timeline import KINDS
from grc.submissions import timelines
from grc.submissions.queries import Whole
from grc.web.agents import views
from grc.web.visit import Visit


def dates(visit: Visit[AgentActor], found: Whole) -> list[views.DateLine]:
    """Every date of the demande in order, those without a day last."""
    return [
        views.DateLine(
            on=line.on,
            label=line.label,
            kind=KINDS[line.kind],
            needs_check=line.kind == "uncertain",
            is_past=line.on is not None and line.on < visit.today,
            steps=line.steps,
        )
        for line in timelines.of_submission(found, visit.authority)
    ]
