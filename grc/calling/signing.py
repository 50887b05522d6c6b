"""The signature of calls and of signals: HMAC-SHA256 over the second it was made and the bytes. Pure."""

from __future__ import annotations

import hashlib
import hmac
import re
from datetime import UTC, datetime, timedelta

HEADER = "GRC-Signature"
ENDPOINT_HEADER = "GRC-Endpoint"
WINDOW = timedelta(minutes=5)
"""A signature older, or from further in the future, is refused."""

_WRITTEN = re.compile(r"t=(?P<second>\d{1,10}),v1=(?P<digest>[0-9a-f]{64})")


def sign(secret: str, body: bytes, at: datetime) -> str:
    """The value of the header: `t=<seconds since 1970>,v1=<hexadecimal>`."""
    second = str(int(at.timestamp()))
    return f"t={second},v1={_digest(secret, second, body)}"


def verifies(secret: str, header: str, body: bytes, *, now: datetime) -> bool:
    """Whether the header signs these bytes with this secret, within five minutes of now; in constant time."""
    read = _WRITTEN.fullmatch(header)
    second = read["second"] if read else "0"
    digest = read["digest"] if read else "0" * 64
    is_signed = hmac.compare_digest(_digest(secret, second, body), digest)
    made_at = datetime.fromtimestamp(int(second), UTC)
    return is_signed and abs(now - made_at) <= WINDOW


def _digest(secret: str, second: str, body: bytes) -> str:
    return hmac.new(secret.encode(), f"{second}.".encode() + body, hashlib.sha256).hexdigest()
