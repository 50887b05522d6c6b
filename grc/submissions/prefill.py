"""What is known before a question is asked: by FranceConnect, a link, one's former demandes. Proposed, or locked.

A question says by `x-prefill` where its answer may come from. A value that the question itself would refuse is ignored.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from sqlmodel import Session

from grc.authorities import queries as authorities
from grc.citizens import queries as citizens
from grc.conditions import value_at
from grc.forms.answers import prune, with_value
from grc.forms.days import in_words
from grc.forms.definition import Answers, Field, Form
from grc.forms.fields import KINDS, commune
from grc.forms.judging import field_problems
from grc.franceconnect.claims import PivotIdentity
from grc.submissions.helpers import Helper

Json = Any
PROVIDER = "franceconnect."
PROFILE = "profile."
LINK = "link"
LINK_NAME = "prefill."
"""What the names of a link's parameters begin with: `?prefill.place=Mairie`."""

_CLAIMS: Mapping[str, Callable[[PivotIdentity], Json]] = {
    "family_name": lambda one: one.family_name,
    "given_names": lambda one: one.given_name,
    "preferred_username": lambda one: one.preferred_username,
    "email": lambda one: one.email,
    "birthdate": lambda one: one.birthdate.isoformat() if one.birthdate else "",
    "birthplace": lambda one: one.birthplace,
    "gender": lambda one: one.gender,
}
_UNVOUCHED = frozenset({"email"})
"""The provider does not check the e-mail: it is a proposal, whatever the catalogue says."""
_NEVER_COPIED = frozenset({"file", "statement"})
"""A file belongs to the demande it was sent with; a statement is sworn each time."""


def account(session: Session, authority_id: int, citizen_id: int | None) -> PivotIdentity | None:
    """Who the provider said the account is; None without account."""
    return None if citizen_id is None else citizens.identity(session, authority_id, citizen_id)


def of_applicant(
    session: Session, authority_id: int, citizen_id: int | None, helper: Mapping[str, Json] | None
) -> PivotIdentity | None:
    """Who the provider said the applicant is: None without account, and where the account is a helper's own."""
    known = Helper.of(helper)
    return None if known is not None and known.has_own_account else account(session, authority_id, citizen_id)


def vouched(session: Session, form: Form, draft: Any) -> tuple[dict[str, Json], dict[str, str]]:
    """The values that the account may not change in a draft (a row of it), and the remarks on others that it told.

    Both by name of question; empty without account of the applicant.
    """
    identity = of_applicant(session, draft.authority_id, draft.citizen_id, draft.helper)
    if identity is None:
        return {}, {}
    as_of = authorities.day_of(session, draft.authority_id, draft.saved_at)
    return locked(form, identity, as_of=as_of), remarks(form, identity, as_of=as_of)


def completed(form: Form, answers: Mapping[str, Json], identity: PivotIdentity | None, *, as_of: date) -> Answers:
    """The answers with what the provider says: in place of those that are locked, else only where nothing is said."""
    told = dict(answers)
    for field, value, is_locked in _told(form, identity, as_of):
        if is_locked or value_at(told, field.path) is None:
            told = with_value(told, field.path, value)
    return told


def imposed(form: Form, answers: Mapping[str, Json], identity: PivotIdentity | None, *, as_of: date) -> Answers:
    """The answers with the locked values of the account in their place, whatever was said there."""
    told = dict(answers)
    for name, value in locked(form, identity, as_of=as_of).items():
        told = with_value(told, form.field(name).path, value)
    return told


def disowned(form: Form, answers: Mapping[str, Json], identity: PivotIdentity | None, *, as_of: date) -> Answers:
    """The answers without what this account had told: it is not the applicant's."""
    told = dict(answers)
    for field, value, _ in _told(form, identity, as_of):
        if value_at(told, field.path) == value:
            told = with_value(told, field.path, None)
    return told


def locked(form: Form, identity: PivotIdentity | None, *, as_of: date) -> dict[str, Json]:
    """The values, by name of field, that this account may not change; an absent or odd claim locks nothing.

    A birth date whose day or month may be a stand-in of the provider's is only proposed.
    """
    return {field.name: value for field, value, is_locked in _told(form, identity, as_of) if is_locked}


def remarks(form: Form, identity: PivotIdentity | None, *, as_of: date) -> dict[str, str]:
    """What to say beside a value that is told and may be wrong, by name of question: a presumed date of birth."""
    return {
        field.name: _presumed(value, identity)
        for field, value, is_locked in _told(form, identity, as_of)
        if identity is not None and not is_locked and _source(field) == PROVIDER + "birthdate"
    }


def enforced(form: Form, posted: Mapping[str, list[str]], values: Mapping[str, Json]) -> dict[str, list[str]]:
    """What was posted, with the locked values in place of whatever the browser says."""
    said = dict(posted)
    for name, value in values.items():
        for input_name, text in _retyped(form.field(name), value).items():
            said[input_name] = [text] if isinstance(text, str) else list(text)
    return said


def shown(form: Form, values: Mapping[str, Json]) -> dict[str, str]:
    """Locked values as people read them, by name of field."""
    return {name: KINDS[form.field(name).kind].display(form.field(name), value) for name, value in values.items()}


def verified(form: Form, answers: Mapping[str, Json], identity: PivotIdentity | None, *, as_of: date) -> list[str]:
    """The names of the answers that are just what the provider vouches for; all others are declared.

    Kept with the reception of a demande (the event's `verified`), for agents: names of questions, never values.
    """
    pruned = prune(form, answers)
    return [
        field.name
        for field, value, is_locked in _told(form, identity, as_of)
        if is_locked and value_at(pruned, field.path) == value
    ]


def of_link(form: Form, asked: Mapping[str, str], *, as_of: date) -> Answers:
    """The answers that a documented link gives (`prefill.<name>=<value>`): only to questions that say `link`.

    A value is what the question stores, as text (a day: 2027-03-16); one that is not accepted is ignored. Never a
    file, a statement, or a value that FranceConnect locks.
    """
    answers: Answers = {}
    for field in form.fields:
        text = asked.get(LINK_NAME + field.name, "")
        if not text or not _takes_link(field):
            continue
        value = _read(field, text)
        if value is not None and not field_problems(form, field, value, as_of=as_of):
            answers = with_value(answers, field.path, value)
    return answers


def link_names(form: Form) -> list[str]:
    """The parameters that a link to this form may carry."""
    return [LINK_NAME + field.name for field in form.fields if _takes_link(field)]


def profile_fields(form: Form, answers: Mapping[str, Json]) -> list[Field]:
    """The questions that one's former demandes could answer and that have no answer yet."""
    asking = (field for field in form.fields if _source(field).startswith(PROFILE))
    return [field for field in asking if value_at(answers, field.path) is None]


def of_profile(
    form: Form, answers: Mapping[str, Json], former: Form, filed: Mapping[str, Json], *, as_of: date
) -> Answers:
    """The answers, with the former demande's of the same role (`profile.<role>`) where nothing is said yet."""
    return of_roles(form, answers, lambda role: former.role_value(filed, role), as_of=as_of)


def of_roles(form: Form, answers: Mapping[str, Json], value_of: Callable[[str], Json], *, as_of: date) -> Answers:
    """The answers, with what `value_of` says of the role (`profile.<role>`) where nothing is said yet."""
    told = dict(answers)
    for field in profile_fields(form, answers):
        value = value_of(_source(field).removeprefix(PROFILE))
        if value is not None and not field_problems(form, field, value, as_of=as_of):
            told = with_value(told, field.path, value)
    return told


def without_roles(form: Form, answers: Mapping[str, Json], value_of: Callable[[str], Json]) -> Answers:
    """The answers without those that `value_of` says: what `of_roles` had filled in."""
    told = dict(answers)
    for field in form.fields:
        value, source = value_at(told, field.path), _source(field)
        if value is not None and source.startswith(PROFILE) and value == value_of(source.removeprefix(PROFILE)):
            told = with_value(told, field.path, None)
    return told


def of_former(form: Form, former: Form, filed: Mapping[str, Json], *, as_of: date) -> Answers:
    """The answers of a demande that a similar one may start from, asked and accepted the same way today.

    Without files, statements, computed values, and what today's form refuses (a day now past, a choice now gone).
    """
    known = {field.name: field.kind for field in former.fields}
    answers: Answers = {}
    for field in form.fields:
        value = value_at(filed, field.path)
        is_same = known.get(field.name) == field.kind and field.kind not in _NEVER_COPIED
        if value is None or not is_same or field.computed is not None:
            continue
        if not field_problems(form, field, value, as_of=as_of):
            answers = with_value(answers, field.path, value)
    return answers


def _told(form: Form, identity: PivotIdentity | None, as_of: date) -> Iterator[tuple[Field, Json, bool]]:
    """Each question that the provider answers with an acceptable value, that value, and whether it is locked."""
    if identity is None:
        return
    for field in form.fields:
        claim = _source(field).removeprefix(PROVIDER)
        if not _source(field).startswith(PROVIDER) or claim not in _CLAIMS:
            continue
        value = _as_answer(field, _CLAIMS[claim](identity))
        if value and not field_problems(form, field, value, as_of=as_of):
            yield field, value, _locks(field, claim, identity)


def _presumed(value: Json, identity: PivotIdentity) -> str:
    """What the register holds of a day that is not sure, and what the person may do about it."""
    told = f"Date communiquée par FranceConnect : {in_words(date.fromisoformat(value))}."
    if identity.idp_birthdate.endswith("-00-00"):
        return f"{told} Le jour et le mois n’y sont pas connus. Corrigez-les si vous les connaissez."
    if identity.idp_birthdate.endswith("-00"):
        return f"{told} Le jour n’y est pas connu. Corrigez-le si vous le connaissez."
    return f"{told} Corrigez-la si votre jour ou votre mois de naissance est autre."


def _as_answer(field: Field, claim: Json) -> Json:
    """A claim as its question stores it: the provider names a commune of birth by its code."""
    return commune.from_code(claim) if field.kind == "commune" else claim


def _locks(field: Field, claim: str, identity: PivotIdentity) -> bool:
    if claim in _UNVOUCHED or not field.schema.get("x-prefill", {}).get("locked"):
        return False
    return claim != "birthdate" or not identity.birthdate_is_uncertain


def _takes_link(field: Field) -> bool:
    return _source(field) == LINK and field.kind not in _NEVER_COPIED


def _source(field: Field) -> str:
    return str(field.schema.get("x-prefill", {}).get("source", ""))


def _read(field: Field, text: str) -> Json:
    """The value that a link's text stands for: a stored value as it is, else what typing it would give."""
    typed = _retyped(field, text) if field.kind == "date" else {field.name: text}
    posted = {name: [one] if isinstance(one, str) else list(one) for name, one in typed.items()}
    parsed = KINDS[field.kind].parse(field, posted)
    return None if parsed.problems or parsed.value in ("", [], {}) else parsed.value


def _retyped(field: Field, value: Json) -> Mapping[str, Any]:
    return KINDS[field.kind].retype(field, value)
