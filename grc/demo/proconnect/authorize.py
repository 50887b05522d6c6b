"""The authorize request judged as ProConnect does: PKCE, levels asked as an essential claim, other scopes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from grc.demo.franceconnect.authorize import RefusedHere, SentBack, closed_list
from grc.demo.franceconnect.peer import Login
from grc.demo.franceconnect.registry import Client, Settings
from grc.demo.proconnect.registry import LEVELS, SCOPES, AgentClient

_REQUIRED = ("client_id", "response_type", "redirect_uri", "scope", "state")
_OPTIONAL = (
    "nonce",
    "acr_values",
    "claims",
    "prompt",
    "idp_hint",
    "login_hint",
    "siret_hint",
    "code_challenge",
    "code_challenge_method",
    "response_mode",
)
_SHORTEST = 32
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True)
class AgentLogin(Login):
    """An authorize request that passed. challenge: of PKCE, or "". levels: those required, none of them met fails."""

    challenge: str = ""
    levels: frozenset[str] = frozenset()

    def opens(self) -> set[str]:
        return {name for scope in self.scopes for name in SCOPES[scope]}


def read(params: Iterable[tuple[str, str]], settings: Settings) -> AgentLogin:
    """The login asked for; raises RefusedHere or SentBack."""
    try:
        given = closed_list(params, required=_REQUIRED, optional=_OPTIONAL)
    except RefusedHere as refused:
        raise RefusedHere("Y000400", refused.reason) from refused
    client = _client(given, settings)
    _check_protocol(given, client)
    asked = _asked(given)
    scopes = given["scope"].split()
    return AgentLogin(
        client=client,
        redirect_uri=given["redirect_uri"],
        state=given["state"],
        nonce=given.get("nonce", ""),
        scopes=tuple(dict.fromkeys(scope for scope in scopes if scope in SCOPES)),
        wants_amr="amr" in asked,
        begun_at=settings.now(),
        challenge=given.get("code_challenge", ""),
        levels=_levels(asked.get("acr")),
    )


def _client(given: dict[str, str], settings: Settings) -> Client:
    for name in ("state", "nonce"):
        if len(given.get(name, "x" * _SHORTEST)) < _SHORTEST:
            raise RefusedHere("Y000400", f"{name} de moins de {_SHORTEST} caractères")
    client = settings.client(given["client_id"])
    if client is None:
        raise RefusedHere("Y03C08B1", "client_id inconnu de cette plateforme")
    if given["redirect_uri"] not in client.redirect_uris:
        raise RefusedHere("Y0358E5", "redirect_uri non enregistrée pour ce client")
    return client


def _check_protocol(given: dict[str, str], client: Client) -> None:
    def sent_back(error: str, description: str) -> SentBack:
        return SentBack(given["redirect_uri"], error, description, given["state"])

    scopes = given["scope"].split()
    if given["response_type"] != "code":
        raise sent_back("unsupported_response_type", "unsupported response_type requested")
    if "openid" not in scopes:
        raise sent_back("invalid_request", "openid scope must be requested for this client")
    if any(scope not in SCOPES or scope not in client.scopes for scope in scopes):
        raise sent_back("invalid_scope", "requested scope is not allowed")
    if given.get("prompt") == "none":
        raise sent_back("login_required", "End-User authentication is required")
    if "select_account" in given.get("prompt", ""):
        raise sent_back("invalid_request", "unsupported prompt value requested")
    if not _proof_is_right(given, needed=isinstance(client, AgentClient) and client.requires_pkce):
        raise sent_back("invalid_request", "Authorization Server policy requires PKCE to be used for this request")


def _proof_is_right(given: dict[str, str], *, needed: bool) -> bool:
    """Whether the challenge is one of S256, or is absent where it may be."""
    if "code_challenge" not in given:
        return not needed and "code_challenge_method" not in given
    return given.get("code_challenge_method") == "S256" and _CHALLENGE.fullmatch(given["code_challenge"]) is not None


def _asked(given: dict[str, str]) -> dict[str, Any]:
    """What the claims parameter asks of the id_token."""
    try:
        asked = json.loads(given.get("claims", "{}")).get("id_token", {})
        return dict(asked)
    except (ValueError, AttributeError, TypeError) as error:
        raise RefusedHere("Y000400", "claims illisible") from error


def _levels(wanted: Any) -> frozenset[str]:
    """The levels that are essential; a wish requires none."""
    if not isinstance(wanted, dict) or wanted.get("essential") is not True:
        return frozenset()
    values = wanted.get("values") or [wanted.get("value")]
    return frozenset(value for value in values if value in LEVELS)
