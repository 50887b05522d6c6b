"""Words about an account: a link to sign in, a change of address to confirm, an account that nobody uses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar


@dataclass(frozen=True)
class SignInLink:
    """A link that opens the account of this address, once, until that instant."""

    FORMAT: ClassVar[int] = 1
    KIND: ClassVar[str] = "sign_in_link"

    authority: str
    email: str
    expires_at: datetime
    zone: str


@dataclass(frozen=True)
class OldAddress:
    """To the address that an account would leave: its person agrees, or refuses. new: the address asked for."""

    FORMAT: ClassVar[int] = 1
    KIND: ClassVar[str] = "old_address"

    authority: str
    email: str
    new: str
    expires_at: datetime
    zone: str


@dataclass(frozen=True)
class NewAddress:
    """To the address that an account would have. old: the one that it would leave, "" where it has none."""

    FORMAT: ClassVar[int] = 1
    KIND: ClassVar[str] = "new_address"

    authority: str
    email: str
    old: str
    expires_at: datetime
    zone: str


@dataclass(frozen=True)
class AccountRelinked:
    """That an agent, with a proof, attached an account to another identity of its person; to both addresses."""

    FORMAT: ClassVar[int] = 1
    KIND: ClassVar[str] = "account_relinked"

    authority: str
    email: str
    attached_on: date
    telephone: str = ""


@dataclass(frozen=True)
class AccountUnused:
    """That an account nobody has used since that day will be closed, and when."""

    FORMAT: ClassVar[int] = 1
    KIND: ClassVar[str] = "account_unused"

    authority: str
    email: str
    used_on: date
    closed_on: date
