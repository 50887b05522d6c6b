"""What the citizen reads of where a demande is: the words of its state, or that silence decided."""

from __future__ import annotations

from grc.submissions.models import Submission
from grc.submissions.queries import Whole
from grc.workflow.definition import Workflow

_LABELS = {"rejection": "Refusée, faute de réponse", "acceptance": "Acceptée, faute de réponse"}
_SENTENCES = {
    "rejection": "La commune n’a pas répondu à temps : votre demande est refusée. Elle peut encore vous répondre.",
    "acceptance": "La commune n’a pas répondu à temps : votre demande est acceptée.",
}


def is_by_silence(row: Submission) -> bool:
    """Whether silence decided and nobody has answered since nor awaits documents."""
    return row.implied_on is not None and row.phase in ("received", "examined") and row.silence_rule in _LABELS


def label(row: Submission, workflow: Workflow) -> str:
    """Where the demande is, in two or three words."""
    return _LABELS[row.silence_rule] if is_by_silence(row) else workflow.state(row.state).label


def sentence(found: Whole) -> str:
    """Where the demande is, in one sentence or two."""
    row = found.submission
    return (
        _SENTENCES[row.silence_rule]
        if is_by_silence(row)
        else found.procedure.workflow.state(row.state).citizen_sentence
    )
