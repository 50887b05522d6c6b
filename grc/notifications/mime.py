"""The bytes of a mail: text and HTML as alternatives, files attached, all in seven bits and CRLF.

The headers are the library's; the body is put together here, because the library's generator costs three times the rest
of the mail and draws its boundaries at random, so that no two copies of a mail would be equal.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Sequence
from email.message import EmailMessage

_CRLF = b"\r\n"


def assembled(
    headers: EmailMessage, *, text: str, html: str, attachments: Sequence[tuple[str, bytes]], seed: str
) -> bytes:
    """The whole mail (RFC 5322, RFC 2046): headers, then multipart/alternative, inside multipart/mixed with files.

    headers: those of the message, none about its content. attachments: file name (kept to plain ASCII) and PDF bytes.
    seed: what the boundaries are drawn from, such as the Message-ID; no encoded line can hold one ("=_" is no code).
    """
    alternative = _multipart("alternative", (_text("plain", text), _text("html", html)), seed=f"alternative {seed}")
    files = tuple(_pdf(name, content) for name, content in attachments)
    body = _multipart("mixed", (alternative, *files), seed=f"mixed {seed}") if files else alternative
    return headers.as_bytes().removesuffix(_CRLF) + b"MIME-Version: 1.0\r\n" + body


def _multipart(subtype: str, parts: Sequence[bytes], *, seed: str) -> bytes:
    boundary = b"=_" + hashlib.sha256(seed.encode()).hexdigest()[:40].encode()
    head = b'Content-Type: multipart/%s;\r\n boundary="%s"\r\n\r\n' % (subtype.encode(), boundary)
    return head + b"".join(b"--%s\r\n%s\r\n" % (boundary, part) for part in parts) + b"--%s--\r\n" % boundary


def _text(subtype: str, text: str) -> bytes:
    lines = text.encode().replace(_CRLF, b"\n").replace(b"\n", _CRLF)
    return (b'Content-Type: text/%s; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n%s') % (
        subtype.encode(),
        binascii.b2a_qp(lines, istext=True),
    )


def _pdf(filename: str, content: bytes) -> bytes:
    name = re.sub(r"[^0-9A-Za-z._-]", "_", filename).encode()
    return (
        b'Content-Type: application/pdf; name="%s"\r\nContent-Transfer-Encoding: base64\r\n'
        b'Content-Disposition: attachment; filename="%s"\r\n\r\n%s'
    ) % (name, name, base64.encodebytes(content).replace(b"\n", _CRLF))
