"""What agents do by the buttons that the workflow alone names: a date announced, a place offered, works done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from grc.access.actors import AgentActor
from grc.access.permissions import Permission
from grc.authorities.views import AuthorityView
from grc.errors import Invalid, NotFound, Problem
from grc.forms import answers as form_answers
from grc.submissions import implied, openings
from grc.submissions.acts import Act
from grc.submissions.events import Kind
from grc.submissions.exchange_models import AgentAnswers
from grc.submissions.models import Submission
from grc.submissions.queries import find_for_change
from grc.workflow.definition import KNOWN_EVENTS, Transition

LONGEST_TEXT = 2000


@dataclass(frozen=True)
class Move:
    """What an agent posts. event: of the workflow. text: to the citizen, where the transition asks for it.

    answers: to the transition's form, where it has one.
    """

    event: str
    text: str
    revision: int
    answers: Mapping[str, Any] | None = None


def move(
    session: Session, authority: AuthorityView, reference: str, made: Move, *, by: AgentActor, now: datetime
) -> Submission:
    """The submission, in its new state; the mails that the workflow names are posted, the agent's words in them.

    What the agent answers to the transition's form is kept first: guards read it. Raises Invalid when the text that the
    transition asks for is missing or too long or an answer is not valid, TransitionRefused when the event is not open,
    NotFound for an event that has its own command.
    """
    if made.event in KNOWN_EVENTS:
        raise NotFound("Cette action a sa propre page. Rechargez la demande.")
    row = find_for_change(session, authority, by, reference, revision=made.revision, to=Permission.SUBMISSION_HANDLE)
    act = Act(session, authority, row, by=by, now=now)
    implied.settle_if_due(act)
    transition = _open(act, made.event)
    text = _text(transition, made)
    data = {"event": made.event}
    if transition is not None and transition.form:
        _keep(act, transition.form, made.answers or {})
        data["form"] = transition.form
    implied.settle_before(act, made.event)
    actions = act.advance(made.event, Kind.MOVED, data)
    act.perform(actions, {}, note=text)
    return act.submission


def _keep(act: Act, name: str, answers: Mapping[str, Any]) -> None:
    """Stores the answers of the agent who acts, judged once more as they are stored; raises Invalid."""
    form = act.procedure.agent_forms[name]
    settled, problems = form_answers.settled(form, answers, as_of=act.today())
    if problems:
        raise Invalid("Ce formulaire est incomplet.", problems)
    assert isinstance(act.by, AgentActor)  # noqa: S101 - agents' command only
    act.session.add(
        AgentAnswers(
            authority_id=act.authority.id,
            submission_id=act.id,
            form=name,
            answers=settled,
            at=act.now,
            agent_id=act.by.id,
        )
    )
    act.session.flush()


def _text(transition: Transition | None, made: Move) -> str:
    """The agent's words, "" where the transition asks for none."""
    if transition is None or not transition.asks:
        return ""
    text = made.text.replace("\r\n", "\n").strip()
    problem = None
    if not text:
        problem = Problem("text", "required", "Écrivez votre message : l’usager le reçoit par courriel.")
    elif len(text) > LONGEST_TEXT:
        problem = Problem("text", "too_long", f"Raccourcissez votre message à {LONGEST_TEXT} caractères.")
    if problem:
        raise Invalid("Il manque votre message à l’usager.", [problem])
    return text


def _open(act: Act, event: str) -> Transition | None:
    return openings.transition(act.by, act.procedure.workflow, act.submission, act.context(), event)
