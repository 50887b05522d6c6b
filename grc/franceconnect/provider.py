"""A registration at an OpenID Provider, and what a sign-in there gives: FranceConnect's ways unless told otherwise."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from grc.franceconnect import tokens
from grc.franceconnect.callback import Transaction
from grc.franceconnect.claims import PivotIdentity

AUTH_METHODS = frozenset({"client_secret_post", "client_secret_basic"})
USERINFO = frozenset({"jwt", "json", "any"})

Userinfo = Literal["jwt", "json", "any"]


@dataclass(frozen=True)
class Provider:
    """One client of one authority, as registered; every endpoint comes from the issuer's discovery.

    algorithm: the one registered for the signed answers. redirect_uri is byte-identical to the registered one. acr: the
    levels that a sign-in may have; none asked nor checked where it is empty. essential_acr: they are asked as an
    essential claim (with amr), not as the wish that acr_values is. pkce: S256; FranceConnect refuses it. userinfo: the
    form in which the identity is accepted. requires_iss: False for a provider whose return names its issuer only when
    its discovery says so (RFC 9207). extra: more parameters of the authorize request.
    Raises ValueError for an algorithm, a method or a form that is not known.
    """

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    redirect_uri: str
    post_logout_redirect_uri: str
    algorithm: str = "ES256"
    scope: str = "openid identite_pivot email"
    acr: frozenset[str] = frozenset({"eidas1"})
    essential_acr: bool = False
    pkce: bool = False
    auth_method: str = "client_secret_post"
    userinfo: Userinfo = "jwt"
    requires_iss: bool = True
    extra: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.algorithm not in tokens.ALGORITHMS:
            raise ValueError(f"algorithm {self.algorithm!r}: only ES256 and RS256 are accepted")
        if self.auth_method not in AUTH_METHODS:
            raise ValueError(f"auth_method {self.auth_method!r}: one of {', '.join(sorted(AUTH_METHODS))}")
        if self.userinfo not in USERINFO:
            raise ValueError(f"userinfo {self.userinfo!r}: one of {', '.join(sorted(USERINFO))}")

    def level(self) -> dict[str, str]:
        """The parameters of the authorize request that ask for the levels of `acr`."""
        values = sorted(self.acr)
        if not values:
            return {}
        if not self.essential_acr:
            return {"acr_values": " ".join(values)}
        asked = {"id_token": {"acr": {"essential": True, "values": values}, "amr": None}}
        return {"claims": json.dumps(asked, separators=(",", ":"))}


@dataclass(frozen=True)
class Authorization:
    """Where to send the browser, and what the session keeps until it comes back. verifier: of PKCE, else empty."""

    url: str = field(repr=False)
    state: str = field(repr=False)
    nonce: str = field(repr=False)
    issuer: str
    verifier: str = field(default="", repr=False)
    requires_iss: bool = True

    def transaction(self, *, now: datetime) -> Transaction:
        """What `check_callback` compares the return with."""
        return Transaction(
            issuer=self.issuer,
            state=self.state,
            nonce=self.nonce,
            begun_at=now,
            verifier=self.verifier,
            requires_iss=self.requires_iss,
        )


@dataclass(frozen=True)
class SignedIn:
    """A login whose every check passed. id_token is personal data, kept server side until logout.

    claims: of the userinfo, verified. acr and amr: of the id_token, "" and () where it names none; amr informs, and
    replaces no level.
    """

    identity: PivotIdentity
    id_token: str = field(repr=False)
    claims: Mapping[str, Any] = field(default_factory=dict, repr=False)
    acr: str = ""
    amr: tuple[str, ...] = ()
