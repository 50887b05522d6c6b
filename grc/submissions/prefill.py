"""What an account already knows of the applicant: what FranceConnect vouches for is locked, the rest is proposed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session

from grc.citizens import queries as citizens
from grc.forms.answers import with_value
from grc.forms.definition import Field, Form
from grc.franceconnect.claims import PivotIdentity

_VOUCHED = {"family-name": "family_name", "given-names": "given_name"}
"""Roles of fields that the provider vouches for: those of the applicant, never of the person named in an act."""
_PROPOSED = {"contact-email": "email"}
"""The provider does not check the e-mail: it is a proposal. No provider gives the postal address: it is asked."""


def of_account(session: Session, form: Form, *, authority_id: int, citizen_id: int | None) -> dict[str, Any]:
    """The answers of a new draft of this account; {} without account."""
    identity = _identity(session, authority_id, citizen_id)
    answers: dict[str, Any] = {}
    for field, value in _known(form, identity, {**_VOUCHED, **_PROPOSED}):
        answers = with_value(answers, field.path, value)
    return answers


def locked(session: Session, form: Form, *, authority_id: int, citizen_id: int | None) -> dict[str, str]:
    """The values, by name of field, that this account may not change; an absent or too long claim locks nothing."""
    identity = _identity(session, authority_id, citizen_id)
    return {field.name: value for field, value in _known(form, identity, _VOUCHED)}


def enforced(posted: Mapping[str, list[str]], values: Mapping[str, str]) -> dict[str, list[str]]:
    """What was posted, with the locked values in place of whatever the browser says."""
    return {**posted, **{name: [value] for name, value in values.items()}}


def _identity(session: Session, authority_id: int, citizen_id: int | None) -> PivotIdentity | None:
    return None if citizen_id is None else citizens.identity(session, authority_id, citizen_id)


def _known(form: Form, identity: PivotIdentity | None, roles: Mapping[str, str]) -> list[tuple[Field, str]]:
    found = []
    for role, claim in roles.items():
        field = form.field_of_role(role)
        value = getattr(identity, claim, "") if identity is not None else ""
        if field is not None and value and len(value) <= int(field.schema.get("maxLength", 256)):
            found.append((field, value))
    return found
