"""The tables of authorities, services, agents and identity clients."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, Index, LargeBinary, UniqueConstraint, false, text
from sqlmodel import Field, SQLModel

from grc.db.types import BigKey, Document, UtcDateTime

VOUCHED = text("subject <> ''")


class Authority(SQLModel, table=True):
    """A commune, an intercommunality or the syndicate: a tenant of the installation."""

    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    slug: str = Field(unique=True, max_length=60)
    domain: str | None = Field(default=None, unique=True, max_length=253)
    kind: str = Field(max_length=20)
    """"municipality", "intermunicipality" or "syndicate"."""
    name: str = Field(max_length=200)
    siret: str = Field(default="", max_length=14)
    zone: str = Field(default="Europe/Paris", max_length=60)
    holidays: str = Field(default="metropole", max_length=40)
    """The place whose public holidays count (a key of grc.deadlines.holidays)."""
    colour: str = Field(default="#1f5f8b", max_length=7)
    logo: str = Field(default="", max_length=200)
    """A file under static/, or empty."""
    email: str = Field(default="", max_length=254)
    telephone: str = Field(default="", max_length=30)
    postal_address: list[str] = Field(default_factory=list, sa_column=Column(Document, nullable=False))
    hours: str = Field(default="", max_length=300)
    sender_address: str = Field(max_length=254)
    """The address from which receipts leave, published in the modalités d'utilisation (R112-11-3)."""
    data_protection_contact: str = Field(default="", max_length=254)
    texts: dict[str, Any] = Field(default_factory=dict, sa_column=Column(Document, nullable=False))
    establishments: list[str] | None = Field(default=None, sa_column=Column(Document))
    """SIRETs, beside its own, whose agents ProConnect may bring; None: its own only."""
    embed_sites: list[str] | None = Field(default=None, sa_column=Column(Document))
    """Origins that may frame its forms (frame-ancestors); None: none."""
    created_at: datetime = Field(sa_type=UtcDateTime)


class HashKey(SQLModel, table=True):
    """A key under which codes of an authority are hashed that was restored from another installation."""

    __tablename__ = "hash_key"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    authority_id: int = Field(foreign_key="authority.id", sa_type=BigKey)
    sealed_key: str = Field(max_length=400)


class AuthorityLogo(SQLModel, table=True):
    """The picture that an authority shows beside its name, cleaned: one each."""

    __tablename__ = "authority_logo"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    authority_id: int = Field(foreign_key="authority.id", sa_type=BigKey, unique=True)
    sha256: str = Field(max_length=64)
    media_type: str = Field(max_length=40)
    content: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class Closure(SQLModel, table=True):
    """Days on which an authority, or one of its services, is closed: told to people; no legal clock stops."""

    __table_args__ = (Index("ix_closure_days", "authority_id", "last_on"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    authority_id: int = Field(foreign_key="authority.id", sa_type=BigKey)
    service_id: int | None = Field(default=None, foreign_key="service.id", sa_type=BigKey)
    """None: the whole authority."""
    first_on: date
    last_on: date
    reason: str = Field(default="", max_length=200)


class Service(SQLModel, table=True):
    """A service of an authority, with what every receipt must say of it (R112-11-1 2°)."""

    __table_args__ = (UniqueConstraint("authority_id", "slug"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    authority_id: int = Field(foreign_key="authority.id", sa_type=BigKey)
    slug: str = Field(max_length=60)
    name: str = Field(max_length=200)
    email: str = Field(default="", max_length=254)
    telephone: str = Field(default="", max_length=30)
    postal_address: list[str] = Field(default_factory=list, sa_column=Column(Document, nullable=False))
    hours: str = Field(default="", max_length=300)
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """Since when nothing new may be given to it; None: open."""


class Agent(SQLModel, table=True):
    """An agent of an authority: the rights are ours, whoever vouches for the person (ProConnect or a local account)."""

    __table_args__ = (
        UniqueConstraint("authority_id", "email"),
        Index(
            "ux_agent_subject",
            "authority_id",
            "issuer",
            "subject",
            unique=True,
            sqlite_where=VOUCHED,
            postgresql_where=VOUCHED,
        ),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    authority_id: int = Field(foreign_key="authority.id", sa_type=BigKey)
    service_id: int | None = Field(default=None, foreign_key="service.id", sa_type=BigKey)
    email: str = Field(max_length=254)
    given_name: str = Field(max_length=100)
    family_name: str = Field(max_length=100)
    capacity: str = Field(max_length=200)
    role: str = Field(max_length=20)
    """What the agent may do in the whole authority, sensitive procedures apart; "": only what rows of Grant give."""
    password_hash: str = Field(max_length=200)
    """"" for an agent who comes by ProConnect or a passkey only."""
    is_active: bool = True
    created_at: datetime = Field(sa_type=UtcDateTime)
    issuer: str = Field(default="", max_length=300, sa_column_kwargs={"server_default": ""})
    subject: str = Field(default="", max_length=255, sa_column_kwargs={"server_default": ""})
    """With the issuer, the identity that ProConnect last vouched for; "" before the first time."""
    needs_second_factor: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    """Asked of this agent beside those of whom the role asks it."""
    sealed_totp: str | None = Field(default=None, max_length=400)
    """The secret of the six-digit codes, once a first code proved it."""
    totp_step: int | None = Field(default=None, sa_type=BigKey)
    """The last step of thirty seconds whose code was used: no code is good twice."""
    passkey_handle: str | None = Field(default=None, max_length=100)
    """The random name under which passkeys know the agent."""
    guest_from: str = Field(default="", max_length=200, sa_column_kwargs={"server_default": ""})
    """The syndicate whose agent this is, let in for a time; every act and read of a guest is journalled. "": none."""
    expires_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When the account closes by itself; None: never."""


class Grant(SQLModel, table=True):
    """A role given to an agent for one service or one procedure: what opens a sensitive procedure, alone."""

    __tablename__ = "agent_grant"
    __table_args__ = (Index("ix_agent_grant", "authority_id", "agent_id"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    authority_id: int = Field(foreign_key="authority.id", sa_type=BigKey)
    agent_id: int = Field(foreign_key="agent.id", sa_type=BigKey)
    role: str = Field(max_length=20)
    service_id: int | None = Field(default=None, foreign_key="service.id", sa_type=BigKey)
    procedure_id: int | None = Field(default=None, foreign_key="procedure.id", sa_type=BigKey)
    """With the service, the narrower of both; one of the two is given."""
    granted_by_id: int | None = Field(default=None, foreign_key="agent.id", sa_type=BigKey)
    """None: by the operator's command."""
    granted_at: datetime = Field(sa_type=UtcDateTime)
    until_on: date | None = None
    """The last day on which it holds; None: until it is taken back."""


class Absence(SQLModel, table=True):
    """Days during which a deputy holds the rights of an absent agent on submissions."""

    __table_args__ = (
        Index("ix_absence_agent", "authority_id", "agent_id"),
        Index("ix_absence_deputy", "authority_id", "deputy_id"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    authority_id: int = Field(foreign_key="authority.id", sa_type=BigKey)
    agent_id: int = Field(foreign_key="agent.id", sa_type=BigKey)
    deputy_id: int | None = Field(default=None, foreign_key="agent.id", sa_type=BigKey)
    """None: nobody stands in."""
    first_on: date
    last_on: date
    stated_by_id: int | None = Field(default=None, foreign_key="agent.id", sa_type=BigKey)
    stated_at: datetime = Field(sa_type=UtcDateTime)


class ApiKey(SQLModel, table=True):
    """A key by which another program speaks for an authority: shown once, kept as a keyed hash."""

    __tablename__ = "api_key"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    authority_id: int = Field(foreign_key="authority.id", sa_type=BigKey)
    name: str = Field(max_length=100)
    prefix: str = Field(max_length=16)
    """Its first characters, by which people recognise it."""
    key_hash: str = Field(max_length=64, unique=True)
    scopes: list[str] = Field(default_factory=list, sa_column=Column(Document, nullable=False))
    procedures: list[str] | None = Field(default=None, sa_column=Column(Document))
    """Slugs of the procedures that it may speak of; None: every one that is not sensitive."""
    created_by_id: int | None = Field(default=None, foreign_key="agent.id", sa_type=BigKey)
    created_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class RecoveryCode(SQLModel, table=True):
    """A code of one use that stands for a lost second factor."""

    __tablename__ = "recovery_code"
    __table_args__ = (UniqueConstraint("agent_id", "code_hash"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    authority_id: int = Field(foreign_key="authority.id", sa_type=BigKey)
    agent_id: int = Field(foreign_key="agent.id", sa_type=BigKey)
    code_hash: str = Field(max_length=64)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Passkey(SQLModel, table=True):
    """A passkey of an agent: the public half."""

    __table_args__ = (Index("ix_passkey_agent", "authority_id", "agent_id"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    authority_id: int = Field(foreign_key="authority.id", sa_type=BigKey)
    agent_id: int = Field(foreign_key="agent.id", sa_type=BigKey)
    credential_id: str = Field(max_length=1400, unique=True)
    public_key: str = Field(max_length=4000)
    sign_count: int = Field(default=0, sa_type=BigKey)
    name: str = Field(max_length=100)
    is_backed_up: bool = False
    created_at: datetime = Field(sa_type=UtcDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class DoorStep(SQLModel, table=True):
    """A sign-in of an agent that is not finished: the second factor, or the challenge of a passkey, is awaited."""

    __tablename__ = "door_step"
    __table_args__ = (Index("ix_door_step_session", "authority_id", "session_id"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    authority_id: int = Field(foreign_key="authority.id", sa_type=BigKey)
    session_id: int = Field(sa_type=BigKey)
    agent_id: int | None = Field(default=None, foreign_key="agent.id", sa_type=BigKey)
    """Whose password was right; None while a passkey has yet to say who comes."""
    purpose: str = Field(max_length=20)
    sealed_state: str = Field(default="", max_length=1200)
    """What the answer is compared with: a challenge, or the secret of a factor being set up."""
    next_path: str = Field(default="", max_length=500)
    tries: int = 0
    started_at: datetime = Field(sa_type=UtcDateTime)


class IdentityClient(SQLModel, table=True):
    """An authority's registration at an identity provider; the secret is sealed under GRC_SECRET_KEY."""

    __tablename__ = "identity_client"
    __table_args__ = (Index("ix_identity_client_authority", "authority_id", "provider", unique=True),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    authority_id: int = Field(foreign_key="authority.id", sa_type=BigKey)
    provider: str = Field(max_length=20)
    issuer: str = Field(max_length=300)
    client_id: str = Field(max_length=200)
    sealed_secret: str = Field(max_length=600)
    algorithm: str = Field(default="ES256", max_length=10)
    options: dict[str, Any] | None = Field(default=None, sa_column=Column(Document))
    """What differs from the provider's usual ways: scopes, levels, PKCE, how the client proves itself."""


class AgentArrival(SQLModel, table=True):
    """An identity that ProConnect brought and that no account has: it opens nothing until an administrator attaches it.

    One row for an identity, told anew at each arrival, kept seven days.
    """

    __tablename__ = "agent_arrival"
    __table_args__ = (UniqueConstraint("authority_id", "issuer", "subject"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    authority_id: int = Field(foreign_key="authority.id", sa_type=BigKey)
    issuer: str = Field(max_length=300)
    subject: str = Field(max_length=255)
    code_hash: str = Field(max_length=64)
    """Of the code that the person was shown and says to the administrator."""
    email: str = Field(default="", max_length=254)
    given_name: str = Field(default="", max_length=100)
    family_name: str = Field(default="", max_length=100)
    """As the employer's provider tells them: shown to the administrator, never compared by us."""
    at: datetime = Field(sa_type=UtcDateTime)


class AccountRelink(SQLModel, table=True):
    """The trace of an account attached to another identity of the same person, by an agent and on a proof."""

    __tablename__ = "account_relink"
    __table_args__ = (Index("ix_account_relink_at", "authority_id", "at"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    authority_id: int = Field(foreign_key="authority.id", sa_type=BigKey)
    kind: str = Field(max_length=10)
    """"citizen" or "agent": whose account."""
    from_id: int = Field(sa_type=BigKey)
    to_id: int = Field(sa_type=BigKey)
    agent_id: int | None = Field(default=None, foreign_key="agent.id", sa_type=BigKey)
    """Who did it; None for the operator's command."""
    proof: str = Field(max_length=500)
    at: datetime = Field(sa_type=UtcDateTime)
    details: dict[str, Any] = Field(default_factory=dict, sa_column=Column(Document, nullable=False))
    """What moved: numbers and keys, never a name."""
