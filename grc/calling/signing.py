"""The signatures of calls, signals and webhooks: HMAC-SHA256 over the second it was made and the bytes. Pure."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from datetime import UTC, datetime, timedelta

HEADER = "GRC-Signature"
ENDPOINT_HEADER = "GRC-Endpoint"
WINDOW = timedelta(minutes=5)
"""A signature older, or from further in the future, is refused."""

_SECRET = "whsec_"  # noqa: S105 - what every secret begins with
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


def new_secret() -> str:
    """A secret of 256 random bits for a webhook, as the receiver is given it: `whsec_<base64>`."""
    return f"{_SECRET}{base64.b64encode(secrets.token_bytes(32)).decode()}"


def webhook_headers(secret: str, key: str, body: bytes, at: datetime) -> dict[str, str]:
    """The headers of a delivery. secret: of `new_secret`. key: of the event, the same at each try.

    Source: Standard Webhooks 1.0: `v1,` and the base64 HMAC-SHA256 of `<id>.<seconds since 1970>.<body>`.
    """
    second = str(int(at.timestamp()))
    signed = f"{key}.{second}.".encode() + body
    digest = hmac.new(base64.b64decode(secret.removeprefix(_SECRET)), signed, hashlib.sha256).digest()
    signature = base64.b64encode(digest).decode()
    return {"webhook-id": key, "webhook-timestamp": second, "webhook-signature": f"v1,{signature}"}
