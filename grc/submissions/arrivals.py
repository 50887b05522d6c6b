"""Which of the documents asked for have come, and when: as files once the antivirus let them through, or on paper."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

from grc.attachments import scanning
from grc.attachments.commands import AttachmentView
from grc.submissions.models import DocumentsRequest

RECEIVED_ON = "received_on"
"""Of an item of a request: the day (ISO) on which it came otherwise than by these pages."""


def arrived(
    request: DocumentsRequest, files: Sequence[AttachmentView], day_of: Callable[[datetime], date]
) -> dict[str, date]:
    """By field, the legal day on which each document came: of a file the day it was sent, not that of its scan.

    A file in quarantine has not come yet; an infected one never did.
    """
    days = {str(item["field"]): date.fromisoformat(item[RECEIVED_ON]) for item in request.items if RECEIVED_ON in item}
    for file in reversed(files):
        if file.documents_request_id == request.id and file.is_readable:
            sent_on = day_of(file.received_at)
            days[file.field] = min(days.get(file.field, sent_on), sent_on)
    return days


def to_send(request: DocumentsRequest, files: Sequence[AttachmentView]) -> list[dict[str, Any]]:
    """The items that the citizen has still to send: neither come by any way, nor waiting for the antivirus."""
    here = {file.field for file in files if file.documents_request_id == request.id and file.scan != scanning.INFECTED}
    return [item for item in request.items if item["field"] not in here and RECEIVED_ON not in item]
