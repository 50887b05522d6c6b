"""What an account already knows, put into a new draft: a proposal, except what FranceConnect vouches for."""

from __future__ import annotations

from typing import Any

from sqlmodel import Session

from grc.access.actors import Visitor
from grc.citizens import queries as citizens
from grc.forms.answers import with_value
from grc.forms.definition import Form


def of_account(session: Session, form: Form, *, by: Visitor) -> dict[str, Any]:
    """The answers that the signed-in person's identity gives, by the roles of the form's fields; {} without account.

    The e-mail is a proposal (FranceConnect does not check it); the postal address is asked: no provider gives it.
    """
    identity = None if by.citizen_id is None else citizens.identity(session, by.authority_id, by.citizen_id)
    answers: dict[str, Any] = {}
    if identity is None:
        return answers
    known = {
        "family-name": identity.family_name,
        "given-names": identity.given_name,
        "contact-email": identity.email,
    }
    for role, value in known.items():
        field = form.field_of_role(role)
        longest = int(field.schema.get("maxLength", 256)) if field is not None else 0
        if field is not None and value and len(value) <= longest:
            answers = with_value(answers, field.path, value)
    return answers
