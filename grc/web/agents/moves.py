"""The buttons that a workflow alone names: at once, or after a page that says what follows and takes a message."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from starlette.responses import Response

from grc.access.actors import AgentActor
from grc.access.permissions import Permission, require
from grc.errors import Conflict, Invalid, NotFound, Problem, StaleSubmission
from grc.submissions import moves, queries
from grc.submissions.moves import Move
from grc.submissions.queries import Whole
from grc.web.agents import forms, views
from grc.web.agents.inbox import applicant
from grc.web.agents.submission import conflict
from grc.web.frame import Problems
from grc.web.framing import agent_frame
from grc.web.openings import open_to
from grc.web.visit import Visit
from grc.workflow.definition import KNOWN_EVENTS, Transition


async def show(visit: Visit[AgentActor]) -> Response:
    """What the button does, before it is done."""
    found: Whole = await visit.read(queries.whole, visit.path["reference"], to=Permission.SUBMISSION_HANDLE)
    transition = _transition(visit, found)
    return forms.page(visit, found, transition) if transition.form else _page(visit, found, transition)


async def create(visit: Visit[AgentActor]) -> Response:
    """Done; the citizen is told when the workflow says so."""
    require(visit.actor, Permission.SUBMISSION_HANDLE)
    posted = await visit.form()
    reference, made = visit.path["reference"], Move(visit.path["event"], posted.text("text"), posted.revision)
    found: Whole = await visit.read(queries.whole, reference, to=Permission.SUBMISSION_HANDLE)
    filled = forms.read(visit, found, made.event, posted)
    if filled is not None and not filled.is_sent:
        return forms.page(visit, found, _transition(visit, found), filled, text=made.text)
    try:
        answers = None if filled is None else filled.read.answers
        await visit.write(moves.move, visit.authority, reference, replace(made, answers=answers))
    except StaleSubmission as stale:
        return await conflict(visit, stale, typed="\n".join(filter(None, [made.text, forms.told(filled)])))
    except Invalid as invalid:
        transition = _transition(visit, found)
        if filled is not None:
            return forms.page(visit, found, transition, filled, text=made.text, problems=invalid.problems)
        return _page(visit, found, transition, text=made.text, problems=invalid.problems)
    visit.platform.wake()
    return visit.redirect(f"{visit.links.agent_submission(reference)}?fait=suite")


def _transition(visit: Visit[AgentActor], found: Whole) -> Transition:
    """The open transition that the address names; raises NotFound for none of the workflow, Conflict when closed."""
    event = visit.path["event"]
    names = {each.event for each in found.procedure.workflow.transitions} - KNOWN_EVENTS
    if event not in names:
        raise NotFound("Cette action n’existe pas dans le circuit de cette demande.")
    transition = next((one for one in open_to(visit.actor, found) if one.event == event), None)
    if transition is None:
        raise Conflict("Cette action n’est plus possible : la demande a changé d’état.")
    return transition


def _page(
    visit: Visit[AgentActor],
    found: Whole,
    transition: Transition,
    *,
    text: str = "",
    problems: Sequence[Problem] = (),
) -> Response:
    row = found.submission
    target = found.procedure.workflow.state(transition.target or row.state)
    page = views.MovePage(
        reference=row.reference,
        title=found.procedure.title,
        applicant=applicant(row),
        action=visit.links.agent_submission(row.reference, f"suites/{transition.event}"),
        back=visit.links.agent_submission(row.reference),
        revision=row.revision,
        label=transition.label,
        confirm=transition.confirm,
        state=target.label,
        sentence=target.citizen_sentence,
        question=(transition.question or "Votre message à l’usager") if transition.asks else "",
        text=text,
        told=row.contact_email,
        problems=Problems(problems),
    )
    code = 422 if problems else 200
    return visit.page("agents/submission/move.html", code=code, frame=agent_frame(visit), page=page)
