"""The authority's own text of a decision: its letter in Markdown, with the values of this demande."""

from __future__ import annotations

from typing import Any, Final

from grc.catalogue.letters import chosen
from grc.conditions import value_at
from grc.errors import Invalid
from grc.forms.fields import KINDS
from grc.receipts import letters
from grc.submissions.acts import Act

MOST_CHARACTERS: Final = 20_000
"""Of a letter with its values in: what the decision keeps."""


def decision_letter(act: Act, outcome: str) -> str:
    """The letter of this outcome as Markdown, or "" when the procedure has none; preview and decision call it alike.

    Raises Invalid when the answers make it longer than a decision keeps.
    """
    source = act.procedure.letters.get(chosen(act.procedure.workflow, outcome))
    if source is None:
        return ""
    written = letters.write(source, _names(act))
    if len(written) > MOST_CHARACTERS:
        raise Invalid(f"La lettre dépasse {MOST_CHARACTERS} caractères : raccourcissez son modèle.")
    return written


def _names(act: Act) -> dict[str, Any]:
    """What a letter may show: `letters.NAMES`, the answers as they are stored, and as people read them."""
    row = act.submission
    return {
        "authority": {"name": act.authority.name},
        "service": {"name": act.service.name, "telephone": act.service.telephone, "email": act.service.email},
        "procedure": {"title": act.procedure.title},
        "submission": {"reference": row.reference, "received_on": row.first_received_on},
        "applicant": {"name": row.applicant_name},
        "decision": {"on": act.today()},
        "answers": row.current_answers,
        "shown": _shown(act),
    }


def _shown(act: Act) -> dict[str, Any]:
    """The answers as the recapitulation says them, in the shape of the answers."""
    result: dict[str, Any] = {}
    for field in act.procedure.form.fields:
        value = value_at(act.submission.current_answers, field.path)
        if value is None or field.form is not None:
            continue
        *above, last = field.path
        group = result
        for step in above:
            group = group.setdefault(step, {})
        group[last] = KINDS[field.kind].display(field, value)
    return result
