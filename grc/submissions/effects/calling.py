"""The action `call`: another system is told, by the worker, with bytes that never change."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from grc.conditions import value_at
from grc.forms.answers import prune
from grc.outbox.models import OutboxEntry
from grc.submissions.effects.told import Told
from grc.submissions.exchange_models import HttpCall
from grc.workflow.definition import Action

if TYPE_CHECKING:
    from grc.submissions.acts import Act

CHANNEL, KIND, RECIPIENT = "http", "call", "endpoint"


def call(act: Act, action: Action, _told: Told) -> None:
    """Posts the call: the reference, the procedure, what happened, and only the answers that the workflow names."""
    entry = OutboxEntry(
        authority_id=act.authority.id,
        submission_id=act.id,
        channel=CHANNEL,
        kind=KIND,
        recipient=RECIPIENT,
        created_at=act.now,
        due_at=act.now,
    )
    act.session.add(entry)
    act.session.flush()
    assert entry.id is not None  # noqa: S101 - it was just stored
    act.session.add(
        HttpCall(
            authority_id=act.authority.id,
            submission_id=act.id,
            outbox_id=entry.id,
            name=str(action.params["name"]),
            endpoint=str(action.params["endpoint"]),
            body=_body(act, action, entry.id),
        )
    )


def _body(act: Act, action: Action, key: int) -> str:
    answers = prune(act.procedure.form, act.submission.current_answers)
    told = {
        "id": str(key),
        "call": str(action.params["name"]),
        "authority": act.authority.slug,
        "procedure": act.procedure.slug,
        "reference": act.submission.reference,
        "state": act.submission.state,
        "event": act.event,
        "at": act.now.isoformat(),
        "answers": {name: value_at(answers, tuple(name.split("."))) for name in action.params.get("send", ())},
    }
    return json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
