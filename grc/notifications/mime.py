"""The bytes of a mail: text and HTML as alternatives, files attached, all in seven bits and CRLF.

Put together here: the library's generator costs four times the rest of the mail, and draws its boundaries at random, so
that no two copies of a mail would be equal. Encoded words, quoted-printable and base64 are the library's.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping, Sequence
from email.header import Header
from email.utils import formataddr

_CRLF = b"\r\n"
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def assembled(
    headers: Mapping[str, str], *, text: str, html: str, attachments: Sequence[tuple[str, bytes]], seed: str
) -> bytes:
    """The whole mail (RFC 5322, RFC 2046): headers, then multipart/alternative, inside multipart/mixed with files.

    headers: in order, their values in words (`mailbox` for an address); raises ValueError for a control character.
    attachments: file name (kept to plain ASCII) and PDF bytes. seed: what the boundaries are drawn from, such as the
    Message-ID; no encoded line can hold one, since "=_" stands in no code.
    """
    head = b"".join(_header(name, value) for name, value in headers.items())
    alternative = _multipart("alternative", (_text("plain", text), _text("html", html)), seed=f"alternative {seed}")
    files = tuple(_pdf(name, content) for name, content in attachments)
    body = _multipart("mixed", (alternative, *files), seed=f"mixed {seed}") if files else alternative
    return head + b"MIME-Version: 1.0\r\n" + body


def mailbox(name: str, address: str) -> str:
    """An address with its name, as a header value: quoted where it must be, in encoded words where it has accents."""
    if name.isascii():
        return formataddr((name, address))
    return f"{Header(name, 'utf-8', header_name='From').encode(linesep='')} <{address}>"


def _header(name: str, value: str) -> bytes:
    if _CONTROL.search(value):
        raise ValueError(f"a control character in the header {name}")
    if value.isascii():
        return f"{name}: {value}\r\n".encode()
    return f"{name}: {Header(value, 'utf-8', header_name=name).encode(linesep=_CRLF.decode())}\r\n".encode()


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
