"""Two accounts of one person, side by side: the code that names the new one, and what differs between both.

FranceConnect makes another `sub` of a person whose civil status was corrected; nothing but a person with a proof before
them can say that it is the same one. Never automatic, never by e-mail: homonyms stay two.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlmodel import Session, col

from grc import references
from grc.citizens import links
from grc.citizens.models import LOCAL, Citizen, EmailLink
from grc.citizens.queries import identity_of
from grc.db import keyring_of
from grc.db.hashes import hashes
from grc.franceconnect.claims import PivotIdentity

PURPOSE = "relink"
LASTS = {"counter": timedelta(minutes=15), "post": timedelta(days=10)}
"""How long a code is good: said across the counter, or written in a letter."""


@dataclass(frozen=True)
class Compared:
    """A datum of both identities. label: in French; differs: not equal but for case, accents, hyphens and spaces."""

    label: str
    old: str
    new: str
    differs: bool


@dataclass(frozen=True)
class Pair:
    """The account of before, and that of the code. lines: what is known of both."""

    old_id: int
    new_id: int
    lines: Sequence[Compared]

    @property
    def have_nothing_in_common(self) -> bool:
        """Whether nothing that both tell is the same: most likely two persons."""
        told = [line for line in self.lines[1:] if line.old and line.new]
        return bool(told) and all(line.differs for line in told)


def give_code(
    session: Session, authority_id: int, citizen_id: int, *, by: str, session_id: int | None, now: datetime
) -> tuple[str, datetime]:
    """A new code for this account and its end; a former one is void. by: a key of LASTS."""
    account = (col(Citizen.authority_id) == authority_id, col(Citizen.id) == citizen_id)
    session.execute(select(col(Citizen.id)).where(*account).with_for_update())  # two posts at once leave one code
    mine = (col(EmailLink.authority_id) == authority_id, col(EmailLink.citizen_id) == citizen_id)
    session.execute(delete(EmailLink).where(*mine, col(EmailLink.purpose) == PURPOSE))
    code = references.new_short_code()
    row = EmailLink(
        authority_id=authority_id,
        citizen_id=citizen_id,
        session_id=session_id,
        purpose=PURPOSE,
        token_hash=keyring_of(session).hash(PURPOSE, references.read_short_code(code) or ""),
        email="",
        created_at=now,
        expires_at=now + LASTS[by],
    )
    session.add(row)
    session.flush()
    return code, row.expires_at


def pending_until(session: Session, authority_id: int, citizen_id: int, *, now: datetime) -> datetime | None:
    """Until when the account's code is good; None without one."""
    mine = (col(EmailLink.authority_id) == authority_id, col(EmailLink.citizen_id) == citizen_id)
    still = (col(EmailLink.purpose) == PURPOSE, col(EmailLink.used_at).is_(None), col(EmailLink.expires_at) > now)
    return session.execute(select(col(EmailLink.expires_at)).where(*mine, *still)).scalar_one_or_none()


def of_code(session: Session, authority_id: int, typed: str, *, now: datetime, lock: bool = False) -> EmailLink | None:
    """The open code as it is stored; None for one that is wrong, used, expired, or of another authority."""
    code = references.read_short_code(typed) or ""
    statement = select(EmailLink).where(
        col(EmailLink.authority_id) == authority_id,
        col(EmailLink.purpose) == PURPOSE,
        col(EmailLink.token_hash).in_(hashes(session, authority_id, PURPOSE, code)),
        col(EmailLink.used_at).is_(None),
        col(EmailLink.expires_at) > now,
    )
    found: EmailLink | None = session.execute(statement.with_for_update() if lock else statement).scalar_one_or_none()
    return found


def of_address(session: Session, authority_id: int, typed: str, *, but: int) -> list[int]:
    """The open accounts that confirmed this address, but one: they may be several (couples share an address)."""
    address = links.canonical(typed)
    mine = (col(Citizen.authority_id) == authority_id, col(Citizen.email) == address, col(Citizen.closed_at).is_(None))
    if not address:
        return []
    return list(session.execute(select(col(Citizen.id)).where(*mine, col(Citizen.id) != but)).scalars())


def compare(old: Citizen, new: Citizen) -> Pair:
    """Both accounts, datum by datum."""
    assert old.id is not None and new.id is not None  # noqa: S101 - both were read from the database
    told = (identity_of(old), identity_of(new))
    lines = [_line(label, *(read(one) if one else "" for one in told)) for label, read in _READ.items()]
    return Pair(old.id, new.id, [Compared("Compte", _kind(old), _kind(new), False), *lines])


def _kind(account: Citizen) -> str:
    return "Compte de ce site" if account.issuer == LOCAL else "FranceConnect"


def _line(label: str, old: str, new: str) -> Compared:
    return Compared(label, old, new, differs=_bare(old) != _bare(new))


_READ: dict[str, Callable[[PivotIdentity], str]] = {
    "Nom de naissance": lambda one: one.family_name,
    "Prénoms": lambda one: one.given_name,
    "Nom d’usage": lambda one: one.preferred_username,
    "Date de naissance": lambda one: one.birthdate.strftime("%d/%m/%Y") if one.birthdate else "",
    "Sexe": lambda one: {"female": "Féminin", "male": "Masculin"}.get(one.gender, ""),
    "Commune de naissance (code INSEE)": lambda one: one.birthplace,
    "Pays de naissance (code INSEE)": lambda one: one.birthcountry,
    "Adresse électronique": lambda one: one.email,
}


def _bare(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).casefold()
    return "".join(character for character in plain if character.isalnum())
