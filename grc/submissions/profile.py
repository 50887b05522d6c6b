"""What an account brings to a draft, only when the person asks: its keeping, and what former demandes say."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import select
from sqlmodel import Session, col

from grc.access.actors import Visitor
from grc.authorities import queries as authorities
from grc.catalogue import queries as catalogue
from grc.conditions import value_at
from grc.errors import Conflict
from grc.forms.definition import Answers, Form
from grc.submissions import drafts, prefill, queries
from grc.submissions.drafts import DraftView, Started
from grc.submissions.models import Submission

_LATEST = 5
"""How far back to look: a demande may not ask what another did."""


def offers(session: Session, draft: DraftView, names: Collection[str], *, by: Visitor) -> bool:
    """Whether taking up the profile would answer one of these questions of the draft."""
    form = draft.procedure.form
    told = _told(
        session, form, draft.answers, as_of=authorities.day_of(session, by.authority_id, draft.saved_at), by=by
    )
    return any(
        value_at(told, form.field(name).path) != value_at(draft.answers, form.field(name).path) for name in names
    )


def take(session: Session, public_id: str, *, by: Visitor, now: datetime) -> DraftView:
    """The draft, its empty answers of `profile.<role>` filled from the account's latest demandes.

    Raises NotFound, Conflict without account.
    """
    _signed_in(by)

    def told(form: Form, answers: Answers) -> Answers:
        return _told(session, form, answers, as_of=authorities.day_of(session, by.authority_id, now), by=by)

    return drafts.complete(session, public_id, told, by=by, now=now)


def keep(session: Session, public_id: str, *, by: Visitor, now: datetime) -> DraftView:
    """The draft, from now on the account's: found again from any browser, completed by what FranceConnect knows.

    What was typed stays, but where FranceConnect vouches for another value. Raises NotFound, Conflict without account.
    """
    account = _signed_in(by)
    identity = prefill.account(session, by.authority_id, account)

    def told(form: Form, answers: Answers) -> Answers:
        return prefill.completed(form, answers, identity, as_of=authorities.day_of(session, by.authority_id, now))

    return drafts.complete(session, public_id, told, citizen_id=account, by=by, now=now)


def start_similar(session: Session, reference: str, *, client: str, by: Visitor, now: datetime) -> Started:
    """A new draft of the same procedure, as published now, with what the demande said and may be said again.

    Raises NotFound for a demande that is not the visitor's, Conflict while the procedure is closed.
    """
    row = queries.find(session, by, reference)
    former = catalogue.version(session, row.authority_id, row.version_id)

    def known(form: Form) -> Answers:
        return prefill.of_former(
            form, former.form, row.current_answers, as_of=authorities.day_of(session, by.authority_id, now)
        )

    return drafts.start(session, former.slug, client=client, by=by, now=now, known=known)


def _signed_in(by: Visitor) -> int:
    if by.citizen_id is None:
        raise Conflict("Connectez-vous d’abord avec FranceConnect.")
    return by.citizen_id


def _told(session: Session, form: Form, answers: Answers, *, as_of: date, by: Visitor) -> Answers:
    """The answers completed by the account's latest demandes, the last one first."""
    if by.citizen_id is None:
        return answers
    rows = session.execute(
        select(Submission)
        .where(col(Submission.authority_id) == by.authority_id, col(Submission.citizen_id) == by.citizen_id)
        .order_by(col(Submission.received_at).desc())
        .limit(_LATEST)
    ).scalars()
    for row in rows:
        former = catalogue.version(session, row.authority_id, row.version_id).form
        answers = prefill.of_profile(form, answers, former, row.current_answers, as_of=as_of)
    return answers
