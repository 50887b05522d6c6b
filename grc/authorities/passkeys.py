"""Passkeys of agents (WebAuthn level 2): what a browser is asked, and whether its answer is right."""

from __future__ import annotations

import ipaddress
import json
import logging
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from fido2.server import Fido2Server
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import (
    AttestationConveyancePreference,
    AttestedCredentialData,
    AuthenticationResponse,
    AuthenticatorData,
    PublicKeyCredentialDescriptor,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialType,
    PublicKeyCredentialUserEntity,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)
from sqlalchemy import or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from grc.authorities.models import Agent, Passkey

MOST = 10
"""Of one agent."""
MOST_ANSWER = 20_000
_ALGORITHMS = frozenset({-7, -8, -257})
"""ES256, EdDSA and RS256 (RFC 9053): what every authenticator knows one of."""
_BACKED_UP = AuthenticatorData.FLAG.BS
_TABLE = Passkey.__table__  # type: ignore[attr-defined]

logging.getLogger("fido2").setLevel(logging.WARNING)  # it would write the name of every key


@dataclass(frozen=True)
class Party:
    """For whom a passkey is good. rp_id: a host name; origin: of the pages that ask."""

    rp_id: str
    origin: str
    name: str


@dataclass(frozen=True)
class KeyView:
    """A passkey as its owner reads it."""

    id: int
    name: str
    created_at: datetime
    used_at: datetime | None


def party(origin: str, name: str) -> Party | None:
    """The party of that origin; None where browsers know no passkeys: an address in digits, or http elsewhere."""
    parts = urlsplit(origin)
    host = parts.hostname or ""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        is_secure = parts.scheme == "https" or host == "localhost"
        return Party(host, origin, name) if host and is_secure else None
    return None


def of_agent(session: Session, agent: Agent) -> Sequence[KeyView]:
    """The passkeys of an agent, oldest first."""
    rows = session.execute(_mine(agent).order_by(col(Passkey.id))).scalars()
    return [KeyView(row.id or 0, row.name, row.created_at, row.used_at) for row in rows]


def to_register(session: Session, who: Party, agent: Agent) -> tuple[dict[str, Any], str]:
    """What the browser is asked, as JSON values, and the state that the answer is compared with."""
    if agent.passkey_handle is None:
        agent.passkey_handle = websafe_encode(secrets.token_bytes(32))
        session.add(agent)
        session.flush()
    known = [
        PublicKeyCredentialDescriptor(type=PublicKeyCredentialType.PUBLIC_KEY, id=websafe_decode(row.credential_id))
        for row in session.execute(_mine(agent)).scalars()
    ]
    options, state = _server(who).register_begin(
        PublicKeyCredentialUserEntity(
            id=websafe_decode(agent.passkey_handle),
            name=agent.email,
            display_name=f"{agent.given_name} {agent.family_name}",
        ),
        known,
        resident_key_requirement=ResidentKeyRequirement.REQUIRED,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return dict(options.public_key), json.dumps(state)


def register(session: Session, who: Party, agent: Agent, *, state: str, answer: str, name: str, now: datetime) -> bool:
    """Whether the browser's answer made a passkey of this agent."""
    response = _read(answer)
    if response is None or len(of_agent(session, agent)) >= MOST:
        return False
    try:
        data = _server(who).register_complete(json.loads(state), response)
    except (ValueError, KeyError, TypeError, AssertionError):
        return False
    made = data.credential_data
    if made is None or not data.is_user_verified():
        return False
    key = Passkey(
        authority_id=agent.authority_id,
        agent_id=agent.id or 0,
        credential_id=websafe_encode(made.credential_id),
        public_key=websafe_encode(bytes(made)),
        sign_count=data.counter,
        name=name,
        is_backed_up=bool(data.flags & _BACKED_UP),
        created_at=now,
    )
    return _added(session, key)


def to_answer(who: Party) -> tuple[dict[str, Any], str]:
    """What the browser of an unknown person is asked, as JSON values, and the state: it offers the keys it knows."""
    options, state = _server(who).authenticate_begin(user_verification=UserVerificationRequirement.REQUIRED)
    return dict(options.public_key), json.dumps(state)


def answers(
    session: Session, authority_id: int, who: Party, *, state: str, answer: str, now: datetime
) -> tuple[int | None, bool]:
    """Whose passkey answered (None for nobody known) and whether it did rightly.

    The counter must grow where an authenticator counts (WebAuthn 6.1.1): one that does not may be a copy.
    """
    response = _read(answer)
    raw_id = _raw_id(response)
    if response is None or raw_id is None:
        return None, False
    wanted = (col(Passkey.authority_id) == authority_id, col(Passkey.credential_id) == websafe_encode(raw_id))
    key = session.execute(select(Passkey).where(*wanted)).scalar_one_or_none()
    if key is None:
        return None, False
    owner = session.get_one(Agent, key.agent_id)
    data = _verified(who, key, owner, state=state, response=response)
    if data is None or not owner.is_active:
        return key.agent_id, False
    return key.agent_id, _counted(session, key, data, now=now)


def forget(session: Session, agent: Agent, key_id: int) -> bool:
    """Whether that passkey was the agent's and is deleted."""
    key = session.execute(_mine(agent).where(col(Passkey.id) == key_id)).scalar_one_or_none()
    if key is None:
        return False
    session.delete(key)
    session.flush()
    return True


def _verified(
    who: Party, key: Passkey, owner: Agent, *, state: str, response: Mapping[str, Any]
) -> AuthenticatorData | None:
    """What the authenticator signed; None for a wrong answer, or one given for another account."""
    try:
        answered = AuthenticationResponse.from_dict(response)
        stored = AttestedCredentialData(websafe_decode(key.public_key))
        _server(who).authenticate_complete(json.loads(state), [stored], response)
    except (ValueError, KeyError, TypeError, AssertionError):
        return None
    handle = answered.response.user_handle
    if handle and websafe_encode(handle) != owner.passkey_handle:
        return None
    return answered.response.authenticator_data


def _counted(session: Session, key: Passkey, data: AuthenticatorData, *, now: datetime) -> bool:
    """Whether the counter grew; in one statement, so that one answer is not good twice at once."""
    grew = _TABLE.c.sign_count < data.counter
    uncounted = (_TABLE.c.sign_count == 0) & (data.counter == 0)
    values = {"sign_count": data.counter, "used_at": now, "is_backed_up": bool(data.flags & _BACKED_UP)}
    noted = session.execute(update(_TABLE).where(_TABLE.c.id == key.id, or_(grew, uncounted)).values(**values))
    return noted.rowcount == 1  # type: ignore[attr-defined, no-any-return]


def _server(who: Party) -> Fido2Server:
    server = Fido2Server(
        PublicKeyCredentialRpEntity(id=who.rp_id, name=who.name),
        attestation=AttestationConveyancePreference.NONE,
        verify_origin=lambda origin: origin == who.origin,
    )
    server.allowed_algorithms = [one for one in server.allowed_algorithms if one.alg in _ALGORITHMS]
    return server


def _read(answer: str) -> dict[str, Any] | None:
    """The JSON that the browser posted; None for what cannot be one."""
    if len(answer) > MOST_ANSWER:
        return None
    try:
        found = json.loads(answer)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _raw_id(response: Mapping[str, Any] | None) -> bytes | None:
    try:
        return AuthenticationResponse.from_dict(response or {}).raw_id
    except (ValueError, KeyError, TypeError, AssertionError):
        return None


def _added(session: Session, key: Passkey) -> bool:
    """Whether nobody had it, in any authority: an answer that was seen elsewhere makes no passkey here."""
    try:
        with session.begin_nested():
            session.add(key)
            session.flush()
    except IntegrityError:
        return False
    return True


def _mine(agent: Agent) -> Any:
    return select(Passkey).where(col(Passkey.authority_id) == agent.authority_id, col(Passkey.agent_id) == agent.id)
