"""Public references that can be said on the telephone, and codes that cannot be guessed."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets

_REFERENCE = re.compile(r"(\d{4})(\d{8})(\d)")
_CODE_LENGTH = 16
_SHORT_LENGTH = 10


def new_reference(year: int) -> str:
    """A reference such as "2026-483-715-629": year, eight random digits and a check digit.

    Digits in threes are said and typed without error; the check digit (ISO 7064 mod 11,10) refuses any single
    mistyped digit. Nothing can be counted from it, and no counter row makes filings wait for one another.
    """
    digits = f"{year:04d}{secrets.randbelow(10**8):08d}"
    return _grouped(digits + _check_digit(digits))


def read_reference(typed: str) -> str | None:
    """The reference in its one spelling, from digits typed with any separators; None if it cannot be one."""
    digits = re.sub(r"[\s.\-–‑]", "", typed)
    found = _REFERENCE.fullmatch(digits)
    if found is None or not digits.isascii() or _check_digit(digits[:-1]) != digits[-1]:
        return None
    return _grouped(digits)


def new_code() -> str:
    """A tracking code of 80 random bits in base32, shown in fours: "K7PQ-2M4X-ABCD-EF23"."""
    text = base64.b32encode(secrets.token_bytes(10)).decode()
    return "-".join(text[at : at + 4] for at in range(0, _CODE_LENGTH, 4))


def read_code(typed: str) -> str | None:
    """The sixteen letters of a code, typed in any case and spacing, 0/1/8 read as O/I/B; None if it cannot be one."""
    text = _bare(typed)
    return text if re.fullmatch(r"[A-Z2-7]{16}", text) else None


def new_short_code() -> str:
    """A code of 50 random bits, to be told across a counter within its short life: "K7PQ2-M4XAB"."""
    text = base64.b32encode(secrets.token_bytes(10)).decode()[:_SHORT_LENGTH]
    return f"{text[:5]}-{text[5:]}"


def read_short_code(typed: str) -> str | None:
    """The ten letters of a short code, as forgiving as `read_code`; None if it cannot be one."""
    text = _bare(typed)
    return text if re.fullmatch(r"[A-Z2-7]{10}", text) else None


def keyed_hash(key: bytes, purpose: str, value: str) -> str:
    """What is stored of a secret: HMAC-SHA256 in hexadecimal (64 characters), separate for each purpose."""
    return hmac.new(key, f"{purpose}\0{value}".encode(), hashlib.sha256).hexdigest()


def new_token() -> str:
    """256 random bits, URL-safe (43 characters): session ids, OIDC state and nonce."""
    return secrets.token_urlsafe(32)


def new_public_id() -> str:
    """A short unguessable name for a URL (128 bits, 22 characters)."""
    return secrets.token_urlsafe(16)


def _bare(typed: str) -> str:
    return re.sub(r"[\s.\-–‑]", "", typed).upper().translate(str.maketrans("018", "OIB"))


def _grouped(digits: str) -> str:
    return f"{digits[:4]}-{digits[4:7]}-{digits[7:10]}-{digits[10:]}"


def _check_digit(digits: str) -> str:
    product = 10
    for digit in digits:
        product = ((int(digit) + product) % 10 or 10) * 2 % 11
    return str((11 - product) % 10)
