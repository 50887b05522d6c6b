"""A software authenticator: makes passkeys and signs with them as a telephone does, so that tests can also lie."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2 import cbor
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode

_PRESENT, _VERIFIED, _ATTESTED = 0x01, 0x04, 0x40


@dataclass
class Authenticator:
    """One passkey, once made. verifies: whether it checks who holds it; counts: whether it counts its answers."""

    origin: str
    verifies: bool = True
    counts: bool = True
    counter: int = 0
    handle: bytes = b""
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def make(self, options: Mapping[str, Any], **lies: Any) -> str:
        """The answer to what a server asks to make, as the page posts it. lies: of origin, type or challenge."""
        self.handle = websafe_decode(options["user"]["id"])
        public = cbor.encode(dict(ES256.from_cryptography_key(self.key.public_key())))
        attested = bytes(16) + len(self.credential_id).to_bytes(2, "big") + self.credential_id + public
        data = self._data(options["rp"]["id"], attested)
        statement = cbor.encode({"fmt": "none", "attStmt": {}, "authData": data})
        client = self._client({"type": "webauthn.create", "challenge": options["challenge"], **lies})
        return self._said({"clientDataJSON": client, "attestationObject": statement})

    def answer(self, options: Mapping[str, Any], *, handle: bytes | None = None, **lies: Any) -> str:
        """The answer to a challenge. handle: of whom it says it is, None for the truth."""
        data = self._data(options["rpId"], b"")
        client = self._client({"type": "webauthn.get", "challenge": options["challenge"], **lies})
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        said = {"clientDataJSON": client, "authenticatorData": data, "signature": signature}
        return self._said({**said, "userHandle": self.handle if handle is None else handle})

    def _data(self, rp_id: str, attested: bytes) -> bytes:
        self.counter += self.counts
        flags = _PRESENT | (_VERIFIED if self.verifies else 0) | (_ATTESTED if attested else 0)
        return hashlib.sha256(rp_id.encode()).digest() + bytes([flags]) + self.counter.to_bytes(4, "big") + attested

    def _client(self, said: Mapping[str, Any]) -> bytes:
        return json.dumps({"origin": self.origin, "crossOrigin": False, **said}).encode()

    def _said(self, response: Mapping[str, bytes]) -> str:
        name = websafe_encode(self.credential_id)
        written = {key: websafe_encode(value) for key, value in response.items() if value}
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": written})
