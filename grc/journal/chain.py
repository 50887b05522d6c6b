"""The rules of the chain: what is hashed, what is signed. Pure: an outsider does the same with an export (ADR 0033)."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

GENESIS = "0" * 64
"""What stands before the first entry of an authority, and before its first seal."""
PURPOSE = "journal seal"
"""Of the keyring: nothing else is hashed under it, so that no other hash of ours is a signature."""


class Told(Protocol):
    """What is hashed of an entry. No number of a row: an archive restored elsewhere has the same chain."""

    at: datetime
    actor_kind: str
    actor_id: int | None
    act: str
    subject_kind: str
    subject: str
    data: dict[str, Any]


@dataclass(frozen=True)
class Seal:
    """A head of the chain, signed. before: digest of all seals before it, GENESIS for none."""

    month: str
    position: int
    hash: str
    sealed_at: datetime
    before: str
    signature: str = ""

    @property
    def place(self) -> tuple[str, int]:
        """Month and position."""
        return self.month, self.position


def canonical(entry: Told) -> str:
    """The one spelling of an entry: JSON, keys in order, no spaces, UTF-8; the instant in UTC to the microsecond."""
    return _spelled(facts(entry))


def facts(entry: Told) -> dict[str, Any]:
    """What an entry says, as JSON."""
    return {
        "at": spelled_instant(entry.at),
        "actor_kind": entry.actor_kind,
        "actor_id": entry.actor_id,
        "act": entry.act,
        "subject_kind": entry.subject_kind,
        "subject": entry.subject,
        "data": entry.data,
    }


def linked(previous: str, entry: Told) -> str:
    """The hash of an entry's place: SHA-256 (hexadecimal) of the hash before it, then of the canonical entry."""
    return hashlib.sha256((previous + canonical(entry)).encode()).hexdigest()


def signed(authority: str, seal: Seal) -> str:
    """What a seal's signature covers. authority: its slug."""
    return _spelled({"authority": authority, **seal_facts(seal)})


def digest(seal: Seal) -> str:
    """What the next seal says of this one and of all before it: one that is taken away or changed shows there."""
    return hashlib.sha256(_spelled({**seal_facts(seal), "signature": seal.signature}).encode()).hexdigest()


def seal_facts(seal: Seal) -> dict[str, Any]:
    """What a seal says, its signature apart, as JSON."""
    return {
        "month": seal.month,
        "position": seal.position,
        "hash": seal.hash,
        "sealed_at": spelled_instant(seal.sealed_at),
        "before": seal.before,
    }


def month_of(instant: datetime) -> str:
    """The month of an instant in UTC: "2026-11"."""
    return instant.astimezone(UTC).strftime("%Y-%m")


def spelled_instant(instant: datetime) -> str:
    """ "2026-11-22T08:00:00.000000Z"."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _spelled(value: dict[str, Any]) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
