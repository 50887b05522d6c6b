"""Codes of six digits that change every thirty seconds (RFC 6238), as authenticator applications count them."""

from __future__ import annotations

import hmac
import re
from datetime import datetime

import pyotp

SECONDS = 30
TOLERATED = 1
"""Steps before and after that are still good: a clock may be half a minute off (RFC 6238, 5.2)."""


def new_secret() -> str:
    """160 random bits in base32, as RFC 4226 advises for SHA-1: 32 letters and digits that can be typed."""
    return pyotp.random_base32(32)


def address(secret: str, *, account: str, issuer: str) -> str:
    """What the square code says to an application: otpauth://totp/…"""
    return pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=issuer)


def grouped(secret: str) -> str:
    """The secret in fours, to be typed."""
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))


def step_of(secret: str, typed: str, *, now: datetime, after: int | None) -> int | None:
    """The step whose code was typed, None for no good one.

    after: the last step that was used; neither its code nor an older one is good again (RFC 6238, 5.2).
    """
    digits = re.sub(r"[\s.\-]", "", typed)
    if not digits.isascii() or not digits.isdigit():
        return None
    middle, clock = _step(now), pyotp.TOTP(secret)
    found = None
    for step in range(middle - TOLERATED, middle + TOLERATED + 1):
        is_code = hmac.compare_digest(clock.generate_otp(step), digits)
        if is_code and (after is None or step > after):
            found = step
    return found


def _step(instant: datetime) -> int:
    return int(instant.timestamp()) // SECONDS
