"""The letters that agents write after a decision, each previewed; the receipt and the attestation that are owed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from starlette.responses import Response

from grc.access.actors import AgentActor
from grc.access.permissions import Permission
from grc.errors import Conflict, Invalid, Problem, StaleSubmission
from grc.submissions import acknowledging, attesting, correcting, queries, reasons, withdrawing
from grc.submissions.correcting import Correction
from grc.submissions.queries import Whole
from grc.submissions.reasons import Answer
from grc.submissions.withdrawing import Withdrawal
from grc.web.agents import letter_views, views
from grc.web.agents.inbox import applicant
from grc.web.agents.previews import preview_of
from grc.web.agents.submission import conflict
from grc.web.bodies import Posted
from grc.web.frame import Problems
from grc.web.framing import agent_frame
from grc.web.visit import Visit

Question = letter_views.Question


@dataclass(frozen=True)
class _Letter:
    """A letter that agents write: its words, its unit, its preview, what is posted, what is asked."""

    page: str
    permission: Permission
    heading: str
    send: str
    done: str
    unit: Callable[..., Any]
    preview: Callable[..., Any]
    made: Callable[[Posted], Any]
    questions: Callable[[Posted], Sequence[Question]]
    blocked: Callable[[Visit[AgentActor], Whole], str]
    notes: Sequence[str] = ()


async def acknowledge(visit: Visit[AgentActor]) -> Response:
    """The owed receipt sent, or what the service still lacks."""
    posted = await visit.form()
    reference = visit.path["reference"]
    try:
        await visit.write(acknowledging.acknowledge, visit.authority, reference, revision=posted.revision)
    except StaleSubmission as stale:
        return await conflict(visit, stale)
    except Invalid as invalid:
        raise Conflict(" ".join(problem.message for problem in invalid.problems)) from invalid
    visit.platform.wake()
    return visit.redirect(f"{visit.links.agent_submission(reference)}?fait=accuse")


async def attest(visit: Visit[AgentActor]) -> Response:
    """The attestation of an implied acceptance, sent."""
    await visit.form()
    reference = visit.path["reference"]
    await visit.write(attesting.attest, visit.authority, reference)
    visit.platform.wake()
    return visit.redirect(f"{visit.links.agent_submission(reference)}?fait=attestation")


def writing(name: str) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """The two handlers of a letter: its empty page, and what is posted to it."""
    letter = _LETTERS[name]

    async def show(visit: Visit[AgentActor]) -> Response:
        found: Whole = await visit.read(queries.whole, visit.path["reference"], to=letter.permission)
        return _page(visit, found, letter, Posted())

    async def write(visit: Visit[AgentActor]) -> Response:
        posted = await visit.form()
        reference, made = visit.path["reference"], letter.made(posted)
        preview, problems = None, tuple[Problem, ...]()
        try:
            if posted.one("then") == "send":
                await visit.write(letter.unit, visit.authority, reference, made)
                visit.platform.wake()
                return visit.redirect(f"{visit.links.agent_submission(reference)}?fait={letter.done}")
            preview = await visit.read(letter.preview, visit.authority, reference, made, now=visit.now)
        except StaleSubmission as stale:
            return await conflict(visit, stale, typed="\n\n".join(one.value for one in letter.questions(posted)))
        except Invalid as invalid:
            problems = invalid.problems
        found: Whole = await visit.read(queries.whole, reference)
        shown = None if preview is None else preview_of(preview)
        return _page(visit, found, letter, posted, preview=shown, problems=problems)

    return show, write


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed.strip())
    except ValueError:
        return None


def _page(
    visit: Visit[AgentActor],
    found: Whole,
    letter: _Letter,
    posted: Posted,
    *,
    preview: views.Preview | None = None,
    problems: Sequence[Problem] = (),
) -> Response:
    row = found.submission
    page = letter_views.LetterPage(
        reference=row.reference,
        title=found.procedure.title,
        applicant=applicant(row),
        action=visit.links.agent_submission(row.reference, letter.page),
        back=visit.links.agent_submission(row.reference),
        revision=posted.revision or row.revision,
        heading=letter.heading,
        send=letter.send,
        questions=letter.questions(posted),
        notes=letter.notes,
        blocked=letter.blocked(visit, found),
        preview=preview,
        problems=Problems(problems),
    )
    code = 422 if problems else 200
    return visit.page("agents/submission/letter.html", code=code, frame=agent_frame(visit), page=page)


def _reasons_blocked(_visit: Visit[AgentActor], found: Whole) -> str:
    if any(task.kind == reasons.OWED for task in found.tasks):
        return ""
    return "L’usager n’a pas demandé les motifs, ou ils lui ont été donnés."


def _withdrawal_blocked(visit: Visit[AgentActor], found: Whole) -> str:
    accepted = withdrawing.acceptance(found.decisions)
    if accepted is None:
        return "Cette demande n’a pas d’acceptation à retirer."
    zone, holidays = visit.authority.zone, visit.authority.holidays
    last_on = withdrawing.last_day(found.submission, found.decisions, zone=zone, holidays=holidays)
    return withdrawing.too_late(last_on) if visit.today > last_on else ""


def _erratum_blocked(_visit: Visit[AgentActor], found: Whole) -> str:
    written = correcting.correctable(found.decisions)
    return "" if written else "Cette demande n’a pas de décision écrite à corriger."


_LETTERS = {
    "reasons": _Letter(
        page="motifs",
        permission=Permission.SUBMISSION_DECIDE,
        heading="Donner les motifs du refus implicite",
        send="Envoyer les motifs",
        done="motifs",
        unit=reasons.give,
        preview=reasons.preview,
        made=lambda posted: Answer(_text(posted, "reasons"), posted.revision),
        questions=lambda posted: [
            Question(
                "reasons",
                "Les motifs",
                hint="Les faits, puis la règle appliquée. L’usager les lit tels quels.",
                value=_text(posted, "reasons"),
            )
        ],
        blocked=_reasons_blocked,
        notes=["L’usager a deux mois pour saisir le tribunal à partir du jour où il les reçoit (article L232-4)."],
    ),
    "withdrawal": _Letter(
        page="retrait",
        permission=Permission.SUBMISSION_DECIDE,
        heading="Retirer l’acceptation",
        send="Envoyer le retrait",
        done="retrait-acceptation",
        unit=withdrawing.withdraw,
        preview=withdrawing.preview,
        made=lambda posted: Withdrawal(
            _text(posted, "reasons"),
            _day(posted.text("heard_on")),
            at_holder_request=False,
            revision=posted.revision,
        ),
        questions=lambda posted: [
            Question(
                "reasons",
                "Pourquoi cette acceptation est illégale",
                hint="Les faits, puis la règle appliquée. L’usager les lit tels quels.",
                value=_text(posted, "reasons"),
            ),
            Question(
                "heard_on",
                "Jour où vous avez demandé ses observations à la personne",
                kind="day",
                hint="La lettre le dit.",
                value=posted.text("heard_on"),
                required=False,
            ),
        ],
        blocked=_withdrawal_blocked,
        notes=[
            "Une acceptation ne se retire que si elle est illégale, et dans les quatre mois (article L242-1).",
            "Avant, invitez la personne à présenter ses observations. Demandez un avis juridique.",
        ],
    ),
    "erratum": _Letter(
        page="erratum",
        permission=Permission.SUBMISSION_DECIDE,
        heading="Corriger la décision",
        send="Envoyer la correction",
        done="erratum",
        unit=correcting.correct,
        preview=correcting.preview,
        made=lambda posted: Correction(_text(posted, "wrong"), _text(posted, "right"), posted.revision),
        questions=lambda posted: [
            Question("wrong", "Ce que la décision dit et qui est inexact", value=_text(posted, "wrong")),
            Question("right", "Ce qu’il faut lire à la place", value=_text(posted, "right")),
        ],
        blocked=_erratum_blocked,
        notes=[
            "Une correction change le texte, pas le sens de la décision : accepter ou refuser est une autre décision.",
            "Pour revenir sur une acceptation, utilisez « Retirer l’acceptation ».",
        ],
    ),
}


def _text(posted: Posted, name: str) -> str:
    return posted.text(name).replace("\r\n", "\n")
