"""The few addresses that mails hold, absolute; a test holds them equal to the web's routes."""

from __future__ import annotations

from grc.authorities.views import AuthorityView


def root(authority: AuthorityView, base_url: str) -> str:
    """Where the authority's pages begin: its own domain, else a path of the installation."""
    if authority.domain:
        return f"{base_url.split('://', 1)[0]}://{authority.domain}"
    return f"{base_url}/{authority.slug}"


def submission(authority: AuthorityView, base_url: str, reference: str) -> str:
    """The citizen's page on a submission."""
    return f"{root(authority, base_url)}/demandes/{reference}"


def complement(authority: AuthorityView, base_url: str, reference: str) -> str:
    """The page where a citizen answers a request for documents."""
    return f"{submission(authority, base_url, reference)}/complements"


def mine(authority: AuthorityView, base_url: str) -> str:
    """The page of one's drafts and demandes, where one signs in or gives a code."""
    return f"{root(authority, base_url)}/mes-demandes"


def track(authority: AuthorityView, base_url: str) -> str:
    """The page where a tracking code is typed; the code itself is never in an address."""
    return f"{root(authority, base_url)}/suivi"


def sign_in(authority: AuthorityView, base_url: str, token: str) -> str:
    """The page of a link to sign in: it changes nothing before its button is pressed."""
    return f"{root(authority, base_url)}/connexion/lien/{token}"


def address(authority: AuthorityView, base_url: str, token: str) -> str:
    """The page where one half of a change of address is confirmed, or refused."""
    return f"{root(authority, base_url)}/connexion/adresse/{token}"


def door(authority: AuthorityView, base_url: str) -> str:
    """The page where one signs in."""
    return f"{root(authority, base_url)}/connexion"


def agent_submission(authority: AuthorityView, base_url: str, reference: str) -> str:
    """The agents' page on a submission."""
    return f"{root(authority, base_url)}/agents/demandes/{reference}"
