"""Signals of other systems: signed, recent, for one submission, acted on once."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from grc import references
from grc.access.actors import System
from grc.authorities.views import AuthorityView
from grc.calling import endpoints, signing
from grc.errors import Conflict, NotFound
from grc.sessions import limits
from grc.submissions.acts import Act
from grc.submissions.exchange_models import ReceivedSignal
from grc.submissions.models import Submission

LONGEST = 20_000
_LONGEST_KEY = 100
_ABSENT = "Rien n’existe à cette adresse, ou ce signal n’est pas signé comme il faut."
_NOBODY = "no secret at all, of the length of one"


@dataclass(frozen=True)
class Signal:
    """What was posted. endpoint, signature: of its headers. body: its bytes, which must say the address again."""

    reference: str
    name: str
    endpoint: str
    signature: str
    body: bytes


@dataclass(frozen=True)
class Heard:
    """What came of it. repeated: it had been acted on already, and nothing more was done."""

    reference: str
    state: str
    repeated: bool


def admit(session: Session, authority: AuthorityView, *, client: str, now: datetime) -> None:
    """Counts a signal of that address, in a unit of its own: one that is refused counts too. Raises TooMany."""
    limits.hit(session, (limits.SIGNALS, client), authority_id=authority.id, now=now)


def receive(session: Session, authority: AuthorityView, signal: Signal, *, now: datetime) -> Heard:
    """Raises `signal.<name>` in the workflow of the submission.

    Raises NotFound with the same words for an endpoint, a signature, a body or a reference that is not right, Conflict
    when the submission does not wait for it or the key came with other bytes.
    """
    endpoint = endpoints.find(session, authority.id, signal.endpoint)
    secret = _NOBODY if endpoint is None else endpoint.secret
    is_signed = signing.verifies(secret, signal.signature, signal.body, now=now)
    key = _key(signal)
    row = _submission(session, authority.id, signal.reference)
    if endpoint is None or not is_signed or key is None or row is None:
        raise NotFound(_ABSENT)
    digest = hashlib.sha256(signal.body).hexdigest()
    earlier = _earlier(session, authority.id, endpoint.name, key)
    if earlier is not None:
        if earlier.sha256 != digest:
            raise Conflict("Cet « id » a déjà servi pour un autre signal.")
        return Heard(row.reference, row.state, repeated=True)
    act = Act(session, authority, row, by=System(authority.id), now=now)
    received = ReceivedSignal(
        authority_id=authority.id,
        submission_id=act.id,
        endpoint=endpoint.name,
        key=key,
        name=signal.name,
        sha256=digest,
        at=now,
    )
    session.add(received)
    session.flush()
    if not act.hear(f"signal.{signal.name}", {"signal": received.id}):
        raise Conflict("Cette demande n’attend pas ce signal maintenant.")
    return Heard(row.reference, row.state, repeated=False)


def _key(signal: Signal) -> str | None:
    """The key of a body that says the same reference and signal as its address; None for any other."""
    try:
        said: Any = json.loads(signal.body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(said, dict) or (said.get("reference"), said.get("signal")) != (signal.reference, signal.name):
        return None
    key = said.get("id")
    return key if isinstance(key, str) and 0 < len(key) <= _LONGEST_KEY and key.isprintable() else None


def _submission(session: Session, authority_id: int, reference: str) -> Submission | None:
    spelled = references.read_reference(reference) or ""
    mine = (col(Submission.authority_id) == authority_id, col(Submission.reference) == spelled)
    found: Submission | None = session.execute(select(Submission).where(*mine).with_for_update()).scalar_one_or_none()
    return found


def _earlier(session: Session, authority_id: int, endpoint: str, key: str) -> ReceivedSignal | None:
    table = ReceivedSignal
    mine = (col(table.authority_id) == authority_id, col(table.endpoint) == endpoint, col(table.key) == key)
    found: ReceivedSignal | None = session.execute(select(table).where(*mine)).scalar_one_or_none()
    return found
