"""Streams sealed under a passphrase: AES-256-GCM by pieces of 64 KiB, each in its place, the last one marked.

The construction is STREAM (Hoang, Reyhanitabar, Rogaway, Vizár, 2015): a piece that is altered, moved, missing or
added does not open. The key is scrypt's (RFC 7914) of the passphrase and of a salt drawn for each stream.
"""

from __future__ import annotations

import io
import os
import secrets
import struct
import unicodedata
from typing import BinaryIO, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from grc.errors import Invalid

MAGIC = b"GRC-SEALED-1\n"
SHORTEST = 12
"""Characters of a passphrase."""
PIECE = 64 * 1024
_TAG = 16
_SCRYPT = {"n": 2**16, "r": 8, "p": 1}
"""64 MB and a fifth of a second: what one guess costs."""
_SALT, _PREFIX = 16, 7
_HEADER = len(MAGIC) + _SALT + _PREFIX
_WRONG = "La phrase de passe n’ouvre pas cette archive, ou l’archive a été altérée."
_SHORT = f"La phrase de passe a au moins {SHORTEST} caractères."


class Sink(Protocol):
    """Where bytes go."""

    def write(self, content: bytes, /) -> object: ...


class Sealer:
    """What is written to it goes sealed to the sink; `close` writes the last piece and leaves the sink open."""

    def __init__(self, sink: Sink, passphrase: str) -> None:
        if len(passphrase) < SHORTEST:
            raise Invalid(_SHORT)
        salt, self._prefix = secrets.token_bytes(_SALT), secrets.token_bytes(_PREFIX)
        self._header = MAGIC + salt + self._prefix
        self._cipher = _cipher(passphrase, salt)
        self._sink, self._waiting, self._number = sink, bytearray(), 0
        sink.write(self._header)

    def write(self, content: bytes, /) -> int:
        """Takes any number of bytes."""
        self._waiting += content
        while len(self._waiting) > PIECE:
            piece = bytes(self._waiting[:PIECE])
            del self._waiting[:PIECE]
            self._seal(piece, is_last=False)
        return len(content)

    def flush(self) -> None:
        """Nothing: pieces leave when they are full."""

    def close(self) -> None:
        """Writes what waits, marked as the last piece."""
        self._seal(bytes(self._waiting), is_last=True)

    def _seal(self, piece: bytes, *, is_last: bool) -> None:
        nonce = _nonce(self._prefix, self._number, is_last=is_last)
        self._sink.write(self._cipher.encrypt(nonce, piece, self._header))
        self._number += 1


class Opened(io.RawIOBase):
    """What a Sealer wrote, for reading at any place; source: seekable, from its beginning. Raises Invalid."""

    def __init__(self, source: BinaryIO, passphrase: str) -> None:
        self._source, self._at, self._held = source, 0, (-1, b"")
        size = source.seek(0, os.SEEK_END) - _HEADER
        source.seek(0)
        self._header = source.read(_HEADER)
        if not self._header.startswith(MAGIC) or size < _TAG:
            raise Invalid(_WRONG)
        self._last = (size - 1) // (PIECE + _TAG)
        self._size = size - (self._last + 1) * _TAG
        salt, self._prefix = self._header[len(MAGIC) : -_PREFIX], self._header[-_PREFIX:]
        self._cipher = _cipher(passphrase, salt)
        self._piece(self._last)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence]
        if start + offset < 0:
            raise ValueError("before the beginning")
        self._at = start + offset
        return self._at

    def readinto(self, buffer: memoryview, /) -> int:  # type: ignore[override]
        if self._at >= self._size:
            return 0
        number, within = divmod(self._at, PIECE)
        part = self._piece(number)[within : within + len(buffer)]
        buffer[: len(part)] = part
        self._at += len(part)
        return len(part)

    def _piece(self, number: int) -> bytes:
        if self._held[0] != number:
            self._source.seek(_HEADER + number * (PIECE + _TAG))
            sealed = self._source.read(PIECE + _TAG)
            nonce = _nonce(self._prefix, number, is_last=number == self._last)
            try:
                self._held = (number, self._cipher.decrypt(nonce, sealed, self._header))
            except InvalidTag as error:
                raise Invalid(_WRONG) from error
        return self._held[1]


def _cipher(passphrase: str, salt: bytes) -> AESGCM:
    """The key; a letter and its accent typed apart, as some keyboards do, are one letter (Unicode NFC)."""
    typed = unicodedata.normalize("NFC", passphrase)
    return AESGCM(Scrypt(salt=salt, length=32, **_SCRYPT).derive(typed.encode()))


def _nonce(prefix: bytes, number: int, *, is_last: bool) -> bytes:
    return prefix + struct.pack(">I?", number, is_last)
