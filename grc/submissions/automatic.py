"""What is written to the citizen by nobody: an entry of the thread beside an event, and its mail."""

from __future__ import annotations

from grc import receipts
from grc.submissions import notices
from grc.submissions.acts import Act
from grc.submissions.conversation import AUTOMATIC
from grc.submissions.exchange_models import ThreadEntry
from grc.submissions.models import Submission


def is_told(row: Submission) -> bool:
    """Whether a mail tells the citizen of a message: they gave an address."""
    return bool(row.contact_email)


def tell(act: Act, text: str, files: int, agent: receipts.AgentContact | None, *, is_letter: bool = False) -> None:
    """Mails these words to the citizen; where no address could receive them nothing, or a letter to print."""
    if not (is_letter or is_told(act.submission)):
        return
    told = receipts.NewMessage(
        reference=act.submission.reference,
        authority=act.authority.name,
        procedure_title=act.procedure.title,
        sent_at=act.now,
        zone=act.authority.zone,
        service=act.service_contact,
        agent=agent,
        text=text,
        files=files,
    )
    notices.tell(act.session, act.submission, told, now=act.now, is_letter=is_letter)


def write(act: Act, text: str, *, is_letter: bool = False) -> None:
    """Adds an entry beside the event just recorded, and mails its words. is_letter: printed for who has no address."""
    act.session.add(
        ThreadEntry(
            authority_id=act.authority.id,
            submission_id=act.id,
            at=act.now,
            kind=AUTOMATIC,
            author_kind="system",
            text=text,
            event_sequence=act.submission.revision,
        )
    )
    tell(act, text, 0, act.case_agent(), is_letter=is_letter)
