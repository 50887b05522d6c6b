"""The mails of the demonstration's past: written, with their letters, and on record as sent, in the mailbox too.

The very steps of a worker (`grc.notifications.delivery`), one after the other in the transaction of the day, for no
server is waited for: whoever looks at the demonstration finds nothing still to leave.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from sqlmodel import Session

from grc.demo.mailbox import Mailbox
from grc.notifications import aftermath, emails, letters, mails
from grc.notifications.emails import Sender
from grc.notifications.mails import NotWanted
from grc.outbox import delivery
from grc.outbox.delivery import Claimed

KEPT_IN_MAILBOX = timedelta(days=7)
"""How far back the mailbox goes: older mails are read on the pages of their demandes, and would bury those of today."""
_HOLDER = "demo:past"
_TRAVELS = timedelta(seconds=20)
_AT_ONCE = 1000


@dataclass(frozen=True)
class Postman:
    """Carries what is due. now: of the real clock."""

    base_url: str
    mailbox: Mailbox | None
    now: datetime

    def carry(self, session: Session, until: datetime) -> int:
        """How many mails left: all that were posted until then."""
        entries = delivery.claim(session, now=until, holder=_HOLDER, limit=_AT_ONCE)
        for entry in entries:
            try:
                self._send(session, entry)
            except NotWanted:
                delivery.drop(session, entry, now=until)
        return len(entries)

    def _send(self, session: Session, entry: Claimed) -> None:
        mails.require_wanted(session, entry)
        mail, sent_at = mails.of_entry(session, entry, base_url=self.base_url), entry.created_at + _TRAVELS
        notice, domain = mail.notice, mail.authority.sender_address.rsplit("@", 1)[-1]
        attached = []
        if letters.is_letter(notice):
            attached.append((letters.filename(notice), letters.render(notice, accent=mail.authority.colour)))
        message_id = f"<{entry.id}.{secrets.token_hex(12)}@{domain}>"
        raw = emails.compose(
            notice,
            sender=Sender(mail.authority.sender_address, mail.authority.name),
            to=mail.to,
            message_id=message_id,
            date=sent_at,
            link=mail.link,
            theme_colour=mail.authority.colour,
            attachments=attached,
        )
        freeze = partial(delivery.freeze, from_address=mail.authority.sender_address, to_address=mail.to, now=sent_at)
        frozen = freeze(session, entry, raw=raw, message_id=message_id, has_letter=bool(attached))
        delivery.record_sent(session, entry, frozen, code=250, answer="2.0.0 OK", now=sent_at)
        aftermath.sent(session, entry, now=sent_at)
        if self.mailbox is not None and self.now - sent_at < KEPT_IN_MAILBOX:
            self.mailbox.put(sent_at, frozen.from_address, mail.to, raw)
