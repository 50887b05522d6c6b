"""How an authority's pages look: one colour and one logo."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime

from sqlmodel import Session, select

from grc.access.actors import Actor
from grc.authorities import profile
from grc.authorities.merging import Meanwhile
from grc.authorities.models import Authority, AuthorityLogo
from grc.errors import Invalid, NotFound, Problem
from grc.journal import recording
from grc.journal.acts import JournalAct

MOST_BYTES = 200_000
EXTENSIONS = {"image/png": "png", "image/jpeg": "jpg", "image/svg+xml": "svg"}
"""The types under which a logo is kept, all of them cleaned beforehand."""
COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


def colour_of(typed: str) -> str:
    """A colour as it is kept, of what was typed (« 1F5F8B », « #1f5f8b »); raises Invalid."""
    colour = "#" + typed.strip().lstrip("#").lower()
    if not COLOUR.fullmatch(colour):
        message = "Écrivez la couleur avec six chiffres ou lettres de a à f, par exemple #1f5f8b."
        raise Invalid(message, [Problem("colour", "format", message)])
    return colour


def set_colour(session: Session, authority_id: int, typed: str, *, seen: str, by: Actor | None, now: datetime) -> None:
    """Another colour. seen: the one that the form showed. Raises Invalid, or Meanwhile."""
    colour, row = colour_of(typed), profile.one(session, authority_id, is_held=True)
    if row.colour not in (seen, colour):
        told = f"Quelqu’un a choisi {row.colour} entre-temps. Gardez l’une ou l’autre, puis enregistrez."
        raise Meanwhile([Problem("colour", "stale", told)], {"colour": colour})
    if colour == row.colour:
        return
    row.colour = colour
    session.add(row)
    session.flush()
    data = {"colour": colour}
    recording.record(session, authority_id, JournalAct.COLOUR_CHANGED, _subject(row), by=by, now=now, data=data)


def set_logo(
    session: Session, authority_id: int, content: bytes, media_type: str, *, by: Actor | None, now: datetime
) -> str:
    """The name under which a cleaned logo is served: "logo-<sha256>.png". Raises ValueError for what is too large."""
    if len(content) > MOST_BYTES:
        raise ValueError("a logo of more than 200 kB")
    row, sha256 = profile.one(session, authority_id, is_held=True), hashlib.sha256(content).hexdigest()
    logo = _logo(session, authority_id) or AuthorityLogo(
        authority_id=authority_id, sha256="", media_type="", content=b""
    )
    logo.sha256, logo.media_type, logo.content = sha256, media_type, content
    row.logo = f"logo-{sha256}.{EXTENSIONS[media_type]}"
    session.add(logo)
    session.add(row)
    session.flush()
    data = {"sha256": sha256}
    recording.record(session, authority_id, JournalAct.LOGO_CHANGED, _subject(row), by=by, now=now, data=data)
    return row.logo


def remove_logo(session: Session, authority_id: int, *, by: Actor | None, now: datetime) -> None:
    """The name alone from now on."""
    row, logo = profile.one(session, authority_id, is_held=True), _logo(session, authority_id)
    if not row.logo:
        return
    row.logo = ""
    session.add(row)
    if logo is not None:
        session.delete(logo)
    session.flush()
    recording.record(session, authority_id, JournalAct.LOGO_CHANGED, _subject(row), by=by, now=now)


def shown_by(session: Session, name: str) -> int:
    """An authority that shows the logo of this name ("logo-<sha256>.png"); raises NotFound. Any scope will do."""
    found = session.exec(select(Authority.id).where(Authority.logo == name)).first()
    if found is None:
        raise NotFound("Ce logo n’existe plus.")
    return found


def logo(session: Session, authority_id: int, name: str) -> tuple[bytes, str]:
    """The content and the type of the logo that the authority shows; raises NotFound for another's name."""
    row = _logo(session, authority_id)
    if row is None or name != f"logo-{row.sha256}.{EXTENSIONS[row.media_type]}":
        raise NotFound("Ce logo n’existe plus.")
    return row.content, row.media_type


def _logo(session: Session, authority_id: int) -> AuthorityLogo | None:
    return session.exec(select(AuthorityLogo).where(AuthorityLogo.authority_id == authority_id)).one_or_none()


def _subject(row: Authority) -> tuple[str, str]:
    return "authority", row.slug
