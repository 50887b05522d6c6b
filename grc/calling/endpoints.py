"""The endpoints of an authority: other systems, by name, each with the secret that both sides sign with."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from sqlalchemy import delete, select
from sqlmodel import Session, col

from grc.db import keyring_of
from grc.errors import Fault, Misconfigured, NotFound
from grc.submissions.exchange_models import Endpoint

SHORTEST_SECRET = 32
LONGEST_NAME, LONGEST_URL = 60, 500
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True)
class EndpointView:
    """An endpoint, its secret open."""

    name: str
    url: str
    secret: str


def put(session: Session, authority_id: int, name: str, url: str, secret: str, *, allows_plain: bool = False) -> None:
    """Adds the endpoint, or gives it another address and secret. Raises Misconfigured with every fault.

    allows_plain: whether http is taken on this machine, for demonstrations.
    """
    faults = []
    if not _SLUG.fullmatch(name) or len(name) > LONGEST_NAME:
        advice = f"Minuscules sans accent, chiffres et tirets, {LONGEST_NAME} caractères au plus."
        faults.append(Fault(name, "ce nom ne convient pas.", advice))
    if len(url) > LONGEST_URL or not is_address(url, allows_plain=allows_plain):
        faults.append(Fault(name, "cette adresse ne convient pas.", "Une adresse complète, qui commence par https://."))
    if len(secret) < SHORTEST_SECRET:
        advice = "Par exemple celui de « openssl rand -hex 32 »."
        faults.append(Fault(name, f"le secret a au moins {SHORTEST_SECRET} caractères.", advice))
    if faults:
        raise Misconfigured(faults)
    row = _row(session, authority_id, name) or Endpoint(authority_id=authority_id, name=name, url="", sealed_secret="")
    row.url, row.sealed_secret = url, keyring_of(session).seal(secret)
    session.add(row)
    session.flush()


def remove(session: Session, authority_id: int, name: str) -> None:
    """Forgets the endpoint: calls to it wait, then fail; its signals are refused. Raises NotFound."""
    mine = (col(Endpoint.authority_id) == authority_id, col(Endpoint.name) == name)
    if not session.execute(delete(Endpoint).where(*mine)).rowcount:  # type: ignore[attr-defined]
        raise NotFound(f"Aucun point d’accès « {name} » dans cette commune.")


def every(session: Session, authority_id: int) -> list[tuple[str, str]]:
    """The names and addresses, in the order of the names."""
    columns = select(col(Endpoint.name), col(Endpoint.url)).where(col(Endpoint.authority_id) == authority_id)
    return [(name, url) for name, url in session.execute(columns.order_by(col(Endpoint.name)))]


def find(session: Session, authority_id: int, name: str) -> EndpointView | None:
    """The endpoint, None when there is none of that name."""
    row = _row(session, authority_id, name)
    return None if row is None else EndpointView(row.name, row.url, keyring_of(session).open(row.sealed_secret))


def _row(session: Session, authority_id: int, name: str) -> Endpoint | None:
    mine = (col(Endpoint.authority_id) == authority_id, col(Endpoint.name) == name)
    return session.execute(select(Endpoint).where(*mine)).scalar_one_or_none()


def is_address(url: str, *, allows_plain: bool) -> bool:
    """Whether it is a complete https address without a user. allows_plain: http on this machine too."""
    try:
        parts = urlsplit(url)
        port_is_sound = parts.port is None or parts.port > 0
    except ValueError:
        return False
    if not parts.hostname or "@" in parts.netloc or not url.isprintable() or " " in url or not port_is_sound:
        return False
    return parts.scheme == "https" or (allows_plain and parts.scheme == "http" and _is_loopback(parts.hostname))


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
