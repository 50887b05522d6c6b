"""Verification of FranceConnect's two signed tokens: the key, the pinned algorithm, then each claim."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey
from joserfc.util import urlsafe_b64decode

from grc.franceconnect.callback import LoginRefused

ALGORITHMS = frozenset({"ES256", "RS256"})
LEEWAY = 30
_LONGEST_SUBJECT = 255
_KEY_TYPES = {"ES256": "EC", "RS256": "RSA"}
_SHORTEST_MODULUS = 2048 // 6  # characters of base64url

# A header that is not known is ignored, as RFC 7515 asks; one named by `crit` is refused.
_REGISTRIES = {name: jws.JWSRegistry(algorithms=[name], strict_check_header=False) for name in ALGORITHMS}

SigningKey = ECKey | RSAKey


class UnknownKey(Exception):
    """No published key has the token's kid: they may have been rotated, so fetch them once more."""


def signing_keys(document: Any, algorithm: str) -> tuple[SigningKey, ...]:
    """The public keys of a JWKS that may sign with this algorithm; others, whatever they are, are left out.

    Symmetric keys never get in, so a public key cannot be made into an HMAC secret. Raises ValueError when the
    document is not a JWKS.
    """
    listed = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(listed, list):
        raise ValueError("not a JWKS")
    keys = (_imported(entry, algorithm) for entry in listed if isinstance(entry, dict))
    return tuple(key for key in keys if key is not None)


def verified(token: str, keys: Iterable[SigningKey], *, algorithm: str, kind: str) -> dict[str, Any]:
    """The claims of a JWS signed with exactly this algorithm by one of these keys.

    algorithm: the one registered with the provider, never read from the token. kind: "id" or "ui", the prefix of the
    refusal's code. Raises UnknownKey, or LoginRefused with <kind>.malformed, .algorithm, .key or .signature.
    """
    header = _header(token, kind)
    if header.get("alg") != algorithm:
        raise LoginRefused(f"{kind}.algorithm", detail=str(header.get("alg")))
    key = _key_for(header.get("kid"), tuple(keys), kind)
    try:
        signed = jws.deserialize_compact(token.encode(), key, registry=_REGISTRIES[algorithm])
        claims = json.loads(signed.payload or b"")
    except (JoseError, ValueError, RecursionError) as error:
        raise LoginRefused(f"{kind}.signature", detail=type(error).__name__) from error
    if not isinstance(claims, dict):
        raise LoginRefused(f"{kind}.malformed")
    return claims


def check_id_token(
    claims: Mapping[str, Any], *, issuer: str, client_id: str, nonce: str, acr: Collection[str], now: datetime
) -> None:
    """Raises LoginRefused unless the id_token is ours, fresh, for this nonce and of an accepted level.

    acr: none is looked at where no level is registered.
    """
    _check_common(claims, "id", issuer=issuer, client_id=client_id, now=now)
    if claims.get("nonce") != nonce:
        raise LoginRefused("id.nonce")
    if acr and (not isinstance(claims.get("acr"), str) or claims["acr"] not in acr):
        raise LoginRefused("id.acr", detail=str(claims.get("acr")))


def check_userinfo(claims: Mapping[str, Any], *, issuer: str, client_id: str, sub: str, now: datetime) -> None:
    """Raises LoginRefused unless the userinfo token is ours, fresh, and of the id_token's own subject."""
    _check_common(claims, "ui", issuer=issuer, client_id=client_id, now=now)
    if claims["sub"] != sub:
        raise LoginRefused("ui.sub")


def unsigned_userinfo(text: str, *, sub: str) -> dict[str, Any]:
    """The claims of a userinfo that is plain JSON, vouched for by TLS alone (OpenID Connect Core 5.3.4).

    Raises LoginRefused unless it is of the id_token's own subject.
    """
    try:
        claims = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise LoginRefused("ui.malformed") from error
    if not isinstance(claims, dict):
        raise LoginRefused("ui.malformed")
    if not _is_subject(claims.get("sub")) or claims["sub"] != sub:
        raise LoginRefused("ui.sub")
    return claims


def _check_common(claims: Mapping[str, Any], kind: str, *, issuer: str, client_id: str, now: datetime) -> None:
    if claims.get("iss") != issuer:
        raise LoginRefused(f"{kind}.iss", detail=str(claims.get("iss")))
    if claims.get("aud") not in (client_id, [client_id]) or claims.get("azp", client_id) != client_id:
        raise LoginRefused(f"{kind}.aud", detail=str(claims.get("aud")))
    if not _is_subject(claims.get("sub")):
        raise LoginRefused(f"{kind}.sub")
    _check_times(claims, kind, now.timestamp())


def _is_subject(value: object) -> bool:
    """A key of accounts: at most 255 printable ASCII characters (OpenID Connect Core 2)."""
    return isinstance(value, str) and 0 < len(value) <= _LONGEST_SUBJECT and value.isascii() and value.isprintable()


def _check_times(claims: Mapping[str, Any], kind: str, now: float) -> None:
    """exp and iat are both required; 30 seconds of leeway, half of a token's life. NaN compares to nothing."""
    if not _is_number(claims.get("exp")) or not claims["exp"] > now - LEEWAY:
        raise LoginRefused(f"{kind}.exp")
    for name in ("iat", "nbf"):
        value = claims.get(name, None if name == "iat" else now)
        if not _is_number(value) or not value <= now + LEEWAY:
            raise LoginRefused(f"{kind}.{name}")


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _header(token: str, kind: str) -> dict[str, Any]:
    try:
        header = json.loads(urlsafe_b64decode(token.partition(".")[0].encode("ascii")))
    except (ValueError, RecursionError) as error:
        raise LoginRefused(f"{kind}.malformed") from error
    if not isinstance(header, dict) or token.count(".") != 2:
        raise LoginRefused(f"{kind}.malformed")
    return header


def _key_for(kid: object, keys: tuple[SigningKey, ...], kind: str) -> SigningKey:
    """The one key of this kid; without kid, the only key there is (OpenID Connect Core 10.1)."""
    if kid is None:
        if len(keys) == 1:
            return keys[0]
        raise LoginRefused(f"{kind}.key", detail="no kid")
    named = [key for key in keys if key.kid == kid]
    if not named:
        raise UnknownKey
    return named[0]


def _imported(entry: dict[str, Any], algorithm: str) -> SigningKey | None:
    if entry.get("kty") != _KEY_TYPES[algorithm] or entry.get("use", "sig") != "sig":
        return None
    if entry.get("alg", algorithm) != algorithm or "d" in entry:
        return None
    try:
        if algorithm == "ES256":
            return ECKey.import_key(entry) if entry.get("crv") == "P-256" else None
        return RSAKey.import_key(entry) if len(str(entry.get("n"))) >= _SHORTEST_MODULUS else None
    except (JoseError, ValueError, TypeError):
        return None
