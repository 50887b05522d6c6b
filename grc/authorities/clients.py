"""The clients that authorities registered at identity providers, ready to sign people in."""

from __future__ import annotations

from sqlmodel import Session

from grc.authorities.queries import identity_client
from grc.db import keyring_of
from grc.franceconnect import registration
from grc.franceconnect.provider import Provider

CALLBACKS = {
    registration.FRANCECONNECT: "/franceconnect/callback",
    registration.PROCONNECT: "/agents/proconnect/callback",
}
"""By provider, where it sends the browser back: one address each, under the root of the authority's pages."""
LOGOUTS = {
    registration.FRANCECONNECT: "/franceconnect/deconnexion",
    registration.PROCONNECT: "/agents/proconnect/deconnexion",
}


def provider(session: Session, authority_id: int, name: str, *, root: str) -> Provider | None:
    """The authority's client at "franceconnect" or "proconnect"; None where it has none.

    root: the absolute address where its pages begin, on which the registered addresses stand, byte for byte.
    """
    client = identity_client(session, authority_id, name)
    if client is None:
        return None
    return registration.provider(
        name,
        issuer=client.issuer,
        client_id=client.client_id,
        client_secret=keyring_of(session).open(client.sealed_secret),
        redirect_uri=root + CALLBACKS[name],
        post_logout_redirect_uri=root + LOGOUTS[name],
        algorithm=client.algorithm,
        options=client.options,
    )
