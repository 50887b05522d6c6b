"""What the pages of the law and the help show, as frozen values; sentences are French and complete."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from grc.web.frame import Link


@dataclass(frozen=True)
class ModalitiesPage:
    """How to seise the town hall electronically (L112-9): channels, limits, the addresses that send receipts."""

    senders: Sequence[str]
    procedures: Sequence[Link]
    contact: Sequence[str]
    limits: str
    telephone: str = ""


@dataclass(frozen=True)
class AccessibilityPage:
    """The statement of article 47 of the law of 2005. conformity: "non conforme", "partiellement conforme"…

    stated_on: None where the authority has stated nothing yet. scheme, plan: addresses of documents, or "". complaint:
    of the procedure by which a page is complained of, or "".
    """

    site: str
    conformity: str
    audit: str
    contact_email: str
    stated_on: date | None
    telephone: str = ""
    failures: Sequence[str] = ()
    derogations: Sequence[str] = ()
    tested_with: Sequence[str] = ()
    exempt: Sequence[str] = ()
    audited_on: date | None = None
    auditor: str = ""
    rate: str = ""
    scheme: str = ""
    plan: str = ""
    complaint: str = ""


@dataclass(frozen=True)
class SecurityPage:
    """The attestation of article 5 of the décret of 2010. decided_on: None where there is none. scope: its lines."""

    decided_on: date | None
    ends_on: date | None = None
    decided_by: str = ""
    scope: Sequence[str] = ()
    stated_on: date | None = None
    has_ended: bool = False
    email: str = ""


@dataclass(frozen=True)
class LegalPage:
    """Who publishes and who hosts. Each is a list of lines."""

    publisher: Sequence[str]
    director: str
    host: Sequence[str]
    security: str = ""
    attestation: str = ""
    """The address of the page of the security attestation, "" where there is none."""
    stated_on: date | None = None


@dataclass(frozen=True)
class DataPage:
    """What is done with personal data. procedures: pairs of a procedure and its retention, in words.

    places: what of the places that people type goes to others, "" when nothing does. unused_years: after which an
    account is closed, 0 for never.
    """

    controller: Sequence[str]
    officer: str
    officer_lines: Sequence[str] = ()
    """The name, postal address and telephone of the data protection officer, beside officer, an e-mail address."""
    procedures: Sequence[tuple[str, str]] = ()
    places: str = ""
    cookies: str = ""
    unused_years: int = 0


@dataclass(frozen=True)
class HelpPage:
    """Where to find help. contact: name and address lines of the town hall. limits: the files accepted, in words."""

    contact: Sequence[str]
    track: str
    telephone: str = ""
    email: str = ""
    hours: str = ""
    limits: str = ""
