"""The return from FranceConnect: what is checked before any code is exchanged, and what the citizen is told."""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum

from grc.errors import GrcError

TRANSACTION_LASTS = timedelta(minutes=30)
_LOGGED_LENGTH = 80
_OUR_BUGS = frozenset(
    {"invalid_request", "invalid_scope", "invalid_acr", "invalid_idp_hint", "unsupported_response_type"}
)
_THEIR_OUTAGES = frozenset({"server_error", "temporarily_unavailable"})


class Ending(Enum):
    """How a login that did not open a session ends for the citizen: one French sentence each."""

    CANCELLED = (
        "Vous avez interrompu la connexion avec FranceConnect. Vous pouvez réessayer ou utiliser un autre moyen."
    )
    NOT_CONFIRMED = "FranceConnect n’a pas pu confirmer votre connexion."
    UNAVAILABLE = (
        "FranceConnect est momentanément indisponible. Réessayez dans quelques minutes ou utilisez un autre moyen."
    )
    OUR_FAULT = "La connexion est impossible pour le moment\u202f; notre équipe est prévenue."
    EXPIRED = "Votre demande de connexion a expiré. Recommencez."


OUR_FAULTS = ("our_request", "our_credentials")
"""Codes of refusals that operators mend: parameters, habilitation, secret."""
_ENDING_OF_CODE = {
    "cancelled": Ending.CANCELLED,
    "unavailable": Ending.UNAVAILABLE,
    "our_request": Ending.OUR_FAULT,
    "our_credentials": Ending.OUR_FAULT,
    "no_transaction": Ending.EXPIRED,
    "transaction_expired": Ending.EXPIRED,
    "state": Ending.EXPIRED,
    "issuer": Ending.EXPIRED,
    "no_code": Ending.EXPIRED,
    "unknown_error": Ending.EXPIRED,
    "code_refused": Ending.EXPIRED,
}


class LoginRefused(GrcError):
    """A login that opens no session. `code` is stable (logs, statistics); `message` is the sentence for the citizen.

    Codes of the callback: no_transaction, transaction_expired, state, issuer, no_code, cancelled, not_confirmed,
    unavailable, our_request, unknown_error. Of the exchange: code_refused, our_credentials, id_token_missing,
    userinfo_refused, userinfo_format, and `<token>.<reason>` where token is id or ui and reason is one of malformed,
    algorithm, key, signature, iss, aud, exp, iat, nbf, nonce, acr, sub.
    detail: what the provider wrote, escaped and shortened, for the log only.
    """

    def __init__(self, code: str, *, detail: str = "") -> None:
        self.code = code
        self.detail = for_log(detail)
        self.ending = _ENDING_OF_CODE.get(code, Ending.NOT_CONFIRMED)
        super().__init__(self.ending.value)

    @property
    def is_information(self) -> bool:
        """Whether the citizen's own choice led here: told as information, not as an alert."""
        return self.ending is Ending.CANCELLED

    @property
    def alerts_operators(self) -> bool:
        """Whether the fault is in our parameters, credentials or habilitation."""
        return self.ending is Ending.OUR_FAULT


@dataclass(frozen=True)
class Transaction:
    """A login begun in this browser, kept server side, used once, deleted before the code is exchanged.

    issuer: of the provider it was begun with; `begun_at` is aware. verifier: of PKCE, else empty. requires_iss: whether
    a return that does not name its issuer is refused; one that names another always is.
    """

    issuer: str
    state: str = field(repr=False)
    nonce: str = field(repr=False)
    begun_at: datetime
    verifier: str = field(default="", repr=False)
    requires_iss: bool = True

    def has_expired(self, *, now: datetime) -> bool:
        """FranceConnect's own interaction lasts 30 minutes; so does ours."""
        return now - self.begun_at > TRANSACTION_LASTS


def check_callback(params: Iterable[tuple[str, str]], transaction: Transaction | None, *, now: datetime) -> str:
    """The code to exchange, after every check that needs no network, in FranceConnect's order; raises LoginRefused.

    params: every (name, value) of the query, repetitions included. A refusal must end nothing: anybody can forge an
    error callback, so no session is closed or replaced because of it.
    """
    values: dict[str, list[str]] = {}
    for name, value in params:
        values.setdefault(name, []).append(value)
    if transaction is None:
        raise LoginRefused("no_transaction")
    if transaction.has_expired(now=now):
        raise LoginRefused("transaction_expired")
    if not _equals(values.get("state"), transaction.state):
        raise LoginRefused("state")
    if ("iss" in values or transaction.requires_iss) and not _equals(values.get("iss"), transaction.issuer):
        raise LoginRefused("issuer")
    if "error" in values:
        error, description = values["error"][0], values.get("error_description", [""])[0]
        raise LoginRefused(code_of_error(error, description), detail=f"{error} {description}")
    codes = values.get("code", [])
    if len(codes) != 1 or not codes[0]:
        raise LoginRefused("no_code")
    return codes[0]


def code_of_error(error: str, description: str) -> str:
    """Our code for an `error` of the callback; the description is compared, never shown."""
    if error == "access_denied":
        return "cancelled" if description == "User auth aborted" else "not_confirmed"
    if error in _THEIR_OUTAGES:
        return "unavailable"
    return "our_request" if error in _OUR_BUGS else "unknown_error"


def sentence(error: str, description: str = "") -> str:
    """The French sentence for an `error` of the callback."""
    return LoginRefused(code_of_error(error, description)).message


def for_log(text: str) -> str:
    """A partner's text made harmless for one log line: printable ASCII, at most 80 characters."""
    return re.sub(r"[^ -~]", "?", text)[:_LOGGED_LENGTH].strip()


def _equals(given: list[str] | None, expected: str) -> bool:
    """Present exactly once and equal, compared in constant time."""
    return (
        given is not None
        and len(given) == 1
        and hmac.compare_digest(given[0].encode(errors="replace"), expected.encode())
    )
