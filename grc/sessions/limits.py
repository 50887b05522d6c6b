"""Rate limits shared between processes: fixed windows counted in one statement of SQL."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from grc.db import Answer, Prepared, dialect_of, keyring_of
from grc.errors import TooMany
from grc.sessions.models import RateCounter

_TABLE = RateCounter.__table__  # type: ignore[attr-defined]
_COUNT = {
    name: Prepared(
        dialect.insert(_TABLE)
        .on_conflict_do_update(index_elements=["key", "window"], set_={"hits": _TABLE.c.hits + 1})
        .returning(_TABLE.c.hits)
    )
    for name, dialect in (("postgresql", postgresql), ("sqlite", sqlite))
}


@dataclass(frozen=True)
class Limit:
    """At most `hits` in each window of `seconds` for one subject."""

    name: str
    hits: int
    seconds: int


TRACKING_CODES = Limit("tracking-code", 60, 600)
FILINGS = Limit("filing", 60, 600)
ADDRESS_CORRECTIONS = Limit("address-correction", 5, 86400)
RECEIPTS_PER_ADDRESS = Limit("receipt-address", 40, 3600)
DRAFT_NOTICES_PER_ADDRESS = Limit("draft-notice", 5, 86400)
AGENT_SIGN_INS = Limit("agent-sign-in", 10, 600)
AGENT_SIGN_INS_TO = Limit("agent-sign-in-to", 200, 600)
AGENT_SIGN_INS_FROM = Limit("agent-sign-in-from", 100, 600)
AGENT_FACTORS = Limit("agent-factor", 20, 600)
AGENT_FACTORS_TO = Limit("agent-factor-to", 100, 86400)
"""Of one account from everywhere, in a day: only who has its password reaches it."""
AGENT_PASSKEYS_FROM = Limit("agent-passkey-from", 100, 600)
SIGN_INS = Limit("sign-in", 60, 600)
LINKS_FROM = Limit("link-from", 20, 600)
LINKS_TO = Limit("link-to", 5, 1800)
"""No longer than a link to sign in lives: who asks for somebody's links uses up none that they could not still open."""
PASSWORDS = Limit("password", 10, 600)
PASSWORDS_TO = Limit("password-to", 200, 600)
PASSWORDS_FROM = Limit("password-from", 100, 600)
DRAFTS = Limit("draft", 120, 600)
UPLOADS = Limit("upload", 120, 600)
MESSAGES = Limit("message", 20, 3600)
RELINK_CODES = Limit("relink-code", 30, 600)
SIGNALS = Limit("signal", 600, 600)
API_CALLS = Limit("api-call", 600, 600)
"""Of one key, of what files."""
API_READS = Limit("api-read", 3000, 600)
"""Of one key, of what reads."""
API_KEYS_FROM = Limit("api-key-from", 100, 600)
"""Keys that open nothing, from one address."""
MESSAGES_FROM = Limit("message-from", 60, 3600)


def hit(session: Session, *hits: tuple[Limit, str], authority_id: int, now: datetime) -> None:
    """Counts one hit of each limit by its subject; raises TooMany, with the seconds to wait, when a window is full."""
    asked = [(limit, _ask(session, limit, subject, authority_id, now)) for limit, subject in hits]
    for limit, answer in asked:
        if answer().hits > limit.hits:
            wait = limit.seconds - int(now.timestamp()) % limit.seconds
            raise TooMany("Vous avez fait trop d’essais. Attendez quelques minutes, puis réessayez.", retry_after=wait)


def count(session: Session, limit: Limit, subject: str, *, authority_id: int, now: datetime) -> int:
    """Counts one hit; gives the number of hits in the window, this one included."""
    return int(_ask(session, limit, subject, authority_id, now)().hits)


def _ask(session: Session, limit: Limit, subject: str, authority_id: int, now: datetime) -> Answer:
    instant = int(now.timestamp())
    values = {
        "key": keyring_of(session).hash("limit:" + limit.name, f"{authority_id}:{subject}"),
        "window": instant - instant % limit.seconds,
        "authority_id": authority_id,
        "hits": 1,
    }
    return _COUNT[dialect_of(session)].ask(session, values)


def purge(session: Session, *, now: datetime) -> int:
    """Deletes the counters of windows that ended over a day ago; gives their number."""
    return int(session.execute(delete(_TABLE).where(ended(now))).rowcount)  # type: ignore[attr-defined]


def ended(now: datetime) -> ColumnElement[bool]:
    """That the window of a counter ended over a day ago."""
    is_old: ColumnElement[bool] = _TABLE.c.window < int(now.timestamp()) - 86400
    return is_old
