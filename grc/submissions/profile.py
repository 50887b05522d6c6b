"""What an account brings to a draft, only when the person asks: its keeping, and what it lets new forms start from.

The profile is kept with consent alone (GDPR art. 6 (1) a): the answers of a few roles, as last said in a demande.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from grc.access.actors import Visitor
from grc.authorities import queries as authorities
from grc.catalogue import queries as catalogue
from grc.citizens import accounts
from grc.conditions import value_at
from grc.errors import Conflict
from grc.forms.definition import Answers, Form
from grc.submissions import drafts, helpers, prefill, queries
from grc.submissions.drafts import DraftView, Started
from grc.submissions.models import Submission

_LATEST = 5
"""How far back to look when the person consents: a demande may not ask what another did."""
KEPT: Mapping[str, str] = {
    "postal-address": "Adresse postale",
    "contact-email": "Adresse électronique",
    "telephone": "Téléphone",
}
"""The roles whose answers a profile keeps, and no others: how to reach the person."""


def offers(session: Session, draft: DraftView, names: Collection[str], *, by: Visitor) -> bool:
    """Whether taking up the profile would answer one of these questions of the draft; never without consent."""
    form = draft.procedure.form
    if not _is_the_applicant_s(draft):
        return False
    told = _told(
        session, form, draft.answers, as_of=authorities.day_of(session, by.authority_id, draft.saved_at), by=by
    )
    return any(
        value_at(told, form.field(name).path) != value_at(draft.answers, form.field(name).path) for name in names
    )


def take(session: Session, public_id: str, *, by: Visitor, now: datetime) -> DraftView:
    """The draft, its empty answers of `profile.<role>` filled from what the account's person consented to keep.

    Raises NotFound, Conflict without account.
    """
    _signed_in(by)
    is_theirs = _is_the_applicant_s(drafts.find(session, public_id, by=by))

    def told(form: Form, answers: Answers) -> Answers:
        if not is_theirs:
            return answers
        return _told(session, form, answers, as_of=authorities.day_of(session, by.authority_id, now), by=by)

    return drafts.complete(session, public_id, told, by=by, now=now)


def keep(session: Session, public_id: str, *, by: Visitor, now: datetime) -> DraftView:
    """The draft, from now on the account's: found again from any browser, completed by what FranceConnect knows.

    What was typed stays, but where FranceConnect vouches for another value. Raises NotFound, Conflict without account.
    """
    account = _signed_in(by)
    is_theirs = _is_the_applicant_s(drafts.find(session, public_id, by=by))
    identity = prefill.account(session, by.authority_id, account) if is_theirs else None

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

    again = helpers.renewed(row.helper)
    return drafts.start(session, former.slug, client=client, by=by, now=now, known=known, helper=again)


def _is_the_applicant_s(draft: DraftView) -> bool:
    """Whether the account that fills the draft in is the applicant's, and not that of who helps them."""
    return draft.helper is None or not draft.helper.has_own_account


def _signed_in(by: Visitor) -> int:
    if by.citizen_id is None:
        raise Conflict("Connectez-vous d’abord.")
    return by.citizen_id


def consent(session: Session, *, by: Visitor, now: datetime) -> None:
    """Keeps, from now on, what the account's demandes say of the roles of KEPT; first what the latest ones said."""
    account = _signed_in(by)
    accounts.consent(session, by.authority_id, account, now=now)
    accounts.keep_profile(session, by.authority_id, account, _said_lately(session, by.authority_id, account))


def withdraw(session: Session, *, by: Visitor, now: datetime) -> None:
    """Deletes at once what is kept."""
    accounts.withdraw_consent(session, by.authority_id, _signed_in(by))


def remember(session: Session, authority_id: int, account: int | None, form: Form, answers: Mapping[str, Any]) -> None:
    """Keeps what a demande just filed says of the roles of KEPT, where the account's person consented."""
    if account is None:
        return
    kept = accounts.profile(session, authority_id, account)
    if kept is not None:
        accounts.keep_profile(session, authority_id, account, {**kept, **_roles(form, answers)})


def words(value: Any) -> str:
    """What is kept, in one line."""
    if not isinstance(value, Mapping):
        return str(value)
    town = " ".join(str(value[key]) for key in ("postcode", "city") if value.get(key))
    return ", ".join(str(line) for line in (value.get("line1"), value.get("line2"), town) if line)


def _said_lately(session: Session, authority_id: int, account: int) -> dict[str, Any]:
    """What the account's latest demandes say of the roles of KEPT, the last one first."""
    rows = session.execute(
        select(Submission)
        .where(col(Submission.authority_id) == authority_id, col(Submission.citizen_id) == account)
        .where(col(Submission.helper).is_(None))
        .order_by(col(Submission.received_at).desc())
        .limit(_LATEST)
    ).scalars()
    said: dict[str, Any] = {}
    for row in rows:
        form = catalogue.version(session, row.authority_id, row.version_id).form
        said = {**_roles(form, row.current_answers), **said}
    return said


def _roles(form: Form, answers: Mapping[str, Any]) -> dict[str, Any]:
    said = {role: form.role_value(answers, role) for role in KEPT}
    return {role: value for role, value in said.items() if value is not None}


def _told(session: Session, form: Form, answers: Answers, *, as_of: date, by: Visitor) -> Answers:
    """The answers completed by what the person consented to keep."""
    kept = None if by.citizen_id is None else accounts.profile(session, by.authority_id, by.citizen_id)
    if not kept:
        return answers
    return prefill.of_roles(form, answers, kept.get, as_of=as_of)
