"""The mails of citizens' links: to the address that the link is for, and only while it still opens something."""

from __future__ import annotations

from sqlmodel import Session

from grc import clock, receipts
from grc.authorities.views import AuthorityView
from grc.citizens import links as email_links
from grc.citizens.models import Citizen, EmailLink
from grc.db import keyring_of
from grc.notifications import links
from grc.outbox.delivery import Claimed
from grc.outbox.post import LINK


class NotWanted(Exception):
    """Nobody waits for this mail any more: its draft was sent, deleted or saved again, its link was used or ended."""


def waiting(session: Session, entry: Claimed) -> EmailLink:
    """The link that a mail brings; raises NotWanted once it is used up, ended or gone."""
    row = session.get(EmailLink, int(entry.recipient.removeprefix(LINK)))
    if row is None or row.used_at is not None or row.expires_at <= clock.now():
        raise NotWanted
    return row


def of_entry(
    session: Session, entry: Claimed, authority: AuthorityView, base_url: str
) -> tuple[receipts.Notice, str, str]:
    """The words, the address that they go to, and the one link; raises NotWanted."""
    row = waiting(session, entry)
    token = keyring_of(session).open(entry.sealed_secret) if entry.sealed_secret else ""
    common = {"authority": authority.name, "email": row.email}
    timed = {**common, "expires_at": row.expires_at, "zone": authority.zone}
    if row.purpose == email_links.SIGN_IN:
        return receipts.SignInLink(**timed), row.email, links.sign_in(authority, base_url, token)  # type: ignore[arg-type]
    if row.purpose == email_links.UNUSED:
        return _unused(session, row, authority), row.email, links.door(authority, base_url)
    if row.purpose == email_links.RELINKED:
        day = clock.day_in(authority.zone, row.created_at)
        told = receipts.AccountRelinked(authority.name, row.email, day, authority.telephone)
        return told, row.email, links.door(authority, base_url)
    other = session.get(EmailLink, row.pair_id) if row.pair_id is not None else None
    address = other.email if other is not None else ""
    page = links.address(authority, base_url, token)
    if row.purpose == email_links.OLD_ADDRESS:
        return receipts.OldAddress(**timed, new=address), row.email, page  # type: ignore[arg-type]
    return receipts.NewAddress(**timed, old=address), row.email, page  # type: ignore[arg-type]


def _unused(session: Session, row: EmailLink, authority: AuthorityView) -> receipts.Notice:
    account = session.get_one(Citizen, row.citizen_id)
    return receipts.AccountUnused(
        authority=authority.name,
        email=row.email,
        used_on=clock.day_in(authority.zone, account.signed_in_at),
        closed_on=clock.day_in(authority.zone, row.expires_at),
    )
