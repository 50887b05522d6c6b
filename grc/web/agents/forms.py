"""The forms that a workflow gives agents to fill: shown by the forms engine, judged by it, everything kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from starlette.responses import Response

from grc.access.actors import AgentActor
from grc.conditions import render
from grc.errors import Problem
from grc.forms import answers, journey, summary
from grc.forms.answers import PageRead
from grc.forms.definition import Field, Form, Group
from grc.forms.fields import input_of
from grc.submissions.queries import Whole
from grc.web.agents.inbox import applicant
from grc.web.bodies import Posted
from grc.web.frame import Problems
from grc.web.framing import agent_frame
from grc.web.visit import Visit
from grc.workflow.definition import Transition

_SENT = "send"


@dataclass(frozen=True)
class Filled:
    """A form as it was posted. is_sent: whether it was sent without a fault, not only drawn again."""

    form: Form
    read: PageRead
    is_redrawn: bool

    @property
    def is_sent(self) -> bool:
        return not self.is_redrawn and not self.read.problems


@dataclass(frozen=True)
class AgentFormPage:
    """A form of the workflow. question: what the agent also writes to the citizen, or ""; text: as typed.

    What citizens' questions have beside (rows, files, answers locked by FranceConnect) is empty here.
    """

    reference: str
    title: str
    applicant: str
    label: str
    confirm: str
    state: str
    sentence: str
    action: str
    back: str
    revision: int
    groups: Sequence[Group]
    typed: Mapping[str, str | Sequence[str]]
    redraws: frozenset[str]
    question: str = ""
    text: str = ""
    told: str = ""
    problems: Problems = field(default_factory=Problems)
    alone: bool = False
    locked: Mapping[str, str] = field(default_factory=dict)
    remarks: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def anchors(self) -> Mapping[str, str]:
        """For each problem, the id of the input to correct."""
        fields = {each.name: each for group in self.groups for each in group.fields}
        return {
            each.field: input_of(fields[each.field], each) if each.field in fields else each.field
            for each in self.problems.all
        }


def read(visit: Visit[AgentActor], found: Whole, event: str, posted: Posted) -> Filled | None:
    """What was posted to the form of that event, None where it has no form or is not open."""
    named = (each.form for each in found.procedure.workflow.transitions if each.event == event and each.form)
    name = next(named, "")
    if not name:
        return None
    form = found.procedure.agent_forms[name]
    result = answers.read_page(form, form.pages[0], posted.values, {}, as_of=visit.today, files={})
    return Filled(form, result, is_redrawn=posted.one("then", _SENT) != _SENT)


def told(filled: Filled | None) -> str:
    """What the agent had answered, in lines, so that a conflict loses nothing."""
    if filled is None:
        return ""
    sections = summary.sections(filled.form, filled.read.answers)
    return "\n".join(f"{line.label} : {line.text}" for section in sections for line in section.lines)


def page(
    visit: Visit[AgentActor],
    found: Whole,
    transition: Transition,
    filled: Filled | None = None,
    *,
    text: str = "",
    problems: Sequence[Problem] = (),
) -> Response:
    """The form, empty or as it was posted; 422 with every fault when it was sent with some."""
    row, form = found.submission, found.procedure.agent_forms[transition.form]
    given = {} if filled is None else filled.read.answers
    faults = [*problems, *(() if filled is None or filled.is_redrawn else filled.read.problems)]
    target = found.procedure.workflow.state(transition.target or row.state)
    shown = AgentFormPage(
        reference=row.reference,
        title=found.procedure.title,
        applicant=applicant(row),
        label=transition.label,
        confirm=transition.confirm,
        state=target.label,
        sentence=target.citizen_sentence,
        action=visit.links.agent_submission(row.reference, f"suites/{transition.event}"),
        back=visit.links.agent_submission(row.reference),
        revision=row.revision,
        groups=_groups(visit, form, given),
        typed=answers.as_typed(form.pages[0], given) if filled is None else filled.read.typed,
        redraws=journey.redraws(form, form.pages[0]),
        question=(transition.question or "Votre message à l’usager") if transition.asks else "",
        text=text,
        told=row.contact_email,
        problems=Problems(faults),
    )
    code = 422 if faults else 200
    return visit.page("agents/submission/form.html", code=code, frame=agent_frame(visit), page=shown)


def _groups(visit: Visit[AgentActor], form: Form, given: Mapping[str, object]) -> list[Group]:
    """The groups that have something to show now, worded for the authority."""
    names = {"authority": {"name": visit.authority.name}}
    visible = {each.id for each in journey.visible_fields(form, form.pages[0], given)}

    def worded(each: Field) -> Field:
        return replace(each, title=render(each.title, names), hint=render(each.hint, names))

    shown = (
        Group(group.id, render(group.title, names), tuple(worded(one) for one in group.fields if one.id in visible))
        for group in form.pages[0].groups
    )
    return [group for group in shown if group.fields]


def lines(form: Form, given: Mapping[str, object]) -> list[tuple[str, str]]:
    """The answers to a form as people read them: pairs of a question and its answer."""
    return [(line.label, line.text) for section in summary.sections(form, given) for line in section.lines]
