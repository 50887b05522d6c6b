"""The switches that make the simulator misbehave, one for each line of the client's checklist."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from grc.demo.franceconnect.keys import Keys
from grc.demo.franceconnect.registry import Client

Claims = dict[str, Any]


def _set(**values: Any) -> Callable[[Claims], Claims]:
    return lambda claims: claims | values


def _without(name: str) -> Callable[[Claims], Claims]:
    return lambda claims: {key: value for key, value in claims.items() if key != name}


def _moved(seconds: int) -> Callable[[Claims], Claims]:
    return lambda claims: claims | {"iat": claims["iat"] + seconds, "exp": claims["exp"] + seconds}


_CLAIM_FAULTS: dict[str, Callable[[Claims], Claims]] = {
    "id.nonce": _set(nonce="another-nonce-of-more-than-22-characters"),
    "id.no_nonce": _without("nonce"),
    "id.aud": _set(aud="another-client"),
    "id.aud_several": lambda claims: claims | {"aud": [claims["aud"], "another-client"]},
    "id.iss": _set(iss="https://other.example/api/v2"),
    "id.expired": _moved(-180),
    "id.iat_future": _moved(300),
    "id.acr": _set(acr="eidas0"),
    "id.no_acr": _without("acr"),
    "id.sub": _set(sub="f" * 64 + "v1"),
    "ui.aud": _set(aud="another-client"),
    "ui.iss": _set(iss="https://other.example/api/v2"),
    "ui.expired": _moved(-180),
    "ui.iat_future": _moved(300),
    "ui.sub": _set(sub="e" * 64 + "v1"),
    "ui.no_sub": _without("sub"),
}
_SIGNATURE_FAULTS = (
    "alg_none",
    "hs256_secret",
    "hs256_pubkey",
    "bad_sig",
    "unknown_kid",
)
_PLACE_FAULTS = (
    "cb.state",
    "cb.no_state",
    "cb.iss",
    "cb.no_iss",
    "token.no_id_token",
    "token.slow",
    "token.500",
    "token.html",
    "token.huge",
    "ui.json",
    "ui.slow",
    "ui.500",
    "ui.500_once",
    "ui.401",
    "ui.huge",
    "jwks.500",
    "jwks.slow",
    "jwks.huge",
    "discovery.500",
    "discovery.slow",
    "discovery.huge",
)
FAULTS = frozenset(
    [*_CLAIM_FAULTS, *_PLACE_FAULTS, *(f"{kind}.{name}" for kind in ("id", "ui") for name in _SIGNATURE_FAULTS)]
)


def signed(kind: str, claims: Claims, *, keys: Keys, client: Client, active: Collection[str]) -> str:
    """The token of these claims (kind "id" or "ui"), spoilt by the active faults of its kind."""
    for name, spoil in _CLAIM_FAULTS.items():
        if name in active and name.startswith(kind):
            claims = spoil(claims)
    algorithm = client.algorithm
    forgeries: dict[str, Callable[[], str]] = {
        "alg_none": lambda: keys.unsigned(algorithm, claims),
        "hs256_secret": lambda: keys.by_secret(algorithm, claims, client.client_secret.encode()),
        "hs256_pubkey": lambda: keys.by_secret(algorithm, claims, keys.public_pem(algorithm)),
        "bad_sig": lambda: keys.by_stranger(algorithm, claims),
        "unknown_kid": lambda: keys.sign(algorithm, claims, kid="pkcs11:unknown"),
    }
    for name, forge in forgeries.items():
        if f"{kind}.{name}" in active:
            return forge()
    return keys.sign(algorithm, claims)
