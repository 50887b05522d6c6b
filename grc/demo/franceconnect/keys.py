"""The simulator's signing keys, and the forgeries its faults need."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

SigningKey = ECKey | RSAKey


class Keys:
    """One current key per algorithm in use, a retired one beside it; `rotate` replaces the current ones."""

    def __init__(self, algorithms: frozenset[str]) -> None:
        self._algorithms = algorithms | {"ES256"}
        self._rotations = 0
        self._current: dict[str, SigningKey] = {}
        self._retired: list[SigningKey] = [_new_key("ES256", "pkcs11:ES256:hsm-retired")]
        self._make()

    def rotate(self) -> None:
        """New keys sign from now on; the former stay published."""
        self._retired.extend(self._current.values())
        self._rotations += 1
        self._make()

    def published(self) -> dict[str, Any]:
        """The JWKS: public parts only, retired keys first, so that nobody can just take the first."""
        return {"keys": [key.as_dict(private=False) for key in [*self._retired, *self._current.values()]]}

    def sign(self, algorithm: str, claims: dict[str, Any], *, kid: str | None = None) -> str:
        """A compact JWS whose header is `alg` and `kid` only."""
        key = self._current[algorithm]
        header = {"alg": algorithm, "kid": kid or key.kid}
        return jws.serialize_compact(header, json.dumps(claims), key, algorithms=[algorithm])

    def by_stranger(self, algorithm: str, claims: dict[str, Any]) -> str:
        """Signed under our kid by a key that is not published."""
        stranger = _new_key(algorithm, str(self._current[algorithm].kid))
        header = {"alg": algorithm, "kid": stranger.kid}
        return jws.serialize_compact(header, json.dumps(claims), stranger, algorithms=[algorithm])

    def unsigned(self, algorithm: str, claims: dict[str, Any]) -> str:
        """`alg` none, with an empty signature."""
        return _compact({"alg": "none", "kid": self._current[algorithm].kid}, claims) + "."

    def by_secret(self, algorithm: str, claims: dict[str, Any], secret: bytes) -> str:
        """HS256 with any secret: the client's, or the text of a public key."""
        signing_input = _compact({"alg": "HS256", "kid": self._current[algorithm].kid}, claims)
        mac = hmac.new(secret, signing_input.encode(), hashlib.sha256).digest()
        return f"{signing_input}.{_base64(mac)}"

    def public_pem(self, algorithm: str) -> bytes:
        """The public key as text, which a confused verifier would take for an HMAC secret."""
        return self._current[algorithm].as_pem(private=False)

    def is_ours(self, token: str) -> dict[str, Any] | None:
        """The claims of a token signed by any of our keys, however old; None for another."""
        for key in [*self._current.values(), *self._retired]:
            try:
                signed = jws.deserialize_compact(token.encode(), key, algorithms=sorted(self._algorithms))
            except (JoseError, ValueError):
                continue
            claims: dict[str, Any] = json.loads(signed.payload or b"{}")
            return claims
        return None

    def _make(self) -> None:
        suffix = f"-{self._rotations}" if self._rotations else ""
        for algorithm in sorted(self._algorithms):
            self._current[algorithm] = _new_key(algorithm, f"pkcs11:{algorithm}:hsm{suffix}")


def _new_key(algorithm: str, kid: str) -> SigningKey:
    parameters = {"kid": kid, "use": "sig", "alg": algorithm}
    if algorithm == "ES256":
        return ECKey.generate_key("P-256", parameters)  # type: ignore[arg-type]
    return RSAKey.generate_key(2048, parameters)  # type: ignore[arg-type]


def _compact(header: dict[str, Any], claims: dict[str, Any]) -> str:
    return f"{_base64(json.dumps(header).encode())}.{_base64(json.dumps(claims).encode())}"


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
