"""A person's data as documents of their own: JSON for programs, the same for people. Plain values only."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from grc.attachments.commands import AttachmentView
from grc.citizens.accounts import AccountView
from grc.conditions import render
from grc.forms import summary
from grc.franceconnect.claims import as_json as identity_as_json
from grc.sessions.held import HeldSession
from grc.sessions.records import SignInView
from grc.submissions import events
from grc.submissions.drafts import DraftView
from grc.submissions.queries import Mailing, Whole
from grc.web import outcomes

FORMAT = 1
_SENT_BY = {"citizen": "la personne", "agent": "la mairie", "system": "le site", "key": "un logiciel"}


def of_submission(found: Whole, authority: str, paths: Mapping[str, str]) -> dict[str, Any]:
    """A demande as its citizen may have it: `found` holds nothing that only agents see. paths: of its files, by id."""
    row = found.submission
    return {
        "format": FORMAT,
        "reference": row.reference,
        "authority": authority,
        "procedure": {"slug": found.procedure.slug, "title": found.procedure.title},
        "service": found.service.name,
        "state": outcomes.label(row, found.procedure.workflow),
        "channel": row.channel,
        "recorded_at": row.recorded_at,
        "received_at": row.received_at,
        "first_received_on": row.first_received_on,
        "contact_email": row.contact_email,
        "applicant_name": row.applicant_name,
        "helper": row.helper,
        "is_report": row.is_report,
        "silence_on": row.silence_on,
        "retained_until": row.retained_until,
        "answers_filed": row.answers,
        "answers": row.current_answers,
        "answers_in_words": in_words(found, authority),
        "files": [_file(one, paths.get(one.public_id, "")) for one in found.files],
        "documents_requests": [
            {"at": one.requested_at, "due_on": one.due_on, "items": one.items, "remark": one.remark}
            for one in found.requests
        ],
        "decisions": [
            {"outcome": one.outcome, "kind": one.kind, "decided_at": one.decided_at, "reasons": one.reasons}
            for one in found.decisions
        ],
        "messages": [
            {"at": one.at, "by": _SENT_BY.get(one.author_kind, one.author_kind), "text": one.text}
            for one in found.entries
        ],
        "events": [
            {
                "at": one.at,
                "kind": one.kind,
                "told": events.told(one, found.state_at(one).label),
                "by": _SENT_BY.get(one.actor_kind, one.actor_kind),
                "data": one.data,
            }
            for one in found.events
        ],
        "mails": [_mail(one) for one in found.mailings if one.recipient == "citizen"],
    }


def in_words(found: Whole, authority: str) -> list[dict[str, Any]]:
    """The answers as they were asked and read, page by page."""
    names = {"authority": {"name": authority}}
    return [
        {
            "title": render(section.title, names),
            "lines": [
                {"label": render(line.label, names), "text": line.text} for line in section.lines if not line.missing
            ],
        }
        for section in summary.sections(found.procedure.form, found.submission.current_answers)
    ]


def of_draft(draft: DraftView, paths: Mapping[str, str]) -> dict[str, Any]:
    """A demande not sent yet, with what was typed and is no answer yet."""
    return {
        "format": FORMAT,
        "procedure": {"slug": draft.procedure.slug, "title": draft.procedure.title},
        "created_at": draft.created_at,
        "saved_at": draft.saved_at,
        "expires_at": draft.expires_at,
        "answers": draft.answers,
        "unfinished": draft.unfinished,
        "files": [_file(one, paths.get(one.public_id, "")) for one in draft.files],
    }


def of_account(
    account: AccountView, authority: str, sessions: Sequence[HeldSession], sign_ins: Sequence[SignInView]
) -> dict[str, Any]:
    """The account itself. A password is no datum of the person's to be had back: only that there is one."""
    return {
        "format": FORMAT,
        "authority": authority,
        "kind": "local" if account.is_local else "franceconnect",
        "email": account.email,
        "has_password": account.has_password,
        "identity": None if account.identity is None else identity_as_json(account.identity),
        "profile": account.profile,
        "profile_consented_at": account.profile_consented_at,
        "created_at": account.created_at,
        "signed_in_at": account.signed_in_at,
        "sessions": [dataclasses.asdict(one) for one in sessions],
        "sign_ins": [dataclasses.asdict(one) for one in sign_ins],
    }


def plain(value: Any) -> Any:
    """Instants and days as text, for json.dumps; raises TypeError for what no document of ours holds."""
    if isinstance(value, date | datetime):
        return value.isoformat()
    raise TypeError(type(value).__name__)


def _file(one: AttachmentView, path: str) -> dict[str, Any]:
    return {
        "name": one.name,
        "media_type": one.media_type,
        "size_bytes": one.size_bytes,
        "sha256": one.sha256,
        "received_at": one.received_at,
        "question": one.field,
        "by": _SENT_BY.get(one.sender, one.sender),
        "path": path,
    }


def _mail(one: Mailing) -> dict[str, Any]:
    return {"kind": one.kind, "to": one.to_address, "created_at": one.created_at, "sent_at": one.sent_at}
