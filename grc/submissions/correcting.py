"""The erratum of a decision: its text is corrected, its outcome stays; another outcome is another decision."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast

from sqlalchemy import select
from sqlmodel import Session, col

from grc.access.actors import AgentActor
from grc.access.permissions import Permission
from grc.authorities.views import AuthorityView
from grc.errors import Conflict, Invalid, Problem
from grc.receipts import Erratum, wording
from grc.receipts import erratum as letters
from grc.submissions import decisions, notices
from grc.submissions.acts import Act
from grc.submissions.events import Kind
from grc.submissions.models import Decision, Notice, Submission
from grc.submissions.queries import find, find_for_change

LONGEST = 5000


@dataclass(frozen=True)
class Correction:
    """What an agent posts. wrong: what the decision said; right: what it must be read as; revision: the one seen."""

    wrong: str
    right: str
    revision: int


def correctable(decided: Sequence[Decision]) -> Decision | None:
    """The express decision in force, whose text may be corrected; None without one (silence wrote nothing)."""
    found = decisions.standing(decided)
    return found if found is not None and found.kind == "express" else None


def correct(
    session: Session, authority: AuthorityView, reference: str, made: Correction, *, by: AgentActor, now: datetime
) -> Submission:
    """The submission, its decision corrected by a row of its own and a letter; its state stays.

    Raises Conflict without an express decision, Invalid while what was wrong or what is right is not said, or when the
    decision, with what corrected it before, does not say what was wrong.
    """
    row = find_for_change(session, authority, by, reference, revision=made.revision, to=Permission.SUBMISSION_DECIDE)
    act = Act(session, authority, row, by=by, now=now)
    facts, corrected = _facts(act, made)
    decision = Decision(
        authority_id=authority.id,
        submission_id=act.id,
        outcome=corrected.outcome,
        reasons=facts.right,
        judged_revision=made.revision,
        agent_id=by.id,
        decided_at=now,
        corrects_id=corrected.id,
    )
    session.add(decision)
    session.flush()
    act.record(Kind.CORRECTED, {"decision": decision.id, "corrects": corrected.id})
    notices.tell(session, row, facts, now=now)
    return row


def preview(
    session: Session, authority: AuthorityView, reference: str, made: Correction, *, by: AgentActor, now: datetime
) -> Erratum:
    """What `correct` would tell the citizen; changes nothing."""
    act = Act(session, authority, find(session, by, reference, to=Permission.SUBMISSION_DECIDE), by=by, now=now)
    return notices.whole(_facts(act, made)[0])


def _facts(act: Act, made: Correction) -> tuple[Erratum, Decision]:
    decided = decisions.all_of(act)
    found = correctable(decided)
    if found is None:
        raise Conflict("Cette demande n’a pas de décision écrite à corriger.")
    wrong, right = made.wrong.strip(), made.right.strip()
    _check(wrong, right)
    reasons, letter = _standing_text(act, found, decided)
    if not any(_quoted(wrong).search(text) for text in (reasons, letter, *_stated(act, found))):
        message = "Ce passage n’est pas dans la décision, telle que corrigée jusqu’ici. Recopiez-le mot pour mot."
        raise Invalid("Le passage à corriger est introuvable.", [Problem("wrong", "absent", message)])
    notice = letters.build(
        **decisions.common(act),
        corrects=decisions.named(found, act.authority.zone),
        outcome=cast(Literal["accepted", "refused"], found.outcome),
        wrong=wrong,
        right=right,
        reasons=_corrected(reasons, wrong, right),
        corrected_at=act.now,
        agent=act.actor_contact(),
        appeal_terms=act.procedure.appeal_for(act.submission.answers),
    )
    return notice, found


def _check(wrong: str, right: str) -> None:
    problems = [
        Problem(field, "required" if not text else "too_long", message)
        for field, text, message in (
            ("wrong", wrong, "Recopiez le passage inexact de la décision."),
            ("right", right, "Écrivez le texte exact, qui le remplace."),
        )
        if not text or len(text) > LONGEST
    ]
    if problems:
        raise Invalid("La correction est incomplète.", problems)


def _standing_text(act: Act, found: Decision, decided: Sequence[Decision]) -> tuple[str, str]:
    """The reasons and the letter of a decision, as the errata before this one correct them."""
    mine = (col(Notice.authority_id) == act.authority.id, col(Notice.submission_id) == act.id)
    told = select(col(Notice.facts)).where(*mine, col(Notice.kind) == Erratum.KIND).order_by(col(Notice.id))
    errata = [one for one in decided if one.corrects_id is not None]
    reasons, letter = found.reasons, found.letter
    for erratum, facts in zip(errata, act.session.execute(told).scalars(), strict=True):
        if erratum.corrects_id == found.id:
            reasons, letter = (_corrected(text, facts["wrong"], facts["right"]) for text in (reasons, letter))
    return reasons, letter


def _stated(act: Act, found: Decision) -> tuple[str, ...]:
    """What the notice of a decision states beside what agents wrote in it: names, titles and days."""
    row, taken_on = act.submission, decisions.taken_on(found, act.authority.zone)
    names = (act.authority.name, act.service.name, act.procedure.title, row.reference, row.applicant_name)
    return (*names, *map(wording.long_date, (row.first_received_on, taken_on)))


def _corrected(text: str, wrong: str, right: str) -> str:
    return _quoted(wrong).sub(lambda _: right, text)


def _quoted(wrong: str) -> re.Pattern[str]:
    """The passage wherever it stands: lines may be broken elsewhere and spaces unbreakable, as on a page."""
    return re.compile(r"\s+".join(map(re.escape, wrong.split())))
