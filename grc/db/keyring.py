"""The keys drawn from GRC_SECRET_KEY: what is sealed in the database, what is hashed, and their rotation."""

from __future__ import annotations

import base64
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from grc import references


class Keyring:
    """Seals, opens and hashes with the first secret; still opens and finds what the older ones made.

    secrets: at least one text of 32 characters or more (grc.settings checks the length), newest first.
    """

    def __init__(self, secrets: Sequence[str]) -> None:
        if not secrets:
            raise ValueError("a keyring needs a secret")
        self._newest, *older = (Fernet(base64.urlsafe_b64encode(_derived(s, b"seal"))) for s in secrets)
        self._fernet = MultiFernet([self._newest, *older])
        self._hash_keys = tuple(_derived(s, b"hash") for s in secrets)
        self._code_key = _derived(secrets[0], b"codes")

    def seal(self, text: str) -> str:
        """The text encrypted and authenticated (Fernet, AES-128-CBC with HMAC-SHA256)."""
        return self.seal_bytes(text.encode()).decode()

    def open(self, sealed: str) -> str:
        """The text of `seal`; raises ValueError when no key of the ring made it."""
        return self.open_bytes(sealed.encode()).decode()

    def seal_bytes(self, content: bytes) -> bytes:
        """The same for bytes."""
        return self._fernet.encrypt(content)

    def open_bytes(self, sealed: bytes) -> bytes:
        """The bytes of `seal_bytes`; raises ValueError when no key of the ring made it."""
        try:
            return self._fernet.decrypt(sealed)
        except InvalidToken as error:
            raise ValueError("sealed with a key that this ring does not hold") from error

    def reseal_bytes(self, sealed: bytes) -> bytes | None:
        """The same content under the newest key; None when it is already; raises ValueError when no key opens it."""
        try:
            self._newest.decrypt(sealed)
        except InvalidToken:
            return self.seal_bytes(self.open_bytes(sealed))
        return None

    @property
    def hash_keys(self) -> tuple[bytes, ...]:
        """The keys of `hashes`, newest first: they open nothing that is sealed."""
        return self._hash_keys

    def drawn(self, purpose: str, value: str) -> bytes:
        """32 bytes that look drawn and come out the same each time, for codes: of a key that no archive holds."""
        return bytes.fromhex(references.keyed_hash(self._code_key, purpose, value))

    def hash(self, purpose: str, value: str) -> str:
        """The hash to store of a secret value (64 characters)."""
        return references.keyed_hash(self._hash_keys[0], purpose, value)

    def hashes(self, purpose: str, value: str) -> tuple[str, ...]:
        """Every hash under which the value may be stored, newest key first: for look-ups during a rotation."""
        return tuple(references.keyed_hash(key, purpose, value) for key in self._hash_keys)


def _derived(secret: str, use: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"grc:" + use).derive(secret.encode())
