"""Who asks, as a demande's answers say it: their name for lists, whether they are identified, by whom vouched for."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any

from grc.catalogue.definition import DESK_CHANNELS, Procedure
from grc.citizens.models import LOCAL
from grc.franceconnect.claims import PivotIdentity
from grc.receipts.identification import identified


def is_report(procedure: Procedure, answers: Mapping[str, Any], channel: str = "online") -> bool:
    """Whether these answers make a report, to which no receipt is owed: nobody is identified (CRPA R112-9-1).

    An e-mail address is wanted of who writes electronically; at the desk a name and a postal address are enough.
    """
    given = procedure.form.roles_of(answers) | ({"contact-email"} if channel in DESK_CHANNELS else frozenset())
    return procedure.identification == "optional" and not identified(given)


def identity(known: PivotIdentity | None, procedure: Procedure, answers: Mapping[str, Any]) -> str:
    """Whether the applicant's names are those that the provider vouched for: "verified", "differs" or "declared"."""
    if known is None or known.iss == LOCAL:
        return "declared"
    given = [procedure.form.role_value(answers, role) for role in ("family-name", "given-names")]
    if given == [None, None]:  # an organisation names nobody whom the provider knows
        return "declared"
    vouched = (known.family_name, known.given_name)
    return "verified" if all(map(is_same_name, given, vouched)) else "differs"


def is_same_name(one: Any, other: str) -> bool:
    """Equal but for case, accents, hyphens and spaces."""
    return isinstance(one, str) and _bare(one) == _bare(other)


def _bare(name: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", name).casefold() if c.isalnum())


def name(procedure: Procedure, answers: Mapping[str, Any]) -> str:
    """The organisation, or name and first names of who asks, for agents' lists; "" where nobody is named."""
    organisation = procedure.form.role_value(answers, "organisation-name")
    if isinstance(organisation, str) and organisation:
        return organisation[:300]
    parts = (procedure.form.role_value(answers, role) for role in ("family-name", "given-names"))
    return " ".join(part for part in parts if isinstance(part, str))[:300]
